"""Sessions as files: what is written is read again, and what is no session says so and names the file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from core.errors import SessionError
from core.library import Library
from core.session import SessionState
from core.session_file import SUFFIX, is_session, read_session, write_session
from core.session_songs import essence, gathered, settled
from tests.tones import songs

__all__ = ["songs"]


@pytest.fixture
def library(tmp_path: Path, songs: list[Path]) -> Any:
    with Library(tmp_path / "first") as made:
        for path in songs:
            made.add(path)
        yield made


def keys(library: Library) -> list[str]:
    return [song.key for song in library.songs()]


def saved(path: Path, library: Library, **values: Any) -> SessionState:
    a, b, c = keys(library)
    panels: dict[str, dict[str, Any]] = {
        "morph": {"pad": True, "c": c, "way": "hand-over", "curve": [[0.0, 0.5]], "stretches": {"a": [0.1, 0.2]}},
        "create": {"wish": {"songs": [b]}},
    }
    state = SessionState(panel="morph", compare_song=a, morph_a=a, morph_b=b, morph_at=0.3, panels=panels, **values)
    write_session(path, gathered(state, library))
    return state


def test_another_library_takes_the_songs_in_from_where_they_lie(tmp_path: Path, library: Library) -> None:
    library.set_title(keys(library)[0], "Nine words")
    path = tmp_path / f"work{SUFFIX}"
    state = saved(path, library, selected=keys(library)[:1], geometry="x", folders={"open": "/"}, file="y")
    session = read_session(path)
    assert session.state == SessionState.from_dict({**state.to_dict(), "geometry": "", "folders": {}, "file": ""})
    with Library(tmp_path / "second") as other:
        assert settled(session, path, other) == session.state
        assert sorted(keys(other)) == sorted(keys(library))
        assert {song.title for song in other.songs()} == {"Nine words", "440 Hz", "550 Hz"}
        assert {song.state for song in other.songs()} == {"ready"}


def test_songs_are_found_beside_the_session_wherever_it_was_moved(
    tmp_path: Path, library: Library, songs: list[Path]
) -> None:
    saved(tmp_path / f"work{SUFFIX}", library)
    moved = tmp_path / "moved"
    moved.mkdir()
    (tmp_path / f"work{SUFFIX}").rename(moved / f"work{SUFFIX}")
    shutil.move(songs[0], moved)  # beside it
    (moved / "music").mkdir()
    shutil.move(songs[1], moved / "music")  # in the folder beside it in which it lay
    songs[2].rename(tmp_path / "other name.wav")
    with Library(tmp_path / "second") as other:
        state = settled(read_session(moved / f"work{SUFFIX}"), moved / f"work{SUFFIX}", other)
        found = {song.title: song.state for song in other.songs()}
        assert found == {"330 Hz": "ready", "440 Hz": "ready", "550 Hz": "missing"}
        assert state.panels["morph"]["c"] == next(song.key for song in other.songs() if song.title == "550 Hz")
        other.add(tmp_path / "other name.wav")  # known again by its content
        assert {song.state for song in other.songs()} == {"ready"}


def test_another_file_of_the_same_name_is_not_taken(tmp_path: Path, library: Library, songs: list[Path]) -> None:
    path = tmp_path / f"work{SUFFIX}"
    saved(path, library)
    shutil.copy(songs[1], songs[0])
    with Library(tmp_path / "second") as other:
        settled(read_session(path), path, other)
        assert {song.title: song.state for song in other.songs()}["330 Hz"] == "missing"


def test_the_open_creation_goes_with_it_once(tmp_path: Path, library: Library) -> None:
    path, key = tmp_path / f"work{SUFFIX}", keys(library)[2]
    made = library.creations.add("Mine", "studio", 5.0, {"kind": "song", "model": "m", "parts": [{"song": key}]})
    write_session(path, gathered(SessionState(panels={"create": {"open": made.key}}), library))
    assert settled(read_session(path), path, library).panels["create"]["open"] == made.key
    with Library(tmp_path / "second") as other:
        other.creations.add("Another", "studio", 5.0, {})
        for _time in range(2):
            opened = settled(read_session(path), path, other).panels["create"]["open"]
        taken = other.creations.get(opened)
        assert taken is not None
        assert (taken.title, taken.created, taken.recipe) == (made.title, made.created, made.recipe)
        assert len(other.creations.all()) == 2
        assert keys(other) == [key]


def test_a_model_beside_the_session_is_used_where_it_has_moved(tmp_path: Path, library: Library) -> None:
    path, gone = tmp_path / f"work{SUFFIX}", "/gone/mine.musicae"
    (tmp_path / "mine.musicae").write_bytes(b"")
    compare = {"files": [gone], "sizes": {f"{gone}\t2": 5}}
    write_session(
        path, gathered(SessionState(model=gone, compare_models=[f"{gone}\t2"], panels={"compare": compare}), library)
    )
    here = str(tmp_path / "mine.musicae")
    state = settled(read_session(path), path, library)
    assert (state.model, state.compare_models) == (here, [f"{here}\t2"])
    assert state.panels["compare"] == {"files": [here], "sizes": {f"{here}\t2": 5}}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "damaged"),
        (b"RIFF1234WAVE", "not a session"),
        (b'{"format": "musicae-session", "version": 1, "sta', "damaged"),
        (b"{" + b'"a":[' * 100_000, "damaged"),
        (b'{"version": 1, "panel": "morph"}', "not a session"),
        (b"[]", "not a session"),
        (b'{"format": "musicae-session", "version": 1}', "damaged"),
        (b'{"format": "musicae-session", "version": 2, "state": {}}', "newer version"),
        (b"\xff\xfe{", "not a session"),
        (b'{"format": "musicae-session\xff"}', "damaged"),
    ],
)
def test_what_is_no_session_says_so_and_names_the_file(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / f"work{SUFFIX}"
    path.write_bytes(content)
    with pytest.raises(SessionError, match=words) as caught:
        read_session(path)
    assert str(path) in caught.value.sentence


def test_a_file_that_is_not_there_and_one_that_cannot_be_written_are_named(tmp_path: Path, library: Library) -> None:
    with pytest.raises(SessionError, match="cannot be read"):
        read_session(tmp_path / f"none{SUFFIX}")
    (tmp_path / "file").write_text("")
    with pytest.raises(SessionError, match="cannot be saved"):
        write_session(tmp_path / "file" / f"work{SUFFIX}", gathered(SessionState(), library))


def test_values_that_do_not_fit_are_left_out(tmp_path: Path, library: Library) -> None:
    path = tmp_path / f"work{SUFFIX}"
    huge, good = int("9" * 400), "a" * 64
    songs = [
        5,
        {"key": "../x", "title": "a", "path": "/a"},
        {"key": good, "title": "a", "path": "/a\0"},
        {"key": good, "title": "half \ud800 a sign", "path": "/\ud800.wav"},
        {"key": good, "title": "half \ud800 a sign", "path": "/a.wav", "seconds": huge, "rate": "x", "added": "\ud800"},
    ]
    document = {
        "format": "musicae-session",
        "version": 1,
        "state": {"panel": 5, "morph_at": huge, "morph_a": good, "panels": {"create": {"open": huge}, "map": []}},
        "songs": songs,
        "creation": {"title": "x", "recipe": {"kind": "none"}},
    }
    path.write_text(json.dumps(document))
    state = settled(read_session(path), path, library)
    assert (state.panel, state.morph_at, state.panels) == ("library", 0.5, {})
    song = library.song(good)
    assert song is not None
    assert (song.title, song.seconds, song.state) == ("half ? a sign", 0.0, "missing")
    assert library.creations.all() == []


def test_looking_around_is_no_change_and_moving_the_slider_is(library: Library, tmp_path: Path) -> None:
    state = saved(tmp_path / f"work{SUFFIX}", library)
    before = essence(state)
    state.panel, state.selected, state.folders = "map", ["x"], {"open": "/"}
    state.panels["train"] = {"speeds": {"conv cpu": 4.0}}
    assert essence(state) == before
    state.morph_at = 0.7
    assert essence(state) != before
    state.panels["morph"]["follows"] = True
    moving = essence(state)
    state.morph_at = 0.9  # by the curve
    assert essence(state) == moving


def test_sessions_are_known_by_their_suffix(tmp_path: Path) -> None:
    assert is_session(tmp_path / "a.musicae-session")
    assert not is_session(tmp_path / "a.musicae")
    assert not is_session(tmp_path / "a.json")
