"""The convolutional network as a table: what can be chosen on the left, what follows from it on the right."""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QSizePolicy,
    QSpinBox,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from core.i18n import _
from core.models.design import CLIP_SAMPLES
from core.models.layers import ACTIVATIONS, MAX_CHANNELS, MAX_KERNEL, ConvDesign, ConvLayer, LayerRow

AnyIndex = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    CHANNELS = 0
    KERNEL = 1
    STRIDE = 2
    ACTIVATION = 3
    SHAPE = 4
    ELEMENTS = 5
    PARAMETERS = 6


EDITABLE = (Column.CHANNELS, Column.KERNEL, Column.STRIDE, Column.ACTIVATION)
RANGES = {Column.CHANNELS: (1, MAX_CHANNELS), Column.KERNEL: (1, MAX_KERNEL), Column.STRIDE: (1, MAX_KERNEL)}
FIELDS = {
    Column.CHANNELS: "channels",
    Column.KERNEL: "kernel",
    Column.STRIDE: "stride",
    Column.ACTIVATION: "activation",
}


class LayerModel(QAbstractTableModel):
    """A ConvDesign as rows: the input clip first, then a row a layer."""

    design_edited = Signal(object)  # the new ConvDesign, after a change by the user

    def __init__(self, design: ConvDesign, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._design = design
        self._rows: list[LayerRow] = design.table(CLIP_SAMPLES)
        self.warning_color = QColor("#b36b00")

    @property
    def design(self) -> ConvDesign:
        return self._design

    @property
    def layer_rows(self) -> list[LayerRow]:
        return self._rows

    def set_design(self, design: ConvDesign) -> None:
        self.beginResetModel()
        self._design = design
        self._rows = design.table(CLIP_SAMPLES)
        self.endResetModel()

    def share(self, row: int) -> float:
        """Elements after that row over the input's."""
        return 1.0 if row == 0 else self._rows[row - 1].elements / CLIP_SAMPLES

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._design.layers) + 1

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(Column)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.row() > 0 and index.column() in EDITABLE:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Vertical:
            if role == Qt.ItemDataRole.DisplayRole:
                return _("Clip") if section == 0 else str(section)
            return None
        words = _headers()[Column(section)]
        if role == Qt.ItemDataRole.DisplayRole:
            return words[0]
        return words[1] if role == Qt.ItemDataRole.ToolTipRole else None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = index.row(), Column(index.column())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self._value(row, column, role == Qt.ItemDataRole.EditRole)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        warning = self._rows[row - 1].warning if row > 0 else ""
        if role == Qt.ItemDataRole.ToolTipRole:
            return warning or _headers()[column][1]
        if role == Qt.ItemDataRole.ForegroundRole and warning and column == Column.ELEMENTS:
            return self.warning_color
        return None

    def _value(self, row: int, column: Column, edit: bool) -> Any:
        if row == 0:
            return {
                Column.SHAPE: f"1 × {CLIP_SAMPLES:,}",
                Column.ELEMENTS: f"{CLIP_SAMPLES:,}",
                Column.PARAMETERS: "",
            }.get(column, "")
        if column in FIELDS:
            return getattr(self._design.layers[row - 1], FIELDS[column])
        after = self._rows[row - 1]
        if column == Column.SHAPE:
            return f"{after.shape[0]:,} × {after.shape[1]:,}"
        if column == Column.ELEMENTS:
            sign = "⚠ " if after.warning and not edit else ""
            return f"{sign}{after.elements:,}"
        return f"{after.parameters:,}"

    def setData(self, index: AnyIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        column = Column(index.column())
        if role != Qt.ItemDataRole.EditRole or index.row() == 0 or column not in FIELDS:
            return False
        layers = list(self._design.layers)
        old = layers[index.row() - 1]
        layers[index.row() - 1] = replace(old, **{FIELDS[column]: value})
        if layers[index.row() - 1] == old:
            return False
        self._change(layers)
        return True

    def add(self, after: int) -> int:
        """A layer like the one at row `after`, that keeps the length; gives its row."""
        layers = list(self._design.layers)
        like = layers[max(0, after - 1)]
        layers.insert(after, ConvLayer(like.channels, 3, 1, like.activation))
        self._change(layers)
        return after + 1

    def remove(self, row: int) -> None:
        layers = list(self._design.layers)
        if row < 1 or len(layers) < 2:
            return
        del layers[row - 1]
        self._change(layers)

    def move(self, row: int, by: int) -> int:
        """Swap the layer with its neighbour; gives the row where it is then."""
        target = row + by
        layers = list(self._design.layers)
        if not (1 <= row <= len(layers) and 1 <= target <= len(layers)):
            return row
        layers[row - 1], layers[target - 1] = layers[target - 1], layers[row - 1]
        self._change(layers)
        return target

    def _change(self, layers: list[ConvLayer]) -> None:
        self.design_edited.emit(replace(self._design, layers=tuple(layers)))


class LayerDelegate(QStyledItemDelegate):
    """Editors with ranges; and behind the element counts a bar that is full where they equal the input's."""

    def __init__(self, model: LayerModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self.bar_color = QColor("#3b7dd8")

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: AnyIndex) -> QWidget:
        column = Column(index.column())
        if column == Column.ACTIVATION:
            box = QComboBox(parent)
            box.addItems(list(ACTIVATIONS))
            box.activated.connect(lambda _index: self._finish(box))
            return box
        spin = QSpinBox(parent)
        spin.setFrame(False)
        spin.setRange(*RANGES[column])
        return spin

    def _finish(self, editor: QWidget) -> None:
        self.commitData.emit(editor)
        self.closeEditor.emit(editor)

    def setEditorData(self, editor: QWidget, index: AnyIndex) -> None:
        if isinstance(editor, QComboBox):
            editor.setCurrentText(str(index.data(Qt.ItemDataRole.EditRole)))
        elif isinstance(editor, QSpinBox):
            editor.setValue(int(index.data(Qt.ItemDataRole.EditRole)))

    def setModelData(self, editor: QWidget, model: Any, index: AnyIndex) -> None:
        if isinstance(editor, QComboBox):
            model.setData(index, editor.currentText())
        elif isinstance(editor, QSpinBox):
            editor.interpretText()
            model.setData(index, editor.value())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        if index.column() == Column.ELEMENTS:
            share = self._model.share(index.row())
            rect: QRect = option.rect.adjusted(1, 2, -1, -2)
            color = QColor(self._model.warning_color if share > 1 else self.bar_color)
            color.setAlphaF(0.22)
            painter.fillRect(
                QRect(rect.left(), rect.top(), round(rect.width() * min(1.0, share)), rect.height()), color
            )
        super().paint(painter, option, index)


class LayerTable(QTableView):
    """The table itself. `design_edited` carries the new design; show it with `set_design` to accept it."""

    design_edited = Signal(object)

    def __init__(self, design: ConvDesign, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train.layers")
        self.setAccessibleName(_("Layers of the network"))
        self._model = LayerModel(design, self)
        self._delegate = LayerDelegate(self._model, self)
        self.setModel(self._model)
        self.setItemDelegate(self._delegate)
        self._model.design_edited.connect(self.design_edited)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.SelectedClicked
            | QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        # Seven columns beside a plot: less air between them than other tables have.
        self.setStyleSheet("QHeaderView::section { padding: 4px 3px; font-weight: 500; font-size: 9pt; }")
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 0.92)
        self.setFont(font)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.selectRow(1)

    @property
    def design(self) -> ConvDesign:
        return self._model.design

    @property
    def selected_layer(self) -> int:
        """Row of the selected layer, from 1; 0 for the input's row or none."""
        return max(0, self.currentIndex().row())

    def set_colors(self, accent: QColor, warning: QColor) -> None:
        self._delegate.bar_color = QColor(accent)
        self._model.warning_color = QColor(warning)
        self.viewport().update()

    def set_design(self, design: ConvDesign) -> None:
        row = self.currentIndex().row()
        column = max(0, self.currentIndex().column())
        self._model.set_design(design)
        row = min(max(1, row), self._model.rowCount() - 1)
        self.setCurrentIndex(self._model.index(row, column))
        self.updateGeometry()

    def add_layer(self) -> None:
        row = self._model.add(self.selected_layer or len(self.design.layers))
        self.setCurrentIndex(self._model.index(row, 0))

    def remove_layer(self) -> None:
        self._model.remove(self.selected_layer)

    def move_layer(self, by: int) -> None:
        row = self._model.move(self.selected_layer, by)
        self.setCurrentIndex(self._model.index(row, 0))

    def sizeHint(self) -> QSize:
        rows = min(8, self._model.rowCount())
        height = self.horizontalHeader().sizeHint().height() + sum(self.rowHeight(row) for row in range(rows))
        return QSize(440, height + 2 * self.frameWidth() + 2 + self.horizontalScrollBar().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.sizeHint().height())


def _headers() -> dict[Column, tuple[str, str]]:
    """Title and explanation of each column."""
    return {
        Column.CHANNELS: (_("Channels"), _("How many filters the layer has: the rows of its output.")),
        Column.KERNEL: (_("Kernel"), _("How many neighbouring values each filter looks at.")),
        Column.STRIDE: (_("Stride"), _("How far a filter moves each time: 2 halves the length.")),
        Column.ACTIVATION: (_("Activation"), _("The bend applied to every value after the layer.")),
        Column.SHAPE: (_("Shape"), _("Channels × length after this layer, for a clip of 5 s.")),
        Column.ELEMENTS: (
            _("Values"),
            _("How many values the layer puts out; the bar is full where it equals the clip's 110,250 samples."),
        ),
        Column.PARAMETERS: (_("Parameters"), _("How many weights the layer learns.")),
    }
