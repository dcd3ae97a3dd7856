"""The workers as one window knows them: when it is made anew, nothing of the old one begins or comes back any more."""

from __future__ import annotations

from musicae_gui.tasks import Task, Tasks


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

    def begin(self, task: Task) -> Task:
        """As `Tasks.begin`; a task of a window that is gone never begins."""
        return task.never_begin() if self._retired else self._all.begin(task)

    def cancel(self, group: str) -> None:
        if not self._retired:  # the window that came may use the same name
            self._all.cancel(group)

    @property
    def live(self) -> list[Task]:
        return self._all.live

    def shutdown(self, timeout: float = 10.0) -> bool:
        return self._all.shutdown(timeout)
