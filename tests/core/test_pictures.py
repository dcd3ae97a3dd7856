"""Pictures of sound: what a column or a row shows is what lies under it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from core import pictures

RATE = 22050


def test_waveform_columns_hold_the_extremes_under_them() -> None:
    samples = np.random.default_rng(1).uniform(-1, 1, 10_000).astype(np.float32)
    columns = pictures.waveform_columns(samples, 0, 10_000, 100)
    for index in (0, 41, 99):
        under = samples[index * 100 : index * 100 + 101]
        assert columns[index, 0] == under.min()
        assert columns[index, 1] == under.max()


def test_waveform_columns_join_at_every_zoom() -> None:
    samples = np.random.default_rng(2).uniform(-1, 1, 5_000).astype(np.float32)
    for start, stop in ((0, 5_000), (100, 900), (100.5, 140.25), (10, 11)):
        low, high = pictures.waveform_columns(samples, start, stop, 300).T
        assert (low[1:] <= high[:-1] + 1e-6).all()
        assert (high[1:] >= low[:-1] - 1e-6).all()


def test_waveform_columns_outside_the_sound_are_empty() -> None:
    columns = pictures.waveform_columns(np.ones(100, np.float32), -100, 200, 30)
    assert np.isnan(columns[:9]).all()
    assert (columns[10:20] == 1).all()
    assert np.isnan(columns[21:]).all()
    assert np.isnan(pictures.waveform_columns(np.ones(0, np.float32), 0, 10, 5)).all()
    assert np.isnan(pictures.waveform_columns(np.ones(10, np.float32), 50, 60, 5)).all()


@pytest.mark.parametrize("columns", [10, 4_000])
def test_rms_lies_under_the_peak(columns: int) -> None:
    samples = np.random.default_rng(5).uniform(-1, 1, 2_000).astype(np.float32)
    rms = pictures.rms_columns(samples, -500, 2_500, columns)
    peak = np.abs(np.nan_to_num(pictures.waveform_columns(samples, -500, 2_500, columns))).max(axis=1)
    middle = rms[columns // 4 : columns // 2]
    assert rms[0] == rms[-1] == 0
    assert (middle > 0).mean() > 0.99
    if columns == 10:
        assert middle == pytest.approx(np.full(len(middle), 3**-0.5), abs=0.05)
        assert (rms <= peak + 1e-6).all()


def test_a_full_scale_sine_is_at_zero_decibels(tone: Callable[..., np.ndarray]) -> None:
    frequency = 100 * RATE / 2048
    power = pictures.spectrogram_columns(tone(frequency, 2.0, RATE, 1.0), 10_000, 30_000, 50)
    assert power.shape == (1025, 50)
    level = pictures.decibels(power)
    assert np.argmax(level, axis=0).tolist() == [100] * 50
    assert level[100] == pytest.approx(np.zeros(50), abs=0.05)
    assert pictures.loudest_db(tone(frequency, 2.0, RATE, 0.1)) == pytest.approx(-20, abs=0.1)
    assert pictures.loudest_db(np.zeros(0, np.float32)) == pictures.LOWEST_DB


@pytest.mark.parametrize("columns", [20, 700])
def test_a_click_is_seen_in_its_column_at_every_zoom(columns: int) -> None:
    samples = np.zeros(RATE * 4, np.float32)
    samples[60_000] = 1.0
    power = pictures.spectrogram_columns(samples, 0, len(samples), columns).sum(axis=0)
    loudest = int(np.argmax(power))
    assert abs(loudest - 60_000 / len(samples) * columns) <= 1
    assert power[0] == 0


def test_sound_outside_the_clip_is_silent() -> None:
    noise = np.random.default_rng(3).normal(0, 0.1, 5_000).astype(np.float32)
    power = pictures.spectrogram_columns(noise, -50_000, 50_000, 100)
    assert power[:, :40].max() == 0
    assert power[:, 53].max() > 0
    assert pictures.decibels(power).min() == pytest.approx(pictures.LOWEST_DB)


@pytest.mark.parametrize("scale", ["linear", "mel", "log"])
def test_rows_keep_a_tone_where_its_frequency_is(scale: pictures.FrequencyScale) -> None:
    power = np.zeros((1025, 3), np.float32)
    power[200] = 1.0
    frequency = 200 * RATE / 2048
    edges = pictures.frequency_edges(120, 20, RATE / 2, scale)
    rows = pictures.power_rows(power, RATE, edges)
    row = int(np.argmax(rows[:, 1]))
    assert edges[row] >= frequency - RATE / 4096
    assert edges[row + 1] <= frequency + RATE / 4096
    place = pictures.frequency_to_position(frequency, 20, RATE / 2, scale)
    assert abs((1 - place) * 120 - row) <= 1.5
    back = pictures.position_to_frequency(np.array([place]), 20, RATE / 2, scale)
    assert back[0] == pytest.approx(frequency)


def test_rows_of_even_noise_are_even() -> None:
    edges = pictures.frequency_edges(77, 0, RATE / 2, "mel")
    assert pictures.power_rows(np.full((1025, 2), 0.25, np.float32), RATE, edges) == pytest.approx(
        np.full((77, 2), 0.25), rel=1e-5
    )


def test_difference_ignores_what_is_silent_in_both() -> None:
    original = np.array([-130.0, -20.0, -10.0])
    other = np.array([-95.0, -26.0, -200.0])
    assert pictures.difference_db(original, other, -90.0).tolist() == [0.0, -6.0, -80.0]


def test_latent_columns_keep_short_events_when_zoomed_out() -> None:
    values = np.full((3, 1000), 0.1, np.float32)
    values[1, 517] = -5.0
    columns = pictures.latent_columns(values, 0, 1000, 50)
    assert columns.shape == (3, 50)
    assert columns[1, 25] == -5.0
    assert columns[0, 25] == pytest.approx(0.1)


def test_latent_columns_show_single_frames_when_zoomed_in() -> None:
    values = np.arange(20, dtype=np.float32).reshape(2, 10)
    columns = pictures.latent_columns(values, -2, 4, 12)
    assert np.isnan(columns[:, :4]).all()
    assert columns[0, 4:].tolist() == [0, 0, 1, 1, 2, 2, 3, 3]


def test_the_last_latent_column_stops_at_its_edge() -> None:
    values = np.zeros((1, 100), np.float32)
    values[0, 60:] = 9.0
    assert pictures.latent_columns(values, 0, 60, 10).max() == 0


def test_signed_root_and_back() -> None:
    values = np.array([-4.0, -1.0, 0.0, 0.04, 4.0])
    position = pictures.signed_root(values, 4.0)
    assert position.tolist() == pytest.approx([-1, -0.5, 0, 0.1, 1])
    assert pictures.signed_square(position, 4.0) == pytest.approx(values)


def test_histogram_counts_every_value_once() -> None:
    values = np.random.default_rng(4).normal(0, 1, (8, 500))
    counts = pictures.latent_histogram(values, float(np.abs(values).max()), 21)
    assert counts.sum() == 4000
    assert pictures.latent_scale(np.zeros((2, 3))) == 1.0
    assert pictures.latent_scale(np.zeros((0, 3))) == 1.0


def test_colours_run_from_first_to_last_stop() -> None:
    steps = pictures.colour_steps(np.array([np.nan, -100.0, -49.9, 0.0, 20.0]), -100, 0)
    assert steps.tolist() == [0, 0, 128, 255, 255]
    for name, stops in pictures.COLOUR_MAPS.items():
        colours = pictures.colour_map(name)
        assert colours.dtype == np.uint32
        assert colours[0] == 0xFF000000 | int(stops.split()[0], 16)
        assert colours[-1] == 0xFF000000 | int(stops.split()[-1], 16)
