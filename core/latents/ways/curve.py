"""`Curve`: where between two songs we are at each moment, as points that can be drawn, moved and recorded."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from core.latents.blend import HIGHEST, LOWEST

EDGE = 0.04
"""Seconds beside a stroke in which the curve goes over to what it was."""
TOLERANCE = 0.006
"""Of the way from A to B: how far a stroke may be from what the hand drew."""
MOST_POINTS = 20_000
Point = tuple[float, float]


@dataclass(frozen=True)
class Curve:
    """Straight lines between points, level before the first and after the last. A curve never changes; edits give new.

    Args:
        points: (seconds, at), the seconds rising.
    """

    points: tuple[Point, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.points)

    def at(self, seconds: float) -> float:
        """The place at a moment; of an empty curve it is 0."""
        return float(self.places(np.array([seconds]))[0])

    def places(self, seconds: np.ndarray) -> np.ndarray:
        """As `at`, for many moments."""
        if not self.points:
            return np.zeros(len(seconds))
        times, values = np.array(self.points).T
        return np.interp(seconds, times, values)

    def with_point(self, seconds: float, at: float) -> Curve:
        """One point more, or another value where there is one at this moment."""
        kept = [point for point in self.points if point[0] != seconds]
        return Curve(tuple(sorted([*kept, _point(seconds, at)])))

    def moved(self, index: int, seconds: float, at: float) -> Curve:
        """A point elsewhere; it stays between its neighbours."""
        points = list(self.points)
        low = points[index - 1][0] if index > 0 else 0.0
        high = points[index + 1][0] if index + 1 < len(points) else math.inf
        points[index] = _point(min(max(seconds, low), high), at)
        return Curve(tuple(points))

    def without(self, index: int) -> Curve:
        return Curve(self.points[:index] + self.points[index + 1 :])

    def drawn(self, stroke: Sequence[Point]) -> Curve:
        """The curve with a stroke over it: between its first and last moment it is what the hand drew.

        Where the hand went back in time, what it drew later counts. The stroke is kept by as few points as stay
        within `TOLERANCE` of it.
        """
        if not stroke:
            return self
        line = simplified(_line([_point(*point) for point in stroke]))
        first, last = line[0][0], line[-1][0]
        before = [point for point in self.points if point[0] < first - EDGE]
        after = [point for point in self.points if point[0] > last + EDGE]
        if before:
            before.append((first - EDGE, self.at(first - EDGE)))
        if after:
            after.insert(0, (last + EDGE, self.at(last + EDGE)))
        return Curve((*before, *line, *after))

    def turned(self) -> Curve:
        """For the songs swapped: 0 is where 1 was."""
        return Curve(tuple((seconds, 1 - at) for seconds, at in self.points))

    def to_list(self) -> list[list[float]]:
        return [list(point) for point in self.points]

    @classmethod
    def from_list(cls, values: object) -> Curve:
        """From parsed JSON; what is no point is left out."""
        points = {}
        for value in values[:MOST_POINTS] if isinstance(values, list) else ():
            if isinstance(value, list) and len(value) == 2 and all(_is_number(part) for part in value):
                points[max(0.0, float(value[0]))] = _point(*value)
        return cls(tuple(points[seconds] for seconds in sorted(points)))


def simplified(line: Sequence[Point], tolerance: float = TOLERANCE) -> list[Point]:
    """The points of `line` that a line within `tolerance` of it needs.

    U. Ramer, "An iterative procedure for the polygonal approximation of plane curves", 1972, with the distance taken
    along the values alone, since that is what is heard.
    """
    times, values = np.array(line, dtype=np.float64).T
    kept = {0, len(line) - 1}
    open_spans = [(0, len(line) - 1)]
    while open_spans:
        first, last = open_spans.pop()
        if last - first < 2:
            continue
        ends = [times[first], times[last]], [values[first], values[last]]
        away = np.abs(values[first + 1 : last] - np.interp(times[first + 1 : last], *ends))
        farthest = int(away.argmax())
        if away[farthest] > tolerance:
            middle = first + 1 + farthest
            kept.add(middle)
            open_spans += [(first, middle), (middle, last)]
    return [line[index] for index in sorted(kept)]


def held(moves: Sequence[Point], *, still: float = 0.08, jump: float = 0.02) -> list[Point]:
    """Moves of a slider as a line: where the hand rested for longer than `still` seconds, the value is held until the
    next move, which then takes `jump` seconds."""
    line = list(moves[:1])
    for before, after in pairwise(moves):
        if after[0] - before[0] > still:
            line.append((after[0] - jump, before[1]))
        line.append(after)
    return line


def _line(stroke: Sequence[Point]) -> list[Point]:
    """A hand's points in the order of time; where it went back, what it drew over is gone."""
    line = [stroke[0]]
    for hand, point in pairwise(stroke):
        if hand[0] < point[0] and hand is line[-1]:
            line.append(point)
            continue
        low, high = sorted((hand[0], point[0]))
        line = [old for old in line if not low <= old[0] <= high]
        line += [point] if low == high else [hand, point]
        line.sort()
    return line


def _point(seconds: float, at: float) -> Point:
    return max(0.0, float(seconds)), min(max(float(at), LOWEST), HIGHEST)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
