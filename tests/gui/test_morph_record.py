"""Recording in Morph, through a real sound server: the sound becomes a file, the hand's movement a curve."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from core.audio import read_clip
from musicae_gui.controllers.morph import MorphController
from musicae_gui.controllers.morph_record import FOLDER
from musicae_gui.services import Services
from tests.gui.listen_fixtures import open_device, wait_idle
from tests.gui.morph_fixtures import FakeView, straight_morph
from tests.gui.train_fixtures import services as make_services
from tests.sound_server import NullSink
from tests.tones import pitch, write_tones

__all__ = ["straight_morph"]

pytestmark = pytest.mark.sound


@pytest.fixture
def services(qtbot: QtBot, tmp_path: Path, data_dir: Path, null_sink: NullSink) -> Iterator[Services]:
    songs = write_tones(tmp_path / "tones", (440.0, 880.0), 30.0)
    with make_services(data_dir, songs) as made:
        made.session.set_model("klt-1378")
        keys = {song.title: song.key for song in made.library.songs()}
        made.session.state.morph_a, made.session.state.morph_b = keys["440 Hz"], keys["880 Hz"]
        open_device(qtbot, made, null_sink)
        yield made


def wait_for(qtbot: QtBot, services: Services, seconds: float) -> None:
    """Until playing has come that far."""
    qtbot.waitUntil(lambda: services.player.seconds > seconds)


def test_a_recording_is_what_was_heard_and_its_curve_plays_it_again(
    qtbot: QtBot, services: Services, morph: tuple[MorphController, FakeView]
) -> None:
    controller, view = morph
    controller.set_at(0.0)
    controller.record()
    assert view.recording
    wait_for(qtbot, services, 1.0)
    controller.set_at(1.0)
    qtbot.waitUntil(lambda: services.player.core is not None and services.player.core.events[-1].state == "heard")
    turned = services.player.seconds
    wait_for(qtbot, services, turned + 1.0)
    controller.record()
    assert not view.recording
    services.player.stop()
    wait_idle(qtbot, services, lambda: bool(list((services.data_dir / FOLDER).glob("*.wav"))))
    (path,) = (services.data_dir / FOLDER).glob("*.wav")
    clip = read_clip(path)
    third = clip.rate // 3
    assert pitch(clip.samples[0][third : 2 * third], clip.rate) == pytest.approx(440, abs=8)
    assert pitch(clip.samples[0][-third:], clip.rate) == pytest.approx(880, abs=8)
    assert np.abs(clip.samples).max() > 0.1, "at full level"
    assert view.follows
    assert view.curve.at(0.5) == pytest.approx(0.0, abs=0.01)
    assert view.curve.at(turned + 0.5) == pytest.approx(1.0, abs=0.01)
    jump = next(seconds for seconds, at in view.curve.points if at > 0.5)
    assert jump == pytest.approx(turned, abs=1.0)
    services.session.undo_stack.undo()
    assert not view.curve
    assert path.exists()
    assert str(path) in services.notify.seen[-1][0]  # type: ignore[attr-defined]


def test_a_recording_that_goes_on_is_kept_when_the_window_closes(
    qtbot: QtBot, services: Services, morph: tuple[MorphController, FakeView]
) -> None:
    controller, view = morph
    controller.record()
    wait_for(qtbot, services, 0.5)
    controller.close_down()
    assert not view.recording
    (path,) = (services.data_dir / FOLDER).glob("*.wav")
    assert read_clip(path).seconds > 0.2
    services.player.stop()


def test_the_end_of_playing_ends_the_recording(
    qtbot: QtBot, services: Services, morph: tuple[MorphController, FakeView]
) -> None:
    controller, view = morph
    controller.record()
    wait_for(qtbot, services, 0.3)
    services.player.stop()
    qtbot.waitUntil(lambda: not view.recording)
    wait_idle(qtbot, services, lambda: len(list((services.data_dir / FOLDER).glob("*.wav"))) == 1)
    assert services.player.core is not None
    assert not services.player.core.recording


def test_the_pads_other_axis_is_recorded_followed_and_undone_with_the_first(
    qtbot: QtBot, services: Services, morph: tuple[MorphController, FakeView]
) -> None:
    controller, view = morph
    keys = {song.title: song.key for song in services.library.songs()}
    controller.choose_pad(True)
    controller.choose("c", keys["880 Hz"])
    controller.choose("d", keys["440 Hz"])
    wait_idle(qtbot, services, lambda: controller.pair is not None and controller.pair.lower is not None)
    controller.set_place(0.0, 0.0)
    controller.record()
    wait_for(qtbot, services, 0.7)
    controller.set_place(0.0, 1.0)
    turned = services.player.seconds
    wait_for(qtbot, services, turned + 0.7)
    controller.record()
    services.player.stop()
    assert controller.curve.down.at(0.2) == pytest.approx(0.0, abs=0.01)
    assert controller.curve.down.at(turned + 0.6) == pytest.approx(1.0, abs=0.01)
    services.player.play(start=turned + 0.6)
    qtbot.waitUntil(lambda: view.down > 0.9)
    services.player.stop()
    services.session.undo_stack.undo()
    assert not controller.curve.down
    services.session.undo_stack.redo()
    assert controller.curve.down
    controller.clear_curve()
    assert not controller.curve.down
    wait_idle(qtbot, services)
