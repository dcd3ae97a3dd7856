"""The pad between up to four songs: A and B above, C and D below, each corner in its song's colour."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QLinearGradient, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.i18n import _
from core.latents.blend import HIGHEST, LOWEST
from musicae_gui import theme
from musicae_gui.views.named import named

_RADIUS = 11
_MARGIN = 4
_LARGEST = 360
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_OTHERS = {Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End}


class MorphPad(QWidget):
    """Two values in percent, -20 to 120: across from A to B, and down to C and D.

    Arrows move by 1 %, Page keys up and down by 10, digits set tens across and with Alt down, Home and End are A and B.
    """

    moved = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(
            self,
            "morph.pad",
            _("Pad between four songs"),
            _("Drag it while it plays. Arrows: 1 %, Page keys: 10 % up and down, digits: tens across, with Alt down."),
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMaximumWidth(_LARGEST)
        self._at, self._down = 0.5, 0.0
        self._dragged = False
        self._there = {"a", "b"}
        theme.signals().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(220, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, 130)

    @property
    def place(self) -> tuple[float, float]:
        """Across and down, 0 to 1 between the corners."""
        return self._at, self._down

    def show_place(self, at: float, down: float) -> None:
        """Show a place without telling of it."""
        self._at, self._down = at, down
        weights = {
            "A": (1 - at) * (1 - down),
            "B": at * (1 - down),
            "C": (1 - at) * down,
            "D": at * down,
        }
        words = ", ".join(f"{name} {round(100 * weight)} %" for name, weight in weights.items())
        self.setAccessibleDescription(words)
        self.update()

    def show_corners(self, there: set[str]) -> None:
        """Which corners have songs: "a" to "d"."""
        self._there = there
        self.update()

    def point(self, at: float, down: float) -> QPointF:
        """Where a place is in the widget."""
        area = self._area()
        span = HIGHEST - LOWEST
        return QPointF(
            area.left() + (at - LOWEST) / span * area.width(), area.top() + (down - LOWEST) / span * area.height()
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        first, last = self.point(0, 0), self.point(1, 1)
        square = QRectF(first, last)
        painter.setPen(QPen(theme.color("border"), 1, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(self._area(), 6, 6)
        colors = self._colors()
        for top, (left, right) in ((True, ("a", "b")), (False, ("c", "d"))):
            gradient = QLinearGradient(square.left(), 0, square.right(), 0)
            for place, corner in ((0.0, left), (1.0, right)):
                color = QColor(colors[corner])
                color.setAlphaF(0.5)
                gradient.setColorAt(place, color)
            half = QRectF(square)
            if top:
                half.setBottom(square.center().y())
            else:
                half.setTop(square.center().y())
            painter.fillRect(half, gradient)
        self._fade_middle(painter, square)
        painter.setPen(QPen(theme.color("muted"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(square)
        self._draw_names(painter, square)
        self._draw_handle(painter)
        painter.end()

    # The mouse and the keyboard.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged = True
            self._go(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged:
            self._go(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged = False
        self.update()

    def event(self, event: QEvent) -> bool:
        """Arrows and digits are the pad's while it has the focus."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            if key in _ARROWS or key in _OTHERS or Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        at, down = self._at, self._down
        if key in _ARROWS:
            right, below = _ARROWS[key]
            at, down = at + right / 100, down + below / 100
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            down += 0.1 if key == Qt.Key.Key_PageDown else -0.1
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            at = 0.0 if key == Qt.Key.Key_Home else 1.0
        elif Qt.Key.Key_0 <= key <= Qt.Key.Key_9:
            tens = (key - Qt.Key.Key_0) / 10
            if event.modifiers() & Qt.KeyboardModifier.AltModifier:
                down = tens
            else:
                at = tens
        else:
            super().keyPressEvent(event)
            return
        self._move(at, down)

    def focusInEvent(self, event: object) -> None:
        self.update()

    def focusOutEvent(self, event: object) -> None:
        self.update()

    def _go(self, place: QPointF) -> None:
        area, span = self._area(), HIGHEST - LOWEST
        self._move(
            LOWEST + (place.x() - area.left()) / max(area.width(), 1) * span,
            LOWEST + (place.y() - area.top()) / max(area.height(), 1) * span,
        )

    def _move(self, at: float, down: float) -> None:
        at, down = (round(min(max(value, LOWEST), HIGHEST), 2) for value in (at, down))
        if (at, down) != (self._at, self._down):
            self.show_place(at, down)
            self.moved.emit(at, down)

    # How it looks.

    def _area(self) -> QRectF:
        """The whole field, -20 to 120 % both ways."""
        side = min(self.width(), self.height()) - 2 * _MARGIN
        return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)

    def _colors(self) -> dict[str, QColor]:
        series = theme.colors().series
        return {corner: QColor(series[number]) for number, corner in enumerate("abcd")}

    def _fade_middle(self, painter: QPainter, square: QRectF) -> None:
        """The two halves go over into each other."""
        veil = QLinearGradient(0, square.top(), 0, square.bottom())
        ground = theme.color("surface")
        for place, alpha in ((0.0, 0.0), (0.5, 0.85), (1.0, 0.0)):
            color = QColor(ground)
            color.setAlphaF(alpha)
            veil.setColorAt(place, color)
        painter.fillRect(square, veil)

    def _draw_names(self, painter: QPainter, square: QRectF) -> None:
        font = painter.font()
        font.setBold(True)
        painter.setFont(font)
        away = 9
        corners = {
            "a": square.topLeft() + QPointF(-away, -away),
            "b": square.topRight() + QPointF(away, -away),
            "c": square.bottomLeft() + QPointF(-away, away),
            "d": square.bottomRight() + QPointF(away, away),
        }
        for corner, place in corners.items():
            painter.setPen(theme.color("text" if corner in self._there else "muted"))
            third = corner == "d" and "c" in self._there and "d" not in self._there
            name = "C" if third else corner.upper()
            painter.drawText(QRectF(place.x() - 14, place.y() - 10, 28, 20), Qt.AlignmentFlag.AlignCenter, name)

    def _draw_handle(self, painter: QPainter) -> None:
        centre = self.point(self._at, self._down)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("accent", 0.5), 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(centre, _RADIUS + 3, _RADIUS + 3)
        painter.setPen(QPen(theme.color("accent"), 4))
        painter.setBrush(theme.color("accent_soft" if self._dragged else "surface"))
        painter.drawEllipse(centre, _RADIUS - 2, _RADIUS - 2)
