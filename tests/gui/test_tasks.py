"""Background tasks: their callbacks come in order and in the GUI thread, and the latest of a group wins."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from core.errors import LibraryError, MusicaeError
from musicae_gui.tasks import TaskContext, Tasks
from musicae_gui.tasks.window_tasks import WindowTasks


@pytest.fixture
def errors() -> list[MusicaeError]:
    return []


@pytest.fixture
def tasks(qtbot: QtBot, errors: list[MusicaeError]) -> Iterator[Tasks]:
    made = Tasks(errors.append)
    yield made
    assert made.shutdown(5)


def test_reports_and_result_arrive_in_order_in_the_gui_thread(tasks: Tasks, qtbot: QtBot) -> None:
    log: list[tuple[str, object]] = []
    here = threading.get_ident()

    def work(context: TaskContext) -> int:
        assert threading.get_ident() != here
        for number in range(50):
            context.report(number)
        return 50

    def note(kind: str) -> None:
        log.append((kind, threading.get_ident() == here))

    tasks.run(work, report=lambda item: note(f"{item}"), done=lambda _r: note("done"), ended=lambda: note("ended"))
    qtbot.waitUntil(lambda: ("ended", True) in log)
    assert log == [(str(number), True) for number in range(50)] + [("done", True), ("ended", True)]


def test_the_newest_task_of_a_group_wins_even_when_an_older_one_ends_later(tasks: Tasks, qtbot: QtBot) -> None:
    old_may_end, results = threading.Event(), []

    def old(_context: TaskContext) -> str:
        old_may_end.wait(5)
        return "old"

    first = tasks.run(old, done=results.append, group="g")
    tasks.run(lambda _context: "new", done=results.append, group="g")
    qtbot.waitUntil(lambda: results == ["new"])
    old_may_end.set()
    assert first.finished.wait(5)
    qtbot.waitUntil(lambda: not tasks.live)
    assert results == ["new"]


def test_every_error_reaches_the_user_as_a_sentence(tasks: Tasks, qtbot: QtBot, errors: list[MusicaeError]) -> None:
    def known(_context: TaskContext) -> None:
        raise LibraryError("The library is closed.")

    def unknown(_context: TaskContext) -> None:
        raise RuntimeError("CUDA out of memory")

    tasks.run(known)
    qtbot.waitUntil(lambda: len(errors) == 1)
    tasks.run(unknown)
    qtbot.waitUntil(lambda: len(errors) == 2)
    assert errors[0].sentence == "The library is closed."
    assert "CUDA out of memory" in errors[1].sentence
    assert "Traceback" in errors[1].details


def test_a_cancelled_task_delivers_nothing_but_its_end(tasks: Tasks, qtbot: QtBot, errors: list[MusicaeError]) -> None:
    seen: list[str] = []
    started = threading.Event()

    def work(context: TaskContext) -> None:
        started.set()
        while True:
            context.check()
            context.report("part")

    task = tasks.run(work, done=lambda _r: seen.append("done"), ended=lambda: seen.append("ended"))
    assert started.wait(5)
    task.cancel()
    qtbot.waitUntil(lambda: "ended" in seen)
    assert seen == ["ended"]
    assert errors == []


def test_a_task_that_rests_begins_when_no_later_one_of_its_group_has_come(tasks: Tasks, qtbot: QtBot) -> None:
    begun: list[int] = []

    def work(context: TaskContext, number: int) -> None:
        context.rest(30.0 if number < 3 else 0.0)
        begun.append(number)

    for number in range(4):
        tasks.run(lambda context, number=number: work(context, number), group="slider")  # type: ignore[misc]
    qtbot.waitUntil(lambda: not tasks.live)
    assert begun == [3]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a priority a thread")
def test_the_window_and_the_sound_come_before_background_tasks(tasks: Tasks, qtbot: QtBot) -> None:
    seen: list[int] = []
    tasks.run(lambda _context: os.getpriority(os.PRIO_PROCESS, threading.get_native_id()), done=seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[0] > os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_a_finished_task_runs_the_next_in_the_queue(tasks: Tasks, qtbot: QtBot) -> None:
    results: list[int] = []
    for number in range(40):
        tasks.run(lambda _context, number=number: number, done=results.append)  # type: ignore[misc]
    qtbot.waitUntil(lambda: len(results) == 40)
    assert sorted(results) == list(range(40))
    assert not tasks.live


def test_shutdown_tells_of_a_worker_that_hangs(qtbot: QtBot) -> None:
    tasks, started, release = Tasks(), threading.Event(), threading.Event()

    def hang(_context: TaskContext) -> None:
        started.set()
        release.wait(10)

    task = tasks.run(hang)
    assert started.wait(5)
    assert not tasks.shutdown(0.05)
    release.set()
    assert task.finished.wait(5)
    for thread in threading.enumerate():
        if thread.name.startswith("musicae-task"):
            thread.join(5)


def test_after_shutdown_nothing_is_started(qtbot: QtBot) -> None:
    tasks, seen = Tasks(), []
    assert tasks.shutdown()
    tasks.run(lambda _context: seen.append(1))
    assert seen == []


def test_of_a_window_that_is_made_anew_only_what_is_kept_comes_back(tasks: Tasks, qtbot: QtBot) -> None:
    old, new = WindowTasks(tasks), WindowTasks(tasks)
    go_on, seen, ended, shown = threading.Event(), [], [], []
    new.started.connect(lambda task: shown.append(task.title))

    def work(_context: TaskContext) -> None:
        assert go_on.wait(60)

    for group in ("panel", "kept", ""):
        old.run(work, done=lambda _r, group=group: seen.append(group), ended=lambda: ended.append(1), group=group)  # type: ignore[misc]
    old.retire(keep=("kept",))
    late = old.run(lambda _context: seen.append("late"), group="panel", title="late")
    assert late.is_cancelled
    assert late.finished.is_set()
    new.run(lambda _context: None, done=lambda _r: seen.append("new"), group="panel", title="new")
    old.cancel("panel")
    go_on.set()
    qtbot.waitUntil(lambda: len(ended) == 3 and "new" in seen)
    assert sorted(seen) == ["", "kept", "new"]
    assert shown == ["new"]
