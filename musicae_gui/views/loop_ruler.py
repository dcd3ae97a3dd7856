"""A time ruler on which a loop is marked: drag over it, drag its ends, double-click it away."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from core.i18n import _
from musicae_gui import theme
from musicae_gui.views.time_axis import TimeAxis
from musicae_gui.views.time_ruler import TimeRuler

_NEAR = 6  # px from an end at which it is taken
_DRAG = 4


class LoopRuler(TimeRuler):
    """`looped` gives where a loop is to begin and end, in seconds; twice the same where there is to be none."""

    looped = Signal(float, float)

    def __init__(self, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(axis, parent)
        self.setAccessibleName(_("Time and loop points"))
        self.setToolTip(
            _("Click to go there. Drag: loop this part; its ends can be dragged. Double-click: without a loop.")
        )
        self._region: tuple[float, float] | None = None
        self._other: float | None = None  # the end that stays while the hand moves one
        self._dragged_loop = False

    def show_region(self, region: tuple[float, float] | None) -> None:
        self._region = region
        words = _("no loop points")
        if region is not None:
            words = _("loop from {begin} to {end}").format(
                begin=self.axis.clock(region[0]), end=self.axis.clock(region[1])
            )
        self.setAccessibleDescription(words)
        self._invalidate()

    def draw_over(self, painter: QPainter, area: QRect) -> None:
        super().draw_over(painter, area)
        if self._region is None:
            return
        left, right = (round(self.axis.to_x(end, area.left(), area.width())) for end in self._region)
        painter.fillRect(left, area.top(), right - left, area.height(), theme.color("accent", 0.22))
        for end, inward in ((left, 1), (right, -1)):
            painter.fillRect(end - 1, area.top(), 3, area.height(), theme.color("accent"))
            painter.fillRect(min(end, end + 6 * inward), area.top(), 6, 3, theme.color("accent"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            end = self._end_at(event.position().x())
            self._dragged_loop = False
            if end is not None and self._region is not None:
                self._other = self._region[1 - end]
            else:
                self._other = self._seconds(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None or self._other is None:
            super().mouseMoveEvent(event)
            near = self._end_at(event.position().x()) is not None
            self.setCursor(Qt.CursorShape.SizeHorCursor if near else Qt.CursorShape.ArrowCursor)
            return
        if self._dragged_loop or abs(event.position().x() - self._pressed.x()) >= _DRAG:
            self._dragged_loop = self._dragged = True
            here = self._seconds(event.position().x())
            self.show_region((min(here, self._other), max(here, self._other)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)  # a click goes there
        if self._dragged_loop and self._region is not None:
            self.looped.emit(*self._region)
        self._other, self._dragged_loop = None, False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._region is not None:
            self.looped.emit(0.0, 0.0)

    def _end_at(self, x: float) -> int | None:
        """Which end of the loop is under the mouse."""
        plot = self.plot()
        for number, end in enumerate(self._region or ()):
            if abs(self.axis.to_x(end, plot.left(), plot.width()) - x) <= _NEAR:
                return number
        return None

    def _seconds(self, x: float) -> float:
        return min(max(self.seconds_at(x), 0.0), self.axis.duration)
