"""What rooms below the models need of one: the face of `core.models.codec.Codec`, without torch."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from core.audio import Clip
from core.latents.latent import Latent


class LatentDesign(Protocol):
    """How many frames and channels a latent has."""

    @property
    def channels(self) -> int: ...
    @property
    def nested(self) -> bool: ...
    def frames(self, samples: int) -> int: ...


class LatentModel(Protocol):
    """A model that latents belong to."""

    @property
    def hash(self) -> str: ...
    @property
    def rate(self) -> int: ...
    @property
    def hop(self) -> int: ...
    @property
    def channels(self) -> int: ...
    @property
    def silence(self) -> np.ndarray:
        """(channels,) the latent frame of silence."""

    @property
    def design(self) -> LatentDesign: ...


class Encoder(Protocol):
    """What turns clips into latents: a `Codec`, or a plain description of sound to compare it with."""

    @property
    def channels(self) -> int: ...
    @property
    def hash(self) -> str: ...
    @property
    def rate(self) -> int: ...
    @property
    def design(self) -> LatentDesign: ...
    def encode(self, clip: Clip, *, channels: int | None = None) -> Latent: ...
