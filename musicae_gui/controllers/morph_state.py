"""What Morph remembers between two starts, each value checked as it is read: the file may come from anywhere."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from core.latents.blend import HIGHEST, LENGTHS, LOWEST
from core.latents.ways import DEFAULT_WAY, WAYS, Curve
from core.models.families import Sizes, whole_model
from musicae_gui.controllers.morph_view import Side

if TYPE_CHECKING:
    from musicae_gui.session import Session

KEY = "morph"
BARS = (1, 2, 4, 8, 16)
Stretch = tuple[float, float | None]
"""Seconds at which a part of a song begins and ends; None at the song's own end."""
WHOLE: Stretch = (0.0, None)


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

    @property
    def down(self) -> float:
        """Where on the pad between the upper songs (0) and the lower ones (1) we are; from -0.2 to 1.2."""
        return within(_number(self.own.get("down"), 0.0))

    @down.setter
    def down(self, down: float) -> None:
        self.own["down"] = within(down)

    @property
    def pad(self) -> bool:
        """Whether there are more songs than two."""
        return self.own.get("pad") is True

    @pad.setter
    def pad(self, pad: bool) -> None:
        self.own["pad"] = pad

    def key(self, side: Side) -> str:
        """Content key of a song; empty where none was chosen."""
        if side in ("a", "b"):
            return str(getattr(self._session.state, f"morph_{side}"))
        return str(self.own.get(side, ""))

    def set_key(self, side: Side, key: str) -> None:
        if key != self.key(side):
            self._stretches.pop(side, None)
        if side in ("a", "b"):
            setattr(self._session.state, f"morph_{side}", key)
        else:
            self.own[side] = key

    def stretch(self, side: Side) -> Stretch:
        """The part of a song that is taken."""
        value = self._stretches.get(side)
        if not isinstance(value, list) or len(value) != 2:
            return WHOLE
        begin, end = max(0.0, _number(value[0], 0.0)), _number(value[1], -1.0)
        return begin, end if end > begin else None

    def set_stretch(self, side: Side, stretch: Stretch) -> None:
        self._stretches[side] = list(stretch)

    def set_part(self, side: Side, key: str, stretch: Stretch) -> None:
        """A song of which only a part is taken."""
        self.set_key(side, key)
        self.set_stretch(side, stretch)

    def swap(self) -> None:
        """A becomes B and B becomes A, with all that is theirs."""
        a, b = self.key("a"), self.key("b")
        stretches = self.stretch("a"), self.stretch("b")
        self.set_key("a", b)
        self.set_key("b", a)
        self.set_stretch("a", stretches[1])
        self.set_stretch("b", stretches[0])
        self.at = 1.0 - self.at
        own_length = {"a": "b", "b": "a"}.get(self.length)
        if own_length:
            self.length = own_length

    @property
    def curve(self) -> Curve:
        """Where the slider goes over time."""
        return Curve.from_list(self.own.get("curve"))

    @curve.setter
    def curve(self, curve: Curve) -> None:
        self.own["curve"] = curve.to_list()

    @property
    def down_curve(self) -> Curve:
        """Where the pad's other axis goes over time."""
        return Curve.from_list(self.own.get("down_curve"))

    @down_curve.setter
    def down_curve(self, curve: Curve) -> None:
        self.own["down_curve"] = curve.to_list()

    @property
    def follows(self) -> bool:
        """Whether the slider follows the curve."""
        return self.own.get("follows") is True

    @follows.setter
    def follows(self, follows: bool) -> None:
        self.own["follows"] = follows

    @property
    def region(self) -> tuple[float, float] | None:
        """Seconds of the morph between which a loop goes round; None for all of it."""
        value = self.own.get("region")
        if not isinstance(value, list) or len(value) != 2:
            return None
        begin, end = (_number(each, -1.0) for each in value)
        return (begin, end) if 0 <= begin < end else None

    @region.setter
    def region(self, region: tuple[float, float] | None) -> None:
        self.own["region"] = None if region is None else list(region)

    @property
    def bars(self) -> int:
        """Of how many bars the loop is; 0 where its points were set by hand, or there are none."""
        bars = self.own.get("bars")
        return bars if bars in BARS else 0

    @bars.setter
    def bars(self, bars: int) -> None:
        self.own["bars"] = bars

    @property
    def in_time(self) -> bool:
        """Whether the other songs are stretched to A's tempo."""
        return self.own.get("in_time") is True

    @in_time.setter
    def in_time(self, in_time: bool) -> None:
        self.own["in_time"] = in_time

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

    @property
    def _stretches(self) -> dict[str, Any]:
        stretches = self.own.get("stretches")
        if not isinstance(stretches, dict):
            stretches = self.own["stretches"] = {}
        return stretches

    def _chosen(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self.own.get(name)
        return value if value in choices else default


def within(at: float) -> float:
    """`at` as a place of the slider."""
    return min(max(float(at), LOWEST), HIGHEST)


def _number(value: object, default: float) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if number else default  # type: ignore[arg-type]
