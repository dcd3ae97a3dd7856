"""Which song is it? Clips as sequences of chroma and mel, and the original that a reconstruction is nearest to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.quality import FLOOR, MEL_FFT, mel_bank
from core.spectra import chroma, magnitudes

FRAMES_A_SECOND = 10.0
"""Fine enough for the beat; a shift of some milliseconds does not matter."""


def log_mel(samples: np.ndarray, rate: int, hop: int) -> np.ndarray:
    """(frames, 80) float64: log10 of the mel bands that `core.quality.mel_distance` compares."""
    bank = mel_bank(rate)
    return np.concatenate([np.log10(np.maximum(part @ bank, FLOOR)) for part in magnitudes(samples, MEL_FFT, hop)])


def sequence(samples: np.ndarray, rate: int) -> tuple[np.ndarray, np.ndarray]:
    """What is recognised of mono `samples`, ten times a second.

    Returns:
        (frames, 12) chroma and (frames, 80) log-mel, each less its mean over the clip, so that what counts is how
        they move, and scaled to length 1. Silence is zero.
    """
    hop = round(rate / FRAMES_A_SECOND)
    return _unit(chroma(samples, rate, hop)), _unit(log_mel(samples, rate, hop))


def likeness(ours: tuple[np.ndarray, np.ndarray], theirs: tuple[np.ndarray, np.ndarray]) -> float:
    """-1 to 1: the mean correlation of two clips' chroma and mel sequences over the shorter's length."""
    found = []
    for one, other in zip(ours, theirs, strict=True):
        length = min(len(one), len(other))
        found.append(float(np.sum(_unit(one[:length]) * _unit(other[:length]))))
    return float(np.mean(found))


def nearest(reconstruction: np.ndarray, originals: Sequence[tuple[np.ndarray, np.ndarray]], rate: int) -> int:
    """The number of the original, as `sequence`, that the mono `reconstruction` is most like."""
    made = sequence(reconstruction, rate)
    return int(np.argmax([likeness(made, original) for original in originals]))


def _unit(values: np.ndarray) -> np.ndarray:
    centred = values - values.mean(axis=0)
    length = np.linalg.norm(centred)
    return centred / length if length > 1e-9 else np.zeros_like(centred)
