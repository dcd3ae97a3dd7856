"""The songs as a table model that takes a new list by its differences, so that selection and place are kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from core.i18n import _
from musicae_gui import theme
from musicae_gui.views.transport import clock

if TYPE_CHECKING:
    from core.library import Song

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()
# Beyond this many separate changes a reset is faster than telling each of them.
MOST_CHANGES = 200


class Column(IntEnum):
    TITLE = 0
    WAVEFORM = 1
    GENRE = 2
    LENGTH = 3
    STATE = 4


ORDER_OF = {Column.TITLE: "title", Column.GENRE: "genre", Column.LENGTH: "seconds", Column.STATE: "state"}
SONG = Qt.ItemDataRole.UserRole


class SongModel(QAbstractTableModel):
    """`on_genre` and `on_title` are called with key and words when the user has edited a cell."""

    def __init__(
        self,
        on_genre: Callable[[str, str], None],
        on_title: Callable[[str, str], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._songs: list[Song] = []
        self._rows: dict[str, int] = {}
        self._on_genre = on_genre
        self._on_title = on_title

    @property
    def songs(self) -> Sequence[Song]:
        return self._songs

    def song(self, row: int) -> Song:
        return self._songs[row]

    def row(self, key: str) -> int | None:
        return self._rows.get(key)

    def set_songs(self, songs: list[Song]) -> bool:
        """Show `songs`; False where rows were moved about, so that the selection is lost.

        The list is kept as it is and never changed, so that another thread may compare it.
        """
        kept = self._merge(songs)
        if not kept:
            self.beginResetModel()
            self._songs = songs
            self._index()
            self.endResetModel()
        return kept

    def _merge(self, songs: list[Song]) -> bool:
        """Remove, insert and change rows; False, with nothing done, where the order of the others differs."""
        wanted = {song.key for song in songs}
        staying = [song.key for song in self._songs if song.key in wanted]
        if staying != [song.key for song in songs if song.key in self._rows]:
            return False
        gone = _runs([row for row, song in enumerate(self._songs) if song.key not in wanted])
        new = _runs([row for row, song in enumerate(songs) if song.key not in self._rows])
        if len(gone) + len(new) > MOST_CHANGES:
            return False
        for first, last in reversed(gone):
            self.beginRemoveRows(NO_INDEX, first, last)
            self._songs = self._songs[:first] + self._songs[last + 1 :]
            self.endRemoveRows()
        for first, last in new:
            self.beginInsertRows(NO_INDEX, first, last)
            self._songs = self._songs[:first] + songs[first : last + 1] + self._songs[first:]
            self.endInsertRows()
        changed = [row for row, (old, song) in enumerate(zip(self._songs, songs, strict=True)) if old != song]
        self._songs = songs
        self._index()
        for first, last in _runs(changed):
            self.dataChanged.emit(self.index(first, 0), self.index(last, self.columnCount() - 1))
        return True

    def _index(self) -> None:
        self._rows = {song.key: row for row, song in enumerate(self._songs)}

    # -- QAbstractTableModel -----------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._songs)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.DisplayRole:
            return [_("Title"), _("Waveform"), _("Genre"), _("Length"), _("State")][section]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsDragEnabled
        if index.column() in (Column.GENRE, Column.TITLE):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        song = self._songs[index.row()]
        column = index.column()
        if role == SONG:
            return song
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return _text(song, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return song.error or str(song.path)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _text(song, column) or _("waveform")
        if role == Qt.ItemDataRole.ForegroundRole and column == Column.STATE:
            return theme.color({"ready": "muted", "missing": "warning"}.get(song.state, "error"))
        if role == Qt.ItemDataRole.FontRole and column == Column.LENGTH:
            return theme.mono_font()
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole:
            return False
        key = self._songs[index.row()].key
        if index.column() == Column.GENRE:
            self._on_genre(key, str(value))
        elif index.column() == Column.TITLE:
            self._on_title(key, str(value))
        # The list is asked for anew, so that what is shown is what was stored.
        return True


def _text(song: Song, column: int) -> str:
    if column == Column.TITLE:
        return song.title
    if column == Column.GENRE:
        return song.genre
    if column == Column.LENGTH:
        return clock(song.seconds) if song.seconds else ""
    if column == Column.STATE:
        return state_text(song)
    return ""


def state_text(song: Song) -> str:
    words = {"ready": _("Ready"), "missing": _("Missing"), "failed": _("Not readable")}
    return words.get(song.state, song.state)


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """Ascending row numbers as (first, last) of what lies together."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs
