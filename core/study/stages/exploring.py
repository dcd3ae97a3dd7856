"""Exploring latents: do clusters and classifiers find the genres, in which representation, and what is real of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from core.errors import UsageError
from core.i18n import _
from core.latents.baseline import LogMel
from core.latents.cluster_study import ClusterScores, fitting_k, over_k
from core.latents.cluster_study import compare as compare_clusters
from core.latents.clusters import SCORES
from core.latents.collection import LATENT, STATISTICS, ClipGrid, Collection
from core.latents.features import Features, Subset
from core.latents.folds import Fold, group_of_clips, make_folds, scored_clips
from core.latents.supervised import Score, score
from core.latents.supervised import compare as compare_scores
from core.study.collecting import LOG_MEL, WAVEFORM, collected, encoders
from core.study.numbers import interval
from core.study.stages.exploring_chosen import look_closely
from core.study.study import KLT, STUDIO, Study, linear_name
from core.study.systems import klt_channels

NAME = "exploring"
REPORTED = {
    "waveform": {"homogeneity": 0.0095, "completeness": 0.2799, "tree": 0.16},
    "conv-55112": {"homogeneity": 0.0091, "completeness": 0.2920, "tree": 0.15},
    "conv-32151": {"homogeneity": 0.0105, "completeness": 0.2857, "tree": 0.15},
    "conv-24496": {"homogeneity": 0.0095, "completeness": 0.2794, "tree": 0.11},
    "conv-18376": {"homogeneity": 0.0095, "completeness": 0.2802, "tree": 0.10},
    "conv-9184": {"homogeneity": 0.0099, "completeness": 0.2688, "tree": 0.10},
}
"""The first report's rows (k-means with 10 clusters, GTZAN), shown beside ours."""


@dataclass(frozen=True)
class Labelled:
    """What every representation is scored with: the same clips, folds and draws.

    Attributes:
        rows: the clips of the genres that are scored; of all where too few genres have songs enough.
        folds: none where genres cannot be told apart.
        k: clusters, as many as genres or as the clips allow; 0 for none.
    """

    genres: np.ndarray
    groups: np.ndarray
    rows: np.ndarray
    folds: list[Fold]
    k: int
    note: str


@dataclass(frozen=True)
class Scores:
    """Of one representation, while the stage works; `plain` is what is kept."""

    clusters: ClusterScores | None
    classifiers: dict[str, Score]


def title() -> str:
    return _("Exploring latents")


def run(study: Study) -> dict[str, Any]:
    """Keys: `clips`, `genres`, `scored`, `clusters`, `folds` (of all `divisions`), `note`, `rows` (scores by
    representation), `differences`, `without_faulty`, `closer` (the chosen size)."""
    grid = ClipGrid(per_song=study.config.clips_a_song)
    first = collected(study, LogMel(), LOG_MEL, grid)
    labelled = _labelled(study, first)
    rows: dict[str, Any] = {}
    scores: dict[str, Scores] = {}
    closer: dict[str, Any] = {}
    for name, encoder in encoders(study):
        collection = collected(study, encoder, name, grid)
        if len(collection) != len(first):  # a song that this model cannot encode: other clips are not comparable
            study.listener.on_warning(_("{name}: not every clip could be encoded; it is left out.").format(name=name))
            continue
        for kind in (LATENT, STATISTICS) if name != WAVEFORM else (LATENT,):
            features = collection.features(kind)
            label = f"{name}/{kind}"
            study.progress(len(rows) / 20, label)
            scores[label] = _scored(study, features, labelled)
            rows[label] = {
                "model": name,
                "representation": kind,
                "floats": features.width,
                **_plain(scores[label]),
                "reported": REPORTED.get(name) if kind == LATENT else None,
            }
            if name == study.chosen:
                closer[kind] = look_closely(
                    study, features, labelled.genres, labelled.groups, scores[label].classifiers
                )
    return {
        "clips": len(first),
        "genres": sorted({str(genre) for genre in labelled.genres}),
        "scored": {"clips": len(labelled.rows), "genres": len(np.unique(labelled.genres[labelled.rows]))},
        "clusters": labelled.k,
        "folds": len(labelled.folds),
        "divisions": study.config.repeats if labelled.folds else 0,
        "note": labelled.note,
        "rows": rows,
        "differences": _differences(study, scores),
        "without_faulty": _without_faulty(study, first, labelled),
        "closer": closer,
    }


