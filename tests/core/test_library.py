"""The library: songs by content, scans that survive every file, fast lists, a database never silently lost."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.audio import Clip, read_clip, write_wav
from core.errors import AudioFileError, LibraryError, UsageError
from core.library import Library, ScanEvent, Song, content_key
from core.library.database import MIGRATIONS, Database
from core.library.peaks import BASE
from core.library.songs import SongTable, put_song

Tone = Callable[..., np.ndarray]


@pytest.fixture
def library(data_dir: Path) -> Iterator[Library]:
    with Library(data_dir) as opened:
        yield opened


@pytest.fixture
def make_song(tmp_path: Path, tone: Tone) -> Callable[..., Path]:
    """Writes a tone of its own under a name: make_song("rock/a.wav", 440)."""

    def make(name: str, frequency: float = 440, seconds: float = 0.3) -> Path:
        path = tmp_path / "music" / name
        write_wav(path, Clip(tone(frequency, seconds), 22050))
        return path

    return make


def scan(library: Library, *paths: Path) -> list[ScanEvent]:
    events: list[ScanEvent] = []
    library.scan(paths, on_song=events.append)
    return events


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


def test_search_order_and_pages(library: Library, make_song: Callable[..., Path]) -> None:
    for number, name in enumerate(("Élan.wav", "elbow.wav", "Zebra.wav", "apple élan.wav")):
        library.add(make_song(name, 300 + 50 * number, seconds=0.2 + 0.1 * number))
    assert [song.title for song in library.songs()] == ["apple élan", "Élan", "elbow", "Zebra"]
    assert [song.title for song in library.songs(search="ELAN")] == ["apple élan", "Élan"]
    assert [song.title for song in library.songs(search="elan apple")] == ["apple élan"]
    assert library.songs(search="%") == []
    longest = library.songs(order="seconds", descending=True, limit=2)
    assert [song.title for song in longest] == ["apple élan", "Zebra"]
    assert [song.title for song in library.songs(order="seconds", offset=3)] == ["apple élan"]
    assert library.count(search="el") == 3
    with pytest.raises(UsageError, match="ordered"):
        library.songs(order="title; DROP TABLE songs")


def test_a_removed_song_is_gone_and_its_file_stays(library: Library, make_song: Callable[..., Path]) -> None:
    path = make_song("a.wav")
    key = library.add(path).key
    assert key in library.samples()
    library.remove([key, "never there"])
    assert library.songs() == []
    assert key not in library.samples()
    assert path.exists()
    with pytest.raises(LibraryError, match="waveform"):
        library.peaks(key, columns=10)
    assert library.add(path).key == key


def test_a_removed_song_comes_back_as_it_was_without_its_file(
    library: Library, make_song: Callable[..., Path], data_dir: Path
) -> None:
    path = make_song("a.wav")
    library.add(path)
    library.set_title(library.songs()[0].key, "Mine")
    song = replace(library.songs()[0], demo=True, added="2020-01-01T00:00:00+00:00")
    library.restore([song])
    before = library.peaks(song.key, columns=8)
    library.remove([song.key], restorable=True)
    assert library.songs() == []
    content = path.read_bytes()
    path.unlink()
    library.restore([song])
    assert library.songs() == [song]
    assert np.array_equal(library.peaks(song.key, columns=8), before)
    assert song.key in library.samples()
    path.write_bytes(content)
    assert scan(library, path)[0].duplicate


def test_what_was_kept_of_removed_songs_goes_with_the_end(data_dir: Path, make_song: Callable[..., Path]) -> None:
    with Library(data_dir) as library:
        gone, back = library.add(make_song("a.wav")), library.add(make_song("b.wav", seconds=2.0))
        library.remove([gone.key, back.key], restorable=True)
        library.restore([back])
        samples = library.samples()
        assert gone.key in samples
    assert gone.key not in samples
    assert back.key in samples


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


def test_peaks_are_the_extremes_of_every_column(library: Library, tmp_path: Path) -> None:
    sound = np.random.default_rng(5).uniform(-1, 1, (2, 300_000)).cumsum(axis=1)
    sound /= np.abs(sound).max()
    soundfile.write(tmp_path / "a.wav", sound.T, 44100, subtype="FLOAT")
    song = library.add(tmp_path / "a.wav")
    mono = read_clip(song.path).mono().samples[0]
    for columns in (7, 100, 500):
        peaks = library.peaks(song.key, columns=columns)
        assert peaks.shape == (columns, 2)
        assert peaks.dtype == np.float32
        edges = np.arange(columns + 1) * len(mono) // columns
        # A stored pair may straddle two columns, so that a column shows a pair's width more than it should.
        more = max(BASE, len(mono) // columns // 8)
        for peak, first, last in zip(peaks, edges[:-1], edges[1:], strict=True):
            narrow, wide = mono[first:last], mono[max(first - more, 0) : last + more]
            assert wide.min() - 1e-4 <= peak[0] <= narrow.min() + 1e-4
            assert wide.max() + 1e-4 >= peak[1] >= narrow.max() - 1e-4


def test_zoomed_in_peaks_come_from_the_samples(library: Library, make_song: Callable[..., Path]) -> None:
    song = library.add(make_song("a.wav", 100, seconds=2.0))
    samples = library.samples().get(song.key).read(0, 44100)
    peaks = library.peaks(song.key, columns=220, start=1.0, seconds=0.01)
    assert peaks[:, 1] == pytest.approx(samples[22050 : 22050 + 220], abs=0.02)
    outside = library.peaks(song.key, columns=10, start=1.5, seconds=1.0)
    assert outside[:4].any(axis=1).all()
    assert not outside[6:].any()
    before = library.peaks(song.key, columns=10, start=-1.0, seconds=2.0)
    assert not before[:4].any()
    assert before[6:].any()


def test_another_order_shows_the_same_songs_and_a_change_makes_a_new_one(
    library: Library, make_song: Callable[..., Path]
) -> None:
    for number in (1, 2, 3):
        library.add(make_song(f"{number}.wav", 100 * number, seconds=0.1 * number))
    by_title = library.songs()
    by_length = library.songs(order="seconds", descending=True)
    assert all(one is other for one, other in zip(by_title, reversed(by_length), strict=True))
    library.set_title(by_title[0].key, "Another")
    changed = library.song(by_title[0].key)
    assert changed in library.songs()
    assert changed is not None
    assert (changed.title, by_title[0].title) == ("Another", "1")
    library.remove([changed.key])
    assert library.songs() == by_title[1:]


def test_demo_songs_come_once_and_stay_away_when_removed(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.demo.STYLES", ("blues", "rock"))  # two of the ten: composing takes a second each
    with Library(data_dir) as library:
        events: list[ScanEvent] = []
        report = library.add_demo_songs(on_song=events.append)
        assert len(report.added) == 2
        assert [(event.done, event.total) for event in events] == [(1, 2), (2, 2)]
        songs = library.songs()
        assert {song.genre for song in songs} == {"blues", "rock"}
        assert all(song.demo and song.author and song.seconds == pytest.approx(30) for song in songs)
        library.remove([songs[0].key])
    with Library(data_dir) as library:
        assert library.add_demo_songs().added == []
        assert library.count() == 1


def test_runs_are_listed_newest_first_and_brought_up_to_date(library: Library, tmp_path: Path) -> None:
    library.add_run(tmp_path / "a", preset="klt-1378", state="running")
    library.add_run(tmp_path / "b", preset="conv-18376", state="new")
    first = library.add_run(tmp_path / "a", preset="klt-1378", state="done", summary={"val_loss": 0.5})
    assert (first.state, first.summary) == ("done", {"val_loss": 0.5})
    assert {run.folder for run in library.runs()} == {tmp_path / "a", tmp_path / "b"}
    assert first.created <= first.changed
    library.remove_run(tmp_path / "a")
    assert [run.preset for run in library.runs()] == ["conv-18376"]


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


def test_what_was_measured_of_a_song_is_kept_with_it(data_dir: Path, make_song: Callable[..., Path]) -> None:
    with Library(data_dir) as library:
        key = library.add(make_song("a.wav")).key
        assert library.measured.get(key, "beats", 1) is None
        library.measured.put(key, "beats", 1, [120.0, [0.5]])
        library.measured.put("of no song", "beats", 1, 5)
    with Library(data_dir) as library:
        assert library.measured.get(key, "beats", 1) == [120.0, [0.5]]
        assert library.measured.get(key, "beats", 2) is None, "a better measure finds it anew"
        library.measured.put(key, "beats", 2, "better")
        assert library.measured.get(key, "beats", 2) == "better"
        library.set_title(key, "another")
        assert library.measured.get(key, "beats", 2) == "better"
        library.remove([key])
        assert library.measured.get(key, "beats", 2) is None
        assert library.measured.get("of no song", "beats", 1) is None


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
