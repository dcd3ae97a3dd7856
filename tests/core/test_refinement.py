"""A refined latent: as many floats, nearer to the song, and never farther."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from core.audio import Clip, read_clip, write_wav
from core.errors import Cancelled
from core.latents.latent import Latent, LatentError
from core.models.codec import Codec, load_codec, new_codec
from core.models.presets import preset
from core.quality import mel_distance, si_sdr
from core.refinement import WEIGHTS, refine
from core.training.losses import named_losses
from tests.core.cli_fixtures import Musicae, musicae  # noqa: F401 - a fixture

RATE = 22_050


def chord(seconds: float = 1.2) -> Clip:
    time = np.arange(round(seconds * RATE)) / RATE
    notes = sum(np.sin(2 * np.pi * pitch * time) / pitch for pitch in (220.0, 277.2, 329.6, 1760.0))
    clicks = np.random.default_rng(0).standard_normal(len(time)) * (np.modf(time * 4)[0] < 0.05)
    return Clip((20 * notes * np.exp(-2 * np.modf(time * 2)[0]) + 0.05 * clicks).astype(np.float32)[None], RATE)


@pytest.fixture(scope="module")
def studio() -> Codec:
    return load_codec("studio-1378")


def error(codec: Codec, clip: Clip, latent: Latent) -> float:
    made, sound = (torch.from_numpy(each)[None] for each in (codec.decode(latent).samples, clip.samples))
    return float(named_losses(made, sound, codec.rate, WEIGHTS)["loss"])


@pytest.mark.parametrize("channels", [64, 16])
def test_a_refined_latent_is_nearer_with_as_many_floats(studio: Codec, channels: int) -> None:
    clip = chord()
    plain = studio.encode(clip, channels=channels)
    refined = refine(studio, clip, plain, steps=6)
    assert (refined.values.shape, refined.model, refined.samples) == (plain.values.shape, plain.model, plain.samples)
    before, after = (studio.decode(each).samples[0] for each in (plain, refined))
    assert mel_distance(clip.samples[0], after, RATE) < mel_distance(clip.samples[0], before, RATE)
    assert si_sdr(clip.samples[0], after) > si_sdr(clip.samples[0], before)


@pytest.mark.parametrize("model", ["klt-344", "conv-9184", "vae-9184"])
def test_every_decoder_can_be_asked_and_none_is_made_worse(model: str) -> None:
    codec = load_codec(model) if model.startswith("klt") else new_codec(preset(model).config, 3, name=model)
    clip = chord()
    plain = codec.encode(clip)
    refined = refine(codec, clip, plain, steps=3)
    assert refined.values.shape == plain.values.shape
    assert error(codec, clip, refined) <= error(codec, clip, plain) + 1e-6


def test_a_long_song_is_refined_part_by_part(studio: Codec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.refinement.CHUNK_SECONDS", 0.5)
    clip, shares = chord(), []
    plain = studio.encode(clip)
    refined = refine(studio, clip, plain, steps=2, progress=shares.append)
    assert error(studio, clip, refined) < error(studio, clip, plain)
    assert len(shares) == 2 * 3
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_silence_stays_and_hard_clipped_sound_gives_numbers(studio: Codec) -> None:
    silence = Clip(np.zeros((1, 9000), np.float32), RATE)
    plain = studio.encode(silence)
    np.testing.assert_array_equal(refine(studio, silence, plain, steps=2).values, plain.values)
    loud = Clip(np.clip(50 * chord().samples, -1, 1), RATE)
    assert np.isfinite(refine(studio, loud, studio.encode(loud), steps=2).values).all()
    short = Clip(chord().samples[:, :300], RATE)
    assert np.isfinite(refine(studio, short, studio.encode(short), steps=2).values).all()


def test_the_weights_rest_and_gather_no_gradients(studio: Codec) -> None:
    before = {name: value.clone() for name, value in studio.network.state_dict().items()}
    clip = chord(0.4)
    refine(studio, clip, studio.encode(clip), steps=2)
    assert all(torch.equal(before[name], value) for name, value in studio.network.state_dict().items())
    assert all(parameter.grad is None for parameter in studio.network.parameters())


def test_refining_can_be_cancelled_and_wants_the_models_own_latent(studio: Codec) -> None:
    clip = chord(0.4)
    with pytest.raises(Cancelled):
        refine(studio, clip, studio.encode(clip), cancelled=lambda: True)
    with pytest.raises(LatentError):
        refine(studio, clip, load_codec("klt-1378").encode(clip))


def test_the_command_line_refines_on_request(musicae: Musicae, tmp_path: Path) -> None:  # noqa: F811
    clip = chord()
    song = tmp_path / "chord.wav"
    write_wav(song, clip, subtype="FLOAT")
    errors = []
    for name, options in (("plain", []), ("refined", ["--refine", "4"])):
        done = musicae("reconstruct", song, "--model", "studio-344", "--out", tmp_path / name, *options)
        assert done.code == 0, done.err
        made = read_clip(tmp_path / name / "chord.wav").samples[0]
        errors.append(mel_distance(clip.samples[0], made, RATE))
    assert errors[1] < errors[0]
