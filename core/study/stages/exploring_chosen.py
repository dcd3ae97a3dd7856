"""A closer look at the latents of the chosen size: components, elbow, dimension, maps, confusion, neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from core.latents.cluster_study import best_k, drawn_songs, fitting_k, over_dims, over_k
from core.latents.clusters import agglomerate, agreement, genre_table, kmeans
from core.latents.features import Features, Table, fits_in_memory, turned, whole
from core.latents.neighbours import neighbours
from core.latents.projection import Projected, Standardised, fit_pca, fit_scaler, tsne
from core.latents.supervised import Score
from core.study.numbers import interval
from core.study.study import Study

COMPONENTS = 10
DIMS = (2, 3, 10, 50)
NEIGHBOURS_OF = 200
"""Clips whose nearest one is looked up."""
MAP_POINTS = 1000
LEAST_CLIPS = 8
LEAST_CLUSTERS = 2
"""Of songs whose genre is not known."""


def look_closely(
    study: Study, features: Features, genres: np.ndarray, groups: np.ndarray, classifiers: Mapping[str, Score]
) -> dict[str, Any]:
    """Keys: `explained`, `points` (first 3 components), `tsne`, `elbow`, `dims`, `agglomerative`, `table`,
    `confusion`, `neighbours`; empty for too few clips."""
    drawn = min(len(drawn_songs(groups, seed)) for seed in range(study.config.seeds))
    if drawn < LEAST_CLIPS:
        return {}
    if fits_in_memory(features):
        features = Table(whole(features))
    wanted = len(np.unique(genres))
    k = fitting_k(max(wanted, LEAST_CLUSTERS), groups, range(study.config.seeds))
    projection = fit_pca(features, COMPONENTS, seed=study.config.seed)
    rows, places = tsne(features, sample=MAP_POINTS, seed=study.config.seed)
    study.check()
    chosen = np.sort(np.random.default_rng(study.config.seed).permutation(len(features))[:MAP_POINTS])
    points = whole(Projected(features, projection, 3))[chosen]
    scaled: Features = Standardised(features, fit_scaler(features))
    if fits_in_memory(scaled):
        scaled = Table(turned(whole(scaled)))
    clustering = kmeans(scaled, k, seed=study.config.seed)
    table = genre_table(clustering.labels, genres, k)
    ward_rows, ward = agglomerate(scaled, k, seed=study.config.seed)
    study.check()
    return {
        "explained": projection.explained,
        "points": {"genres": genres[chosen], "values": np.round(points, 3)},
        "tsne": {"genres": genres[rows], "values": np.round(places, 3)},
        "elbow": _elbow(study, features, genres, groups, drawn - 1),
        "dims": _dims(study, features, genres, groups, k),
        "agglomerative": agreement(ward.labels, genres[ward_rows]),
        "table": {"genres": table.genres, "counts": table.counts, "sizes": table.sizes},
        "confusion": {name: {"genres": each.genres, "counts": each.confusion} for name, each in classifiers.items()},
        "neighbours": _neighbours(scaled, genres, groups, study.config.seed),
    }


def _elbow(study: Study, features: Features, genres: np.ndarray, groups: np.ndarray, most: int) -> dict[str, Any]:
    """Inertia, silhouette and agreement over a range of k, up to `most`."""
    most = max(3, min(study.config.most_clusters, most))
    step = 1 if most <= 20 else 2
    ks = sorted({*range(2, most + 1, step), most})
    results = over_k(features, ks, groups, genres, seeds=range(min(2, study.config.seeds)), cancelled=study.stopping)
    return {
        "k": ks,
        **{name: [each.scores[name].mean for each in results] for name in results[0].scores},
        "chance": {name: [each.chance[name] for each in results] for name in results[0].chance},
        "elbow": best_k(results) if len(ks) > 2 else ks[0],
    }


def _dims(study: Study, features: Features, genres: np.ndarray, groups: np.ndarray, k: int) -> list[dict[str, Any]]:
    """Does dimension harm the clusters? k-means after PCA to a few dimensions, and (0) with all there are."""
    seeds = range(study.config.seeds)
    results = [
        *over_dims(features, DIMS, k, groups, genres, seeds=seeds, cancelled=study.stopping),
        *over_k(features, [k], groups, genres, seeds=seeds, cancelled=study.stopping),
    ]
    rows = [
        {
            "dims": each.dims,
            "scores": {name: interval(value) for name, value in each.scores.items()},
            "chance": each.chance,
        }
        for each in results
    ]
    return list({row["dims"]: row for row in rows}.values())


def _neighbours(scaled: Features, genres: np.ndarray, groups: np.ndarray, seed: int) -> dict[str, Any]:
    """How often the nearest clip of another song is of the same genre, and how often a random one would be.

    `hub` is the share of the clips whose nearest one is the same single clip: in many dimensions a clip near the mean
    of all is near to each of them (M. Radovanović, A. Nanopoulos, M. Ivanović, "Hubs in space", JMLR 11, 2010).
    """
    rows = np.random.default_rng(seed).permutation(len(scaled))[:NEIGHBOURS_OF]
    same, chance, nearest = [], [], []
    for row in rows:
        others = groups != groups[row]
        found, _distances = neighbours(scaled, int(row), 1, songs=groups)
        if len(found):
            nearest.append(int(found[0]))
            same.append(genres[found[0]] == genres[row])
            chance.append(float(np.mean(genres[others] == genres[row])))
    return {
        "clips": len(same),
        "same_genre": float(np.mean(same or [0])),
        "chance": float(np.mean(chance or [0])),
        "hub": max(np.bincount(nearest)) / len(nearest) if nearest else 0.0,
    }
