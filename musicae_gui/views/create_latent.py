"""The latent of a creation as a heat map on which a region is chosen, by mouse or by keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from core.creations.region import Region
from core.i18n import _
from core.latents.latent import Latent
from musicae_gui import theme
from musicae_gui.views.latent import LatentStrip
from musicae_gui.views.picture_builder import PictureBuilder
from musicae_gui.views.strips import GUTTER
from musicae_gui.views.time_axis import TimeAxis

_DRAG = 4  # px before a press becomes a region
_STEPS = 60  # arrow keys that cross what is seen
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_OWN_KEYS = (*_ARROWS, Qt.Key.Key_Escape, Qt.Key.Key_Delete, Qt.Key.Key_A, Qt.Key.Key_Home, Qt.Key.Key_End)


class EditableLatent(LatentStrip):
    """`chosen` gives the region (a `Region`, or None for none); a click without a drag seeks and lets it go.

    A drag in the margin at the left chooses whole channels. Arrows move the region, with Shift its far corner.
    """

    chosen = Signal(object)
    delete_wanted = Signal()

    def __init__(self, axis: TimeAxis, builder: PictureBuilder, parent: QWidget | None = None) -> None:
        super().__init__(axis, builder, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName(_("Latent, to be edited"))
        self.setToolTip(
            _(
                "Drag: choose a region. In the left margin: whole channels. Click: go there.\n"
                "Arrows move the region, Shift+arrows its corner. Ctrl+A: everything. Esc: nothing. Del: mute."
            )
        )
        self.region: Region | None = None
        self._anchor: tuple[int, int] | None = None
        self._in_margin = False

    def show_latent(self, latent: Latent | None, frame_rate: float, *, keep: bool = False) -> None:
        """Another latent; the region stays where there is still something."""
        self.set_latent(latent.values if latent is not None else None, frame_rate, keep=keep)
        if latent is None or not keep:
            self._choose(None)
        elif self.region is not None:
            self._choose(self.region.inside(*latent.values.shape))

    def choose(self, region: Region | None) -> None:
        """As if the user had."""
        self._choose(region)

    def draw_over(self, painter: QPainter, area: QRect) -> None:
        if self.region is None or self._values is None:
            return
        box = self._box(self.region, area)
        shade = theme.color("background", 0.45)
        outside = (
            QRectF(area.left(), area.top(), box.left() - area.left(), area.height()),
            QRectF(box.right(), area.top(), area.right() + 1 - box.right(), area.height()),
            QRectF(box.left(), area.top(), box.width(), box.top() - area.top()),
            QRectF(box.left(), box.bottom(), box.width(), area.bottom() + 1 - box.bottom()),
        )
        for part in outside:
            if part.width() > 0 and part.height() > 0:
                painter.fillRect(part, shade)
        for color, width in (("background", 3), ("accent", 1.5)):
            painter.setPen(QPen(theme.color(color), width))
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))

    # The mouse.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._values is None:
            return
        position = event.position()
        self._in_margin = position.x() < GUTTER
        self._pressed, self._dragged = position.toPoint(), False
        cell = self._cell(position.x(), position.y())
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self.region is not None:
            self._anchor, self._dragged = (self.region.first, self.region.low), True
            self._choose(Region.between(self._anchor, cell))
        else:
            self._anchor = cell
            if self._in_margin:
                self._dragged = True
                self._choose(self._between(cell))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        position = event.position()
        if self._anchor is None or self._pressed is None:
            super().mouseMoveEvent(event)
            return
        if self._dragged or (position.toPoint() - self._pressed).manhattanLength() >= _DRAG:
            self._dragged = True
            self._choose(self._between(self._cell(position.x(), position.y())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, dragged = self._pressed, self._dragged
        self._anchor = self._pressed = None
        if pressed is not None and not dragged and self.plot().contains(pressed):
            self._choose(None)
            self.sought.emit(max(0.0, min(self.seconds_at(pressed.x()), self.axis.duration)))

    # The keyboard.

    def event(self, event: QEvent) -> bool:
        """The keys that work here are not left to the window's commands."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._is_own(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._values is None or not self._is_own(event):
            super().keyPressEvent(event)
            return
        channels, frames = self._values.shape
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self._choose(None)
        elif key == Qt.Key.Key_Delete:
            self.delete_wanted.emit()
        elif key == Qt.Key.Key_A:
            self._choose(Region.whole(channels, frames))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            region = self.region or self._first()
            away = -frames if key == Qt.Key.Key_Home else frames
            self._choose(region.moved(away, 0, channels, frames))
        else:
            self._step(_ARROWS[Qt.Key(key)], bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._invalidate()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._invalidate()

    def draw_legend(self, painter: QPainter, area: QRect) -> None:
        super().draw_legend(painter, area)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 2))
            painter.drawRect(self.plot().adjusted(-1, -1, 0, 0))

    def _is_own(self, event: QKeyEvent) -> bool:
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        return event.key() in _OWN_KEYS and control == (event.key() == Qt.Key.Key_A)

    def _step(self, direction: tuple[int, int], grow: bool) -> None:
        assert self._values is not None
        channels, frames = self._values.shape
        if self.region is None:
            self._choose(self._first())
            return
        wide = max(1, round(self.axis.span * self._frame_rate / _STEPS))
        by = direction[0] * wide, direction[1]
        change = self.region.grown if grow else self.region.moved
        self._choose(change(*by, channels, frames))

    # Places.

    def _first(self) -> Region:
        """Where the keys begin: a twentieth of what is seen, in its middle, all channels."""
        assert self._values is not None
        channels, frames = self._values.shape
        middle = (self.axis.start + self.axis.end) / 2 * self._frame_rate
        half = max(1.0, self.axis.span * self._frame_rate / 40)
        return Region(round(middle - half), round(middle + half), 0, channels).inside(channels, frames)

    def _choose(self, region: Region | None) -> None:
        if region != self.region:
            self.region = region
            self._invalidate()
            self.chosen.emit(region)

    def _between(self, cell: tuple[int, int]) -> Region:
        assert self._anchor is not None
        assert self._values is not None
        if self._in_margin:
            return Region.between((0, self._anchor[1]), (self._values.shape[1] - 1, cell[1]))
        return Region.between(self._anchor, cell)

    def _cell(self, x: float, y: float) -> tuple[int, int]:
        """(frame, channel) at a pixel, the nearest where it lies outside."""
        assert self._values is not None
        channels, frames = self._values.shape
        plot = self.plot()
        frame = int(self.seconds_at(x) * self._frame_rate) if x >= plot.left() else 0
        channel = int((y - plot.top()) / plot.height() * channels)
        return min(max(frame, 0), frames - 1), min(max(channel, 0), channels - 1)

    def _box(self, region: Region, area: QRect) -> QRectF:
        assert self._values is not None
        channels = self._values.shape[0]
        left, right = (
            self.axis.to_x(frame / self._frame_rate, area.left(), area.width()) for frame in (region.first, region.last)
        )
        top, bottom = (area.top() + channel / channels * area.height() for channel in (region.low, region.high))
        return QRectF(left, top, max(right - left, 2.0), max(bottom - top, 2.0))
