"""Hands for the self-test: finds widgets by name, drops, clicks, types, waits and takes pictures."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEvent, QEventLoop, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

WidgetT = TypeVar("WidgetT", bound=QWidget)


class StepError(Exception):
    """A step of the story did not really happen; the text says what was missing."""


class Driver:
    """Works on `window` in the GUI thread; waiting runs the event loop, as a person's pause would."""

    def __init__(self, window: QWidget, pictures: Path) -> None:
        self.window = window
        self.pictures = pictures

    def find(self, kind: type[WidgetT], name: str) -> WidgetT:
        """The widget with object name `name`.

        Raises:
            StepError: there is none of that kind.
        """
        widget = self.window.findChild(kind, name)
        if widget is None:
            raise StepError(f"the window has no {kind.__name__} called {name}")
        return widget

    def pause(self, seconds: float) -> None:
        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()

    def until(self, condition: Callable[[], bool], seconds: float, what: str) -> float:
        """Wait until `condition` holds; returns the seconds that it took.

        Raises:
            StepError: it did not hold within `seconds`; the text names `what` was waited for.
        """
        start = time.perf_counter()
        while not condition():
            if time.perf_counter() - start > seconds:
                raise StepError(f"waited {seconds:.0f} s in vain for {what}")
            self.pause(0.03)
        return time.perf_counter() - start

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Press and release the left button in the middle of `widget`, or `at` a point of it.

        Raises:
            StepError: the widget cannot be clicked now.
        """
        self.drag(widget, [at or widget.rect().center()])

    def drag(
        self,
        widget: QWidget,
        places: Sequence[QPoint],
        keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        """Press the left button at the first of some places of `widget`, move to the others, release at the last.

        Raises:
            StepError: the widget cannot be clicked now.
        """
        if not (widget.isVisible() and widget.isEnabled()):
            raise StepError(f"{widget.objectName()} cannot be clicked now")
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        steps = [(QEvent.Type.MouseButtonPress, places[0], left, left)]
        steps += [(QEvent.Type.MouseMove, place, none, left) for place in places[1:]]
        steps.append((QEvent.Type.MouseButtonRelease, places[-1], left, none))
        for kind, place, button, pressed in steps:
            event = QMouseEvent(kind, QPointF(place), QPointF(widget.mapToGlobal(place)), button, pressed, keys)
            QApplication.sendEvent(widget, event)

    def key(self, widget: QWidget, key: Qt.Key, text: str = "") -> None:
        """Type one key into `widget`."""
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(widget, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text))

    def drop(self, paths: list[Path]) -> None:
        """Drop files or folders on the middle of the window.

        Raises:
            StepError: the window does not take them.
        """
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        place = self.window.rect().center()
        buttons, modifiers = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        enter = QDragEnterEvent(place, Qt.DropAction.CopyAction, mime, buttons, modifiers)
        QApplication.sendEvent(self.window, enter)
        if not enter.isAccepted():
            raise StepError("the window refuses dropped files")
        drop = QDropEvent(QPointF(place), Qt.DropAction.CopyAction, mime, buttons, modifiers)
        QApplication.sendEvent(self.window, drop)

    def picture(self, name: str) -> str:
        """Keep what the window shows as `<name>.png`; returns the file's name."""
        file = self.pictures / f"{name}.png"
        if not self.window.grab().save(str(file)):
            raise StepError(f"{file} cannot be written")
        return file.name
