"""The table of songs: what is known of each, found by words, genre and state, in any order, a page at a time."""

from __future__ import annotations

import os
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.audio.silence import SILENCE_PEAK
from core.errors import LibraryError, UsageError
from core.i18n import _
from core.library.database import Database

READY, MISSING, FAILED = "ready", "missing", "failed"

ORDERS = {
    "title": ("sort_title", "key"),
    "author": ("sort_author", "sort_title", "key"),
    "genre": ("genre", "sort_title", "key"),
    "seconds": ("seconds", "key"),
    "added": ("added", "key"),
    "state": ("state", "sort_title", "key"),
    "format": ("format", "sort_title", "key"),
    "rate": ("rate", "sort_title", "key"),
}

_COLUMNS = "key, path, title, author, genre, seconds, rate, channels, format, peak, added, state, error, demo"
_NAMES = tuple(_COLUMNS.split(", "))
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Song:
    """A song of the library; `path` is where its file was seen last.

    `state` is "ready", "missing" (the file is gone; it is found again when its folder is scanned) or "failed"
    (`error` is the sentence why). `peak` is the largest absolute sample of its mono mix.
    """

    key: str
    path: Path
    title: str
    author: str
    genre: str
    seconds: float
    rate: int
    channels: int
    format: str
    peak: float
    added: str  # ISO 8601, UTC
    state: str
    error: str
    demo: bool

    @property
    def silent(self) -> bool:
        """Nothing in it to train on."""
        return self.state != FAILED and self.peak <= SILENCE_PEAK


