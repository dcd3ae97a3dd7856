"""The Train controller with a view that only remembers what it was shown; no widget, no torch."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from core.models.layers import ConvDesign, ConvLayer
from core.training.config import TrainConfig
from core.training.queue import JobQueue
from core.training.run import RunFolder
from musicae_gui.controllers.train import TrainController
from musicae_gui.services import Services
from tests.gui.train_fixtures import Messages, services, write_songs


class FakeView:
    """Remembers the last arguments of every `show_...`."""

    def __init__(self) -> None:
        self.shown: dict[str, tuple[Any, ...]] = {}
        self.curves: dict[str, bool] = {}

    @property
    def choices(self) -> FakeView:
        return self

    @property
    def progress(self) -> FakeView:
        return self

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("show_", "curve_")):
            return lambda *values: self.shown.__setitem__(name, values)
        raise AttributeError(name)

    def show_curve(self, curve: Any, series: int, shown: bool) -> None:
        self.curves[curve.key] = shown

    def remove_curve(self, key: str) -> None:
        self.curves.pop(key, None)

    def rows(self, part: str) -> Sequence[Any]:
        rows: Sequence[Any] = self.shown[f"show_{part}"][0]
        return rows


@pytest.fixture
def desk(qtbot: QtBot, data_dir: Path, tmp_path: Path) -> Iterator[Services]:
    with services(data_dir, write_songs(tmp_path / "songs", count=4, seconds=1.0)) as made:
        yield made


@pytest.fixture
def view() -> FakeView:
    return FakeView()


@pytest.fixture
def controller(qtbot: QtBot, desk: Services, view: FakeView) -> Iterator[TrainController]:
    made = TrainController(view, desk)
    made.refresh()
    qtbot.waitUntil(lambda: "show_split" in view.shown and not desk.tasks.live)
    yield made
    made.shut_down()


def messages(desk: Services) -> list[tuple[str, str]]:
    assert isinstance(desk.notify, Messages)
    return desk.notify.seen


def test_the_songs_and_how_they_are_divided_are_shown(controller: TrainController, view: FakeView) -> None:
    choices, current = view.shown["show_sources"]
    assert current == "all"
    assert choices[0] == ("all", "The whole library (4 songs)")
    assert "genre:blues" in dict(choices)
    assert view.shown["show_split"][0].startswith("2 songs to learn from, 1 to check with, 1 kept for the test")


def test_a_genre_or_the_selection_narrows_the_songs(
    qtbot: QtBot, controller: TrainController, view: FakeView, desk: Services
) -> None:
    controller.choose_source("genre:blues")
    qtbot.waitUntil(lambda: "One song" in view.shown["show_split"][0])
    keys = [song.key for song in desk.library.songs()][:2]
    desk.session.select_songs(keys)
    controller.choose_source("selection")
    qtbot.waitUntil(lambda: "1 song to learn from, 1 to check" in view.shown["show_split"][0])
    desk.session.select_songs(keys[:1])
    qtbot.waitUntil(lambda: "One song" in view.shown["show_split"][0])


def test_a_source_that_is_gone_becomes_the_whole_library(
    qtbot: QtBot, controller: TrainController, view: FakeView
) -> None:
    controller.choose_source("genre:polka")
    qtbot.waitUntil(lambda: controller.setup.source == "all")
    assert view.shown["show_sources"][1] == "all"


def test_songs_that_arrive_while_the_panel_is_open_are_taken_in(
    qtbot: QtBot, controller: TrainController, view: FakeView, desk: Services, tmp_path: Path
) -> None:
    more = write_songs(tmp_path / "more", count=6, seconds=1.5)
    desk.tasks.run(lambda _context: [desk.library.add(path) for path in more], title="Adding songs")
    qtbot.waitUntil(lambda: "10 songs" in view.shown["show_sources"][0][0][1])


def test_the_button_says_what_it_will_do(controller: TrainController, view: FakeView) -> None:
    assert view.shown["show_controls"][0].start_text == "Train"
    controller.choose_size("klt-1378", True)
    assert view.shown["show_controls"][0].start_text == "Train 2 sizes"
    for name in ("klt-1378", "conv-18376"):
        controller.choose_size(name, False)
    assert not view.shown["show_controls"][0].can_start
    assert view.shown["show_estimate"] == ("Tick at least one size to train.", True)


def test_an_edit_of_the_network_is_shown_and_can_be_undone(
    controller: TrainController, view: FakeView, desk: Services
) -> None:
    design = controller.setup.design("conv-18376")
    assert design is not None
    edited = replace(design, layers=(*design.layers[:-1], ConvLayer(4, 1)))
    controller.edit_design(edited)
    assert view.shown["show_design"] == ("conv-18376", edited, True)
    assert "edited" in next(row.detail for row in view.rows("sizes") if row.key == "conv-18376")
    desk.session.undo_stack.undo()
    assert view.shown["show_design"] == ("conv-18376", design, False)
    desk.session.undo_stack.redo()
    controller.reset_design()
    assert view.shown["show_design"] == ("conv-18376", design, False)


def test_the_search_for_a_size_edits_the_network(controller: TrainController, view: FakeView) -> None:
    controller.solve(12_000)
    design = view.shown["show_design"][1]
    assert isinstance(design, ConvDesign)
    assert abs(design.latent_floats() - 12_000) < 120


def test_a_broken_network_is_said_and_does_not_start(
    controller: TrainController, view: FakeView, desk: Services
) -> None:
    controller.edit_design(ConvDesign((ConvLayer(8, 2, 8),)))
    words, problem = view.shown["show_estimate"]
    assert problem
    assert "leaves values unread" in words
    controller.start()
    assert controller.queue.jobs == []
    assert messages(desk)


def test_a_size_that_another_panel_asks_for_is_ticked_alone_and_highlighted(
    controller: TrainController, view: FakeView, desk: Services
) -> None:
    desk.session.train_size("conv-32151")
    rows, current = view.shown["show_sizes"]
    assert [row.key for row in rows if row.shown] == ["conv-32151"]
    assert current == "conv-32151"
    assert view.shown["show_design"][0] == "conv-32151"


def test_klt_has_no_network_to_edit(controller: TrainController, view: FakeView) -> None:
    controller.look_at_size("klt-689")
    assert view.shown["show_design"] == ("klt-689", None, False)


def test_choices_are_remembered_in_the_session(controller: TrainController, desk: Services, view: FakeView) -> None:
    controller.choose_size("conv-9184", True)
    controller.change_config(controller.setup.config.replace(epochs=9))
    again = TrainController(FakeView(), desk)
    assert again.setup.chosen == ["conv-18376", "conv-9184"]
    assert again.setup.config.epochs == 9


def _interrupted(folder: Path, songs: Sequence[str]) -> None:
    """A queue as a killed program leaves it: a job was running."""
    queue = JobQueue(folder)
    queue.add(TrainConfig(model="conv-9184"), tuple(songs), folder / "runs" / "conv-9184")
    queue.add(TrainConfig(model="klt-344"), tuple(songs), folder / "runs" / "klt-344")
    queue.next()


def test_a_run_that_a_crash_ended_is_shown_as_stopped_and_not_started_by_itself(
    qtbot: QtBot, desk: Services, view: FakeView
) -> None:
    _interrupted(desk.data_dir, [song.key for song in desk.library.songs()])
    controller = TrainController(view, desk)
    controller.refresh()
    rows = view.rows("jobs")
    assert [row.title for row in rows] == ["conv-9184", "klt-344"]
    assert "stopped" in rows[0].detail
    assert rows[1].detail == "waiting"
    assert controller.queue.running is None
    assert view.shown["show_controls"][0].waiting == 2


def test_jobs_are_moved_and_removed(qtbot: QtBot, desk: Services, view: FakeView) -> None:
    _interrupted(desk.data_dir, ["some song"])
    controller = TrainController(view, desk)
    first, second = controller.queue.jobs
    controller.queue.move(second.id, -1)
    assert [row.key for row in view.rows("jobs")] == [second.id, first.id]
    controller.remove_job(second.id)
    assert [row.key for row in view.rows("jobs")] == [first.id]


def test_every_job_gets_a_folder_of_its_own(controller: TrainController) -> None:
    config = TrainConfig(model="conv-9184")
    jobs = controller.queue.add([config, config, TrainConfig(model="klt-344")], ["song"])
    assert [job.run.name for job in jobs] == ["conv-9184", "conv-9184-2", "klt-344"]


def _past_run(folder: Path, name: str, epochs: int) -> Path:
    run = RunFolder(folder / "runs" / name)
    run.write_document({"train": TrainConfig().to_dict(), "result": {"state": "done"}, "split": {"validation": ["v"]}})
    for epoch in range(1, epochs + 1):
        run.append_history({"epoch": epoch, "train_loss": 1 / epoch, "val_loss": 2 / epoch})
    return run.path


def test_runs_of_before_are_listed_and_a_few_are_drawn(qtbot: QtBot, desk: Services, view: FakeView) -> None:
    paths = [_past_run(desk.data_dir, f"run{number}", 3) for number in range(5)]
    (desk.data_dir / "runs" / "damaged").mkdir()
    (desk.data_dir / "runs" / "damaged" / "config.json").write_text("{", encoding="utf-8")
    controller = TrainController(view, desk)
    controller.refresh()
    qtbot.waitUntil(lambda: len(view.curves) == 5)
    assert sum(view.curves.values()) == 3
    rows = {row.key: row for row in view.rows("runs")}
    assert "validation 0.6667 in epoch 3" in rows[str(paths[0])].detail
    hidden = next(key for key, shown in view.curves.items() if not shown)
    controller.progress.show_run(hidden, True)
    assert view.curves[hidden]


def test_a_run_without_a_model_is_not_opened_in_compare(qtbot: QtBot, desk: Services, view: FakeView) -> None:
    path = _past_run(desk.data_dir, "run", 2)
    controller = TrainController(view, desk)
    controller.refresh()
    qtbot.waitUntil(lambda: bool(view.curves))
    with qtbot.assertNotEmitted(desk.session.open_in):
        controller.progress.open_in_compare(str(path))
    assert "nothing to compare" in messages(desk)[-1][0]


def test_a_finished_run_becomes_the_current_model_and_opens_in_compare(
    qtbot: QtBot, desk: Services, view: FakeView
) -> None:
    path = _past_run(desk.data_dir, "run", 2)
    (path / "best.musicae").write_bytes(b"model")
    controller = TrainController(view, desk)
    controller.refresh()
    qtbot.waitUntil(lambda: bool(view.curves))
    with qtbot.waitSignal(desk.session.open_in) as caught:
        controller.progress.open_in_compare(str(path))
    assert caught.args[0] == "compare"
    assert desk.session.model == str(path)


def test_nothing_is_asked_at_closing_while_nothing_is_trained(controller: TrainController) -> None:
    assert controller.question() is None


def test_neither_panel_nor_controller_loads_torch() -> None:
    code = (
        "import sys; import musicae_gui.panels.train; "
        "print([name for name in ('torch', 'scipy', 'sklearn', 'pyqtgraph') if name in sys.modules])"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert output.stdout.strip() == "[]"
