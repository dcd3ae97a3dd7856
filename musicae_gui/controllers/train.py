"""The Train panel's controller: choices become jobs; what becomes of these is told by `train_progress`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoCommand

from core.errors import MusicaeError
from core.i18n import _, ngettext
from core.models.layers import ConvDesign
from core.models.presets import preset
from core.training.config import TrainConfig
from core.training.queue import Job
from core.training.run import RunFolder
from musicae_gui.controllers import train_songs
from musicae_gui.controllers.train_about import about_words, suits_words
from musicae_gui.controllers.train_estimate import Cost, cost, cost_words
from musicae_gui.controllers.train_memory import TrainMemory
from musicae_gui.controllers.train_progress import TrainProgress
from musicae_gui.controllers.train_queue import TrainQueue
from musicae_gui.controllers.train_setup import SELECTION, TrainSetup, TrainSong, size_words, solved, split_words
from musicae_gui.controllers.train_view import Controls, TrainView
from musicae_gui.tasks.training_thread import SongLoader
from musicae_gui.views.rows import Row

if TYPE_CHECKING:
    from musicae_gui.services import Services


class TrainController(QObject):
    """Joins the set-up and the queue to a view; `progress` does it for the runs."""

    def __init__(self, view: TrainView, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._services = services
        self.setup = TrainSetup(device=services.preferences.values.compute)
        self._memory = TrainMemory(services.session.state)
        self.setup.restore(self._memory.values)
        self.queue = TrainQueue(services.data_dir, self._loader, self)
        self.progress = TrainProgress(view.progress, services, self.queue, self._memory, self)
        self._refreshed = False
        self._songs: list[TrainSong] = []
        self.queue.changed.connect(self._show_queue)
        self.progress.run_ended.connect(lambda *_run: self._show_measured())
        services.session.songs_selected.connect(self._selection_changed)
        services.session.size_wanted.connect(self.want_size)
        services.tasks.finished.connect(self._work_finished)

    # -- the set-up ------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show everything as it is now; called when the panel comes to the front."""
        self._refreshed = True
        self._show_setup()
        self._show_controls()
        self._refresh_songs()
        self.progress.refresh()

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
        """Another panel asks for the training of this size: it (or its family) alone is ticked, and shown."""
        listed = self.setup.listed(name)
        if listed in self.setup.presets:
            self.setup.chosen = [listed]
            self.setup.current = listed
            self._setup_changed()

    def choose_source(self, source: str) -> None:
        if source != self.setup.source:
            self.setup.source = source
            self._remember()
            self._refresh_songs()

    def change_config(self, config: TrainConfig) -> None:
        self.setup.config = config
        self._remember()
        self._show_about()
        self._show_costs()

    def forget_settings(self) -> None:
        """Back to the settings that suit each size."""
        self.setup.forget_settings()
        self._setup_changed()

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
        self.progress.show_watch()

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
        self._view.choices.show_sizes(rows, setup.current)
        self._view.choices.show_design(setup.current, setup.design(setup.current), setup.edited(setup.current))
        self._view.choices.show_config(setup.config)
        self._show_about()
        self._show_costs()

    def _show_about(self) -> None:
        """What the current size is, where it has no layers to show, and which settings suit it."""
        setup = self.setup
        name = setup.current
        speed = self._speed(name)
        seconds = self._cost(name, self._music, speed).seconds if self._songs and speed else 0.0
        self._view.choices.show_about(
            about_words(setup.presets[name], setup.config, seconds), suits_words(name, setup.suits(name)), setup.touched
        )

    @property
    def _music(self) -> float:
        return sum(song.seconds for song in self._songs)

    def _show_measured(self) -> None:
        """A run has told how fast this computer is."""
        self._show_about()
        self._show_costs()

    def _show_costs(self) -> None:
        problems = self._problems()
        if problems:
            self._view.choices.show_estimate(problems[0], True)
        elif self._songs:
            speeds = {name: self._speed(name) for name in self.setup.chosen}
            costs = [self._cost(name, self._music, speed) for name, speed in speeds.items()]
            self._view.choices.show_estimate(cost_words(costs, all(speeds.values())), False)
        else:
            self._view.choices.show_estimate("", False)
        self._show_controls()

    def _speed(self, name: str) -> float:
        return self._memory.speed(self.setup.presets[name].kind, self.setup.config.device)

    def _cost(self, name: str, music: float, speed: float) -> Cost:
        return cost(self.setup.config_of(name), self.setup.network(name), music, speed)

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
        self._view.choices.show_sources(choices, self.setup.source)
        self._view.choices.show_split(split_words(songs, self.setup.config.seed))
        self._show_about()
        self._show_costs()

    def _selection_changed(self, _keys: list[str]) -> None:
        if self.setup.source == SELECTION:
            self._refresh_songs()

    def _work_finished(self, _task: Any) -> None:
        """Work that was shown to the user, as the reading of dropped songs, may have changed the library."""
        if self._refreshed:
            self._refresh_songs()

    def _show_queue(self) -> None:
        self.progress.show_jobs()
        self._show_controls()

    def _remember(self) -> None:
        self._memory.keep(self.setup)

    def _loader(self, job: Job) -> SongLoader:
        library = self._services.library
        values = job.config.design_dict() or preset(job.config.model).config
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
