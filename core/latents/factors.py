"""What can be read from latents of songs whose tempo, key and instruments are known: the demo songs.

Only linear probes are used: what they find lies open in the latent and was not made by the probe.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import Cancelled
from core.i18n import _
from core.latents.features import Features
from core.latents.folds import Fold
from core.latents.intervals import Interval, over_folds

LEAST_SHARE = 0.05
"""An instrument in fewer of the songs, or in all but so few, is not probed."""
_LONGEST_BYTES = 1 << 16
_ALPHAS = np.logspace(0, 5, 6)


@dataclass(frozen=True)
class Facts:
    """What is true of a song: beats a minute, key such as "A minor", what plays; `style` for the line to beat."""

    style: str
    tempo: float
    key: str
    instruments: tuple[str, ...]


@dataclass(frozen=True)
class Factor:
    """How well one factor was read.

    Attributes:
        name: "tempo", "key", "mode", or an instrument's.
        measure: "r2" (1 perfect, 0 as good as the mean), "accuracy", or "balanced" accuracy (0.5 by chance).
        probe: the probe's score over folds.
        chance: the most frequent value's, in the same folds.
        style: the score of a guess from the style alone, which a probe must exceed to have heard more than style.
    """

    name: str
    measure: str
    probe: Interval
    chance: Interval
    style: Interval


def read_facts(sound: Path) -> Facts | None:
    """The facts in the JSON beside a demo song; None where there is none, or another kind of file."""
    beside = sound.with_suffix(".json")
    try:
        if beside.stat().st_size > _LONGEST_BYTES:
            return None
        return facts_from(json.loads(beside.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError):
        return None


def facts_from(values: object) -> Facts | None:
    """Facts from `DemoSong.facts()`; None where something is missing or of a wrong kind."""
    if not isinstance(values, dict):
        return None
    style, tempo, key, instruments = (values.get(name) for name in ("style", "tempo", "key", "instruments"))
    if not isinstance(style, str) or not isinstance(key, str):
        return None
    if not isinstance(tempo, int | float) or not 0 < tempo < 1000:
        return None
    if not isinstance(instruments, list) or not all(isinstance(each, str) for each in instruments):
        return None
    return Facts(style, float(tempo), key, tuple(instruments))


def probe_factors(
    features: Features,
    facts: Sequence[Facts],
    folds: Sequence[Fold],
    *,
    progress: Callable[[float], object] = lambda fraction: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[Factor]:
    """Tempo, key, mode and each instrument, read by ridge regression from standardised features.

    Args:
        facts: one a clip, in the features' order.
        folds: by song, such as `make_folds(styles, songs)`.

    Raises:
        Cancelled: `cancelled` said so.
    """
    factors = _wanted(facts)
    styles = np.array([each.style for each in facts])
    results: list[list[tuple[float, float, float]]] = [[] for _factor in factors]
    for number, fold in enumerate(folds):
        if cancelled():
            raise Cancelled(_("Cancelled."))
        train, test = _standardised(features.take(fold.train), features.take(fold.test))
        for place, (_name, measure, values) in enumerate(factors):
            if len(np.unique(values[fold.train])) < 2 or len(fold.test) < 2:
                continue
            guesses = (
                _told(measure, train, values[fold.train], test),
                _constant(measure, values[fold.train], len(fold.test)),
                _by_style(measure, values, styles, fold),
            )
            rated = [_rated(measure, values[fold.test], guess) for guess in guesses]
            results[place].append((rated[0], rated[1], rated[2]))
        progress((number + 1) / len(folds))
    share = float(np.mean([len(fold.test) / (len(fold.test) + len(fold.train)) for fold in folds]))
    found = []
    for (name, measure, _values), scores in zip(factors, results, strict=True):
        if scores:
            probe, chance, style = (over_folds(column, share) for column in zip(*scores, strict=True))
            found.append(Factor(name, measure, probe, chance, style))
    return found


def _wanted(facts: Sequence[Facts]) -> list[tuple[str, str, np.ndarray]]:
    """(name, measure, one value a clip) of each factor; tempo as its logarithm, in which double is a constant step."""
    factors = [
        ("tempo", "r2", np.log2([each.tempo for each in facts])),
        ("key", "accuracy", np.array([each.key for each in facts])),
        ("mode", "balanced", np.array([each.key.rpartition(" ")[2] for each in facts])),
    ]
    for instrument in sorted({name for each in facts for name in each.instruments}):
        plays = np.array([instrument in each.instruments for each in facts])
        if LEAST_SHARE <= plays.mean() <= 1 - LEAST_SHARE:
            factors.append((instrument, "balanced", plays))
    return factors


def _standardised(train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    deviation[deviation < 1e-9] = 1.0
    return (train - mean) / deviation, (test - mean) / deviation


def _told(measure: str, train: np.ndarray, values: np.ndarray, test: np.ndarray) -> np.ndarray:
    from sklearn.linear_model import RidgeClassifierCV, RidgeCV

    if measure == "r2":
        return np.asarray(RidgeCV(_ALPHAS).fit(train, values).predict(test))
    weights: Any = "balanced" if measure == "balanced" else None
    classifier: Any = RidgeClassifierCV(_ALPHAS, class_weight=weights)
    return np.asarray(classifier.fit(train, values).predict(test))


def _constant(measure: str, values: np.ndarray, count: int) -> np.ndarray:
    return np.full(count, values.mean() if measure == "r2" else _most(values))


def _by_style(measure: str, values: np.ndarray, styles: np.ndarray, fold: Fold) -> np.ndarray:
    """The training clips' mean or most frequent value in the style of each tested clip."""
    guess = _constant(measure, values[fold.train], len(fold.test))
    for style in np.unique(styles[fold.test]):
        known = values[fold.train][styles[fold.train] == style]
        if len(known):
            guess[styles[fold.test] == style] = known.mean() if measure == "r2" else _most(known)
    return guess


def _most(values: np.ndarray) -> Any:
    names, counts = np.unique(values, return_counts=True)
    return names[counts.argmax()]


def _rated(measure: str, truth: np.ndarray, guess: np.ndarray) -> float:
    if measure == "r2":
        spread = float(np.square(truth - truth.mean()).sum())
        return 1 - float(np.square(truth - guess).sum()) / spread if spread > 0 else float("nan")
    if measure == "accuracy":
        return float(np.mean(truth == guess))
    return float(np.mean([np.mean(guess[truth == value] == value) for value in np.unique(truth)]))
