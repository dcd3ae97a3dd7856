"""`Camera`: how a map is looked at. Points of two or three dimensions to pixels, and back."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

CLOSEST, FARTHEST = 1e4, 0.2
"""Zoom, as a factor of the fit."""
MARGIN = 0.06


@dataclass(frozen=True)
class Camera:
    """A place over the plane that the points are seen in; every change gives another camera.

    Args:
        width, height: of the picture in pixels.
        middle: the point of the plane in the picture's middle.
        scale: pixels a unit.
        turn: (3, 3) rotation before points are seen; only for three dimensions.
        fitted: the scale at which everything is seen.
    """

    width: int
    height: int
    middle: tuple[float, float] = (0.0, 0.0)
    scale: float = 1.0
    turn: np.ndarray | None = None
    fitted: float = 1.0

    def plane(self, points: np.ndarray) -> np.ndarray:
        """(2 or 3, points) as they are turned: across, up and, in three dimensions, towards the eye."""
        if self.turn is None:
            return points
        # No matrix product: for three columns its threads would cost more than they save.
        turned = np.empty_like(points)
        for row, (a, b, c) in zip(turned, self.turn.astype(points.dtype), strict=True):
            np.multiply(points[0], a, out=row)
            row += points[1] * b
            row += points[2] * c
        return turned

    def to_pixels(self, plane: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """x and y in pixels of points of the plane; y goes down."""
        scale = np.float32(self.scale)
        x = plane[0] * scale + np.float32(self.width / 2 - self.middle[0] * self.scale)
        y = np.float32(self.height / 2 + self.middle[1] * self.scale) - plane[1] * scale
        return x, y

    def to_plane(self, x: float, y: float) -> tuple[float, float]:
        """The point of the plane at a pixel."""
        return (
            (x - self.width / 2) / self.scale + self.middle[0],
            (self.height / 2 - y) / self.scale + self.middle[1],
        )

    def place(self, x: float, y: float, depth: float = 0.0) -> np.ndarray:
        """(2,) or (3,) the point in the data under a pixel; in three dimensions at `depth` towards the eye."""
        across, up = self.to_plane(x, y)
        if self.turn is None:
            return np.array([across, up], np.float32)
        return (self.turn.T @ np.array([across, up, depth])).astype(np.float32)

    def resized(self, width: int, height: int) -> Camera:
        """Another picture of the same place, as near as it was in relation to the picture."""
        factor = min(width, height) / max(1, min(self.width, self.height))
        return replace(self, width=width, height=height, scale=self.scale * factor, fitted=self.fitted * factor)

    def fit(self, plane: np.ndarray) -> Camera:
        """All points in the picture with a margin."""
        if not plane.shape[1]:
            return self
        low, high = plane[:2].min(axis=1), plane[:2].max(axis=1)
        spans = np.maximum(high - low, 1e-6)
        room = 1 - 2 * MARGIN
        scale = float(min(self.width * room / spans[0], self.height * room / spans[1]))
        middle = ((low + high) / 2).astype(float)
        return replace(self, middle=(float(middle[0]), float(middle[1])), scale=scale, fitted=scale)

    def zoomed(self, factor: float, x: float, y: float) -> Camera:
        """Nearer by `factor`, what is under the pixel staying there."""
        factor = min(max(self.scale * factor, self.fitted * FARTHEST), self.fitted * CLOSEST) / self.scale
        across, up = self.to_plane(x, y)
        middle = (across + (self.middle[0] - across) / factor, up + (self.middle[1] - up) / factor)
        return replace(self, scale=self.scale * factor, middle=middle)

    def moved(self, right: float, down: float) -> Camera:
        """The picture dragged by so many pixels."""
        return replace(self, middle=(self.middle[0] - right / self.scale, self.middle[1] + down / self.scale))

    def turned(self, right: float, down: float) -> Camera:
        """The points turned by the hand, around the vertical and the horizontal of the picture, in radians."""
        if self.turn is None:
            return self
        cos, sin = math.cos(right), math.sin(right)
        around_up = np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]])
        cos, sin = math.cos(down), math.sin(down)
        around_across = np.array([[1, 0, 0], [0, cos, -sin], [0, sin, cos]])
        made = around_across @ around_up @ self.turn
        # Rounding adds up over many small turns: the nearest true rotation is kept.
        left, _sizes, other = np.linalg.svd(made)
        return replace(self, turn=left @ other)


FRONT = np.eye(3)
"""The first two axes across and up, the third towards the eye."""
