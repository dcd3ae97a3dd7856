"""A division of songs that the user wrote down: a CSV file with one line a song."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from core.data.splits import Split
from core.errors import UsageError
from core.i18n import _, ngettext

FILE_COLUMNS = ("file", "path", "filename", "song", "key", "name")
PART_COLUMNS = ("split", "part", "set", "subset")
PARTS = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "dev": "validation",
    "test": "test",
    "testing": "test",
}
MOST_BYTES = 64 << 20
_NAMED = 5


class NamedSong(Protocol):
    """What a line can name: a content key or a path."""

    @property
    def key(self) -> str: ...
    @property
    def path(self) -> Path | str: ...


@dataclass(frozen=True)
class WrittenSplit:
    """The division, and sentences on lines and songs that take no part in it."""

    split: Split
    notes: tuple[str, ...]


def split_from_csv(path: Path, songs: Iterable[NamedSong]) -> WrittenSplit:
    """The division of `songs` in the file `path`.

    A header names the columns: one of "file", "path", "song", "key" and one of "split", "part", "set"; without one
    they are the first two. A song is named by its key, its path, or as much of the path's end as tells it from the
    others, with or without the suffix. Parts are train, validation (or val, dev) and test. Commas, semicolons and
    tabs divide.

    Raises:
        UsageError: the file cannot be read, a line's part is unknown, a song is in two parts, or training or
            validation stay empty.
    """
    names = _Names(songs)
    parts: dict[str, str] = {}
    unknown: list[str] = []
    for line, name, part in _lines(path):
        if part.casefold() not in PARTS:
            raise UsageError(
                _("{path}, line {line}: {part!r} is none of train, validation and test.").format(
                    path=path, line=line, part=part
                ),
                path=path,
            )
        key = names.find(name, path, line)
        if key is None:
            unknown.append(name)
            continue
        if parts.setdefault(key, PARTS[part.casefold()]) != PARTS[part.casefold()]:
            raise UsageError(
                _("{path}, line {line}: {name} was in another part before.").format(path=path, line=line, name=name),
                path=path,
            )
    train, validation, test = (
        tuple(sorted(k for k in parts if parts[k] == p)) for p in ("train", "validation", "test")
    )
    if not train or not validation:
        raise UsageError(
            _("{path} leaves no song of yours to train on, or none to validate with.").format(path=path), path=path
        )
    return WrittenSplit(Split(train, validation, test), tuple(_notes(unknown, names, parts)))


class _Names:
    """Songs by everything that they can be called."""

    def __init__(self, songs: Iterable[NamedSong]) -> None:
        self.titles: dict[str, str] = {}
        self._keys: dict[str, set[str]] = defaultdict(set)
        for song in songs:
            path = Path(song.path).as_posix()
            self.titles[song.key] = PurePosixPath(path).name or song.key[:12]
            self._keys[song.key].add(song.key)
            parts = PurePosixPath(path).parts
            for length in range(1, len(parts) + 1):
                end = PurePosixPath(*parts[-length:])
                self._keys[str(end)].add(song.key)
                self._keys[_without_suffix(end)].add(song.key)

    def find(self, name: str, path: Path, line: int) -> str | None:
        plain = PurePosixPath(name.replace("\\", "/"))
        # Suffixes may differ: a list of a data set names its wav files, the user's copies may be flac.
        keys = self._keys.get(str(plain)) or self._keys.get(_without_suffix(plain)) or set()
        if len(keys) > 1:
            raise UsageError(
                _("{path}, line {line}: several songs are called {name}; give more of the path.").format(
                    path=path, line=line, name=name
                ),
                path=path,
            )
        return next(iter(keys), None)


def _without_suffix(path: PurePosixPath) -> str:
    return str(path.with_suffix("")) if path.name else str(path)


def _lines(path: Path) -> list[tuple[int, str, str]]:
    """(line number, song, part) of every line that holds something."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UsageError(_("{path} is too large to be a list of songs.").format(path=path), path=path)
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise UsageError(
            _("The list {path} cannot be read as text: {reason}.").format(path=path, reason=error), path=path
        ) from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    rows = [
        (line, [cell.strip() for cell in row])
        for line, row in enumerate(csv.reader(text.splitlines(), delimiter=delimiter), 1)
    ]
    rows = [(line, row) for line, row in rows if any(row)]
    name, part = _columns(rows[0][1]) if rows else (None, None)
    if name is None or part is None:
        name, part = 0, 1
    else:
        rows = rows[1:]
    for line, row in rows:
        if len(row) <= max(name, part):
            raise UsageError(
                _("{path}, line {line}: a song and its part are wanted.").format(path=path, line=line), path=path
            )
    return [(line, row[name], row[part]) for line, row in rows]


def _columns(header: list[str]) -> tuple[int | None, int | None]:
    plain = [cell.casefold() for cell in header]
    places = [
        next((plain.index(wanted) for wanted in choices if wanted in plain), None)
        for choices in (FILE_COLUMNS, PART_COLUMNS)
    ]
    return places[0], places[1]


def _notes(unknown: list[str], names: _Names, parts: dict[str, str]) -> list[str]:
    notes = []
    if unknown:
        notes.append(
            ngettext(
                "One line names a song that is not here: {songs}.",
                "{n} lines name songs that are not here: {songs}.",
                len(unknown),
            ).format(n=len(unknown), songs=_shown(unknown))
        )
    left_out = [title for key, title in names.titles.items() if key not in parts]
    if left_out:
        notes.append(
            ngettext(
                "One song is not in the list and takes no part: {songs}.",
                "{n} songs are not in the list and take no part: {songs}.",
                len(left_out),
            ).format(n=len(left_out), songs=_shown(left_out))
        )
    return notes


def _shown(names: list[str]) -> str:
    return ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
