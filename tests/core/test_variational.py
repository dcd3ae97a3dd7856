"""The variational models: the report's parameter counts, chance that is keyed by clip, blocks, seams, the prior."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import core.models.codec as codec_module
from core.audio import Clip
from core.errors import UsageError
from core.models.card import ModelCard
from core.models.checkpoint import load_model, model_hash, save_model
from core.models.codec import Codec, new_codec
from core.models.design import KltDesign, design_from_dict
from core.models.draws import Draws
from core.models.network import build_network
from core.models.resnet_vae import DecoderBlock, ResnetVaeNetwork
from core.models.vae_design import ResnetVaeDesign, VaeDesign
from core.models.variational import VariationalNetwork, kl_divergence, sample_prior

# The report's network with small numbers, and a small one along time.
BLOCKS = ResnetVaeDesign(latent=3, hop=600, encoder=(8, 12), decoder=(12, 8))
ALONG = VaeDesign(channels=4, hop=16, kernel=24, width=16, blocks=2)


@pytest.fixture(params=[BLOCKS, ALONG], ids=["resnet-vae", "vae"])
def design(request: pytest.FixtureRequest) -> ResnetVaeDesign | VaeDesign:
    return request.param


@pytest.fixture
def network(design: ResnetVaeDesign | VaeDesign) -> VariationalNetwork:
    """Away from its first weights, so that no branch is zero by its start."""
    network = build_network(design, 1)
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for value in network.parameters():
            value.add_(0.1 * torch.randn(value.shape, generator=generator))
    assert isinstance(network, VariationalNetwork)
    return network.eval()


def noise(frames: int, rate: int) -> Clip:
    return Clip((0.3 * np.random.default_rng(frames).standard_normal((1, frames))).astype(np.float32), rate)


def test_the_second_reports_network_has_every_parameter_count_of_its_table() -> None:
    design = ResnetVaeDesign(latent=10)
    encoder = [5_760_064, 4_166, 8_320, 16_518, 16_512, 16_518, 33_024, 65_798, 5_140]
    decoder = [5_642, 5_632, 131_338, 131_328, 32_906, 32_896, 8_266, 8_256, 5_850_000]
    assert [layer.parameters for layer in design.encoder_layers()] == encoder
    assert [layer.parameters for layer in design.decoder_layers()] == decoder
    assert (design.encoder_parameters, design.decoder_parameters) == (5_926_060, 6_206_264)
    assert design.clip_seconds == 30

    network = build_network(design)
    assert isinstance(network, ResnetVaeNetwork)
    for layers, counts in ((network.encoder, encoder), (network.decoder, decoder)):
        # Keras counts running statistics, too.
        assert [sum(each.numel() for each in layer.state_dict().values()) for layer in layers] == counts


def test_a_design_names_and_shapes_the_networks_tensors_and_survives_json(
    design: ResnetVaeDesign | VaeDesign,
) -> None:
    state = build_network(design).state_dict()
    assert {name: tuple(each.shape) for name, each in state.items()} == design.tensors()
    assert all(each.dtype == torch.float32 for each in state.values())
    assert design.parameters == sum(each.numel() for each in state.values())
    edited = replace(design, dropout=0.25)
    assert design_from_dict(json.loads(json.dumps(edited.to_dict()))) == edited


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"latent": 0}, "latent, 0"),
        ({"dropout": 1.0}, "dropout of 1.0"),
        ({"dropout": "much"}, "dropout is missing"),
        ({"hop": 10**9}, "hop, 1000000000"),
        ({"encoder": []}, "encoder layers, 0"),
        ({"encoder": [64, 4096, 4096, 4096, 4096]}, "parameters"),
        ({"decoder": [64, "x"]}, "decoder is missing"),
        ({"output": "relu"}, "no output 'relu'"),
    ],
)
def test_a_design_of_blocks_that_cannot_work_gets_a_sentence(values: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        design_from_dict({**ResnetVaeDesign().to_dict(), **values})


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"channels": 99}, "channels, 99"),
        ({"kernel": 10}, "kernel, 10"),
        ({"reach": 4}, "reach, 4"),
        ({"reach": 31, "blocks": 40}, "context"),
        ({"dropout": -0.1}, "dropout of -0.1"),
        ({"width": None}, "width is missing"),
    ],
)
def test_a_design_along_time_that_cannot_work_gets_a_sentence(values: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        design_from_dict({**VaeDesign().to_dict(), **values})


def test_a_model_file_keeps_running_statistics(tmp_path: Path, network: VariationalNetwork) -> None:
    network.train()
    network.learn(0.3 * torch.randn(4, 1, 1200), Draws(0, 0, range(4)), {"kl": 1.0})
    network.eval()
    if isinstance(network, ResnetVaeNetwork):
        assert network.state_dict()["decoder.0.norm1.running_mean"] != 0
    save_model(tmp_path / "m.musicae", network, ModelCard())
    loaded = load_model(tmp_path / "m.musicae")
    assert loaded.hash == model_hash(network)
    x = 0.3 * torch.randn(1, 1, 999)
    with torch.no_grad():
        assert torch.equal(loaded.network(x), network(x))


@pytest.mark.parametrize("frames", [1, 599, 600, 601, 3001])
def test_parts_of_any_length_of_song_equal_the_whole(
    network: VariationalNetwork, frames: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    codec = Codec(network)
    clip = noise(frames, codec.rate)
    monkeypatch.setattr(codec_module, "CHUNK_SECONDS", 1e6)
    latent = codec.encode(clip)
    sound = codec.decode(latent)
    assert sound.frames == frames
    monkeypatch.setattr(codec_module, "CHUNK_SECONDS", 0.03)
    np.testing.assert_allclose(codec.encode(clip).values, latent.values, atol=1e-4, rtol=0)
    np.testing.assert_allclose(codec.decode(latent).samples, sound.samples, atol=1e-4, rtol=0)
    start = frames // 3
    part = codec.decode_range(latent, start, 500)
    inside = sound.samples[0, start : start + 500]
    np.testing.assert_allclose(part[: len(inside)], inside, atol=1e-4, rtol=0)
    assert not part[len(inside) :].any()


def test_a_fixed_block_model_codes_a_song_block_by_block() -> None:
    codec = new_codec(BLOCKS, 1)
    clip = noise(1500, BLOCKS.rate)
    latent = codec.encode(clip)
    assert latent.values.shape == (3, 3)
    alone = codec.encode(Clip(clip.samples[:, 600:1200], clip.rate))
    np.testing.assert_allclose(alone.values[:, 0], latent.values[:, 1], atol=1e-6)
    short = codec.encode(Clip(clip.samples[:, :7], clip.rate))
    assert short.values.shape == (3, 1)
    assert codec.decode(short).frames == 7


def test_encoding_gives_the_mean_and_is_free_of_chance(network: VariationalNetwork) -> None:
    x = 0.3 * torch.randn(2, 1, 1200)
    with torch.no_grad():
        mean, _log_variance = network.posterior(x, lambda y: y)
        network.train()
        assert torch.equal(network.encode(x), mean)


def test_the_kl_divergence_is_the_closed_form() -> None:
    mean, deviation = torch.tensor([0.5, -1.0]), torch.tensor([2.0, 0.1])
    normal = torch.distributions.Normal
    wanted = torch.distributions.kl_divergence(normal(mean, deviation), normal(0.0, 1.0)).sum()
    found = kl_divergence(mean.view(1, 2, 1), 2 * deviation.log().view(1, 2, 1))
    assert float(found) == pytest.approx(float(wanted), rel=1e-5)
    assert float(kl_divergence(torch.zeros(2, 3, 4), torch.zeros(2, 3, 4))) == 0


@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_a_clip_meets_the_same_chance_in_any_batch(dropout: float) -> None:
    torch.manual_seed(0)
    x = 0.3 * torch.randn(4, 1, 1200)
    for design in (replace(BLOCKS, dropout=dropout), replace(ALONG, dropout=dropout)):
        network = build_network(design, 1).eval()  # batch norm by running statistics, so that clips are independent
        with torch.no_grad():
            whole = network.learn(x, Draws(1, 5, range(4)), {"kl": 1.0})
            parts = [network.learn(x[i : i + 2], Draws(1, 5, range(i, i + 2)), {"kl": 1.0}) for i in (0, 2)]
            other = network.learn(x, Draws(1, 6, range(4)), {"kl": 1.0})
        estimate = torch.cat([part.estimate for part in parts])
        torch.testing.assert_close(estimate, whole.estimate, atol=1e-6, rtol=1e-5)
        kl = sum(part.losses["kl"] for part in parts) / 2
        torch.testing.assert_close(kl, whole.losses["kl"])
        assert not torch.allclose(other.estimate, whole.estimate)
        assert "kl" not in network.learn(x, Draws(1, 5, range(4)), {}).losses


def test_dropout_and_noise_are_for_learning_only(network: VariationalNetwork) -> None:
    x = 0.3 * torch.randn(2, 1, 1200)
    with torch.no_grad():
        assessed = network.assess(x, {"kl": 1.0})
        assert torch.equal(assessed.estimate, network(x))
        assert set(assessed.losses) == {"kl"}
        assert network.assess(x, {}).losses == {}


def test_a_single_clip_is_normed_by_the_running_statistics() -> None:
    network = build_network(BLOCKS, 1).train()
    before = {name: each.clone() for name, each in network.state_dict().items()}
    network.learn(0.3 * torch.randn(1, 1, 600), Draws(0, 0, range(1)), {"kl": 1.0})
    assert all(torch.equal(each, before[name]) for name, each in network.state_dict().items())


def test_blocks_are_as_wide_kernels_on_one_step_are() -> None:
    """Of a kernel one tap meets the only step: the middle one, the left of two."""
    network = build_network(BLOCKS, 1)
    assert isinstance(network, ResnetVaeNetwork)
    block = network.decoder[0]
    assert isinstance(block, DecoderBlock)
    block.eval()
    x = torch.randn(5, 3, 1)
    tap = (12 - 1) // 2
    with torch.no_grad():
        y = x.relu()[..., 0] @ block.wide.weight[:, 0, tap][:, None] / (1 + 1e-3) ** 0.5
        y = torch.nn.functional.leaky_relu(y, 0.4) * block.narrow.weight[0, 0, tap] / (1 + 1e-3) ** 0.5
        wanted = torch.nn.functional.leaky_relu(y, 0.4)
        torch.testing.assert_close(block.branch(x, lambda z: z)[..., 0], wanted)


def test_the_prior_gives_latents_that_decode(network: VariationalNetwork) -> None:
    codec = Codec(network)
    drawn = sample_prior(codec, 3, seed=5)
    again = sample_prior(codec, 3, seed=5)
    assert all(np.array_equal(one.values, other.values) for one, other in zip(drawn, again, strict=True))
    assert not np.array_equal(drawn[0].values, drawn[1].values)
    wanted = 600 if codec.kind == "resnet-vae" else 5 * codec.rate
    assert [codec.decode(latent).frames for latent in drawn] == [wanted] * 3
    (longer,) = sample_prior(codec, 1, 5, seconds=0.5)
    assert codec.decode(longer).frames == codec.rate / 2


def test_other_models_have_no_prior() -> None:
    with pytest.raises(UsageError, match="not variational"):
        sample_prior(new_codec(KltDesign(4, 16)), 1, 0)
