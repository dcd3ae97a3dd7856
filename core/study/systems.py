"""What is judged beside one another: models at a latent size, and codecs for the ear at a bit rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from core.audio import Clip
from core.latents.latent import Latent
from core.latents.quantise import quantised, stored_bits
from core.models.codec import Codec
from core.models.design import CLIP_SAMPLES, latent_floats

BITS = 16
"""Of a stored float, wherever kbit/s are said."""
EXACT = 32
"""Bits of a float as the network gives it."""


class System(Protocol):
    """Whatever turns a clip into fewer bits and back."""

    @property
    def name(self) -> str: ...
    @property
    def family(self) -> str:
        """ "conv", "klt", "studio", "vae", "Opus", "MP3"."""

    @property
    def floats(self) -> int | None:
        """In a clip of 5 s; None for codecs that have none."""

    @property
    def floats_per_second(self) -> float | None: ...
    def reconstruct(self, clip: Clip) -> tuple[Clip, int]:
        """The reconstruction, as long as the clip, and the bits that are stored for it."""


@dataclass(frozen=True)
class ModelSystem:
    """A model with the first `channels` of its latent's, each float stored in `bits`; `EXACT` ones are not rounded."""

    name: str
    family: str
    codec: Codec
    channels: int
    bits: int = BITS

    @property
    def floats(self) -> int:
        return latent_floats(self.codec.design, round(CLIP_SAMPLES * self.codec.rate / 22_050), self.channels)

    @property
    def floats_per_second(self) -> float:
        return self.channels * self.codec.rate / self.codec.hop

    def encoded(self, clip: Clip) -> Latent:
        """What is stored of the clip, before it is rounded."""
        return self.codec.encode(clip, channels=self.channels)

    def reconstruct(self, clip: Clip) -> tuple[Clip, int]:
        latent = self.encoded(clip)
        exact = self.bits == EXACT
        made = self.codec.decode(latent if exact else quantised(latent, self.bits))
        # A model at a low rate is judged for what it cannot hear, too.
        made = made.resampled(clip.rate)
        sound = np.zeros((1, clip.frames), np.float32)
        count = min(clip.frames, made.frames)
        sound[:, :count] = made.samples[:, :count]
        return Clip(sound, clip.rate), EXACT * latent.size if exact else stored_bits(latent, self.bits)


def klt_channels(codec: Codec, floats: int) -> int:
    """Channels of the linear transform whose latent of a clip is the nearest not above `floats`; at least 1."""
    frames = codec.design.frames(CLIP_SAMPLES)
    return max(1, min(codec.design.channels, floats // frames))
