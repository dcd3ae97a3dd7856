"""The first page of the blind test: which test, which sizes, how many trials, and what was answered so far."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFormLayout,
    QGridLayout,
    QHeaderView,
    QLabel,
    QRadioButton,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from core.blind_test import SECONDS
from core.i18n import _
from musicae_gui import theme
from musicae_gui.controllers.blind import ABX, RANK
from musicae_gui.controllers.blind_results import Results
from musicae_gui.views.boxes import hbox, vbox
from musicae_gui.views.named import named
from musicae_gui.views.number_field import DecimalField, WholeField

TRIALS = {ABX: 10, RANK: 4}


class BlindSetup(QWidget):
    """`changed` tells that the choice has become possible or impossible."""

    changed = Signal()

    def __init__(self, sizes: Sequence[tuple[str, str]]) -> None:
        """sizes: key and name of each size that can be tested."""
        super().__init__()
        self._abx = named(
            QRadioButton(_("ABX: is X the same as A, or as B?")),
            "blind.abx",
            _("ABX: is X the same as A, or as B?"),
            _("One of A and B is the original. Says with which certainty a difference can be heard at all."),
        )
        self._rank = named(
            QRadioButton(_("Rank: which sounds best?")),
            "blind.rank",
            _("Rank: which sounds best?"),
            _("The original and all sizes, hidden among one another, to be put in order."),
        )
        self._abx.setChecked(True)
        self._boxes = {key: _box(number, name) for number, (key, name) in enumerate(sizes)}
        self._trials = named(WholeField(), "blind.trials", _("Trials"), _("How often you will be asked."))
        self._trials.setRange(1, 100)
        self._seconds = named(
            DecimalField(), "blind.seconds", _("Length"), _("Of the stretch that is drawn for each trial.")
        )
        self._seconds.setRange(1.0, 30.0)
        self._seconds.setDecimals(1)
        self._seconds.setSuffix(" s")
        self._seconds.setValue(SECONDS)
        self._table = _table()
        self._lay_out()
        self._abx.toggled.connect(self._kind_changed)
        for box in self._boxes.values():
            box.toggled.connect(self.changed)
        self._kind_changed()

    @property
    def kind(self) -> str:
        return ABX if self._abx.isChecked() else RANK

    @property
    def keys(self) -> list[str]:
        """The sizes that are ticked."""
        return [key for key, box in self._boxes.items() if box.isChecked()]

    @property
    def trials(self) -> int:
        return self._trials.value()

    @property
    def seconds(self) -> float:
        return self._seconds.value()

    def show_results(self, results: Results) -> None:
        self._table.setRowCount(len(results.rows))
        for number, row in enumerate(results.rows):
            for column, words in enumerate((row.title, row.told, row.p, row.rank, row.note)):
                item = QTableWidgetItem(words)
                item.setToolTip(f"{row.title}\n{row.detail}" if column == 0 and row.detail else words)
                item.setTextAlignment(
                    Qt.AlignmentFlag.AlignVCenter
                    | (Qt.AlignmentFlag.AlignLeft if column in (0, 4) else Qt.AlignmentFlag.AlignRight)
                )
                self._table.setItem(number, column, item)
        self._table.setVisible(bool(results.rows))
        self._so_far.setText(_("Answers so far, over all songs") if results.rows else _("No answers yet."))

    def _lay_out(self) -> None:
        words = QLabel(
            _(
                "Sounds are hidden and equally loud; what they were is said after each answer. The original is mono "
                "at the models' rate here, which is what they get."
            ),
            wordWrap=True,
        )
        words.setProperty("role", "muted")
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * theme.GRID)
        for number, box in enumerate(self._boxes.values()):
            grid.addWidget(box, number // 2, number % 2)
        form = QFormLayout()
        form.setHorizontalSpacing(2 * theme.GRID)
        form.setVerticalSpacing(theme.GRID)
        for name, field in ((_("Trials"), self._trials), (_("Length"), self._seconds)):
            label = QLabel(name)
            label.setBuddy(field)
            form.addRow(label, field)
        self._so_far = QLabel(_("No answers yet."))
        self._so_far.setProperty("role", "field")
        self._table.hide()
        sizes = QLabel(_("Sizes"))
        sizes.setProperty("role", "field")
        row = hbox(0)
        row.addLayout(form)
        row.addStretch(1)
        column = vbox(theme.GRID, self)
        column.setContentsMargins(0, 0, 0, 0)
        for item in (words, self._abx, self._rank, sizes, grid, row, self._so_far):
            if isinstance(item, QWidget):
                column.addWidget(item)
            else:
                column.addLayout(item)
        column.addWidget(self._table, 1)
        column.addStretch(0)

    def _kind_changed(self) -> None:
        self._trials.setValue(TRIALS[self.kind])
        self.changed.emit()


def _box(number: int, name: str) -> QCheckBox:
    box = named(QCheckBox(name), f"blind.size.{number}", name, _("Test this size"))
    box.setChecked(True)
    return box


def _table() -> QTableWidget:
    table = named(QTableWidget(0, 5), "blind.results", _("Answers so far"))
    table.setToolTip("")
    table.setHorizontalHeaderLabels([_("Size"), _("Right"), _("p"), _("Mean rank"), _("Note on this song")])
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.setProperty("role", "report")
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setSectionResizeMode(4, QHeaderView.ResizeMode.Stretch)
    header.setHighlightSections(False)
    return table
