"""The Train panel with real trainings: a small network on a second or two of demo songs."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QThread, QTimer
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QMessageBox, QSlider, QWidget
from pytestqt.qtbot import QtBot

from core.models.layers import ConvDesign, ConvLayer
from core.training.run import RunFolder
from musicae_gui.panels.train import TrainPanel
from musicae_gui.services import Services
from musicae_gui.tasks.previews import MOST_KEPT, PreviewFolder
from tests.gui.train_fixtures import Messages, services, write_songs
from tests.gui.widgets import child

LONG = 120_000  # ms; a limit for a machine that is busy with other things, not an expectation
SMALL = ConvDesign((ConvLayer(8, 16, 8), ConvLayer(4, 1, 1)))


@pytest.fixture
def desk(qtbot: QtBot, data_dir: Path, tmp_path: Path) -> Iterator[Services]:
    with services(data_dir, write_songs(tmp_path / "songs", count=3, seconds=2.0)) as made:
        yield made


@pytest.fixture
def panel(qtbot: QtBot, desk: Services) -> Iterator[TrainPanel]:
    made = open_panel(qtbot, desk)
    yield made
    made.close_down()


def open_panel(qtbot: QtBot, desk: Services, *, epochs: int = 3) -> TrainPanel:
    panel = TrainPanel(desk)
    qtbot.addWidget(panel)
    panel.resize(1100, 700)
    panel.show()
    panel.shown()
    controller = panel.controller
    controller.change_config(
        controller.setup.config.replace(
            epochs=epochs, steps_per_epoch=4, batch=2, clip_seconds=0.25, validation_clips=2, threads=1, device="cpu"
        )
    )
    controller.set_design("conv-18376", SMALL)
    qtbot.waitUntil(
        lambda: controller._view is panel and bool(controller._songs) and panel.progress.plot.built, timeout=LONG
    )
    return panel


def press(panel: QWidget, name: str) -> None:
    button = child(panel, name, QAbstractButton)
    assert button.isEnabled(), name
    button.click()


def words(panel: QWidget, name: str) -> str:
    return child(panel, name, QLabel).text()


def wait(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=LONG)


def idle(panel: TrainPanel) -> bool:
    return panel.controller.queue.running is None and not panel.controller._services.tasks.live


def epochs_heard(panel: TrainPanel) -> int:
    slider = panel.findChild(QSlider, "train.listen_epoch")
    assert slider is not None
    return slider.maximum() if panel.progress.listen._epochs else 0  # one more is from before the first step


def messages(desk: Services) -> list[str]:
    assert isinstance(desk.notify, Messages)
    return [text for text, _level in desk.notify.seen]


def test_a_training_runs_in_the_background_and_is_drawn_listed_and_kept(
    qtbot: QtBot, panel: TrainPanel, desk: Services
) -> None:
    beats: list[QThread] = []
    clock = QTimer(panel)
    clock.timeout.connect(lambda: beats.append(QThread.currentThread()))
    clock.start(5)
    press(panel, "train.start")
    job = panel.controller.queue.running
    assert job is not None
    wait(qtbot, lambda: idle(panel))
    assert len(beats) > 10
    run = RunFolder(job.run)
    assert run.state() == "done"
    assert [line["epoch"] for line in run.history()] == [1, 2, 3]
    assert run.best_file.is_file()
    assert panel.progress.plot.shows(str(job.run)) or panel.progress.plot.curve(str(job.run)) is not None
    curve = panel.progress.plot.curve(str(job.run))
    assert curve is not None
    assert curve.epochs[:, 0].tolist() == [1, 2, 3]
    assert [(listed.folder, listed.state) for listed in desk.library.runs()] == [(job.run, "done")]
    assert "is trained" in words(panel, "train.status")
    assert any("is trained" in text for text in messages(desk))
    assert isinstance(desk.notify, Messages)
    wait(qtbot, lambda: not desk.tasks.live)
    with qtbot.waitSignal(desk.session.open_in):
        desk.notify.actions["Open in Compare"]()
    assert desk.session.model == str(job.run)
    assert panel.progress.jobs.rows[0].detail == "finished"


def test_the_network_of_the_table_is_what_is_trained(qtbot: QtBot, panel: TrainPanel) -> None:
    press(panel, "train.start")
    wait(qtbot, lambda: idle(panel))
    document = json.loads((panel.controller.queue.runs_folder / "conv-18376" / "config.json").read_text())
    assert document["model"] == SMALL.to_dict()


def test_two_sizes_are_queued_by_one_click_and_trained_one_after_the_other(qtbot: QtBot, panel: TrainPanel) -> None:
    panel.controller.choose_size("klt-344", True)
    button = panel.findChild(QAbstractButton, "train.start")
    assert button is not None
    assert button.text() == "Train 2 sizes"
    press(panel, "train.start")
    assert [row.title for row in panel.progress.jobs.rows] == ["conv-18376", "klt-344"]
    assert panel.progress.jobs.rows[1].detail == "waiting"
    wait(qtbot, lambda: idle(panel))
    folder = panel.controller.queue.runs_folder
    assert [RunFolder(folder / name).state() for name in ("conv-18376", "klt-344")] == ["done", "done"]
    assert {row.title for row in panel.progress.runs.rows} == {"conv-18376", "klt-344"}
    shown = [panel.progress.plot.curve(row.key) for row in panel.progress.runs.rows]
    assert all(curve is not None and len(curve.epochs) for curve in shown)


@pytest.fixture
def long_panel(qtbot: QtBot, desk: Services) -> Iterator[TrainPanel]:
    made = open_panel(qtbot, desk, epochs=5000)
    yield made
    made.close_down()


def test_pause_holds_the_training_and_going_on_continues_it(qtbot: QtBot, long_panel: TrainPanel) -> None:
    panel = long_panel
    press(panel, "train.start")
    wait(qtbot, lambda: epochs_heard(panel) >= 1)
    press(panel, "train.pause")
    assert words(panel, "train.status").endswith("paused")
    held = panel.controller.progress.watch
    assert held is not None
    step = None
    while held.step != step:  # the step under way is finished, however long it takes
        step = held.step
        qtbot.wait(600)
    qtbot.wait(600)
    assert held.step == step
    press(panel, "train.pause")
    wait(qtbot, lambda: held.step is not None and step is not None and held.step.step > step.step)


def test_stop_and_keep_leaves_a_model_that_can_be_resumed(qtbot: QtBot, long_panel: TrainPanel) -> None:
    panel = long_panel
    press(panel, "train.start")
    job = panel.controller.queue.running
    assert job is not None
    wait(qtbot, lambda: epochs_heard(panel) >= 2)
    press(panel, "train.stop")
    wait(qtbot, lambda: idle(panel))
    run = RunFolder(job.run)
    assert run.state() == "stopped"
    assert run.best_file.is_file()
    assert panel.progress.jobs.rows[0].detail == "stopped"
    done = len(run.history())
    panel.progress.jobs.select(job.id)
    press(panel, "train.job_resume")
    wait(qtbot, lambda: len(run.history()) > done)
    press(panel, "train.stop")
    wait(qtbot, lambda: idle(panel))
    assert [line["epoch"] for line in run.history()] == list(range(1, len(run.history()) + 1))


def test_stop_and_discard_asks_and_then_leaves_nothing(qtbot: QtBot, long_panel: TrainPanel, desk: Services) -> None:
    panel = long_panel
    press(panel, "train.start")
    job = panel.controller.queue.running
    assert job is not None
    wait(qtbot, lambda: epochs_heard(panel) >= 1)
    press(panel, "train.discard")
    assert panel.findChild(QMessageBox, "train.discard_question") is not None
    press(panel, "train.discard_confirmed")
    wait(qtbot, lambda: idle(panel))
    assert not job.run.exists()
    assert panel.progress.jobs.rows == []
    assert desk.library.runs() == []
    assert panel.progress.plot.curve(str(job.run)) is None
    assert epochs_heard(panel) == 0


def test_every_epoch_can_be_heard_and_switched_to_the_original(qtbot: QtBot, panel: TrainPanel, desk: Services) -> None:
    press(panel, "train.start")
    wait(qtbot, lambda: idle(panel))
    assert epochs_heard(panel) == 3
    slider = panel.findChild(QSlider, "train.listen_epoch")
    assert slider is not None
    slider.setValue(0)
    assert "before training" in words(panel, "train.listen_title")
    slider.setValue(1)
    assert "after epoch 1" in words(panel, "train.listen_title")
    press(panel, "train.play_reconstruction")
    wait(qtbot, lambda: desk.player.source is not None)
    assert desk.player.sides == 2
    assert desk.player.side == 1
    assert desk.player.title == "conv-18376, epoch 1"
    press(panel, "train.play_original")
    wait(qtbot, lambda: desk.player.side == 0)


def test_a_preview_is_made_while_the_run_is_paused(qtbot: QtBot, long_panel: TrainPanel) -> None:
    panel = long_panel
    press(panel, "train.start")
    wait(qtbot, lambda: epochs_heard(panel) >= 1)
    press(panel, "train.pause")
    qtbot.wait(100)
    heard = panel.controller.queue.running
    assert heard is not None
    folder = PreviewFolder(heard.run)
    before = {epoch: folder.epoch_file(epoch).stat().st_mtime_ns for epoch in folder.epochs()}
    press(panel, "train.preview")
    wait(
        qtbot,
        lambda: {epoch: folder.epoch_file(epoch).stat().st_mtime_ns for epoch in folder.epochs()} != before,
    )


def test_closing_asks_stops_keeps_and_the_next_start_offers_to_go_on(
    qtbot: QtBot, long_panel: TrainPanel, desk: Services
) -> None:
    panel = long_panel
    press(panel, "train.start")
    job = panel.controller.queue.running
    assert job is not None
    wait(qtbot, lambda: epochs_heard(panel) >= 1)
    question = panel.about_to_close()
    assert question is not None
    assert "conv-18376" in question
    panel.close_down()
    assert not [thread for thread in threading.enumerate() if "training" in thread.name]
    assert RunFolder(job.run).state() == "stopped"
    assert [run.state for run in desk.library.runs()] == ["stopped"]
    done = len(RunFolder(job.run).history())
    again = open_panel(qtbot, desk)
    assert "stopped" in again.progress.jobs.rows[0].detail
    press(again, "train.go_on")
    wait(qtbot, lambda: len(RunFolder(job.run).history()) > done)
    again.close_down()


def test_songs_that_cannot_be_read_end_the_run_with_a_sentence(
    qtbot: QtBot, panel: TrainPanel, desk: Services, tmp_path: Path
) -> None:
    for song in desk.library.songs():
        song.path.unlink()
        desk.library.samples().remove(song.key)
    press(panel, "train.start")
    wait(qtbot, lambda: idle(panel))
    assert "failed" in panel.progress.jobs.rows[0].detail
    assert any("None of the songs" in text for text in messages(desk))


def test_a_run_stopped_while_its_songs_are_decoded_leaves_no_trace(
    qtbot: QtBot, panel: TrainPanel, desk: Services
) -> None:
    press(panel, "train.start")
    panel.controller.queue.stop_and_keep()
    wait(qtbot, lambda: idle(panel))
    job = panel.controller.queue.jobs[0]
    assert job.state == "stopped"
    if not job.run.exists():  # else the songs were decoded before the wish was heard
        assert desk.library.runs() == []
        assert messages(desk) == []


def test_the_speed_measured_improves_the_next_estimate(qtbot: QtBot, panel: TrainPanel) -> None:
    assert "first guess" in words(panel, "train.estimate")
    press(panel, "train.start")
    wait(qtbot, lambda: idle(panel))
    assert "first guess" not in words(panel, "train.estimate")


def test_previews_of_a_very_long_run_are_thinned_out(tmp_path: Path) -> None:
    folder = PreviewFolder(tmp_path)
    folder.path.mkdir()
    for epoch in range(1, MOST_KEPT + 2):
        folder.epoch_file(epoch).touch()
    folder._thin_out()
    kept = folder.epochs()
    assert len(kept) <= MOST_KEPT // 2 + 2
    assert (kept[0], kept[-1]) == (1, MOST_KEPT + 1)


def test_every_control_has_a_name_and_a_tooltip(panel: TrainPanel) -> None:
    for button in panel.findChildren(QAbstractButton):
        if button.isVisibleTo(panel) and button.objectName().startswith("train."):
            assert button.toolTip(), button.objectName()
            assert button.accessibleName() or button.text(), button.objectName()
    assert QApplication.instance() is not None
