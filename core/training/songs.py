"""Songs for training from files, folders or the library: decoded once, the bad ones named and passed over."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from core.audio import find_audio, open_audio
from core.audio.decode import shown
from core.data.store import SampleStore
from core.errors import MusicaeError
from core.library.keys import content_key
from core.training.crops import TrainingSong


@dataclass(frozen=True)
class SongsFound:
    """What can be trained on, and a sentence for each file that cannot.

    `duplicates` are files with exactly an earlier one's content, each with the key of that song.
    """

    songs: list[TrainingSong]
    problems: list[tuple[Path, str]]
    duplicates: dict[Path, str]


class LibrarySong(Protocol):
    """What `core.library.Song` has of what is needed here."""

    @property
    def key(self) -> str: ...
    @property
    def path(self) -> Path: ...
    @property
    def title(self) -> str: ...
    @property
    def author(self) -> str: ...
    @property
    def genre(self) -> str: ...


Listener = Callable[[Path, int, int], None]


def songs_from_paths(
    paths: Iterable[Path],
    store: SampleStore,
    *,
    on_song: Listener = lambda path, done, total: None,
    on_problem: Callable[[Path, str], None] = lambda path, sentence: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> SongsFound:
    """Every song in files and folders, decoded into `store`; one bad file never stops the others.

    Args:
        on_song: called before each file with its path, how many are done, and how many there are.
        on_problem: called at once for each bad file with a sentence.
        cancelled: asked before each file; what was found until then is returned.
    """
    problems: list[tuple[Path, str]] = []
    files = list(find_audio(paths))
    songs: dict[str, TrainingSong] = {}
    duplicates: dict[Path, str] = {}
    for number, path in enumerate(files):
        if cancelled():
            break
        on_song(path, number, len(files))
        try:
            key = content_key(path)
            if key in songs:
                duplicates[path] = key
                continue
            stored, author = store.add(key, path), _author(path)
        except MusicaeError as error:
            problems.append((path, error.sentence))
            on_problem(path, error.sentence)
            continue
        title, genre = shown(Path(path.stem)), shown(Path(path.parent.name))
        songs[key] = TrainingSong(key, title, author, stored, genre=genre, path=str(path))
    return SongsFound(list(songs.values()), problems, duplicates)


def songs_from_library(
    chosen: Iterable[LibrarySong],
    store: SampleStore,
    *,
    on_song: Listener = lambda path, done, total: None,
    on_problem: Callable[[Path, str], None] = lambda path, sentence: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> SongsFound:
    """Songs of the library, decoded where they were not yet; missing or broken ones are named and passed over."""
    listed = list(chosen)
    songs: list[TrainingSong] = []
    problems: list[tuple[Path, str]] = []
    for number, song in enumerate(listed):
        if cancelled():
            break
        on_song(song.path, number, len(listed))
        try:
            stored = store.get(song.key) if song.key in store else store.add(song.key, song.path)
        except MusicaeError as error:
            problems.append((song.path, error.sentence))
            on_problem(song.path, error.sentence)
            continue
        songs.append(TrainingSong(song.key, song.title, song.author, stored, genre=song.genre, path=str(song.path)))
    return SongsFound(songs, problems, {})


def _author(path: Path) -> str:
    """By the file's own tags, so that an author's songs can be kept on one side of a split; "" where it has none."""
    with open_audio(path) as stream:
        return stream.tags.get("artist", "")
