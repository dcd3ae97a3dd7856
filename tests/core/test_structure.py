"""Songs are recognised by how their chroma and mel move, not by their level or their wave."""

import numpy as np
import pytest

from core.quality import mel_distance
from core.structure import likeness, log_mel, nearest, sequence
from tests.demo_songs import composed

RATE = 22050


@pytest.fixture(scope="module")
def clips() -> list[np.ndarray]:
    songs = [composed(style).clip.mono().resampled(RATE).samples[0] for style in ("jazz", "metal", "pop")]
    return [song[start : start + 3 * RATE] for song in songs for start in (4 * RATE, 12 * RATE)]


def test_a_clip_is_most_like_itself_whatever_its_level_and_its_sign(clips: list[np.ndarray]) -> None:
    originals = [sequence(clip, RATE) for clip in clips]
    for number, clip in enumerate(clips):
        assert likeness(sequence(-0.1 * clip, RATE), originals[number]) == pytest.approx(1.0, abs=0.02)
        assert nearest(-0.1 * clip, originals, RATE) == number


def test_a_dull_and_noisy_copy_is_still_its_own(clips: list[np.ndarray]) -> None:
    originals = [sequence(clip, RATE) for clip in clips]
    noise = np.random.default_rng(0).standard_normal(3 * RATE)
    for number, clip in enumerate(clips):
        dull = np.convolve(clip, np.hanning(9) / 4, mode="same") + 0.02 * clip.std() * noise
        assert nearest(dull.astype(np.float32), originals, RATE) == number


def test_silence_is_like_nothing(clips: list[np.ndarray]) -> None:
    silent = sequence(np.zeros(3 * RATE, np.float32), RATE)
    assert likeness(silent, sequence(clips[0], RATE)) == 0.0


def test_lengths_may_differ(clips: list[np.ndarray]) -> None:
    assert likeness(sequence(clips[0][: 2 * RATE], RATE), sequence(clips[0], RATE)) > 0.9


def test_log_mel_is_what_the_mel_distance_compares(clips: list[np.ndarray]) -> None:
    one, other = (log_mel(clip, RATE, 512) for clip in clips[:2])
    assert np.abs(one - other).mean() == pytest.approx(mel_distance(clips[0], clips[1], RATE))