class SongTable:
    """Queries and changes of the songs in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # The last whole list: in another order, or with fewer songs, its rows are the same and need not be made again.
        self._known: dict[str, tuple[Row, Song]] = {}

    def songs(
        self,
        *,
        search: str = "",
        genre: str = "",
        state: str = "",
        order: str = "title",
        descending: bool = False,
        offset: int = 0,
        limit: int | None = None,
    ) -> list[Song]:
        """Songs that hold every word of `search` (in title, author, genre or file name; case and accents are equal)."""
        if order not in ORDERS:
            raise UsageError(
                _("Songs cannot be ordered by {order!r}; choose one of {orders}.").format(
                    order=order, orders=", ".join(ORDERS)
                )
            )
        where, values = _conditions(search, genre, state)
        direction = "DESC" if descending else "ASC"
        by = ", ".join(f"{column} {direction}" for column in ORDERS[order])
        if limit is None and not offset:
            rows = self._database.rows(f"SELECT {_COLUMNS} FROM songs{where} ORDER BY {by}", values)
            return self._kept(rows, whole=not where)
        # The page is chosen by an index alone; only its rows are then looked up.
        page = f"SELECT key AS chosen FROM songs{where} ORDER BY {by} LIMIT ? OFFSET ?"
        query = f"SELECT {_COLUMNS} FROM songs JOIN ({page}) ON key = chosen ORDER BY {by}"
        return [_song(row) for row in self._database.rows(query, [*values, -1 if limit is None else limit, offset])]

    def count(self, *, search: str = "", genre: str = "", state: str = "") -> int:
        where, values = _conditions(search, genre, state)
        return int(self._database.rows(f"SELECT count(*) FROM songs{where}", values)[0][0])

    def song(self, key: str) -> Song | None:
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM songs WHERE key = ?", (printable(key),))
        return _song(rows[0]) if rows else None

    def genres(self) -> list[str]:
        """The genres in use, without the empty one."""
        return [
            row[0] for row in self._database.rows("SELECT DISTINCT genre FROM songs WHERE genre > '' ORDER BY genre")
        ]

    def folders(self) -> dict[Path, int]:
        """The folders in which ready songs lie, in their order, and how many of them."""
        places = self._database.rows("SELECT path FROM songs WHERE state = ? ORDER BY path", (READY,))
        counted = Counter(os.path.dirname(row[0]) for row in places)  # noqa: PTH120 - a Path a song would be slow
        return {path_from_value(folder): count for folder, count in counted.items()}

    def expect(self, songs: Iterable[Song]) -> None:
        """List songs whose files are elsewhere; one that is listed stays as it is."""
        with self._database.writing() as connection:
            for song in songs:
                if read_song(connection, song.key) is None:
                    put_song(connection, replace(song, state=MISSING, error=""))

    def set_genre(self, keys: Iterable[str], genre: str) -> None:
        self._change(keys, lambda song: replace(song, genre=genre.strip()))

    def set_title(self, key: str, title: str) -> None:
        self._change([key], lambda song: replace(song, title=title.strip() or song.title))

    def set_author(self, keys: Iterable[str], author: str) -> None:
        self._change(keys, lambda song: replace(song, author=author.strip()))

    def _kept(self, rows: Sequence[Row], *, whole: bool) -> list[Song]:
        """The songs of `rows`, the same objects as before where nothing has changed; several threads may ask."""
        known, songs, kept = self._known, [], {}
        for row in rows:
            pair = known.get(row[0])
            if pair is None or pair[0] != row:
                pair = (row, _song(row))
            kept[row[0]] = pair
            songs.append(pair[1])
        if whole:
            self._known = kept
        return songs

    def _change(self, keys: Iterable[str], change: Callable[[Song], Song]) -> None:
        with self._database.writing() as connection:
            for key in keys:
                song = read_song(connection, key)
                if song is None:
                    raise LibraryError(_("That song is no longer in the library."))
                put_song(connection, change(song))


def read_song(connection: sqlite3.Connection, key: str) -> Song | None:
    rows = connection.execute(f"SELECT {_COLUMNS} FROM songs WHERE key = ?", (key,)).fetchall()
    return _song(rows[0]) if rows else None


def put_song(connection: sqlite3.Connection, song: Song) -> None:
    """Insert or replace a song's row within a transaction of the caller's."""
    title, author, path = printable(song.title), printable(song.author), song.path
    values = (
        song.key,
        path_to_value(path),
        title,
        author,
        printable(song.genre),
        song.seconds,
        song.rate,
        song.channels,
        song.format,
        song.peak,
        song.added,
        song.state,
        printable(song.error),
        int(song.demo),
        folded(title),
        folded(author) or "\U0010ffff",  # songs of no known author come last
        folded("\n".join([title, author, printable(song.genre), printable(path.name)])),
    )
    names = f"{_COLUMNS}, sort_title, sort_author, search"
    changes = ", ".join(f"{name} = excluded.{name}" for name in names.split(", ")[1:])
    connection.execute(
        # Not INSERT OR REPLACE, whose hidden DELETE would take the song's files with it.
        f"INSERT INTO songs ({names}) VALUES ({', '.join('?' * len(values))}) "
        f"ON CONFLICT (key) DO UPDATE SET {changes}",
        values,
    )


def folded(text: str) -> str:
    """`text` without case and accents, for order and search: "Élan" and "elan" are equal."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def path_to_value(path: Path) -> str | bytes:
    """What SQLite stores for a path: text, or the raw bytes of a name that is not valid UTF-8."""
    text = str(path)
    try:
        text.encode()
    except UnicodeEncodeError:
        return os.fsencode(path)
    return text


def path_from_value(value: str | bytes) -> Path:
    return Path(os.fsdecode(value))


def _conditions(search: str, genre: str, state: str) -> tuple[str, list[Any]]:
    conditions, values = [], []
    for word in folded(search).split():
        conditions.append("instr(search, ?) > 0")
        values.append(word)
    for column, value in (("genre", genre), ("state", state)):
        if value:
            conditions.append(f"{column} = ?")
            values.append(value)
    return (" WHERE " + " AND ".join(conditions) if conditions else ""), values


def _song(row: Row) -> Song:
    # Not `Song(...)`, which for a frozen class calls a function for every field: with ten thousand rows one feels it.
    song = object.__new__(Song)
    song.__dict__.update(zip(_NAMES, row, strict=True), path=path_from_value(row[1]), demo=bool(row[-1]))
    return song


def printable(text: str) -> str:
    """Text that SQLite and JSON files can hold: the stray bytes of a file name become question marks."""
    return text.encode("utf-8", "replace").decode()
