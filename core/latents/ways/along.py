"""Sound along a path: the slider moves by itself, in steps that are cross-faded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np

STEP = 2048
"""Samples in which one place holds: a place that moved inside of a transform's frame would leave aliasing."""
FADE = 512
GRAIN = 1000
"""Places are rounded to this part of the way, so that a path at rest is made in one piece."""
Place = tuple[float, ...]
Render = Callable[[Place, int, int], np.ndarray]
"""render(place, start, count) gives the (count,) samples from `start` on at that place."""
Path = Callable[[np.ndarray], np.ndarray]
"""path(samples) gives the (len(samples), axes) places at those moments."""


def along(render: Render, path: Path, start: int, count: int) -> np.ndarray:
    """(count,) float32 samples from `start` on, each at the place where the path is at that moment.

    Steps lie on a grid of the whole sound, so windows equal the same parts of the whole.
    """
    sound = np.zeros(count, np.float32)
    half = FADE // 2
    first, last = (start - half) // STEP, -(-(start + count + half) // STEP)
    for place, begin, end in _runs(path, first, last):
        low = start if begin == first else max(start, begin * STEP - half)
        high = start + count if end == last else min(start + count, end * STEP + half)
        if low >= high:
            continue
        part = render(place, low, high - low)
        samples = np.arange(low, high)
        if begin > first:
            part = part * _risen(samples - (begin * STEP - half))
        if end < last:
            part = part * (1 - _risen(samples - (end * STEP - half)))
        sound[low - start : high - start] += part
    return sound


def _runs(path: Path, first: int, last: int) -> Iterator[tuple[Place, int, int]]:
    """Places and the steps [begin, end) for which they hold."""
    places = np.rint(path((np.arange(first, last) + 0.5) * STEP) * GRAIN) / GRAIN
    changes = np.flatnonzero((np.diff(places, axis=0) != 0).any(axis=1)) + 1
    edges = [0, *changes.tolist(), len(places)]
    for begin, end in pairwise(edges):
        yield tuple(float(part) for part in places[begin]), first + begin, first + end


def _risen(samples: np.ndarray) -> np.ndarray:
    """From 0 to 1 in the `FADE` samples from 0 on, without a corner."""
    share = np.clip((samples + 0.5) / FADE, 0, 1)
    risen: np.ndarray = (0.5 - 0.5 * np.cos(np.pi * share)).astype(np.float32)
    return risen
