"""The clips that are nearest to a clip or to a place, read in batches, so that any number can be searched."""

from __future__ import annotations

import numpy as np

from core.errors import UsageError
from core.i18n import _
from core.latents.features import Features

BATCH = 4096


def nearest(
    features: Features, place: np.ndarray, count: int, *, leave_out: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """(rows, distances) of the `count` clips nearest to `place`, the nearest first; fewer where there are fewer.

    Args:
        place: (width,); scale the features before (`Standardised`) where columns differ in size.
        leave_out: rows that do not count, such as the clip itself or its song's.

    Raises:
        UsageError: `place` has another width.
    """
    if place.shape != (features.width,):
        raise UsageError(
            _("A place of {given} numbers cannot be compared with clips of {width}.").format(
                given=place.size, width=features.width
            )
        )
    squares = np.empty(len(features))
    for first in range(0, len(features), BATCH):
        rows = np.arange(first, min(first + BATCH, len(features)))
        squares[rows] = np.square(features.take(rows) - place).sum(axis=1, dtype=np.float64)
    if leave_out is not None:
        squares[leave_out] = np.inf
    found = np.argsort(squares, kind="stable")[: max(count, 0)]
    found = found[np.isfinite(squares[found])]
    return found, np.sqrt(squares[found])


def neighbours(
    features: Features, row: int, count: int, *, songs: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """(rows, distances) of the clips nearest to the clip `row`, without itself.

    Args:
        songs: (clips,) with it, clips of its own song are left out as well.
    """
    out = np.array([row]) if songs is None else np.flatnonzero(songs == songs[row])
    return nearest(features, features.take(np.array([row]))[0], count, leave_out=out)
