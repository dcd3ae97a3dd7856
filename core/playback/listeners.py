"""Whom the player tells, and what they are still to be told."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

log = logging.getLogger(__name__)


@dataclass
class Listeners:
    """Whom to tell; called from the feeder's thread, which must not be kept waiting."""

    on_ended: Callable[[], None] | None = None
    """The end of a source that does not loop has been heard."""
    on_device_lost: Callable[[str], None] | None = None
    """The device died; the sentence says whether sound goes on through another one or has stopped."""
    on_failed: Callable[[str], None] | None = None
    """A source or a device failed and playing stopped; the sentence says why."""
    on_devices_changed: Callable[[], None] | None = None
    """Devices have been looked for."""


class News:
    """What `listeners` are to be told, noted and delivered in the feeder's thread.

    What happens may happen while the lock is held; it is told when the lock is free.
    """

    def __init__(self, listeners: Listeners) -> None:
        self._listeners = listeners
        self._waiting: deque[Callable[[], None]] = deque()

    def ended(self) -> None:
        self._note(self._listeners.on_ended)

    def device_lost(self, sentence: str) -> None:
        self._note(self._listeners.on_device_lost, sentence)

    def failed(self, sentence: str) -> None:
        self._note(self._listeners.on_failed, sentence)

    def devices_changed(self) -> None:
        self._note(self._listeners.on_devices_changed)

    def deliver(self) -> None:
        """Tell everything that waits; one listener that fails keeps no other from hearing."""
        while self._waiting:
            try:
                self._waiting.popleft()()
            except Exception:
                log.exception("a listener of the player failed")

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def _note(self, listener: Callable[..., None] | None, *words: str) -> None:
        if listener is not None:
            self._waiting.append(lambda: listener(*words))
