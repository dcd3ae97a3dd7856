"""`Ahead`: what a live sound will need next, made in a thread beside the one that decodes it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable


class Ahead:
    """Tells `prepare` where the sound has got to, one place at a time, the newest first; waits for nothing.

    Its thread ends when there is nothing left to do, so that nobody has to close it.

    Args:
        prepare: what it raises is dropped here, since decoding meets the same fault and says it.
    """

    def __init__(self, prepare: Callable[[int], object]) -> None:
        self._prepare = prepare
        self._lock = threading.Lock()
        self._wanted: int | None = None
        self._running = False

    def reached(self, place: int) -> None:
        """The sound has been decoded up to this sample."""
        with self._lock:
            self._wanted = place
            if self._running:
                return
            self._running = True
        threading.Thread(target=self._run, name="ahead", daemon=True).start()

    def _run(self) -> None:
        while (place := self._next()) is not None:
            with contextlib.suppress(Exception):
                self._prepare(place)

    def _next(self) -> int | None:
        with self._lock:
            place, self._wanted = self._wanted, None
            self._running = place is not None
            return place
