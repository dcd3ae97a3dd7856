"""Where strips have their pictures drawn: in the background for the window, at once for tests and exports."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Protocol

from PySide6.QtGui import QImage

from musicae_gui.tasks import Tasks

_numbers = itertools.count(1)


class PictureBuilder(Protocol):
    """Runs `draw` and hands its image to `done` in the GUI thread; of one `name` only the latest is delivered."""

    def build(self, name: str, draw: Callable[[], QImage], done: Callable[[QImage], None]) -> None: ...

    def forget(self, name: str, *_facts: object) -> None:
        """Drop what is under way for `name`; further arguments (of a signal) mean nothing."""


class BackgroundBuilder:
    """Draws in the window's workers."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks

    def build(self, name: str, draw: Callable[[], QImage], done: Callable[[QImage], None]) -> None:
        self._tasks.run(lambda _context: draw(), done=done, group=name)

    def forget(self, name: str, *_facts: object) -> None:
        self._tasks.cancel(name)


class DirectBuilder:
    """Draws at once."""

    def build(self, name: str, draw: Callable[[], QImage], done: Callable[[QImage], None]) -> None:
        done(draw())

    def forget(self, name: str, *_facts: object) -> None:
        return


def unique_name(kind: str) -> str:
    """A name for one strip's pictures."""
    return f"picture.{kind}.{next(_numbers)}"
