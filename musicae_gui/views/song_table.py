"""The table of songs: a waveform in each row, a genre that can be edited, fluid with ten thousand rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractItemModel,
    QItemSelection,
    QItemSelectionModel,
    QMimeData,
    QModelIndex,
    QPointF,
    QRect,
    QRectF,
    Qt,
    QUrl,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from core.i18n import _
from musicae_gui import theme
from musicae_gui.views.song_model import ORDER_OF, SONG, Column, Index, SongModel
from musicae_gui.views.song_waveforms import SongWaveforms

if TYPE_CHECKING:
    import numpy as np

    from core.library import Song

ROW_HEIGHT = 48


class SongTable(QTableView):
    """Tells what the user wants of the songs; what then happens is up to its owner."""

    selection_changed = Signal(list)  # keys, in the order of the rows
    listen_wanted = Signal(str, object)  # key, seconds or None
    open_wanted = Signal()  # double click or Enter
    remove_wanted = Signal()
    menu_wanted = Signal(object)  # global position
    order_wanted = Signal(str, bool)

    def __init__(self, model: SongModel, waveforms: SongWaveforms, genres: Callable[[], Sequence[str]]) -> None:
        super().__init__()
        self.setObjectName("library.table")
        self.setAccessibleName(_("Songs"))
        self.songs = model
        self._waveforms = waveforms
        self.heard = ""
        self.heard_at = 0.0
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)  # Tab leaves the table, arrows move in it
        self.setDragEnabled(True)
        self.setMouseTracking(True)
        self._set_headers()
        self.setItemDelegateForColumn(Column.TITLE, TitleDelegate(self))
        self.setItemDelegateForColumn(Column.WAVEFORM, WaveformDelegate(self, waveforms))
        self.setItemDelegateForColumn(Column.GENRE, GenreDelegate(self, genres))
        for column in (Column.LENGTH, Column.STATE):
            self.setItemDelegateForColumn(column, PlainDelegate(self))
        self.selectionModel().selectionChanged.connect(lambda *_parts: self.selection_changed.emit(self.keys()))
        self.doubleClicked.connect(self._double_clicked)
        waveforms.arrived.connect(lambda _keys: self.viewport().update())
        theme.signals().changed.connect(self._repaint)

    def keys(self) -> list[str]:
        """Keys of the selected songs, in the order of the rows."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self.songs.song(row).key for row in rows]

    def show_songs(self, songs: list[Song]) -> None:
        """Take a new list; selection and current row stay with their songs."""
        selected, current = set(self.keys()), self.current_key
        if not self.songs.set_songs(songs):
            self.select(selected, current)

    def select(self, keys: set[str], current: str = "") -> None:
        """Select the rows of `keys`, as far as they are listed."""
        selection = QItemSelection()
        for key in keys:
            row = self.songs.row(key)
            if row is not None:
                selection.select(self.songs.index(row, 0), self.songs.index(row, self.songs.columnCount() - 1))
        model = self.selectionModel()
        row = self.songs.row(current)
        if row is not None:
            model.setCurrentIndex(self.songs.index(row, 0), QItemSelectionModel.SelectionFlag.NoUpdate)
        model.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    @property
    def current_key(self) -> str:
        row = self.currentIndex().row()
        return self.songs.song(row).key if 0 <= row < self.songs.rowCount() else ""

    def show_order(self, order: str, descending: bool) -> None:
        column = next((column for column, name in ORDER_OF.items() if name == order), Column.TITLE)
        direction = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self.horizontalHeader().setSortIndicator(column, direction)

    def show_heard(self, key: str) -> None:
        """Mark the song that the player holds, "" for none."""
        if key != self.heard:
            self.heard, self.heard_at = key, 0.0
            self.viewport().update()

    def show_position(self, seconds: float) -> None:
        """Move the mark of what is heard; repaints that row's waveform only."""
        row = self.songs.row(self.heard)
        if row is not None:
            self.heard_at = seconds
            self.viewport().update(self.visualRect(self.songs.index(row, Column.WAVEFORM)))

    def edit_genre(self) -> None:
        """Open the editor of the current row's genre."""
        row = self.currentIndex().row()
        if row >= 0:
            self.edit(self.songs.index(row, Column.GENRE))

    def edit_title(self) -> None:
        row = self.currentIndex().row()
        if row >= 0:
            self.edit(self.songs.index(row, Column.TITLE))

    # -- Qt ----------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        key = event.key()
        if plain and self.state() != QAbstractItemView.State.EditingState:
            if key == Qt.Key.Key_Space and self.current_key:
                self.listen_wanted.emit(self.current_key, None)
                return
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.keys():
                self.open_wanted.emit()
                return
            if key == Qt.Key.Key_Delete and self.keys():
                self.remove_wanted.emit()
                return
            if key in (Qt.Key.Key_Home, Qt.Key.Key_End) and self.songs.rowCount():
                row = 0 if key == Qt.Key.Key_Home else self.songs.rowCount() - 1
                self.setCurrentIndex(self.songs.index(row, self.currentIndex().column()))
                return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid() and index.column() == Column.WAVEFORM:
            song = self.songs.song(index.row())
            if song.key == self.heard and not event.modifiers():
                area = wave_area(self.visualRect(index))
                share = (event.position().x() - area.left()) / max(1, area.width())
                self.listen_wanted.emit(song.key, min(1.0, max(0.0, share)) * song.seconds)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.keys():
            self.menu_wanted.emit(event.globalPos())

    def startDrag(self, _actions: Qt.DropAction) -> None:
        """Songs can be dragged out as files."""
        keys = set(self.keys())
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(song.path)) for song in self.songs.songs if song.key in keys])
        drag = QDrag(self)
        drag.setMimeData(mime)
        drag.exec(Qt.DropAction.CopyAction)

    def _repaint(self) -> None:
        # Asked for late: the first time, PySide makes Python classes of every kind of widget that it might be.
        self.viewport().update()

    def _double_clicked(self, index: QModelIndex) -> None:
        if index.column() == Column.GENRE:
            self.edit(index)
        else:
            self.open_wanted.emit()

    def _set_headers(self) -> None:
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setMinimumSectionSize(64)
        header.setStretchLastSection(False)
        for column, width in ((Column.GENRE, 120), (Column.LENGTH, 80), (Column.STATE, 120)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            self.setColumnWidth(column, width)
        header.setSectionResizeMode(Column.TITLE, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(Column.WAVEFORM, QHeaderView.ResizeMode.Stretch)
        header.sectionClicked.connect(self._header_clicked)

    def _header_clicked(self, column: int) -> None:
        order = ORDER_OF.get(Column(column))
        if order is not None:
            descending = self.horizontalHeader().sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
            self.order_wanted.emit(order, descending)


class PlainDelegate(QStyledItemDelegate):
    """Text on the row's ground, with the row's hover and one focus ring a row."""

    def __init__(self, table: SongTable) -> None:
        super().__init__(table)
        self.table = table

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.ground(painter, option, index)
        color = index.data(Qt.ItemDataRole.ForegroundRole) or theme.color("text")
        font = index.data(Qt.ItemDataRole.FontRole)
        if font is not None:
            painter.setFont(font)
        write(painter, option.rect.adjusted(8, 0, -8, 0), str(index.data() or ""), color)

    def ground(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.setFont(option.font)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("accent_soft"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.color("background"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("border", 0.5))
        if self.table.hasFocus() and index.row() == self.table.currentIndex().row():
            painter.fillRect(rect.left(), rect.top(), rect.width(), 1, theme.color("accent"))
            painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("accent"))


class TitleDelegate(PlainDelegate):
    """Title over author, and a sign beside the song that is loaded in the player."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.ground(painter, option, index)
        song: Song = index.data(SONG)
        area = option.rect.adjusted(8, 0, -8, 0)
        heard = song.key == self.table.heard
        if heard:
            theme.icon("play", theme.colors().accent).paint(painter, QRect(area.left(), area.center().y() - 8, 16, 16))
            area.setLeft(area.left() + 24)
        font = QFont(painter.font())
        below = QFont(font)
        below.setPointSizeF(font.pointSizeF() * 0.9)
        font.setWeight(QFont.Weight.DemiBold if heard else QFont.Weight.Medium)
        words = song.author or (_("Demo song") if song.demo else "")
        half = area.height() // 2
        painter.setFont(font)
        top = area.adjusted(0, 5, 0, -half) if words else area
        write(painter, top, song.title, theme.color("accent" if heard else "text"))
        if words:
            painter.setFont(below)
            write(painter, area.adjusted(0, half, 0, -5), words, theme.color("muted"))


class WaveformDelegate(PlainDelegate):
    """Least and largest samples as a filled outline; what was heard already in the accent colour."""

    def __init__(self, table: SongTable, waveforms: SongWaveforms) -> None:
        super().__init__(table)
        self._waveforms = waveforms

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.ground(painter, option, index)
        song: Song = index.data(SONG)
        area = wave_area(option.rect)
        middle = area.center().y()
        peaks = self._waveforms.peaks(song.key) if song.state != "failed" else None
        if peaks is None:
            painter.setPen(QPen(theme.color("border"), 1))
            painter.drawLine(QPointF(area.left(), middle), QPointF(area.right(), middle))
            return
        # Scaled to fill the row: it is the shape that tells songs apart, not the level.
        outline = _outline(peaks / max(0.02, song.peak), area)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("muted", 0.75))
        painter.drawPolygon(outline)
        if song.key == self.table.heard and song.seconds:
            x = area.left() + area.width() * min(1.0, self.table.heard_at / song.seconds)
            painter.setClipRect(QRectF(area.left(), area.top(), x - area.left(), area.height()))
            painter.setBrush(theme.color("accent"))
            painter.drawPolygon(outline)
            painter.setClipping(False)
            painter.fillRect(QRectF(x - 0.5, area.top(), 1.5, area.height()), theme.color("accent"))
        painter.restore()


class GenreDelegate(PlainDelegate):
    """An editable chooser with the genres in use."""

    def __init__(self, table: SongTable, genres: Callable[[], Sequence[str]]) -> None:
        super().__init__(table)
        self._genres = genres

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index) -> QWidget:
        editor = QComboBox(parent, editable=True)
        editor.setObjectName("library.genre_editor")
        editor.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        editor.addItems(list(self._genres()))
        editor.setAccessibleName(_("Genre"))
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        assert isinstance(editor, QComboBox)
        editor.setCurrentText(str(index.data() or ""))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        assert isinstance(editor, QComboBox)
        model.setData(index, editor.currentText())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: Index) -> None:
        rect: QRect = option.rect
        editor.setGeometry(rect.adjusted(0, 7, 0, -7))


def write(painter: QPainter, area: QRect, text: str, color: object) -> None:
    """One line of text, ended by … where it does not fit."""
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.setPen(color)
    painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)


def wave_area(rect: QRect) -> QRectF:
    """Where in its cell a waveform is drawn."""
    return QRectF(rect.adjusted(8, 7, -16, -8))


def _outline(peaks: np.ndarray, area: QRectF) -> QPolygonF:
    """The outline of (columns, 2) peaks; at least a pixel high, so that silence is a line."""
    import numpy as np  # here: the table is painted before there are waveforms to draw

    columns = len(peaks)
    x = area.left() + np.arange(columns) * area.width() / max(1, columns - 1)
    half = area.height() / 2
    middle = area.top() + half
    top = middle - np.maximum(peaks[:, 1] * half, 0.5)
    bottom = middle - np.minimum(peaks[:, 0] * half, -0.5)
    points = np.concatenate([np.stack([x, top], 1), np.stack([x, bottom], 1)[::-1]])
    return QPolygonF([QPointF(*point) for point in points.tolist()])
