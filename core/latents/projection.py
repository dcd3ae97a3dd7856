"""Fewer dimensions: standardising, principal components with their inverse, t-SNE of a sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.errors import UsageError
from core.i18n import _
from core.latents.features import Features, Table, batches, fits_in_memory, sample_rows, whole

BATCH = 1024
SAMPLE = 2000
"""Clips that a t-SNE is made of; its cost grows faster than their number."""
EXACT = 250
"""Up to so many clips t-SNE is made without an approximation."""


@dataclass(frozen=True)
class Scaler:
    """Each column less its mean and over its deviation; a column that never changes is only shifted."""

    mean: np.ndarray
    deviation: np.ndarray

    def apply(self, values: np.ndarray) -> np.ndarray:
        return ((values - self.mean) / self.deviation).astype(np.float32)

    def invert(self, values: np.ndarray) -> np.ndarray:
        return (values * self.deviation + self.mean).astype(np.float32)


@dataclass(frozen=True)
class Projection:
    """Principal components of features.

    Args:
        scaler: what was done before.
        centre: (width,) the mean of the scaled features.
        axes: (dims, width) orthonormal, the longest first; the largest entry of each is positive.
        explained: (dims,) each axis's share of the whole variance.
    """

    scaler: Scaler
    centre: np.ndarray
    axes: np.ndarray
    explained: np.ndarray

    @property
    def dims(self) -> int:
        return len(self.axes)

    def project(self, values: np.ndarray) -> np.ndarray:
        """(rows, width) to (rows, dims) float32."""
        return ((self.scaler.apply(values) - self.centre) @ self.axes.T).astype(np.float32)

    def place(self, points: np.ndarray) -> np.ndarray:
        """(rows, any number up to dims) to (rows, width): the features there, 0 on the axes left out.

        Exact: `project` gives the points back, and with as many axes as dimensions `place` gives the features back.
        """
        axes = self.axes[: points.shape[1]]
        return self.scaler.invert(points @ axes + self.centre)


class Standardised:
    """Features seen through a scaler."""

    def __init__(self, features: Features, scaler: Scaler) -> None:
        self._features, self._scaler = features, scaler
        self.width = features.width

    def __len__(self) -> int:
        return len(self._features)

    def take(self, rows: np.ndarray) -> np.ndarray:
        return self._scaler.apply(self._features.take(rows))


class Projected:
    """Features seen through the first `dims` principal components."""

    def __init__(self, features: Features, projection: Projection, dims: int | None = None) -> None:
        self._features, self._projection = features, projection
        self.width = projection.dims if dims is None else min(dims, projection.dims)

    def __len__(self) -> int:
        return len(self._features)

    def take(self, rows: np.ndarray) -> np.ndarray:
        return self._projection.project(self._features.take(rows))[:, : self.width]


def fit_scaler(features: Features) -> Scaler:
    """Mean and deviation of every column, in one pass over the features.

    Raises:
        UsageError: there are no clips.
    """
    _check_some(features)
    mean, squares, seen = np.zeros(features.width), np.zeros(features.width), 0
    for rows, values in batches(features, BATCH):
        part = values.astype(np.float64)
        shift = part.mean(axis=0) - mean
        share = len(rows) / (seen + len(rows))
        # Chan, Golub and LeVeque's update, which loses no digits where means are large beside deviations.
        squares += part.var(axis=0) * len(rows) + shift**2 * seen * share
        mean += shift * share
        seen += len(rows)
    deviation = np.sqrt(squares / seen)
    still = deviation <= 1e-7 * np.maximum(np.abs(mean), 1.0)
    return Scaler(mean, np.where(still, 1.0, deviation))


def fit_pca(
    features: Features, dims: int, *, standardise: bool = True, in_memory: bool | None = None, seed: int = 0
) -> Projection:
    """The first `dims` principal components; as many as clips and columns allow.

    Args:
        in_memory: False goes through the features in batches (incremental PCA); by default their size decides.

    Raises:
        UsageError: fewer than two clips.
    """
    _check_some(features, least=2)
    scaler = fit_scaler(features)
    if not standardise:  # shifted all the same: single precision would lose what is small beside a large mean
        scaler = Scaler(scaler.mean, np.ones(features.width))
    scaled = Standardised(features, scaler)
    dims = max(1, min(dims, features.width, len(features) - 1))
    if fits_in_memory(features) if in_memory is None else in_memory:
        from sklearn.decomposition import PCA

        # "auto" takes the exact way where that is quick, else a randomised one, which the seed determines.
        fitted = PCA(dims, random_state=seed).fit(whole(scaled))
    else:
        from sklearn.decomposition import IncrementalPCA

        fitted = IncrementalPCA(dims)
        for _rows, values in batches(scaled, max(BATCH, 2 * dims)):
            fitted.partial_fit(values, check_input=False)
    axes = fitted.components_
    signs = np.sign(axes[np.arange(dims), np.abs(axes).argmax(axis=1)])[:, None]
    return Projection(
        scaler,
        fitted.mean_.astype(np.float32),
        (axes * signs).astype(np.float32),
        np.nan_to_num(fitted.explained_variance_ratio_).astype(np.float64),
    )


def tsne(features: Features, *, sample: int = SAMPLE, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """(rows, points): which clips were drawn, and (rows, 2) float32 where t-SNE puts them.

    It works on their first 50 principal components. L. van der Maaten and G. Hinton, "Visualizing data using t-SNE",
    Journal of Machine Learning Research 9, 2008.

    Raises:
        UsageError: fewer than four clips.
    """
    _check_some(features, least=4)
    from sklearn.manifold import TSNE

    rows = sample_rows(len(features), sample, seed)
    table = Table(features.take(rows))
    points = whole(Projected(table, fit_pca(table, 50, seed=seed)))
    perplexity = min(30.0, (len(rows) - 1) / 3)
    # The plane of the first two components, scaled as scikit-learn's own "pca" does, keeps what is far apart apart.
    start = points[:, :2] if points.shape[1] > 1 else np.hstack([points, np.zeros_like(points)])
    start = start / max(float(start[:, 0].std()), 1e-12) * 1e-4
    # Of few clips every pair is looked at sooner than the tree that saves pairs is built, a thousand times over.
    method = "exact" if len(rows) <= EXACT else "barnes_hut"
    made = TSNE(2, perplexity=perplexity, init=start.astype(np.float32), random_state=seed, n_jobs=1, method=method)
    return rows, made.fit_transform(points).astype(np.float32)


def _check_some(features: Features, least: int = 1) -> None:
    if len(features) < least:
        raise UsageError(
            _("{count} clips are too few; this needs {least} at least.").format(count=len(features), least=least)
        )
