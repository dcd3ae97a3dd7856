"""The queue at work: one training after another, each in its thread; survives a restart of the program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.errors import MusicaeError, TrainingError
from core.training.queue import Job, JobQueue
from core.training.run import RunFolder
from musicae_gui.tasks.training_thread import SongLoader, TrainingThread

if TYPE_CHECKING:
    from core.training.callbacks import TrainSummary
    from core.training.config import TrainConfig

SHUTDOWN_MS = 120_000  # a step of a large network on a slow processor takes seconds, never minutes


class TrainQueue(QObject):
    """Jobs of one window. `loader` gives, for a job, what decodes its songs in the training thread."""

    changed = Signal()  # jobs, their order or their states
    started = Signal(object, object)  # Job, TrainingThread: connect to its signals now
    ended = Signal(object, object)  # Job, TrainSummary
    failed = Signal(object, object)  # Job, MusicaeError
    idle = Signal()  # nothing runs any more

    def __init__(
        self,
        folder: Path,
        loader: Callable[[Job], SongLoader],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.runs_folder = folder / "runs"
        self._queue = JobQueue(folder)
        self._loader = loader
        self._thread: TrainingThread | None = None
        self._job: Job | None = None
        self._summary: TrainSummary | None = None
        self._error: MusicaeError | None = None
        self._closing = False

    @property
    def jobs(self) -> list[Job]:
        return self._queue.jobs()

    @property
    def running(self) -> Job | None:
        return self._job

    @property
    def paused(self) -> bool:
        return self._thread is not None and self._thread.commands.paused

    @property
    def stopping(self) -> str:
        """ "keep", "discard" or "" of the run under way."""
        return self._thread.commands.stopping if self._thread is not None else ""

    def add(self, configs: Sequence[TrainConfig], songs: Sequence[str]) -> list[Job]:
        """Queue one job a configuration, each with a run folder of its own."""
        jobs = [self._queue.add(config, tuple(songs), self._free_folder(config.model)) for config in configs]
        self.changed.emit()
        return jobs

    def start(self) -> None:
        """Train the first waiting job, unless one is being trained."""
        if self._thread is not None or self._closing:
            return
        job = self._queue.next()
        if job is None:
            self.idle.emit()
            return
        thread = TrainingThread(job.config, job.run, self._loader(job), resume=job.resume, parent=self)
        self._job, self._thread = job, thread
        self._summary, self._error = None, None
        thread.run_ended.connect(self._note_end)
        thread.run_failed.connect(self._note_failure)
        thread.finished.connect(self._finish)
        self.started.emit(job, thread)
        self.changed.emit()
        thread.start()

    def pause(self) -> None:
        if self._thread is not None:
            self._thread.commands.pause()
            self.changed.emit()

    def resume(self) -> None:
        if self._thread is not None:
            self._thread.commands.resume()
            self.changed.emit()

    def stop_and_keep(self) -> None:
        if self._thread is not None:
            self._thread.commands.stop_and_keep()
            self.changed.emit()

    def stop_and_discard(self) -> None:
        if self._thread is not None:
            self._thread.commands.stop_and_discard()
            self.changed.emit()

    def preview_now(self) -> None:
        if self._thread is not None:
            self._thread.commands.preview_now()

    def move(self, job_id: str, by: int) -> None:
        """Let a job take the place of its neighbour in the list."""
        ids = [job.id for job in self.jobs]
        if job_id in ids:
            self._queue.move(job_id, max(0, ids.index(job_id) + by))
            self.changed.emit()

    def remove(self, job_id: str) -> None:
        """Take a job that is not running off the list; what it trained stays."""
        self._queue.remove(job_id)
        self.changed.emit()

    def clear_done(self) -> None:
        """Take what is trained off the list; the runs themselves stay."""
        for job in self.jobs:
            if job.state == "done":
                self._queue.remove(job.id)
        self.changed.emit()

    def requeue(self, job_id: str) -> None:
        """Let a stopped or failed job wait again, to go on from its last epoch."""
        self._queue.requeue(job_id)
        self.changed.emit()

    def shut_down(self) -> None:
        """Stop the run under way with what it has, and let it be resumed at the next start. Waits for the thread."""
        self._closing = True
        thread, job = self._thread, self._job
        if thread is None or job is None:
            return
        wanted_gone = thread.commands.stopping == "discard"
        thread.commands.stop_and_keep()
        thread.wait(SHUTDOWN_MS)
        # The window goes: no event loop will deliver the thread's last signals.
        thread.run_ended.disconnect(self._note_end)
        thread.run_failed.disconnect(self._note_failure)
        thread.finished.disconnect(self._finish)
        self._thread, self._job = None, None
        # A run that just then reached its end is told apart by its folder.
        state = RunFolder(job.run).state()
        if wanted_gone:
            self._queue.finish(job.id, "stopped")
            self._queue.remove(job.id)
        elif state == "done":
            self._queue.finish(job.id, "done")
        else:
            self._queue.requeue(job.id)

    def _note_end(self, summary: TrainSummary) -> None:
        self._summary = summary

    def _note_failure(self, error: MusicaeError) -> None:
        self._error = error

    def _finish(self) -> None:
        """The thread is over and has given up its lock: note how, and go on with the next job."""
        thread, job = self._thread, self._job
        if thread is None or job is None:
            return
        self._thread, self._job = None, None
        thread.deleteLater()
        summary, error = self._summary, self._error
        if summary is not None and summary.state == "discarded":
            self._queue.finish(job.id, "stopped", summary.sentence)
            self._queue.remove(job.id)
        elif summary is not None:
            state = summary.state if summary.state in ("done", "stopped", "failed") else "failed"
            self._queue.finish(job.id, state, summary.sentence)
        elif thread.commands.stopping == "discard":
            self._queue.finish(job.id, "stopped")
            self._queue.remove(job.id)
        else:
            stopped = bool(thread.commands.stopping)
            self._queue.finish(job.id, "stopped" if stopped else "failed", error.sentence if error else "")
        if summary is not None:
            self.ended.emit(job, summary)
        else:
            self.failed.emit(job, error or TrainingError(thread.objectName(), path=job.run))
        self.changed.emit()
        self.start()

    def _free_folder(self, model: str) -> Path:
        """`runs/conv-18376`, `runs/conv-18376-2`, …: the first name no folder and no job has."""
        taken = {job.run for job in self.jobs}
        number = 1
        while True:
            folder = self.runs_folder / (model if number == 1 else f"{model}-{number}")
            if folder not in taken and not folder.exists():
                return folder
            number += 1
