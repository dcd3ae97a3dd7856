"""Even loudness along a morph, and the limiter that guards ears from a wild latent."""

from __future__ import annotations

import numpy as np

STEP = 512
"""Samples from one measured level to the next; levels are on a grid of the whole sound, so that windows agree."""
REACH = 4
CONTEXT = (REACH + 2) * STEP
"""Samples that `even` needs on both sides."""
LOUDER, SOFTER = 10 ** (9 / 20), 10 ** (-40 / 20)
KNEE = 0.95
_NOTHING = 1e-9  # power, -90 dB


def even(sound: np.ndarray, a: np.ndarray, b: np.ndarray, at: float) -> np.ndarray:
    """`sound` at the level between a's and b's: power (1 - at) Pa + at Pb of the 0.2 s around, at held in 0..1.

    The sum of two sounds that know nothing of each other is 3 dB too soft halfway; this makes it up. It takes 40 dB
    from what a latent outside of all music has made too loud, and gives 9 dB at most.

    Args:
        sound, a, b: (count,) samples, `CONTEXT` more on both sides than is wanted, from a multiple of `STEP` on.
    """
    share = min(max(at, 0.0), 1.0)
    wanted = (1 - share) * _power(a) + share * _power(b)
    gains = np.clip(np.sqrt((wanted + _NOTHING) / (_power(sound) + _NOTHING)), SOFTER, LOUDER)
    middles = (np.arange(len(gains)) + 0.5) * STEP
    return sound * np.interp(np.arange(len(sound)), middles, gains).astype(np.float32)


def limited(sound: np.ndarray) -> np.ndarray:
    """`sound` untouched up to 0.95, bent above, without a corner, so that nothing is beyond full scale."""
    loud = np.abs(sound) > KNEE
    if not loud.any():
        return sound
    bent = sound.copy()
    over = (np.abs(sound[loud]) - KNEE) / (1 - KNEE)
    bent[loud] = np.sign(sound[loud]) * (KNEE + (1 - KNEE) * np.tanh(over))
    return bent


def _power(sound: np.ndarray) -> np.ndarray:
    """(steps,) mean square under a Hann window of nine steps."""
    steps = np.square(sound[: len(sound) // STEP * STEP].reshape(-1, STEP), dtype=np.float64).mean(axis=1)
    shape = np.hanning(2 * REACH + 3)[1:-1]
    return np.maximum(np.convolve(steps, shape / shape.sum(), mode="same"), 0.0)
