"""The Compare panel offscreen: what a user sees and does, on real songs and real models."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from core.models.families import families, family_of, whole_model
from core.models.presets import DEFAULT_MODEL, preset
from musicae_gui.panels.compare import ComparePanel
from musicae_gui.services import Services
from musicae_gui.views.size_slider import MarkedSlider
from musicae_gui.views.strips import Strip
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
    wait_idle(qtbot, services, lambda: len(made.controller.rows) == 3 and drawn(made))
    yield made
    services.tasks.shutdown()


def drawn(panel: QWidget) -> bool:
    """Every strip that can be seen shows the present range."""
    strips = [strip for strip in panel.findChildren(Strip) if strip.isVisible()]
    return bool(strips) and all(strip.is_drawn for strip in strips)


def click(qtbot: QtBot, widget: QWidget) -> None:
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_the_original_and_each_model_has_a_row_of_strips(panel: ComparePanel) -> None:
    for index in range(3):
        assert child(panel, f"compare.row.{index}").isVisible()
        assert child(panel, f"compare.row.{index}.spectrogram.strip").isVisible()
    assert child(panel, "compare.row.1.latent.strip").isVisible()
    assert panel.findChild(QWidget, "compare.row.0.latent.strip") is None


def test_views_are_switched_for_all_rows_and_for_one(qtbot: QtBot, panel: ComparePanel) -> None:
    click(qtbot, child(panel, "compare.view.difference"))
    wait_idle(qtbot, panel._services, lambda: drawn(panel))
    assert child(panel, "compare.row.1.difference.strip").isVisible()
    assert child(panel, "compare.row.1.residual.strip").isVisible()
    assert panel.findChild(QWidget, "compare.row.0.difference.strip") is None
    click(qtbot, child(panel, "compare.row.1.difference"))
    assert not child(panel, "compare.row.1.difference.strip").isVisible()
    assert child(panel, "compare.row.2.difference.strip").isVisible()


def test_a_click_on_a_row_hears_it_and_the_strip_seeks(qtbot: QtBot, panel: ComparePanel, services: Services) -> None:
    click(qtbot, child(panel, "compare.row.2.listen"))
    assert panel.controller.heard == panel.controller.rows[2].key
    assert services.player.side == 2
    strip = child(panel, "compare.row.1.spectrogram.strip")
    assert isinstance(strip, Strip)
    x = strip.plot().left() + strip.plot().width() // 3
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(x, 30))
    assert services.player.side == 1
    assert services.player.seconds == pytest.approx(1.0, abs=0.02)
    services.player.toggle_side()
    assert services.player.side == 2
    buttons = panel.findChildren(QToolButton)
    pressed = [b.text() for b in buttons if b.objectName().startswith("compare.ab.") and b.isChecked()]
    assert pressed == ["C"]


def test_zooming_one_strip_zooms_all(qtbot: QtBot, panel: ComparePanel, services: Services) -> None:
    panel.axis.zoom(0.2, 1.0)
    wait_idle(qtbot, services, lambda: drawn(panel))
    click(qtbot, child(panel, "compare.fit"))
    assert panel.axis.is_fitted


def test_the_mouse_over_a_strip_says_the_values(qtbot: QtBot, panel: ComparePanel) -> None:
    strip = child(panel, "compare.row.1.latent.strip")
    qtbot.mouseMove(strip, QPoint(300, 20))
    words = panel.findChild(QWidget, "compare.values").text()  # type: ignore[union-attr]
    assert "channel" in words
    assert "frame" in words
    assert panel.axis.hover is not None


def test_rows_stand_beside_one_another(qtbot: QtBot, panel: ComparePanel, services: Services) -> None:
    click(qtbot, child(panel, "compare.beside"))
    wait_idle(qtbot, services, lambda: drawn(panel))
    first, second = child(panel, "compare.row.0"), child(panel, "compare.row.1")
    assert first.y() == second.y()
    assert first.x() < second.x()
    places = [child(panel, f"compare.row.{index}.spectrogram.strip") for index in (0, 1)]
    tops = [place.mapTo(panel, QPoint(0, 0)).y() for place in places]
    assert tops[0] == tops[1], "equal things are at equal heights"


def test_models_are_ticked_and_removed(qtbot: QtBot, panel: ComparePanel, services: Services) -> None:
    box = panel.findChild(QCheckBox, "compare.model.linear-64")
    assert box is not None
    assert box.isChecked()
    box.setChecked(False)
    assert len(panel.controller.rows) == 2
    box.setChecked(True)
    wait_idle(qtbot, services, lambda: len(panel.controller.rows) == 3 and drawn(panel))
    click(qtbot, child(panel, "compare.row.1.remove"))
    assert not box.isChecked()
    assert len(panel.controller.rows) == 2


def test_untrained_presets_are_greyed_and_offer_training(qtbot: QtBot, panel: ComparePanel, services: Services) -> None:
    name = next(family.name for family in families() if not family.whole.trained)
    box = child(panel, f"compare.model.{name}", QCheckBox)
    assert not box.isEnabled()
    with qtbot.waitSignal(services.session.panel_requested) as asked:
        click(qtbot, child(panel, f"compare.train.{name}"))
    assert asked.args == ["train"]


def test_everything_has_a_name_for_those_who_do_not_see_it(panel: ComparePanel) -> None:
    for button in panel.findChildren(QToolButton):
        if button.objectName().startswith("compare."):
            assert button.accessibleName(), button.objectName()
            assert button.toolTip(), button.objectName()


def test_views_and_layout_are_remembered(qtbot: QtBot, panel: ComparePanel, services: Services) -> None:
    click(qtbot, child(panel, "compare.view.waveform"))
    click(qtbot, child(panel, "compare.show_models"))
    again = ComparePanel(services)
    qtbot.addWidget(again)
    again.show()
    assert not again._tools.views["waveform"].isChecked()
    assert not child(again, "compare.models").isVisible()
    wait_idle(qtbot, services)


def test_the_size_obeys_keys_and_mouse_and_tells_what_it_is(
    qtbot: QtBot, panel: ComparePanel, services: Services
) -> None:
    slider = child(panel, "compare.row.1.size.slider", MarkedSlider)
    assert isinstance(slider, MarkedSlider)
    assert "linear-64" in slider.accessibleName()
    assert "1378 floats/s" in slider.accessibleDescription()
    latent = child(panel, "compare.row.1.latent.strip")
    before = latent.grab().toImage()
    for key, channels in (
        (Qt.Key.Key_Left, 63),
        (Qt.Key.Key_PageDown, 55),
        (Qt.Key.Key_Home, 1),
        (Qt.Key.Key_Right, 2),
        (Qt.Key.Key_End, 64),
    ):
        qtbot.keyClick(slider, key)
        assert panel.controller.rows[1].channels == channels
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(slider.x_of(16)), 10))
    assert panel.controller.rows[1].channels == 16
    words = child(panel, "compare.row.1.size.words").accessibleName()
    assert words == "344 floats/s · 5.5 kbit/s · 1,744 floats in 5 s"
    wait_idle(qtbot, services, lambda: panel.controller.rows[1].is_finished and drawn(panel))
    assert latent.grab().toImage() != before
    bits = child(panel, "compare.row.1.size.bits", QComboBox)
    assert isinstance(bits, QComboBox)
    bits.setCurrentIndex(bits.findData(8))
    bits.activated.emit(bits.currentIndex())
    assert "2.8 kbit/s" in child(panel, "compare.row.1.size.words").accessibleName()
    wait_idle(qtbot, services, lambda: panel.controller.rows[1].is_finished and drawn(panel))
    click(qtbot, child(panel, "compare.row.1.again"))
    wait_idle(qtbot, services, lambda: len(panel.controller.rows) == 4 and drawn(panel))
    assert panel.controller.rows[2].channels == 64


def test_a_row_is_refined_with_the_keyboard_and_shows_it(qtbot: QtBot, panel: ComparePanel, services: Services) -> None:
    row, box = panel.controller.rows[2], child(panel, "compare.row.2.refine", QCheckBox)
    assert isinstance(box, QCheckBox)
    assert box.accessibleName() == "Refine linear-16"
    assert "floats stays" in box.toolTip()
    assert not child(panel, "compare.row.0.refine").isVisible(), "there is nothing to refine in the original"
    cancel = child(panel, "compare.row.2.cancel")
    assert not cancel.isVisible()
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Space)
    assert row.is_refining
    assert cancel.isVisible()
    click(qtbot, cancel)
    assert not box.isChecked()
    assert not cancel.isVisible()
    box.click()
    wait_idle(qtbot, services, lambda: row.refined and drawn(panel))
    assert child(panel, "compare.ab.C").accessibleName() == "Hear linear-16, refined"
    assert not cancel.isVisible()


@pytest.mark.skipif(not preset(DEFAULT_MODEL).trained, reason="the default model is not shipped here")
def test_the_first_start_shows_the_default_model_with_its_sizes_as_one_slider(qtbot: QtBot, services: Services) -> None:
    made = ComparePanel(services)
    qtbot.addWidget(made)
    made.resize(1200, 900)
    made.show()
    wait_idle(qtbot, services, lambda: all(row.judged for row in made.controller.rows) and drawn(made))
    assert [row.key for row in made.controller.rows] == ["", whole_model(DEFAULT_MODEL)[0]]
    family = family_of(DEFAULT_MODEL)
    assert family is not None
    boxes = [box.text() for box in made.findChildren(QCheckBox) if box.text().startswith(family.name)]
    assert boxes == [family.name], "a nested model is offered once"
    slider = child(made, "compare.row.1.size.slider", MarkedSlider)
    assert slider.isVisible()
    assert (slider.minimum(), slider.value(), slider.maximum()) == (1, 64, 64)
