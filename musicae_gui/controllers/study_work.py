"""The study at work: its thread, how far it is, what is left, what went wrong. One at a time."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from core.i18n import _
from core.study import StudyConfig
from core.study.facts import ORDER, study_facts
from musicae_gui.controllers.study_estimate import time_left
from musicae_gui.controllers.study_view import StatusShown
from musicae_gui.controllers.train_estimate import duration
from musicae_gui.tasks.study_thread import StudyThread

SHUTDOWN_MS = 60_000
MOST_WARNINGS = 4
LONGEST = 60  # letters of what a stage says of its progress
PACE_AFTER = 20.0  # expected seconds from which the time that it took says something about this computer


class StudyWork(QObject):
    """Runs studies; all signals come in the GUI thread."""

    changed = Signal()  # another status
    stage_done = Signal(object)  # the study's folder
    ended = Signal(object, float)  # the folder, and how much longer than expected it took (0 where that is not known)
    failed = Signal(object)  # MusicaeError
    left = Signal(object)  # the folder: its thread is gone, however it ended

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: StudyThread | None = None
        self._stages: dict[str, float] = {}
        self._done: set[str] = set()
        self._stage, self._title, self._number, self._total = "", "", 0, 0
        self._fraction, self._text = -1.0, ""
        self._warnings: list[str] = []
        self._began = self._expected = 0.0

    @property
    def path(self) -> Path | None:
        """The folder of the study at work."""
        return self._thread.path if self._thread is not None else None

    def run(
        self, config: StudyConfig, path: Path, data: Path, stages: dict[str, float], *, notebook: bool = False
    ) -> None:
        """Begin a study or go on with it; `stages` are the seconds that each is expected to take."""
        assert self._thread is None
        facts = study_facts(path)
        self._stages, self._done = stages, set(facts.stages) if facts is not None else set()
        self._stage, self._title, self._number, self._total = "", "", 0, len(ORDER) + 1
        self._fraction, self._text, self._warnings = -1.0, _("Loading…"), []
        self._began, self._expected = time.monotonic(), time_left(stages, self._done, "", 0.0)
        thread = StudyThread(config, path, data, notebook=notebook, parent=self)
        thread.staged.connect(self._staged)
        thread.progressed.connect(self._progressed)
        thread.warned.connect(self._warned)
        thread.stage_done.connect(self._stage_ended)
        thread.study_ended.connect(self._ended)
        thread.study_failed.connect(self.failed)
        thread.finished.connect(self._finish)
        self._thread = thread
        thread.start()

    def pause_or_resume(self) -> None:
        if self._thread is not None:
            commands = self._thread.commands
            if commands.paused:
                commands.resume()
            else:
                commands.pause()
            self.changed.emit()

    def stop(self) -> None:
        """End after the present step; it can go on later."""
        if self._thread is not None:
            self._thread.commands.stop_and_keep()
            self.changed.emit()

    def shut_down(self) -> None:
        """Stop, and wait for the thread."""
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.commands.stop_and_keep()
            # The window goes: no event loop will deliver the thread's last signals.
            thread.disconnect(self)
            thread.wait(SHUTDOWN_MS)

    @property
    def status(self) -> StatusShown | None:
        """How far the study is; None while there is none."""
        thread = self._thread
        if thread is None:
            return None
        paused, stopping = thread.commands.paused, bool(thread.commands.stopping)
        left, whole = time_left(self._stages, self._done, self._stage, self._fraction), sum(self._stages.values())
        parts = []
        if self._stage:
            words = _("stage {number} of {total}: {title}")
            parts.append(words.format(number=self._number, total=self._total, title=self._title))
        if stopping:
            parts.append(_("stopping after this step…"))
        elif paused:
            parts.append(_("paused"))
        else:
            parts += [each for each in (self._text, _("about {time} left").format(time=duration(left))) if each]
        return StatusShown(
            thread.path.name,
            " · ".join(parts),
            max(1 - left / whole, 0.0) if self._stage and whole else -1.0,
            running=True,
            paused=paused,
            stopping=stopping,
            warnings=self._warnings[-MOST_WARNINGS:],
        )

    def _staged(self, name: str, title: str, number: int, total: int) -> None:
        self._stage, self._title, self._number, self._total = name, title, number, total
        self._fraction, self._text = -1.0, ""
        self.changed.emit()

    def _progressed(self, fraction: float, text: str) -> None:
        # Captions of figures are long, and of no more interest than that there are some.
        self._fraction, self._text = fraction, text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
        self.changed.emit()

    def _warned(self, text: str) -> None:
        self._warnings.append(text)
        self.changed.emit()

    def _stage_ended(self, name: str) -> None:
        self._done.add(name)
        if self._thread is not None:
            self.stage_done.emit(self._thread.path)

    def _ended(self) -> None:
        if self._thread is not None:
            took = time.monotonic() - self._began
            self.ended.emit(self._thread.path, took / self._expected if self._expected > PACE_AFTER else 0.0)

    def _finish(self) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.deleteLater()
            self.left.emit(thread.path)
