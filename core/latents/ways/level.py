"""Even loudness along a morph, and the limiter that guards ears from a wild latent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.playback.limiter import KNEE, limited

__all__ = ["CONTEXT", "KNEE", "STEP", "even", "limited"]

STEP = 512
"""Samples from one measured level to the next; levels are on a grid of the whole sound, so that windows agree."""
REACH = 4
CONTEXT = (REACH + 2) * STEP
"""Samples that `even` needs on both sides."""
LOUDER, SOFTER = 10 ** (9 / 20), 10 ** (-40 / 20)
_NOTHING = 1e-9  # power, -90 dB


def even(sound: np.ndarray, songs: Sequence[tuple[float, np.ndarray]]) -> np.ndarray:
    """`sound` at the level between those of its songs: the sum of their powers in the 0.2 s around, each by its weight.

    The sum of two sounds that know nothing of each other is 3 dB too soft halfway; this makes it up. It takes 40 dB
    from what a latent outside of all music has made too loud, and gives 9 dB at most.

    Args:
        sound: (count,) samples, `CONTEXT` more on both sides than is wanted, from a multiple of `STEP` on.
        songs: weights, which add up to 1, and samples of the same stretch.
    """
    wanted = sum(weight * _power(song) for weight, song in songs)
    gains = np.clip(np.sqrt((wanted + _NOTHING) / (_power(sound) + _NOTHING)), SOFTER, LOUDER)
    middles = (np.arange(len(gains)) + 0.5) * STEP
    return sound * np.interp(np.arange(len(sound)), middles, gains).astype(np.float32)


def _power(sound: np.ndarray) -> np.ndarray:
    """(steps,) mean square under a Hann window of nine steps."""
    steps = np.square(sound[: len(sound) // STEP * STEP].reshape(-1, STEP), dtype=np.float64).mean(axis=1)
    shape = np.hanning(2 * REACH + 3)[1:-1]
    return np.maximum(np.convolve(steps, shape / shape.sum(), mode="same"), 0.0)
