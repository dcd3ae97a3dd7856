"""The Study panel's controller: begins, stops and resumes studies, and shows those of before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from core.errors import MusicaeError
from core.i18n import _, ngettext
from core.models.presets import presets
from core.session import texts
from core.study import StudyConfig, StudyFolder, overrule
from core.study.facts import FINISHED, ORDER, RUNNING, StudyFacts, studies_below, study_facts
from musicae_gui.controllers.study_report import StudyReport
from musicae_gui.controllers.study_setup import StudySetup
from musicae_gui.controllers.study_view import HeadShown, StatusShown, StudyView
from musicae_gui.controllers.study_work import StudyWork
from musicae_gui.views.rows import Row

if TYPE_CHECKING:
    from musicae_gui.services import Services

LIST = "study.list"


class StudyController(QObject):
    """Joins the panel to core's studies."""

    def __init__(self, view: StudyView, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view, self._services = view, services
        self.setup = StudySetup(services, self._show_setup)
        self.report = StudyReport(view, services)
        self.work = StudyWork(self)
        self.studies: list[StudyFacts] = []
        self.current = ""  # path of the study that is looked at
        self.work.changed.connect(self._show_status)
        self.work.stage_done.connect(self._stage_done)
        self.work.ended.connect(self._ended)
        self.work.failed.connect(lambda error: services.notify(error))
        self.work.left.connect(self._left)
        services.session.songs_changed.connect(self.setup.look)

    # -- what the user does ------------------------------------------------------------------------------------------

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
        facts = study_facts(Path(self.current)) if self.current else None
        if facts is not None and facts.state != RUNNING:
            self._run(facts.config, facts.path)

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
        if self.current in folders and not self.work.path:
            self._own["folders"] = [folder for folder in folders if folder != self.current]
            self.current = ""
            self._list()

    def overrule(self, chosen: str, reason: str) -> None:
        """Choose another size than the rule, with a reason, and go on from there."""
        if not self.current or self.work.path:
            return
        try:
            overrule(StudyFolder(Path(self.current)), chosen, reason)
        except MusicaeError as error:
            self._services.notify(error)
            return
        self.resume()

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

    # -- the study at work ---------------------------------------------------------------------------------------------

    def question(self) -> str | None:
        """What to ask before the window closes; None when nothing would be interrupted."""
        if self.work.path is None:
            return None
        return _(
            "The study {name} is at work. If you close Musicae now, it stops and keeps what is done; you can go on "
            "with it at the next start. Close Musicae?"
        ).format(name=self.work.path.name)

    def shut_down(self) -> None:
        """Stop, and wait for the study's thread."""
        self.report.close()
        self._services.tasks.cancel(LIST)
        self.work.shut_down()

    def _run(self, config: StudyConfig, path: Path, *, notebook: bool = False) -> None:
        if self.work.path is not None:
            self._services.notify(_("One study at a time: stop the other one first, or wait for it."), "warning")
            return
        self.work.run(config, path, self._services.data_dir, self.setup.stages(config), notebook=notebook)
        self.current = str(path)
        self._show_current()
        self._list()

    def _stage_done(self, path: Path) -> None:
        if str(path) == self.current:
            self.report.show(path, again=True)
        self._list()

    def _ended(self, path: Path, pace: float) -> None:
        if pace:
            self.setup.keep_pace(self.setup.pace * pace)
        self._services.notify(
            _("The study {name} is finished.").format(name=path.name),
            "good",
            action=(_("Read"), lambda: self._read(path)),
        )

    def _left(self, path: Path) -> None:
        self._show_status()
        self._list()
        if str(path) == self.current:
            self.report.show(path, again=True)

    def _read(self, path: Path) -> None:
        self._services.session.show_panel("study")
        self.select(str(path))

    # -- showing -------------------------------------------------------------------------------------------------

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
        at_work = self.work.path == facts.path
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
        """The study that is looked at, as it was listed last."""
        known = next((facts for facts in self.studies if str(facts.path) == self.current), None)
        return known or (study_facts(Path(self.current)) if self.current else None)

    def _show_current(self) -> None:
        self._show_status()
        facts = self._facts()
        elsewhere, busy = self.current in self._folders, self.work.path is not None
        self._view.show_head(_head(facts, busy=busy, elsewhere=elsewhere) if facts is not None else None)
        self.report.show(facts.path if facts is not None else None)

    def _show_status(self) -> None:
        """The study at work, else the one that is looked at where it can go on."""
        status, facts = self.work.status, None if self.work.path else self._facts()
        if facts is not None and facts.state != FINISHED:
            done = _("{done} of {total} stages are done.").format(done=len(facts.stages), total=len(ORDER))
            if facts.state == RUNNING:
                done += " " + _("Another program is at work on it.")
            status = StatusShown(facts.name, done, len(facts.stages) / len(ORDER), running=False)
        self._view.show_status(status)

    def _show_setup(self) -> None:
        self._view.show_setup(self.setup.shown)

    @property
    def _folders(self) -> list[str]:
        return texts(self._own.get("folders"))

    @property
    def _own(self) -> dict[str, Any]:
        own: dict[str, Any] = self._services.session.state.panels.setdefault("study", {})
        return own

    def _remember(self, path: Path) -> None:
        """Studies below the data folder are found by themselves."""
        if path.parent != self._services.data_dir / "studies" and str(path) not in self._folders:
            self._own["folders"] = [*self._folders, str(path)]


def _head(facts: StudyFacts, *, busy: bool, elsewhere: bool) -> HeadShown:
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
        can_rewrite=facts.state == FINISHED and not busy,
        can_forget=elsewhere and not busy,
    )


def is_trainable(name: str) -> bool:
    """Train knows the size."""
    return name in [each.name for each in presets()]
