"""What a chapter of a study's report is made of, as widgets: paragraphs, tables, figures, sounds."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.i18n import _
from core.study.report.document import Block, Grid, Picture, Sounds, Words
from musicae_gui import theme
from musicae_gui.views.named import named

Play = Callable[[Path, str], None]
SOUND_WIDTH = 180
WAITING_HEIGHT = 160


def block_widget(number: int, block: Block, play: Play) -> QWidget:
    """The widget of a block; a figure's picture is given to it later."""
    if isinstance(block, Words):
        label = _words(block.text)
        if block.heading:
            label.setProperty("role", "field")
        return label
    if isinstance(block, Grid):
        return _captioned(_table(number, block), block.caption)
    if isinstance(block, Picture):
        return _captioned(Figure(number, block.caption), block.caption)
    return SoundRow(block, play)


class Figure(QWidget):
    """A picture on white paper, as wide as there is room and never larger than it was drawn."""

    def __init__(self, number: int, caption: str) -> None:
        super().__init__()
        self.setObjectName(f"study.figure.{number}")
        self.setAccessibleName(caption)
        self._pixmap = QPixmap()
        self._words = _("Drawing…")
        policy = QSizePolicy(
            QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum
        )  # high enough, as the width wants
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_picture(self, png: bytes, sentence: str) -> None:
        self._pixmap.loadFromData(png)
        self._words = sentence
        self.updateGeometry()
        self.update()

    @property
    def is_drawn(self) -> bool:
        return not self._pixmap.isNull()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if self._pixmap.isNull():
            return WAITING_HEIGHT
        shown = min(width, self._pixmap.width())
        return round(shown * self._pixmap.height() / self._pixmap.width())

    def sizeHint(self) -> QSize:
        return QSize(600, self.heightForWidth(600))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._pixmap.isNull():
            painter.fillRect(self.rect(), theme.color("surface"))
            painter.setPen(theme.color("muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._words)
        else:
            ratio = self.devicePixelRatioF()
            width = min(self.width(), self._pixmap.width())
            scaled = self._pixmap.scaled(
                round(width * ratio),
                round(self.heightForWidth(width) * ratio),
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            scaled.setDevicePixelRatio(ratio)
            painter.drawPixmap(0, 0, scaled)
        painter.end()


class SoundRow(QWidget):
    """A title and a button for each sound, in as many columns as there is room for."""

    def __init__(self, sounds: Sounds, play: Play) -> None:
        super().__init__()
        title = QLabel(sounds.title, wordWrap=True)
        title.setProperty("role", "field")
        self._grid = QGridLayout()
        self._grid.setSpacing(6)
        self._buttons = []
        for label, path in sounds.files:
            button = named(QPushButton(label), f"study.sound.{path.stem}", _("Hear {title}").format(title=label))
            button.setToolTip(f"{sounds.title}\n{label}")
            theme.set_icon(button, "play")
            button.clicked.connect(partial(play, path, f"{sounds.title}: {label}"))
            self._buttons.append(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(title)
        column.addLayout(self._grid)
        self._wide = max([SOUND_WIDTH, *(button.sizeHint().width() + self._grid.spacing() for button in self._buttons)])
        self._columns = 0
        self._place(1)

    def minimumSizeHint(self) -> QSize:
        """One column: a row of several would not let the page become narrower again."""
        return QSize(self._wide, super().minimumSizeHint().height())

    def resizeEvent(self, event: object) -> None:
        self._place(max(1, self.width() // self._wide))

    def _place(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for number, button in enumerate(self._buttons):
            self._grid.addWidget(button, number // columns, number % columns)


def _words(text: str) -> QLabel:
    label = QLabel(text, wordWrap=True)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return label


def _captioned(widget: QWidget, caption: str) -> QWidget:
    both = QWidget()
    column = QVBoxLayout(both)
    column.setContentsMargins(0, 0, 0, theme.GRID)
    column.setSpacing(4)
    words = _words(caption)
    words.setProperty("role", "muted")
    column.addWidget(widget)
    column.addWidget(words)
    return both


def _table(number: int, grid: Grid) -> QTableWidget:
    """As high as its rows: the report scrolls, not the table."""
    table = named(QTableWidget(len(grid.rows), len(grid.header)), f"study.table.{number}", grid.caption)
    table.setToolTip("")
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.setProperty("role", "report")
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    _fill(table, grid)
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setHighlightSections(False)
    table.resizeRowsToContents()
    rows = sum(table.rowHeight(row) for row in range(table.rowCount()))
    bar = table.horizontalScrollBar().sizeHint().height()
    table.setFixedHeight(header.sizeHint().height() + rows + bar + 2 * table.frameWidth())
    return table


def _fill(table: QTableWidget, grid: Grid) -> None:
    """Words begin on the left and numbers end on the right, their titles, too."""
    sides = [Qt.AlignmentFlag.AlignRight if numeric else Qt.AlignmentFlag.AlignLeft for numeric in grid.numeric]
    for column, side in enumerate(sides):
        title = QTableWidgetItem(str(grid.header[column]))
        title.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        table.setHorizontalHeaderItem(column, title)
    for row, cells in enumerate(grid.rows):
        for column, cell in enumerate(cells):
            item = QTableWidgetItem(str(cell))
            item.setTextAlignment(sides[column] | Qt.AlignmentFlag.AlignVCenter)
            table.setItem(row, column, item)
