"""The blind test, by keyboard alone: on real songs and real models, without a sound device."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from core.listening import ListeningLog
from core.playback.loudness import loudness
from musicae_gui.controllers.blind import ABX, RANK
from musicae_gui.panels.compare import ComparePanel
from musicae_gui.services import Services
from musicae_gui.views.blind_dialog import BlindDialog
from tests.gui.listen_fixtures import models, no_visqol, services, songs, wait_idle
from tests.gui.widgets import child

__all__ = ["models", "no_visqol", "services", "songs"]
pytestmark = pytest.mark.usefixtures("no_visqol")


@pytest.fixture
def panel(qtbot: QtBot, services: Services, models: list[Path]) -> Iterator[ComparePanel]:
    services.session.state.panels["compare"] = {"touched": True, "files": [str(path) for path in models]}
    services.session.state.compare_models = [str(path) for path in models]
    made = ComparePanel(services)
    qtbot.addWidget(made)
    made.resize(1200, 900)
    made.show()
    wait_idle(qtbot, services, lambda: len(made.controller.rows) == 3 and made.controller.rows[2].is_finished)
    yield made
    services.tasks.shutdown()


@pytest.fixture
def dialog(qtbot: QtBot, panel: ComparePanel, services: Services) -> Iterator[BlindDialog]:
    qtbot.mouseClick(child(panel, "compare.blind"), Qt.MouseButton.LeftButton)
    [made] = panel.findChildren(BlindDialog)
    qtbot.waitExposed(made)
    wait_idle(qtbot, services)
    yield made
    made.close()
    wait_idle(qtbot, services)


def words(parent: QWidget, name: str) -> str:
    label = child(parent, name)
    assert isinstance(label, QLabel | QPushButton | QToolButton)
    return label.text()


def begin(qtbot: QtBot, dialog: BlindDialog, kind: str, trials: int) -> None:
    child(dialog, f"blind.{kind}").setChecked(True)  # type: ignore[attr-defined]
    dialog.setup._trials.setValue(trials)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    page = dialog.abx if kind == ABX else dialog.rank
    qtbot.waitUntil(page.isVisible)


def test_an_abx_test_is_done_by_keys_alone_and_kept(
    qtbot: QtBot, dialog: BlindDialog, services: Services, songs: list[Path]
) -> None:
    begin(qtbot, dialog, ABX, 2)
    for number in (1, 2):
        assert f"{number} of 2" in words(dialog, "blind.progress")
        assert words(dialog, "blind.reveal").strip() == ""
        for key, place in ((Qt.Key.Key_X, 2), (Qt.Key.Key_A, 0), (Qt.Key.Key_B, 1)):
            qtbot.keyClick(dialog, key)
            assert dialog.controller.heard == place
        qtbot.keyClick(dialog, Qt.Key.Key_1)
        assert "original" in words(dialog, "blind.reveal")
        assert "original" in dialog.abx.next.accessibleDescription()
        assert not child(dialog, "blind.x_is_A").isEnabled()
        qtbot.keyClick(dialog, Qt.Key.Key_2)  # an answer is given once
        qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.setup.isVisible)
    answers = ListeningLog(services.data_dir).read().abx
    assert len(answers) == 2
    assert {each.place.song for each in answers} == {services.library.songs()[0].key}
    assert all(each.sound.model and each.sound.channels in (64, 16) for each in answers)
    qtbot.waitUntil(lambda: dialog.setup._table.rowCount() == len({each.sound.key for each in answers}))


def test_what_is_heard_is_hidden_and_equally_loud(qtbot: QtBot, dialog: BlindDialog, services: Services) -> None:
    begin(qtbot, dialog, ABX, 1)
    source = services.player.source
    assert source is not None
    assert services.player.title == "Blind test"
    sounds = []
    for place in range(3):
        dialog.controller.hear(place)
        assert source.name == "hidden"
        sounds.append(source.read(0, source.frames).T)
    from core.audio import Clip

    levels = [loudness(Clip(samples, source.rate)) for samples in sounds]
    assert max(levels) - min(levels) < 0.3
    same = [np.array_equal(sounds[2], sounds[side]) for side in (0, 1)]
    assert sorted(same) == [False, True]
    dialog.controller.answer(same.index(True))
    assert "Right" in words(dialog, "blind.verdict")


def test_a_note_on_a_song_and_size_is_kept_and_shown_again(
    qtbot: QtBot, dialog: BlindDialog, services: Services
) -> None:
    child(dialog, "blind.size.0").setChecked(False)  # type: ignore[attr-defined]
    begin(qtbot, dialog, ABX, 2)
    qtbot.keyClick(dialog, Qt.Key.Key_1)
    note = child(dialog, "blind.note")
    note.setFocus()
    qtbot.keyClicks(note, "x, a and b hiss")  # letters that are commands elsewhere
    qtbot.keyClick(note, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "2 of 2" in words(dialog, "blind.progress"))
    [kept] = ListeningLog(services.data_dir).read().notes
    assert kept.text == "x, a and b hiss"
    qtbot.keyClick(dialog, Qt.Key.Key_2)
    assert child(dialog, "blind.note").text() == "x, a and b hiss"  # type: ignore[attr-defined]


def test_sizes_are_ranked_by_keys_alone(qtbot: QtBot, dialog: BlindDialog, services: Services) -> None:
    begin(qtbot, dialog, RANK, 1)
    assert dialog.rank.order == [0, 1, 2]  # the original and two sizes
    qtbot.keyClick(dialog, Qt.Key.Key_3)
    assert dialog.controller.heard == 2
    qtbot.keyClick(dialog, Qt.Key.Key_Up)
    qtbot.keyClick(dialog, Qt.Key.Key_Up)
    assert dialog.rank.order == [2, 0, 1]
    qtbot.keyClick(dialog, Qt.Key.Key_Down)
    assert dialog.rank.order == [0, 2, 1]
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert "original" in words(dialog, "blind.reveal")
    [ranking] = ListeningLog(services.data_dir).read().rankings
    assert sorted(each.name for each in ranking.order)[-1] == "original"
    assert len(ranking.order) == 3
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.setup.isVisible)


def test_ending_a_test_gives_the_comparison_back(
    qtbot: QtBot, dialog: BlindDialog, panel: ComparePanel, services: Services
) -> None:
    begin(qtbot, dialog, ABX, 3)
    assert not panel.controller.plays_here
    qtbot.keyClick(dialog, Qt.Key.Key_1)
    qtbot.mouseClick(child(dialog, "blind.close"), Qt.MouseButton.LeftButton)
    assert dialog.setup.isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: panel.controller.plays_here)
    assert not services.player.loop
    assert len(ListeningLog(services.data_dir).read().abx) == 1


def test_without_a_size_there_is_nothing_to_start(dialog: BlindDialog) -> None:
    for number in range(2):
        child(dialog, f"blind.size.{number}").setChecked(False)  # type: ignore[attr-defined]
    assert not dialog.start.isEnabled()


def test_every_control_has_a_name_for_screen_readers(dialog: BlindDialog) -> None:
    for kind in (QPushButton, QToolButton):
        for button in dialog.findChildren(kind):
            assert button.accessibleName(), button.objectName()
