"""The Train panel's controller: choices become jobs, jobs become runs, and what a run says becomes words and curves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand

from core.errors import Cancelled, MusicaeError
from core.i18n import _, ngettext
from core.models.layers import ConvDesign
from core.training.config import TrainConfig
from core.training.queue import Job
from core.training.run import RunFolder
from core.training.suited import suited
from musicae_gui.controllers import train_songs
from musicae_gui.controllers.train_drawn import DrawnRuns
from musicae_gui.controllers.train_estimate import cost, cost_words
from musicae_gui.controllers.train_listen import TrainListen
from musicae_gui.controllers.train_memory import TrainMemory
from musicae_gui.controllers.train_queue import TrainQueue
from musicae_gui.controllers.train_rows import job_rows
from musicae_gui.controllers.train_runs import PastRun, read_runs
from musicae_gui.controllers.train_setup import SELECTION, TrainSetup, TrainSong, size_words, solved, split_words
from musicae_gui.controllers.train_view import Controls, TrainView
from musicae_gui.controllers.train_watch import RunWatch, Watched, end_words
from musicae_gui.tasks.training_thread import SongLoader, TrainingThread
from musicae_gui.views.loss_curve import LossCurve
from musicae_gui.views.rows import Row

if TYPE_CHECKING:
    from core.training.callbacks import EpochReport, Plan, StepReport, TrainSummary
    from musicae_gui.services import Services

WARNINGS_SHOWN = 3


class TrainController(QObject):
    """Joins the set-up, the queue and the runs to a view."""

    run_ended = Signal(str, str)  # folder and state of a run, once it is over

    def __init__(self, view: TrainView, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._services = services
        self.setup = TrainSetup()
        self.setup.config = self.setup.config.replace(device=services.preferences.values.compute)
        self._memory = TrainMemory(services.session.state)
        self.setup.restore(self._memory.values)
        self.queue = TrainQueue(services.data_dir, self._loader, self)
        self.listen = TrainListen(services, view, self)
        self._refreshed = False
        self._songs: list[TrainSong] = []
        self._drawn = DrawnRuns(view)
        self._watch: RunWatch | None = None
        self._last: Watched | None = None  # how the last run of this session ended
        self.queue.changed.connect(self._show_queue)
        self.queue.started.connect(self._begin)
        self.queue.ended.connect(self._end)
        self.queue.failed.connect(self._fail)
        services.session.songs_selected.connect(self._selection_changed)
        services.session.size_wanted.connect(self.want_size)
        services.tasks.finished.connect(self._work_finished)

    # -- the set-up ------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show everything as it is now; called when the panel comes to the front."""
        self._refreshed = True
        self._show_setup()
        self._view.show_config(self.setup.config)
        self._show_queue()
        self._refresh_songs()
        self._refresh_runs()

    def choose_size(self, name: str, chosen: bool) -> None:
        """Tick or untick a size."""
        self.setup.choose(name, chosen)
        self._setup_changed()

    def look_at_size(self, name: str) -> None:
        """Show the network of a size in the table."""
        if name in self.setup.presets and name != self.setup.current:
            self.setup.current = name
            self._setup_changed()

    def want_size(self, name: str) -> None:
        """Another panel asks for the training of this size: it alone is ticked, and shown."""
        if name in self.setup.presets:
            self.setup.chosen = [name]
            self.setup.current = name
            self._setup_changed()

    def choose_source(self, source: str) -> None:
        if source != self.setup.source:
            self.setup.source = source
            self._remember()
            self._refresh_songs()

    def change_config(self, config: TrainConfig) -> None:
        self.setup.config = config
        self._remember()
        self._show_costs()

    def edit_design(self, design: ConvDesign) -> None:
        """Take a changed network for the size that is looked at; it can be undone."""
        name = self.setup.current
        before = self.setup.design(name)
        if before is not None and design != before:
            self._services.session.undo_stack.push(_DesignEdit(self, name, before, design))

    def reset_design(self) -> None:
        preset = self.setup.presets[self.setup.current]
        if self.setup.edited(preset.name):
            self.edit_design(ConvDesign.from_dict(preset.config))

    def solve(self, floats: int) -> None:
        """Change the network that is looked at until its latent has `floats` floats for 5 s."""
        design = self.setup.design(self.setup.current)
        if design is None:
            return
        try:
            self.edit_design(solved(design, floats))
        except MusicaeError as error:
            self._services.notify(error)

    def set_design(self, name: str, design: ConvDesign) -> None:
        """For undo and redo."""
        self.setup.edit(name, design)
        self.setup.current = name
        self._setup_changed()

    # -- starting and stopping -------------------------------------------------------------------------------------

    def start(self) -> None:
        """Queue every ticked size, and train the first at once when nothing is being trained."""
        try:
            configs = self.setup.configs()
        except MusicaeError as error:
            self._services.notify(error)
            return
        if not self._songs:
            self._services.notify(split_words([], 0), "warning")
            return
        self.queue.clear_done()
        self.queue.add(configs, [song.key for song in self._songs])
        self.queue.start()

    def pause_or_resume(self) -> None:
        if self.queue.paused:
            self.queue.resume()
        else:
            self.queue.pause()
        self._show_watch()

    def resume_job(self, job_id: str) -> None:
        """Let a stopped or failed job go on, or begin with those that wait."""
        job = next((job for job in self.queue.jobs if job.id == job_id), None)
        if job is not None and job.state in ("stopped", "failed"):
            self.queue.requeue(job_id)
        self.queue.start()

    def remove_job(self, job_id: str) -> None:
        try:
            self.queue.remove(job_id)
        except MusicaeError as error:
            self._services.notify(error)

    def question(self) -> str | None:
        """What to ask before the window closes; None when nothing would be interrupted."""
        job = self.queue.running
        if job is None:
            return None
        return _(
            "{run} is being trained. If you close Musicae now, it stops and keeps what it has learned; "
            "you can go on with it at the next start. Close Musicae?"
        ).format(run=job.run.name)

    def shut_down(self) -> None:
        """Stop and keep; waits for the training thread."""
        job = self.queue.running
        self.queue.shut_down()
        if job is not None and any(each.id == job.id for each in self.queue.jobs):
            self._services.library.add_run(job.run, preset=job.config.model, state=RunFolder(job.run).state())
        self._remember()

    # -- runs ------------------------------------------------------------------------------------------------------

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
            curve.add_history((int(row[0]), row[1], row[2]) for row in known.curve.epochs)
        self._watch = RunWatch(job.run.name, curve)
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
        self._show_watch()

    def _said(self, text: str) -> None:
        if self._watch is not None:
            self._watch.status = text
            self._show_watch()

    def _planned(self, plan: Plan) -> None:
        if self._watch is not None:
            self._watch.plan = plan
            self._show_watch()

    def _stepped(self, report: StepReport, points: Sequence[tuple[float, float]]) -> None:
        if self._watch is None:
            return
        self._watch.take_steps(report, points)
        self._view.curve_changed(self._watch.curve.key)
        self._show_watch()
        self._view.show_jobs(job_rows(self.queue, self._watch))

    def _epoch_done(self, report: EpochReport) -> None:
        if self._watch is None:
            return
        self._watch.take_epoch(report)
        self._view.curve_changed(self._watch.curve.key)
        self._measure_speed()
        self._show_watch()
        self._show_runs()

    def _previewed(self, epoch: int) -> None:
        if self.queue.running is not None:
            self.listen.add_epoch(self.queue.running.run, epoch)

    def _warned(self, text: str) -> None:
        if self._watch is not None:
            self._watch.warnings.append(text)
            self._view.show_warnings(self._watch.warnings[-WARNINGS_SHOWN:])

    def _restarted(self, _attempt: int, _learning_rate: float) -> None:
        if self._watch is not None:
            self._watch.restart()
            self._show_runs()
            self.listen.choose_run(Path(self._watch.curve.key))

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
        self._watch = None
        self._view.show_watched(self._last)
        self._show_costs()  # the speed is measured now
        self._refresh_runs()

    def _forget_run(self, folder: Path) -> None:
        self._drawn.forget(str(folder))
        self._services.library.remove_run(folder)
        self.listen.forget(folder)

    # -- showing ---------------------------------------------------------------------------------------------------

    def _setup_changed(self) -> None:
        self._remember()
        self._show_setup()

    def _show_setup(self) -> None:
        setup = self.setup
        rows = [
            Row(name, name, size_words(each, setup.design(name), setup.edited(name)), shown=name in setup.chosen)
            for name, each in setup.presets.items()
        ]
        self._view.show_sizes(rows, setup.current)
        self._view.show_design(setup.current, setup.design(setup.current), setup.edited(setup.current))
        self._show_costs()

    def _show_costs(self) -> None:
        music = sum(song.seconds for song in self._songs)
        problems = self._problems()
        if problems:
            self._view.show_estimate(problems[0], True)
        elif self._songs:
            speed = self._memory.speed(self.setup.config.device)
            setup = self.setup
            costs = [cost(suited(setup.config, name), setup.network(name), music, speed) for name in setup.chosen]
            self._view.show_estimate(cost_words(costs, speed > 0), False)
        else:
            self._view.show_estimate("", False)
        self._show_controls()

    def _problems(self) -> list[str]:
        if not self.setup.chosen:
            return [_("Tick at least one size to train.")]
        found = []
        for name in self.setup.chosen:
            design = self.setup.design(name)
            found += [f"{name}: {problem}" for problem in (design.problems() if design is not None else [])]
        return found

    def _show_controls(self) -> None:
        count = len(self.setup.chosen)
        running = self.queue.running is not None
        if running:
            text = ngettext("Add {n} size to the queue", "Add {n} sizes to the queue", count).format(n=count)
        elif count > 1:
            text = ngettext("Train {n} size", "Train {n} sizes", count).format(n=count)
        else:
            text = _("Train")
        waiting = 0 if running else len([job for job in self.queue.jobs if job.state == "waiting"])
        self._view.show_controls(
            Controls(
                start_text=text,
                can_start=bool(self._songs) and not self._problems(),
                running=running,
                paused=self.queue.paused,
                stopping=bool(self.queue.stopping),
                waiting=waiting,
            )
        )

    def _refresh_songs(self) -> None:
        selected = list(self._services.session.state.selected)
        source = self.setup.source
        library = self._services.library

        def gather(_context: Any) -> tuple[list[tuple[str, str]], list[TrainSong]]:
            choices = train_songs.sources(library, selected)
            known = source if source in dict(choices) else choices[0][0]
            return choices, train_songs.songs_of(library, known, selected)

        self._services.tasks.run(gather, done=lambda found: self._show_songs(*found), group="train.songs")

    def _show_songs(self, choices: list[tuple[str, str]], songs: list[TrainSong]) -> None:
        if self.setup.source not in dict(choices):
            self.setup.source = choices[0][0]
        self._songs = songs
        self._view.show_sources(choices, self.setup.source)
        self._view.show_split(split_words(songs, self.setup.config.seed))
        self._show_costs()

    def _selection_changed(self, _keys: list[str]) -> None:
        if self.setup.source == SELECTION:
            self._refresh_songs()

    def _work_finished(self, _task: Any) -> None:
        """Work that was shown to the user, as the reading of dropped songs, may have changed the library."""
        if self._refreshed:
            self._refresh_songs()

    def _show_watch(self) -> None:
        if self._watch is not None:
            self._watch.paused = self.queue.paused
            self._view.show_watched(self._watch.watched())

    def _show_queue(self) -> None:
        self._view.show_jobs(job_rows(self.queue, self._watch))
        self._show_controls()

    def _refresh_runs(self) -> None:
        folder = self.queue.runs_folder
        self._services.tasks.run(
            lambda context: read_runs(folder, context.cancelled), done=self._take_runs, group="train.runs"
        )

    def _take_runs(self, runs: list[PastRun]) -> None:
        self._drawn.take(runs)
        if self.listen.run is None and self._drawn.newest is not None:
            self.listen.choose_run(self._drawn.newest.path)
        self._show_runs()

    def _show_runs(self) -> None:
        self._drawn.show(self._watch.curve if self._watch is not None else None, self.listen.run)

    def _remember(self) -> None:
        self._memory.keep(self.setup)

    def _measure_speed(self) -> None:
        job, watch = self.queue.running, self._watch
        if job is None or watch is None or watch.step is None or watch.step.clips_per_second <= 0:
            return
        values = job.config.design_dict() or self.setup.presets[job.config.model].config
        if values.get("kind") == "conv":
            self._memory.measured(job.config, ConvDesign.from_dict(values), watch.step.clips_per_second)

    def _loader(self, job: Job) -> SongLoader:
        library = self._services.library
        values = job.config.design_dict() or self.setup.presets[job.config.model].config
        rate = int(values["rate"])
        return lambda say, warn, cancelled: train_songs.decoded(library, job.songs, rate, say, warn, cancelled)


class _DesignEdit(QUndoCommand):
    """One change of a network, to be taken back."""

    def __init__(self, controller: TrainController, name: str, before: ConvDesign, after: ConvDesign) -> None:
        super().__init__(_("Change of the network {name}").format(name=name))
        self._controller, self._name = controller, name
        self._before, self._after = before, after

    def redo(self) -> None:
        self._controller.set_design(self._name, self._after)

    def undo(self) -> None:
        self._controller.set_design(self._name, self._before)
