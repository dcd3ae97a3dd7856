"""The right side of the Train panel: the run under way, the losses, its epochs to hear, the queue and the runs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.i18n import _, ngettext
from musicae_gui import theme
from musicae_gui.controllers.train_view import Controls
from musicae_gui.controllers.train_watch import Watched
from musicae_gui.views.epoch_player import EpochPlayer
from musicae_gui.views.labels import heading, words
from musicae_gui.views.loss_curve import GRADIENT, LossCurve
from musicae_gui.views.named import named
from musicae_gui.views.plots import LossPlot
from musicae_gui.views.row_delegate import series_color
from musicae_gui.views.row_list import RowList
from musicae_gui.views.rows import Row
from musicae_gui.views.run_status import RunStatus

HEAD_HEIGHT = 36  # of the lists' head lines, with buttons or without


class TrainProgress(QScrollArea):
    """Shows what is being trained and what was; the parts' own signals tell what the user does with them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._series: dict[str, int] = {}
        self._make()
        self._arrange()
        self.plot.pointed.connect(self._point)
        self._log.toggled.connect(self.plot.set_log)
        self._term.activated.connect(self._choose_term)
        theme.signals().changed.connect(self._recolor)
        self._recolor()

    def show_controls(self, controls: Controls) -> None:
        self.status.show_controls(controls)
        self.listen.set_running(controls.running and not controls.stopping)
        self.go_on.setVisible(controls.waiting > 0)
        self.go_on.setText(
            ngettext("Go on with {n} waiting", "Go on with {n} waiting", controls.waiting).format(n=controls.waiting)
        )

    def show_watched(self, watched: Watched | None) -> None:
        self.status.show_watched(watched)

    def show_warnings(self, warnings: Sequence[str]) -> None:
        self.status.show_warnings(warnings)

    def show_jobs(self, rows: Sequence[Row]) -> None:
        self.jobs.set_rows(rows)

    def show_runs(self, rows: Sequence[Row], current: str) -> None:
        self.runs.blockSignals(True)
        self.runs.set_rows(rows)
        self.runs.select(current)
        self.runs.blockSignals(False)
        self.compare.setEnabled(bool(self.runs.current_key))

    def show_curve(self, curve: LossCurve, series: int, shown: bool) -> None:
        if self.plot.curve(curve.key) is not curve:
            self._series[curve.key] = series
            self.plot.set_curve(curve, QColor(series_color(series)))
        self.plot.set_shown(curve.key, shown)
        self._show_terms()

    def remove_curve(self, key: str) -> None:
        self.plot.remove_curve(key)

    def curve_changed(self, key: str) -> None:
        self.plot.changed(key)
        self._show_terms()

    def show_epochs(self, run: str, epochs: Sequence[int], current: int) -> None:
        self.listen.show_epochs(run, epochs, current)

    def _point(self, sentence: str) -> None:
        """The losses under the mouse; without it, what the lines mean."""
        lines = _("Loss: ━ validation (best epoch ringed), ╌ training, faint each step")
        if self._term.currentData() == GRADIENT:
            lines = _("Norm of the gradient in each epoch's last step; layer by layer in the run's history.jsonl")
        elif self._term.currentData():
            lines = _("One of the losses on the validation songs, before it is weighted")
        self._pointed.setText(sentence or lines)

    def _choose_term(self) -> None:
        self.plot.set_term(str(self._term.currentData()))
        self._point("")

    def _show_terms(self) -> None:
        """Offer what the runs' sums are made of; the choice stays."""
        known = [self._term.itemData(place) for place in range(1, self._term.count())]
        for term in self.plot.terms:
            if term not in known:
                self._term.addItem(_("gradient norm") if term == GRADIENT else term, term)
        self._term.setVisible(self._term.count() > 2)

    def _recolor(self) -> None:
        self.plot.set_colors(theme.color("surface"), theme.color("muted"))
        for key, series in self._series.items():
            curve = self.plot.curve(key)
            if curve is not None:
                self.plot.set_curve(curve, QColor(series_color(series)))

    def _make(self) -> None:
        self.status = RunStatus()
        self.plot = LossPlot()
        self.plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._log = QCheckBox(_("Logarithmic"))
        self._log.setObjectName("train.log_axis")
        self._log.setChecked(True)
        self._log.setToolTip(_("A logarithmic axis shows late, small improvements."))
        self._term = named(
            QComboBox(),
            "train.loss_term",
            _("Loss to draw"),
            _("Their weighted sum, one of the losses alone, or the gradient"),
        )
        self._term.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._term.addItem(_("sum of losses"), "")
        self._term.hide()
        self._pointed = words("train.pointed", "muted")
        self._point("")
        self.listen = EpochPlayer()
        self.jobs = RowList(
            "train.queue",
            _("Queue"),
            _("Trainings in their order; the first waiting one is next."),
            empty=_("Nothing waits. Each ticked size becomes one training here."),
        )
        self.runs = RowList(
            "train.runs",
            _("Runs"),
            _("Tick the runs to draw; the highlighted one can be heard and compared."),
            empty=_("No run yet. Every training is kept here, to be drawn, heard and compared."),
        )
        self.go_on = QPushButton()
        self.go_on.setObjectName("train.go_on")
        self.go_on.setToolTip(_("Train what waits in the queue, interrupted runs from their last epoch."))
        self.up = _tool("train.job_up", "up", _("Earlier"), _("Train the selected job before the one above it."))
        self.down = _tool("train.job_down", "down", _("Later"), _("Train the selected job after the one below it."))
        self.again = _tool("train.job_resume", "play", _("Resume"), _("Go on with the selected job."))
        self.remove = _tool(
            "train.job_remove", "remove", _("Remove"), _("Take the selected job off the list; what it learned stays.")
        )
        self.compare = QPushButton(_("Open in Compare"))
        self.compare.setObjectName("train.compare")
        self.compare.setToolTip(_("Hear and see the highlighted run's best model beside others."))

    def _arrange(self) -> None:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(8)
        column.addWidget(self.status)
        line = QHBoxLayout()
        line.addWidget(self._pointed, 1)
        line.addWidget(self._term)
        line.addWidget(self._log)
        column.addLayout(line)
        column.addWidget(self.plot, 3)
        column.addWidget(self.listen)
        lists = QHBoxLayout()
        lists.setSpacing(12)
        tools = (self.go_on, self.up, self.down, self.again, self.remove)
        lists.addLayout(_list_column(_("Queue"), tools, self.jobs))
        lists.addLayout(_list_column(_("Runs"), (self.compare,), self.runs))
        column.addLayout(lists, 2)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(right)
        self.setMinimumWidth(right.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width())


def _tool(name: str, icon: str, text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(name)
    button.setAccessibleName(text)
    button.setToolTip(tip)
    button.setProperty("role", "small")
    theme.set_icon(button, icon)
    return button


def _list_column(title: str, tools: Sequence[QWidget], rows: RowList) -> QVBoxLayout:
    head = QHBoxLayout()
    head.setSpacing(2)
    head.addWidget(heading(title))
    head.addStrut(HEAD_HEIGHT)
    head.addStretch(1)
    for tool in tools:
        head.addWidget(tool)
    column = QVBoxLayout()
    column.setSpacing(4)
    column.addLayout(head)
    column.addWidget(rows, 1)
    return column
