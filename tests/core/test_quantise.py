"""Latents in fewer bits: how near the values stay, and that every bit is counted."""

from pathlib import Path

import numpy as np
import pytest

from core.audio import Clip
from core.errors import UsageError
from core.latents.latent import Latent
from core.latents.quantise import Bounds, channel_bounds, quantised, stored_bits
from core.models.codec import load_codec
from core.quality import si_sdr
from tests.core.cli_fixtures import Musicae, fitted, musicae, short_songs
from tests.demo_songs import composed

__all__ = ["fitted", "musicae", "short_songs"]


def latent(frames: int = 200, channels: int = 4) -> Latent:
    scales = 10.0 ** np.arange(channels)[:, None]
    values = scales * np.random.default_rng(0).standard_normal((channels, frames))
    return Latent(values.astype(np.float32), "model", 1000)


def test_half_precision_keeps_eleven_bits_and_adds_nothing() -> None:
    before = latent()
    after = quantised(before, 16)
    assert np.abs(after.values / before.values - 1).max() <= 2**-11
    assert (after.values == before.values.astype(np.float16)).all()
    assert stored_bits(before, 16) == 16 * 800


@pytest.mark.parametrize("bits", [2, 4, 6, 8])
def test_a_channel_takes_as_many_values_as_its_bits_can_tell_apart(bits: int) -> None:
    after = quantised(latent(20_000), bits)
    for channel in after.values:
        found = np.unique(channel)
        assert len(found) <= 2**bits
        steps = np.diff(found) / np.diff(found).min()
        assert steps == pytest.approx(np.rint(steps), rel=0.01)  # evenly spaced


def test_each_bit_gains_six_decibels_in_every_channel() -> None:
    before = latent(5000)
    errors = [np.square(quantised(before, bits).values - before.values).mean(axis=1) for bits in (8, 10)]
    gain = 10 * np.log10(errors[0] / errors[1])
    assert gain == pytest.approx(12.0, abs=1.0)


def test_own_bounds_are_counted_and_given_ones_are_not() -> None:
    before = latent()
    assert stored_bits(before, 8) == 8 * 800 + 2 * 16 * 4
    assert stored_bits(before, 8, bounds=channel_bounds([before.values], 8)) == 8 * 800


def test_rare_large_values_are_clipped_where_that_helps_the_others() -> None:
    values = np.random.default_rng(1).standard_normal((1, 10_000)).astype(np.float32)
    values[0, 0] = 30.0
    bounds = channel_bounds([values], 4)
    assert bounds.high[0] < 15.0
    widest = Bounds(values.min(axis=1), values.max(axis=1))
    error, careless = (
        np.square(quantised(Latent(values, "", 1), 4, bounds=each).values - values).mean() for each in (bounds, widest)
    )
    assert error < careless / 2


def test_bounds_of_a_collection_serve_a_smaller_latent_of_the_same_model() -> None:
    whole = latent()
    half = Latent(whole.values[:2], "model-2", 1000)
    bounds = channel_bounds([whole.values], 8)
    expected = quantised(whole, 8, bounds=bounds).values[:2]
    assert (quantised(half, 8, bounds=bounds).values == expected).all()


def test_a_channel_that_never_changes_comes_back() -> None:
    values = np.stack([np.full(50, 0.25), np.zeros(50)]).astype(np.float32)
    assert (quantised(Latent(values, "", 1), 4).values == values).all()


def test_values_beyond_half_precision_stay_finite() -> None:
    values = np.array([[1e30, -1e30, 0.0]], np.float32)
    for bits in (4, 16):
        assert np.isfinite(quantised(Latent(values, "", 1), bits).values).all()


@pytest.mark.parametrize("bits", [0, 1, 17, 32])
def test_other_bits_are_refused(bits: int) -> None:
    with pytest.raises(UsageError, match="2 to 16"):
        quantised(latent(), bits)
    with pytest.raises(UsageError):
        stored_bits(latent(), bits)


def test_a_song_through_the_klt_loses_less_than_a_tenth_of_a_decibel_in_half_precision() -> None:
    codec = load_codec("klt-1378")
    clip = Clip(composed("jazz").clip.mono().resampled(codec.rate).samples[:, :110_250], codec.rate)
    whole = codec.encode(clip)
    scores = {bits: si_sdr(clip.samples[0], codec.decode(quantised(whole, bits)).samples[0]) for bits in (16, 8, 6, 4)}
    best = si_sdr(clip.samples[0], codec.decode(whole).samples[0])
    assert best - scores[16] < 0.1
    assert best - scores[8] < 0.5
    assert scores[16] > scores[6] > scores[4]


def test_the_command_line_rounds_and_counts_the_bits(
    musicae: Musicae, fitted: Path, short_songs: list[Path], tmp_path: Path
) -> None:
    compare = ("compare", short_songs[0], "--model", fitted, "--no-visqol", "--json")
    whole, few = musicae(*compare).json, musicae(*compare, "--bits", 4).json
    assert few["si_sdr"] < whole["si_sdr"]
    assert (whole["bits"], few["bits"]) == (16, 4)
    bounds = 2 * 16 * few["channels"] / few["seconds"] / 1000
    assert few["kbit_per_second"] == pytest.approx(whole["kbit_per_second"] / 4 + bounds)
    assert musicae("encode", short_songs[0], "--model", fitted, "--bits", 2, "--out", tmp_path / "z").code == 0
    assert all(len(np.unique(channel)) <= 4 for channel in Latent.load(tmp_path / "z").values)
    assert "not between 2 and 16" in musicae(*compare, "--bits", 1).err
