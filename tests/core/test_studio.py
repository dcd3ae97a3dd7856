"""The spectral autoencoder: nested sizes, seamless chunks, odd input, its start and its training pass."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.audio import Clip
from core.demo import compose
from core.errors import UsageError
from core.models.card import ModelCard
from core.models.checkpoint import load_model, save_model
from core.models.codec import Codec, load_codec
from core.models.design import CLIP_SAMPLES, design_from_dict, latent_floats
from core.models.draws import Draws
from core.models.network import build_network
from core.models.presets import preset
from core.models.studio import StudioNetwork
from core.models.studio_design import StudioDesign
from core.quality import si_sdr
from core.training.config import TrainConfig
from core.training.crops import Region, TrainingSong
from core.training.losses import named_losses
from core.training.start import fitted_studio
from core.training.suited import suited_settings

RATE = 22_050
SMALL = StudioDesign(channels=16, hop=256, steps=2, window=512, width=24, kernel=5, bands=12)


class Stored:
    """Samples in memory, as the training reads them."""

    def __init__(self, samples: np.ndarray) -> None:
        self._samples = samples
        self.frames, self.peak, self.rate = len(samples), float(np.abs(samples).max()), RATE

    def read(self, start: int, count: int) -> np.ndarray:
        part = self._samples[start : start + count]
        return np.pad(part, (0, count - len(part)))


def _music(seconds: float = 4.0) -> np.ndarray:
    """Decaying notes with overtones, one every third of a second, over a little noise."""
    random = np.random.default_rng(0)
    time = np.arange(round(seconds * RATE)) / RATE
    wave = 0.005 * random.standard_normal(len(time))
    for number in range(int(3 * seconds)):
        start = number / 3
        envelope = np.where(time >= start, np.exp(-4 * np.maximum(time - start, 0)), 0)
        pitch = 110 * 2 ** (random.integers(24) / 12)
        wave += 0.15 * envelope * sum(np.sin(2 * np.pi * pitch * k * time) / k for k in range(1, 6))
    return wave.astype(np.float32)


def _fitted(design: StudioDesign = SMALL) -> StudioNetwork:
    song = TrainingSong("song", "Song", "", Stored(_music()))
    return fitted_studio(design, [Region(song, 0, song.stored.frames)], seed=0)


def _lively(design: StudioDesign = SMALL) -> StudioNetwork:
    """A fitted network whose spectral part speaks, as it does once trained."""
    network = _fitted(design)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for value in network.parameters():
            value.add_(0.05 * torch.randn(value.shape, generator=generator))
    return network.eval()


def test_the_shipped_shape_is_small_enough_and_decodes_from_a_short_window() -> None:
    design = StudioDesign()
    assert design.parameters <= 8_000_000
    assert design.decode_context <= 12
    assert design_from_dict(design.to_dict()) == design
    earlier = {name: value for name, value in design.to_dict().items() if name != "corrections"}
    assert design_from_dict(earlier) == replace(design, corrections=0)
    assert [latent_floats(design, CLIP_SAMPLES, channels) for channels in (64, 32, 16)] == [6976, 3488, 1744]
    assert int(preset("studio-344").floats_per_second) == 344
    assert preset("studio") == preset("studio-1378")


@pytest.mark.parametrize("change", [{"window": 768}, {"steps": 3}, {"kernel": 4}, {"channels": 0}, {"rate": 10}])
def test_a_shape_that_cannot_work_is_refused(change: dict[str, int]) -> None:
    with pytest.raises(UsageError):
        StudioDesign(**change)


def test_the_design_names_every_weight() -> None:
    tensors = {name: tuple(value.shape) for name, value in build_network(SMALL).state_dict().items()}
    assert tensors == SMALL.tensors()


def test_before_training_it_sounds_like_the_linear_transform_of_the_songs() -> None:
    music = _music()
    codec = Codec(_fitted().eval())
    wide = codec.decode(codec.encode(Clip(music[None], RATE))).samples[0]
    narrow = codec.decode(codec.encode(Clip(music[None], RATE), channels=8)).samples[0]
    assert si_sdr(music, wide) > 10
    assert 1 < si_sdr(music, narrow) < si_sdr(music, wide)


def test_parts_equal_the_whole() -> None:
    codec = Codec(_lively())
    clip = Clip(np.tile(_music(), 7)[None], RATE)  # longer than the codec's chunks
    latent = codec.encode(clip)
    with torch.inference_mode():
        whole_latent = codec.network.encode(torch.from_numpy(clip.samples)[None])[0].numpy()
        whole = codec.network.decode(torch.from_numpy(whole_latent)[None])[0, 0].numpy()
    assert np.abs(latent.values - whole_latent).max() < 1e-4
    assert np.abs(codec.decode(latent).samples[0] - whole[: clip.frames]).max() < 1e-4
    for start in (0, 100_000, clip.frames - 5000):
        assert np.abs(codec.decode_range(latent, start, 3000) - whole[start : start + 3000]).max() < 1e-4


def test_context_is_as_far_as_a_frame_is_felt() -> None:
    network = _lively()
    z = torch.randn(1, SMALL.channels, 60, generator=torch.Generator().manual_seed(0))
    changed = z.clone()
    changed[..., 30] += 1
    with torch.inference_mode():
        felt = (network.decode(z) - network.decode(changed))[0, 0].abs() > 1e-6
    frames = torch.nonzero(felt)[:, 0] // SMALL.hop
    assert 30 - network.decode_context <= int(frames.min()) <= int(frames.max()) <= 30 + network.decode_context


def test_encoding_feels_no_sample_beyond_its_context() -> None:
    network = _lively()
    middle = 200
    x = 0.1 * torch.randn(1, 1, 2 * middle * SMALL.hop, generator=torch.Generator().manual_seed(0))
    changed = x.clone()
    changed[..., middle * SMALL.hop : (middle + 1) * SMALL.hop] += 0.1
    with torch.inference_mode():
        felt = (network.encode(x) - network.encode(changed))[0].abs().amax(0) > 1e-6
    frames = torch.nonzero(felt)[:, 0]
    reach = network.encode_context
    assert middle - reach <= int(frames.min()) < middle < int(frames.max()) <= middle + reach


def test_a_corrected_latent_is_heard_as_itself() -> None:
    """The reconstruction encodes to nearly the first answer of the encoder, which without corrections it does not."""
    song = torch.from_numpy(compose("jazz", 3).clip.mono().resampled(RATE).samples[:, : 3 * RATE])[None]
    shipped = load_codec("studio").network
    assert isinstance(shipped, StudioNetwork)
    once = build_network(replace(shipped.design, corrections=0)).eval()
    once.load_weights(shipped.state_dict())
    with torch.inference_mode():
        answer = once.encode(song)
        missing = [
            float((answer - once.encode(network.decode(network.encode(song))[..., : song.shape[-1]])).square().mean())
            for network in (once, shipped)
        ]
    assert missing[1] < 0.5 * missing[0]


def test_in_one_pass_encodes_as_without_corrections() -> None:
    network = _lively()
    codec, plain = Codec(network), build_network(replace(SMALL, corrections=0)).eval()
    plain.load_weights(network.state_dict())
    clip = Clip(_music()[None], RATE)
    once = codec.in_one_pass.encode(clip)
    assert np.allclose(once.values, Codec(plain).encode(clip).values, atol=1e-5)
    assert np.abs(once.values - codec.encode(clip).values).max() > 0.01
    codec.check(once)  # decodes as any other


def test_fewer_channels_are_the_first_of_all() -> None:
    codec = Codec(_lively())
    clip = Clip(_music()[None], RATE)
    few, every = codec.encode(clip, channels=5), codec.encode(clip)
    assert np.array_equal(few.values, every.values[:5])
    silent = np.zeros_like(every.values)
    silent[:5] = few.values
    alone = codec.decode(few).samples
    assert np.allclose(alone, codec.decode_values(silent, first=0, start=0, count=clip.frames, total_frames=few.frames))


@pytest.mark.parametrize(
    "samples",
    [np.zeros(RATE), np.sign(np.sin(np.arange(RATE) / 9)), np.full(1, 0.5), np.ones(SMALL.hop - 1)],
    ids=["silence", "clipped", "one sample", "under a frame"],
)
def test_odd_sounds_go_through(samples: np.ndarray) -> None:
    codec = Codec(_lively())
    made = codec.decode(codec.encode(Clip(samples[None].astype(np.float32), RATE)))
    assert made.frames == len(samples)
    assert np.isfinite(made.samples).all()


@pytest.mark.parametrize("channels", [64, 16])
def test_silence_is_silent_and_what_fades_out_fades(channels: int) -> None:
    """What training does not teach it, since its noise is louder: the shipped model hissed at -65 dBFS."""
    codec = load_codec("studio")
    song = compose("jazz", 3).clip.mono().resampled(RATE).samples[:, : 2 * RATE]
    quiet = song * 10 ** (-80 / 20) / np.sqrt(np.mean(song**2))
    made = [
        codec.decode(codec.encode(Clip(samples.astype(np.float32), RATE), channels=channels)).samples[0]
        for samples in (0 * song, quiet, np.concatenate([song, 0 * song], 1))
    ]
    inner = slice(RATE // 2, -RATE // 2)  # at its edges the network does not know what there was
    assert np.abs(made[0][inner]).max() < 1e-6
    assert np.abs(made[0]).max() < 5e-3
    assert 10 * math.log10(np.mean(made[1][inner] ** 2)) < -72
    assert np.abs(made[2][3 * RATE : -RATE // 2]).max() < 1e-5
    alone = codec.decode(codec.encode(Clip(song, RATE), channels=channels)).samples[0]
    assert np.abs(made[2][:RATE] - alone[:RATE]).max() < 1e-4  # and music is left alone


def test_silence_can_be_asked_for_gradients() -> None:
    network = _lively()
    z = network.encode(torch.zeros(1, 1, 20 * SMALL.hop)).detach().requires_grad_(True)
    network.decode(z).square().sum().backward()
    assert z.grad is not None
    assert bool(z.grad.isfinite().all())


def test_a_file_of_half_the_size_sounds_the_same(tmp_path: Path) -> None:
    network = _lively()
    save_model(tmp_path / "half.musicae", network, ModelCard(), half=True)
    save_model(tmp_path / "whole.musicae", network, ModelCard())
    half, whole = (load_model(tmp_path / f"{name}.musicae") for name in ("half", "whole"))
    assert (tmp_path / "half.musicae").stat().st_size < 0.6 * (tmp_path / "whole.musicae").stat().st_size
    for name, value in network.state_dict().items():
        assert torch.equal(whole.network.state_dict()[name], value)
    clip = Clip(_music()[None], RATE)
    one, other = (Codec(each.network) for each in (half, whole))
    assert si_sdr(other.decode(other.encode(clip)).samples[0], one.decode(one.encode(clip)).samples[0]) > 40


def test_a_clip_learns_the_same_whatever_the_others_are() -> None:
    network = _lively().train()
    clips = torch.from_numpy(np.stack([_music(1.0), 0.01 * _music(1.0)[::-1], np.zeros(RATE, np.float32)]))[:, None]
    config = TrainConfig(**suited_settings("studio"))
    weights = config.loss_weights()

    def loss(items: range) -> torch.Tensor:
        part = clips[items.start : items.stop]
        made = network.learn(part, Draws(0, 7, items), {"mixture": 1.0})
        assert made.mixture is not None
        return torch.stack(
            [named_losses(*pair, RATE, weights)["loss"] for pair in ((made.estimate, part), made.mixture)]
        )

    together = loss(range(3))
    apart = torch.stack([loss(range(item, item + 1)) for item in range(3)]).mean(0)
    assert torch.allclose(together, apart, rtol=1e-4)


def test_silence_and_clicks_are_learned_without_nan() -> None:
    network = _fitted().train()
    config = TrainConfig(**suited_settings("studio"))
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3)
    clicks = torch.zeros(1, 1, RATE // 3)
    clicks[..., ::3000] = 1
    clips = torch.cat([clicks, torch.zeros_like(clicks), -clicks])
    for step in range(40):
        made = network.learn(clips, Draws(0, step, range(3)), {})
        loss = named_losses(made.estimate, clips, RATE, config.loss_weights())["loss"]
        optimizer.zero_grad()
        loss.backward()
        assert all(bool(value.grad.isfinite().all()) for value in network.parameters() if value.grad is not None)
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        assert math.isfinite(loss.item())


def test_bf16_gives_nearly_the_same_sound() -> None:
    network = _lively()
    x = torch.from_numpy(_music(1.0))[None, None]
    with torch.inference_mode():
        exact = network(x)
        with torch.autocast("cpu", torch.bfloat16):
            rough = network(x)
    assert rough.dtype == torch.float32
    assert si_sdr(exact[0, 0].numpy(), rough[0, 0].numpy()) > 20
