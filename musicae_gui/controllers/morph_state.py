"""What Morph remembers between two starts, each value checked as it is read: the file may come from anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.latents.blend import HIGHEST, LENGTHS, LOWEST
from core.latents.ways import DEFAULT_WAY, WAYS
from core.models.families import Sizes, whole_model
from musicae_gui.controllers.morph_view import Side

if TYPE_CHECKING:
    from musicae_gui.session import Session

KEY = "morph"


class MorphState:
    """Typed access to the session's state as far as it is Morph's."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def at(self) -> float:
        """Where between A (0) and B (1) we are; from -0.2 to 1.2."""
        return within(self._session.state.morph_at)

    @at.setter
    def at(self, at: float) -> None:
        self._session.state.morph_at = within(at)

    def key(self, side: Side) -> str:
        """Content key of a song; empty where none was chosen."""
        return str(getattr(self._session.state, f"morph_{side}"))

    def set_key(self, side: Side, key: str) -> None:
        setattr(self._session.state, f"morph_{side}", key)

    @property
    def length(self) -> str:
        return self._chosen("length", LENGTHS, "shorter")

    @length.setter
    def length(self, length: str) -> None:
        self.own["length"] = length

    @property
    def way(self) -> str:
        """A name of `WAYS`."""
        return self._chosen("way", tuple(WAYS), DEFAULT_WAY)

    @way.setter
    def way(self, way: str) -> None:
        self.own["way"] = way

    def channels(self, model: str, sizes: Sizes) -> int:
        """Channels kept of a nested model: those chosen last, else all."""
        return sizes.clamped(self._sizes.get(model))

    def set_channels(self, model: str, channels: int) -> None:
        self._sizes[model] = channels

    @property
    def own(self) -> dict[str, Any]:
        """Morph's part of the session."""
        own: dict[str, Any] = self._session.state.panels.setdefault(KEY, {})
        return own

    @property
    def _sizes(self) -> dict[str, Any]:
        sizes = self.own.get("sizes")
        if not isinstance(sizes, dict):
            sizes = self.own["sizes"] = {}
        whole, channels = whole_model(self._session.model)
        if channels is not None:  # the smaller size was chosen by its name
            sizes.setdefault(whole, channels)
        return sizes

    def _chosen(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self.own.get(name)
        return value if value in choices else default


def within(at: float) -> float:
    """`at` as a place of the slider."""
    return min(max(float(at), LOWEST), HIGHEST)
