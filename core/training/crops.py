"""Random clips for training and fixed clips for validation, read straight from memory-mapped samples.

Every draw is made by a generator of its own, keyed by (seed, step, item): clip 3 of step 1000 is the same
whether or not the run was paused, previewed, resumed, or its batch split for lack of memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

# A clip under -60 dBFS RMS teaches nothing but silence; so many draws are made to find a louder one.
SILENCE_RMS = 1e-3
DRAWS = 8


class Samples(Protocol):
    """Mono samples that need not be in memory: `core.data.store.StoredSong` or alike."""

    @property
    def frames(self) -> int: ...

    @property
    def peak(self) -> float: ...

    def read(self, start: int, count: int) -> np.ndarray:
        """(count,) float32, zeros past the end."""
        ...


@dataclass(frozen=True)
class TrainingSong:
    """A song to learn from; `stored` has mono samples at the model's rate."""

    key: str
    title: str
    author: str
    stored: Samples
    genre: str = ""
    path: str = ""


@dataclass(frozen=True)
class Region:
    """Frames `start` to `stop` of one song."""

    song: TrainingSong
    start: int
    stop: int

    @property
    def frames(self) -> int:
        return self.stop - self.start

    def read(self, offset: int, count: int) -> np.ndarray:
        """(count,) float32 from `offset` frames into the region, zeros past its end."""
        inside = max(0, min(count, self.frames - offset))
        samples = np.zeros(count, np.float32)
        if inside:
            samples[:inside] = self.song.stored.read(self.start + offset, inside)
        return samples


class RandomCrops:
    """Clips of `length` frames from anywhere in `regions`, each second of music equally likely.

    A region shorter than a clip is padded with zeros at its end. Clips that are silent are drawn again a
    few times, then the loudest is taken.
    """

    def __init__(self, regions: Sequence[Region], length: int, *, seed: int, gain_db: float = 0.0) -> None:
        if not regions:
            raise ValueError("no region to draw from")
        self._regions = list(regions)
        self._length = length
        self._seed = seed
        self._gain_db = gain_db
        # Weight of a region: its possible beginnings of a clip, at least that of one clip.
        self._ends = np.cumsum([max(region.frames, length) for region in regions])

    def clip(self, step: int, item: int) -> np.ndarray:
        """(length,) float32: clip `item` of step `step`, whatever was drawn before."""
        random = np.random.Generator(np.random.Philox(np.random.SeedSequence((self._seed, step, item))))
        gain = 10 ** (random.uniform(-self._gain_db, self._gain_db) / 20) if self._gain_db else 1.0
        loudest, level = np.zeros(self._length, np.float32), -1.0
        for _draw in range(DRAWS):
            region = self._regions[int(np.searchsorted(self._ends, random.integers(self._ends[-1]), side="right"))]
            room = max(0, region.frames - self._length)
            samples = region.read(int(random.integers(room + 1)), self._length)
            rms = root_mean_square(samples)
            if rms > level:
                loudest, level = samples, rms
            if level >= SILENCE_RMS:
                break
        return loudest * np.float32(gain)

    def batch(self, step: int, items: range) -> np.ndarray:
        """(len(items), 1, length) float32: these clips of step `step`."""
        return np.stack([self.clip(step, item) for item in items])[:, None]


def fixed_crops(regions: Sequence[Region], length: int, count: int) -> list[np.ndarray]:
    """At most `count` clips (length,), evenly spread over the regions' music; silent ones are left out.

    Music shorter than a clip gives one padded clip. When all is silent, one silent clip is given, so that
    there is always something to measure.
    """
    total = sum(region.frames for region in regions)
    wanted = max(1, min(count, total // length))
    clips: list[np.ndarray] = []
    for place in (np.arange(wanted) + 0.5) * total / wanted:
        region, offset = _locate(regions, int(place))
        start = max(0, min(offset - length // 2, region.frames - length))
        clips.append(region.read(start, length))
    loud = [clip for clip in clips if root_mean_square(clip) >= SILENCE_RMS]
    return loud or clips[:1]


def chunks(regions: Sequence[Region], length: int, *, limit: int) -> list[tuple[Region, int, int]]:
    """The regions in pieces (region, offset, frames) of `length` frames or less, at most `limit` frames together.

    Where there is more, evenly spaced pieces are kept.
    """
    pieces = [
        (region, offset, min(length, region.frames - offset))
        for region in regions
        for offset in range(0, region.frames, length)
    ]
    keep = max(1, limit // length)
    if len(pieces) <= keep:
        return pieces
    return [pieces[int(index)] for index in np.linspace(0, len(pieces) - 1, keep)]


def root_mean_square(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if samples.size else 0.0


def _locate(regions: Sequence[Region], place: int) -> tuple[Region, int]:
    for region in regions:
        if place < region.frames:
            return region, place
        place -= region.frames
    return regions[-1], max(0, regions[-1].frames - 1)
