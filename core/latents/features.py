"""Rows of numbers, one a clip, that need not be in memory: what projections, clusters and classifiers read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from core.latents.latent import Latent

IN_MEMORY_BYTES = 512 << 20
"""Up to this size a table is read at once; beyond it, fits go through it in batches."""

TURNED_COLUMNS = 8192


class Features(Protocol):
    """A table of one row a clip."""

    @property
    def width(self) -> int: ...
    def __len__(self) -> int: ...
    def take(self, rows: np.ndarray) -> np.ndarray:
        """(len(rows), width) float32, the rows of those numbers in that order."""
        ...


class Table:
    """Features that are in memory.

    Args:
        values: (rows, width).
    """

    def __init__(self, values: np.ndarray) -> None:
        self.values = np.ascontiguousarray(values, np.float32)
        if self.values.ndim != 2:
            raise ValueError(f"features of shape {self.values.shape}; (rows, width) is wanted")

    @property
    def width(self) -> int:
        return int(self.values.shape[1])

    def __len__(self) -> int:
        return len(self.values)

    def take(self, rows: np.ndarray) -> np.ndarray:
        return self.values[rows]


class Subset:
    """Some rows of other features, in the order given."""

    def __init__(self, features: Features, rows: np.ndarray) -> None:
        self._features = features
        self.rows = np.asarray(rows, np.int64)

    @property
    def width(self) -> int:
        return self._features.width

    def __len__(self) -> int:
        return len(self.rows)

    def take(self, rows: np.ndarray) -> np.ndarray:
        return self._features.take(self.rows[rows])


def fits_in_memory(features: Features, limit: int = IN_MEMORY_BYTES) -> bool:
    return 4 * len(features) * features.width <= limit


def whole(features: Features) -> np.ndarray:
    """(rows, width) float32: all of it, for tables that fit in memory."""
    return features.take(np.arange(len(features)))


def turned(values: np.ndarray) -> np.ndarray:
    """(rows, at most rows) float32: rows as far from one another as before, in fewer columns where there are more.

    So few points span no more dimensions than they are. Whatever depends on distances alone, such as k-means, Ward's
    method and silhouettes, finds the same there, hundreds of times sooner. By the eigenvectors of the rows' products.
    """
    rows, width = values.shape
    if rows >= width:
        return values
    products = np.zeros((rows, rows))
    for first in range(0, width, TURNED_COLUMNS):
        part = values[:, first : first + TURNED_COLUMNS].astype(np.float64)
        part -= part.mean(axis=0)
        products += part @ part.T
    squares, axes = np.linalg.eigh(products)
    return (axes * np.sqrt(np.maximum(squares, 0))).astype(np.float32)


def batches(features: Features, size: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """(row numbers, their values), `size` rows at a time and in order; the last batch takes what would be left over.

    So every batch has `size` rows at least, which an incremental PCA needs; fewer rows in all make one batch.
    """
    count = len(features)
    for first in range(0, max(count - size + 1, 1), size):
        last = first + size if first + 2 * size <= count else count
        rows = np.arange(first, last)
        yield rows, features.take(rows)


def sample_rows(count: int, most: int, seed: int) -> np.ndarray:
    """`most` of the row numbers 0 to count - 1 by chance, sorted; all where there are no more."""
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, most, replace=False))


def time_statistics(latent: Latent) -> np.ndarray:
    """(3 channels,) float32: each channel's mean, then each one's deviation, then its mean absolute change a frame."""
    values = latent.values
    change = np.abs(np.diff(values, axis=1)).mean(axis=1) if latent.frames > 1 else np.zeros(latent.channels)
    return np.concatenate([values.mean(axis=1), values.std(axis=1), change]).astype(np.float32)
