"""Training jobs waiting for their turn, kept in `queue.json` so that a restart forgets none."""

from __future__ import annotations

import dataclasses
import json
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.errors import TrainingError
from core.files import write_text_atomically
from core.i18n import _
from core.training.config import TrainConfig

FORMAT_VERSION = 1
STATES = ("waiting", "running", "done", "stopped", "failed")


@dataclass(frozen=True)
class Job:
    """One run to be trained: `songs` are content keys or paths, `run` is its folder."""

    id: str
    config: TrainConfig
    songs: tuple[str, ...]
    run: Path
    state: str = "waiting"
    added: str = ""
    resume: bool = False  # it was under way when the program ended, or stopped and queued again
    sentence: str = ""  # how it ended, in words
    details: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        values = dataclasses.asdict(self)
        return {**values, "config": self.config.to_dict(), "run": str(self.run), "songs": list(self.songs)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Job:
        """A saved job.

        Raises:
            KeyError, TypeError, ValueError: it is not one.
        """
        state = values.get("state", "waiting")
        if state not in STATES:
            raise ValueError(state)
        return cls(
            id=str(values["id"]),
            config=TrainConfig.from_dict(dict(values["config"])),
            songs=tuple(str(song) for song in values["songs"]),
            run=Path(str(values["run"])),
            state=state,
            added=str(values.get("added", "")),
            resume=bool(values.get("resume", False)),
            sentence=str(values.get("sentence", "")),
            details=dict(values.get("details") or {}),
        )


class JobQueue:
    """The list of jobs in the data folder `folder`; every change is on the disk when its method returns.

    Opened after a crash or a restart, a job that was running waits again, in its place, to be resumed. A damaged
    file is set aside as `queue.json.damaged` and the queue begins empty. Usable from several threads.
    """

    def __init__(self, folder: Path) -> None:
        self.file = Path(folder) / "queue.json"
        self._lock = threading.RLock()
        self._jobs = self._read()
        interrupted = [job for job in self._jobs if job.state == "running"]
        for job in interrupted:
            self._put(dataclasses.replace(job, state="waiting", resume=True))
        if interrupted:
            self._write()

    def jobs(self) -> list[Job]:
        """All jobs in their order, the finished ones included."""
        with self._lock:
            return list(self._jobs)

    def waiting(self) -> list[Job]:
        return [job for job in self.jobs() if job.state == "waiting"]

    def add(self, config: TrainConfig, songs: list[str] | tuple[str, ...], run: Path, *, resume: bool = False) -> Job:
        """Queue a job at the end."""
        job = Job(
            id=uuid.uuid4().hex[:12],
            config=config,
            songs=tuple(songs),
            run=Path(run),
            added=datetime.now(UTC).isoformat(timespec="seconds"),
            resume=resume,
        )
        self._change(lambda jobs: jobs.append(job))
        return job

    def next(self) -> Job | None:
        """The first waiting job, now marked as running; None when none waits."""
        with self._lock:
            for job in self._jobs:
                if job.state == "waiting":
                    return self._mark(job.id, state="running")
        return None

    def finish(self, job_id: str, state: str, sentence: str = "") -> Job:
        """Note how a job ended ("done", "stopped" or "failed"), or give it back ("waiting")."""
        if state not in STATES:
            raise ValueError(state)
        return self._mark(job_id, state=state, sentence=sentence)

    def requeue(self, job_id: str) -> Job:
        """Let an ended job wait again, to go on where it stopped."""
        return self._mark(job_id, state="waiting", sentence="", resume=True)

    def move(self, job_id: str, position: int) -> None:
        """Put a job at `position` of the whole list."""

        def reorder(jobs: list[Job]) -> None:
            job = jobs.pop(self._index(job_id))
            jobs.insert(max(0, min(position, len(jobs))), job)

        self._change(reorder)

    def remove(self, job_id: str) -> None:
        """Forget a job; its run folder stays.

        Raises:
            TrainingError: it is running, or not in the queue.
        """
        with self._lock:
            if self._jobs[self._index(job_id)].state == "running":
                raise TrainingError(_("This job is being trained; stop it first."))
            self._change(lambda jobs: jobs.pop(self._index(job_id)))

    def _mark(self, job_id: str, **changes: Any) -> Job:
        with self._lock:
            job = dataclasses.replace(self._jobs[self._index(job_id)], **changes)
            self._put(job)
            self._write()
            return job

    def _change(self, change: Callable[[list[Job]], object]) -> None:
        with self._lock:
            change(self._jobs)
            self._write()

    def _put(self, job: Job) -> None:
        self._jobs[self._index(job.id)] = job

    def _index(self, job_id: str) -> int:
        for index, job in enumerate(self._jobs):
            if job.id == job_id:
                return index
        raise TrainingError(_("This job is no longer in the queue."))

    def _write(self) -> None:
        document = {"version": FORMAT_VERSION, "jobs": [job.to_dict() for job in self._jobs]}
        write_text_atomically(self.file, json.dumps(document, indent=2) + "\n")

    def _read(self) -> list[Job]:
        try:
            document = json.loads(self.file.read_text(encoding="utf-8"))
            return [Job.from_dict(dict(values)) for values in document["jobs"]]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError):
            if self.file.exists():
                self.file.replace(self.file.with_name("queue.json.damaged"))
            return []
