"""The limiter that guards ears, whatever a latent has become."""

from __future__ import annotations

import numpy as np

KNEE = 0.95


def limited(sound: np.ndarray) -> np.ndarray:
    """`sound` untouched up to 0.95, bent above, without a corner, so that nothing is beyond full scale."""
    loud = np.abs(sound) > KNEE
    if not loud.any():
        return sound
    bent = sound.copy()
    over = (np.abs(sound[loud]) - KNEE) / (1 - KNEE)
    bent[loud] = np.sign(sound[loud]) * (KNEE + (1 - KNEE) * np.tanh(over))
    return bent
