"""Two songs in one time: bars are found, and a stretched song's bars fall on the other's at the same pitch."""

from __future__ import annotations

import json

import numpy as np
import pytest

from core.tempo import Beats, aligned_start, factor_between, find_beats, stretched
from tests.demo_songs import composed

RATE = 22_050


def _drums(bpm: float, seconds: float, *, first: float = 0.0, seed: int = 0) -> np.ndarray:
    """Clicks on every beat and a low thump with each first of four, the first bar at `first` seconds."""
    random = np.random.default_rng(seed)
    sound = 0.002 * random.standard_normal(round(seconds * RATE))
    length = round(0.08 * RATE)
    decay = np.exp(-np.arange(length) / (0.015 * RATE))
    time = np.arange(length) / RATE
    begin, beat = first, 0
    while begin + 0.1 < seconds:
        at = round(begin * RATE)
        hit = 0.2 * random.standard_normal(length) * decay
        if beat % 4 == 0:
            hit += 0.6 * np.sin(2 * np.pi * 70 * time) * np.exp(-time / 0.05)
        sound[at : at + length] += hit
        begin, beat = begin + 60 / bpm, beat + 1
    return sound.astype(np.float32)


def test_bars_begin_where_the_bass_is() -> None:
    found = find_beats(_drums(110, 12, first=0.7), RATE)
    assert found.bpm == pytest.approx(110, rel=0.02)
    assert found.bar == pytest.approx(240 / 110, rel=0.02)
    away = (found.bars - 0.7 + found.bar / 2) % found.bar - found.bar / 2
    assert np.abs(away).max() < 0.08


def test_a_demo_song_has_the_tempo_that_it_was_composed_in() -> None:
    song = composed("rock")
    found = find_beats(song.clip.mono().resampled(RATE).cut(0, 15).samples[0], RATE)
    ratio = found.bpm / song.tempo
    assert min(abs(ratio / octave - 1) for octave in (0.5, 1, 2)) < 0.03


def test_what_has_no_beat_has_no_tempo_and_is_not_stretched() -> None:
    still = find_beats(np.zeros(RATE, np.float32), RATE)
    assert still.bpm == still.bar == 0
    assert factor_between(still, find_beats(_drums(120, 6), RATE)) == 1.0
    assert aligned_start(still, still, 1.0, 3.0, 2.0) == 2.0


def test_beats_are_kept_as_plain_values() -> None:
    found = find_beats(_drums(110, 6, first=0.7), RATE)
    for beats in (found, Beats(0.0, np.zeros(0), 0)):
        again = Beats.from_plain(json.loads(json.dumps(beats.to_plain())))
        assert (again.bpm, again.times.tolist(), again.first) == (beats.bpm, beats.times.tolist(), beats.first)
    nothing, huge = float("nan"), 10**400
    for other in (None, 5, "x", [], [120, [0, 1], 9], [120, [1, 0], 0], [120, [0, nothing], 0], [huge, [0, 1], 0]):
        with pytest.raises(ValueError, match=r"beats|unpack|convert"):
            Beats.from_plain(other)


def test_bars_go_on_at_the_tempo_beyond_the_beats() -> None:
    song = Beats(120.0, 1.0 + 0.5 * np.arange(9), 0)  # bars of 2 s at 1, 3, 5
    assert [song.bar_at(seconds) for seconds in (0.2, 1.0, 2.9, 3.0, 8.0)] == [0, 1, 1, 3, 7]
    assert [song.next_bar(seconds) for seconds in (0.2, 1.0, 1.1, 9.2)] == [1, 1, 3, 11]
    assert song.stretch(3.5, 2) == (3, 7)
    assert song.stretch(9.0, 4) == (9, 17)


def test_half_and_double_tempo_need_no_stretch() -> None:
    slow, fast, other = (Beats(bpm, np.arange(4.0), 0) for bpm in (70.0, 140.0, 100.0))
    assert factor_between(slow, fast) == factor_between(fast, slow) == 1.0
    assert factor_between(other, fast) == pytest.approx(1.4)
    assert factor_between(fast, other) == pytest.approx(100 / 140)


def test_a_song_whose_bar_begins_a_little_early_begins_at_its_beginning() -> None:
    a = Beats(120.0, 1.0 + np.arange(16) / 2, 0)
    b = Beats(120.0, 0.99 + np.arange(16) / 2, 0)
    assert aligned_start(a, b, 1.0) == 0.0


@pytest.mark.parametrize("factor", [0.8, 1.25])
def test_stretching_keeps_the_pitch_and_moves_what_happens(factor: float) -> None:
    time = np.arange(3 * RATE) / RATE
    tone = (0.4 * np.sin(2 * np.pi * 440 * time) * (time > 1.5)).astype(np.float32)
    longer = stretched(tone, factor)
    assert len(longer) == round(len(tone) * factor)
    inside = longer[round(1.8 * factor * RATE) :][: RATE // 2]
    peak = np.abs(np.fft.rfft(inside * np.hanning(len(inside)))).argmax() * RATE / len(inside)
    assert peak == pytest.approx(440, abs=3)
    begin = np.flatnonzero(np.abs(longer) > 0.2)[0] / RATE
    assert begin == pytest.approx(1.5 * factor, abs=0.03)
    assert np.std(inside) == pytest.approx(0.4 / np.sqrt(2), rel=0.15)
    np.testing.assert_array_equal(stretched(tone, 1.0), tone)


def test_stretched_and_aligned_one_song_s_bars_fall_on_the_other_s() -> None:
    a, b = _drums(120, 14, first=0.5), _drums(105, 16, first=1.1, seed=1)
    beats_a, beats_b = find_beats(a, RATE), find_beats(b, RATE)
    factor = factor_between(beats_a, beats_b)
    begin = aligned_start(beats_a, beats_b, factor, start_a=2.0)
    assert begin >= 0
    together = find_beats(stretched(b, factor)[round(begin * RATE) :], RATE)
    assert together.bpm == pytest.approx(120, rel=0.02)
    bars = beats_a.bars[beats_a.bars > 2.0] - 2.0
    away = [np.abs(together.bars - bar).min() for bar in bars[1:4]]
    assert max(away) < 0.06
