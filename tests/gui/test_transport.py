"""The transport: what its controls do to the player, which keys act where, and what is said without a device."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from core.audio import Clip, read_clip
from core.playback import ClipSource, Player, SwitchSource
from musicae_gui.actions import is_free
from musicae_gui.controllers.transport import TransportController, TransportState
from musicae_gui.services import Services
from musicae_gui.views.transport import DeviceChooser, TransportBar, clock
from musicae_gui.window import Window

RATE = 22050


class FakeView:
    def __init__(self) -> None:
        self.state: TransportState | None = None
        self.seconds = -1.0
        self.devices: list[tuple[str, str]] = []
        self.level = -1.0

    def show_state(self, state: TransportState) -> None:
        self.state = state

    def show_position(self, seconds: float) -> None:
        self.seconds = seconds

    def show_devices(self, devices: Sequence[tuple[str, str]], current: str) -> None:
        self.devices = list(devices)

    def show_level(self, level: float) -> None:
        self.level = level


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def view() -> FakeView:
    return FakeView()


@pytest.fixture
def controller(services: Services, view: FakeView, asked: list[str]) -> TransportController:
    return TransportController(view, services, lambda: asked.append("play"))


def noise(seconds: float = 2.0) -> Clip:
    samples = np.random.default_rng(1).uniform(-0.5, 0.5, (2, round(seconds * RATE))).astype(np.float32)
    return Clip(samples, RATE)


@pytest.fixture
def deaf(services: Services) -> Iterator[Services]:
    """Services whose player has looked for a device in vain, also where a sound server runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PULSE_SERVER", "unix:/no/such/socket")
        player = Player("there is no such device")
        assert player.wait_ready(20)
        player.refresh_devices()
        services.player.attach(player)
        if services.player.available:
            pytest.skip("this machine has a sound card")
        yield services
    player.refresh_devices()  # PortAudio would keep the empty list for the tests that follow


def test_play_with_nothing_loaded_asks_the_panel_in_front(controller: TransportController, asked: list[str]) -> None:
    controller.play_or_stop()
    assert asked == ["play"]


def test_what_is_loaded_is_shown_with_title_and_length(
    services: Services, view: FakeView, controller: TransportController
) -> None:
    services.player.load(ClipSource(noise(), RATE), title="A song")
    assert view.state is not None
    assert (view.state.title, view.state.loaded, round(view.state.seconds, 3)) == ("A song", True, 2.0)


def test_seeking_stays_inside_the_song(services: Services, view: FakeView, controller: TransportController) -> None:
    services.player.load(ClipSource(noise(), RATE))
    controller.seek(1.25)
    assert view.seconds == pytest.approx(1.25)
    controller.step(1)
    assert view.seconds == pytest.approx(2.0)
    controller.step(-1)
    assert view.seconds == 0.0


def test_a_and_b_are_switched_back_and_forth(
    services: Services, view: FakeView, controller: TransportController
) -> None:
    sources = [ClipSource(noise(), RATE) for _ in range(3)]
    services.player.load(SwitchSource(sources))
    assert view.state is not None
    assert view.state.sides == 3
    services.player.select_side(2)
    for expected in (0, 2, 0):
        controller.toggle_side()
        assert view.state.side == expected


def test_level_and_loop_are_remembered(services: Services, view: FakeView, controller: TransportController) -> None:
    controller.set_level(0.25)
    controller.toggle_loop()
    again = TransportController(view, services, lambda: None)
    assert view.level == 0.25
    assert services.player.loop
    assert again.can_save is False
    services.player.loop = False  # as a panel's own switch does it
    TransportController(view, services, lambda: None)
    assert not services.player.loop


