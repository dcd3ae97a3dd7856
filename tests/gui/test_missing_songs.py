"""A song of the last session whose file was moved: it is asked for, and known again by its content."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from core.library import Song
from core.session import SessionState
from musicae_gui.controllers.missing_songs import MissingSongs, used_songs
from musicae_gui.controllers.morph import MorphController
from musicae_gui.services import Services
from tests.gui.listen_fixtures import wait_idle
from tests.gui.morph_fixtures import FakeView
from tests.gui.train_fixtures import services as make_services
from tests.tones import songs

__all__ = ["songs"]


@pytest.fixture
def services(qtbot: QtBot, songs: list[Path], data_dir: Path) -> Iterator[Services]:
    with make_services(data_dir, songs) as made:
        yield made


def key_of(services: Services, title: str) -> str:
    return next(song.key for song in services.library.songs() if song.title == title)


def test_a_song_that_was_moved_is_asked_for_and_found_by_its_content(
    qtbot: QtBot, services: Services, songs: list[Path], tmp_path: Path
) -> None:
    key = key_of(services, "440 Hz")
    services.session.state.morph_a = key
    moved = songs[1].rename(tmp_path / "elsewhere.wav")
    answers, asked, found = [songs[2], moved], [], []

    def ask(song: Song) -> Path:
        asked.append(song.title)
        return answers.pop(0)

    messages: Any = services.notify
    missing = MissingSongs(services, ask, lambda: found.append(True))
    missing.look()
    wait_idle(qtbot, services, lambda: bool(messages.actions))
    assert "440 Hz" in messages.seen[-1][0]
    (wanted,) = messages.actions.values()
    found.clear()
    wanted()
    wait_idle(qtbot, services, lambda: len(messages.seen) == 2)
    assert "not “440 Hz”" in messages.seen[-1][0]
    assert not found
    wanted()
    wait_idle(qtbot, services, lambda: bool(found))
    assert asked == ["440 Hz", "440 Hz"]
    song = services.library.song(key)
    assert song is not None
    assert song.path == moved


def test_a_song_that_lies_where_it_lay_before_is_not_asked_for(
    qtbot: QtBot, services: Services, songs: list[Path], tmp_path: Path
) -> None:
    key = services.session.state.morph_a = key_of(services, "440 Hz")
    copy = tmp_path / "copy.wav"
    copy.write_bytes(songs[1].read_bytes())
    services.library.add(copy)
    song = services.library.song(key)
    assert song is not None
    song.path.unlink()
    found: list[bool] = []
    MissingSongs(services, lambda _song: None, lambda: found.append(True)).look()
    wait_idle(qtbot, services, lambda: bool(found))
    messages: Any = services.notify
    assert not messages.actions
    again = services.library.song(key)
    assert again is not None
    assert again.path.exists()


def test_morph_keeps_a_song_whose_file_is_gone(qtbot: QtBot, services: Services, songs: list[Path]) -> None:
    key = key_of(services, "440 Hz")
    services.session.state.morph_a = key
    songs[1].unlink()
    services.library.check_files()
    view = FakeView()
    controller = MorphController(view, services)
    controller.refresh()
    wait_idle(qtbot, services)
    assert services.session.state.morph_a == key


def test_songs_of_all_panels_are_looked_for_whatever_the_file_says() -> None:
    panels = {"morph": {"pad": True, "c": "c", "d": 4}, "create": {"wish": {"songs": ["a", "e"]}}}
    state = SessionState(compare_song="a", morph_a="b", panels=panels)
    assert used_songs(state) == ["a", "b", "c", "e"]
    assert used_songs(SessionState(panels={"morph": [], "create": {"wish": None}})) == []
