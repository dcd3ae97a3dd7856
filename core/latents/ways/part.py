"""`Part`: a song's latent, or a stretch of it, as a morph takes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from core.latents.blend import window
from core.latents.latent import Latent

SHORTEST = 0.25
"""Seconds of a stretch at least."""


class Hops(Protocol):
    """What cutting needs of a model."""

    @property
    def rate(self) -> int: ...
    @property
    def hop(self) -> int: ...
    @property
    def context(self) -> int: ...


@dataclass(frozen=True, eq=False)
class Part:
    """Frames [first, first + frames) of a latent, whose sound has `samples` samples from the sample `offset` on."""

    latent: Latent
    first: int
    frames: int
    offset: int
    samples: int

    @classmethod
    def whole(cls, latent: Latent) -> Part:
        return cls(latent, 0, latent.frames, 0, latent.samples)

    @classmethod
    def cut(cls, latent: Latent, model: Hops, begin: float, end: float | None) -> Part:
        """The stretch from `begin` to `end` seconds, its beginning on the frame nearest to it."""
        seconds = latent.samples / model.rate
        end = seconds if end is None else min(end, seconds)
        begin = min(max(begin, 0.0), max(end - SHORTEST, 0.0))
        first = min(round(begin * model.rate / model.hop), max(latent.frames - 1, 0))
        offset = first * model.hop
        samples = max(1, min(round(end * model.rate), latent.samples) - offset)
        # A frame reaches into its neighbours, so those around the end belong to it.
        frames = min(latent.frames - first, -(-samples // model.hop) + model.context)
        return cls(latent, first, frames, offset, samples)

    @property
    def model(self) -> str:
        return self.latent.model

    @property
    def channels(self) -> int:
        return self.latent.channels

    def values(self, channels: int, first: int, last: int, silence: np.ndarray) -> np.ndarray:
        """(channels, last - first) float32: frames [first, last) of the stretch, `silence` after its end."""
        found = window(self.latent, channels, self.first + first, self.first + last, silence)
        found[:, max(self.frames - first, 0) :] = silence[:channels, None]
        return found
