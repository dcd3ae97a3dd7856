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


def with_interval(value: Mapping[str, Any] | None, digits: int = 3) -> str:
    """ "0.412 (0.380 to 0.444)"."""
    if value is None or value.get("mean") is None:
        return "–"
    if value.get("low") is None or value.get("high") is None:
        return shown(value, digits)
    return f"{value['mean']:.{digits}f} ({value['low']:.{digits}f} – {value['high']:.{digits}f})"
