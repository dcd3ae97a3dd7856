"""The transport over a real device: what is heard, its position, its end, and a device that dies."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from core.audio import Clip
from core.playback import ClipSource, SwitchSource
from musicae_gui.services import Services
from musicae_gui.window import Window
from tests.gui.listen_fixtures import open_device
from tests.sound_server import NullSink
from tests.tones import pitch

pytestmark = pytest.mark.sound

RATE = 44100


def tone(frequency: float, seconds: float) -> Clip:
    time = np.arange(round(seconds * RATE)) / RATE
    return Clip((0.5 * np.sin(2 * np.pi * frequency * time))[None].astype(np.float32), RATE)


@pytest.fixture
def heard(null_sink: NullSink, window: Window, services: Services, qtbot: QtBot) -> Services:
    open_device(qtbot, services, null_sink)
    return services


def test_what_is_played_arrives_and_the_bar_follows(
    heard: Services, window: Window, null_sink: NullSink, qtbot: QtBot
) -> None:
    player, bar = heard.player, window.transport
    player.play(ClipSource(tone(440, 3.0), name="tone"), title="A tone")
    with null_sink.recording() as recorder:
        qtbot.waitUntil(lambda: player.seconds > 1.0, timeout=20000)
        samples = recorder.samples()[:, 0]
    assert not bar.status.isVisible()
    assert bar.position.value() > 50
    qtbot.waitUntil(lambda: bar.latency.text().endswith("ms") and bar.latency.isVisible())
    loud = samples[np.abs(samples) > 0.01]
    assert len(loud) > RATE // 4
    assert pitch(loud[-RATE // 4 :], RATE) == pytest.approx(440, abs=8)
    with qtbot.waitSignal(player.ended, timeout=20000):
        pass
    assert not player.playing
    assert player.seconds == 0.0
    assert player.starvations == 0


def test_a_b_is_heard_at_once_and_stop_keeps_the_place(
    heard: Services, window: Window, null_sink: NullSink, qtbot: QtBot
) -> None:
    player = heard.player
    player.play(SwitchSource([ClipSource(tone(440, 20.0)), ClipSource(tone(880, 20.0))]))
    qtbot.waitUntil(lambda: player.seconds > 0.5, timeout=20000)
    window.controller.toggle_side()
    before = player.seconds
    with null_sink.recording() as recorder:
        qtbot.waitUntil(lambda: player.seconds > before + 1.0, timeout=20000)
        samples = recorder.samples()[:, 0]
    assert pitch(samples[-RATE // 4 :], RATE) == pytest.approx(880, abs=8)
    window.controller.play_or_stop()
    place = player.seconds
    assert place > 1.5
    window.controller.play_or_stop()
    qtbot.waitUntil(lambda: player.seconds > place + 0.2, timeout=20000)
    player.stop()


def test_a_device_that_dies_is_said_and_the_window_lives_on(
    heard: Services, window: Window, null_sink: NullSink, qtbot: QtBot
) -> None:
    player, words = heard.player, []
    player.trouble.connect(words.append)
    player.play(ClipSource(tone(440, 60.0)), title="A tone")
    qtbot.waitUntil(lambda: player.seconds > 0.3, timeout=20000)
    null_sink.kill()
    try:
        qtbot.waitUntil(lambda: bool(words), timeout=30000)
        assert "device" in words[0]
        qtbot.waitUntil(lambda: not player.playing and window.transport.status.isVisible(), timeout=30000)
        assert window.transport.save.isEnabled()
    finally:
        null_sink.start()
    qtbot.waitUntil(lambda: player.available, timeout=30000)  # found again by itself
    assert not window.transport.status.isVisible()
