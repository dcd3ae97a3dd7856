"""Beats, onsets, harmony and form: found where they were put, and lost where they are lost."""

from __future__ import annotations

import numpy as np
import pytest

from core.audio import Clip
from core.errors import Cancelled, UsageError
from core.rhythm import beats, f1, onset_strength, onsets, tempo
from core.structure_scores import SCORES, compare_structure, nearest_original_rate
from tests.demo_songs import composed

RATE = 22050


def clicks(times: np.ndarray, seconds: float) -> np.ndarray:
    """Short noises at `times` (seconds)."""
    samples = np.zeros(round(seconds * RATE), np.float32)
    burst = np.random.default_rng(0).normal(0, 0.3, 600) * np.exp(-np.arange(600) / 100)
    for time in times:
        at = round(time * RATE)
        samples[at : at + 600] += burst[: len(samples) - at]
    return samples


@pytest.mark.parametrize("bpm", [72.0, 100.0, 133.0])
def test_tempo_and_beats_of_a_click_track_are_found(bpm: float) -> None:
    times = 0.3 + np.arange(0, 11.5, 60 / bpm)
    samples = clicks(times, 12.0)
    assert tempo(samples, RATE) == pytest.approx(bpm, rel=0.02)
    assert f1(times, beats(samples, RATE), 0.05) > 0.9
    assert f1(times, beats(samples, RATE, bpm=bpm), 0.05) > 0.9


@pytest.mark.parametrize("style", ["rock", "jazz"])
def test_the_tempo_of_a_demo_song_is_found_up_to_an_octave(style: str) -> None:
    song = composed(style)
    found = tempo(song.clip.mono().resampled(RATE).samples[0], RATE)
    assert found is not None
    assert min(abs(found * octave / song.tempo - 1) for octave in (0.5, 1, 2)) < 0.02


def test_onsets_are_where_notes_begin_at_any_level() -> None:
    times = np.array([0.5, 1.0, 1.2, 2.0, 2.9])
    for level in (1.0, 0.001):
        found = onsets(level * clicks(times, 3.5), RATE)
        assert f1(times, found, 0.05) == 1
    assert len(onsets(np.zeros(RATE), RATE)) == 0


def test_silence_and_clips_shorter_than_a_beat_have_no_rhythm() -> None:
    for samples in (np.zeros(3 * RATE, np.float32), np.ones(10, np.float32), np.zeros(0, np.float32)):
        assert tempo(samples, RATE) is None
        assert len(beats(samples, RATE)) == 0
        assert np.isfinite(onset_strength(samples, RATE)).all()


def test_f1_matches_each_event_once() -> None:
    assert f1(np.array([1.0, 2.0]), np.array([1.02, 1.03, 2.0]), 0.05) == pytest.approx(2 * 2 / 5)
    assert f1(np.array([1.0]), np.array([]), 0.05) == 0
    assert f1(np.array([]), np.array([]), 0.05) is None
    assert f1(np.array([1.0]), np.array([1.1]), 0.05) == 0


def test_a_song_keeps_its_own_structure_at_any_level_and_another_does_not() -> None:
    rock, jazz = (composed(style).clip.cut(4.0, 10.0) for style in ("rock", "jazz"))
    same = compare_structure(rock, Clip(0.2 * rock.mono().samples, rock.rate))
    assert tuple(same) == SCORES
    for value in same.values():
        assert value == pytest.approx(1, abs=0.05)
    other = compare_structure(rock, jazz)
    noise = Clip(np.random.default_rng(0).normal(0, 0.1, rock.frames), rock.rate)
    nothing = compare_structure(rock, noise)
    for name in ("chroma_correlation", "self_similarity_correlation", "onset_f1"):
        assert (other[name] or 0) < 0.8 * same[name]  # type: ignore[operator]
        assert (nothing[name] or 0) < 0.6  # dense events meet by chance, too


def test_silence_says_nothing_or_zero_and_emptiness_is_a_sentence() -> None:
    silence, song = Clip(np.zeros(3 * RATE, np.float32), RATE), composed("rock").clip.mono().resampled(RATE).cut(4, 3)
    assert set(compare_structure(silence, silence).values()) == {None}
    assert set(compare_structure(song, silence).values()) == {0.0}
    with pytest.raises(UsageError, match="empty"):
        compare_structure(song, Clip(np.zeros(0, np.float32), RATE))


def test_reconstructions_are_counted_that_are_nearest_to_their_own_original() -> None:
    song = composed("rock").clip.mono().resampled(RATE)
    originals = [song.cut(start, 3.0).samples[0] for start in (2.0, 9.0, 16.0)]
    noisy = [clip + np.random.default_rng(1).normal(0, 0.02, len(clip)) for clip in originals]
    assert nearest_original_rate(originals, noisy, RATE) == 1
    swapped = [noisy[1], noisy[0], noisy[2]]
    assert nearest_original_rate(originals, swapped, RATE) == pytest.approx(1 / 3)
    with pytest.raises(UsageError):
        nearest_original_rate(originals, noisy[:1], RATE)
    with pytest.raises(Cancelled):
        nearest_original_rate(originals, noisy, RATE, cancelled=lambda: True)
