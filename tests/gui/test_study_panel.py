"""The Study panel: set-up, a small study from start to end, paused, stopped, resumed, and read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QScrollArea, QTableWidget, QToolButton
from pytestqt.qtbot import QtBot

from core.audio import Clip, write_wav
from core.listening import Abx, Heard, ListeningLog, Place
from core.study import StudyConfig, StudyFolder
from core.study.facts import FINISHED, ORDER, STOPPED, study_facts
from core.study.report.document import Grid, Picture, Sounds, Words
from musicae_gui.controllers import study_setup
from musicae_gui.controllers.study_estimate import Music, estimate, music_below, time_left
from musicae_gui.panels.study import StudyPanel
from musicae_gui.services import Services
from musicae_gui.views.study_blocks import Figure, block_widget
from musicae_gui.views.study_overrule import OverruleDialog
from tests.gui.train_fixtures import services as make_services
from tests.gui.widgets import child
from tests.tiny_study import TINY

RATE = 22_050
SMALL = replace(TINY, steps_per_epoch=1, most_clusters=3, vae="", opus=())


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three songs of 5.5 s of noise, in one genre."""
    folder = tmp_path_factory.mktemp("genres")
    for number in range(3):
        noise = 0.1 * np.random.default_rng(number).standard_normal((1, round(5.5 * RATE)))
        write_wav(folder / "noise" / f"noise{number}.wav", Clip(noise, RATE))
    return folder


@pytest.fixture
def services(qtbot: QtBot, data_dir: Path) -> Iterator[Services]:
    with make_services(data_dir, []) as made:
        yield made


@pytest.fixture
def panel(qtbot: QtBot, services: Services) -> Iterator[StudyPanel]:
    made = StudyPanel(services)
    qtbot.addWidget(made)
    made.resize(1200, 800)
    made.show()
    made.shown()
    idle(qtbot, services)
    yield made
    made.close_down()
    services.tasks.shutdown()


def idle(qtbot: QtBot, services: Services) -> None:
    qtbot.waitUntil(lambda: not services.tasks.live)


def begun(folder: Path, config: StudyConfig = SMALL) -> StudyFolder:
    """A study that has its plan and nothing else yet."""
    study = StudyFolder(folder)
    study.write_plan({"version": 1, "created": "2026-01-01T00:00:00+00:00", "config": config.to_dict()})
    return study


def test_what_cannot_be_studied_is_said_and_not_started(qtbot: QtBot, panel: StudyPanel, services: Services) -> None:
    estimate_words = child(panel, "study.estimate")
    assert isinstance(estimate_words, QLabel)
    assert "3 songs at least" in estimate_words.text()  # the library is empty
    assert not panel.choices.start.isEnabled()
    panel.controller.setup.choose("source", "folder")
    assert "folder" in estimate_words.text()


def test_the_expected_time_stands_below_the_settings(
    qtbot: QtBot, panel: StudyPanel, services: Services, songs: Path
) -> None:
    setup = panel.controller.setup
    setup.choose("source", "folder")
    setup.choose("folder", str(songs))
    idle(qtbot, services)
    words = child(panel, "study.estimate")
    assert isinstance(words, QLabel)
    assert "3 songs" in words.text()
    assert "about" in words.text()
    assert panel.choices.start.isEnabled()
    setup.choose("quick", False)
    setup.choose("sizes", "9184, 18376")
    assert setup.config().sizes == ("conv-9184", "conv-18376")
    assert setup.config().folder == str(songs)
    setup.choose("sizes", "many")
    assert "no size" in words.text()
    assert not panel.choices.start.isEnabled()


def test_the_demo_songs_take_longer_in_full(panel: StudyPanel) -> None:
    setup = panel.controller.setup
    setup.choose("source", "demo")
    quick = sum(setup.stages(setup.config()).values())
    setup.choose("quick", False)
    assert sum(setup.stages(setup.config()).values()) > 5 * quick


def test_more_of_anything_takes_longer() -> None:
    music = Music(60, 60 * 30.0)
    base = sum(estimate(SMALL, music).values())
    for changed in (
        replace(SMALL, epochs=50),
        replace(SMALL, sizes=("conv-9184", "conv-55112")),
        replace(SMALL, test_clips=40),
        replace(SMALL, variational=20),
        replace(SMALL, clips_a_song=10),
    ):
        assert sum(estimate(changed, music).values()) > base
    assert sum(estimate(SMALL, Music(600, 18_000.0)).values()) > base
    assert sum(estimate(SMALL, music, pace=2.0).values()) == pytest.approx(2 * base)
    assert set(estimate(SMALL, music)) == {*ORDER, "report"}


