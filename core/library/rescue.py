"""Taking over into a new library what a damaged one still gives: songs with their edits, places, runs, creations."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.library.database import Database

_TABLES = ("songs", "files", "facts", "runs", "creations", "measured")


@dataclass(frozen=True)
class Rescued:
    """How many rows were saved."""

    songs: int
    runs: int


def rescue(damaged: Path, database: Database) -> Rescued:
    """Copy the readable rows of the file `damaged` into `database`; the file itself is only read."""
    saved = dict.fromkeys(_TABLES, 0)
    with contextlib.suppress(sqlite3.Error), contextlib.closing(_opened(damaged)) as source:
        for table in _TABLES:
            with database.writing() as connection:
                known = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
                for names, row in _readable_rows(source, table, known):
                    saved[table] += _inserted(connection, table, names, row)
    return Rescued(saved["songs"], saved["runs"])


def _opened(damaged: Path) -> sqlite3.Connection:
    return sqlite3.connect(damaged, timeout=1.0)


def _readable_rows(source: sqlite3.Connection, table: str, known: list[str]) -> Iterator[tuple[list[str], tuple]]:
    """Rows up to the first damaged page, from the front and then from the back."""
    seen: set[tuple] = set()
    try:
        found = [row[1] for row in source.execute(f"PRAGMA table_info({table})")]
    except sqlite3.Error:
        return
    names = [name for name in known if name in found]
    if not names:
        return
    for direction in ("ASC", "DESC"):
        try:
            for row in source.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY {names[0]} {direction}"):
                if row not in seen:
                    seen.add(row)
                    yield names, row
        except sqlite3.Error:
            continue


def _inserted(connection: sqlite3.Connection, table: str, names: list[str], row: tuple) -> int:
    places = ", ".join("?" * len(names))
    try:
        return connection.execute(f"INSERT OR IGNORE INTO {table} ({', '.join(names)}) VALUES ({places})", row).rowcount
    except sqlite3.Error:  # half a row: a value that is missing, a file of a song that was not saved
        return 0


def runs_in_folders(folder: Path) -> Iterator[tuple[Path, str, str, dict[str, Any]]]:
    """Training runs that lie below `folder`, whatever a database says: folder, preset, state, summary of each."""
    for config in sorted(folder.glob("*/config.json")):
        try:
            document = json.loads(config.read_text(encoding="utf-8"))
            result = document.get("result") or {"state": "interrupted"}
            yield config.parent, str(document["train"]["model"]), str(result["state"]), dict(result)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue  # not a run, or not one that could be gone on with
