"""ViSQOL's similarity of two patches of spectrograms with all its local means at once.

Aligning 5 s takes some 1,700 such similarities, each of five means over 3x3 values. One after the other, by a general
convolution, they take more than half of a score; here the five are one array, and a mean is a sum of shifted views.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def use_all_means_at_once() -> None:
    """Let visqol compare this way, if it has the place for it that is known here."""
    from visqol import patch_selector

    if hasattr(patch_selector, "measure_patch_similarity"):
        setattr(patch_selector, "measure_patch_similarity", similarity)  # noqa: B010 - to mypy it is no variable


def similarity(reference: np.ndarray, degraded: np.ndarray) -> Any:
    """visqol's `PatchSimilarityResult` of two patches (bands, frames).

    The neurogram similarity of A. Hines, N. Harte, "Speech intelligibility prediction using a Neurogram Similarity
    Index Measure", Speech Communication 54, 2012, with visqol's constants.
    """
    from visqol import nsim

    reference, degraded = np.asarray(reference, np.float64), np.asarray(degraded, np.float64)
    both = np.stack([reference, degraded, reference * reference, degraded * degraded, reference * degraded])
    ours, theirs, our_power, their_power, product = _means(both, nsim.GAUSSIAN_WINDOW)
    our_square, their_square, mixed = ours * ours, theirs * theirs, ours * theirs
    intensity = (2 * mixed + nsim.C1) / (our_square + their_square + nsim.C1)
    variances = (our_power - our_square) * (their_power - their_square)
    # Rounding can make a variance of silence negative; visqol then leaves the constant alone.
    structure = (product - mixed + nsim.C3) / (np.sqrt(np.maximum(variances, 0)) + nsim.C3)
    found = intensity * structure
    bands = found.mean(axis=1)
    return nsim.PatchSimilarityResult(
        similarity=float(bands.mean()),
        freq_band_means=bands,
        freq_band_stddevs=found.std(axis=1, ddof=1),
        freq_band_deg_energy=degraded.mean(axis=1),
    )


def _means(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(n, bands, frames) weighted means over 3x3 values, of which those at the edges are repeated outside.

    Args:
        weights: (3, 3), the same in all four directions.
    """
    count, bands, frames = values.shape
    wide = np.empty((count, bands + 2, frames + 2))
    wide[:, 1:-1, 1:-1] = values
    wide[:, 0, 1:-1], wide[:, -1, 1:-1] = values[:, 0], values[:, -1]
    wide[:, :, 0], wide[:, :, -1] = wide[:, :, 1], wide[:, :, -2]
    middle, beside = wide[:, 1:-1], wide[:, :-2] + wide[:, 2:]
    means: np.ndarray = weights[1, 1] * middle[..., 1:-1]
    means += weights[0, 1] * (beside[..., 1:-1] + middle[..., :-2] + middle[..., 2:])
    means += weights[0, 0] * (beside[..., :-2] + beside[..., 2:])
    return means
