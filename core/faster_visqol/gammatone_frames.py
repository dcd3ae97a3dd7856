"""ViSQOL's auditory spectrogram with all frames at once.

The library visqol filters frame by frame and band by band, each four times, in Python: most of the seconds that a
score takes. The frames do not depend on one another, so all of them pass a band's four stages in one call; the
figures are the library's own but for rounding. What was filtered lately is kept: a comparison of many systems has the
same original in every score.
"""

from __future__ import annotations

from collections import OrderedDict
from hashlib import blake2b
from typing import Any

import numpy as np
from scipy.signal import sosfilt

KEPT = 64  # spectrograms: of some originals, and of the stretches of each that are aligned; 0.1 MB for 5 s

_kept: OrderedDict[bytes, np.ndarray] = OrderedDict()


def use_all_frames_at_once() -> None:
    """Let visqol filter this way, if it has the place for it that is known here."""
    from visqol.gammatone import GammatoneSpectrogramBuilder

    if hasattr(GammatoneSpectrogramBuilder, "_build_scipy"):
        setattr(GammatoneSpectrogramBuilder, "_build_scipy", _spectrogram)  # noqa: B010 - to mypy it is no variable


def _spectrogram(
    _builder: Any, samples: np.ndarray, window: Any, coefficients: np.ndarray, hop: int, frames: int, bands: int
) -> np.ndarray:
    """(bands, frames): root mean square of each windowed frame behind each gammatone filter, which starts at rest.

    Args:
        window: visqol's, of `size` samples with its `hann_window`.
        coefficients: (10, bands), rows as visqol lists them: the numerators' first term, the second of each of the
            four stages, the third; the denominator's three; the gain that divides the first stage.
    """
    size = np.array([window.size, hop, frames, bands])
    key = blake2b(samples.tobytes() + coefficients.tobytes() + size.tobytes(), digest_size=16).digest()
    known = _kept.pop(key, None)
    if known is None:
        known = _filtered(samples, window, coefficients, hop, frames, bands)
    _kept[key] = known
    while len(_kept) > KEPT:
        _kept.popitem(last=False)
    return known.copy()


def _filtered(
    samples: np.ndarray, window: Any, coefficients: np.ndarray, hop: int, frames: int, bands: int
) -> np.ndarray:
    first, *seconds, third, one, two, three, gain = coefficients
    windowed = np.stack([samples[at : at + window.size] for at in hop * np.arange(frames)]) * window.hann_window
    values = np.empty((bands, frames))
    for band in range(bands):
        stages = np.array(
            [[first[band], second[band], third[band], one[band], two[band], three[band]] for second in seconds]
        )
        stages[0, :3] /= gain[band]
        filtered = sosfilt(stages, windowed, axis=1)
        values[band] = np.sqrt(np.mean(filtered * filtered, axis=1))
    return values
