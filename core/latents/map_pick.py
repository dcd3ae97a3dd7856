"""Finding points of a map: the one at the mouse, the next one in a direction, those within a line drawn around them."""

from __future__ import annotations

import math

import numpy as np

POINTS_A_CELL = 4
RINGS = 10
"""Cells that are looked through around a place; where that does not suffice, a look at every point is quicker."""
MOST_CELLS = 250  # a side: their numbers fit into 16 bits, which are sorted fastest


class PointGrid:
    """Points of a plane in square cells, so that the nearest is found among a few.

    Args:
        plane: (2 or more, points), of which the first two rows count: across and up.
        rows: the points that can be found; all without it.
    """

    def __init__(self, plane: np.ndarray, rows: np.ndarray | None = None) -> None:
        self._rows = np.arange(plane.shape[1]) if rows is None else np.asarray(rows, np.int64)
        points = np.stack([plane[0][self._rows], plane[1][self._rows]], axis=1).astype(np.float64)
        self._low = points.min(axis=0) if len(points) else np.zeros(2)
        spans = (points.max(axis=0) - self._low) if len(points) else np.ones(2)
        side = min(MOST_CELLS, max(1, math.isqrt(len(points) // POINTS_A_CELL)))
        self._cell = max(float(spans.max()) / side, 1e-12)
        self._side = side + 1
        cells = np.clip((points - self._low) / self._cell, 0, self._side - 1).astype(np.uint16)
        cell = cells[:, 1] * np.uint16(self._side) + cells[:, 0]
        order = np.argsort(cell, kind="stable")
        self._rows, self._points = self._rows[order], points[order]
        self._starts = np.searchsorted(cell[order], np.arange(self._side**2 + 1))

    def nearest(self, x: float, y: float, within: float = math.inf) -> int | None:
        """The row of the nearest point; None where none is within that distance."""
        best, best_square = None, within * within
        at = np.array([x, y])
        # Cells around the one at (x, y), or around the nearest place beside the grid, ring by ring.
        column, row = np.clip(np.floor((at - self._low) / self._cell), -1, self._side).astype(int).tolist()
        for ring in range(2 * self._side + 2):
            if self._reach(x, y, column, row, ring) ** 2 > best_square:
                break  # whatever follows is farther away than the best
            far = ring == RINGS
            for members in [slice(None)] if far else self._ring(column, row, ring):
                squares = np.square(self._points[members] - at).sum(axis=1)
                if not len(squares):
                    continue
                place = int(squares.argmin())
                found, square = int(self._rows[members][place]), float(squares[place])
                if square < best_square or (square == best_square and (best is None or found < best)):
                    best, best_square = found, square
            if far:
                break
        return best

    def _reach(self, x: float, y: float, column: int, row: int, ring: int) -> float:
        """A distance that every point in this ring and those beyond it has at least."""
        left = x - (self._low[0] + (column - ring + 1) * self._cell)
        right = self._low[0] + (column + ring) * self._cell - x
        below = y - (self._low[1] + (row - ring + 1) * self._cell)
        above = self._low[1] + (row + ring) * self._cell - y
        return max(0.0, min(left, right, below, above)) if ring else 0.0

    def _ring(self, column: int, row: int, ring: int) -> list[slice]:
        """The points of the cells `ring` steps away from a cell, in runs along rows of cells."""
        left, right = max(column - ring, 0), min(column + ring, self._side - 1)
        ends = [line for line in {row - ring, row + ring} if 0 <= line < self._side and left <= right]
        sides = [each for each in {column - ring, column + ring} if 0 <= each < self._side]
        between = range(max(row - ring + 1, 0), min(row + ring - 1, self._side - 1) + 1)
        return [
            *(self._run(line, left, right) for line in ends),
            *(self._run(line, each, each) for line in between for each in sides),
        ]

    def _run(self, line: int, first: int, last: int) -> slice:
        return slice(int(self._starts[line * self._side + first]), int(self._starts[line * self._side + last + 1]))


def next_towards(plane: np.ndarray, rows: np.ndarray, current: int, right: int, up: int) -> int | None:
    """The nearest of `rows` that lies in a direction (right and up are -1, 0 or 1) from the point `current`.

    It lies within 45° of the direction; what is off to the side counts double. None where nothing lies there.
    """
    across, upward = (plane[axis][rows] - plane[axis][current] for axis in (0, 1))
    along = across * right + upward * up
    aside = np.abs(across * up - upward * right)
    fits = (along > 0) & (aside <= along)
    if not fits.any():
        return None
    cost = np.where(fits, along + 2 * aside, np.inf)
    return int(rows[int(cost.argmin())])


def within(plane: np.ndarray, line: np.ndarray) -> np.ndarray:
    """(points,) bool: which points of `plane` (2 or more, points) lie inside a closed line, by the even-odd rule.

    Args:
        line: (corners, 2).
    """
    inside = np.zeros(plane.shape[1], bool)
    if len(line) < 3 or not len(inside):
        return inside
    corners = line.astype(np.float64)
    (left, low), (right, high) = corners.min(axis=0), corners.max(axis=0)
    near = (plane[0] >= left) & (plane[0] <= right) & (plane[1] >= low) & (plane[1] <= high)
    candidates = np.flatnonzero(near)
    # In the order of their heights each side of the line concerns one run of the points.
    candidates = candidates[np.argsort(plane[1][candidates], kind="stable")]
    x, y = (plane[axis][candidates].astype(np.float64) for axis in (0, 1))
    odd = np.zeros(len(candidates), bool)
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y0 != y1:
            begin, end = np.searchsorted(y, (min(y0, y1), max(y0, y1)))
            odd[begin:end] ^= x[begin:end] < (x1 - x0) * (y[begin:end] - y0) / (y1 - y0) + x0
    inside[candidates] = odd
    return inside
