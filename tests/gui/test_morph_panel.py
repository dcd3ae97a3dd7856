"""The Morph panel offscreen: keys, mouse and words of the slider, and that the controls do what they say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from core.latents.ways import WAYS
from musicae_gui import theme
from musicae_gui.panels.morph import MorphPanel
from musicae_gui.services import Services
from musicae_gui.views.morph_slider import mixed
from tests.gui.listen_fixtures import fitted_model, services, songs, wait_idle

__all__ = ["services", "songs"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fitted_model(tmp_path_factory.mktemp("models") / "linear-64.musicae", 64)


@pytest.fixture
def panel(qtbot: QtBot, services: Services, model: Path) -> Iterator[MorphPanel]:
    services.session.set_model(str(model))
    made = MorphPanel(services)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    wait_idle(qtbot, services, lambda: made.controller.pair is not None and made._spectrogram.is_drawn)
    yield made
    services.tasks.shutdown()


def test_the_slider_obeys_keys(qtbot: QtBot, panel: MorphPanel) -> None:
    slider = panel.slider
    slider.setFocus()
    for key, place in (
        (Qt.Key.Key_3, 30),
        (Qt.Key.Key_Right, 31),
        (Qt.Key.Key_Left, 30),
        (Qt.Key.Key_PageUp, 40),
        (Qt.Key.Key_End, 100),
        (Qt.Key.Key_Up, 101),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_Left, -1),
        (Qt.Key.Key_0, 0),
        (Qt.Key.Key_5, 50),
    ):
        qtbot.keyClick(slider, key)
        assert slider.value() == place
        assert panel.controller.at == pytest.approx(place / 100)


def test_the_slider_goes_where_the_mouse_is(qtbot: QtBot, panel: MorphPanel) -> None:
    slider = panel.slider
    y = 24
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(slider.x_of(80)), y))
    assert slider.value() == 80
    qtbot.mouseMove(slider, QPoint(round(slider.x_of(-20)) - 50, y))
    assert slider.value() == -20
    qtbot.mouseMove(slider, QPoint(round(slider.x_of(120)), y))
    assert slider.value() == 120
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(slider.x_of(120)), y))
    qtbot.mouseMove(slider, QPoint(round(slider.x_of(40)), y))
    assert slider.value() == 120
    assert panel.controller.at == pytest.approx(1.2)


def test_the_place_is_said_in_words(panel: MorphPanel) -> None:
    words = {}
    for percent in (-10, 0, 30, 100, 110):
        panel.slider.setValue(percent)
        words[percent] = (panel._percent.text(), panel._place.text())
    assert words == {
        -10: ("−10 %", "beyond A"),
        0: ("0 %", "A alone"),
        30: ("30 %", "of the way to B"),
        100: ("100 %", "B alone"),
        110: ("110 %", "beyond B"),
    }


def test_the_place_has_the_colour_of_the_theme_in_use(panel: MorphPanel) -> None:
    before = theme.is_dark()
    try:
        for choice in ("dark", "light"):
            theme.apply(choice)
            assert mixed(panel.slider.value() / 100).name() in panel._percent.styleSheet()
    finally:
        theme.apply("dark" if before else "light")


def test_moving_the_slider_redraws_the_blend_without_a_blank(
    qtbot: QtBot, panel: MorphPanel, services: Services
) -> None:
    before = panel._spectrogram.grab().toImage()
    panel.slider.setValue(100)
    assert panel._spectrogram.grab().toImage() == before, "the picture stays until the new one is drawn"
    wait_idle(qtbot, services, lambda: panel._spectrogram.is_drawn)
    assert panel._spectrogram.grab().toImage() != before


def test_strips_seek(qtbot: QtBot, panel: MorphPanel, services: Services) -> None:
    strip = panel.sides["b"].spectrogram
    x = strip.plot().left() + strip.plot().width() // 2
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(x, 30))
    assert services.player.seconds == pytest.approx(1.5, abs=0.05)


def test_swap_turns_songs_and_slider_round(qtbot: QtBot, panel: MorphPanel, services: Services) -> None:
    panel.slider.setValue(20)
    a, b = (panel.sides[side].songs.current_key for side in ("a", "b"))
    button = panel.findChild(QAbstractButton, "morph.swap")
    assert button is not None
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    wait_idle(qtbot, services)
    assert (panel.sides["a"].songs.current_key, panel.sides["b"].songs.current_key) == (b, a)
    assert panel.slider.value() == 80


def test_the_way_is_chosen_by_keys(qtbot: QtBot, panel: MorphPanel) -> None:
    box = panel.findChild(QComboBox, "morph.way")
    assert box is not None
    assert [box.itemData(row) for row in range(box.count())] == list(WAYS)
    before = box.toolTip()
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert panel.controller.way == list(WAYS)[1] == box.currentData()
    assert box.toolTip() != before


def test_every_control_is_named(panel: MorphPanel) -> None:
    slider = ("a", "b", "slider", "size.slider", "play", "loop", "model", "length", "way", "export", "swap")
    tools = ("record", "curve", "follow", "clear", "bars", "in_time", "four", "pad", "ruler", "a.part", "c", "c.remove")
    for name in (*slider, *tools):
        widget = panel.findChild(QWidget, f"morph.{name}")
        assert widget is not None, name
        assert widget.accessibleName(), name
        assert widget.toolTip(), name
    assert isinstance(panel.findChild(QWidget, "morph.length"), QComboBox)
    status = panel.findChild(QLabel, "morph.status")
    assert status is not None
    assert status.text()


def test_a_curve_drawn_with_the_mouse_is_followed_until_the_hand_takes_the_slider(
    qtbot: QtBot, panel: MorphPanel, services: Services
) -> None:
    strip = panel.curve
    begin = QPoint(round(strip._x(0.5)), round(strip._y(0.0)))
    end = QPoint(round(strip._x(2.5)), round(strip._y(1.0)))
    qtbot.mousePress(strip, Qt.MouseButton.LeftButton, pos=begin)
    qtbot.mouseMove(strip, (begin + end) / 2)
    qtbot.mouseMove(strip, end)
    qtbot.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=end)
    assert panel.controller.curve.follows
    assert panel.controller.curve.curve.at(1.5) == pytest.approx(0.5, abs=0.05)
    assert panel.tools.follow.isChecked()
    services.player.position.emit(2.5)
    assert panel.slider.value() == pytest.approx(100, abs=3)
    panel.slider.setFocus()
    qtbot.keyClick(panel.slider, Qt.Key.Key_4)
    assert not panel.tools.follow.isChecked()
    services.session.undo_stack.undo()
    assert not panel.curve.curve


def test_the_pad_comes_with_two_more_songs_and_goes_with_them(
    qtbot: QtBot, panel: MorphPanel, services: Services
) -> None:
    assert not panel.pad.isVisible()
    assert not panel.sides["c"].isVisible()
    panel.tools.pad.click()
    wait_idle(qtbot, services)
    assert panel.pad.isVisible()
    assert panel.sides["c"].isVisible()
    panel.pad.setFocus()
    qtbot.keyClick(panel.pad, Qt.Key.Key_7)
    assert panel.slider.value() == 70
    panel.tools.pad.click()
    wait_idle(qtbot, services)
    assert not panel.pad.isVisible()


def test_loop_points_show_on_the_ruler_and_in_the_list(panel: MorphPanel, services: Services) -> None:
    panel._ruler.looped.emit(0.5, 1.5)
    assert services.player.region == (0.5, 1.5)
    assert panel.tools.bars.currentText() == "by hand"
    panel.tools.loop_cleared.emit()
    assert services.player.region is None
    assert panel.tools.bars.currentText() == "whole"
