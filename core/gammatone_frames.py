"""ViSQOL's auditory spectrogram with all frames at once.

The library visqol filters frame by frame and band by band, each four times, in Python: most of the seconds that a
score takes. The frames do not depend on one another, so all of them pass a band's four stages in one call; the
figures are the library's own but for rounding.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.signal import sosfilt


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
