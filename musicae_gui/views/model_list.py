"""The check list of models: what can be shown is ticked, what was never trained leads to Train."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.i18n import _
from musicae_gui.views.elided import ElidedLabel
from musicae_gui.views.named import link_button, named

if TYPE_CHECKING:
    from musicae_gui.controllers.model_choices import ModelChoice


class ModelList(QScrollArea):
    """Models under the headings of their kind."""

    toggled = Signal(str, bool)
    train_wanted = Signal(str)
    file_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, "compare.models", _("Models to compare"))
        self.setToolTip("")
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._boxes: dict[str, QCheckBox] = {}
        self._shown: list[ModelChoice] = []

    def show_choices(self, choices: list[ModelChoice], chosen: Iterable[str]) -> None:
        if choices != self._shown or self.widget() is None:
            self._shown = list(choices)
            self._fill()
        ticked, fresh = set(chosen), []
        for key, box in self._boxes.items():
            if key in ticked and not box.isChecked():
                fresh.append(key)
            box.blockSignals(True)
            box.setChecked(key in ticked)
            box.blockSignals(False)
        if len(fresh) == 1:  # asked for elsewhere, it may be out of sight; the list has to be laid out first
            QTimer.singleShot(0, self, lambda: self._reveal(fresh[0]))

    def box(self, key: str) -> QCheckBox | None:
        return self._boxes.get(key)

    def _reveal(self, key: str) -> None:
        box = self._boxes.get(key)
        if box is not None:
            self.ensureWidgetVisible(box)

    def _fill(self) -> None:
        self._boxes.clear()
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setSpacing(2)
        column.setContentsMargins(0, 0, 8, 0)
        for group, heading in (("preset", _("Models")), ("run", _("Your runs")), ("file", _("Files"))):
            self._add_group(column, heading, [each for each in self._shown if each.group == group and each.available])
        more = link_button(
            "compare.open_model",
            _("Open a model file…"),
            _("Open a model file"),
            _("Compare with a .musicae file from anywhere."),
        )
        more.clicked.connect(self.file_wanted)
        column.addWidget(more)
        self._add_group(column, _("Not trained yet"), [each for each in self._shown if not each.available])
        column.addStretch(1)
        self.setWidget(inside)

    def _add_group(self, column: QVBoxLayout, heading: str, members: list[ModelChoice]) -> None:
        if members:
            title = QLabel(heading)
            title.setProperty("role", "heading")
            title.setContentsMargins(0, 8 if column.count() else 0, 0, 2)
            column.addWidget(title)
        for choice in members:
            column.addWidget(self._row(choice))

    def _row(self, choice: ModelChoice) -> QWidget:
        row = QWidget()
        column = QVBoxLayout(row)
        column.setSpacing(0)
        column.setContentsMargins(0, 3, 0, 3)
        line = QHBoxLayout()
        column.addLayout(line)
        box = named(QCheckBox(choice.title), f"compare.model.{choice.title}", choice.title)
        box.setToolTip(f"{choice.title}\n{choice.detail}")
        box.setEnabled(choice.available)
        box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        box.toggled.connect(lambda on: self.toggled.emit(choice.key, on))
        line.addWidget(box, 1)
        if not choice.available:
            train = link_button(
                f"compare.train.{choice.title}",
                _("train it"),
                _("Train {model}").format(model=choice.title),
                _("{model} was never trained here: train it on your songs.").format(model=choice.title),
            )
            train.clicked.connect(lambda: self.train_wanted.emit(choice.key))
            line.addWidget(train)
        else:
            self._boxes[choice.key] = box
        detail = ElidedLabel(choice.detail)
        detail.setProperty("role", "muted")
        detail.setContentsMargins(22, 0, 0, 0)
        column.addWidget(detail)
        return row
