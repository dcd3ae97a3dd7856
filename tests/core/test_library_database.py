"""The library's database: shared, migrated, quick with ten thousand songs, and never silently lost."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import LibraryError
from core.library import Library, Song
from core.library.database import MIGRATIONS, Database
from core.library.songs import SongTable, put_song
from tests.core.library_fixtures import library, make_song

__all__ = ["library", "make_song"]


def test_other_threads_read_while_songs_are_written(
    library: Library, make_song: Callable[..., Path], tmp_path: Path
) -> None:
    for number in range(12):
        make_song(f"{number:02}.wav", 200 + 10 * number)
    done = threading.Event()
    counts: list[int] = []
    failures: list[BaseException] = []

    def read() -> None:
        try:
            while not done.is_set():
                counts.append(len(library.songs(search="0")))
                library.genres()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    library.scan([tmp_path / "music"])
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert counts == sorted(counts) or max(counts) <= 12
    assert library.count() == 12


def test_two_programs_share_a_library(data_dir: Path, make_song: Callable[..., Path]) -> None:
    with Library(data_dir) as one, Library(data_dir) as other:
        one.add(make_song("a.wav", 300))
        other.add(make_song("b.wav", 400))
        assert [song.title for song in one.songs()] == ["a", "b"]


def test_what_was_written_is_there_after_reopening(data_dir: Path, make_song: Callable[..., Path]) -> None:
    with Library(data_dir) as library:
        song = library.add(make_song("a.wav"))
    with Library(data_dir) as library:
        assert library.songs() == [song]
        assert library.notice == ""
    with pytest.raises(LibraryError, match="closed"):
        library.songs()


def test_an_older_schema_is_migrated_with_its_songs(data_dir: Path, make_song: Callable[..., Path]) -> None:
    with Library(data_dir) as library:
        song = library.add(make_song("a.wav"))
    connection = sqlite3.connect(data_dir / "library.sqlite")
    connection.executescript("DROP TABLE runs; DROP TABLE creations; DROP TABLE measured; PRAGMA user_version = 1;")
    connection.close()
    with Library(data_dir) as library:
        assert library.songs() == [song]
        assert library.runs() == []
    connection = sqlite3.connect(data_dir / "library.sqlite")
    assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    connection.close()


def test_a_newer_schema_is_refused_and_left_alone(data_dir: Path) -> None:
    Library(data_dir).close()
    connection = sqlite3.connect(data_dir / "library.sqlite")
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    with pytest.raises(LibraryError, match="newer version"):
        Library(data_dir)
    assert [path.name for path in data_dir.glob("*damaged*")] == []


def test_a_file_that_is_no_database_is_set_aside(data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "library.sqlite").write_bytes(b"this was a library once " * 500)
    with Library(data_dir) as library:
        assert library.songs() == []
        (aside,) = data_dir.glob("library-damaged-*.sqlite")
        assert aside.name in library.notice
        assert aside.read_bytes().startswith(b"this was a library")
    with Library(data_dir) as library:
        assert library.notice == ""


def test_a_damaged_database_gives_back_what_can_be_read(data_dir: Path) -> None:
    fill(data_dir, 2000)
    path = data_dir / "library.sqlite"
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 3 * 4096] = b"\xa5" * (3 * 4096)
    path.write_bytes(content)
    with Library(data_dir) as library:
        assert "damaged" in library.notice
        assert library.count() > 500
        assert str(library.count()) in library.notice
        assert len(list(data_dir.glob("library-damaged-*"))) == 1


def test_runs_are_found_again_in_their_folders_when_the_database_is_lost(data_dir: Path) -> None:
    run = data_dir / "runs" / "conv-9184"
    run.mkdir(parents=True)
    (run / "config.json").write_text('{"train": {"model": "conv-9184"}, "result": {"state": "done"}}')
    (data_dir / "runs" / "odd").mkdir()
    (data_dir / "runs" / "odd" / "config.json").write_text("[]")
    (data_dir / "library.sqlite").write_bytes(b"nothing of a database" * 100)
    with Library(data_dir) as library:
        assert [(found.folder, found.preset, found.state) for found in library.runs()] == [(run, "conv-9184", "done")]
        assert "1 runs" in library.notice


def test_a_library_in_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(LibraryError, match=r"library\.sqlite cannot be used"):
        Library(tmp_path / "file" / "data")


def test_ten_thousand_songs_are_found_by_index_not_by_sorting(data_dir: Path) -> None:
    fill(data_dir, 10_000)
    with Library(data_dir) as library:
        assert library.count() == 10_000
        assert [song.title for song in library.songs(search="SONG 4321", limit=200)] == ["Song 4321"]
        assert [song.title for song in library.songs(order="title", offset=5000, limit=1)] == ["Song 5499"]
    connection = sqlite3.connect(data_dir / "library.sqlite")
    for order in ("sort_title, key", "sort_author, sort_title, key", "seconds, key", "added, key"):
        plan = connection.execute(f"EXPLAIN QUERY PLAN SELECT * FROM songs ORDER BY {order} LIMIT 200").fetchall()
        assert "TEMP B-TREE" not in str(plan)
    connection.close()


def fill(folder: Path, count: int) -> None:
    """A library of `count` made-up songs."""
    database = Database(folder / "library.sqlite")
    with database.writing() as connection:
        for number in range(count):
            song = Song(
                key=f"{number:064x}",
                path=Path(f"/music/genre {number % 10}/song {number}.mp3"),
                title=f"Song {number}",
                author=f"Author {number % 300}",
                genre=f"genre {number % 10}",
                seconds=100 + number % 97,
                rate=44100,
                channels=2,
                format="MP3",
                peak=0.9,
                added=f"2026-11-21T00:00:{number % 60:02}",
                state="ready",
                error="",
                demo=False,
            )
            put_song(connection, song)
    assert SongTable(database).count() == count
    database.close()
