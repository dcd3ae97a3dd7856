"""The map over a real device: what a click, a scrub, a place and a row of clips bring to the ear."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from musicae_gui.panels.map import MapPanel
from musicae_gui.services import Services
from musicae_gui.window import Window
from tests.gui.listen_fixtures import open_device, wait_idle
from tests.gui.map_fixtures import row_of, services, tone_songs
from tests.sound_server import NullSink
from tests.tones import pitch

__all__ = ["services", "tone_songs"]
pytestmark = pytest.mark.sound

RATE = 44100
LEFT, NONE, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def panel(null_sink: NullSink, services: Services, qtbot: QtBot) -> Iterator[MapPanel]:
    """The map in the window, over a device that records."""
    window = Window(services)
    window.resize(1000, 700)
    window.show_panel("map")
    window.show()
    qtbot.waitExposed(window)
    made = window.panels["map"]
    assert isinstance(made, MapPanel)
    open_device(qtbot, services, null_sink)
    wait_idle(qtbot, services, lambda: made.controller.points is not None)
    yield made
    window.put_away()


def heard(qtbot: QtBot, services: Services, null_sink: NullSink, seconds: float = 0.8) -> np.ndarray:
    """Record so much more of what plays now."""
    until = services.player.seconds + seconds
    with null_sink.recording() as recorder:
        qtbot.waitUntil(lambda: services.player.seconds > until or not services.player.playing)
        samples: np.ndarray = recorder.samples()[:, 0]
    return samples


def test_a_click_is_heard_a_scrub_goes_over_and_a_b_brings_the_original(
    qtbot: QtBot, panel: MapPanel, services: Services, null_sink: NullSink
) -> None:
    canvas, player = panel.canvas, services.player
    first, second = (panel.canvas.pixel_of(row_of(panel, song)).toPoint() for song in ("low", "high"))
    qtbot.mousePress(canvas, LEFT, NONE, first)
    qtbot.waitUntil(lambda: player.seconds > 0.3)
    assert pitch(heard(qtbot, services, null_sink)[-RATE // 4 :], RATE) == pytest.approx(220, abs=6)
    assert canvas.marks.playing
    before = player.seconds
    qtbot.mouseMove(canvas, second)
    qtbot.mouseRelease(canvas, LEFT, NONE, second)
    qtbot.waitUntil(lambda: player.seconds > before + 0.4)
    assert pitch(heard(qtbot, services, null_sink, 0.5)[-RATE // 4 :], RATE) == pytest.approx(440, abs=6)
    assert player.seconds > before, "the scrub goes on at the same sample"
    player.toggle_side()
    assert player.source is not None
    assert player.source.name == "original"
    player.stop()
    assert not canvas.marks.playing


def test_an_empty_place_is_not_silent_and_clips_in_a_row_move_the_mark(
    qtbot: QtBot, panel: MapPanel, services: Services, null_sink: NullSink
) -> None:
    canvas, player = panel.canvas, services.player
    qtbot.mousePress(canvas, LEFT, CTRL, QPoint(60, 60))
    qtbot.waitUntil(lambda: player.seconds > 0.2)
    sound = heard(qtbot, services, null_sink, 0.5)
    assert 1e-3 < np.abs(sound).max() <= 1.0
    qtbot.mouseRelease(canvas, LEFT, CTRL, QPoint(60, 60))
    rows = np.array([row_of(panel, "low"), row_of(panel, "low", 1)])
    panel.controller.selection.select(rows)
    panel.bar.play.click()
    qtbot.waitUntil(lambda: panel.controller.current == rows[0])
    player.seek(4.8)
    qtbot.waitUntil(lambda: panel.controller.current == rows[1])
    player.stop()
    assert player.starvations == 0
