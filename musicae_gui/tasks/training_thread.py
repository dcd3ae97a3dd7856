"""The training thread: core's trainer with its callbacks turned into signals that do not flood the window."""

from __future__ import annotations

import contextlib
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThread, Signal

from core.errors import MusicaeError, TrainingError
from core.i18n import _
from core.training.callbacks import Callbacks
from core.training.commands import Commands
from core.training.run import RunFolder
from musicae_gui.tasks.previews import PreviewFolder
from musicae_gui.tasks.priority import yield_to_others

if TYPE_CHECKING:
    from core.training.callbacks import EpochReport, Plan, Preview, StepReport, TrainSummary
    from core.training.config import TrainConfig
    from core.training.crops import TrainingSong

STACK_BYTES = 16 * 2**20  # macOS gives a thread 512 kB, too little for BLAS
STEP_INTERVAL = 0.1  # seconds between two reports of steps

# Gives the songs, decoded; told how to say what it does, how to warn, and when to give up.
SongLoader = Callable[[Callable[[str], None], Callable[[str], None], Callable[[], bool]], "list[TrainingSong]"]


class TrainingThread(QThread):
    """One run in the background. All signals are queued to the thread of their receiver."""

    said = Signal(str)  # what is being done
    planned = Signal(object)  # Plan
    stepped = Signal(object, object)  # the latest StepReport, and (position in epochs, loss) of all since the last
    epoch_done = Signal(object)  # EpochReport
    previewed = Signal(int)  # epoch; its sound is in the run folder
    warned = Signal(str)
    restarted = Signal(int, float)  # attempt, learning rate
    run_ended = Signal(object)  # TrainSummary
    run_failed = Signal(object)  # MusicaeError

    def __init__(
        self,
        config: TrainConfig,
        run: Path,
        load_songs: SongLoader,
        *,
        resume: bool = False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("musicae-training")
        self.setStackSize(STACK_BYTES)
        self.commands = Commands()
        self.run_path = run
        self._config = config
        self._load_songs = load_songs
        self._resume = resume

    def run(self) -> None:
        yield_to_others()
        try:
            summary = self._train()
        except MusicaeError as error:
            self.run_failed.emit(error)
        except Exception as error:
            # A fault of ours must not end the program: the queue goes on, and the user can report it.
            sentence = _("Training {run} ended by an unexpected fault: {error}").format(
                run=self.run_path.name, error=error
            )
            details = "".join(traceback.format_exception(error))
            self.run_failed.emit(TrainingError(sentence, path=self.run_path, details=details))
        else:
            self.run_ended.emit(summary)
        finally:
            forget_this_thread()

    def _train(self) -> TrainSummary:
        songs = self._load_songs(self.said.emit, self.warned.emit, lambda: bool(self.commands.stopping))
        self.said.emit(_("Loading the training…"))
        # Here and not above: it loads torch, which the window does without until a run begins.
        from core.training.trainer import train

        previews = PreviewFolder(self.run_path)
        if not self._resume:
            previews.discard()
        summary = train(
            self._config,
            songs,
            RunFolder(self.run_path),
            _Relay(self, previews),
            self.commands,
            resume=self._resume,
        )
        if summary.state == "discarded":
            previews.discard()
            with contextlib.suppress(OSError):
                self.run_path.rmdir()
        return summary


class _Relay(Callbacks):
    """Runs in the training thread; steps are gathered, everything rarer passes at once."""

    def __init__(self, thread: TrainingThread, previews: PreviewFolder) -> None:
        self._thread = thread
        self._previews = previews
        self._points: list[tuple[float, float]] = []
        self._latest: StepReport | None = None
        self._sent = 0.0

    def on_status(self, text: str) -> None:
        self._thread.said.emit(text)

    def on_plan(self, plan: Plan) -> None:
        self._thread.planned.emit(plan)

    def on_step(self, report: StepReport) -> None:
        loss = report.losses.get("loss", float("nan"))
        self._points.append((report.step / max(1, report.steps) * report.epochs, loss))
        self._latest = report
        if time.monotonic() - self._sent >= STEP_INTERVAL:
            self._flush()

    def on_epoch(self, report: EpochReport) -> None:
        self._flush()
        self._thread.epoch_done.emit(report)

    def on_preview(self, preview: Preview) -> None:
        try:
            self._previews.save(preview)
        except (MusicaeError, OSError) as error:
            self._thread.warned.emit(
                _("The clip of epoch {epoch} could not be kept: {reason}").format(epoch=preview.epoch, reason=error)
            )
        else:
            self._thread.previewed.emit(preview.epoch)

    def on_warning(self, text: str) -> None:
        self._thread.warned.emit(text)

    def on_restart(self, attempt: int, learning_rate: float) -> None:
        self._points.clear()
        self._previews.keep_until(0)
        self._thread.restarted.emit(attempt, learning_rate)

    def on_end(self, summary: TrainSummary) -> None:
        self._flush()

    def _flush(self) -> None:
        if self._latest is not None and self._points:
            self._thread.stepped.emit(self._latest, self._points)
            self._points = []
            self._sent = time.monotonic()


def forget_this_thread() -> None:
    """Before 3.12, Python lists a thread that it did not start itself for ever once any code asks for its name."""
    listed: dict[int, threading.Thread] = getattr(threading, "_active", {})
    if type(listed.get(threading.get_ident())) is getattr(threading, "_DummyThread", None):
        listed.pop(threading.get_ident(), None)
