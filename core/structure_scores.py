"""What a reconstruction keeps of a song's structure: its beats, its notes' beginnings, its harmony, its form."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from core.audio import Clip
from core.errors import Cancelled, UsageError
from core.i18n import _
from core.rhythm import BEAT_TOLERANCE, ONSET_TOLERANCE, beats, f1, onsets
from core.spectra import chroma
from core.structure import log_mel, nearest, sequence

SCORES = ("beat_f1", "onset_f1", "chroma_correlation", "self_similarity_correlation")
FORM_FRAMES = 400
"""A self-similarity matrix has so many rows at most; a long song is averaged to them."""


def compare_structure(original: Clip, reconstruction: Clip) -> dict[str, float | None]:
    """Both clips mono and at the reconstruction's rate, over the shorter's length.

    Returns:
        "beat_f1" and "onset_f1": F-measure of the reconstruction's beats (within 70 ms) and onsets (50 ms) against
        the original's, found by the same method in both; where events are dense some meet by chance;
        "chroma_correlation": of the pitch classes over time;
        "self_similarity_correlation": of the two matrices that compare every moment with every other
        (J. Foote, "Visualizing music and audio using self-similarity", ACM Multimedia 1999), by chroma and mel.
        All at most 1; None where the original has nothing of the kind (no beats, silence).

    Raises:
        UsageError: one of the clips is empty.
    """
    rate = reconstruction.rate
    ours = original.mono().resampled(rate).samples[0]
    theirs = reconstruction.mono().samples[0]
    length = min(len(ours), len(theirs))
    if length == 0:
        raise UsageError(_("There is no sound to compare: one of the two is empty."))
    ours, theirs = ours[:length], theirs[:length]
    hop = round(rate / 10)
    return {
        "beat_f1": f1(beats(ours, rate), beats(theirs, rate), BEAT_TOLERANCE),
        "onset_f1": f1(onsets(ours, rate), onsets(theirs, rate), ONSET_TOLERANCE),
        "chroma_correlation": _correlation(chroma(ours, rate, hop), chroma(theirs, rate, hop)),
        "self_similarity_correlation": _correlation(_form(ours, rate), _form(theirs, rate)),
    }


def nearest_original_rate(
    originals: Sequence[np.ndarray],
    reconstructions: Sequence[np.ndarray],
    rate: int,
    *,
    cancelled: Callable[[], bool] = lambda: False,
) -> float:
    """The share of reconstructions that are more like their own original than like any other clip's.

    Args:
        originals, reconstructions: mono samples at `rate`, in the same order.

    Raises:
        UsageError: there are none, or not as many of both.
        Cancelled: `cancelled` said so.
    """
    if not originals or len(originals) != len(reconstructions):
        raise UsageError(_("As many reconstructions as originals are wanted, and one at least."))
    known = [sequence(samples, rate) for samples in originals]
    right = 0
    for number, samples in enumerate(reconstructions):
        if cancelled():
            raise Cancelled(_("Cancelled."))
        right += nearest(samples, known, rate) == number
    return right / len(originals)


def _form(samples: np.ndarray, rate: int) -> np.ndarray:
    """The upper triangle of the self-similarity matrix: cosines between moments, each chroma and centred mel."""
    hop = round(rate / 5)
    pitch, timbre = chroma(samples, rate, hop), log_mel(samples, rate, hop)
    moments = np.hstack([_rows_of_length_one(pitch), _rows_of_length_one(timbre - timbre.mean(axis=0))])
    if len(moments) > FORM_FRAMES:
        edges = np.linspace(0, len(moments), FORM_FRAMES + 1).astype(int)[:-1]
        moments = np.add.reduceat(moments, edges, axis=0)
    moments = _rows_of_length_one(moments)
    return (moments @ moments.T)[np.triu_indices(len(moments), 1)]


def _rows_of_length_one(values: np.ndarray) -> np.ndarray:
    return values / np.maximum(np.linalg.norm(values, axis=1, keepdims=True), 1e-9)


def _correlation(ours: np.ndarray, theirs: np.ndarray) -> float | None:
    """Pearson's, over all values; None where ours never changes, 0 where only theirs does not."""
    one, other = (values - values.mean() for values in (ours, theirs))
    if not ours.size or np.abs(one).max() < 1e-9:
        return None
    scale = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(np.sum(one * other)) / scale if scale > 1e-12 else 0.0
