"""A short list of two-line rows that is told its rows and keeps selection and scroll position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from musicae_gui import theme
from musicae_gui.views.row_delegate import Role, RowDelegate
from musicae_gui.views.rows import Row


class RowList(QListView):
    """Rows by key; unchanged rows are left alone, so that a tick of progress repaints one row only."""

    selected = Signal(str)  # the key of the current row, "" for none
    toggled = Signal(str, bool)  # a row's check box
    activated_row = Signal(str)  # double click or Enter

    def __init__(
        self, name: str, title: str, tip: str, *, empty: str = "", one_line: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setToolTip(tip)
        self._rows: list[Row] = []
        self._filling = False
        self._empty = empty
        self._model = QStandardItemModel(self)
        self._delegate = RowDelegate(self, one_line=one_line)
        self.setModel(self._model)
        self.setItemDelegate(self._delegate)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._model.itemChanged.connect(self._changed)
        self.selectionModel().currentRowChanged.connect(lambda *_rows: self.selected.emit(self.current_key))
        self.activated.connect(lambda index: self.activated_row.emit(str(index.data(Role.KEY))))
        theme.signals().changed.connect(self.viewport().update)

    @property
    def rows(self) -> list[Row]:
        return list(self._rows)

    @property
    def current_key(self) -> str:
        return str(self.currentIndex().data(Role.KEY) or "")

    def set_rows(self, rows: Sequence[Row]) -> None:
        keys_same = [row.key for row in rows] == [row.key for row in self._rows]
        current = self.current_key
        self._filling = True
        if not keys_same:
            self._model.clear()
            for row in rows:
                item = QStandardItem()
                self._fill(item, row)
                self._model.appendRow(item)
        else:
            for number, (old, new) in enumerate(zip(self._rows, rows, strict=True)):
                if old != new:
                    self._fill(self._model.item(number), new)
        self._rows = list(rows)
        self._filling = False
        if not keys_same:
            self.select(current)

    def sizeHint(self) -> QSize:
        return QSize(180, 100)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._rows and self._empty:
            painter = QPainter(self.viewport())
            painter.setPen(theme.color("muted"))
            area = self.viewport().rect().adjusted(12, 8, -12, -8)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._empty)
            painter.end()

    def show_all(self) -> None:
        """Be exactly as high as the rows, for a list inside something that scrolls."""
        height = sum(self.sizeHintForRow(number) for number in range(len(self._rows)))
        self.setFixedHeight(height + 2 * self.frameWidth() + 4)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def select(self, key: str) -> None:
        for number, row in enumerate(self._rows):
            if row.key == key:
                self.setCurrentIndex(self._model.index(number, 0))
                return

    def _fill(self, item: QStandardItem, row: Row) -> None:
        item.setData(row.key, Role.KEY)
        item.setText(row.title)
        item.setData(row.detail, Role.DETAIL)
        item.setData(row.fraction, Role.FRACTION)
        item.setData(row.series, Role.SERIES)
        item.setData(row.tone, Role.TONE)
        item.setToolTip(f"{row.title}\n{row.detail}" if row.detail else row.title)
        item.setData(f"{row.title}. {row.detail}", Qt.ItemDataRole.AccessibleTextRole)
        if row.shown is not None:
            item.setCheckable(True)
            item.setCheckState(Qt.CheckState.Checked if row.shown else Qt.CheckState.Unchecked)

    def _changed(self, item: QStandardItem) -> None:
        if self._filling or not item.isCheckable():
            return
        shown = item.checkState() == Qt.CheckState.Checked
        row = self._rows[item.row()]
        if shown != row.shown:
            self._rows[item.row()] = replace(row, shown=shown)
            self.toggled.emit(row.key, shown)
