"""The Create panel offscreen: form, heat map under mouse and keys, history and drag do what they say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from core.creations.region import Region
from core.creations.wish import KINDS
from musicae_gui import theme
from musicae_gui.controllers.create_history import recipe_in
from musicae_gui.panels.create import CreatePanel
from musicae_gui.services import Services
from musicae_gui.views.create_history import DragButton
from musicae_gui.views.strips import GUTTER
from tests.gui.create_fixtures import CHANNELS, model, services, songs
from tests.gui.listen_fixtures import wait_idle
from tests.gui.widgets import child

__all__ = ["model", "services", "songs"]

Kind = TypeVar("Kind", bound=QWidget)


@pytest.fixture
def panel(qtbot: QtBot, services: Services) -> Iterator[CreatePanel]:
    made = CreatePanel(services)
    qtbot.addWidget(made)
    made.resize(900, 620)
    made.show()
    wait_idle(qtbot, services, lambda: bool(made.controller.wish.songs))
    yield made
    services.tasks.shutdown()


@pytest.fixture
def opened(qtbot: QtBot, services: Services, panel: CreatePanel) -> CreatePanel:
    """With a creation of one second."""
    choose(panel, "create.kind", "song")
    child(panel, "create.seconds", QDoubleSpinBox).setValue(1.0)
    qtbot.mouseClick(child(panel, "create.make", QAbstractButton), Qt.MouseButton.LeftButton)
    wait_idle(qtbot, services, lambda: panel.controller.editor.heard is not None and panel.latent.is_drawn)
    return panel


def choose(panel: CreatePanel, name: str, value: object) -> None:
    box = child(panel, name, QComboBox)
    row = box.findData(value)
    assert row >= 0, f"{name} has no {value}"
    box.setCurrentIndex(row)
    box.activated.emit(row)


def wait_edited(qtbot: QtBot, services: Services, panel: CreatePanel, edits: str) -> None:
    words = child(panel, "create.edits", QLabel)
    wait_idle(qtbot, services, lambda: words.text() == edits and panel.controller.editor.heard is not None)


def place(panel: CreatePanel, frame: float, channel: float) -> QPoint:
    """The middle of a cell of the heat map."""
    strip = panel.latent
    plot = strip.plot()
    x = panel.axis.to_x((frame + 0.5) / panel._frame_rate, plot.left(), plot.width())
    return QPoint(round(x), round(plot.top() + (channel + 0.5) / CHANNELS * plot.height()))


def drag(qtbot: QtBot, panel: CreatePanel, start: QPoint, end: QPoint) -> None:
    strip = panel.latent
    qtbot.mousePress(strip, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(strip, (start + end) / 2)
    qtbot.mouseMove(strip, end)
    qtbot.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=end)


def test_the_form_shows_what_each_recipe_needs(panel: CreatePanel) -> None:
    fields = {
        "create.song.a": {"song", "around", "continue", "arithmetic"},
        "create.song.c": {"arithmetic"},
        "create.songs": {"average"},
        "create.genre": {"genre"},
        "create.start": {"song", "around", "continue", "arithmetic", "average", "genre"},
        "create.seconds": set(KINDS),
        "create.more": {"continue"},
        "create.distribution": {"random"},
        "create.amount_around": {"around"},
        "create.temperature": {"prior", "continue"},
        "create.seed": {"around", "continue", "prior", "random"},
    }
    for kind in KINDS:
        choose(panel, "create.kind", kind)
        for name, kinds in fields.items():
            assert child(panel, name, QWidget).isVisible() == (kind in kinds), f"{name} of {kind}"


def test_the_form_changes_the_wish(qtbot: QtBot, services: Services, panel: CreatePanel) -> None:
    choose(panel, "create.kind", "around")
    child(panel, "create.amount_around", QAbstractSlider).setValue(70)
    choose(panel, "create.chance", False)
    child(panel, "create.seed", QSpinBox).setValue(41)
    child(panel, "create.start", QDoubleSpinBox).setValue(0.5)
    wish = panel.controller.wish
    assert (wish.kind, wish.amount, wish.like_songs, wish.seed, wish.start) == ("around", 0.7, False, 41, 0.5)
    assert services.session.state.panels["create"]["wish"]["seed"] == 41
    lock = child(panel, "create.lock", QAbstractButton)
    qtbot.mouseClick(lock, Qt.MouseButton.LeftButton)
    assert panel.controller.locked
    assert not child(panel, "create.next", QAbstractButton).isEnabled()


def test_songs_join_and_leave_an_average(qtbot: QtBot, services: Services, panel: CreatePanel) -> None:
    choose(panel, "create.kind", "average")
    keys = [song.key for song in services.library.songs()]
    assert set(panel.controller.wish.songs) == set(keys)
    listed = child(panel, "create.songs", QListWidget)
    listed.setCurrentRow(panel.controller.wish.songs.index(keys[0]))
    qtbot.mouseClick(child(panel, "create.remove_song", QAbstractButton), Qt.MouseButton.LeftButton)
    assert keys[0] not in panel.controller.wish.songs
    panel.form._add.chosen.emit(keys[0])
    assert panel.controller.wish.songs[-1] == keys[0]
    services.session.state.selected = keys[:2]
    qtbot.mouseClick(child(panel, "create.take_selection", QAbstractButton), Qt.MouseButton.LeftButton)
    assert panel.controller.wish.songs == tuple(keys[:2])
    assert listed.count() == 2


def test_a_region_is_dragged_muted_and_seen_as_changed(qtbot: QtBot, services: Services, opened: CreatePanel) -> None:
    strip, latent = opened.latent, opened.controller.editor.latent
    assert latent is not None
    drag(qtbot, opened, place(opened, 4, 2), place(opened, 9, 6))
    assert strip.region == Region(4, 10, 2, 7)
    assert "ch 2–6, " in child(opened, "create.region", QLabel).text()
    before = strip.grab().toImage()
    qtbot.mouseClick(child(opened, "create.mute", QAbstractButton), Qt.MouseButton.LeftButton)
    wait_edited(qtbot, services, opened, "Mute")
    qtbot.waitUntil(lambda: strip.is_drawn and strip.grab().toImage() != before)
    after = opened.controller.editor.latent
    assert after is not None
    assert np.flatnonzero((after.values != latent.values).any(axis=0)).tolist() == list(range(4, 10))
    assert np.flatnonzero((after.values != latent.values).any(axis=1)).tolist() == list(range(2, 7))
    assert strip.region == Region(4, 10, 2, 7), "it stays for the next change"


def test_the_margin_chooses_channels_shift_extends_and_a_click_lets_go(
    qtbot: QtBot, services: Services, opened: CreatePanel
) -> None:
    strip, latent = opened.latent, opened.controller.editor.latent
    assert latent is not None
    drag(qtbot, opened, QPoint(GUTTER // 2, place(opened, 0, 3).y()), QPoint(GUTTER // 2, place(opened, 0, 5).y()))
    assert strip.region == Region(0, latent.frames, 3, 6)
    drag(qtbot, opened, place(opened, 4, 2), place(opened, 6, 3))
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, place(opened, 11, 8))
    assert strip.region == Region(4, 12, 2, 9)
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=place(opened, 10, 8))
    assert child(opened, "create.region", QLabel).text() == "Whole latent"
    assert services.player.seconds == pytest.approx(10.5 / opened._frame_rate, abs=0.02)


def test_a_region_is_chosen_and_changed_by_keys_alone(qtbot: QtBot, services: Services, opened: CreatePanel) -> None:
    strip, latent = opened.latent, opened.controller.editor.latent
    assert latent is not None
    strip.setFocus()
    qtbot.keyClick(strip, Qt.Key.Key_Right)
    first = strip.region
    assert first is not None
    assert (first.low, first.high) == (0, CHANNELS)
    qtbot.keyClick(strip, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    assert strip.region == Region(first.first, first.last, 0, CHANNELS - 1)
    qtbot.keyClick(strip, Qt.Key.Key_Down)
    assert strip.region == Region(first.first, first.last, 1, CHANNELS)
    qtbot.keyClick(strip, Qt.Key.Key_Home)
    assert strip.region is not None
    assert strip.region.first == 0
    qtbot.keyClick(strip, Qt.Key.Key_Right)
    assert strip.region.first == 1
    qtbot.keyClick(strip, Qt.Key.Key_Delete)
    wait_edited(qtbot, services, opened, "Mute")
    qtbot.keyClick(strip, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert strip.region == Region(0, latent.frames, 0, CHANNELS)
    qtbot.keyClick(strip, Qt.Key.Key_Escape)
    assert strip.region is None


@pytest.mark.parametrize(
    ("kind", "amount", "words"),
    [
        ("scale", 0.5, "Scale × 0.5"),
        ("noise", 2.0, "Add noise 2"),
        ("quantise", 3, "Quantise 3 bits"),
        ("shift", -4, "Shift -4"),
        ("stretch", 2.0, "Stretch × 2"),
        ("paste", 50, "Paste"),
    ],
)
def test_changes_with_an_amount(
    qtbot: QtBot, services: Services, opened: CreatePanel, kind: str, amount: float, words: str
) -> None:
    choose(opened, "create.edit", kind)
    child(opened, "create.amount", QDoubleSpinBox).setValue(amount)
    assert child(opened, "create.paste_song", QComboBox).isVisible() == (kind == "paste")
    qtbot.mouseClick(child(opened, "create.apply", QAbstractButton), Qt.MouseButton.LeftButton)
    wait_edited(qtbot, services, opened, words)
    (edit,) = recipe_in(opened.controller.history.all[0]).edits
    assert edit.amount == (0.5 if kind == "paste" else amount)
    reset = child(opened, "create.reset", QAbstractButton)
    assert reset.isVisible()
    qtbot.mouseClick(reset, Qt.MouseButton.LeftButton)
    wait_edited(qtbot, services, opened, "")
    services.session.undo_stack.undo()
    wait_edited(qtbot, services, opened, words)


def test_a_name_is_typed_and_a_star_given(qtbot: QtBot, services: Services, opened: CreatePanel) -> None:
    qtbot.keyClick(opened.history, Qt.Key.Key_F2)
    title = child(opened, "create.title", QLineEdit)
    assert title.selectedText() == title.text()
    qtbot.keyClicks(title, "Mine")
    qtbot.keyClick(title, Qt.Key.Key_Return)
    assert opened.history.rows[0].title == "Mine"
    qtbot.mouseClick(child(opened, "create.star", QAbstractButton), Qt.MouseButton.LeftButton)
    assert opened.history.rows[0].title == "★ Mine"
    qtbot.mouseClick(child(opened, "create.only_starred", QAbstractButton), Qt.MouseButton.LeftButton)
    assert len(opened.history.rows) == 1
    services.session.undo_stack.undo()
    assert opened.history.rows[0].title.startswith("★ ")
    assert opened.history.rows[0].title != "★ Mine"


def test_the_history_is_gone_through_by_keys(qtbot: QtBot, services: Services, opened: CreatePanel) -> None:
    qtbot.mouseClick(child(opened, "create.copy", QAbstractButton), Qt.MouseButton.LeftButton)
    wait_idle(qtbot, services, lambda: len(opened.history.rows) == 2)
    newer, older = [row.key for row in opened.history.rows]
    assert opened.history.current_key == newer
    opened.history.setFocus()
    qtbot.keyClick(opened.history, Qt.Key.Key_Down)
    wait_idle(qtbot, services, lambda: str(opened.controller.history.current.key) == older)  # type: ignore[union-attr]
    qtbot.keyClick(opened.history, Qt.Key.Key_Delete)
    wait_idle(qtbot, services, lambda: [row.key for row in opened.history.rows] == [newer])
    assert opened.history.current_key == newer
    services.session.undo_stack.undo()
    wait_idle(qtbot, services, lambda: len(opened.history.rows) == 2)
    menu = opened.make_menu()
    assert next(action.text() for action in menu.actions() if action.text()) == "Play or stop"


def test_twenty_variations_show_progress_and_can_be_cancelled(
    qtbot: QtBot, services: Services, panel: CreatePanel
) -> None:
    choose(panel, "create.kind", "random")
    qtbot.mouseClick(child(panel, "create.variations", QAbstractButton), Qt.MouseButton.LeftButton)
    cancel = child(panel, "create.cancel", QAbstractButton)
    assert cancel.isVisible()
    assert not child(panel, "create.make", QAbstractButton).isVisible()
    assert panel.about_to_close()
    qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert not cancel.isVisible()
    assert panel.about_to_close() is None
    wait_idle(qtbot, services)
    assert len(panel.history.rows) < 20


def test_it_is_dragged_out_with_the_address_of_its_file(
    qtbot: QtBot, opened: CreatePanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    dragged: list[Path] = []

    def drop(drag: QDrag, _actions: Qt.DropAction) -> Qt.DropAction:
        dragged.extend(Path(url.toLocalFile()) for url in drag.mimeData().urls())
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", drop)
    handle = child(opened, "create.drag", DragButton)
    qtbot.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
    qtbot.mouseMove(handle, QPoint(40, 40))
    qtbot.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    opened.history.startDrag(Qt.DropAction.CopyAction)
    assert len(dragged) == 2
    assert dragged[0] == dragged[1]
    assert dragged[0].suffix == ".wav"
    assert dragged[0].stat().st_size > 20_000


def test_every_control_has_a_name_and_both_themes_are_drawn(qtbot: QtBot, opened: CreatePanel) -> None:
    for kind in KINDS:
        choose(opened, "create.kind", kind)
        for control in (QAbstractButton, QComboBox, QLineEdit, QAbstractSlider, QAbstractSpinBox):
            for widget in opened.findChildren(control):
                named = widget.accessibleName() or getattr(widget, "text", str)()
                assert named or widget.objectName().startswith("qt_") or not widget.isVisible(), widget.objectName()
    strip = opened.latent
    light = strip.grab().toImage()
    try:
        theme.apply("dark")
        qtbot.waitUntil(lambda: strip.is_drawn and strip.grab().toImage() != light)
    finally:
        theme.apply("light")


def test_the_keys_come_back_to_the_button_that_began_the_work(
    qtbot: QtBot, services: Services, panel: CreatePanel
) -> None:
    button, cancel = child(panel, "create.make", QAbstractButton), child(panel, "create.cancel", QAbstractButton)
    panel.activateWindow()
    button.setFocus()
    qtbot.waitUntil(button.hasFocus)
    panel.show_work("Making…")
    assert cancel.hasFocus()
    panel.show_work("Making…", 0.5)
    assert cancel.hasFocus()
    panel.show_work("")
    assert button.hasFocus()
