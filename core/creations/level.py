"""Sound of any latent made safe for ears and devices: turned down where it is too loud, never beyond full scale."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from core.audio import Clip
from core.latents.latent import Latent
from core.latents.ways.level import limited

STEP = 256
"""Samples that share one measured level; levels are on a grid of the whole sound, so that windows agree with it."""
REACH = 4
CONTEXT = (2 * REACH + 3) * STEP
"""Samples on both sides on which the gain of one depends."""
LOUDEST_PEAK = 0.95
LOUDEST_RMS = 0.3
"""About -10 dB: music at its loudest hardly reaches it, a latent outside of all music is far beyond."""


class Decoder(Protocol):
    """What turns latents into sound: a `Codec`."""

    @property
    def rate(self) -> int: ...
    def decode(
        self,
        latent: Latent,
        *,
        progress: Callable[[float], object] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Clip: ...
    def decode_range(self, latent: Latent, start: int, count: int) -> np.ndarray: ...


def safe_clip(
    decoder: Decoder,
    latent: Latent,
    *,
    progress: Callable[[float], object] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Clip:
    """All of the sound of `latent`, mono, at most ±1.

    Raises:
        LatentError: another model made it.
        Cancelled: `cancelled` said so.
    """
    clip = decoder.decode(latent, progress=progress, cancelled=cancelled)
    return Clip(tamed(clip.samples[0]), clip.rate)


def safe_range(decoder: Decoder, latent: Latent, start: int, count: int) -> np.ndarray:
    """(count,) float32: the samples from `start` on as `safe_clip` has them, for a player."""
    begin = (start - CONTEXT) // STEP * STEP
    end = -(-(start + count + CONTEXT) // STEP) * STEP
    return tamed(decoder.decode_range(latent, begin, end - begin))[start - begin : start - begin + count]


def tamed(sound: np.ndarray) -> np.ndarray:
    """(count,) float32: `sound` with the gain that keeps peak and RMS of every step of 12 ms within bounds.

    The gain looks ahead: of each step the least that any neighbour needs, smoothed by a Hann window as wide. A
    smoothed gain is then nowhere above what its step needs, and music at an ordinary level is not touched.

    Args:
        sound: (count,) samples from a multiple of `STEP` on.
    """
    steps = np.pad(sound, (STEP, STEP + -len(sound) % STEP)).reshape(-1, STEP)  # silence lies around it
    peaks = np.abs(steps).max(axis=1, initial=0.0)
    levels = np.sqrt(np.square(steps, dtype=np.float64).mean(axis=1))
    needed = np.minimum(LOUDEST_PEAK / np.maximum(peaks, LOUDEST_PEAK), LOUDEST_RMS / np.maximum(levels, LOUDEST_RMS))
    if (needed >= 1).all():
        return sound
    wide = REACH + 1  # one more than the smoothing, as a step's gain leans over to the next one's
    padded = np.pad(needed, wide + REACH, constant_values=1.0)
    least = np.lib.stride_tricks.sliding_window_view(padded, 2 * wide + 1).min(axis=1)
    window = np.hanning(2 * REACH + 3)[1:-1]
    gains = np.convolve(least, window / window.sum(), mode="valid")
    middles = (np.arange(len(gains)) - 0.5) * STEP
    held = sound * np.interp(np.arange(len(sound)), middles, gains).astype(np.float32)
    return limited(held)
