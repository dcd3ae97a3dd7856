"""The list of training runs; what a run is lies in its own folder, here is only where it lies and how it went."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.library.database import Database
from core.library.songs import path_from_value, path_to_value


@dataclass(frozen=True)
class Run:
    """A training run as last heard of; the run folder itself is the truth."""

    folder: Path
    preset: str
    state: str
    created: str  # ISO 8601, UTC
    changed: str
    summary: dict[str, Any]


class RunTable:
    """Queries and changes of the runs in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def runs(self) -> list[Run]:
        """All runs, the newest first."""
        rows = self._database.rows(
            "SELECT folder, preset, state, created, changed, summary FROM runs ORDER BY created DESC, folder"
        )
        return [Run(path_from_value(row[0]), row[1], row[2], row[3], row[4], json.loads(row[5])) for row in rows]

    def put(self, folder: Path, preset: str, state: str, summary: Mapping[str, Any]) -> Run:
        """Add the run in `folder`, or bring its state and summary up to date; the day of its creation stays."""
        folder = folder.absolute()
        now = now_iso()
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (folder) DO UPDATE SET "
                "preset = excluded.preset, state = excluded.state, "
                "changed = excluded.changed, summary = excluded.summary",
                (path_to_value(folder), preset, state, now, now, json.dumps(dict(summary))),
            )
        return next(run for run in self.runs() if run.folder == folder)

    def remove(self, folder: Path) -> None:
        """Take the run off the list; its folder stays."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM runs WHERE folder = ?", (path_to_value(folder.absolute()),))


def now_iso() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
