"""Which group of a map each clip belongs to: its genre, song, part of the song, or cluster; and how many there are."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import Cancelled
from core.i18n import _
from core.latents.clusters import Clustering, elbow, kmeans, nearest_centres, silhouette
from core.latents.collection import Collection
from core.latents.features import Features, Table, sample_rows

GENRE, SONG, POSITION, CLUSTER = "genre", "song", "position", "cluster"
PARTS = 5
MOST_CLUSTERS = 16
CLUSTER_SAMPLE = 5000
"""Clips that the curves over k are computed from; k-means of all, for every k, would take minutes."""


@dataclass(frozen=True)
class Groups:
    """Groups of clips.

    Args:
        names: of the groups; "" for clips without (no genre).
        ids: (clips,) int32, the group of each.
        ordered: they follow one another, as parts of a song do.
    """

    names: tuple[str, ...]
    ids: np.ndarray
    ordered: bool = False

    @property
    def sizes(self) -> np.ndarray:
        return np.bincount(self.ids, minlength=len(self.names))


@dataclass(frozen=True)
class KScore:
    """One number of clusters: k-means of a sample, its inertia, and the mean silhouette (nan where there is none)."""

    k: int
    clustering: Clustering
    silhouette: float

    @property
    def inertia(self) -> float:
        return self.clustering.inertia


def by_genre(collection: Collection) -> Groups:
    genres = [song.genre for song in collection.songs]  # fewer texts to sort than there are clips
    names = sorted(set(genres))
    numbers = np.array([names.index(genre) for genre in genres], np.int32)
    return Groups(tuple(names), numbers[collection.song] if genres else collection.song)


def by_song(collection: Collection) -> Groups:
    """In the order of the songs, each by its title."""
    return Groups(tuple(song.title for song in collection.songs), collection.song)


def by_position(collection: Collection, parts: int = PARTS) -> Groups:
    """From a song's beginning to its end in equal parts; the names are percentages."""
    lengths = np.array([song.stored.frames for song in collection.songs], float)
    share = collection.starts / np.maximum(lengths[collection.song], 1) if len(collection) else np.zeros(0)
    ids = np.clip((share * parts).astype(np.int32), 0, parts - 1)
    edges = [round(100 * part / parts) for part in range(parts + 1)]
    names = tuple(f"{low}–{high} %" for low, high in itertools.pairwise(edges))
    return Groups(names, ids, ordered=True)


def by_cluster(clustering: Clustering) -> Groups:
    """Numbered from 1."""
    return Groups(tuple(str(number + 1) for number in range(clustering.k)), clustering.labels.astype(np.int32))


def cluster_scores(
    features: Features,
    *,
    most: int = MOST_CLUSTERS,
    seed: int = 0,
    progress: Callable[[float], object] = lambda fraction: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[KScore]:
    """k-means of a sample for k = 1, 2, ... `most`, as far as there are different clips.

    Raises:
        Cancelled: `cancelled` said so.
    """
    rows = sample_rows(len(features), CLUSTER_SAMPLE, seed)
    table = Table(features.take(rows))
    different = len(np.unique(table.values, axis=0))
    ks = range(1, min(most, different) + 1)
    scores = []
    for k in ks:
        if cancelled():
            raise Cancelled(_("Cancelled."))
        clustering = kmeans(table, k, seed=seed)
        scores.append(KScore(k, clustering, silhouette(table, clustering.labels, seed=seed)))
        progress(k / len(ks))
    return scores


def clusters_of_all(features: Features, score: KScore) -> Clustering:
    """Every clip in the cluster whose centre is nearest; the sample's own clips stay where they are."""
    labels, inertia = nearest_centres(features, score.clustering.centres)
    return Clustering(labels, score.clustering.centres, inertia)


def suggested_k(scores: Sequence[KScore]) -> int:
    """The k with the best silhouette, else the elbow; 0 where there is nothing to divide."""
    judged = [score for score in scores if math.isfinite(score.silhouette)]
    if judged:
        return max(judged, key=lambda score: score.silhouette).k
    return scores[-1].k if scores else 0


def elbow_k(scores: Sequence[KScore]) -> int:
    """Where the curve of inertia bends most; 0 where it is too short to tell."""
    return elbow([score.k for score in scores], [score.inertia for score in scores]) if len(scores) > 2 else 0
