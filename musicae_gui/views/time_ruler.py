"""The ruler above linked strips: times, the playhead's flag, and a click that seeks."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.i18n import _
from musicae_gui import theme
from musicae_gui.views.picture_builder import DirectBuilder
from musicae_gui.views.strips import Draw, Strip
from musicae_gui.views.time_axis import TimeAxis, clock, time_ticks

_TICK_ROOM = 76  # px from one number to the next


class TimeRuler(Strip):
    """Behaves under the mouse as the strips below it do."""

    kind = "ruler"
    playhead_reach = 6

    def __init__(self, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(axis, DirectBuilder(), parent)
        self.setAccessibleName(_("Time"))
        self.setToolTip(_("Click to go there. Drag: move. Ctrl+wheel: zoom. F: show everything."))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(480, 24)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, 24)

    def drawing(self, start: float, end: float, columns: int, rows: int) -> Draw | None:
        return lambda: QImage()

    def draw_over(self, painter: QPainter, area: QRect) -> None:
        painter.fillRect(area, theme.color(self._ground))
        painter.fillRect(area.left(), area.bottom(), area.width(), 1, theme.color("border"))
        origin = self.axis.origin
        marks = time_ticks(origin + self.axis.start, origin + self.axis.end, max(1, area.width() // _TICK_ROOM))
        step = marks[1] - marks[0] if len(marks) > 1 else 1.0
        painter.setPen(theme.color("muted"))
        for seconds in marks:
            x = round(self.axis.to_x(seconds - origin, area.left(), area.width()))
            painter.fillRect(x, area.bottom() - 5, 1, 6, theme.color("muted"))
            text = QRect(x + 4, area.top(), _TICK_ROOM, area.height() - 2)
            if text.left() + painter.fontMetrics().horizontalAdvance(clock(seconds, step)) <= area.right():
                painter.drawText(text, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, clock(seconds, step))

    def draw_scale(self, painter: QPainter, area: QRect) -> None:
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area.adjusted(0, 0, -8, 0), right, _("m:ss"))

    def draw_playhead(self, painter: QPainter, x: int) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent"))
        bottom = self.plot().bottom() + 1
        corners = (QPointF(x - 5, bottom - 9), QPointF(x + 6, bottom - 9), QPointF(x + 0.5, bottom))
        painter.drawPolygon(QPolygonF(corners))

    def values_at(self, seconds: float, height: float) -> str:
        return self.axis.clock(seconds)
