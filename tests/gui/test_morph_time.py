"""Morph over time: a curve that is followed, loop points, parts of songs, tempo, and the pad of four."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from core.audio import Clip, write_wav
from core.latents.ways import Curve
from musicae_gui.controllers import morph_tempo
from musicae_gui.controllers.morph import MorphController
from musicae_gui.controllers.morph_state import MorphState
from musicae_gui.controllers.morph_tempo import MorphTempo
from musicae_gui.services import Services
from tests.gui.listen_fixtures import wait_idle
from tests.gui.morph_fixtures import FakeView, ready_morph, straight_morph
from tests.gui.train_fixtures import services as make_services
from tests.tones import RATE, pitch, write_tones

__all__ = ["straight_morph"]

TONES = (440.0, 880.0, 660.0, 330.0)


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_tones(tmp_path_factory.mktemp("tones"), TONES)


@pytest.fixture
def services(qtbot: QtBot, songs: list[Path], data_dir: Path) -> Iterator[Services]:
    with make_services(data_dir, songs) as made:
        made.session.set_model("klt-1378")
        keys = {song.title: song.key for song in made.library.songs()}
        made.session.state.morph_a, made.session.state.morph_b = keys["440 Hz"], keys["880 Hz"]
        yield made


def heard(services: Services, seconds: float, length: float = 0.3) -> float:
    """The strongest frequency that would be played there."""
    source = services.player.source
    assert source is not None
    samples = source.read(round(seconds * source.rate), round(length * source.rate))[:, 0]
    return pitch(samples, source.rate)


def test_what_plays_follows_the_curve_and_undo_takes_it_back(
    qtbot: QtBot, services: Services, morph: tuple[MorphController, FakeView]
) -> None:
    controller, view = morph
    controller.set_at(0.0)
    controller.curve.edit(Curve(((1.5, 0.0), (2.0, 1.0))))
    assert view.follows, "a first curve is followed at once"
    assert heard(services, 1.0) == pytest.approx(440, abs=5)
    assert heard(services, 2.5) == pytest.approx(880, abs=5)
    services.player.position.emit(2.5)
    assert view.at == 1.0, "the slider shows where the curve is"
    undo = services.session.undo_stack
    undo.undo()
    assert view.curve == Curve()
    assert not view.follows
    controller.set_at(0.0)
    assert heard(services, 2.5) == pytest.approx(440, abs=5)
    undo.redo()
    assert heard(services, 2.5) == pytest.approx(880, abs=5)
    assert services.session.state.panels["morph"]["curve"] == [[1.5, 0.0], [2.0, 1.0]]


def test_a_hand_on_the_slider_leaves_the_curve(services: Services, morph: tuple[MorphController, FakeView]) -> None:
    controller, view = morph
    controller.curve.edit(Curve(((0.0, 1.0),)))
    controller.set_at(0.0)
    assert not view.follows
    assert view.curve.points == ((0.0, 1.0),), "it is still there"
    assert heard(services, 2.0) == pytest.approx(440, abs=5)
    controller.curve.follow(True)
    assert heard(services, 2.0) == pytest.approx(880, abs=5)
    controller.clear_curve()
    assert not view.follows
    assert not view.curve


def test_the_curve_is_there_again_at_the_next_start(
    qtbot: QtBot, services: Services, morph: tuple[MorphController, FakeView]
) -> None:
    controller, _view = morph
    controller.curve.edit(Curve(((0.0, 0.25), (3.0, 0.75))))
    controller.loop.choose(1.0, 2.0)
    _again, view = ready_morph(qtbot, services)
    assert view.curve.points == ((0.0, 0.25), (3.0, 0.75))
    assert view.follows
    assert view.region == (1.0, 2.0)


def test_swapped_songs_turn_the_curve_round(
    qtbot: QtBot, services: Services, morph: tuple[MorphController, FakeView]
) -> None:
    controller, view = morph
    controller.curve.edit(Curve(((0.0, 0.0), (1.0, 0.0), (2.0, 1.0))))
    controller.swap()
    wait_idle(qtbot, services)
    assert view.curve.at(0) == 1.0
    a = view.a
    services.session.undo_stack.undo()
    wait_idle(qtbot, services)
    assert (view.curve.at(0), view.b) == (0.0, a)
    services.session.undo_stack.redo()
    wait_idle(qtbot, services)
    assert heard(services, 0.5) == pytest.approx(440, abs=5)


def test_loop_points_go_to_the_player_and_come_and_go(
    services: Services, morph: tuple[MorphController, FakeView]
) -> None:
    controller, view = morph
    controller.loop.choose(3.0, 1.0)
    assert view.region == services.player.region == (1.0, 3.0)
    assert services.player.loop, "who sets loop points wants to hear the loop"
    services.player.seek(2.0)
    controller.loop.begin_here()
    assert view.region == (2.0, 3.0)
    services.player.seek(2.5)
    controller.loop.end_here()
    assert view.region == (2.0, 2.5)
    controller.loop.choose(1.0, 1.01)
    assert view.region is services.player.region is None
    controller.loop.choose(0.5, 1.0)
    controller.loop.clear()
    assert view.region is None


def test_a_part_of_a_song_is_heard_from_its_beginning(
    qtbot: QtBot, services: Services, morph: tuple[MorphController, FakeView], tmp_path: Path
) -> None:
    controller, view = morph
    both = np.concatenate([0.3 * np.sin(2 * np.pi * f * np.arange(3 * RATE) / RATE) for f in (440, 880)])
    write_wav(tmp_path / "two.wav", Clip(both[None].astype(np.float32), RATE))
    song = services.library.add(tmp_path / "two.wav")
    controller.choose("a", song.key)
    wait_idle(qtbot, services)
    controller.set_at(0.0)
    assert heard(services, 0.5) == pytest.approx(440, abs=5)
    controller.choose_part("a", 3.5, 5.5)
    wait_idle(qtbot, services)
    assert heard(services, 0.5) == pytest.approx(880, abs=5)
    assert view.seconds == pytest.approx(2.0, abs=0.06)
    assert view.parts["a"] == (3.5, 5.5)
    assert view.clips["a"] is not None
    assert view.clips["a"].seconds == pytest.approx(2.0, abs=0.01)
    MorphState(services.session).set_part("a", song.key, (0.5, 2.5))  # as a map's clip is sent here
    services.session.open_songs("morph", [song.key, ""])
    wait_idle(qtbot, services)
    assert view.parts["a"] == (0.5, 2.5)
    assert heard(services, 0.5) == pytest.approx(440, abs=5)
    controller.choose("a", services.library.songs()[0].key)
    wait_idle(qtbot, services)
    controller.choose("a", song.key)
    wait_idle(qtbot, services)
    assert view.parts["a"] == (0.0, pytest.approx(6.0)), "another song begins whole"


def test_the_corners_of_the_pad_are_four_songs(
    qtbot: QtBot, services: Services, morph: tuple[MorphController, FakeView]
) -> None:
    controller, view = morph
    controller.choose_pad(True)
    wait_idle(qtbot, services)
    assert view.pad
    titles = {song.key: song.title for song in view.songs}
    assert len({*view.keys.values()}) == 4
    for at, down, side in ((0, 0, "a"), (1, 0, "b"), (0, 1, "c"), (1, 1, "d")):
        controller.set_place(at, down)
        assert (view.at, view.down) == (at, down)
        assert heard(services, 2.0) == pytest.approx(float(titles[view.keys[side]].split()[0]), abs=5)
    controller.remove("c")
    wait_idle(qtbot, services)
    assert view.keys["d"] == ""
    third = float(titles[view.keys["c"]].split()[0])
    assert heard(services, 2.0) == pytest.approx(third, abs=5), "of three songs the third has both lower corners"
    controller.choose_pad(False)
    wait_idle(qtbot, services)
    assert heard(services, 2.0) == pytest.approx(880, abs=5)


def drums(bpm: float, seconds: float, seed: int) -> Clip:
    """A knock on every beat, the first of four lower and louder."""
    random = np.random.default_rng(seed)
    sound = 0.001 * random.standard_normal(round(seconds * RATE))
    length = round(0.1 * RATE)
    time = np.arange(length) / RATE
    for beat in range(int(seconds * bpm / 60)):
        at = round(beat * 60 / bpm * RATE)
        hit = 0.15 * random.standard_normal(length) * np.exp(-time / 0.015)
        if beat % 4 == 0:
            hit += 0.5 * np.sin(2 * np.pi * 70 * time) * np.exp(-time / 0.04)
        sound[at : at + length] += hit[: len(sound) - at]
    return Clip(sound[None].astype(np.float32), RATE)


def test_the_loop_is_of_bars_and_other_songs_come_into_a_s_time(
    qtbot: QtBot, services: Services, morph: tuple[MorphController, FakeView], tmp_path: Path
) -> None:
    controller, view = morph
    keys = []
    for bpm in (120, 100):
        write_wav(tmp_path / f"{bpm}.wav", drums(bpm, 12.0, bpm))
        keys.append(services.library.add(tmp_path / f"{bpm}.wav").key)
    controller.choose("a", keys[0])
    controller.choose("b", keys[1])
    wait_idle(qtbot, services)
    controller.loop.choose_bars(2)
    wait_idle(qtbot, services, lambda: view.bars == 2)
    assert view.region is not None
    assert view.region[1] - view.region[0] == pytest.approx(4.0, abs=0.1), "two bars of four beats at 120"
    before = controller.pair
    controller.choose_in_time(True)
    wait_idle(qtbot, services, lambda: view.in_time and "BPM" in view.tempo)
    pair = controller.pair
    assert pair is not None
    assert before is not None
    assert pair.whole_a is before.whole_a
    assert pair.whole_b.samples < before.whole_b.samples, "100 beats a minute become 120"
    controller.choose_in_time(False)
    wait_idle(qtbot, services)
    assert controller.pair is not None
    assert controller.pair.whole_b is before.whole_b


def test_beats_are_found_once_and_known_at_the_next_start(
    qtbot: QtBot, services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_wav(tmp_path / "120.wav", drums(120, 6.0, 120))
    song, answers = services.library.add(tmp_path / "120.wav"), []
    first = MorphTempo(services)
    first.want([song], lambda: answers.append("found"), raised)
    wait_idle(qtbot, services, lambda: answers == ["found"])
    found = first.beats(song.key)
    assert found is not None
    monkeypatch.setattr(morph_tempo, "find_beats", raised)
    second = MorphTempo(services)
    second.want([song], lambda: answers.append("kept"), raised)
    assert answers == ["found", "kept"]
    kept = second.beats(song.key)
    assert kept is not None
    assert (kept.bpm, kept.times.tolist(), kept.first) == (found.bpm, found.times.tolist(), found.first)
    monkeypatch.undo()
    monkeypatch.setattr(morph_tempo, "VERSION", morph_tempo.VERSION + 1)
    better = MorphTempo(services)
    better.want([song], lambda: answers.append("found anew"), raised)
    assert len(answers) == 2
    wait_idle(qtbot, services, lambda: answers[2:] == ["found anew"])


def raised(*arguments: object) -> None:
    raise AssertionError(arguments)


def test_without_a_beat_there_are_no_bars_and_the_user_is_told(
    qtbot: QtBot, services: Services, morph: tuple[MorphController, FakeView]
) -> None:
    controller, view = morph
    silence = services.data_dir / "silence.wav"
    write_wav(silence, Clip(np.zeros((1, 3 * RATE), np.float32), RATE))
    controller.choose("a", services.library.add(silence).key)
    wait_idle(qtbot, services)
    controller.loop.choose_bars(1)
    wait_idle(qtbot, services)
    assert view.region is None
    assert "beat" in services.notify.seen[-1][0]  # type: ignore[attr-defined]
