"""What the Morph controller asks of the panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from core.audio import Clip
from core.models.families import Sizes
from musicae_gui.controllers.model_choices import ModelChoice

if TYPE_CHECKING:
    from core.library import Song

Side = Literal["a", "b"]
SIDES: tuple[Side, Side] = ("a", "b")


class MorphView(Protocol):
    """Shows what it is told; implemented by the panel, and by a fake in tests."""

    def show_songs(self, songs: list[Song], a: str, b: str) -> None: ...

    def show_models(self, choices: list[ModelChoice], current: str) -> None: ...

    def show_size(self, sizes: Sizes | None, channels: int) -> None:
        """How much of the latent is blended; None where the model has no sizes to choose from."""

    def show_length(self, length: str) -> None: ...

    def show_way(self, way: str) -> None:
        """How one song becomes the other, a name of `core.latents.ways.WAYS`."""

    def show_side(self, side: Side, title: str, clip: Clip | None, text: str) -> None:
        """A song's pictures; `text` says what is going on while there are none."""

    def show_duration(self, seconds: float) -> None: ...

    def show_at(self, at: float) -> None: ...

    def show_blend(self, clip: Clip | None) -> None:
        """The sound at the slider's place, for the picture."""

    def show_status(self, text: str, level: str = "") -> None:
        """How decoding keeps up; `level` is "", "good", "warning" or "error"."""

    def show_ready(self, ready: bool) -> None: ...
