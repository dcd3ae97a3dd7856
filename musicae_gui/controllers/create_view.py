"""What the controllers of Create ask of the panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from core.audio import Clip
from core.creations.wish import Wish
from musicae_gui.controllers.model_choices import ModelChoice
from musicae_gui.views.rows import Row

if TYPE_CHECKING:
    from core.latents.latent import Latent
    from core.library import Creation, Song


@dataclass(frozen=True)
class Opened:
    """The creation that is open, as words and marks."""

    creation: Creation
    source: str  # title of the song that it is heard against; empty without one
    edits: str  # what was done to its latent, in words


class CreateView(Protocol):
    """Shows what it is told; implemented by the panel, and by a fake in tests."""

    def show_songs(self, songs: list[Song], genres: list[str]) -> None:
        """What can be chosen from."""

    def show_models(self, choices: list[ModelChoice], current: str) -> None: ...

    def show_wish(self, wish: Wish, locked: bool) -> None:
        """The form as it stands; `locked` is whether the seed stays."""

    def show_work(self, text: str, fraction: float = -1.0) -> None:
        """What is being made and how far (0 to 1, negative while not known); empty for nothing."""

    def show_history(self, rows: Sequence[Row], current: str) -> None: ...

    def show_opened(self, opened: Opened | None) -> None:
        """Another creation, or other words about it."""

    def show_latent(self, latent: Latent | None, frame_rate: float = 1.0, *, rate: int = 1, keep: bool = False) -> None:
        """Its latent after all edits, of a sound at `rate` Hz; with `keep` the picture before stays until the next."""

    def show_clip(self, clip: Clip | None) -> None:
        """Its sound, once all of it is decoded."""

    def show_sides(self, heard: str, source_ready: bool) -> None:
        """Which side of the A/B is heard, and whether there is another."""

    def show_status(self, text: str, level: str = "") -> None:
        """A line below; `level` is "", "good", "warning" or "error"."""
