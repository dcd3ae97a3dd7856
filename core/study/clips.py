"""The clips that models are judged on: five seconds each, as equally many of each test song as there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from core.audio import Clip
from core.models.design import CLIP_SAMPLES, MODEL_RATE
from core.training.crops import SILENCE_RMS, TrainingSong, root_mean_square


@dataclass(frozen=True, eq=False)
class Excerpt:
    """Mono samples (110250,) at 22,050 Hz of a song, from frame `start` on."""

    song: TrainingSong
    start: int
    samples: np.ndarray

    @property
    def clip(self) -> Clip:
        return Clip(self.samples[None], MODEL_RATE)


def excerpts(songs: Sequence[TrainingSong], count: int) -> list[Excerpt]:
    """At most `count` clips that do not overlap and are not silent."""
    found = [list(_windows(song)) for song in songs]
    # From the middle outwards: beginnings and ends are the least like the rest.
    ordered = [[windows[place] for place in _from_the_middle(len(windows))] for windows in found]
    turns = zip_longest(*ordered)
    return [each for turn in turns for each in turn if each is not None][:count]


def _from_the_middle(count: int) -> list[int]:
    return sorted(range(count), key=lambda place: abs(place - (count - 1) / 2))


def _windows(song: TrainingSong) -> Iterator[Excerpt]:
    last = song.stored.frames - CLIP_SAMPLES
    for start in range(0, max(last, 0) + 1, CLIP_SAMPLES):
        samples = song.stored.read(start, CLIP_SAMPLES)
        if root_mean_square(samples) >= SILENCE_RMS:
            yield Excerpt(song, start, samples)
