"""The groups of a map with their colours and sizes; a click hides or shows one."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

from core.i18n import _, ngettext
from core.latents.map_groups import Groups

MOST = 500  # rows; a legend of thousands of songs tells nobody anything
_DOT, _ROW = 14, 22


class MapLegend(QListWidget):
    """Space or the check box hides a group, a double click shows it alone; Enter asks to hear a cluster's centre."""

    toggled = Signal(int, bool)  # group, and whether it is hidden now
    only_wanted = Signal(int)
    centre_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("map.legend")
        self.setAccessibleName(_("Groups"))
        self.setToolTip(_("The box hides or shows a group, a double click shows it alone."))
        self.setIconSize(QSize(_DOT, _DOT))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setUniformItemSizes(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setViewportMargins(4, 4, 4, 4)  # the frame has round corners
        self._filling = False
        self._shown: tuple[object, ...] = ()
        self.itemChanged.connect(self._changed)
        self.itemDoubleClicked.connect(lambda item: self.only_wanted.emit(self.row(item)))

    @property
    def current_group(self) -> int:
        """The group that is selected, -1 for none."""
        return self.currentRow()

    def show_groups(self, groups: Groups, colours: np.ndarray, hidden: set[int], unnamed: str) -> None:
        """`unnamed` stands for a group without a name."""
        names = [name or unnamed for name in groups.names[:MOST]]
        self._filling = True
        if (names, colours.tobytes()) != self._shown:
            self._shown = (names, colours.tobytes())
            current = self.currentRow()
            self.clear()
            for number, (name, size) in enumerate(zip(names, groups.sizes, strict=False)):
                words = ngettext("{n} clip", "{n} clips", int(size)).format(n=f"{int(size):,}")
                item = QListWidgetItem(_dot(QColor(*map(round, colours[number]))), name)
                item.setSizeHint(QSize(0, _ROW))
                item.setToolTip(f"{name} · {words}")
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{name}, {words}")
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                self.addItem(item)
            if 0 <= current < len(names):
                self.setCurrentRow(current)
        for number in range(self.count()):
            state = Qt.CheckState.Unchecked if number in hidden else Qt.CheckState.Checked
            self.item(number).setCheckState(state)
        self._filling = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentRow() >= 0:
            self.centre_wanted.emit(self.currentRow())
        else:
            super().keyPressEvent(event)

    def _changed(self, item: QListWidgetItem) -> None:
        if not self._filling:
            self.toggled.emit(self.row(item), item.checkState() == Qt.CheckState.Unchecked)


def _dot(color: QColor) -> QIcon:
    pixmap = QPixmap(2 * _DOT, 2 * _DOT)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(2, 2, _DOT - 4, _DOT - 4)
    painter.end()
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)  # else the selection would tint the colour
    return icon