def test_what_is_behind_is_not_counted_again() -> None:
    stages = {"songs": 10.0, "training": 100.0, "report": 5.0}
    assert time_left(stages, set(), "", 0.0) == 115
    assert time_left(stages, {"songs"}, "training", 0.25) == 80
    assert time_left(stages, {"songs", "training"}, "report", 2.0) == 0


def test_a_folders_music_is_counted_without_decoding(songs: Path) -> None:
    music = music_below(songs)
    assert music.songs == 3
    assert music.seconds == pytest.approx(16.5, rel=0.01)


def test_a_study_is_started_watched_and_read(
    qtbot: QtBot, panel: StudyPanel, services: Services, songs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(study_setup, "quick_config", lambda **given: replace(SMALL, quick=True, **given))
    setup = panel.controller.setup
    setup.choose("source", "folder")
    setup.choose("folder", str(songs))
    idle(qtbot, services)
    qtbot.mouseClick(panel.choices.start, Qt.MouseButton.LeftButton)
    assert panel.controller.work.path is not None
    assert panel.controller.question()
    assert panel.status.isVisible()
    qtbot.waitUntil(lambda: panel.reader.chapter.count() > 0)  # chapters come while it works
    qtbot.waitUntil(lambda: panel.controller.work.path is None, timeout=240_000)
    idle(qtbot, services)
    path = Path(panel.controller.current)
    assert path.parent == services.data_dir / "studies"
    facts = study_facts(path)
    assert facts is not None
    assert (facts.state, facts.songs, facts.stages) == (FINISHED, 3, ORDER)
    assert not panel.status.isVisible()
    assert panel.reader.html.isEnabled()
    titles = [chapter.title for chapter in panel.controller.report.chapters]
    assert titles[0] == "Quality and size"
    panel.reader.chapter_chosen.emit(0)
    qtbot.waitUntil(lambda: bool(panel.reader.figures) and all(each.is_drawn for each in panel.reader.figures))
    services.tasks.cancel("study.read")
    panel.controller.report.export("pdf", services.data_dir / "copy.pdf")
    idle(qtbot, services)
    assert (services.data_dir / "copy.pdf").read_bytes().startswith(b"%PDF")
    song = (StudyFolder(path).result("songs") or {})["songs"][0]
    answer = Abx(Place(song["key"], song["title"], 0.0, 5.0), Heard("klt-344", "hash", 16, 16, 344.5), right=True)
    ListeningLog(services.data_dir).add(answer)
    assert panel.reader.again.isEnabled()
    qtbot.mouseClick(panel.reader.again, Qt.MouseButton.LeftButton)
    assert panel.controller.work.path is not None
    assert not panel.reader.again.isEnabled()  # while it is written
    qtbot.waitUntil(lambda: panel.controller.work.path is None, timeout=240_000)
    idle(qtbot, services)
    assert "klt-344" in StudyFolder(path).report_file.read_text(encoding="utf-8")
    panel.controller.compare_winner()
    assert services.session.model == str(path / "runs" / "conv-9184")


def test_a_stopped_study_can_go_on(qtbot: QtBot, panel: StudyPanel, services: Services, songs: Path) -> None:
    path = services.data_dir / "studies" / "before"
    begun(path, replace(SMALL, folder=str(songs)))
    panel.shown()
    idle(qtbot, services)
    assert panel.list.rows.current_key == str(path)
    assert "can go on" in panel.list.rows.rows[0].detail
    assert panel.status.resume.isVisible()
    qtbot.mouseClick(panel.status.resume, Qt.MouseButton.LeftButton)
    assert panel.controller.work.path == path
    panel.controller.work.pause_or_resume()
    assert panel.status.pause.text() == "Go on"
    panel.controller.work.stop()
    qtbot.waitUntil(lambda: panel.controller.work.path is None)
    idle(qtbot, services)
    facts = study_facts(path)
    assert facts is not None
    assert facts.state == STOPPED


def test_one_study_at_a_time(qtbot: QtBot, panel: StudyPanel, services: Services, songs: Path) -> None:
    for name in ("one", "two"):
        begun(services.data_dir / "studies" / name, replace(SMALL, folder=str(songs)))
    panel.controller.select(str(services.data_dir / "studies" / "one"))
    panel.controller.resume()
    panel.controller.work.pause_or_resume()
    panel.controller.select(str(services.data_dir / "studies" / "two"))
    panel.controller.resume()
    assert "One study at a time" in services.notify.seen[-1][0]  # type: ignore[attr-defined]
    panel.controller.work.stop()
    qtbot.waitUntil(lambda: panel.controller.work.path is None)


def test_a_study_of_a_gone_folder_fails_with_a_sentence(qtbot: QtBot, panel: StudyPanel, services: Services) -> None:
    path = services.data_dir / "studies" / "gone"
    begun(path, replace(SMALL, folder=str(services.data_dir / "nowhere")))
    panel.controller.select(str(path))
    panel.controller.resume()
    qtbot.waitUntil(lambda: panel.controller.work.path is None)
    assert "3 songs" in services.notify.seen[-1][0]  # type: ignore[attr-defined]


def test_studies_elsewhere_are_listed_once_opened(qtbot: QtBot, panel: StudyPanel, services: Services) -> None:
    path = services.data_dir.parent / "elsewhere"
    panel.controller.open(path)
    assert "no study" in services.notify.seen[-1][0]  # type: ignore[attr-defined]
    begun(path)
    panel.controller.open(path)
    idle(qtbot, services)
    assert [row.key for row in panel.list.rows.rows] == [str(path)]
    assert panel.list.forget.isEnabled()
    panel.controller.forget()
    idle(qtbot, services)
    assert panel.list.rows.rows == []
    assert path.is_dir()


def test_another_size_needs_a_reason(qtbot: QtBot) -> None:
    dialog = OverruleDialog(("conv-18376", "conv-9184"), "conv-9184")
    qtbot.addWidget(dialog)
    ok = dialog.buttons.button(dialog.buttons.StandardButton.Ok)
    assert not ok.isEnabled()
    dialog.reason.setPlainText("the voice is clear enough")
    assert ok.isEnabled()
    assert (dialog.chosen, dialog.words) == ("conv-9184", "the voice is clear enough")
    dialog.size_chooser.setCurrentIndex(0)
    dialog.reason.clear()
    assert ok.isEnabled()  # the rule needs none


def test_every_block_of_a_report_has_its_widget(qtbot: QtBot, tmp_path: Path) -> None:
    heard: list[str] = []
    blocks = [
        Words("A sentence."),
        Grid(
            "table",
            ("size", "score", "by"),
            [("conv-9184", "0.5", "a tree"), ("klt", "0.7", "neighbours")],
            "A caption.",
        ),
        Picture("figure", lambda: pytest.fail("not drawn here"), "A figure."),
        Sounds("A clip", [("original", tmp_path / "a.wav"), ("conv-9184", tmp_path / "b.wav")]),
    ]
    widgets = [
        block_widget(number, block, lambda path, label: heard.append(label)) for number, block in enumerate(blocks)
    ]
    for widget in widgets:
        qtbot.addWidget(widget)
        widget.show()
    table = widgets[1].findChild(QTableWidget)
    assert table is not None
    assert table.item(1, 1).text() == "0.7"  # type: ignore[union-attr]
    sides = [Qt.AlignmentFlag(table.item(1, column).textAlignment()) for column in range(3)]  # type: ignore[union-attr]
    right = [bool(side & Qt.AlignmentFlag.AlignRight) for side in sides]
    assert right == [False, True, False]  # numbers end below one another, words begin so
    figure = widgets[2].findChild(Figure)
    assert figure is not None
    figure.show_picture(b"", "It cannot be drawn.")
    assert not figure.is_drawn
    qtbot.mouseClick(widgets[3].findChildren(QPushButton)[1], Qt.MouseButton.LeftButton)
    assert heard == ["A clip: conv-9184"]


def test_a_row_of_sounds_becomes_as_narrow_as_one_of_them_again(qtbot: QtBot, tmp_path: Path) -> None:
    names = [f"resnet-vae-20 beta 1 without dropout {number}" for number in range(6)]
    row = block_widget(0, Sounds("A clip", [(name, tmp_path / f"{name}.wav") for name in names]), lambda *_heard: None)
    page = QScrollArea(widgetResizable=True)
    page.setWidget(row)
    qtbot.addWidget(page)
    page.resize(1600, 400)
    page.show()
    buttons = row.findChildren(QPushButton)
    qtbot.waitUntil(lambda: len({button.y() for button in buttons}) < 6)
    page.resize(buttons[0].sizeHint().width() + 100, 400)
    qtbot.waitUntil(lambda: len({button.y() for button in buttons}) == 6)
    qtbot.waitUntil(lambda: row.width() <= page.viewport().width())
    assert all(button.geometry().right() <= row.width() for button in buttons)


def test_every_control_has_a_name_for_screen_readers(panel: StudyPanel) -> None:
    for kind in (QPushButton, QToolButton):
        for button in panel.findChildren(kind):
            is_sign = button.property("role") == "sign"  # a picture that is no control
            assert is_sign or button.accessibleName() or button.text(), button.objectName()
