"""The stretch of time that linked strips show; zoom and pan in one of them move them all."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, QTimer, Signal

SHORTEST = 0.004  # seconds: 88 samples at 22,050 Hz, where single samples can be told apart
SETTLE = 60  # ms without a movement before pictures are drawn anew in full sharpness


class TimeAxis(QObject):
    """Visible range in seconds within 0..duration, and the time under the mouse."""

    range_changed = Signal()
    settled = Signal()  # the range has come to rest
    hover_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.duration = 0.0
        self.start = 0.0
        self.end = 0.0
        self.hover: float | None = None
        self.origin = 0.0  # what the song's clock says where the clip begins
        self._rest = QTimer(self, singleShot=True, interval=SETTLE)
        self._rest.timeout.connect(self.settled)

    @property
    def span(self) -> float:
        return self.end - self.start

    @property
    def is_fitted(self) -> bool:
        return self.start <= 0 and self.end >= self.duration

    def set_duration(self, seconds: float) -> None:
        """A clip of another length; shows all of it."""
        self.duration = max(0.0, seconds)
        self.start, self.end = 0.0, self.duration
        self._moved()

    def set_origin(self, seconds: float) -> None:
        """The clip begins `seconds` after the song does; rulers count from the song's beginning."""
        if seconds != self.origin:
            self.origin = seconds
            self.range_changed.emit()

    def clock(self, seconds: float) -> str:
        """A time of the clip to the millisecond, as the song counts it."""
        return clock(self.origin + seconds, 0.001)

    def fit(self) -> None:
        """Show everything."""
        self.show_range(0.0, self.duration)

    def show_range(self, start: float, end: float) -> None:
        """Show `start` to `end`, kept inside the clip and not shorter than `SHORTEST`."""
        span = min(max(end - start, SHORTEST), self.duration)
        start = min(max(0.0, start), self.duration - span)
        if (start, start + span) != (self.start, self.end):
            self.start, self.end = start, start + span
            self._moved()

    def zoom(self, factor: float, at: float) -> None:
        """Show `factor` times as much (below 1 is closer), with the time `at` staying where it is."""
        span = min(max(self.span * factor, SHORTEST), self.duration)
        if self.span > 0:
            share = (at - self.start) / self.span
            self.show_range(at - share * span, at - share * span + span)

    def pan(self, seconds: float) -> None:
        """Move the range later (or earlier) by `seconds`."""
        self.show_range(self.start + seconds, self.start + seconds + self.span)

    def reveal(self, seconds: float) -> None:
        """Turn the page when `seconds` has run out of the visible range, as a playing position does."""
        if 0 <= seconds <= self.duration and not self.start <= seconds <= self.end:
            self.show_range(seconds - 0.02 * self.span, seconds + 0.98 * self.span)

    def set_hover(self, seconds: float | None) -> None:
        if seconds != self.hover:
            self.hover = seconds
            self.hover_changed.emit()

    def to_x(self, seconds: float, left: float, width: float) -> float:
        """Pixel of a time in a plot that begins at `left`."""
        return left + (seconds - self.start) / self.span * width if self.span > 0 else left

    def to_seconds(self, x: float, left: float, width: float) -> float:
        return self.start + (x - left) / max(width, 1) * self.span

    def _moved(self) -> None:
        self.range_changed.emit()
        self._rest.start()


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round values (1, 2 or 5 times a power of ten apart) from `low` to `high`, `most` at most."""
    if not high > low or most < 1:
        return []
    step = 10.0 ** math.floor(math.log10((high - low) / most))
    for factor in (1, 2, 5, 10):
        first, last = math.ceil(low / (step * factor) - 1e-9), math.floor(high / (step * factor) + 1e-9)
        if last - first + 1 <= most:
            return [number * step * factor for number in range(first, last + 1)]
    return []


def time_ticks(start: float, end: float, most: int) -> list[float]:
    """As `ticks`, but in steps that a clock knows where they are longer than a second."""
    for step in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600):
        if (end - start) / step <= most:
            if step == 1:
                break
            return [float(number * step) for number in range(math.ceil(start / step), math.floor(end / step) + 1)]
    return ticks(start, end, most)


def clock(seconds: float, step: float = 1.0) -> str:
    """m:ss, with as many decimals as steps of `step` seconds need."""
    decimals = 0 if step >= 1 else min(4, math.ceil(-math.log10(step) - 1e-9))
    rounded = round(max(seconds, 0.0), decimals)
    minutes, rest = divmod(rounded, 60)
    width = 2 if decimals == 0 else 3 + decimals
    return f"{int(minutes)}:{rest:0{width}.{decimals}f}"
