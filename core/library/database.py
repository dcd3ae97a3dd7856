"""The SQLite file: one connection a thread, short transactions, schema versions, and what happens to a damaged file."""

from __future__ import annotations

import contextlib
import datetime
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from core.errors import LibraryError
from core.i18n import _

BUSY_SECONDS = 10.0

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE songs (
        key TEXT PRIMARY KEY,
        path NOT NULL,              -- text; bytes where the name is not valid UTF-8
        title TEXT NOT NULL, author TEXT NOT NULL, genre TEXT NOT NULL,
        seconds REAL NOT NULL, rate INTEGER NOT NULL, channels INTEGER NOT NULL, format TEXT NOT NULL,
        peak REAL NOT NULL,
        added TEXT NOT NULL,
        state TEXT NOT NULL, error TEXT NOT NULL,
        demo INTEGER NOT NULL,
        sort_title TEXT NOT NULL, sort_author TEXT NOT NULL, search TEXT NOT NULL  -- folded for order and search
    ) WITHOUT ROWID;
    CREATE INDEX songs_by_title ON songs (sort_title, key, search, genre, state);  -- all that a search looks at
    CREATE INDEX songs_by_author ON songs (sort_author, sort_title, key);
    CREATE INDEX songs_by_genre ON songs (genre, sort_title, key);
    CREATE INDEX songs_by_seconds ON songs (seconds, key);
    CREATE INDEX songs_by_added ON songs (added, key);
    CREATE INDEX songs_by_path ON songs (path);
    CREATE TABLE files (            -- every place where a song's content was seen, to know it again without reading
        path PRIMARY KEY,
        size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
        key TEXT NOT NULL REFERENCES songs (key) ON DELETE CASCADE
    ) WITHOUT ROWID;
    CREATE INDEX files_by_key ON files (key);
    CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    """,
    """
    CREATE TABLE runs (
        folder PRIMARY KEY,
        preset TEXT NOT NULL, state TEXT NOT NULL,
        created TEXT NOT NULL, changed TEXT NOT NULL,
        summary TEXT NOT NULL       -- JSON
    ) WITHOUT ROWID;
    CREATE INDEX runs_by_created ON runs (created);
    """,
    """
    CREATE TABLE creations (
        key INTEGER PRIMARY KEY AUTOINCREMENT,  -- the order of their making; one that was undone comes back under it
        title TEXT NOT NULL, starred INTEGER NOT NULL, created TEXT NOT NULL,
        model TEXT NOT NULL,        -- name or path
        seconds REAL NOT NULL,
        recipe TEXT NOT NULL        -- JSON
    );
    """,
    """
    CREATE TABLE measured (
        key TEXT NOT NULL REFERENCES songs (key) ON DELETE CASCADE,
        name TEXT NOT NULL,         -- of what was measured
        version INTEGER NOT NULL,   -- of the measure: what another one found does not count
        value TEXT NOT NULL,        -- JSON
        PRIMARY KEY (key, name)
    ) WITHOUT ROWID;
    """,
)
"""Each script takes the schema one version further; `PRAGMA user_version` counts those that were applied."""


class Database:
    """Connections to one SQLite file, made when a thread first asks and closed after its end.

    Attributes:
        set_aside: where a damaged file was moved when this one was opened, else None.
        lost: what could not be read from that file, as a developer's text.

    Raises:
        LibraryError: the file cannot be opened, or was made by a newer version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.set_aside: Path | None = None
        self.closed = False
        self._local = threading.local()
        self._lock = threading.Lock()
        self._connections: list[tuple[threading.Thread, sqlite3.Connection]] = []
        with self.explained():
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._prepare()
            except sqlite3.DatabaseError as error:
                if not _damaged(error):
                    raise
                self.close()
                self.closed = False
                self.set_aside = _moved_aside(path)
                self._prepare()

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows of a query, as tuples."""
        with self.explained():
            return self._connection().execute(query, values).fetchall()

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction, committed when the block ends well; keep it short, others wait for it."""
        with self.explained():
            connection = self._connection()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the connections of all threads; none may be in use."""
        with self._lock:
            self.closed = True
            for _thread, connection in self._connections:
                connection.close()
            self._connections.clear()
            self._local = threading.local()

    @contextlib.contextmanager
    def explained(self) -> Iterator[None]:
        """Turn SQLite's and the system's errors into sentences."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            if isinstance(error, sqlite3.DatabaseError) and _damaged(error):
                words = _("The library {path} is damaged. Start Musicae again: it will be set aside and made anew.")
            else:
                words = _(
                    "The library {path} cannot be used: {reason}. Close other programs that use it, or make room."
                )
            raise LibraryError(
                words.format(path=self.path, reason=error), path=self.path, details=repr(error)
            ) from error

    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is not None:
            return found
        with self._lock:
            if self.closed:
                raise LibraryError(_("The library {path} is closed.").format(path=self.path), path=self.path)
            self._close_of_ended_threads()
            connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            self._connections.append((threading.current_thread(), connection))
        # A commit survives a crash of the program; a power cut may lose the last ones, never the file.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        self._local.connection = connection
        return connection

    def _close_of_ended_threads(self) -> None:
        living = []
        for thread, connection in self._connections:
            if thread.is_alive():
                living.append((thread, connection))
            else:
                connection.close()
        self._connections = living

    def _prepare(self) -> None:
        connection = self._connection()
        connection.execute("PRAGMA journal_mode = WAL")
        answer = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if answer != "ok":
            raise _Damaged(answer)
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(MIGRATIONS):
            raise LibraryError(
                _("The library {path} was made by a newer version of Musicae. Install that version.").format(
                    path=self.path
                ),
                path=self.path,
            )
        if version < len(MIGRATIONS):
            self._migrate(connection)

    def _migrate(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN EXCLUSIVE")
        try:
            # Asked again inside: another program may have migrated while this one waited.
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
                for statement in _statements(script):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


class _Damaged(sqlite3.DatabaseError):
    sqlite_errorcode = sqlite3.SQLITE_CORRUPT


def _damaged(error: sqlite3.DatabaseError) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _moved_aside(path: Path) -> Path:
    """Rename the file and its journal together, so that what they hold can still be rescued."""
    stamp = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.stem}-damaged-{stamp}{path.suffix}")
    number = 2
    while aside.exists():
        aside = path.with_name(f"{path.stem}-damaged-{stamp}-{number}{path.suffix}")
        number += 1
    path.rename(aside)
    for ending in ("-wal", "-shm"):
        journal = path.with_name(path.name + ending)
        if journal.exists():
            journal.rename(aside.with_name(aside.name + ending))
    return aside


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one: `executescript` would commit before the first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
