"""Descriptions of sound that no model learned, encoded and compared as if they were latents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.audio import Clip
from core.errors import UsageError
from core.i18n import _
from core.latents.latent import Latent
from core.quality import MEL_BANDS, MEL_HOP
from core.structure import log_mel

RATE = 22_050


@dataclass(frozen=True)
class PlainDesign:
    """A frame every `hop` samples, the last one begun."""

    channels: int
    hop: int
    nested: bool = False

    def frames(self, samples: int) -> int:
        return samples // self.hop + 1 if self.hop > 1 else samples


class LogMel:
    """log10 of 80 mel bands a frame (STFT 2048/512, floor 1e-5), those of the mel distance in `core.quality`."""

    hash = f"log-mel{MEL_BANDS}"
    channels = MEL_BANDS
    rate = RATE
    design = PlainDesign(MEL_BANDS, MEL_HOP)

    def encode(self, clip: Clip, *, channels: int | None = None) -> Latent:
        """(80, frames) as a `Latent`; no model can decode it.

        Raises:
            UsageError: an empty clip.
        """
        samples = _samples(clip)
        bands = log_mel(samples, self.rate, MEL_HOP)
        # A sound shorter than half a window is continued by silence, whose frames are not its own.
        return Latent(bands[: self.design.frames(len(samples))].T, self.hash, len(samples))


class Waveform:
    """The samples themselves, one channel: what the first report clusters beside its latents."""

    hash = "waveform"
    channels = 1
    rate = RATE
    design = PlainDesign(1, 1)

    def encode(self, clip: Clip, *, channels: int | None = None) -> Latent:
        """(1, samples) as a `Latent`; no model can decode it.

        Raises:
            UsageError: an empty clip.
        """
        samples = _samples(clip)
        return Latent(samples[None], self.hash, len(samples))


def _samples(clip: Clip) -> np.ndarray:
    if clip.frames == 0:
        raise UsageError(_("The sound is empty; there is nothing to describe."))
    return clip.mono().resampled(RATE).samples[0]
