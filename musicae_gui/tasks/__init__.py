"""Background work from a panel in one expression: what to do, and what follows in the GUI thread.

    tasks.run(lambda context: read_clip(path), done=self.show_clip, group="compare.clip")

The function runs in a worker thread; `done`, `failed`, `progress` and `report` run in the GUI thread. A task
whose `group` is started again is cancelled and its result dropped: the latest wins.
"""

from __future__ import annotations

import itertools
import queue
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from core.errors import Cancelled, MusicaeError
from core.i18n import _
from musicae_gui.tasks.priority import yield_to_others

T = TypeVar("T")
WORKERS = 4
# Progress reaches the window at most this often (seconds): more repaints than the eye sees would cost fluidity.
PROGRESS_INTERVAL = 0.05


class TaskContext:
    """What the function of a task may tell and ask; used from the worker thread."""

    def __init__(self, task: Task, tasks: Tasks) -> None:
        self._task, self._tasks = task, tasks
        self._last = 0.0

    def cancelled(self) -> bool:
        return self._task.is_cancelled

    def check(self) -> None:
        """Raises Cancelled when the task is no longer wanted."""
        if self._task.is_cancelled:
            raise Cancelled(_("Cancelled."))

    def rest(self, seconds: float) -> None:
        """Wait, as what takes long begins when a slider rests; raises Cancelled when a later task comes meanwhile."""
        if self._task.wait_cancelled(seconds):
            self.check()

    def progress(self, fraction: float, text: str = "") -> None:
        """Tell how far the work is: `fraction` from 0 to 1, or negative where it is not known."""
        now = time.monotonic()
        if now - self._last >= PROGRESS_INTERVAL or fraction >= 1:
            self._last = now
            self._tasks.post(self._task, "progress", (fraction, text))

    def report(self, item: object) -> None:
        """Hand a part of the result to the task's `report` callback; none is lost, their order is kept."""
        self._tasks.post(self._task, "report", item)


class Task:
    """One piece of background work; `cancel()` asks it to stop and drops whatever it still delivers."""

    def __init__(
        self,
        fn: Callable[[TaskContext], Any],
        callbacks: dict[str, Callable[..., None] | None],
        group: str,
        title: str,
    ) -> None:
        self.group = group
        self.title = title
        self.fraction = -1.0
        self.text = ""
        self.fn = fn
        self.callbacks = callbacks
        self.finished = threading.Event()
        self._cancelled = threading.Event()

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        self._cancelled.set()

    def never_begin(self) -> Task:
        """Count as cancelled and finished; returns itself."""
        self.cancel()
        self.finished.set()
        return self

    def wait_cancelled(self, seconds: float) -> bool:
        """Wait up to so long; whether it is cancelled."""
        return self._cancelled.wait(seconds)


class Tasks(QObject):
    """The window's workers. `started`, `progressed` and `finished` tell about tasks that have a title."""

    started = Signal(object)
    progressed = Signal(object)
    finished = Signal(object)
    _posted = Signal(object, str, object)

    def __init__(self, notify: Callable[[MusicaeError], None] | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notify = notify
        self._queue: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._live: list[Task] = []
        self._groups: dict[str, Task] = {}
        self._numbers = itertools.count(1)
        self._closed = False
        self._posted.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        fn: Callable[[TaskContext], T],
        *,
        done: Callable[[T], None] | None = None,
        failed: Callable[[MusicaeError], None] | None = None,
        progress: Callable[[float, str], None] | None = None,
        report: Callable[[Any], None] | None = None,
        ended: Callable[[], None] | None = None,
        group: str = "",
        title: str = "",
    ) -> Task:
        """Run `fn` in a worker thread.

        Args:
            done: gets the result. Not called for a cancelled task.
            failed: gets the error instead of the notification area. Not called for a cancelled task.
            progress: gets what `context.progress` tells, thinned out.
            report: gets each item of `context.report`.
            ended: called last, however the task ended.
            group: starting another task of the same group cancels this one and drops its result.
            title: a few words for the activity line; without it the task is not shown.
        """
        callbacks = {"done": done, "failed": failed, "progress": progress, "report": report, "ended": ended}
        return self.begin(Task(fn, callbacks, group, title))

    def begin(self, task: Task) -> Task:
        """Have `task` run when a worker is free; after `shutdown` it never begins. Returns it."""
        if self._closed:
            return task.never_begin()
        if task.group:
            self.cancel(task.group)
            self._groups[task.group] = task
        self._live.append(task)
        if len(self._threads) < min(WORKERS, len(self._live)):
            thread = threading.Thread(target=self._work, name=f"musicae-task-{next(self._numbers)}", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._queue.put(task)
        if task.title:
            self.started.emit(task)
        return task

    def cancel(self, group: str) -> None:
        """Cancel the task of `group`, if one is under way."""
        task = self._groups.pop(group, None)
        if task is not None:
            task.cancel()

    @property
    def live(self) -> list[Task]:
        """Tasks that are queued or running."""
        return list(self._live)

    def shutdown(self, timeout: float = 10.0) -> bool:
        """Cancel everything and wait for the workers; False when one of them did not end within `timeout` seconds."""
        self._closed = True
        for task in self._live:
            task.cancel()
        for _thread in self._threads:
            self._queue.put(None)
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        ended = not any(thread.is_alive() for thread in self._threads)
        self._threads.clear()
        self._live.clear()
        self._groups.clear()
        return ended

    def post(self, task: Task, kind: str, value: object) -> None:
        """Hand something from a worker to the GUI thread; for TaskContext."""
        if not self._closed:
            self._posted.emit(task, kind, value)

    def _work(self) -> None:
        yield_to_others()
        while (task := self._queue.get()) is not None:
            kind: str
            value: object
            try:
                if task.is_cancelled:
                    raise Cancelled(_("Cancelled."))
                kind, value = "done", task.fn(TaskContext(task, self))
            except Cancelled as error:
                kind, value = "cancelled", error
            except MusicaeError as error:
                kind, value = "failed", error
            except Exception as error:
                # A fault of ours still has to reach the user as a sentence, and the worker has to live on.
                kind, value = "failed", _unexpected(error)
            task.finished.set()
            self.post(task, kind, value)
            del task, value

    @Slot(object, str, object)
    def _deliver(self, task: Task, kind: str, value: Any) -> None:
        if self._closed:
            return
        if kind == "progress":
            if not task.is_cancelled:
                task.fraction, task.text = value
                _call(task.callbacks["progress"], *value)
                if task.title:
                    self.progressed.emit(task)
            return
        if kind == "report":
            if not task.is_cancelled:
                _call(task.callbacks["report"], value)
            return
        if task in self._live:
            self._live.remove(task)
        if self._groups.get(task.group) is task:
            del self._groups[task.group]
        try:
            if not task.is_cancelled:
                if kind == "done":
                    _call(task.callbacks["done"], value)
                elif kind == "failed":
                    (task.callbacks["failed"] or self._notify or _raise)(value)
        finally:
            _call(task.callbacks["ended"])
            if task.title:
                self.finished.emit(task)


def _call(callback: Callable[..., None] | None, *values: object) -> None:
    if callback is not None:
        callback(*values)


def _raise(error: MusicaeError) -> None:
    raise error


def _unexpected(error: Exception) -> MusicaeError:
    sentence = _("Something unexpected went wrong: {error}. The details can be copied into a report.").format(
        error=str(error).strip().rstrip(".") or type(error).__name__
    )
    wrapped = MusicaeError(sentence, details="".join(traceback.format_exception(error)))
    wrapped.__cause__ = error
    return wrapped
