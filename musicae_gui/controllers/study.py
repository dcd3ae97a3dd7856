"""The Study panel's controller: begins, watches, stops and resumes studies, and shows those of before."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from core.errors import MusicaeError
from core.i18n import _, ngettext
from core.models.presets import presets
from core.study import StudyConfig, StudyFolder, overrule
from core.study.facts import FINISHED, ORDER, RUNNING, StudyFacts, studies_below, study_facts
from musicae_gui.controllers.study_estimate import time_left
from musicae_gui.controllers.study_report import StudyReport
from musicae_gui.controllers.study_setup import StudySetup
from musicae_gui.controllers.study_view import HeadShown, StatusShown, StudyView
from musicae_gui.controllers.train_estimate import duration
from musicae_gui.tasks.study_thread import StudyThread
from musicae_gui.views.rows import Row

if TYPE_CHECKING:
    from musicae_gui.services import Services

LIST = "study.list"
SHUTDOWN_MS = 60_000
MOST_WARNINGS = 4
LONGEST = 60  # letters of what a stage says of its progress
PACE_AFTER = 20.0  # seconds of work that say something about the computer's pace


class StudyController(QObject):
    """Joins the panel to core's studies; one runs at a time."""

    def __init__(self, view: StudyView, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view, self._services = view, services
        self.setup = StudySetup(services, self._show_setup)
        self.report = StudyReport(view, services)
        self.studies: list[StudyFacts] = []
        self.current = ""  # path of the study that is looked at
        self._thread: StudyThread | None = None
        self._stages: dict[str, float] = {}
        self._done: set[str] = set()
        self._stage, self._stage_title, self._number, self._total = "", "", 0, 0
        self._fraction, self._text = -1.0, ""
        self._warnings: list[str] = []
        self._began, self._estimated = 0.0, 0.0
        services.session.songs_changed.connect(self.setup.look)

    # -- what the user does ----------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Look at songs and studies again, as they may have changed."""
        self.setup.look()
        self._list()

    def start(self) -> None:
        """Begin the study that was set up."""
        try:
            config = self.setup.config()
        except MusicaeError as error:
            self._services.notify(error)
            return
        path = self.setup.folder
        self._remember(path)
        self._run(config, path, notebook=self.setup.notebook)
        self.setup.begun()

    def resume(self) -> None:
        """Go on with the study that is looked at; a finished one gets its report written again."""
        facts = self._facts()
        if facts is not None and facts.state != RUNNING:
            self._run(facts.config, facts.path)

    def pause_or_resume(self) -> None:
        if self._thread is not None:
            commands = self._thread.commands
            if commands.paused:
                commands.resume()
            else:
                commands.pause()
            self._show_status()

    def stop(self) -> None:
        """End after the present step; it can go on later."""
        if self._thread is not None:
            self._thread.commands.stop_and_keep()
            self._show_status()

    def select(self, key: str) -> None:
        """Look at a study."""
        self.current = key
        self._show_current()

    def open(self, path: Path) -> None:
        """Look at a study in a folder of the user's."""
        if study_facts(path) is None:
            self._services.notify(_("There is no study in {path}.").format(path=path), "warning")
            return
        self._remember(path)
        self.current = str(path)
        self._list()

    def forget(self) -> None:
        """Take the study that is looked at off the list where it lies elsewhere; its folder stays."""
        folders = self._folders
        if self.current in folders and not self.running:
            folders.remove(self.current)
            self.current = ""
            self._list()

    def overrule(self, chosen: str, reason: str) -> None:
        """Choose another size than the rule, with a reason, and go on from there."""
        facts = self._facts()
        if facts is None or self.running:
            return
        try:
            overrule(StudyFolder(facts.path), chosen, reason)
        except MusicaeError as error:
            self._services.notify(error)
            return
        self._run(facts.config, facts.path)

    def compare_winner(self) -> None:
        """Open the chosen size's model in Compare."""
        facts = self._facts()
        if facts is not None and facts.chosen:
            session = self._services.session
            session.set_model(str(StudyFolder(facts.path).run(facts.chosen).absolute()))
            session.open_songs("compare", [])

    def train_winner(self) -> None:
        """Take the chosen size to Train."""
        facts = self._facts()
        if facts is not None and facts.chosen:
            self._services.session.train_size(facts.chosen)

    # -- the program's end -------------------------------------------------------------------------------------

    @property
    def running(self) -> Path | None:
        """The folder of the study at work."""
        return self._thread.path if self._thread is not None else None

    def question(self) -> str | None:
        """What to ask before the window closes; None when nothing would be interrupted."""
        if self._thread is None:
            return None
        return _(
            "The study {name} is at work. If you close Musicae now, it stops and keeps what is done; you can go on "
            "with it at the next start. Close Musicae?"
        ).format(name=self._thread.path.name)

    def shut_down(self) -> None:
        """Stop and wait for the study's thread."""
        self.report.close()
        self._services.tasks.cancel(LIST)
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.commands.stop_and_keep()
            # The window goes: no event loop will deliver the thread's last signals.
            thread.disconnect(self)
            thread.wait(SHUTDOWN_MS)

    # -- the study at work ---------------------------------------------------------------------------------------

    def _run(self, config: StudyConfig, path: Path, *, notebook: bool = False) -> None:
        if self._thread is not None:
            self._services.notify(_("One study at a time: stop the other one first, or wait for it."), "warning")
            return
        self._stages = self.setup.stages(config)
        facts = study_facts(path)
        self._done = set(facts.stages) if facts is not None else set()
        self._stage, self._stage_title, self._number, self._total = "", "", 0, len(ORDER) + 1
        self._fraction, self._text, self._warnings = -1.0, _("Loading…"), []
        self._began, self._estimated = time.monotonic(), time_left(self._stages, self._done, "", 0.0)
        thread = StudyThread(config, path, self._services.data_dir, notebook=notebook, parent=self)
        thread.staged.connect(self._staged)
        thread.progressed.connect(self._progressed)
        thread.warned.connect(self._warned)
        thread.stage_done.connect(self._stage_done)
        thread.study_ended.connect(self._ended)
        thread.study_failed.connect(self._failed)
        thread.finished.connect(self._finish)
        self._thread = thread
        self.current = str(path)
        thread.start()
        self._show_current()
        self._list()

    def _staged(self, name: str, title: str, number: int, total: int) -> None:
        self._stage, self._stage_title, self._number, self._total = name, title, number, total
        self._fraction, self._text = -1.0, ""
        self._show_status()

    def _progressed(self, fraction: float, text: str) -> None:
        # Captions of figures are long, and of no more interest than that there are some.
        self._fraction, self._text = fraction, text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
        self._show_status()

    def _warned(self, text: str) -> None:
        self._warnings.append(text)
        self._show_status()

    def _stage_done(self, name: str) -> None:
        self._done.add(name)
        if self._thread is not None and str(self._thread.path) == self.current:
            self.report.show(self._thread.path, again=True)
        self._list()

    def _ended(self) -> None:
        assert self._thread is not None
        took = time.monotonic() - self._began
        if self._estimated > PACE_AFTER:
            self.setup.keep_pace(self.setup.pace * took / self._estimated)
        path = self._thread.path
        self._services.notify(
            _("The study {name} is finished.").format(name=path.name),
            "good",
            action=(_("Read"), lambda: self._read(path)),
        )

    def _failed(self, error: MusicaeError) -> None:
        self._services.notify(error)

    def _finish(self) -> None:
        """The thread has ended, however it did."""
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.deleteLater()
            self._show_current()
            self._list()
            if str(thread.path) == self.current:
                self.report.show(thread.path, again=True)

    def _read(self, path: Path) -> None:
        self._services.session.show_panel("study")
        self.select(str(path))

    # -- showing ---------------------------------------------------------------------------------------------------

    def _list(self) -> None:
        folder, others = self._services.data_dir / "studies", [Path(each) for each in self._folders]

        def read() -> list[StudyFacts]:
            found = {facts.path: facts for facts in studies_below(folder)}
            for path in others:
                if path not in found and (facts := study_facts(path)) is not None:
                    found[path] = facts
            return sorted(found.values(), key=lambda facts: facts.created, reverse=True)

        self._services.tasks.run(lambda _context: read(), done=self._listed, group=LIST)

    def _listed(self, studies: list[StudyFacts]) -> None:
        self.studies = studies
        if not self.current and studies:
            self.current = str(studies[0].path)
        self._view.show_studies([self._row(facts) for facts in studies], self.current)
        self._show_current()

    def _row(self, facts: StudyFacts) -> Row:
        at_work = self._thread is not None and self._thread.path == facts.path
        words, tone = _("stopped, can go on"), "warning"
        if at_work or facts.state == RUNNING:
            words, tone = _("at work"), "accent"
        elif facts.state == FINISHED:
            words, tone = _("finished"), "good"
        parts = [words]
        if facts.songs:
            parts.append(ngettext("{n} song", "{n} songs", facts.songs).format(n=facts.songs))
        if facts.chosen:
            parts.append(facts.chosen)
        fraction = len(facts.stages) / len(ORDER) if facts.state != FINISHED or at_work else -1.0
        return Row(str(facts.path), facts.name, " · ".join(parts), fraction=fraction, tone=tone)

    def _facts(self) -> StudyFacts | None:
        return study_facts(Path(self.current)) if self.current else None

    def _show_current(self) -> None:
        self._show_status()
        facts = self._facts()
        self._view.show_head(_head(facts, busy=self._thread is not None) if facts is not None else None)
        self.report.show(facts.path if facts is not None else None)

    def _show_status(self) -> None:
        thread = self._thread
        if thread is not None:
            self._view.show_status(self._at_work(thread))
            return
        facts = self._facts()
        if facts is None or facts.state == FINISHED:
            self._view.show_status(None)
            return
        done = _("{done} of {total} stages are done.").format(done=len(facts.stages), total=len(ORDER))
        if facts.state == RUNNING:
            done += " " + _("Another program is at work on it.")
        self._view.show_status(StatusShown(facts.name, done, len(facts.stages) / len(ORDER), running=False))

    def _at_work(self, thread: StudyThread) -> StatusShown:
        paused, stopping = thread.commands.paused, bool(thread.commands.stopping)
        left = time_left(self._stages, self._done, self._stage, self._fraction)
        all_seconds = sum(self._stages.values())
        parts = (
            [
                _("stage {number} of {total}: {title}").format(
                    number=self._number, total=self._total, title=self._stage_title
                )
            ]
            if self._stage
            else []
        )
        if stopping:
            parts.append(_("stopping after this step…"))
        elif paused:
            parts.append(_("paused"))
        else:
            parts += [each for each in (self._text, _("about {time} left").format(time=duration(left))) if each]
        fraction = 1 - left / all_seconds if all_seconds and self._stage else -1.0
        return StatusShown(
            thread.path.name,
            " · ".join(parts),
            max(fraction, 0.0) if self._stage else -1.0,
            running=True,
            paused=paused,
            stopping=stopping,
            warnings=self._warnings[-MOST_WARNINGS:],
        )

    def _show_setup(self) -> None:
        self._view.show_setup(self.setup.shown)

    @property
    def _folders(self) -> list[str]:
        own: dict[str, Any] = self._services.session.state.panels.setdefault("study", {})
        folders = own.setdefault("folders", [])
        return folders if isinstance(folders, list) else []

    def _remember(self, path: Path) -> None:
        """Studies below the data folder are found by themselves."""
        if path.parent != self._services.data_dir / "studies" and str(path) not in self._folders:
            self._folders.append(str(path))


def _head(facts: StudyFacts, *, busy: bool) -> HeadShown:
    source = (
        _("the library") if facts.config.library else Path(facts.config.folder).name or _("demo songs, composed for it")
    )
    words = [_("Songs: {source}").format(source=source), _("quick") if facts.config.quick else _("full")]
    if facts.chosen:
        words.append(_("chosen size: {size}").format(size=facts.chosen))
    return HeadShown(
        facts.name,
        " · ".join(words),
        has_report=StudyFolder(facts.path).report_file.is_file(),
        winner=facts.chosen if "training" in facts.stages else "",
        sizes=facts.config.sizes,
        can_overrule=bool(facts.chosen) and not busy and facts.state != RUNNING,
    )


def is_trainable(name: str) -> bool:
    """Train knows the size."""
    return name in [each.name for each in presets()]
