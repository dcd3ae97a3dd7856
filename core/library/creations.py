"""The history of what was created: how each was made, its name and its star. Sounds and latents lie elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.library.database import Database
from core.library.runs import now_iso

_COLUMNS = "key, title, starred, created, model, seconds, recipe"


@dataclass(frozen=True)
class Creation:
    """Something made by a recipe.

    Args:
        key: never given twice.
        created: ISO 8601, UTC.
        model: name or path of the model that it was made with; the recipe holds its hash.
        seconds: its length.
        recipe: `core.latents.recipes.Recipe.to_dict`, edits included.
    """

    key: int
    title: str
    starred: bool
    created: str
    model: str
    seconds: float
    recipe: Mapping[str, Any]


class CreationTable:
    """Queries and changes of the creations in a database; usable from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Creation]:
        """The newest first."""
        return [_creation(row) for row in self._database.rows(f"SELECT {_COLUMNS} FROM creations ORDER BY key DESC")]

    def get(self, key: int) -> Creation | None:
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM creations WHERE key = ?", (key,))
        return _creation(rows[0]) if rows else None

    def add(self, title: str, model: str, seconds: float, recipe: Mapping[str, Any]) -> Creation:
        """A new entry at the top."""
        with self._database.writing() as connection:
            made = connection.execute(
                "INSERT INTO creations (title, starred, created, model, seconds, recipe) VALUES (?, 0, ?, ?, ?, ?)",
                (title, now_iso(), model, seconds, json.dumps(dict(recipe))),
            )
            key = int(made.lastrowid or 0)
        found = self.get(key)
        assert found is not None
        return found

    def put(self, creations: Iterable[Creation]) -> None:
        """Bring entries up to date, or back at their old places after `remove`."""
        with self._database.writing() as connection:
            for each in creations:
                connection.execute(
                    f"INSERT OR REPLACE INTO creations ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        each.key,
                        each.title,
                        int(each.starred),
                        each.created,
                        each.model,
                        each.seconds,
                        json.dumps(dict(each.recipe)),
                    ),
                )

    def take(self, creation: Creation) -> Creation:
        """An entry made elsewhere: the one that is here where it is the same, else a new one at the top."""
        same = self._database.rows(f"SELECT {_COLUMNS} FROM creations WHERE created = ?", (creation.created,))
        for known in map(_creation, same):
            if known.recipe == dict(creation.recipe) and known.model == creation.model:
                return known
        added = self.add(creation.title, creation.model, creation.seconds, creation.recipe)
        taken = replace(creation, key=added.key)
        self.put([taken])
        return taken

    def remove(self, keys: Iterable[int]) -> None:
        with self._database.writing() as connection:
            connection.executemany("DELETE FROM creations WHERE key = ?", [(key,) for key in keys])


def _creation(row: tuple[Any, ...]) -> Creation:
    key, title, starred, created, model, seconds, recipe = row
    return Creation(key, title, bool(starred), created, model, seconds, json.loads(recipe))
