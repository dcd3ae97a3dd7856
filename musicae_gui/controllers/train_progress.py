"""What a training says while it runs, as words, curves and clips; and the runs of before beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.errors import Cancelled, MusicaeError
from core.i18n import _
from core.models.design import KltDesign, design_from_dict
from core.models.presets import preset
from core.training.queue import Job
from musicae_gui.controllers.train_drawn import DrawnRuns
from musicae_gui.controllers.train_listen import TrainListen
from musicae_gui.controllers.train_memory import TrainMemory
from musicae_gui.controllers.train_queue import TrainQueue
from musicae_gui.controllers.train_rows import job_rows
from musicae_gui.controllers.train_runs import PastRun, read_runs
from musicae_gui.controllers.train_view import ProgressView
from musicae_gui.controllers.train_watch import RunWatch, Watched, end_words
from musicae_gui.tasks.training_thread import TrainingThread
from musicae_gui.views.loss_curve import LossCurve

if TYPE_CHECKING:
    from core.training.callbacks import EpochReport, Plan, StepReport, TrainSummary
    from musicae_gui.services import Services

WARNINGS_SHOWN = 3


class TrainProgress(QObject):
    """Joins the queue's trainings and the finished runs to the right side of the Train panel."""

    run_ended = Signal(str, str)  # folder and state of a run, once it is over

    def __init__(
        self,
        view: ProgressView,
        services: Services,
        queue: TrainQueue,
        memory: TrainMemory,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._services = services
        self._queue = queue
        self._memory = memory
        self.listen = TrainListen(services, view, self)
        self.watch: RunWatch | None = None  # of the run under way
        self._drawn = DrawnRuns(view)
        self._last: Watched | None = None  # how the last run of this session ended
        queue.started.connect(self._begin)
        queue.ended.connect(self._end)
        queue.failed.connect(self._fail)

    def refresh(self) -> None:
        """Read the runs on the disk anew, and show them and the queue."""
        self.show_jobs()
        self._refresh_runs()

    def show_jobs(self) -> None:
        self._view.show_jobs(job_rows(self._queue, self.watch))

    def show_watch(self) -> None:
        if self.watch is not None:
            self.watch.paused = self._queue.paused
            self._view.show_watched(self.watch.watched())

    def show_run(self, key: str, shown: bool) -> None:
        """Draw a run's curves, or hide them."""
        self._drawn.set_shown(key, shown)
        self._show_runs()

    def select_run(self, key: str) -> None:
        """Make a run the one whose epochs are listened to."""
        if key:
            self.listen.choose_run(Path(key))

    def open_in_compare(self, key: str) -> None:
        """Hear and see a run's best model beside the others."""
        run = self._drawn.get(key)
        if run is None or not run.has_model:
            self._services.notify(_("This run has no finished epoch yet, so there is nothing to compare."), "warning")
            return
        library = self._services.library
        songs = [song for song in run.songs if library.song(song) is not None]
        self._services.models.forget(key)
        self._services.session.set_model(key)
        self._services.session.open_songs("compare", songs[:1])

    # -- what the training thread says -----------------------------------------------------------------------------

    def _begin(self, job: Job, thread: TrainingThread) -> None:
        key = str(job.run)
        curve = LossCurve(key, job.run.name)
        known = self._drawn.get(key)
        if job.resume and known is not None:
            curve.go_on_from(known.curve)
        self.watch = RunWatch(job.run.name, curve)
        self._drawn.set_shown(key, True)
        self.listen.choose_run(job.run)
        self._show_runs()
        self._view.show_warnings([])
        thread.said.connect(self._said)
        thread.planned.connect(self._planned)
        thread.stepped.connect(self._stepped)
        thread.epoch_done.connect(self._epoch_done)
        thread.previewed.connect(self._previewed)
        thread.warned.connect(self._warned)
        thread.restarted.connect(self._restarted)
        self._services.library.add_run(job.run, preset=job.config.model, state="running")
        self.show_watch()

    def _said(self, text: str) -> None:
        if self.watch is not None:
            self.watch.status = text
            self.show_watch()

    def _planned(self, plan: Plan) -> None:
        if self.watch is not None:
            self.watch.plan = plan
            self.show_watch()

    def _stepped(self, report: StepReport, points: Sequence[tuple[float, float]]) -> None:
        if self.watch is None:
            return
        self.watch.take_steps(report, points)
        self._view.curve_changed(self.watch.curve.key)
        self.show_watch()
        self.show_jobs()

    def _epoch_done(self, report: EpochReport) -> None:
        if self.watch is None:
            return
        self.watch.take_epoch(report)
        self._view.curve_changed(self.watch.curve.key)
        self._measure_speed()
        self.show_watch()
        self._show_runs()

    def _previewed(self, epoch: int) -> None:
        if self._queue.running is not None:
            self.listen.add_epoch(self._queue.running.run, epoch)

    def _warned(self, text: str) -> None:
        if self.watch is not None:
            self.watch.warnings.append(text)
            self._view.show_warnings(self.watch.warnings[-WARNINGS_SHOWN:])

    def _restarted(self, _attempt: int, _learning_rate: float) -> None:
        if self.watch is not None:
            self.watch.restart()
            self._show_runs()
            self.listen.choose_run(Path(self.watch.curve.key))

    def _end(self, job: Job, summary: TrainSummary) -> None:
        self._services.library.add_run(job.run, preset=job.config.model, state=summary.state, summary=summary.to_dict())
        if summary.state == "discarded":
            self._forget_run(job.run)
        words = end_words(job.run.name, summary)
        level = {"done": "good", "failed": "error"}.get(summary.state, "info")
        advice = _("Listen to it below, or open it in Compare.") if summary.model else summary.sentence
        self._last = Watched(words, advice, fraction=1.0 if summary.state == "done" else 0.0)
        self._close_watch()
        if summary.model:
            key = str(job.run)
            self._services.notify(words, level, action=(_("Open in Compare"), lambda: self.open_in_compare(key)))
        else:
            self._services.notify(words, level)
        self.run_ended.emit(str(job.run), summary.state)

    def _fail(self, job: Job, error: MusicaeError) -> None:
        if isinstance(error, Cancelled):  # stopped while its songs were being decoded: there is no run yet
            self._last = None
            self._forget_run(job.run)
            self._close_watch()
            self.run_ended.emit(str(job.run), "stopped")
            return
        self._last = Watched(_("{run} failed").format(run=job.run.name), error.sentence, fraction=0.0)
        self._services.library.add_run(
            job.run, preset=job.config.model, state="failed", summary={"sentence": error.sentence}
        )
        self._close_watch()
        self._services.notify(error)
        self.run_ended.emit(str(job.run), "failed")

    def _close_watch(self) -> None:
        self.watch = None
        self._view.show_watched(self._last)
        self._refresh_runs()

    def _forget_run(self, folder: Path) -> None:
        self._drawn.forget(str(folder))
        self._services.library.remove_run(folder)
        self.listen.forget(folder)

    # -- the runs ---------------------------------------------------------------------------------------------------

    def _refresh_runs(self) -> None:
        folder = self._queue.runs_folder
        self._services.tasks.run(
            lambda context: read_runs(folder, context.cancelled), done=self._take_runs, group="train.runs"
        )

    def _take_runs(self, runs: list[PastRun]) -> None:
        self._drawn.take(runs)
        if self.listen.run is None and self._drawn.newest is not None:
            self.listen.choose_run(self._drawn.newest.path)
        self._show_runs()

    def _show_runs(self) -> None:
        self._drawn.show(self.watch.curve if self.watch is not None else None, self.listen.run)

    def _measure_speed(self) -> None:
        job, watch = self._queue.running, self.watch
        if job is None or watch is None or watch.step is None or watch.step.clips_per_second <= 0:
            return
        values = job.config.design_dict() or preset(job.config.model).config
        design = design_from_dict(values)
        if not isinstance(design, KltDesign):
            self._memory.measured(job.config, design, watch.step.clips_per_second)
