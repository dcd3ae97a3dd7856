"""Colours of the groups of a map, in the theme that is in use."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor

from musicae_gui import theme

_ENDS = (2, 1)  # of the theme's series: from the first group to the last, where groups follow one another
_TOWARDS = ("text", "surface")  # the second ten groups are darker, the third ten lighter, and so on
_SHARE = 0.42


def group_colours(count: int, *, ordered: bool = False) -> np.ndarray:
    """(count, 3) red, green and blue, 0 to 255."""
    series = np.array([rgb(QColor(name)) for name in theme.colors().series], float)
    if ordered:
        first, last = (series[number] for number in _ENDS)
        share = np.linspace(0, 1, max(count, 1))[:count, None]
        return first * (1 - share) + last * share
    numbers = np.arange(count)
    chosen = series[numbers % len(series)]
    for turn, name in enumerate(_TOWARDS, start=1):
        other = numbers // len(series) % (len(_TOWARDS) + 1) == turn
        chosen[other] = chosen[other] * (1 - _SHARE) + np.array(rgb(theme.color(name))) * _SHARE
    return chosen


def rgb(color: QColor) -> tuple[int, int, int]:
    return color.red(), color.green(), color.blue()
