"""A list of songs to choose one from, found by typing any part of its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QSizePolicy, QWidget

from core.i18n import _
from musicae_gui.views.named import named
from musicae_gui.views.time_axis import clock

if TYPE_CHECKING:
    from core.library import Song

_STEPS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class SongModel(QAbstractListModel):
    """Songs by what one knows them by; made without copying, so that 10,000 of them cost nothing."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.songs: list[Song] = []

    def set_songs(self, songs: list[Song]) -> None:
        self.beginResetModel()
        self.songs = songs
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.songs)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.songs):
            return None
        song = self.songs[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return song_words(song)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{song.genre}  {clock(song.seconds)}\n{song.path}".strip()
        return None


class SongChooser(QComboBox):
    """`chosen` gives the content key of the song that the user picked."""

    chosen = Signal(str)

    def __init__(self, name: str, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, name, words, _("{words}: choose from the list, or type a part of the name.").format(words=words))
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self._model = SongModel(self)
        self.setModel(self._model)
        completer = QCompleter(self._model, self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.setCompleter(completer)
        self.activated.connect(self._activated)
        self._current = ""
        self._stepping = False  # through the songs by arrows or wheel, of which the next step may follow

    @property
    def current_key(self) -> str:
        return self._current

    def show_songs(self, songs: list[Song], current: str) -> None:
        """Offer `songs` and show the one whose key is `current`."""
        editor = self.lineEdit()
        typed = editor.text() if editor is not None and editor.isModified() else None
        if songs != self._model.songs:
            self._model.set_songs(songs)
        self._current = current
        if typed is None:
            self._show_current()
        elif editor is not None and editor.text() != typed:  # a name that is just being typed stays
            editor.setText(typed)
            editor.setModified(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._show_current()  # half a name that was typed is not a choice

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._stepping = event.key() in _STEPS
        super().keyPressEvent(event)
        self._stepping = False

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._stepping = True
        super().wheelEvent(event)
        self._stepping = False

    def _activated(self, index: int) -> None:
        if 0 <= index < len(self._model.songs):
            key = self._model.songs[index].key
            if key != self._current:
                self._current = key
                self.chosen.emit(key)
        self._show_current()
        if not self._stepping and self.hasFocus():
            self._give_keys_back()

    def _give_keys_back(self) -> None:
        """A song is chosen: Space is to play it, not to be typed here. Tab comes back to this field first."""
        around = self.parentWidget()
        if around is not None:
            around.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_current(self) -> None:
        index = next((row for row, song in enumerate(self._model.songs) if song.key == self._current), -1)
        self.setCurrentIndex(index)
        editor = self.lineEdit()
        if editor is not None:
            if index < 0:
                editor.clear()
            editor.setCursorPosition(0)


def song_words(song: Song) -> str:
    """Title and author in a line."""
    return f"{song.title} — {song.author}" if song.author else song.title
