"""What every panel gets: the one place where the window's shared objects are named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from core.errors import MusicaeError

if TYPE_CHECKING:
    from core.library import Library
    from musicae_gui.models_cache import ModelCache
    from musicae_gui.player import PlayerAdapter
    from musicae_gui.preferences import PreferenceStore
    from musicae_gui.session import Session
    from musicae_gui.tasks import Tasks


class Notify(Protocol):
    """Tell the user something without stopping them; `level` is "info", "good", "warning" or "error".

    `action` is the text of a button in the message and what it does.
    """

    def __call__(
        self,
        message: str | MusicaeError,
        level: str = "",
        *,
        details: str = "",
        action: tuple[str, Callable[[], object]] | None = None,
    ) -> None: ...


@dataclass
class Services:
    """Made once by the window's start (or by a test) and handed to every panel and controller."""

    data_dir: Path
    preferences: PreferenceStore
    library: Library
    player: PlayerAdapter
    session: Session
    tasks: Tasks
    models: ModelCache
    notify: Notify

    def close(self) -> bool:
        """End what runs, save what is remembered, in the order in which they depend on each other.

        Returns False when a worker did not stop in time; what it uses is left open then.
        """
        self.player.close()
        clean = self.tasks.shutdown()
        self.models.close()
        self.session.save()
        if clean:
            self.library.close()
        return clean
