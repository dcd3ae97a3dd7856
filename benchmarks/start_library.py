"""A library of ten thousand songs: opened, searched and sorted, by the core and as the window shows it.

The songs are rows of the database only, with an empty file each; nothing here reads sound. Beside the core's answers:
the same songs in a list in memory, searched and sorted by plain Python, which is what a database on disk has to be
held against. Beside the window's: the core's answer to the same question.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.figure import Figure
from core.library import Library, Song
from core.library.database import Database
from core.library.library import DATABASE_NAME
from core.library.songs import put_song

ROUNDS = 5
PAGE = 200  # rows
FIRST = ("amber", "blue", "clear", "distant", "early", "foggy", "golden", "hidden", "idle", "jade", "kind", "late")
SECOND = ("river", "street", "lantern", "garden", "engine", "harbour", "mirror", "valley", "window", "circle")
GENRES = ("blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock")
SEARCH = "blue riv"


def library(folder: Path, count: int) -> Iterator[Figure]:
    """All figures of a new library of `count` songs in `folder`."""
    folder.mkdir(parents=True)
    songs = fill(folder, count)

    def opened() -> None:
        made = Library(folder)
        made.songs(limit=PAGE)
        made.count()
        made.close()

    words = SEARCH.split()

    def matches(song: Song) -> bool:
        text = f"{song.title} {song.author} {song.genre} {song.path.name}".lower()
        return all(word in text for word in words)

    ours = Library(folder)
    questions: dict[str, tuple[Callable[[], object], Callable[[], object] | None]] = {
        "open": (opened, None),
        "all songs": (ours.songs, None),
        "search": (
            lambda: ours.songs(search=SEARCH),
            lambda: [song for song in songs if matches(song)],
        ),
        "sort by title": (ours.songs, lambda: sorted(songs, key=lambda song: song.title.lower())),
        "sort by length": (
            lambda: ours.songs(order="seconds", descending=True),
            lambda: sorted(songs, key=lambda song: -song.seconds),
        ),
        "a page in the middle": (lambda: ours.songs(offset=count // 2, limit=PAGE), None),
    }
    for name, (ask, plain) in questions.items():
        value, reference = milliseconds(ask), milliseconds(plain) if plain else None
        yield Figure(
            f"library/{name}",
            value,
            "ms",
            reference=reference,
            ratio=value / reference if reference else None,
            details={"songs": count} | ({"reference_name": "a list in memory"} if reference else {}),
        )
    answers = {"open": lambda: ours.songs(), "search": lambda: ours.songs(search=SEARCH)}
    answers["sort"] = lambda: ours.songs(order="seconds")
    beside = {name: milliseconds(answer) for name, answer in answers.items()}
    ours.close()
    for name, value in in_window(folder, count).items():
        yield Figure(
            f"library/window: {name}",
            value,
            "ms",
            reference=beside[name],
            ratio=value / beside[name],
            details={"reference_name": "the core's answer", "songs": count},
        )


def fill(folder: Path, count: int) -> list[Song]:
    """Put `count` made-up songs into the library's database; the same ones each time."""
    draw = np.random.default_rng(0)
    files = folder / "songs"
    files.mkdir()
    songs = []
    for number in range(count):
        first, second, genre = (str(draw.choice(words)) for words in (FIRST, SECOND, GENRES))
        path = files / f"{number:05}.wav"
        path.touch()
        songs.append(
            Song(
                key=f"{number:064x}",
                path=path,
                title=f"{first} {second} {number}".capitalize(),
                author=f"Author {draw.integers(500)}",
                genre=genre,
                seconds=float(draw.uniform(60, 400)),
                rate=44_100,
                channels=2,
                format="WAV",
                peak=0.9,
                added="2026-01-01T00:00:00+00:00",
                state="ready",
                error="",
                demo=False,
            )
        )
    database = Database(folder / DATABASE_NAME)
    with database.writing() as connection:
        for song in songs:
            put_song(connection, song)
    database.close()
    return songs


def milliseconds(work: Callable[[], object]) -> float:
    """Median of several rounds."""
    spent = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        work()
        spent.append(1000 * (time.perf_counter() - began))
    return statistics.median(spent)


def in_window(folder: Path, count: int) -> dict[str, float]:
    """Milliseconds until the Library panel shows and has painted all songs, those found, and all in another order."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from core.preferences import Preferences, save_preferences
    from musicae_gui.panels.library import LibraryPanel
    from musicae_gui.studio import Studio, application

    save_preferences(folder, Preferences(demo_songs=False))
    qt = application(["benchmarks"])
    studio = Studio(folder)
    found = len(studio.services.library.songs(search=SEARCH))
    lengths = studio.services.library.songs(order="seconds", limit=1)

    def until(condition: Callable[[], bool]) -> None:
        while not condition():
            qt.processEvents()
            time.sleep(0.0005)
        qt.processEvents()

    def timed(act: Callable[[], object], condition: Callable[[], bool]) -> float:
        began = time.perf_counter()
        act()
        until(condition)
        return 1000 * (time.perf_counter() - began)

    studio.window.resize(1400, 900)
    studio.window.show()
    until(studio.window.isVisible)
    made: list[LibraryPanel] = []

    def show() -> None:
        studio.window.show_panel("library")
        panel = studio.window.findChild(LibraryPanel, "library")
        assert panel is not None
        made.append(panel)

    opened = timed(show, lambda: made[0].model.rowCount() == count)
    until(lambda: not studio.services.tasks.live)  # the look at the files
    panel = made[0]
    searched = timed(lambda: panel.controller.set_query(search=SEARCH), lambda: panel.model.rowCount() == found)
    timed(lambda: panel.controller.set_query(search=""), lambda: panel.model.rowCount() == count)
    ordered = timed(
        lambda: panel.controller.set_query(order="seconds", descending=False),
        lambda: panel.model.song(0).key == lengths[0].key,
    )
    until(lambda: not studio.services.tasks.live)
    studio.close()
    return {"open": opened, "search": searched, "sort": ordered}
