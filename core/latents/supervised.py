"""How well genres can be read from features: classifiers scored over folds, with intervals and a chance line."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.errors import Cancelled, UsageError
from core.i18n import _
from core.latents.features import IN_MEMORY_BYTES, Features, Table, fits_in_memory, turned, whole
from core.latents.folds import Fold
from core.latents.intervals import Difference, Interval, describe_difference, over_folds, paired

CLASSIFIERS = ("tree", "knn", "linear", "svm")
NEIGHBOURS = 5


@dataclass(frozen=True)
class Score:
    """A classifier's result.

    Attributes:
        accuracy: share of clips whose genre was told, over the folds.
        balanced: mean share over genres, which a frequent genre cannot raise.
        chance: accuracy of always naming the most frequent genre of the training clips, in the same folds.
        confusion: (genres, genres) clips: true genre by row, told genre by column, of all folds.
        test_share: share of the clips that a fold tests on.
    """

    classifier: str
    genres: tuple[str, ...]
    accuracy: Interval
    balanced: Interval
    chance: Interval
    confusion: np.ndarray
    test_share: float


def score(
    features: Features,
    labels: np.ndarray,
    folds: Sequence[Fold],
    classifier: str = "tree",
    *,
    seed: int = 0,
    progress: Callable[[float], object] = lambda fraction: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Score:
    """Train and test in every fold, some of them at once.

    Beyond what fits in memory each fold learns from as many of its clips as do, evenly chosen.

    Args:
        classifier: "tree" (CART), "knn" (5 nearest), "linear" (ridge), or "svm" (radial kernel); the last three on
            features standardised by the training clips.

    Raises:
        UsageError: another classifier, or no folds.
        Cancelled: `cancelled` said so.
    """
    if classifier not in CLASSIFIERS:
        raise UsageError(
            _("There is no classifier {name!r}; choose one of {choices}.").format(
                name=classifier, choices=", ".join(CLASSIFIERS)
            )
        )
    if not folds:
        raise UsageError(_("There are no folds to score in."))
    genres, truth = np.unique(labels, return_inverse=True)
    confusion = np.zeros((len(genres), len(genres)), np.int64)
    results: list[tuple[float, float, float]] = []
    workers = 1  # what is read from the disk is read by one thread
    if fits_in_memory(features):
        features, workers = Table(whole(features)), _workers(features, folds)

    def told_in(fold: Fold) -> np.ndarray:
        if cancelled():
            raise Cancelled(_("Cancelled."))
        return _told(classifier, features, truth, fold, seed)

    with ThreadPoolExecutor(workers) as pool:
        for number, (fold, told) in enumerate(zip(folds, pool.map(told_in, folds), strict=True)):
            here = np.zeros_like(confusion)
            np.add.at(here, (truth[fold.test], told), 1)
            confusion += here
            most = np.bincount(truth[fold.train], minlength=len(genres)).argmax()
            results.append((*_rates(here), float(np.mean(truth[fold.test] == most))))
            progress((number + 1) / len(folds))
    share = float(np.mean([len(fold.test) / (len(fold.test) + len(fold.train)) for fold in folds]))
    accuracy, balanced, chance = (over_folds(column, share) for column in zip(*results, strict=True))
    names = tuple(str(genre) for genre in genres)
    return Score(classifier, names, accuracy, balanced, chance, confusion, share)


def compare(first: Score, second: Score, first_name: str, second_name: str) -> Difference:
    """`first` against `second`, fold by fold: both must have been scored in the same folds.

    Raises:
        ValueError: the numbers of folds differ.
    """
    differences = paired(first.accuracy.values, second.accuracy.values)
    return describe_difference(over_folds(differences, first.test_share), first_name, second_name, _("genre accuracy"))


def evenly(rows: np.ndarray, most: int) -> np.ndarray:
    """At most `most` of the rows, evenly spread."""
    if len(rows) <= most:
        return rows
    return rows[((np.arange(most) + 0.5) * len(rows) / most).astype(np.int64)]


def _told(name: str, features: Features, truth: np.ndarray, fold: Fold, seed: int) -> np.ndarray:
    """(clips of the test,) what the classifier that learned from a fold's training clips takes them for."""
    from sklearn.preprocessing import StandardScaler
    from sklearn.tree import DecisionTreeClassifier

    train = evenly(fold.train, max(1, IN_MEMORY_BYTES // (4 * features.width)))
    known = features.take(train)
    if name == "tree":
        return _predict(DecisionTreeClassifier(random_state=seed).fit(known, truth[train]), features.take, fold.test)
    scaler = StandardScaler().fit(known)
    known = scaler.transform(known)
    fitted = _by_distances(name, known)
    clips = len(train) + len(fold.test)
    if features.width <= clips or 4 * features.width * clips > IN_MEMORY_BYTES:
        return _predict(fitted.fit(known, truth[train]), lambda rows: scaler.transform(features.take(rows)), fold.test)
    # These ask for distances and products alone, which far fewer columns have, too.
    places = turned(np.concatenate([known, scaler.transform(features.take(fold.test))]))
    return np.asarray(fitted.fit(places[: len(train)], truth[train]).predict(places[len(train) :]))


def _by_distances(name: str, known: np.ndarray) -> Any:
    """A classifier of standardised features, whose results stay as they are when these are turned."""
    from sklearn.linear_model import RidgeClassifierCV
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.svm import SVC

    if name == "knn":
        return KNeighborsClassifier(min(NEIGHBOURS, len(known)))
    if name == "linear":
        return RidgeClassifierCV(np.logspace(0, 5, 6))
    # Sklearn's "scale" divides by the number of columns, which turning changes; a clip's mean square does not.
    spread = float(np.square(known, dtype=np.float64).sum()) / len(known)
    return SVC(C=10.0, gamma=1 / spread if spread else 1.0)


def _predict(fitted: Any, take: Callable[[np.ndarray], np.ndarray], rows: np.ndarray, batch: int = 1024) -> np.ndarray:
    return np.concatenate([fitted.predict(take(rows[at : at + batch])) for at in range(0, len(rows), batch)])


def _workers(features: Features, folds: Sequence[Fold]) -> int:
    """Folds at a time: a core each, as far as their clips fit into memory together."""
    clips = max(len(fold.train) + len(fold.test) for fold in folds)
    return max(1, min(os.cpu_count() or 1, len(folds), IN_MEMORY_BYTES // max(4 * features.width * clips, 1)))


def _rates(confusion: np.ndarray) -> tuple[float, float]:
    """Accuracy, and its mean over the genres that were tested."""
    right, clips = np.diag(confusion), confusion.sum(axis=1)
    return float(right.sum() / clips.sum()), float(np.mean(right[clips > 0] / clips[clips > 0]))
