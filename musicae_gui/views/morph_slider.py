"""The big slider between two songs: -20 to 120 %, beyond the songs drawn apart."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from core.i18n import _
from musicae_gui import theme
from musicae_gui.views.named import named

LOWEST, HIGHEST = -20, 120  # %
_HANDLE = 15  # px, its radius
_GROOVE = 10  # px


class MorphSlider(QSlider):
    """In percent of the way from A to B. Arrows move by 1, Page keys by 10, digits set tens, Home and End the songs."""

    moved = Signal(float)  # 0 is A, 1 is B

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        named(
            self,
            "morph.slider",
            _("From song A to song B, in percent"),
            _("Drag it while it plays. Arrows: 1 %, digits: tens, Home: A, End: B."),
        )
        self.setRange(LOWEST, HIGHEST)
        self.setSingleStep(1)
        self.setPageStep(10)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.valueChanged.connect(lambda value: self.moved.emit(value / 100))

    def show_at(self, at: float) -> None:
        """Show a place without telling of it."""
        self.blockSignals(True)
        self.setValue(round(at * 100))
        self.blockSignals(False)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, 64)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 64)

    def x_of(self, percent: float) -> float:
        """The pixel of a place."""
        left, width = _HANDLE + 2.0, self.width() - 2 * _HANDLE - 4.0
        return left + (percent - LOWEST) / (HIGHEST - LOWEST) * width

    def percent_at(self, x: float) -> int:
        left, width = _HANDLE + 2.0, self.width() - 2 * _HANDLE - 4.0
        return round(LOWEST + (x - left) / max(width, 1) * (HIGHEST - LOWEST))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if Qt.Key.Key_0 <= key <= Qt.Key.Key_9 and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.setValue((key - Qt.Key.Key_0) * 10)
        elif key == Qt.Key.Key_Home:
            self.setValue(0)
        elif key == Qt.Key.Key_End:
            self.setValue(100)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.setValue(self.percent_at(event.position().x()))
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self.setValue(self.percent_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.setValue(self.value() + (1 if event.angleDelta().y() > 0 else -1))
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = 24.0
        self._draw_groove(painter, middle)
        self._draw_marks(painter, middle)
        self._draw_handle(painter, middle)
        painter.end()

    def _draw_groove(self, painter: QPainter, middle: float) -> None:
        """Solid between the songs, dashed beyond them."""
        first, last = ends()
        zero, full = self.x_of(0), self.x_of(100)
        for begin, end, color in ((self.x_of(LOWEST), zero, first), (full, self.x_of(HIGHEST), last)):
            pen = QPen(color, 3)
            pen.setDashPattern([1.2, 1.6])
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            painter.drawLine(QPointF(begin, middle), QPointF(end, middle))
        gradient = QLinearGradient(zero, 0, full, 0)
        gradient.setColorAt(0, first)
        gradient.setColorAt(1, last)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(gradient if self.isEnabled() else theme.color("border"))
        painter.drawRoundedRect(
            QRectF(zero - _GROOVE / 2, middle - _GROOVE / 2, full - zero + _GROOVE, _GROOVE), _GROOVE / 2, _GROOVE / 2
        )

    def _draw_marks(self, painter: QPainter, middle: float) -> None:
        painter.setFont(theme.mono_font(0.85))
        for percent in (LOWEST, 0, 25, 50, 75, 100, HIGHEST):
            x = self.x_of(percent)
            painter.setPen(theme.color("muted"))
            painter.drawLine(QPointF(x, middle + 17), QPointF(x, middle + 21))
            text = {0: "A", 100: "B"}.get(percent, f"{percent}".replace("-", "−") + " %")
            if percent in (0, 100):
                bold = QFont(painter.font())
                bold.setWeight(QFont.Weight.Bold)
                painter.setFont(bold)
                painter.setPen(theme.color("text"))
            area = QRectF(min(max(x - 30, 0), self.width() - 60), middle + 22, 60, 16)
            align = Qt.AlignmentFlag.AlignHCenter
            if percent == LOWEST:
                align = Qt.AlignmentFlag.AlignLeft
            elif percent == HIGHEST:
                align = Qt.AlignmentFlag.AlignRight
            painter.drawText(area, align | Qt.AlignmentFlag.AlignVCenter, text)
            painter.setFont(theme.mono_font(0.85))

    def _draw_handle(self, painter: QPainter, middle: float) -> None:
        centre = QPointF(self.x_of(self.value()), middle)
        color = mixed(self.value() / 100)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("accent", 0.5), 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(centre, _HANDLE + 2.5, _HANDLE + 2.5)
        painter.setPen(QPen(color if self.isEnabled() else theme.color("border"), 4))
        painter.setBrush(theme.color("accent_soft" if self.isSliderDown() else "surface"))
        painter.drawEllipse(centre, _HANDLE - 3, _HANDLE - 3)


def ends() -> tuple[QColor, QColor]:
    """The colours of song A and song B."""
    series = theme.colors().series
    return QColor(series[0]), QColor(series[1])


def mixed(at: float) -> QColor:
    """The colour of a place between the songs."""
    first, last = ends()
    share = min(max(at, 0.0), 1.0)
    parts = [
        round((1 - share) * one + share * other)
        for one, other in zip(first.getRgb()[:3], last.getRgb()[:3], strict=True)  # type: ignore[index]
    ]
    return QColor(*parts)
