"""Groups of clips that nobody named: k-means and agglomerative clustering, and how they agree with the genres."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import UsageError
from core.i18n import _
from core.latents.features import Features, fits_in_memory, sample_rows, whole

ATTEMPTS = 4
BATCH, RUN = 1024, 32
PASSES = 3
SILHOUETTE_SAMPLE = 1500
"""A silhouette compares all pairs; so many clips estimate it."""
AGGLOMERATIVE_SAMPLE = 3000
SCORES = ("homogeneity", "completeness", "v_measure", "adjusted_rand")


@dataclass(frozen=True)
class Clustering:
    """Clips in clusters.

    Args:
        labels: (clips,) the number of each clip's cluster, 0 to k - 1.
        centres: (k, width) their means.
        inertia: sum of squared distances to them.
    """

    labels: np.ndarray
    centres: np.ndarray
    inertia: float

    @property
    def k(self) -> int:
        return len(self.centres)

    @property
    def sizes(self) -> np.ndarray:
        return np.bincount(self.labels, minlength=self.k)


@dataclass(frozen=True)
class GenreTable:
    """`counts` (clusters, genres): clips of each genre in each cluster."""

    genres: tuple[str, ...]
    counts: np.ndarray

    @property
    def sizes(self) -> np.ndarray:
        """(clusters,) clips in each."""
        return self.counts.sum(axis=1)


def kmeans(features: Features, k: int, *, seed: int = 0, in_memory: bool | None = None) -> Clustering:
    """The best of a few k-means runs; beyond what fits in memory mini-batch k-means, in passes over the clips.

    Args:
        in_memory: overrules the size of the features.

    Raises:
        UsageError: more clusters than clips, or none.
    """
    _check_k(k, len(features))
    if fits_in_memory(features) if in_memory is None else in_memory:
        from sklearn.cluster import KMeans
        from sklearn.exceptions import ConvergenceWarning

        values = whole(features)
        with warnings.catch_warnings():
            # Equal clips (silence, say) may be fewer than clusters; some clusters then stay empty, which is no fault.
            warnings.simplefilter("ignore", ConvergenceWarning)
            fitted = KMeans(k, n_init=ATTEMPTS, random_state=seed).fit(values)
        return Clustering(fitted.labels_.astype(np.int32), fitted.cluster_centers_, float(fitted.inertia_))
    return _mini_batch(features, k, seed)


def agglomerate(
    features: Features, k: int, *, seed: int = 0, sample: int = AGGLOMERATIVE_SAMPLE
) -> tuple[np.ndarray, Clustering]:
    """(rows, clustering) by Ward's method, of a sample where there are more clips: it compares all pairs.

    Raises:
        UsageError: more clusters than clips, or none.
    """
    rows = sample_rows(len(features), sample, seed)
    _check_k(k, len(rows))
    values = features.take(rows)
    if k == len(rows):
        return rows, Clustering(np.arange(k, dtype=np.int32), values, 0.0)
    from sklearn.cluster import AgglomerativeClustering

    labels = AgglomerativeClustering(k).fit_predict(values).astype(np.int32)
    centres = np.stack([values[labels == cluster].mean(axis=0) for cluster in range(k)])
    return rows, Clustering(labels, centres, float(np.square(values - centres[labels]).sum()))


def agreement(labels: np.ndarray, genres: np.ndarray) -> dict[str, float]:
    """Homogeneity, completeness, V-measure and adjusted Rand index of clusters against genres.

    A. Rosenberg and J. Hirschberg, "V-measure", EMNLP-CoNLL 2007; L. Hubert and P. Arabie, "Comparing partitions",
    Journal of Classification 2, 1985. Only the last is 0 by chance; see `chance_agreement` for the others.
    """
    from sklearn.metrics import adjusted_rand_score, homogeneity_completeness_v_measure

    three = homogeneity_completeness_v_measure(genres, labels)
    return dict(zip(SCORES, [*map(float, three), float(adjusted_rand_score(genres, labels))], strict=True))


def chance_agreement(labels: np.ndarray, genres: np.ndarray, *, seed: int = 0, draws: int = 20) -> dict[str, float]:
    """The mean scores of clusters of these sizes whose clips were dealt to them by chance."""
    random = np.random.default_rng(seed)
    scores = [agreement(random.permutation(labels), genres) for _draw in range(draws)]
    return {name: float(np.mean([each[name] for each in scores])) for name in SCORES}


def silhouette(features: Features, labels: np.ndarray, *, seed: int = 0) -> float:
    """Mean silhouette (-1 to 1) of a sample of clips; nan for one cluster, or where every clip is one.

    P. J. Rousseeuw, "Silhouettes", Journal of Computational and Applied Mathematics 20, 1987.
    """
    rows = sample_rows(len(features), SILHOUETTE_SAMPLE, seed)
    if not 2 <= len(np.unique(labels[rows])) < len(rows):
        return math.nan
    from sklearn.metrics import silhouette_score

    return float(silhouette_score(features.take(rows), labels[rows]))


def elbow(ks: Sequence[int], inertias: Sequence[float]) -> int:
    """The k where the curve of inertia bends most: farthest under the straight line between its ends.

    V. Satopää et al., "Finding a 'kneedle' in a haystack", ICDCS workshops 2011. The first k of a straight line.

    Raises:
        UsageError: fewer than three points.
    """
    if len(ks) < 3:
        raise UsageError(_("An elbow needs three numbers of clusters at least."))
    x, y = np.asarray(ks, float), np.asarray(inertias, float)
    height = y[0] - y[-1]
    if height <= 0:
        return int(ks[0])
    under = (1 - (x - x[0]) / (x[-1] - x[0])) - (y - y[-1]) / height
    best = int(np.argmax(under))
    return int(ks[best]) if under[best] > 1e-9 else int(ks[0])


def genre_table(labels: np.ndarray, genres: np.ndarray, k: int | None = None) -> GenreTable:
    """How many clips of each genre are in each cluster."""
    names, columns = np.unique(genres, return_inverse=True)
    counts = np.zeros((k or int(labels.max(initial=-1)) + 1, len(names)), np.int64)
    np.add.at(counts, (labels, columns), 1)
    return GenreTable(tuple(str(name) for name in names), counts)


def nearest_centres(features: Features, centres: np.ndarray) -> tuple[np.ndarray, float]:
    """(labels, inertia): the nearest centre of every clip, and the sum of squared distances to them."""
    labels = np.empty(len(features), np.int32)
    inertia = 0.0
    for rows in _in_order(len(features)):
        values = features.take(rows)
        squares = np.square(values).sum(axis=1)[:, None] - 2 * values @ centres.T + np.square(centres).sum(axis=1)
        labels[rows] = squares.argmin(axis=1)
        inertia += float(np.maximum(squares.min(axis=1), 0).sum())
    return labels, inertia


def _mini_batch(features: Features, k: int, seed: int) -> Clustering:
    from sklearn.cluster import MiniBatchKMeans, kmeans_plusplus

    random = np.random.default_rng(seed)
    count = len(features)
    best: Clustering | None = None
    for attempt in range(ATTEMPTS):
        first = features.take(sample_rows(count, max(BATCH, 10 * k), seed + attempt))
        start, _rows = kmeans_plusplus(first, k, random_state=seed + attempt)
        fitted = MiniBatchKMeans(k, init=start, n_init=1, random_state=seed + attempt, batch_size=BATCH)
        for _pass in range(PASSES):
            for rows in _shuffled(count, random):
                fitted.partial_fit(features.take(rows))
        centres = fitted.cluster_centers_
        labels, inertia = nearest_centres(features, centres)
        if best is None or inertia < best.inertia:
            best = Clustering(labels, centres, inertia)
    assert best is not None
    return best


def _shuffled(count: int, random: np.random.Generator) -> Iterator[np.ndarray]:
    """Batches of runs of rows in random order: single rows would open a song's file for each clip."""
    runs = np.array_split(np.arange(count), max(1, count // RUN))
    order = random.permutation(len(runs))
    for begin in range(0, len(runs), BATCH // RUN):
        yield np.sort(np.concatenate([runs[run] for run in order[begin : begin + BATCH // RUN]]))


def _in_order(count: int) -> Iterator[np.ndarray]:
    for begin in range(0, count, BATCH):
        yield np.arange(begin, min(begin + BATCH, count))


def _check_k(k: int, clips: int) -> None:
    if not 1 <= k <= clips:
        raise UsageError(_("{clips} clips cannot be divided into {k} clusters.").format(clips=clips, k=k))
