"""The sound of Compare: the original and what is finished of its reconstructions, heard at the same sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.audio import Clip
from core.playback import ClipSource, LiveSource, Source, SwitchSource
from core.playback.loudness import MAX_CUT_DB

if TYPE_CHECKING:
    from core.models.codec import Codec, Latent


class LiveSide:
    """A reconstruction whose size may change while it plays: what is not decoded yet is decoded when it is heard.

    The player's thread reads while another sets; what is read belongs to one size.
    """

    def __init__(self, codec: Codec, latent: Latent, clip: Clip | None) -> None:
        self.codec = codec
        self._now = latent, clip

    @property
    def latent(self) -> Latent:
        return self._now[0]

    def change(self, latent: Latent, clip: Clip | None = None) -> None:
        """Another latent from now on, and all of it decoded where it is; `Player.changed` has to follow."""
        self._now = latent, clip

    def finish(self, latent: Latent, clip: Clip) -> None:
        """All of `latent` is decoded now; dropped where the size has changed since."""
        if self._now[0] is latent:
            self._now = latent, clip

    def decode(self, start: int, count: int) -> np.ndarray:
        """(count,) float32 samples from `start` on, at the model's rate."""
        latent, clip = self._now
        if clip is not None:
            return clip.samples[0, start : start + count]
        return self.codec.decode_range(latent, start, count)


@dataclass(frozen=True)
class Side:
    """One of the sounds; `key` is "" for the original, else the row's."""

    key: str
    sound: Clip | LiveSide
    loudness: float  # LUFS

    def source(self, rate: int) -> Source:
        if isinstance(self.sound, Clip):
            return ClipSource(self.sound, rate, name="original")
        live = self.sound
        return LiveSource(live.decode, live.latent.samples, live.codec.rate, rate, name=self.key)


class CompareSource:
    """An A/B source to which sides may be added while it plays; all are as loud as the softest.

    The original keeps its channels and rate. `changed` of the player has to follow every change.
    """

    def __init__(self, original: Side, rate: int) -> None:
        self.rate = rate
        self.sides: list[Side] = []
        self._made: dict[str, Source] = {}
        self._selected = original.key
        self.set_sides([original])
        self.frames = self._switch.frames

    def set_sides(self, sides: list[Side]) -> None:
        """The sides in the order of their rows; the one that is heard stays so while it is among them."""
        sounds = {side.key: side.sound for side in self.sides}
        made = {
            side.key: self._made[side.key] if sounds.get(side.key) is side.sound else side.source(self.rate)
            for side in sides
        }
        keys = list(made)
        switch = SwitchSource(list(made.values()), gains([side.loudness for side in sides]))
        if self._selected not in keys:
            self._selected = keys[0]
        switch.select(keys.index(self._selected))
        # The player's thread reads at any moment: it gets the finished switch in one step.
        self._switch, self._made, self.sides = switch, made, list(sides)

    @property
    def sources(self) -> list[Source]:
        return list(self._made.values())

    @property
    def selected(self) -> int:
        return self._switch.selected

    @property
    def selected_key(self) -> str:
        return self._selected

    @property
    def name(self) -> str:
        return self._switch.name

    def index(self, key: str) -> int | None:
        """The side of a row, None while it is not finished."""
        return next((index for index, side in enumerate(self.sides) if side.key == key), None)

    def select(self, index: int) -> None:
        self._switch.select(index)
        self._selected = self.sides[index].key

    def read(self, start: int, count: int) -> np.ndarray:
        return self._switch.read(start, count)


def gains(loudnesses: list[float]) -> list[float]:
    """Factors that bring every sound to the softest one's loudness (LUFS); silence keeps 1."""
    heard = [level for level in loudnesses if np.isfinite(level)]
    target = min(heard, default=0.0)
    return [float(10 ** (max(target - level, -MAX_CUT_DB) / 20)) if np.isfinite(level) else 1.0 for level in loudnesses]
