"""Trials of a blind test: which stretch of a song, which of its sounds is hidden where, all equally loud."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.audio import Clip
from core.playback.loudness import matched_gains

SECONDS = 5.0
LEAST_RMS = 10 ** (-50 / 20)
"""Of a stretch that is worth hearing."""
TRIES = 40


@dataclass(frozen=True)
class AbxTrial:
    """A and B are the original and `sounds[chosen]` in an order that is hidden; X is one of them.

    Args:
        start: first frame of the stretch.
        original: 0 where A is the original, 1 where B is.
        x: 0 where X is A, 1 where it is B.
    """

    start: int
    chosen: int
    original: int
    x: int

    def clips(self, original: Clip, sounds: Sequence[Clip], frames: int) -> list[Clip]:
        """A, B and X, equally loud."""
        sides = [original, sounds[self.chosen]] if self.original == 0 else [sounds[self.chosen], original]
        a, b = level([stretch(each, self.start, frames) for each in sides])
        return [a, b, (a, b)[self.x]]

    def is_right(self, said: int) -> bool:
        """`said`: 0 for "X is A", 1 for "X is B"."""
        return said == self.x


@dataclass(frozen=True)
class RankTrial:
    """All sounds from `start` on, in a hidden order: place n holds `order[n]`."""

    start: int
    order: tuple[int, ...]

    def clips(self, sounds: Sequence[Clip], frames: int) -> list[Clip]:
        """The sounds by their places, equally loud."""
        return level([stretch(sounds[each], self.start, frames) for each in self.order])


def draw_abx(random: np.random.Generator, original: Clip, sounds: int, frames: int) -> AbxTrial:
    """Everything is drawn independently, so that no answer helps to guess another."""
    chosen, first, x = random.integers((sounds, 2, 2))
    return AbxTrial(draw_start(random, original, frames), int(chosen), int(first), int(x))


def draw_ranking(random: np.random.Generator, original: Clip, sounds: int, frames: int) -> RankTrial:
    return RankTrial(draw_start(random, original, frames), tuple(int(each) for each in random.permutation(sounds)))


def draw_start(random: np.random.Generator, clip: Clip, frames: int) -> int:
    """First frame of a stretch that is not silent, where one is found."""
    last = max(0, clip.frames - frames)
    start = 0
    for _number in range(TRIES):
        start = int(random.integers(0, last + 1))
        part = clip.samples[:, start : start + frames]
        if part.size and np.sqrt(np.mean(np.square(part, dtype=np.float64))) >= LEAST_RMS:
            return start
    return start


def stretch(clip: Clip, start: int, frames: int) -> Clip:
    """`frames` from `start` on, with zeros past the end."""
    samples = np.zeros((clip.channels, frames), np.float32)
    part = clip.samples[:, start : start + frames]
    samples[:, : part.shape[1]] = part
    return Clip(samples, clip.rate)


def level(clips: Sequence[Clip]) -> list[Clip]:
    """The same clips at the loudness of the softest."""
    gains = matched_gains(clips)
    return [Clip(clip.samples * np.float32(gain), clip.rate) for clip, gain in zip(clips, gains, strict=True)]
