"""What lies over the dots of a map: axes, the current clip, neighbours, centres, the line around clips."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from core.i18n import _
from core.latents.map_camera import Camera
from musicae_gui import theme
from musicae_gui.views.strips import small_font

if TYPE_CHECKING:
    from musicae_gui.views.map_picture import MapPicture

_EDGE = 10  # px between the words of an axis and the picture's edge
_SHORTEST = 20  # px of an axis that can still be told apart


class MapMarks:
    """Rows are -1 for none.

    Attributes:
        current, hover: rows; `playing` tells whether the current one is heard.
        near: rows of neighbours.
        centres: (clusters, 2 or 3), numbered from 1.
        place: (2 or 3,) the place that is heard.
        line: the lasso while it is drawn, in pixels.
    """

    def __init__(self) -> None:
        self.current = self.hover = -1
        self.playing = False
        self.near: list[int] = []
        self.centres: np.ndarray | None = None
        self.place: np.ndarray | None = None
        self.line: list[QPointF] = []

    def draw(self, painter: QPainter, camera: Camera, picture: MapPicture) -> None:
        radius = max(picture.radius, 2.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for row in self.near:
            self._ring(painter, _pixel(camera, picture, row), radius + 3, theme.color("text", 0.75), 1.2)
        self._ring(painter, _pixel(camera, picture, self.hover), radius + 2, theme.color("text"), 1.5)
        if self.centres is not None:
            self._draw_centres(painter, camera)
        self._draw_current(painter, _pixel(camera, picture, self.current), radius)
        if self.place is not None:
            self._draw_place(painter, _point(camera, self.place))
        if len(self.line) > 1:
            painter.setPen(QPen(theme.color("accent"), 1.5, Qt.PenStyle.DashLine))
            painter.setBrush(theme.color("accent", 0.12))
            painter.drawPolygon(QPolygonF(self.line))

    def _draw_current(self, painter: QPainter, at: QPointF | None, radius: float) -> None:
        """A filled accent dot in two rings; while it plays a halo besides."""
        if at is None:
            return
        if self.playing and self.place is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent", 0.25))
            painter.drawEllipse(at, radius + 12, radius + 12)
        painter.setPen(QPen(theme.color("surface"), 5))
        painter.setBrush(theme.color("accent"))
        painter.drawEllipse(at, radius + 3, radius + 3)
        painter.setPen(QPen(theme.color("text"), 2))
        painter.setBrush(theme.color("accent") if self.playing and self.place is None else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(at, radius + 3, radius + 3)

    def _draw_place(self, painter: QPainter, at: QPointF) -> None:
        painter.setBrush(theme.color("accent", 0.25))
        painter.setPen(QPen(theme.color("accent"), 2))
        painter.drawEllipse(at, 13, 13)
        for right, down in ((1, 0), (0, 1)):
            step = QPointF(6 * right, 6 * down)
            painter.drawLine(at - step, at + step)

    def _draw_centres(self, painter: QPainter, camera: Camera) -> None:
        assert self.centres is not None
        font = small_font()
        font.setBold(True)
        painter.setFont(font)
        for number, centre in enumerate(self.centres, start=1):
            at = _point(camera, centre)
            painter.setPen(QPen(theme.color("text"), 2))
            painter.drawLine(at, at + QPointF(9, -9))
            box = QRectF(at.x() + 7, at.y() - 27, 20, 20)  # beside the middle, lest it hides a dot there
            painter.setPen(QPen(theme.color("text"), 1.5))
            painter.setBrush(theme.color("raised"))
            painter.drawRoundedRect(box, 5, 5)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number))

    def _ring(self, painter: QPainter, at: QPointF | None, radius: float, color: QColor, width: float) -> None:
        if at is not None:
            painter.setPen(QPen(color, width))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(at, radius, radius)


def draw_axes(painter: QPainter, camera: Camera, explained: tuple[float, ...]) -> None:
    """Each axis's share of the variance, in three dimensions with lines from the middle; nothing for a t-SNE."""
    if not explained:
        return
    painter.setFont(small_font())
    if camera.turn is None:
        _draw_words(painter, camera, explained)
        return
    reach = 0.3 * min(camera.width, camera.height) / camera.scale
    origin = _point(camera, np.zeros(3))
    metrics = painter.fontMetrics()
    for axis, share in enumerate(explained):
        end = _point(camera, np.eye(3)[axis] * reach)
        painter.setPen(QPen(theme.color("muted"), 1))
        painter.drawLine(origin, end)
        out = end - origin
        if out.manhattanLength() < _SHORTEST:  # it points at the eye
            continue
        words = axis_words(axis, share)
        wide = metrics.horizontalAdvance(words)
        left = end.x() + 4 if out.x() >= 0 else end.x() - wide - 4
        left = min(max(left, _EDGE), camera.width - wide - _EDGE)
        box = QRectF(left, end.y() + (2 if out.y() > 0 else -2 - metrics.height()), wide, metrics.height())
        painter.fillRect(box.adjusted(-2, 0, 2, 0), theme.color("surface", 0.8))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


def draw_title(painter: QPainter, camera: Camera, words: str) -> None:
    """The model's name in the upper right corner."""
    painter.setFont(small_font())
    tall = painter.fontMetrics().height()
    wide = painter.fontMetrics().horizontalAdvance(words)
    box = QRectF(camera.width - wide - 2 * _EDGE, _EDGE - 2, wide + _EDGE, tall + 4)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("raised", 0.9))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(theme.color("text"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


def axis_words(axis: int, share: float) -> str:
    return _("PC {n} · {share} % of the variance").format(n=axis + 1, share=f"{100 * share:.1f}")


def _draw_words(painter: QPainter, camera: Camera, explained: tuple[float, ...]) -> None:
    painter.setPen(theme.color("muted"))
    tall = painter.fontMetrics().height()
    area = QRectF(_EDGE, camera.height - tall - _EDGE / 2, camera.width - 2 * _EDGE, tall)
    painter.drawText(area, Qt.AlignmentFlag.AlignRight, axis_words(0, explained[0]) + " →")
    painter.save()
    painter.translate(_EDGE / 2, camera.height - _EDGE)
    painter.rotate(-90)
    along = QRectF(0, 0, camera.height - 2 * _EDGE, tall)
    painter.drawText(along, Qt.AlignmentFlag.AlignRight, axis_words(1, explained[1]) + " →")
    painter.restore()


def _pixel(camera: Camera, picture: MapPicture, row: int) -> QPointF | None:
    """Where a dot is; None for a dot that is not shown."""
    if not 0 <= row < len(picture) or not picture.shown[row]:
        return None
    x, y = camera.to_pixels(picture.plane[:2, row : row + 1])
    return QPointF(float(x[0]), float(y[0]))


def _point(camera: Camera, point: np.ndarray) -> QPointF:
    """Where a point of the data is seen."""
    x, y = camera.to_pixels(camera.plane(point.astype(np.float32)[:, None]))
    return QPointF(float(x[0]), float(y[0]))
