"""Train: choose sizes and songs on the left, watch and hear them learn on the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.i18n import _, ngettext
from core.models.layers import ConvDesign
from core.training.config import TrainConfig
from musicae_gui import actions, theme
from musicae_gui.controllers.train import TrainController
from musicae_gui.controllers.train_view import Controls
from musicae_gui.controllers.train_watch import Watched
from musicae_gui.views.compact_form import CompactForm
from musicae_gui.views.epoch_player import EpochPlayer
from musicae_gui.views.loss_curve import LossCurve
from musicae_gui.views.network_editor import NetworkEditor
from musicae_gui.views.plots import LossPlot
from musicae_gui.views.row_delegate import series_color
from musicae_gui.views.row_list import RowList
from musicae_gui.views.rows import Row
from musicae_gui.views.run_status import RunStatus

if TYPE_CHECKING:
    from musicae_gui.services import Services

MAIN_SETTINGS = ("epochs", "minutes", "batch", "learning_rate", "device")
LEFT_WIDTH = 570
HEAD_HEIGHT = 36  # of the lists' head lines, with buttons or without


class TrainPanel(QWidget):
    """The view of TrainController; it holds widgets and passes wishes on, nothing else."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train")
        self._series: dict[str, int] = {}
        self._make_left()
        self._make_right()
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setObjectName("train.splitter")
        self._splitter.addWidget(self._left())
        self._splitter.addWidget(self._right())
        self._splitter.setStretchFactor(0, 0)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes([LEFT_WIDTH, LEFT_WIDTH + 180])
        self._splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._splitter)
        self.controller = TrainController(self, services, self)
        self._connect()
        services.session.size_wanted.connect(self._show_top)
        theme.signals().changed.connect(self._recolor)
        self._recolor()

    # -- called by the window --------------------------------------------------------------------------------------

    def shown(self) -> None:
        """The panel came to the front."""
        self.controller.refresh()
        self.plot.build()

    def about_to_close(self) -> str | None:
        return self.controller.question()

    def close_down(self) -> None:
        self.controller.shut_down()

    # -- TrainView -------------------------------------------------------------------------------------------------

    def show_sizes(self, rows: Sequence[Row], current: str) -> None:
        self.sizes.set_rows(rows)
        self.sizes.show_all()
        self.sizes.blockSignals(True)
        self.sizes.select(current)
        self.sizes.blockSignals(False)

    def show_sources(self, choices: Sequence[tuple[str, str]], current: str) -> None:
        self.source.clear()
        for key, words in choices:
            self.source.addItem(words, key)
        self.source.setCurrentIndex(max(0, self.source.findData(current)))

    def show_split(self, words: str) -> None:
        self.split.setText(words)

    def show_design(self, name: str, design: ConvDesign | None, edited: bool) -> None:
        words = _("4. Network of {name}, changed") if edited else _("4. Network of {name}")
        self._network_title.setText(words.format(name=name))
        self.network.setVisible(design is not None)
        self._no_network.setVisible(design is None)
        if design is not None:
            self.network.set_design(design, edited=edited)

    def show_config(self, config: TrainConfig) -> None:
        self.form.set_values(config)
        self._epochs_or_minutes(config)

    def show_estimate(self, words: str, problem: bool) -> None:
        self.estimate.setText(f"⚠ {words}" if problem else words)
        self.estimate.setProperty("role", "warning" if problem else "muted")
        self.estimate.style().unpolish(self.estimate)
        self.estimate.style().polish(self.estimate)

    def show_controls(self, controls: Controls) -> None:
        self.start.setText(controls.start_text)
        self.start.setEnabled(controls.can_start)
        self.status.show_controls(controls)
        self.listen.set_running(controls.running and not controls.stopping)
        self._go_on.setVisible(controls.waiting > 0)
        self._go_on.setText(
            ngettext("Go on with {n} waiting", "Go on with {n} waiting", controls.waiting).format(n=controls.waiting)
        )

    def show_watched(self, watched: Watched | None) -> None:
        self.status.show_watched(watched)

    def show_warnings(self, warnings: Sequence[str]) -> None:
        self.status.show_warnings(warnings)

    def show_jobs(self, rows: Sequence[Row]) -> None:
        self.jobs.set_rows(rows)
        self._enable_job_buttons()

    def show_runs(self, rows: Sequence[Row], current: str) -> None:
        self.runs.blockSignals(True)
        self.runs.set_rows(rows)
        self.runs.select(current)
        self.runs.blockSignals(False)
        self._compare.setEnabled(bool(self.runs.current_key))

    def show_curve(self, curve: LossCurve, series: int, shown: bool) -> None:
        if self.plot.curve(curve.key) is not curve:
            self._series[curve.key] = series
            self.plot.set_curve(curve, QColor(series_color(series)))
        self.plot.set_shown(curve.key, shown)

    def remove_curve(self, key: str) -> None:
        self.plot.remove_curve(key)

    def curve_changed(self, key: str) -> None:
        self.plot.changed(key)

    def show_epochs(self, run: str, epochs: Sequence[int], current: int) -> None:
        self.listen.show_epochs(run, epochs, current)

    # -- the left side ---------------------------------------------------------------------------------------------

    def _make_left(self) -> None:
        self.sizes = RowList(
            "train.preset",
            _("Sizes to train"),
            _("Tick every size to train: one click then queues them all. The highlighted one is shown below."),
            one_line=True,
        )
        self.source = QComboBox()
        self.source.setObjectName("train.source")
        self.source.setAccessibleName(_("Songs to learn from"))
        self.source.setToolTip(_("Which songs of the library the model learns from."))
        self.split = _words("train.split", "muted")
        self._network_title = _words("train.network_title", "heading")
        self.network = NetworkEditor(ConvDesign(()))
        self._no_network = _words("train.no_network", "muted")
        self._no_network.setText(
            _(
                "There are no layers to design here. A klt is linear: its projections are computed from the songs in "
                "one pass, a hard floor that small networks seldom reach. Other models keep the layers they have."
            )
        )
        self.form: CompactForm[TrainConfig] = CompactForm(
            TrainConfig(), prefix="train", main=MAIN_SETTINGS, skip=("model",), zeros=_zeros()
        )
        self.estimate = _words("train.estimate", "muted")
        self.start = QPushButton()
        self.start.setObjectName("train.start")
        self.start.setProperty("role", "primary")
        self.start.setMinimumHeight(36)
        actions.explain(self.start, "train.start")
        theme.set_icon(self.start, "train", role="on_accent")

    def _left(self) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        for part in (
            _heading(_("1. Sizes")),
            self.sizes,
            _heading(_("2. Songs")),
            self.source,
            self.split,
            _heading(_("3. Settings")),
            self.form,
            self._network_title,
            self.network,
            self._no_network,
        ):
            column.addWidget(part)
        column.addStretch(1)
        self._scroll = scroll = QScrollArea()
        scroll.setObjectName("train.setup")
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        bottom = QFrame()
        bottom.setProperty("role", "bar")
        foot = QVBoxLayout(bottom)
        foot.setContentsMargins(16, 8, 16, 12)
        foot.addWidget(self.estimate)
        foot.addWidget(self.start)
        left = QWidget()
        layout = QVBoxLayout(left)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scroll, 1)
        layout.addWidget(bottom)
        left.setMinimumWidth(inside.minimumSizeHint().width() + scroll.verticalScrollBar().sizeHint().width())
        return left

    # -- the right side --------------------------------------------------------------------------------------------

    def _make_right(self) -> None:
        self.status = RunStatus()
        self.plot = LossPlot()
        self.plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._log = QCheckBox(_("Logarithmic"))
        self._log.setObjectName("train.log_axis")
        self._log.setChecked(True)
        self._log.setToolTip(_("A logarithmic axis shows late, small improvements."))
        self._pointed = _words("train.pointed", "muted")
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
        self._go_on = QPushButton()
        self._go_on.setObjectName("train.go_on")
        self._go_on.setToolTip(_("Train what waits in the queue, interrupted runs from their last epoch."))
        self._up = _tool("train.job_up", "up", _("Earlier"), _("Train the selected job before the one above it."))
        self._down = _tool("train.job_down", "down", _("Later"), _("Train the selected job after the one below it."))
        self._again = _tool("train.job_resume", "play", _("Resume"), _("Go on with the selected job."))
        self._remove = _tool(
            "train.job_remove", "remove", _("Remove"), _("Take the selected job off the list; what it learned stays.")
        )
        self._compare = QPushButton(_("Open in Compare"))
        self._compare.setObjectName("train.compare")
        self._compare.setToolTip(_("Hear and see the highlighted run's best model beside others."))

    def _right(self) -> QWidget:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(8)
        column.addWidget(self.status)
        line = QHBoxLayout()
        line.addWidget(self._pointed, 1)
        line.addWidget(self._log)
        column.addLayout(line)
        column.addWidget(self.plot, 3)
        column.addWidget(self.listen)
        lists = QHBoxLayout()
        lists.setSpacing(12)
        tools = (self._go_on, self._up, self._down, self._again, self._remove)
        lists.addLayout(_list_column(_("Queue"), tools, self.jobs))
        lists.addLayout(_list_column(_("Runs"), (self._compare,), self.runs))
        column.addLayout(lists, 2)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(right)
        bar = scroll.verticalScrollBar().sizeHint().width()
        scroll.setMinimumWidth(right.minimumSizeHint().width() + bar)
        return scroll

    # -- wiring ----------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        controller = self.controller
        self.sizes.toggled.connect(controller.choose_size)
        self.sizes.selected.connect(controller.look_at_size)
        self.source.activated.connect(lambda _index: controller.choose_source(str(self.source.currentData())))
        self.form.edited.connect(controller.change_config)
        self.form.edited.connect(self._epochs_or_minutes)
        self.network.design_edited.connect(controller.edit_design)
        self.network.solve_requested.connect(controller.solve)
        self.network.reset_requested.connect(controller.reset_design)
        self.start.clicked.connect(controller.start)
        actions.bind("train.start", self, self.start.click)
        self.status.pause_requested.connect(controller.pause_or_resume)
        self.status.stop_requested.connect(controller.queue.stop_and_keep)
        self.status.discard_requested.connect(self._ask_to_discard)
        self.listen.epoch_chosen.connect(controller.listen.choose_epoch)
        self.listen.play_requested.connect(controller.listen.play)
        self.listen.preview_requested.connect(controller.queue.preview_now)
        self.plot.pointed.connect(self._point)
        self._log.toggled.connect(self.plot.set_log)
        self.runs.toggled.connect(controller.show_run)
        self.runs.selected.connect(self._run_selected)
        self.runs.activated_row.connect(controller.open_in_compare)
        self._compare.clicked.connect(lambda: controller.open_in_compare(self.runs.current_key))
        self.jobs.selected.connect(lambda _key: self._enable_job_buttons())
        self._go_on.clicked.connect(controller.queue.start)
        self._up.clicked.connect(lambda: controller.queue.move(self.jobs.current_key, -1))
        self._down.clicked.connect(lambda: controller.queue.move(self.jobs.current_key, 1))
        self._again.clicked.connect(lambda: controller.resume_job(self.jobs.current_key))
        self._remove.clicked.connect(lambda: controller.remove_job(self.jobs.current_key))

    def _epochs_or_minutes(self, config: TrainConfig) -> None:
        self.form.editor("epochs").setEnabled(config.minutes == 0)

    def _point(self, words: str) -> None:
        """The losses under the mouse; without it, what the lines mean."""
        self._pointed.setText(words or _("Loss: ━ validation (best epoch ringed), ╌ training, faint each step"))

    def _show_top(self, _size: str) -> None:
        self._scroll.verticalScrollBar().setValue(0)

    def _run_selected(self, key: str) -> None:
        self._compare.setEnabled(bool(key))
        self.controller.select_run(key)

    def _enable_job_buttons(self) -> None:
        if not hasattr(self, "controller"):
            return
        jobs = self.controller.queue.jobs
        keys = [job.id for job in jobs]
        place = keys.index(self.jobs.current_key) if self.jobs.current_key in keys else -1
        state = jobs[place].state if place >= 0 else ""
        self._up.setEnabled(place > 0)
        self._down.setEnabled(0 <= place < len(jobs) - 1)
        self._remove.setEnabled(bool(state) and state != "running")
        self._again.setEnabled(state in ("stopped", "failed"))

    def _ask_to_discard(self) -> None:
        """What was learned cannot be brought back, so one question first."""
        box = QMessageBox(self)
        box.setObjectName("train.discard_question")
        box.setIcon(QMessageBox.Icon.Question)
        box.setText(_("Delete what this run has learned so far?"))
        yes = box.addButton(_("Discard"), QMessageBox.ButtonRole.DestructiveRole)
        yes.setObjectName("train.discard_confirmed")
        yes.clicked.connect(self.controller.queue.stop_and_discard)
        box.setDefaultButton(box.addButton(_("Go on training"), QMessageBox.ButtonRole.RejectRole))
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def _recolor(self) -> None:
        self.plot.set_colors(theme.color("surface"), theme.color("muted"))
        for key, series in self._series.items():
            curve = self.plot.curve(key)
            if curve is not None:
                self.plot.set_curve(curve, QColor(series_color(series)))


def _zeros() -> dict[str, str]:
    automatic = _("automatic")
    return {
        "minutes": _("not by time"),
        "learning_rate": automatic,
        "steps_per_epoch": automatic,
        "threads": automatic,
        "gradient_clip": _("off"),
        "ema": _("off"),
    }


def _words(name: str, role: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setProperty("role", role)
    label.setWordWrap(True)
    return label


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "heading")
    return label


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
    head.addWidget(_heading(title))
    head.addStrut(HEAD_HEIGHT)
    head.addStretch(1)
    for tool in tools:
        head.addWidget(tool)
    column = QVBoxLayout()
    column.setSpacing(4)
    column.addLayout(head)
    column.addWidget(rows, 1)
    return column
