"""Points as dots in an image, by numpy: what a plot item would need a second for, 100,000 dots need milliseconds for.

A dot is a small stamp of pixels. All pixels of all dots are written in one go, dot after dot, so that of two dots
the later one lies on top.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

LEVELS = 9
"""Steps from the ground (0) to the dot's full colour (8)."""
LARGEST, SMALLEST = 6.5, 0.6
INK = 0.12
"""The share of the picture that dots would cover if none overlapped; where it would be more they become smaller."""
_PIECE = 1 << 16  # pixels written at once
_RING = 1.3  # pixels of ground around a larger dot, which keep it apart from the one below


@dataclass(frozen=True)
class Stamp:
    """The pixels of a dot: offsets (pixels,) right and down of its middle, and the level of each."""

    right: np.ndarray
    down: np.ndarray
    level: np.ndarray

    @property
    def reach(self) -> int:
        return int(np.abs(self.right).max())


@cache
def stamp(radius: float) -> Stamp:
    """A round dot with soft edges; a large one has a ring in the ground's colour."""
    reach = math.ceil(radius + _RING)
    down, right = (each.ravel() for each in np.mgrid[-reach : reach + 1, -reach : reach + 1])
    distance = np.hypot(right, down)
    cover = np.clip(radius + 0.5 - distance, 0, 1)
    level = np.rint((LEVELS - 1) * cover).astype(np.uint8)
    kept = distance <= radius + _RING if radius > 2 else cover > 0.25
    kept |= distance == 0
    level = np.maximum(level, np.where(distance == 0, LEVELS - 1, 0)).astype(np.uint8)
    return Stamp(right[kept].astype(np.int32), down[kept].astype(np.int32), level[kept])


def dot_radius(dots: int, width: int, height: int, ratio: float = 1.0) -> float:
    """A radius in pixels that leaves `dots` legible, in quarters so that few stamps are made.

    Args:
        ratio: device pixels for each pixel of the user's.
    """
    radius = math.sqrt(INK * width * height / (math.pi * max(dots, 1)))
    return max(round(4 * min(radius, LARGEST * ratio)) / 4, SMALLEST)


def shades(ground: tuple[int, int, int], colours: np.ndarray) -> np.ndarray:
    """(colours, LEVELS) uint32, 0xFFRRGGBB, from the ground to each colour.

    Args:
        colours: (colours, 3) red, green and blue, 0 to 255.
    """
    share = np.linspace(0, 1, LEVELS)[None, :, None]
    mixed = np.rint(np.asarray(ground)[None, None] * (1 - share) + colours[:, None, :] * share).astype(np.uint32)
    return np.uint32(0xFF000000) | (mixed[..., 0] << 16) | (mixed[..., 1] << 8) | mixed[..., 2]


class Raster:
    """An image that dots are written into, with a margin that takes those at the edges.

    Attributes:
        image: (height + 2 margin, width + 2 margin) uint32, 0xFFRRGGBB; the same memory until the size changes.
    """

    margin = math.ceil(2 * LARGEST + 2)

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.image = np.zeros((height + 2 * self.margin, width + 2 * self.margin), np.uint32)

    def draw(
        self,
        x: np.ndarray,
        y: np.ndarray,
        shade: np.ndarray,
        table: np.ndarray,
        ground: int,
        *,
        ratio: float = 1.0,
        cross: tuple[float, float, int] | None = None,
    ) -> float:
        """Clear the image to `ground` and draw a dot for each point; returns the radius.

        Args:
            x, y: (points,) float32 pixels; those outside are left out.
            shade: (points,) the row of `table` with each dot's colours.
            table: as `shades` gives it.
            cross: x, y and colour of two lines below the dots, from edge to edge.
        """
        self.image.fill(ground)
        if cross is not None:
            across, down = (round(min(max(place, -1.0), 1e6)) + self.margin for place in cross[:2])
            self.image[:, across : across + 1] = cross[2]
            self.image[down : down + 1] = cross[2]
        seen = np.flatnonzero((x > -1) & (y > -1) & (x < self.width) & (y < self.height))
        radius = dot_radius(len(seen), self.width, self.height, ratio)
        dot = stamp(radius)
        stride = self.image.shape[1]
        place = (y[seen] + (self.margin + 0.5)).astype(np.int32) * np.int32(stride)
        place += (x[seen] + (self.margin + 0.5)).astype(np.int32)
        steps = (dot.down * stride + dot.right).astype(np.int32)
        dots = np.ascontiguousarray(table[:, dot.level])  # the pixels of one dot of each shade
        colours = shade[seen]
        flat = self.image.reshape(-1)
        # In pieces, which stay in the processor's cache.
        piece = max(1, _PIECE // len(steps))
        for first in range(0, len(place), piece):
            part = slice(first, first + piece)
            flat[place[part, None] + steps] = dots.take(colours[part], axis=0)
        return radius
