"""What was measured of songs and takes long, each with the version of its measure: a better one replaces it."""

from __future__ import annotations

import json
from typing import Any

from core.library.database import Database


class MeasuredTable:
    """Values by content key and name, as JSON; they go with their song. Usable from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str, name: str, version: int) -> Any:
        """What the measure `name` of just this version found of a song; None where it was not asked yet."""
        rows = self._database.rows(
            "SELECT value FROM measured WHERE key = ? AND name = ? AND version = ?", (key, name, version)
        )
        return json.loads(rows[0][0]) if rows else None

    def put(self, key: str, name: str, version: int, value: Any) -> None:
        """Keep a finding in the place of any other version's; of a song that is not listed nothing is kept."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO measured (key, name, version, value) "
                "SELECT key, ?, ?, ? FROM songs WHERE key = ?",
                (name, version, json.dumps(value), key),
            )
