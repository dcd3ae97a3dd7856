"""The histogram of a latent's values, standing beside its heat map as the legend of its colours."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QPainter

from core import pictures
from musicae_gui import theme
from musicae_gui.views import colormap
from musicae_gui.views.legend import BAR
from musicae_gui.views.strips import draw_ticks


def draw_histogram(painter: QPainter, area: QRect, counts: np.ndarray, full: float, colours: str) -> None:
    """Bars for `counts` from -`full` (bottom) to `full` (top) beside the colour of each step.

    The lengths are logarithmic: nearly all values of a latent lie around zero, and the rare ones are the sound.
    """
    lengths = np.log1p(counts) / max(float(np.log1p(counts.max(initial=0))), 1e-9)
    bar = QRect(area.left() + 10, area.top(), BAR, area.height())
    painter.drawImage(bar, colormap.coloured(np.arange(255, -1, -1, dtype=np.uint8)[:, None], colours))
    left = bar.right() + 2
    room = area.right() - left - 1
    step = area.height() / len(counts)
    color = QColor(theme.color("muted"))
    color.setAlphaF(0.35)
    for index, length in enumerate(lengths):
        if counts[index]:
            y = area.bottom() + 1 - (index + 1) * step
            painter.fillRect(QRectF(left, y, max(1.0, length * room), max(step, 0.5)), color)
    marks = [(0.5, "0"), (1.0, f"{full:.2g}"), (0.0, f"−{full:.2g}")]
    if area.height() > 110:
        quarter = float(pictures.signed_square(np.array(0.5), full))
        marks += [(0.75, f"{quarter:.2g}"), (0.25, f"−{quarter:.2g}")]
    painter.setPen(theme.color("text"))
    draw_ticks(painter, area.adjusted(10 + BAR + 6, 0, 0, 0), marks, right_aligned=False)