def test_without_a_device_the_reason_is_said_and_the_sound_can_be_saved(
    deaf: Services, view: FakeView, controller: TransportController, qtbot: QtBot, tmp_path: Path
) -> None:
    assert view.state is not None
    assert "sound" in view.state.status
    clip = noise()
    deaf.player.load(ClipSource(clip, RATE), title='Song: "one/two"')
    deaf.preferences.set("wav_format", "FLOAT")
    assert controller.suggested_name() == "Song- -one-two-.wav"
    controller.save(tmp_path / "out.wav")
    qtbot.waitUntil(lambda: (tmp_path / "out.wav").exists())
    np.testing.assert_array_equal(read_clip(tmp_path / "out.wav").samples, clip.samples)
    deaf.player.play()  # is heard nowhere, and harms nothing
    deaf.player.stop()


def test_the_bar_shows_a_missing_device_with_a_way_out(deaf: Services, window: Window) -> None:
    bar = window.transport
    assert bar.status.isVisible()
    assert bar.status.text() == deaf.player.status
    assert bar.save.isVisible()


def test_space_plays_except_where_a_field_needs_it(window: Window, services: Services, qtbot: QtBot) -> None:
    services.player.load(ClipSource(noise(), RATE))
    pressed: list[int] = []
    services.player.toggle = lambda: pressed.append(1)  # type: ignore[method-assign]
    search = window.findChild(QLineEdit, "library.search")
    assert search is not None
    window.transport.loop.setFocus(Qt.FocusReason.MouseFocusReason)
    qtbot.keyClick(window.transport.loop, Qt.Key.Key_Space)
    assert pressed == [1]
    search.setFocus(Qt.FocusReason.MouseFocusReason)
    qtbot.keyClicks(search, "a b")
    assert search.text() == "a b"
    assert pressed == [1]


def test_space_presses_a_button_that_was_reached_by_tab(window: Window, services: Services, qtbot: QtBot) -> None:
    window.transport.play.setFocus(Qt.FocusReason.MouseFocusReason)
    before = services.player.loop
    qtbot.keyClick(window.transport.play, Qt.Key.Key_Tab)
    assert window.transport.loop.hasFocus()
    qtbot.keyClick(window.transport.loop, Qt.Key.Key_Space)
    assert services.player.loop is not before


def test_letters_act_outside_fields_and_lists(window: Window, services: Services, qtbot: QtBot) -> None:
    window.transport.play.setFocus(Qt.FocusReason.MouseFocusReason)
    qtbot.keyClick(window.transport.play, Qt.Key.Key_L)
    assert services.player.loop
    table: Any = window.panels["library"].table  # type: ignore[attr-defined]
    assert not is_free("L", table, by_tab=False)


def test_clicking_the_groove_goes_there(qtbot: QtBot) -> None:
    bar = TransportBar()
    qtbot.addWidget(bar)
    bar.resize(1200, 80)
    bar.show()
    bar.show_state(TransportState(False, True, "x", 100.0, False, 0, 1, True, "", 30))
    wanted: list[float] = []
    bar.seek_wanted.connect(wanted.append)
    qtbot.mouseClick(bar.position, Qt.MouseButton.LeftButton, pos=bar.position.rect().center())
    assert wanted
    assert wanted[0] == pytest.approx(50.0, abs=1.0)


def test_a_device_with_a_long_name_ends_in_dots_and_is_told_whole(qtbot: QtBot) -> None:
    chooser = DeviceChooser()
    qtbot.addWidget(chooser)
    name = "Predeterminado del sistema"
    chooser.fill([("", name)], "")
    chooser.show()
    chooser.resize(chooser.sizeHint())
    assert chooser.shown_text() == name, "it takes the room that it needs"
    chooser.resize(chooser.minimumWidth(), chooser.height())
    assert chooser.shown_text().endswith("…")
    assert chooser.currentText() == name
    assert name in chooser.toolTip()
    chooser.fill([("", name), ("x", "An interface with a name that no box has room for, channels 1 to 16")], "x")
    assert chooser.sizeHint().width() > chooser.maximumWidth() == 232


def test_times_read_as_on_a_player() -> None:
    assert [clock(seconds) for seconds in (0, 5.25, 65.0, 3723.0)] == ["0:00.0", "0:05.2", "1:05.0", "1:02:03"]
