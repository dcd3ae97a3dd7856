"""The sound of Compare: the original and what is finished of its reconstructions, heard at the same sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.audio import Clip
from core.playback import ClipSource, Source, SwitchSource
from core.playback.loudness import MAX_CUT_DB


@dataclass(frozen=True)
class Side:
    """One of the sounds; `key` is "" for the original, else the model's."""

    key: str
    clip: Clip
    loudness: float  # LUFS


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
        made = {
            side.key: self._made[side.key]
            if side.key in self._made and side in self.sides
            else ClipSource(side.clip, self.rate, name=side.key or "original")
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
