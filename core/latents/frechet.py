"""How far two sets of clips are apart, each clip a vector of features: Frechet and kernel distance, with a zero line.

Both depend on how many clips there are, the Frechet distance strongly: few clips look far apart even where they are
of one kind. So each is also given for subsets of equal size, beside the same distance between halves of the real
clips, which is what "no difference" looks like.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core.errors import UsageError
from core.i18n import _

SPLITS = 20
LARGEST_SUBSET = 1000
# Features that hardly move in the real clips would decide everything once divided by their deviation.
LEAST_DEVIATION = 1e-6


@dataclass(frozen=True)
class Spread:
    """Mean and deviation over random subsets."""

    mean: float
    deviation: float


@dataclass(frozen=True)
class SetDistance:
    """Distances of a set of clips from the real ones.

    Attributes:
        real, other: clips in the sets.
        matched: clips a side in the subsets of the lines "matched" and "zero", which are the ones to compare.
        frechet, kernel: of all clips; the kernel distance is unbiased, so it may fall below 0.
        frechet_matched, kernel_matched: of `matched` real and `matched` other clips.
        frechet_zero, kernel_zero: of two disjoint subsets of the real clips.
    """

    real: int
    other: int
    matched: int
    frechet: float
    frechet_matched: Spread
    frechet_zero: Spread
    kernel: float
    kernel_matched: Spread
    kernel_zero: Spread

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


def compare_sets(real: np.ndarray, other: np.ndarray, *, seed: int = 0, splits: int = SPLITS) -> SetDistance:
    """Distances of `other` (m, features) from `real` (n, features), features in units of their deviation in `real`.

    Raises:
        UsageError: fewer than 4 real or 2 other clips, or values that are not numbers.
    """
    real, other = _checked(real, 4), _checked(other, 2)
    center, scale = real.mean(axis=0), np.maximum(real.std(axis=0), LEAST_DEVIATION)
    real, other = (real - center) / scale, (other - center) / scale
    matched = min(len(real) // 2, len(other))
    random = np.random.default_rng(seed)
    found: dict[str, list[float]] = {"frechet_matched": [], "frechet_zero": [], "kernel_matched": [], "kernel_zero": []}
    for _split in range(splits):
        order = random.permutation(len(real))
        one, two = real[order[:matched]], real[order[matched : 2 * matched]]
        drawn = other[random.permutation(len(other))[:matched]]
        found["frechet_matched"].append(frechet_distance(one, drawn))
        found["frechet_zero"].append(frechet_distance(one, two))
        found["kernel_matched"].append(kernel_distance(one, drawn))
        found["kernel_zero"].append(kernel_distance(one, two))
    spreads = {name: Spread(float(np.mean(values)), float(np.std(values))) for name, values in found.items()}
    return SetDistance(
        real=len(real),
        other=len(other),
        matched=matched,
        frechet=frechet_distance(real, other),
        kernel=kernel_distance(real, other),
        **spreads,
    )


def frechet_distance(one: np.ndarray, other: np.ndarray) -> float:
    """`frechet` of the Gaussians that fit two sets of vectors (n, features), n at least 2, best more than features.

    Raises:
        UsageError: too few vectors, or values that are not numbers.
    """
    one, other = _checked(one, 2), _checked(other, 2)
    return frechet(one.mean(axis=0), _covariance(one), other.mean(axis=0), _covariance(other))


def frechet(mean1: np.ndarray, covariance1: np.ndarray, mean2: np.ndarray, covariance2: np.ndarray) -> float:
    """|m1 - m2|² + tr(C1 + C2 - 2 (C1^1/2 C2 C1^1/2)^1/2), the squared Frechet distance of two Gaussians.

    D. C. Dowson, B. V. Landau, "The Fréchet distance between multivariate normal distributions", 1982; as a judge of
    generated sets ("FID") M. Heusel et al., NeurIPS 2017. The root is taken of a symmetric matrix by its
    eigenvalues, so that covariances without full rank, as few clips give, do no harm.
    """
    mean1, mean2 = np.atleast_1d(mean1).astype(np.float64), np.atleast_1d(mean2).astype(np.float64)
    covariance1, covariance2 = (np.atleast_2d(each).astype(np.float64) for each in (covariance1, covariance2))
    root = _root(covariance1)
    inner = root @ covariance2 @ root
    shared = np.sqrt(np.maximum(np.linalg.eigvalsh((inner + inner.T) / 2), 0)).sum()
    distance = np.square(mean1 - mean2).sum() + np.trace(covariance1) + np.trace(covariance2) - 2 * shared
    return max(0.0, float(distance))


def kernel_distance(one: np.ndarray, other: np.ndarray) -> float:
    """Unbiased squared maximum mean discrepancy of two sets (n, d) and (m, d) under k(x, y) = (x·y / d + 1)³.

    M. Bińkowski et al., "Demystifying MMD GANs", ICLR 2018 ("KID"). Of larger sets the first 1000 vectors are taken.

    Raises:
        UsageError: fewer than 2 vectors, or values that are not numbers.
    """
    one, other = (_checked(each, 2)[:LARGEST_SUBSET] for each in (one, other))
    n, m = len(one), len(other)
    within_one, within_other = _kernel(one, one), _kernel(other, other)
    same = (within_one.sum() - np.trace(within_one)) / (n * (n - 1))
    same += (within_other.sum() - np.trace(within_other)) / (m * (m - 1))
    return float(same - 2 * _kernel(one, other).mean())


def _kernel(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return (one @ other.T / one.shape[1] + 1) ** 3


def _covariance(values: np.ndarray) -> np.ndarray:
    return np.atleast_2d(np.cov(values, rowvar=False))


def _root(covariance: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T


def _checked(values: np.ndarray, least: int) -> np.ndarray:
    if values.ndim != 2 or len(values) < least:
        raise UsageError(
            _("A distance between sets needs at least {least} clips; there are {count}.").format(
                least=least, count=len(values)
            )
        )
    if not np.isfinite(values).all():
        raise UsageError(_("The features of the clips hold values that are not numbers."))
    return values.astype(np.float64)
