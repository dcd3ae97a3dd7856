"""Blending two latents on a straight line, whole or only the frames that are heard next."""

from __future__ import annotations

import math

import numpy as np

from core.errors import UsageError
from core.i18n import _
from core.latents.latent import Latent, LatentError

LENGTHS = ("shorter", "longer", "a", "b")
LOWEST, HIGHEST = -0.2, 1.2


def blend(a: Latent, b: Latent, at: float, *, length: str = "shorter", silence: np.ndarray | None = None) -> Latent:
    """(1 - at) a + at b, frame by frame.

    Args:
        at: 0 is a, 1 is b; from -0.2 to 1.2, beyond the ends it exaggerates the difference.
        length: how long the result is: "shorter", "longer", or as long as "a" or "b". Where one song is over,
            `silence` stands for it.
        silence: (channels,) the model's latent frame of silence (`Codec.silence`); zeros when not given.

    Raises:
        LatentError: two models made the latents.
        UsageError: `at` or `length` is not one of those.
    """
    samples = blended_samples(a, b, length)
    # Each frame count belongs to its sample count, so the chosen one's is taken over, not computed anew.
    frames = a.frames if samples == a.samples else b.frames
    return Latent(blend_window(a, b, at, 0, frames, silence=silence), same_model(a, b), samples)


def blend_window(
    a: Latent, b: Latent, at: float, first: int, last: int, *, silence: np.ndarray | None = None
) -> np.ndarray:
    """(channels, last - first) float32: frames [first, last) of the blend, for `Codec.decode_values`.

    Raises:
        LatentError: two models made the latents.
        UsageError: `at` is out of range.
    """
    same_model(a, b)
    if not math.isfinite(at) or not LOWEST <= at <= HIGHEST:
        raise UsageError(_("A blend at {at} is not between {low} and {high}.").format(at=at, low=LOWEST, high=HIGHEST))
    channels = max(a.channels, b.channels)
    return np.float32(1 - at) * window(a, channels, first, last, silence) + np.float32(at) * window(
        b, channels, first, last, silence
    )


def blended_samples(a: Latent, b: Latent, length: str = "shorter") -> int:
    """Samples of the blend of a and b; raises UsageError for an unknown `length`."""
    samples = {
        "shorter": min(a.samples, b.samples),
        "longer": max(a.samples, b.samples),
        "a": a.samples,
        "b": b.samples,
    }
    if length not in samples:
        raise UsageError(
            _("The length {length!r} is not one of {choices}.").format(length=length, choices=", ".join(LENGTHS))
        )
    return samples[length]


def same_model(a: Latent, b: Latent) -> str:
    """The hash for the blend: of two sizes of one nested model, the larger's.

    Raises:
        LatentError: two models made the latents.
    """
    if a.model.partition("-")[0] != b.model.partition("-")[0]:
        raise LatentError(_("These two latents were made by different models; encode both songs with the same one."))
    return a.model if a.channels >= b.channels else b.model


def window(latent: Latent, channels: int, first: int, last: int, silence: np.ndarray | None) -> np.ndarray:
    """(channels, last - first) float32: frames [first, last), `silence` before and after them."""
    frames = np.zeros((channels, last - first), np.float32)
    if silence is not None:
        frames[: len(silence)] = silence[:channels, None]
    begin, end = max(first, 0), min(last, latent.frames)
    if begin < end:
        frames[: latent.channels, begin - first : end - first] = latent.values[:, begin:end]
        # Channels that this latent left out are zero in a nested model, not silence of another song.
        frames[latent.channels :, begin - first : end - first] = 0.0
    return frames
