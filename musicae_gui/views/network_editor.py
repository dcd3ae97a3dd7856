"""Editing the convolutional network: the table of layers, what its latent costs, and the search for a size."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.i18n import _, ngettext
from core.models.design import CLIP_SAMPLES, floats_per_second
from core.models.layers import ConvDesign
from musicae_gui import theme
from musicae_gui.views.layer_table import LayerTable
from musicae_gui.views.number_field import WholeField

BITS = 16  # the precision that kbit/s are stated for


class NetworkEditor(QWidget):
    """A ConvDesign to edit. It shows what it is given; every wish of the user leaves as a signal."""

    design_edited = Signal(object)
    solve_requested = Signal(int)  # wanted floats for a clip of 5 s
    reset_requested = Signal()

    def __init__(self, design: ConvDesign, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = LayerTable(design)
        self.table.design_edited.connect(self.design_edited)
        self._latent = QLabel()
        self._latent.setObjectName("train.latent_size")
        self._latent.setAccessibleName(_("Size of the latent"))
        self._latent.setWordWrap(True)
        self._problems = QLabel()
        self._problems.setObjectName("train.network_warnings")
        self._problems.setAccessibleName(_("Warnings about the network"))
        self._problems.setWordWrap(True)
        self._problems.setProperty("role", "warning")
        self._buttons = {
            "add": self._button("add", _("Add a layer"), _("Add a layer below the selected one"), "train.layer_add"),
            "remove": self._button("remove", _("Remove layer"), _("Remove the selected layer"), "train.layer_remove"),
            "up": self._button(
                "up", _("Move layer up"), _("Move the selected layer towards the sound"), "train.layer_up"
            ),
            "down": self._button(
                "down", _("Move layer down"), _("Move the selected layer towards the latent"), "train.layer_down"
            ),
            "reset": self._button(
                "undo", _("Back to the preset"), _("Take back all changes to the network"), "train.layer_reset"
            ),
        }
        self._buttons["add"].clicked.connect(self.table.add_layer)
        self._buttons["remove"].clicked.connect(self.table.remove_layer)
        self._buttons["up"].clicked.connect(lambda: self.table.move_layer(-1))
        self._buttons["down"].clicked.connect(lambda: self.table.move_layer(1))
        self._buttons["reset"].clicked.connect(self.reset_requested)
        self.table.selectionModel().currentRowChanged.connect(lambda *_rows: self._enable())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table)
        layout.addLayout(self._button_row())
        layout.addWidget(self._latent)
        layout.addWidget(self._problems)
        layout.addLayout(self._solve_row())
        theme.signals().changed.connect(self._recolor)
        self._recolor()
        self.set_design(design, edited=False)

    @property
    def design(self) -> ConvDesign:
        return self.table.design

    def set_design(self, design: ConvDesign, *, edited: bool) -> None:
        """Show `design`; `edited` says whether it differs from the preset."""
        self.table.set_design(design)
        self._buttons["reset"].setEnabled(edited)
        problems = design.problems()
        self._latent.setText("" if problems else latent_words(design))
        self._latent.setVisible(not problems)
        self._problems.setText("\n".join(f"⚠ {line}" for line in problems or layer_warnings(design)))
        self._problems.setVisible(bool(self._problems.text()))
        if not problems:
            self._wanted.setValue(design.latent_floats(CLIP_SAMPLES))
        self._enable()

    def _enable(self) -> None:
        row, count = self.table.selected_layer, len(self.design.layers)
        self._buttons["remove"].setEnabled(row > 0 and count > 1)
        self._buttons["up"].setEnabled(row > 1)
        self._buttons["down"].setEnabled(0 < row < count)

    def _button(self, icon: str, text: str, tip: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setToolTip(tip)
        theme.set_icon(button, icon)
        return button

    def _button_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(2)
        for button in self._buttons.values():
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _solve_row(self) -> QVBoxLayout:
        self._wanted = WholeField()
        self._wanted.setObjectName("train.wanted_size")
        self._wanted.setRange(1, CLIP_SAMPLES)
        self._wanted.setGroupSeparatorShown(True)
        self._wanted.setAccessibleName(_("Wanted size of the latent"))
        self._wanted.setToolTip(_("How many floats the latent of a clip of 5 s should have."))
        solve = QPushButton(_("Find layers"))
        solve.setObjectName("train.solve")
        solve.setToolTip(_("Change channels, or the stride, until the latent has the wanted size."))
        solve.clicked.connect(lambda: self.solve_requested.emit(self._wanted.value()))
        label = QLabel(_("&Wanted floats for 5 s"))
        label.setBuddy(self._wanted)
        row = QHBoxLayout()
        row.addWidget(self._wanted, 1)
        row.addWidget(solve)
        column = QVBoxLayout()
        column.addWidget(label)
        column.addLayout(row)
        return column

    def _recolor(self) -> None:
        self.table.set_colors(theme.color("accent"), theme.color("warning"))


def latent_words(design: ConvDesign) -> str:
    """What the latent costs, in words and in the units used everywhere."""
    rate = floats_per_second(design)
    floats = design.latent_floats(CLIP_SAMPLES)
    return _(
        "Latent: {floats:,} floats for 5 s (of the sound: {percent:.0f} %) · {rate:,.0f} floats/s · "
        "{kbit:,.0f} kbit/s in {bits} bits · {parameters:,} parameters"
    ).format(
        floats=floats,
        percent=100 * floats / CLIP_SAMPLES,
        rate=rate,
        kbit=rate * BITS / 1000,
        bits=BITS,
        parameters=design.parameters,
    )


def layer_warnings(design: ConvDesign) -> list[str]:
    """A line a warning, with the layers that it holds for."""
    layers: dict[str, list[str]] = {}
    for number, row in enumerate(design.table(CLIP_SAMPLES), 1):
        if row.warning:
            layers.setdefault(row.warning, []).append(str(number))
    return [
        ngettext("Layer {numbers}: {warning}", "Layers {numbers}: {warning}", len(numbers)).format(
            numbers=", ".join(numbers), warning=warning
        )
        for warning, numbers in layers.items()
    ]
