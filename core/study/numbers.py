"""Means with what is known of their spread, as they are written into `study.json`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.latents.intervals import Interval, over_seeds


def spread(values: Sequence[float | None], songs: Sequence[str]) -> dict[str, Any] | None:
    """Mean and deviation over clips, and the mean's 95 % interval over songs, whose clips are alike.

    Returns:
        "mean", "deviation", "low", "high", "clips", "songs"; the interval is None from fewer than two songs. None
        where no value is known.
    """
    known = [(value, song) for value, song in zip(values, songs, strict=True) if value is not None]
    if not known:
        return None
    numbers = np.array([value for value, _song in known])
    names = sorted({song for _value, song in known})
    means = [float(np.mean([value for value, song in known if song == name])) for name in names]
    limits = over_seeds(means)
    sure = math.isfinite(limits.low)
    return {
        "mean": float(numbers.mean()),
        "deviation": float(numbers.std()),
        "low": limits.low if sure else None,
        "high": limits.high if sure else None,
        "clips": len(known),
        "songs": len(names),
    }


def interval(value: Interval) -> dict[str, Any]:
    """ "mean", "low", "high" and the single "values"."""
    return {"mean": value.mean, "low": value.low, "high": value.high, "values": value.values}


def shown(value: object, digits: int = 3) -> str:
    """A number for a table's cell; a dash for what is not known."""
    if value is None:
        return "–"
    if isinstance(value, Mapping):
        return shown(value.get("mean"), digits)
    if isinstance(value, float):
        return f"{value:.{digits}f}"
    return str(value)


def with_interval(value: Mapping[str, Any] | None, digits: int = 3, *, signed: bool = False) -> str:
    """ "0.412 ± 0.032": a mean with its 95 % interval, which lies evenly around it; "+0.412" with `signed`."""
    if value is None or value.get("mean") is None:
        return "–"
    mean = f"{value['mean']:+.{digits}f}" if signed else shown(value, digits)
    if value.get("low") is None or value.get("high") is None:
        return mean
    return f"{mean} ± {(value['high'] - value['low']) / 2:.{digits}f}"


def significant(value: float | None) -> str:
    """A distance for a table's cell: "101.3", "0.52", "2.1e-05"."""
    if value is None:
        return "–"
    return f"{value:.2f}" if abs(value) >= 0.01 or value == 0 else f"{value:.1e}"
