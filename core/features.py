"""MFCC, delta and chroma of clips as one vector each, for distances between sets of clips (`core.latents.frechet`).

They need no trained network, so that no model is judged by itself.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from core.quality import MEL_BANDS, MEL_HOP
from core.spectra import chroma
from core.structure import log_mel

COEFFICIENTS = 13
DELTA_REACH = 2
SIZE = 2 * (2 * COEFFICIENTS + 12)


def sound_features(clips: Iterable[np.ndarray], rate: int) -> np.ndarray:
    """(clips, 76) float64: `sound_feature` of each of some mono clips, which may differ in length."""
    rows = [sound_feature(clip, rate) for clip in clips]
    return np.stack(rows) if rows else np.zeros((0, SIZE))


def sound_feature(samples: np.ndarray, rate: int) -> np.ndarray:
    """(76,) float64: mean and deviation over time of 13 MFCC, their deltas, and 12 chroma classes.

    Clips are comparable at one rate only: the mel bands reach to half of it.
    """
    coefficients = mfcc(samples, rate)
    # Chroma has longer windows than MFCC, but the same hop and centres.
    frames = np.hstack([coefficients, delta(coefficients), chroma(samples, rate, MEL_HOP)[: len(coefficients)]])
    return np.concatenate([frames.mean(axis=0), frames.std(axis=0)])


def mfcc(samples: np.ndarray, rate: int) -> np.ndarray:
    """(frames, 13) mel-frequency cepstral coefficients, the first one (level) included.

    The orthonormal DCT-II of ln of the 80 mel bands of `core.quality.mel_distance`. S. B. Davis, P. Mermelstein,
    "Comparison of parametric representations for monosyllabic word recognition", IEEE Trans. ASSP 28, 1980.
    """
    return np.log(10) * log_mel(samples, rate, MEL_HOP) @ _cosines().T


def delta(values: np.ndarray, reach: int = DELTA_REACH) -> np.ndarray:
    """Slope along the frames (frames, n): the regression over `reach` frames on both sides, the ends repeated.

    sum_k k (c[t + k] - c[t - k]) / (2 sum_k k²). S. Furui, "Speaker-independent isolated word recognition using
    dynamic features of speech spectrum", IEEE Trans. ASSP 34, 1986.
    """
    count = len(values)
    padded = np.pad(values, ((reach, reach), (0, 0)), mode="edge")
    total = np.zeros_like(values)
    for step in range(1, reach + 1):
        total += step * (padded[reach + step :][:count] - padded[reach - step :][:count])
    return total / (2 * sum(step * step for step in range(1, reach + 1)))


def _cosines() -> np.ndarray:
    """(13, 80): the first rows of the orthonormal DCT-II."""
    band = np.arange(MEL_BANDS) + 0.5
    rows = np.cos(np.pi / MEL_BANDS * np.arange(COEFFICIENTS)[:, None] * band) * np.sqrt(2 / MEL_BANDS)
    rows[0] /= np.sqrt(2)
    return rows
