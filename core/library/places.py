"""Where the content of each song was seen: to know files again without reading them, and to find what was moved."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from core.library.database import Database
from core.library.songs import FAILED, MISSING, READY, path_from_value, path_to_value, put_song, read_song

_CHECKED_AT_ONCE = 500


@dataclass(frozen=True)
class Stamp:
    """What tells, without reading it, that a file is unchanged."""

    size: int
    mtime_ns: int


class KnownFiles:
    """The library's files at one moment, to be asked from several threads."""

    def __init__(self, database: Database) -> None:
        self.readable = {row[0] for row in database.rows("SELECT key FROM songs WHERE state != ?", (FAILED,))}
        rows = database.rows("SELECT path, size, mtime_ns, key FROM files")
        self._keys = {(path, Stamp(size, mtime_ns)): key for path, size, mtime_ns, key in rows}

    def key_of(self, path: Path, stamp: Stamp) -> str | None:
        """The key of a file of that name, size and time; None where it must be read."""
        return self._keys.get((path_to_value(path), stamp))


def remember_file(connection: sqlite3.Connection, path: Path, stamp: Stamp, key: str) -> None:
    connection.execute(
        "INSERT INTO files VALUES (?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET "
        "size = excluded.size, mtime_ns = excluded.mtime_ns, key = excluded.key",
        (path_to_value(path), stamp.size, stamp.mtime_ns, key),
    )


def forget_former_content(connection: sqlite3.Connection, path: Path, key: str | None) -> None:
    """The file `path` now holds the song `key`: whatever was known to lie there lies elsewhere or is missing."""
    value = path_to_value(path)
    connection.execute("DELETE FROM files WHERE path = ? AND key IS NOT ?", (value, key))
    for (former,) in connection.execute(
        "SELECT key FROM songs WHERE path = ? AND key IS NOT ?", (value, key)
    ).fetchall():
        _look_elsewhere(connection, former)


def check_places(database: Database, cancelled: Callable[[], bool] = lambda: False) -> list[str]:
    """Look whether every song's file is where it was seen, and bring states and paths up to date.

    Returns the keys of the songs that changed. The files are looked at outside of any transaction.
    """
    changed: list[str] = []
    known = database.rows("SELECT key, path, state FROM songs")
    for start in range(0, len(known), _CHECKED_AT_ONCE):
        if cancelled():
            break
        some = known[start : start + _CHECKED_AT_ONCE]
        wrong = [key for key, path, state in some if is_there(path_from_value(path)) == (state == MISSING)]
        if wrong:
            with database.writing() as connection:
                changed += [key for key in wrong if _look_elsewhere(connection, key)]
    return changed


def is_there(path: Path) -> bool:
    """Whether a file of that name can be seen; what may not be looked at is not there."""
    return path.exists()


def _look_elsewhere(connection: sqlite3.Connection, key: str) -> bool:
    """Point a song to a file of its content; without one it is missing, and a failed one is dropped.

    Returns whether that changed anything.
    """
    song = read_song(connection, key)
    if song is None:
        return False
    rows = connection.execute("SELECT path, size FROM files WHERE key = ? ORDER BY path", (key,)).fetchall()
    places = [path for path, size in ((path_from_value(value), size) for value, size in rows) if _has_size(path, size)]
    found = song.path if song.path in places else next(iter(places), None)
    if song.state == FAILED and found is None:
        connection.execute("DELETE FROM songs WHERE key = ?", (key,))
        return True
    changed = replace(song, path=found or song.path)
    if song.state != FAILED:
        changed = replace(changed, state=READY if found else MISSING)
    if changed != song:
        put_song(connection, changed)
    return changed != song


def _has_size(path: Path, size: int) -> bool:
    """Whether the file is there and may still hold what it held; only reading it would tell."""
    try:
        return path.stat().st_size == size
    except (OSError, ValueError):
        return False
