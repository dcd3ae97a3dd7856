"""How long the window's event loop was held up: a timer that should come every few milliseconds, and when it came."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, Qt, QTimer

BEAT = 5  # ms


class StallWatch(QObject):
    """Keeps the longest stall of each phase, in seconds beyond the timer's own interval."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.longest: dict[str, float] = {}
        self._phase = ""
        self._last = 0.0
        self._timer = QTimer(self, interval=BEAT, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def begin(self, phase: str) -> None:
        """Count what comes from now on for `phase`."""
        self._phase = phase
        self.longest.setdefault(phase, 0.0)
        self._last = time.perf_counter()
        self._timer.start()

    def end(self) -> None:
        self._timer.stop()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Do not count what the test itself does to the window in this block."""
        self._timer.stop()
        yield
        self.begin(self._phase)

    def _beat(self) -> None:
        now = time.perf_counter()
        stall = now - self._last - BEAT / 1000
        self._last = now
        self.longest[self._phase] = max(self.longest[self._phase], stall)
