"""What the Morph controller asks of the panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from core.audio import Clip
from core.latents.ways import Curve
from core.models.families import Sizes
from musicae_gui.controllers.model_choices import ModelChoice

if TYPE_CHECKING:
    from core.library import Song

Side = Literal["a", "b", "c", "d"]
SIDES: tuple[Side, ...] = ("a", "b", "c", "d")
"""The corners of the pad: A and B above, C and D below."""
ENDS: tuple[Side, Side] = ("a", "b")
"""The ends of the slider."""


class MorphView(Protocol):
    """Shows what it is told; implemented by the panel, and by a fake in tests."""

    def show_songs(self, songs: list[Song], keys: dict[Side, str]) -> None: ...

    def show_models(self, choices: list[ModelChoice], current: str) -> None: ...

    def show_size(self, sizes: Sizes | None, channels: int) -> None:
        """How much of the latent is blended; None where the model has no sizes to choose from."""

    def show_length(self, length: str) -> None: ...

    def show_way(self, way: str) -> None:
        """How one song becomes the other, a name of `core.latents.ways.WAYS`."""

    def show_side(self, side: Side, title: str, clip: Clip | None, text: str) -> None:
        """The pictures of what is taken of a song; `text` says what is going on while there are none."""

    def show_stretch(self, side: Side, whole: Clip | None, begin: float, end: float) -> None:
        """The song as a whole, and the seconds of it that are taken."""

    def show_duration(self, seconds: float) -> None: ...

    def show_at(self, at: float, down: float) -> None: ...

    def show_pad(self, on: bool) -> None:
        """Whether there are more songs than two."""

    def show_blend(self, clip: Clip | None) -> None:
        """The sound at the slider's place, for the picture."""

    def show_blend_part(self, clip: Clip, begin: float, end: float) -> None:
        """The same while it is made: new from `begin` to `end` seconds, behind which it is what it was before."""

    def show_curve(self, curve: Curve, follows: bool) -> None:
        """Where the slider goes over time, and whether it does."""

    def show_recording(self, on: bool) -> None: ...

    def show_loop(self, region: tuple[float, float] | None, bars: int) -> None:
        """Seconds between which a loop goes round (None: all), and of how many bars it is (0: by hand)."""

    def show_in_time(self, on: bool, words: str) -> None:
        """Whether songs are stretched to A's tempo; `words` tell the tempos where they are known."""

    def show_status(self, text: str, level: str = "") -> None:
        """How decoding keeps up; `level` is "", "good", "warning" or "error"."""

    def show_ready(self, ready: bool) -> None: ...
