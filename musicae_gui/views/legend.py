"""The colour bar at the right of a strip."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter

from musicae_gui.views import colormap
from musicae_gui.views.strips import draw_ticks

BAR = 8  # px


def draw_colour_bar(painter: QPainter, area: QRect, colours: str, marks: list[tuple[float, str]], unit: str) -> None:
    """The map `colours` from bottom to top, with `marks` (height 0..1, text) and the unit beside it."""
    bar = QRect(area.left() + 10, area.top(), BAR, area.height())
    painter.drawImage(bar, colormap.coloured(np.arange(255, -1, -1, dtype=np.uint8)[:, None], colours))
    draw_ticks(painter, area.adjusted(10 + BAR + 6, 0, 0, 0), marks, right_aligned=False)
    unit_area = area.adjusted(0, 0, -4, 0)
    painter.drawText(unit_area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, unit)
