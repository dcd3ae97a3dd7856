"""The strip in which the slider's way over time is drawn: with the mouse, or point by point with keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.i18n import _
from core.latents.blend import HIGHEST, LOWEST
from core.latents.ways import Curve
from core.latents.ways.curve import Point
from musicae_gui import theme
from musicae_gui.views.morph_slider import ends, mixed
from musicae_gui.views.named import named
from musicae_gui.views.picture_builder import DirectBuilder
from musicae_gui.views.strips import Draw, Strip, draw_ticks
from musicae_gui.views.time_axis import TimeAxis

_NEAR = 9  # px from a point at which it is taken
_DRAG = 3
_STEP = 0.1  # seconds
_KEYS = {
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_Insert,
    Qt.Key.Key_Return,
    Qt.Key.Key_Enter,
    Qt.Key.Key_Delete,
    Qt.Key.Key_Backspace,
    *(Qt.Key(Qt.Key.Key_0 + digit) for digit in range(10)),
}


class CurveStrip(Strip):
    """`edited` gives a whole new curve and what was done, once the mouse is released or a key pressed.

    A stroke over empty space draws; a point is dragged; a double click or the right button takes a point away.
    Left and Right go from point to point (with Ctrl they move it by 0.1 s), Up, Down and Page keys change its value,
    digits set tens, Enter asks for a point at the playhead (`point_wanted`), Del takes the point away.
    """

    edited = Signal(object, str)
    point_wanted = Signal()
    kind = "curve"

    def __init__(self, axis: TimeAxis, parent: QWidget | None = None) -> None:
        super().__init__(axis, DirectBuilder(), parent)
        named(
            self,
            "morph.curve",
            _("Curve of the slider over time"),
            _(
                "Draw with the mouse; drag a point, double-click it to take it away.\n"
                "Arrows: next point, 1 %; Ctrl+arrows: 0.1 s; digits: tens; Enter: a new point here; Del: without it."
            ),
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(52)
        self.curve = Curve()
        self.follows = False
        self._chosen = -1
        self._stroke: list[Point] = []
        self._held = -1  # the point under the hand
        self._at: QPointF | None = None  # where the button went down
        self._shown = self.curve  # with what the hand is just doing

    def show_curve(self, curve: Curve, follows: bool) -> None:
        self.follows = follows
        if curve != self.curve:
            self.curve = self._shown = curve
            self._chosen = min(self._chosen, len(curve.points) - 1)
        self._tell()
        self._invalidate()

    # What it looks like.

    def drawing(self, start: float, end: float, columns: int, rows: int) -> Draw | None:
        return lambda: QImage()

    def draw_over(self, painter: QPainter, area: QRect) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for at, color in ((0.0, ends()[0]), (0.5, theme.color("border")), (1.0, ends()[1])):
            painter.setPen(QPen(color, 1, Qt.PenStyle.SolidLine if at != 0.5 else Qt.PenStyle.DotLine))
            y = self._y(at)
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        if not self.isEnabled():  # no songs yet, so that no time has a place
            return
        points = self._shown.points
        if not points:
            painter.setPen(theme.color("muted"))
            words = _("Draw here where the slider goes over time, or record it.")
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, words)
            return
        line = [QPointF(self._x(seconds), self._y(at)) for seconds, at in points]
        line = [QPointF(min(area.left(), line[0].x()), line[0].y()), *line]
        line.append(QPointF(max(area.right(), line[-1].x()), line[-1].y()))
        color = theme.color("text" if self.follows else "muted")
        painter.setPen(QPen(color, 2.2 if self.follows else 1.4))
        painter.drawPolyline(QPolygonF(line))
        for number, place in enumerate(line[1:-1]):
            if area.left() - 6 <= place.x() <= area.right() + 6:
                self._draw_point(painter, place, points[number][1], chosen=number == self._chosen and self.hasFocus())

    def draw_scale(self, painter: QPainter, area: QRect) -> None:
        full = HIGHEST - LOWEST
        draw_ticks(painter, area.adjusted(0, 0, -6, 0), [((at - LOWEST) / full, name) for at, name in _TICKS])

    def draw_legend(self, painter: QPainter, area: QRect) -> None:
        words = _("curve\nfollowed") if self.follows else _("curve\nnot followed") if self.curve else _("curve")
        painter.drawText(area.adjusted(10, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)

    def values_at(self, seconds: float, height: float) -> str:
        when = self.axis.clock(seconds)
        return f"{when}   {_percent(self.curve.at(seconds))}" if self.curve else when

    def _draw_point(self, painter: QPainter, place: QPointF, at: float, *, chosen: bool) -> None:
        painter.setPen(QPen(theme.color("surface"), 1.5))
        painter.setBrush(mixed(at))
        painter.drawEllipse(place, 4.5, 4.5)
        if chosen:
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(place, 8, 8)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    # The mouse.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        near = self._point_at(event.position())
        if event.button() == Qt.MouseButton.RightButton and near >= 0:
            self._remove(near)
        elif event.button() == Qt.MouseButton.LeftButton and self.axis.span > 0:
            self._at, self._held = event.position(), near
            self._stroke = []
            if near >= 0:
                self._choose(near)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if self._at is None:
            super().mouseMoveEvent(event)
            self.setCursor(
                Qt.CursorShape.PointingHandCursor if self._point_at(place) >= 0 else Qt.CursorShape.CrossCursor
            )
            return
        if not self._stroke and (place - self._at).manhattanLength() < _DRAG:
            return
        if self._held >= 0:
            self._shown = self.curve.moved(self._held, *self._value(place))
            self._stroke = [self._value(place)]
        else:
            self._stroke = [*(self._stroke or [self._value(self._at)]), self._value(place)]
            self._shown = self.curve.drawn(self._stroke)
        self.read.emit(f"{self.axis.clock(self._stroke[-1][0])}   {_percent(self._stroke[-1][1])}")
        self._invalidate()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._at is None or event.button() != Qt.MouseButton.LeftButton:
            return
        held, stroke, shown = self._held, self._stroke, self._shown
        self._at, self._held, self._stroke = None, -1, []
        if stroke:
            self.edited.emit(shown, _("Move a point of the curve") if held >= 0 else _("Draw the curve"))
        elif held < 0:
            seconds, at = self._value(event.position())
            self.edited.emit(self.curve.with_point(seconds, at), _("Add a point to the curve"))
            self._choose(self._number(seconds))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        near = self._point_at(event.position())
        if near >= 0:
            self._at = None
            self._remove(near)

    # The keyboard.

    def event(self, event: QEvent) -> bool:
        """Keys that the window has other uses for are this strip's while it has the focus."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._is_ours(event):
            event.accept()
            return True
        return super().event(event)

    def focusInEvent(self, event: object) -> None:
        if self._chosen < 0 and self.curve:
            self._chosen = 0
        self._tell()
        self._invalidate()

    def focusOutEvent(self, event: object) -> None:
        self._invalidate()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if not self._is_ours(event):
            super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Insert, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.point_wanted.emit()
        elif self.curve:
            self._chosen = min(max(self._chosen, 0), len(self.curve.points) - 1)
            self._change(key, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))

    def choose_near(self, seconds: float) -> None:
        """Let the keys change the point nearest to a moment."""
        if self.curve:
            self._choose(self._number(seconds))

    def _change(self, key: int, ctrl: bool) -> None:
        number, points = self._chosen, self.curve.points
        seconds, at = points[number]
        sideways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(key), 0)
        rise = {
            Qt.Key.Key_Up: 0.01,
            Qt.Key.Key_Down: -0.01,
            Qt.Key.Key_PageUp: 0.1,
            Qt.Key.Key_PageDown: -0.1,
        }.get(Qt.Key(key), 0.0)
        if sideways and not ctrl:
            self._choose(min(max(number + sideways, 0), len(points) - 1))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._choose(0 if key == Qt.Key.Key_Home else len(points) - 1)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._remove(number)
        else:
            seconds = min(max(seconds + sideways * _STEP, 0.0), self.axis.duration)
            at = (key - Qt.Key.Key_0) / 10 if Qt.Key.Key_0 <= key <= Qt.Key.Key_9 else at + rise
            self.edited.emit(self.curve.moved(number, round(seconds, 6), round(at, 6)), _("Move a point of the curve"))

    def _is_ours(self, event: QKeyEvent) -> bool:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        ctrl_arrow = modifiers == Qt.KeyboardModifier.ControlModifier and event.key() in (
            Qt.Key.Key_Left,
            Qt.Key.Key_Right,
        )
        return event.key() in _KEYS and (modifiers == Qt.KeyboardModifier.NoModifier or ctrl_arrow)

    # Points.

    def _remove(self, number: int) -> None:
        self.edited.emit(self.curve.without(number), _("Take a point out of the curve"))

    def _choose(self, number: int) -> None:
        self._chosen = number
        self._tell()
        self._invalidate()

    def _number(self, seconds: float) -> int:
        times = [abs(point[0] - seconds) for point in self.curve.points]
        return times.index(min(times)) if times else -1

    def _tell(self) -> None:
        """Say for those who do not see it which point the keys change."""
        points = self.curve.points
        words = _("{n} points").format(n=len(points)) if points else _("no points")
        if 0 <= self._chosen < len(points):
            seconds, at = points[self._chosen]
            words = _("Point {n} of {all}: {time}, {percent}").format(
                n=self._chosen + 1, all=len(points), time=self.axis.clock(seconds), percent=_percent(at)
            )
        self.setAccessibleDescription(words)

    def _point_at(self, place: QPointF) -> int:
        away = [
            (self._x(seconds) - place.x()) ** 2 + (self._y(at) - place.y()) ** 2 for seconds, at in self.curve.points
        ]
        nearest = min(away, default=_NEAR**2 + 1)
        return away.index(nearest) if nearest <= _NEAR**2 else -1

    def _value(self, place: QPointF) -> Point:
        plot = self.plot()
        share = (plot.bottom() - place.y()) / max(plot.height() - 1, 1)
        at = min(max(LOWEST + share * (HIGHEST - LOWEST), LOWEST), HIGHEST)
        return min(max(self.seconds_at(place.x()), 0.0), self.axis.duration), round(at, 3)

    def _x(self, seconds: float) -> float:
        return self.axis.to_x(seconds, self.plot().left(), self.plot().width())

    def _y(self, at: float) -> float:
        plot = self.plot()
        return plot.bottom() - (at - LOWEST) / (HIGHEST - LOWEST) * max(plot.height() - 1, 1)


_TICKS = ((0.0, "A"), (1.0, "B"), (0.5, "50 %"))


def _percent(at: float) -> str:
    return f"{round(at * 100)} %".replace("-", "−")
