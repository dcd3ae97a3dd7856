"""Real services around the Train panel: a library of short demo songs, tasks, session, player without a device."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.library import Library
from musicae_gui.models_cache import ModelCache
from musicae_gui.player import PlayerAdapter
from musicae_gui.preferences import PreferenceStore
from musicae_gui.services import Services
from musicae_gui.session import Session
from musicae_gui.tasks import Tasks
from tests.demo_songs import write_songs

__all__ = ["Messages", "services", "write_songs"]


class Messages:
    """Takes what would be shown over the panel."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self.actions: dict[str, Callable[[], object]] = {}  # by the text of their button

    def __call__(
        self,
        message: Any,
        level: str = "",
        *,
        details: str = "",
        action: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        self.seen.append((str(message), level))
        if action is not None:
            self.actions[action[0]] = action[1]


@contextmanager
def services(data_dir: Path, songs: list[Path]) -> Iterator[Services]:
    """Services over `data_dir`; its library holds `songs`. Everything is closed at the end."""
    data_dir.mkdir(parents=True, exist_ok=True)
    library = Library(data_dir)
    for path in songs:
        library.add(path)
    messages = Messages()
    tasks = Tasks(messages)
    preferences = PreferenceStore(data_dir)
    session = Session(data_dir)
    made = Services(
        data_dir=data_dir,
        preferences=preferences,
        library=library,
        player=PlayerAdapter(),
        session=session,
        tasks=tasks,
        models=ModelCache(tasks, preferences),
        notify=messages,
    )
    try:
        yield made
    finally:
        made.close()
