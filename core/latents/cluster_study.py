"""Cluster scores worth trusting: over many k, over dimensions, and over songs drawn anew for every seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import Cancelled
from core.i18n import _
from core.latents.clusters import SCORES, agglomerate, agreement, chance_agreement, elbow, kmeans, silhouette
from core.latents.features import Features, Subset, Table, fits_in_memory, turned, whole
from core.latents.intervals import Difference, Interval, describe_difference, over_subsets, paired
from core.latents.projection import Projected, Standardised, fit_pca, fit_scaler

SHARE = 0.8
SEEDS = tuple(range(5))
ALL_SCORES = ("inertia", "silhouette", *SCORES)


@dataclass(frozen=True)
class ClusterScores:
    """Scores of one way of clustering.

    Attributes:
        k, dims: clusters, and principal components (0: all of the features).
        scores: each of `ALL_SCORES` over the seeds; those against genres only where genres were given.
        chance: what clusters of the same sizes have by chance.
    """

    k: int
    dims: int
    scores: dict[str, Interval]
    chance: dict[str, float]


def over_k(
    features: Features,
    ks: Sequence[int],
    songs: np.ndarray,
    genres: np.ndarray | None = None,
    *,
    seeds: Sequence[int] = SEEDS,
    method: str = "kmeans",
    progress: Callable[[float], object] = lambda fraction: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[ClusterScores]:
    """k-means ("agglomerative" for Ward's method) for each k, on standardised features.

    Every seed draws four fifths of the songs, so that the intervals say how a score would be in another collection,
    and two representations scored with the same seeds can be compared draw by draw (`intervals.paired`).

    Args:
        songs: (clips,) the song, or group of songs, of each clip.
        genres: (clips,) text.

    Raises:
        UsageError: more clusters than clips.
        Cancelled: `cancelled` said so.
    """
    scaled = Standardised(features, fit_scaler(features))
    return _scored(scaled, [(k, 0) for k in ks], songs, genres, seeds, method, progress, cancelled)


def over_dims(
    features: Features,
    dims: Sequence[int],
    k: int,
    songs: np.ndarray,
    genres: np.ndarray | None = None,
    *,
    seeds: Sequence[int] = SEEDS,
    progress: Callable[[float], object] = lambda fraction: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[ClusterScores]:
    """k-means with one k after a projection to each number of principal components: does dimension harm it?

    Raises:
        UsageError: more clusters than clips.
        Cancelled: `cancelled` said so.
    """
    projection = fit_pca(features, max(dims))
    wanted = [(k, min(each, projection.dims)) for each in dims]
    projected = Projected(features, projection)
    return _scored(projected, wanted, songs, genres, seeds, "kmeans", progress, cancelled)


def fitting_k(k: int, songs: np.ndarray, seeds: Sequence[int] = SEEDS) -> int:
    """`k`, or as many clusters as leave each two clips, on average, in the smallest of the seeds' draws; 0 below two.

    Args:
        songs: (clips,) as for `over_k`.
    """
    least = min((len(drawn_songs(songs, seed)) for seed in seeds), default=0)
    fitting = min(k, least // 2)
    return fitting if fitting > 1 else 0


def best_k(results: Sequence[ClusterScores]) -> int:
    """The elbow of the mean inertias."""
    return elbow([each.k for each in results], [each.scores["inertia"].mean for each in results])


def compare(first: ClusterScores, second: ClusterScores, score: str, first_name: str, second_name: str) -> Difference:
    """One score of two representations, draw by draw: both must have been scored with the same songs and seeds.

    Raises:
        ValueError: the numbers of draws differ.
    """
    differences = paired(first.scores[score].values, second.scores[score].values)
    return describe_difference(over_subsets(differences, SHARE), first_name, second_name, score.replace("_", " "))


def drawn_songs(songs: np.ndarray, seed: int, share: float = SHARE) -> np.ndarray:
    """The rows of `share` of the songs, chosen by `seed`."""
    names = np.unique(songs)
    count = max(1, round(share * len(names)))
    chosen = np.random.default_rng([seed, len(names)]).choice(names, count, replace=False)
    return np.flatnonzero(np.isin(songs, chosen))


def _scored(
    features: Features,
    wanted: Sequence[tuple[int, int]],
    songs: np.ndarray,
    genres: np.ndarray | None,
    seeds: Sequence[int],
    method: str,
    progress: Callable[[float], object],
    cancelled: Callable[[], bool],
) -> list[ClusterScores]:
    # Components are columns to choose from; everything else depends on distances alone.
    if fits_in_memory(features):
        values = whole(features)
        features = Table(values if any(dims for _k, dims in wanted) else turned(values))
    found: list[list[dict[str, float]]] = [[] for _each in wanted]
    chances: list[list[dict[str, float]]] = [[] for _each in wanted]
    done = 0
    for seed in seeds:
        rows = drawn_songs(songs, seed)
        for place, (k, dims) in enumerate(wanted):
            if cancelled():
                raise Cancelled(_("Cancelled."))
            part = Subset(features if not dims else _Columns(features, dims), rows)
            scores, chance = _once(part, k, None if genres is None else genres[rows], seed, method)
            found[place].append(scores)
            chances[place].append(chance)
            done += 1
            progress(done / (len(seeds) * len(wanted)))
    return [
        ClusterScores(
            k,
            dims,
            {name: over_subsets([scores[name] for scores in found[place]], SHARE) for name in found[place][0]},
            {name: float(np.mean([chance[name] for chance in chances[place]])) for name in chances[place][0]},
        )
        for place, (k, dims) in enumerate(wanted)
    ]


def _once(
    features: Features, k: int, genres: np.ndarray | None, seed: int, method: str
) -> tuple[dict[str, float], dict[str, float]]:
    """The scores of one clustering, and what chance gives."""
    rows = np.arange(len(features))
    if method == "agglomerative":
        rows, clustering = agglomerate(features, k, seed=seed)
    else:
        clustering = kmeans(features, k, seed=seed)
    clustered = features if len(rows) == len(features) else Subset(features, rows)
    scores = {
        "inertia": clustering.inertia,
        "silhouette": silhouette(clustered, clustering.labels, seed=seed),
    }
    if genres is None:
        return scores, {}
    scores |= agreement(clustering.labels, genres[rows])
    return scores, chance_agreement(clustering.labels, genres[rows], seed=seed, draws=5)


class _Columns:
    """The first columns of features."""

    def __init__(self, features: Features, width: int) -> None:
        self._features, self.width = features, width

    def __len__(self) -> int:
        return len(self._features)

    def take(self, rows: np.ndarray) -> np.ndarray:
        return self._features.take(rows)[:, : self.width]
