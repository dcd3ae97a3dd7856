"""Files into songs: each content once, moved ones found again, and no file that stops a scan."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.audio import Clip, read_clip, write_wav
from core.errors import AudioFileError
from core.library import Library, ScanEvent, content_key
from tests.core.library_fixtures import library, make_song, scan

__all__ = ["library", "make_song"]


def test_a_dropped_folder_becomes_songs(library: Library, make_song: Callable[..., Path], tmp_path: Path) -> None:
    for number, name in enumerate(("rock/one.wav", "rock/two.wav", "polka/three.wav")):
        make_song(name, 200 + 100 * number)
    events = scan(library, tmp_path / "music")
    assert [(event.done, event.total) for event in events] == [(1, 3), (2, 3), (3, 3)]
    assert [(song.title, song.genre) for song in library.songs()] == [
        ("one", "rock"),
        ("three", "polka"),  # beside a folder that is a genre
        ("two", "rock"),
    ]
    song = library.songs()[0]
    assert (song.state, song.rate, song.channels, song.format, song.demo) == ("ready", 22050, 1, "WAV", False)
    assert song.seconds == pytest.approx(0.3, abs=1e-3)
    assert song.key == content_key(song.path)
    assert library.song(song.key) == song
    assert library.genres() == ["polka", "rock"]


def test_a_song_dropped_twice_is_one_song(library: Library, make_song: Callable[..., Path], tmp_path: Path) -> None:
    path = make_song("a.wav")
    copy = tmp_path / "elsewhere" / "b.wav"
    copy.parent.mkdir()
    shutil.copy(path, copy)
    events = scan(library, path) + scan(library, path, copy) + scan(library, copy)
    assert [event.duplicate for event in events] == [False, True, True, True]
    assert [song.path for song in library.songs()] == [path]
    assert all(event.song == library.songs()[0] for event in events)


def test_copies_in_one_batch_are_one_song(library: Library, make_song: Callable[..., Path], tmp_path: Path) -> None:
    path = make_song("a.wav")
    for number in range(6):
        shutil.copy(path, tmp_path / "music" / f"copy {number}.wav")
    report = library.scan([tmp_path / "music"])
    assert (len(report.added), report.duplicates, library.count()) == (1, 6, 1)


def test_a_moved_song_is_found_again_with_its_edits(library: Library, make_song: Callable[..., Path]) -> None:
    path = make_song("rock/a.wav")
    key = library.add(path).key
    library.set_title(key, "My Song")
    library.set_genre([key], "ska")
    new = path.parent / "renamed.wav"
    path.rename(new)
    assert library.check_files() == [key]
    assert [song.state for song in library.songs()] == ["missing"]
    event = scan(library, new)[0]
    assert event.moved
    assert not event.duplicate
    song = library.songs()[0]
    assert (song.key, song.path, song.title, song.genre, song.state) == (key, new, "My Song", "ska", "ready")


def test_a_song_with_a_known_copy_is_not_missing(library: Library, make_song: Callable[..., Path]) -> None:
    path = make_song("a.wav")
    copy = path.with_name("copy.wav")
    shutil.copy(path, copy)
    scan(library, path, copy)
    path.unlink()
    assert len(library.check_files()) == 1
    assert [(song.state, song.path) for song in library.songs()] == [("ready", copy)]


def test_a_missing_song_that_comes_back_is_ready(library: Library, make_song: Callable[..., Path]) -> None:
    path = make_song("a.wav")
    library.add(path)
    away = path.rename(path.with_name("away.wav"))
    library.check_files()
    away.rename(path)
    library.check_files()
    assert library.songs()[0].state == "ready"
    assert library.check_files() == []


def test_a_file_with_new_content_is_a_new_song(library: Library, make_song: Callable[..., Path]) -> None:
    old = library.add(make_song("a.wav", 440))
    new = library.add(make_song("a.wav", 660, seconds=0.4))
    assert new.key != old.key
    former = library.song(old.key)
    assert former is not None
    assert former.state == "missing"
    assert library.check_files() == []  # a file of that name is there, but not that song


def test_bad_files_are_events_and_the_batch_goes_on(
    library: Library, make_song: Callable[..., Path], tmp_path: Path
) -> None:
    make_song("a good one.wav", 300)
    make_song("z another.wav", 400)
    folder = tmp_path / "music"
    (folder / "empty.wav").touch()
    (folder / "text.mp3").write_text("no song " * 100)
    whole = make_song("cut.wav", 500, seconds=2.0)
    whole.write_bytes(whole.read_bytes()[:30_000])
    soundfile.write(folder / "nan.wav", np.full(1000, np.nan), 44100, subtype="FLOAT")
    soundfile.write(folder / "nothing.aiff", np.zeros((0, 1)), 44100)
    write_wav(folder / "silent.wav", Clip(np.zeros(5000), 22050))
    events = scan(library, folder)
    errors = {event.path.name: event.error for event in events if event.error}
    assert set(errors) == {"empty.wav", "text.mp3", "cut.wav", "nan.wav", "nothing.aiff"}
    assert all(name in sentence for name, sentence in errors.items())
    ready = library.songs(state="ready")
    assert [song.title for song in ready] == ["a good one", "silent", "z another"]
    assert [song.silent for song in ready] == [False, True, False]
    failed = {song.path.name: song.error for song in library.songs(state="failed")}
    assert failed == {name: errors[name] for name in ("text.mp3", "cut.wav", "nan.wav", "nothing.aiff")}


def test_a_failed_file_that_was_mended_is_ready_and_leaves_no_trace(
    library: Library, make_song: Callable[..., Path]
) -> None:
    path = make_song("a.wav")
    path.write_text("broken")
    assert scan(library, path)[0].error
    assert scan(library, path)[0].error  # tried again, not taken for a duplicate
    make_song("a.wav")
    assert not scan(library, path)[0].error
    assert [song.state for song in library.songs()] == ["ready"]


def test_files_that_vanish_during_the_scan_are_sentences(
    library: Library, make_song: Callable[..., Path], tmp_path: Path
) -> None:
    paths = [make_song(f"{number:02}.wav", 200 + 10 * number) for number in range(30)]
    events: list[ScanEvent] = []

    def on_song(event: ScanEvent) -> None:
        events.append(event)
        if event.done == 1:
            paths[-1].unlink()

    report = library.scan([tmp_path / "music"], on_song=on_song)
    assert len(events) == 30
    assert [path for path, _ in report.failed] == [paths[-1]]
    assert "29.wav is not there" in report.failed[0][1]


def test_a_cancelled_scan_keeps_what_was_finished(
    library: Library, make_song: Callable[..., Path], tmp_path: Path
) -> None:
    for number in range(20):
        make_song(f"{number:02}.wav", 200 + 10 * number)
    events: list[ScanEvent] = []
    report = library.scan([tmp_path / "music"], on_song=events.append, cancelled=lambda: len(events) >= 3)
    assert report.cancelled
    assert 3 <= library.count() == len(events) < 20
    assert not library.scan([tmp_path / "music"]).cancelled
    assert library.count() == 20


def test_adding_one_file_gives_its_song_or_its_sentence(library: Library, make_song: Callable[..., Path]) -> None:
    path = make_song("rock/a.wav")
    assert library.add(path).genre == "rock"
    assert library.add(path, genre="pop").genre == "rock"  # known already: the user's edits are not undone
    with pytest.raises(AudioFileError, match=r"gone\.wav is not there"):
        library.add(path.with_name("gone.wav"))
    with pytest.raises(AudioFileError, match="is a folder"):
        library.add(path.parent)


def test_tags_give_title_author_and_genre(library: Library, formats: Path) -> None:
    song = library.add(formats / "bumblebeat.flac")
    assert (song.title, song.author, song.genre) == ("Bumblebeat", "Jalmaan", "Breaks")
    assert library.add(formats / "solo-trumpet.ogg").title == "solo-trumpet"


def test_a_file_name_that_is_not_text_is_kept(library: Library, make_song: Callable[..., Path]) -> None:
    path = make_song("a.wav")
    try:
        strange = path.rename(path.with_name("caf\udce9.wav"))
    except (OSError, UnicodeEncodeError):
        pytest.skip("this file system allows UTF-8 alone")
    song = library.add(strange)
    assert song.path == strange
    assert read_clip(song.path).frames == read_clip(strange).frames
    assert song.title.startswith("caf")
    assert scan(library, strange)[0].duplicate
