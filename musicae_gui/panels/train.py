"""Train: choose sizes and songs on the left, watch and hear them learn on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QSplitter, QVBoxLayout, QWidget

from core.i18n import _
from musicae_gui import actions
from musicae_gui.controllers.train import TrainController
from musicae_gui.controllers.train_view import Controls
from musicae_gui.views.train_choices import TrainChoices
from musicae_gui.views.train_progress import TrainProgress

if TYPE_CHECKING:
    from musicae_gui.services import Services

LEFT_WIDTH = 570


class TrainPanel(QWidget):
    """The view of TrainController: two sides, whose wishes it passes on."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train")
        self.choices = TrainChoices()
        self.progress = TrainProgress()
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setObjectName("train.splitter")
        self._splitter.addWidget(self.choices)
        self._splitter.addWidget(self.progress)
        self._splitter.setStretchFactor(0, 0)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes([LEFT_WIDTH, LEFT_WIDTH + 180])
        self._splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._splitter)
        self.controller = TrainController(self, services, self)
        self._connect_choices()
        self._connect_progress()
        services.session.size_wanted.connect(self._size_wanted)

    def shown(self) -> None:
        """The panel came to the front."""
        self.controller.refresh()
        self._enable_job_buttons()
        self.progress.plot.build()

    def _size_wanted(self, _size: str) -> None:  # a lambda would outlive the window
        self.choices.show_top()

    def about_to_close(self) -> str | None:
        return self.controller.question()

    def close_down(self) -> None:
        self.controller.shut_down()

    def show_controls(self, controls: Controls) -> None:
        self.choices.show_start(controls.start_text, controls.can_start)
        self.progress.show_controls(controls)

    def _connect_choices(self) -> None:
        controller, side = self.controller, self.choices
        side.sizes.toggled.connect(controller.choose_size)
        side.sizes.selected.connect(controller.look_at_size)
        side.source.activated.connect(lambda _index: controller.choose_source(str(side.source.currentData())))
        side.form.edited.connect(controller.change_config)
        side.usual.clicked.connect(controller.forget_settings)
        side.network.design_edited.connect(controller.edit_design)
        side.network.solve_requested.connect(controller.solve)
        side.network.reset_requested.connect(controller.reset_design)
        side.start.clicked.connect(controller.start)
        actions.bind("train.start", self, side.start.click)

    def _connect_progress(self) -> None:
        controller, side = self.controller, self.progress
        queue, progress = controller.queue, controller.progress
        side.status.pause_requested.connect(controller.pause_or_resume)
        side.status.stop_requested.connect(queue.stop_and_keep)
        side.status.discard_requested.connect(self._ask_to_discard)
        side.listen.epoch_chosen.connect(progress.listen.choose_epoch)
        side.listen.play_requested.connect(progress.listen.play)
        side.listen.preview_requested.connect(queue.preview_now)
        side.runs.toggled.connect(progress.show_run)
        side.runs.selected.connect(self._run_selected)
        side.runs.activated_row.connect(progress.open_in_compare)
        side.compare.clicked.connect(lambda: progress.open_in_compare(side.runs.current_key))
        queue.changed.connect(self._enable_job_buttons)
        side.jobs.selected.connect(lambda _key: self._enable_job_buttons())
        side.go_on.clicked.connect(queue.start)
        side.up.clicked.connect(lambda: queue.move(side.jobs.current_key, -1))
        side.down.clicked.connect(lambda: queue.move(side.jobs.current_key, 1))
        side.again.clicked.connect(lambda: controller.resume_job(side.jobs.current_key))
        side.remove.clicked.connect(lambda: controller.remove_job(side.jobs.current_key))

    def _run_selected(self, key: str) -> None:
        self.progress.compare.setEnabled(bool(key))
        self.controller.progress.select_run(key)

    def _enable_job_buttons(self) -> None:
        side, jobs = self.progress, self.controller.queue.jobs
        keys = [job.id for job in jobs]
        place = keys.index(side.jobs.current_key) if side.jobs.current_key in keys else -1
        state = jobs[place].state if place >= 0 else ""
        side.up.setEnabled(place > 0)
        side.down.setEnabled(0 <= place < len(jobs) - 1)
        side.remove.setEnabled(bool(state) and state != "running")
        side.again.setEnabled(state in ("stopped", "failed"))

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
