"""Songs that must stay on one side of a split: of one author, near-duplicates, clips cut from one song."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from core.data.authors import author_identity
from core.data.splits import Split
from core.data.unions import Unions
from core.i18n import _

_CUT = re.compile(r"^(?P<song>.+)-(?P<number>\d{3})$")


class GroupedSong(Protocol):
    """What is asked of a song; `path` may be "" where it is unknown."""

    @property
    def key(self) -> str: ...
    @property
    def author(self) -> str: ...
    @property
    def path(self) -> Path | str: ...


@dataclass(frozen=True)
class Groups:
    """`of` gives each song's group by its key; `notes` are sentences on what could not be kept together."""

    of: dict[str, str]
    notes: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(set(self.of.values()))

    def divided_by(self, split: Split) -> list[tuple[str, ...]]:
        """Groups of which `split` puts songs into several parts, as a list written by hand may do."""
        parts: dict[str, dict[str, str]] = defaultdict(dict)
        for name in ("train", "validation", "test"):
            for key in getattr(split, name):
                parts[self.of.get(key, key)][key] = name
        return [tuple(sorted(keys)) for keys in parts.values() if len(set(keys.values())) > 1]


def song_groups(
    songs: Iterable[GroupedSong], *, duplicates: Iterable[Sequence[str]] = (), largest_author: float = 1.0
) -> Groups:
    """The groups of `songs`.

    Args:
        duplicates: sets of keys that are one sound (`core.data.fingerprint.find_duplicates`).
        largest_author: an author of this share of the songs or more is divided by song, since hardly anything would
            remain to judge by; duplicates and cut clips stay together all the same.
    """
    listed = list(songs)
    unions = Unions(song.key for song in listed)
    known = {song.key for song in listed}
    for same in [*duplicates, *_cut_clips(listed)]:
        present = [key for key in same if key in known]
        for key in present[1:]:
            unions.join(present[0], key)
    notes = []
    for works in _by_author(listed).values():
        keys = [song.key for song in works]
        if len(keys) > 1 and len(keys) >= largest_author * len(listed):
            notes.append(
                _("{author} made {count} of {total} songs: they are divided by song, not kept together.").format(
                    author=min((song.author for song in works), key=len), count=len(keys), total=len(listed)
                )
            )
            continue
        for key in keys[1:]:
            unions.join(keys[0], key)
    return Groups({song.key: unions.root(song.key) for song in listed}, tuple(notes))


def _by_author(songs: Iterable[GroupedSong]) -> dict[str, list[GroupedSong]]:
    works: dict[str, list[GroupedSong]] = defaultdict(list)
    for song in songs:
        if identity := author_identity(song.author):
            works[identity].append(song)
    return works


def _cut_clips(songs: Iterable[GroupedSong]) -> list[list[str]]:
    """Files called <song>-001, <song>-002 and so on in one folder, as `musicae cut` writes them."""
    clips: dict[tuple[Path, str], dict[int, str]] = defaultdict(dict)
    for song in songs:
        path = Path(song.path)
        if found := _CUT.match(path.stem):
            clips[path.parent, found["song"]][int(found["number"])] = song.key
    # Numbers far apart are names that happen to end so.
    return [
        list(numbered.values()) for numbered in clips.values() if any(number + 1 in numbered for number in numbered)
    ]