def _labelled(study: Study, collection: Collection) -> Labelled:
    genres, keys = collection.genres, collection.keys
    groups = group_of_clips(keys, study.groups)
    rows, folds, notes = np.arange(len(genres)), [], []
    try:
        chosen = scored_clips(genres, keys)
        folds = make_folds(genres[chosen.rows], groups[chosen.rows], seeds=range(study.config.repeats))
        rows, notes = chosen.rows, [chosen.note]
    except UsageError as error:
        study.listener.on_warning(error.sentence)
        notes.append(error.sentence)
    known = len(np.unique(genres[rows]))
    k = fitting_k(known, groups[rows], range(study.config.seeds)) if known > 1 else 0
    if k < known and known > 1:
        sentence = (
            _("There are {genres} genres, but clips enough for only {k} clusters.").format(genres=known, k=k)
            if k
            else _("There are too few clips for clusters.")
        )
        study.listener.on_warning(sentence)
        notes.append(sentence)
    return Labelled(genres, groups, rows, folds, k, " ".join(note for note in notes if note))


def _scored(study: Study, features: Features, labelled: Labelled) -> Scores:
    rows = labelled.rows
    chosen: Features = Subset(features, rows) if len(rows) < len(features) else features
    genres, groups = labelled.genres[rows], labelled.groups[rows]
    clusters = None
    if labelled.k:
        [clusters] = over_k(
            chosen, [labelled.k], groups, genres, seeds=range(study.config.seeds), cancelled=study.stopping
        )
    classifiers = {
        name: score(chosen, genres, labelled.folds, name, seed=study.config.seed, cancelled=study.stopping)
        for name in (study.config.classifiers if labelled.folds else ())
    }
    return Scores(clusters, classifiers)


def _plain(scores: Scores) -> dict[str, Any]:
    clusters = scores.clusters
    return {
        "k": clusters.k if clusters else None,
        "clusters": {name: interval(value) for name, value in clusters.scores.items()} if clusters else {},
        "clusters_chance": clusters.chance if clusters else {},
        "classifiers": {
            name: {
                "accuracy": interval(each.accuracy),
                "balanced": interval(each.balanced),
                "chance": interval(each.chance),
            }
            for name, each in scores.classifiers.items()
        },
    }


def _differences(study: Study, scores: dict[str, Scores]) -> list[dict[str, Any]]:
    """The comparisons that the study was made for, with whether they are real, in words."""
    found: list[dict[str, Any]] = []
    sizes = [name for name in study.sizes if f"{name}/{LATENT}" in scores]
    pairs = [(f"{name}/{STATISTICS}", f"{name}/{LATENT}") for name in sizes]
    pairs += [(f"{one}/{kind}", f"{two}/{kind}") for one, two in pairwise(sizes) for kind in (LATENT, STATISTICS)]
    pairs += [(f"{name}/{STATISTICS}", f"{LOG_MEL}/{STATISTICS}") for name in (study.chosen, STUDIO)]
    if KLT in study.trained:
        codec = study.codec(KLT)
        linear = linear_name(codec, klt_channels(codec, study.trained[study.chosen]["floats"]))
        pairs.append((f"{study.chosen}/{STATISTICS}", f"{linear}/{STATISTICS}"))
    for one, two in pairs:
        if one in scores and two in scores:
            found += _compared(one, two, scores[one], scores[two])
    return found


def _compared(one: str, two: str, first: Scores, second: Scores) -> Iterator[dict[str, Any]]:
    names = {"first": one, "second": two}
    if "tree" in first.classifiers and "tree" in second.classifiers:
        told = compare_scores(first.classifiers["tree"], second.classifiers["tree"], one, two)
        yield {**names, "score": "tree", **interval(told.interval), "real": told.real, "sentence": told.sentence}
    if first.clusters and second.clusters:
        for name in (SCORES[2],):
            told = compare_clusters(first.clusters, second.clusters, name, one, two)
            yield {**names, "score": name, **interval(told.interval), "real": told.real, "sentence": told.sentence}


def _without_faulty(study: Study, collection: Collection, labelled: Labelled) -> dict[str, Any] | None:
    """Tree accuracy on log-mel statistics with and without repeated and contradictory songs; None without any."""
    faulty = study.results["songs"]["audit"]["faulty"]
    if not faulty or not labelled.folds:
        return None
    kept = labelled.rows[~np.isin(collection.keys[labelled.rows], faulty)]
    features, genres = collection.features(STATISTICS), labelled.genres
    try:
        folds = make_folds(genres[kept], labelled.groups[kept], seeds=range(study.config.repeats))
        without = score(Subset(features, kept), genres[kept], folds, "tree", seed=study.config.seed)
    except UsageError:
        return None
    whole = score(
        Subset(features, labelled.rows), genres[labelled.rows], labelled.folds, "tree", seed=study.config.seed
    )
    return {"songs": len(faulty), "with": interval(whole.accuracy), "without": interval(without.accuracy)}
