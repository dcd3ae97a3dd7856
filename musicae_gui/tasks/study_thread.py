"""The study thread: core's `run_study` with its listener turned into signals that do not flood the window."""

from __future__ import annotations

import time
import traceback
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal

from core.errors import Cancelled, MusicaeError
from core.i18n import _
from core.study import StudyConfig, StudyFolder, StudyListener, write_notebook
from core.training.commands import Commands
from musicae_gui.tasks.priority import yield_to_others
from musicae_gui.tasks.training_thread import STACK_BYTES, STEP_INTERVAL, forget_this_thread


class StudyThread(QThread):
    """One study in the background, begun or gone on with. All signals are queued to the thread of their receiver."""

    staged = Signal(str, str, int, int)  # name, title, number and total of the stage that begins
    progressed = Signal(float, str)  # of the stage
    warned = Signal(str)
    stage_done = Signal(str)
    study_ended = Signal()
    study_stopped = Signal()
    study_failed = Signal(object)  # MusicaeError

    def __init__(
        self, config: StudyConfig, path: Path, data: Path, *, notebook: bool = False, parent: QObject | None = None
    ) -> None:
        """config: of a new study; one that goes on has its own."""
        super().__init__(parent)
        self.setObjectName("musicae-study")
        self.setStackSize(STACK_BYTES)
        self.commands = Commands()
        self.path = path
        self._config, self._data, self._notebook = config, data, notebook

    def run(self) -> None:
        yield_to_others()
        try:
            self._study()
        except Cancelled:
            self.study_stopped.emit()
        except MusicaeError as error:
            self.study_failed.emit(error)
        except Exception as error:
            # A fault of ours must not end the program: what is done stays, and the user can report it.
            sentence = _("The study {path} ended by an unexpected fault: {error}").format(
                path=self.path.name, error=error
            )
            details = "".join(traceback.format_exception(error))
            self.study_failed.emit(MusicaeError(sentence, path=self.path, details=details))
        else:
            self.study_ended.emit()
        finally:
            forget_this_thread()

    def _study(self) -> None:
        # Here and not above: it loads torch, which the window does without until a study begins.
        from core.study.run import run_study

        folder = StudyFolder(self.path)
        if self._notebook and not folder.notebook_file.exists():
            write_notebook(folder.notebook_file, self._config, self.path, self._data)
        run_study(self._config, folder, _Relay(self), self.commands, resume=bool(folder.plan()), data=self._data)


class _Relay(StudyListener):
    """Runs in the study's thread; progress is thinned out, everything rarer passes at once."""

    def __init__(self, thread: StudyThread) -> None:
        self._thread = thread
        self._sent = 0.0

    def on_stage(self, name: str, title: str, number: int, total: int) -> None:
        self._sent = 0.0
        self._thread.staged.emit(name, title, number, total)

    def on_progress(self, fraction: float, text: str) -> None:
        now = time.monotonic()
        if now - self._sent >= STEP_INTERVAL or fraction >= 1:
            self._sent = now
            self._thread.progressed.emit(fraction, text)

    def on_warning(self, text: str) -> None:
        self._thread.warned.emit(text)

    def on_stage_done(self, name: str) -> None:
        self._thread.stage_done.emit(name)
