"""Songs in the library: found, ordered, removed and restored, drawn, measured; and the runs beside them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.audio import read_clip
from core.errors import LibraryError, UsageError
from core.library import Library, ScanEvent
from core.library.peaks import BASE
from tests.core.library_fixtures import library, make_song, scan

__all__ = ["library", "make_song"]


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
