"""The workers as one window knows them: when it is made anew, nothing of the old one begins or comes back any more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from musicae_gui.tasks import Task, TaskContext, Tasks

T = TypeVar("T")


class WindowTasks(Tasks):
    """Hands everything on to `tasks`, until it is retired."""

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self._all = tasks
        self._retired = False
        tasks.started.connect(self.started)
        tasks.progressed.connect(self.progressed)
        tasks.finished.connect(self.finished)

    def retire(self, keep: tuple[str, ...] = ()) -> None:
        """Drop what panels wait for (the tasks with a group, but for those to `keep`), and begin nothing more."""
        self._retired = True
        for task in self._all.live:
            if task.group and task.group not in keep:
                task.cancel()

    def run(
        self,
        fn: Callable[[TaskContext], T],
        *,
        done: Callable[[T], None] | None = None,
        failed: Callable[..., None] | None = None,
        progress: Callable[[float, str], None] | None = None,
        report: Callable[[Any], None] | None = None,
        ended: Callable[[], None] | None = None,
        group: str = "",
        title: str = "",
    ) -> Task:
        """As `Tasks.run`; a task of a window that is gone counts as cancelled."""
        if not self._retired:
            return self._all.run(
                fn, done=done, failed=failed, progress=progress, report=report, ended=ended, group=group, title=title
            )
        task = Task(self._all, fn, {}, group, title)
        task.cancel()
        task.finished.set()
        return task

    def cancel(self, group: str) -> None:
        if not self._retired:  # the window that came may use the same name
            self._all.cancel(group)

    @property
    def live(self) -> list[Task]:
        return self._all.live

    def shutdown(self, timeout: float = 10.0) -> bool:
        return self._all.shutdown(timeout)

    def post(self, task: Task, kind: str, value: object) -> None:
        self._all.post(task, kind, value)
