"""The list of creations: click opens, Enter plays, Del removes, and a row can be dragged out as a sound file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QContextMenuEvent, QDrag, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from core.i18n import _
from musicae_gui import theme
from musicae_gui.views.named import named
from musicae_gui.views.row_list import RowList

FileOf = Callable[[], Path | None]
"""Gives the file to drag out, None while there is none."""


class HistoryList(RowList):
    """Rows by their creations' keys."""

    remove_wanted = Signal()
    rename_wanted = Signal()
    menu_wanted = Signal(QPoint)  # on the screen

    def __init__(self, file_of: FileOf) -> None:
        super().__init__(
            "create.history",
            _("Creations"),
            _("Click: open. Space or Enter: play. F2: rename. Del: remove. Drag a row out to take its WAV."),
            empty=_("What you create is kept here."),
        )
        self._file_of = file_of
        self.setDragEnabled(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.remove_wanted.emit()
        elif event.key() == Qt.Key.Key_F2:
            self.rename_wanted.emit()
        elif event.key() == Qt.Key.Key_Space and self.current_key:
            self.activated_row.emit(self.current_key)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.current_key:
            self.menu_wanted.emit(event.globalPos())

    def startDrag(self, _actions: Qt.DropAction) -> None:
        drag_out(self, self._file_of)


class DragButton(QToolButton):
    """Starts a drag where others are clicked."""

    def __init__(self, name: str, file_of: FileOf) -> None:
        super().__init__()
        named(self, name, _("Drag it out"), _("Drag this to a folder or a music program: it gets a WAV."))
        theme.set_icon(self, "drag", role="muted")
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self._file_of = file_of
        self._pressed: QPoint | None = None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        far = (event.position().toPoint() - self._pressed).manhattanLength()
        if far >= QApplication.startDragDistance():
            self._pressed = None
            drag_out(self, self._file_of)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._pressed = None


def drag_out(widget: QWidget, file_of: FileOf) -> None:
    """Let the file be dropped into another program; nothing happens while there is none."""
    path = file_of()
    if path is None:
        return
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    drag = QDrag(widget)
    drag.setMimeData(mime)
    drag.exec(Qt.DropAction.CopyAction)
