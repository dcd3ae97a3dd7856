"""What is wrong with a collection sorted by genre: broken, repeated and contradictory files, genres with few songs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from core.data.unions import Unions

LEAST_SONGS = 6
"""A genre of fewer songs cannot be learned and tested with any sense."""


class LabelledSong(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def genre(self) -> str: ...
    @property
    def path(self) -> Path | str: ...


@dataclass(frozen=True)
class Copy:
    """One file among several of the same sound; an exact copy has its song's `key`."""

    key: str
    path: Path
    genre: str


@dataclass(frozen=True)
class Audit:
    """The lists.

    Attributes:
        broken: each unusable file with a sentence.
        repeated: files of one sound in one genre, the first of each to be kept.
        conflicting: files of one sound under different genres: nobody can be right on all of them.
        few: genres with fewer than six songs, and how many they have.
    """

    broken: tuple[tuple[Path, str], ...]
    repeated: tuple[tuple[Copy, ...], ...]
    conflicting: tuple[tuple[Copy, ...], ...]
    few: dict[str, int]

    @property
    def faulty(self) -> frozenset[str]:
        """The songs to leave out of scores "without them": all repetitions but the first, every contradiction."""
        again = {copy.key for copies in self.repeated for copy in copies[1:] if copy.key != copies[0].key}
        return frozenset(again | {copy.key for copies in self.conflicting for copy in copies})


def audit(
    songs: Iterable[LabelledSong],
    *,
    problems: Iterable[tuple[Path, str]] = (),
    copies: Mapping[Path, str] | None = None,
    duplicates: Iterable[Sequence[str]] = (),
    least: int = LEAST_SONGS,
) -> Audit:
    """Look through a collection.

    Args:
        problems: files that could not be read, each with its sentence.
        copies: further files of exactly the same content, with their song's key; their genre is their folder's name.
        duplicates: sets of keys that sound alike (`core.data.fingerprint.find_duplicates`).
        least: songs that a genre needs.
    """
    listed = list(songs)
    unions = Unions(song.key for song in listed)
    for same in duplicates:
        for key in same[1:]:
            unions.join(same[0], key)
    files = [Copy(song.key, Path(song.path), song.genre) for song in listed]
    files += [Copy(key, path, path.parent.name) for path, key in (copies or {}).items()]
    sounds: dict[str, list[Copy]] = {}
    for file in files:
        sounds.setdefault(unions.root(file.key), []).append(file)
    several = [tuple(each) for each in sounds.values() if len(each) > 1]
    return Audit(
        tuple(problems),
        tuple(each for each in several if len({copy.genre for copy in each}) == 1),
        tuple(each for each in several if len({copy.genre for copy in each}) > 1),
        few_songs([song.genre for song in listed], least),
    )


def few_songs(genres: Iterable[str], least: int = LEAST_SONGS) -> dict[str, int]:
    """Genres (one entry a song) with fewer than `least` songs; songs of no known genre are none."""
    counts = Counter(genre for genre in genres if genre)
    return {genre: count for genre, count in sorted(counts.items()) if count < least}
