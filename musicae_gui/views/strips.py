"""A strip: one picture over time, with its scale at the left and its legend at the right.

The picture is drawn once for a (data, range, size) in the background; until it comes, the one before is shown
stretched. All that rests is kept in a pixmap, so that the moving playhead costs a few pixel columns.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from musicae_gui import theme
from musicae_gui.views.picture_builder import PictureBuilder, unique_name
from musicae_gui.views.time_axis import TimeAxis

GUTTER = 52  # px for the scale at the left; equal in all strips, so that their times stay under one another
LEGEND = 88  # px for the legend at the right
ZOOM_STEP = 0.8  # a notch of the wheel shows this share
PAN_STEP = 0.1  # and moves by this share of what is shown
PATCH = ".patch"  # after a strip's name: the picture of some of its columns
_DRAG = 4  # px before a press becomes a drag

Draw = Callable[[], QImage]


@dataclass(frozen=True)
class Picture:
    image: QImage
    start: float  # seconds at its edges
    end: float
    size: tuple[int, int]  # device pixels that were asked for


class Strip(QWidget):
    """Base of the strips; what is drawn comes from the methods at the end of the class."""

    sought = Signal(float)  # clicked at this time (seconds)
    read = Signal(str)  # the values under the mouse; empty when it leaves
    kind = "strip"
    playhead_reach = 2  # px painted at either side of the playhead

    def __init__(self, axis: TimeAxis, builder: PictureBuilder, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.axis = axis
        self._builder = builder
        self._name = unique_name(self.kind)
        self._fresh = False  # the pictures show the present data
        self._whole: Picture | None = None
        self._detail: Picture | None = None
        self._patch: tuple[float, float] | None = None  # seconds that are to be drawn into the picture
        self._patching = False
        self._rest: QPixmap | None = None  # everything but the moving lines
        self._ground = "background"
        self._playhead: float | None = None
        self._line_x: int | None = None  # where the playhead is drawn
        self._line_colors = (theme.color("background", 0.55), theme.color("text"))
        self._hover_x: int | None = None
        self._pressed: QPoint | None = None
        self._dragged = False
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        axis.range_changed.connect(self._range_changed)
        axis.settled.connect(self._build)
        axis.hover_changed.connect(self._hover_changed)
        theme.signals().changed.connect(self._recolour)
        # A picture that is still being drawn has nowhere to go once the strip is gone.
        for name in (self._name, self._name + PATCH):
            self.destroyed.connect(functools.partial(builder.forget, name))

    def rebuild(self, *, keep: bool = False) -> None:
        """Data, colours or scales have changed: what was drawn is no longer true.

        With `keep` it stays until the new picture is there, for data that change little by little.
        """
        self._fresh, self._patch = False, None
        if not keep:
            self._whole = self._detail = None
            self._invalidate()
        self._build()

    def clear(self) -> None:
        """An empty picture, into which `patch` draws what comes."""
        self._whole = self._detail = self._patch = None
        self._fresh = False
        self._builder.forget(self._name)
        self._invalidate()
        if self.axis.span > 0 and self.isVisible():
            size = self._size()
            image = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
            image.fill(Qt.GlobalColor.transparent)
            self._built(Picture(image, self.axis.start, self.axis.end, size), self.axis.is_fitted)

    def patch(self, begin: float, end: float) -> None:
        """Data have changed from `begin` to `end` seconds only: these columns are drawn into the picture."""
        if self._patch is not None:
            begin, end = min(begin, self._patch[0]), max(end, self._patch[1])
        self._patch = begin, end
        self._draw_patch()

    def set_ground(self, name: str) -> None:
        """The theme's colour around the picture, that of the widget behind."""
        if name != self._ground:
            self._ground = name
            self._invalidate()

    def set_playhead(self, seconds: float | None) -> None:
        """Move the playhead; only the columns it leaves and enters are painted."""
        self._playhead = seconds
        before, after = self._line_x, self._playhead_x()
        if before == after:
            return
        self._line_x = after
        reach, height = self.playhead_reach, self.height()
        if before is not None and after is not None and abs(after - before) < 4 * reach:
            self.update(min(before, after) - reach, 0, abs(after - before) + 2 * reach + 1, height)
            return
        for x in (before, after):
            if x is not None:
                self.update(x - reach, 0, 2 * reach + 1, height)

    def sizeHint(self) -> QSize:
        return QSize(480, 96)

    def minimumSizeHint(self) -> QSize:
        return QSize(GUTTER + LEGEND + 60, 32)

    def plot(self) -> QRect:
        """Where the picture is, in the widget."""
        return QRect(GUTTER, 2, max(1, self.width() - GUTTER - LEGEND), max(1, self.height() - 4))

    def seconds_at(self, x: float) -> float:
        return self.axis.to_seconds(x, GUTTER, self.plot().width())

    @property
    def is_drawn(self) -> bool:
        """The picture of the present range and data is there."""
        made = self._detail if self._fresh else None
        return made is not None and (made.start, made.end, made.size) == (self.axis.start, self.axis.end, self._size())

    # What a kind of strip draws.

    def drawing(self, start: float, end: float, columns: int, rows: int) -> Draw | None:
        """A function for another thread that draws `start` to `end` seconds; None without data."""
        raise NotImplementedError

    def draw_scale(self, painter: QPainter, area: QRect) -> None:
        """Ticks and units in the left margin."""

    def draw_legend(self, painter: QPainter, area: QRect) -> None:
        """What the colours mean, in the right margin."""

    def draw_over(self, painter: QPainter, area: QRect) -> None:
        """Something on top of the picture."""

    def draw_playhead(self, painter: QPainter, x: int) -> None:
        height = self.height() - 4
        painter.fillRect(x - 1, 2, 3, height, self._line_colors[0])
        painter.fillRect(x, 2, 1, height, self._line_colors[1])

    def values_at(self, seconds: float, height: float) -> str:
        """The values in words; `height` is 0 at the plot's bottom and 1 at its top."""
        raise NotImplementedError

    # Painting.

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._rest is None:
            self._rest = self._painted()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._rest)  # what is outside of the event's region costs nothing
        if self._hover_x is not None:
            plot = self.plot()
            painter.fillRect(self._hover_x, plot.top(), 1, plot.height(), theme.color("text", 0.45))
        if self._line_x is not None:
            self.draw_playhead(painter, self._line_x)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._invalidate()
        self._build()

    def showEvent(self, event: QShowEvent) -> None:
        self._build()

    def _painted(self) -> QPixmap:
        self._line_colors = (theme.color("background", 0.55), theme.color("text"))
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(theme.color(self._ground))
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setFont(small_font())
        plot = self.plot()
        painter.fillRect(plot, theme.color("surface"))
        painter.setClipRect(plot)
        if self._detail is None or not self.is_drawn:
            self._place(painter, self._whole, plot)
        self._place(painter, self._detail, plot)
        self.draw_over(painter, plot)
        painter.setClipping(False)
        painter.setPen(theme.color("muted"))
        self.draw_scale(painter, QRect(0, plot.top(), GUTTER, plot.height()))
        painter.setPen(theme.color("muted"))
        self.draw_legend(painter, QRect(plot.right() + 1, plot.top(), LEGEND, plot.height()))
        painter.end()
        return pixmap

    def _place(self, painter: QPainter, picture: Picture | None, plot: QRect) -> None:
        if picture is None:
            return
        left = self.axis.to_x(picture.start, plot.left(), plot.width())
        right = self.axis.to_x(picture.end, plot.left(), plot.width())
        if right > left and right > plot.left() and left < plot.right():
            painter.drawImage(QRectF(left, plot.top(), right - left, plot.height()), picture.image)

    def _build(self) -> None:
        """Ask for the picture of the present range, unless it is there or nobody would see it."""
        if self.is_drawn:
            self._builder.forget(self._name)  # of a size or range that it had for a moment only
            return
        if self.axis.span <= 0 or not self.isVisible():
            return
        start, end, size = self.axis.start, self.axis.end, self._size()
        draw = self.drawing(start, end, *size)
        if draw is not None:
            fitted = self.axis.is_fitted
            self._builder.build(self._name, draw, lambda image: self._built(Picture(image, start, end, size), fitted))

    def _draw_patch(self) -> None:
        """One at a time, and only into the picture of the present range and size; another one is on its way."""
        base = self._detail
        if self._patch is None or self._patching or base is None or not self.is_drawn:
            return
        (begin, end), self._patch = self._patch, None
        columns, rows = base.size
        scale = columns / (base.end - base.start)
        first = max(math.floor((begin - base.start) * scale), 0)
        last = min(math.ceil((end - base.start) * scale), columns)
        if first >= last or not self.isVisible():
            self._fresh = self.isVisible()
            return
        draw = self.drawing(base.start + first / scale, base.start + last / scale, last - first, rows)
        if draw is not None:
            self._patching = True
            self._builder.build(self._name + PATCH, draw, lambda image: self._patched(base, image, first, (begin, end)))

    def _patched(self, base: Picture, image: QImage, column: int, patch: tuple[float, float]) -> None:
        self._patching = False
        if self._detail is base:
            whole = QImage(base.image)
            painter = QPainter(whole)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            painter.drawImage(column, 0, image)
            painter.end()
            self._detail = replace(base, image=whole)
            self._whole = self._detail if self._whole is base else self._whole
            self._invalidate()
            self._draw_patch()
        else:  # the range or the size has changed meanwhile
            self.patch(*patch)

    def _size(self) -> tuple[int, int]:
        """Columns and rows of the plot in device pixels."""
        ratio, plot = self.devicePixelRatioF(), self.plot()
        return math.ceil(plot.width() * ratio), math.ceil(plot.height() * ratio)

    def _built(self, picture: Picture, fitted: bool) -> None:
        self._detail = picture
        self._whole = picture if fitted else self._whole if self._fresh else None
        self._fresh = True
        self._invalidate()
        self._draw_patch()

    def _invalidate(self) -> None:
        self._rest = None
        self._line_x = self._playhead_x()
        self.update()

    def _recolour(self) -> None:
        self.rebuild()

    def _range_changed(self) -> None:
        self._hover_x = None
        self._invalidate()

    def _playhead_x(self) -> int | None:
        at, axis = self._playhead, self.axis
        if at is None or not axis.start <= at <= axis.end or axis.end <= axis.start:
            return None
        return round(GUTTER + (at - axis.start) / (axis.end - axis.start) * max(1, self.width() - GUTTER - LEGEND))

    # The mouse.

    def _hover_changed(self) -> None:
        plot = self.plot()
        x = None if self.axis.hover is None else round(self.axis.to_x(self.axis.hover, GUTTER, plot.width()))
        if x is not None and not plot.left() <= x <= plot.right():
            x = None
        for each in (self._hover_x, x):
            if each is not None:
                self.update(each - 1, 0, 3, self.height())
        self._hover_x = x

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ctrl zooms, Shift (or a wheel across) moves in time; the plain wheel is left to the rows' scroll bar."""
        across, along = event.angleDelta().x(), event.angleDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            turned = along or across  # some systems turn the wheel across while a key is held
            self.axis.zoom(ZOOM_STEP ** (turned / 120), self.seconds_at(event.position().x()))
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.axis.pan(-(across + along) / 120 * PAN_STEP * self.axis.span)
        elif abs(across) > abs(along):
            self.axis.pan(-across / 120 * PAN_STEP * self.axis.span)
        else:
            event.ignore()
            return
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._dragged = event.position().toPoint(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        position = event.position().toPoint()
        if self._pressed is not None:
            moved = position.x() - self._pressed.x()
            if self._dragged or abs(moved) >= _DRAG:
                self._dragged = True
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
                self.axis.pan(-moved / self.plot().width() * self.axis.span)
                self._pressed = position
            return
        plot = self.plot()
        if not plot.contains(position):
            self._leave()
            return
        seconds = self.seconds_at(position.x())
        self.axis.set_hover(seconds)
        self.read.emit(self.values_at(seconds, (plot.bottom() + 0.5 - position.y()) / plot.height()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None and not self._dragged and self.plot().contains(self._pressed):
            self.sought.emit(max(0.0, min(self.seconds_at(self._pressed.x()), self.axis.duration)))
        self._pressed = None
        self.unsetCursor()

    def leaveEvent(self, _event: object) -> None:
        self._leave()

    def _leave(self) -> None:
        self.axis.set_hover(None)
        self.read.emit("")


def small_font() -> QFont:
    """The font of scales and legends."""
    return theme.mono_font(0.82)


def draw_ticks(painter: QPainter, area: QRect, marks: list[tuple[float, str]], *, right_aligned: bool = True) -> None:
    """Numbers beside an axis: `marks` are (height 0..1, text); of those that would overlap the first stays."""
    metrics = painter.fontMetrics()
    tall = metrics.height()
    taken: list[int] = []
    for height, text in marks:
        y = area.bottom() - round(height * (area.height() - 1))
        top = min(max(y - tall // 2, area.top() - 1), area.bottom() - tall + 2)
        if any(abs(top - other) < tall for other in taken):
            continue
        taken.append(top)
        flags = Qt.AlignmentFlag.AlignVCenter | (
            Qt.AlignmentFlag.AlignRight if right_aligned else Qt.AlignmentFlag.AlignLeft
        )
        painter.drawText(QRect(area.left(), top, area.width(), tall), flags, text)
        edge = area.right() + 2 if right_aligned else area.left() - 5
        painter.fillRect(edge, y, 3, 1, theme.color("border"))
