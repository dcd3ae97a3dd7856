"""How sure a score is: 95 % intervals that know what was drawn anew each time, and differences put into words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.i18n import _

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Interval:
    """The mean of `values` and the limits that hold the true mean in 95 of 100 studies."""

    mean: float
    low: float
    high: float
    values: tuple[float, ...]

    @property
    def excludes_zero(self) -> bool:
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Difference:
    """One score less another, paired; `real` where the interval excludes zero; `sentence` says so to a reader."""

    interval: Interval
    real: bool
    sentence: str


def over_seeds(values: Sequence[float]) -> Interval:
    """For independent repetitions: mean ± t · deviation / √n."""
    return _around(values, 1 / max(len(values), 1))


def over_folds(values: Sequence[float], test_share: float) -> Interval:
    """For scores of cross-validation, once or with several divisions into folds, whose training sets overlap.

    The variance is corrected by 1/n + test/train: C. Nadeau and Y. Bengio, "Inference for the generalization error",
    Machine Learning 52, 2003; for all folds of several divisions together, with n - 1 degrees of freedom: R. R.
    Bouckaert and E. Frank, "Evaluating the replicability of significance tests for comparing learning algorithms",
    PAKDD 2004. More divisions take the luck of one away; what other songs would give stays in test/train.
    """
    return _around(values, 1 / max(len(values), 1) + test_share / (1 - test_share))


def over_subsets(values: Sequence[float], share: float) -> Interval:
    """For a statistic of `share` of the songs, drawn anew each time.

    The variance for another collection is share / (1 - share) times that between the draws (the delete-d jackknife:
    J. Shao and C. F. J. Wu, "A general theory for jackknife variance estimation", Annals of Statistics 17, 1989).
    """
    return _around(values, share / (1 - share))


def describe_difference(interval: Interval, first: str, second: str, score: str) -> Difference:
    """`interval` of (first's score - second's), in words; the scores are better when larger."""
    real = interval.excludes_zero
    better, worse = (first, second) if interval.mean >= 0 else (second, first)
    amount = abs(interval.mean)
    low, high = sorted((abs(interval.low), abs(interval.high)))
    if real:
        sentence = _(
            "{better} is really better than {worse} in {score}: by {amount:.3f}, between {low:.3f} and {high:.3f} "
            "at 95 %."
        ).format(better=better, worse=worse, score=score, amount=amount, low=low, high=high)
    else:
        sentence = _(
            "Between {first} and {second} there is no sure difference in {score}: {mean:+.3f}, but anything from "
            "{low:+.3f} to {high:+.3f} is possible at 95 %."
        ).format(first=first, second=second, score=score, mean=interval.mean, low=interval.low, high=interval.high)
    return Difference(interval, real, sentence)


def paired(first: Sequence[float], second: Sequence[float]) -> list[float]:
    """Differences, draw by draw; ValueError where the two were not drawn alike."""
    if len(first) != len(second):
        raise ValueError(f"{len(first)} and {len(second)} values cannot be paired")
    return [one - other for one, other in zip(first, second, strict=True)]


def _around(values: Sequence[float], factor: float) -> Interval:
    known = np.array([value for value in values if math.isfinite(value)], float)
    if len(known) == 0:
        return Interval(math.nan, math.nan, math.nan, tuple(values))
    mean = float(known.mean())
    if len(known) == 1:  # one draw says nothing of its spread
        return Interval(mean, -math.inf, math.inf, tuple(values))
    from scipy.stats import t

    half = float(t.ppf((1 + CONFIDENCE) / 2, len(known) - 1) * math.sqrt(factor) * known.std(ddof=1))
    return Interval(mean, mean - half, mean + half, tuple(values))
