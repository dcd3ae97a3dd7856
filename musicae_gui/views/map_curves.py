"""Inertia and silhouette over the number of clusters: a click on a k, or the arrow keys, chooses it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.i18n import _
from core.latents.map_groups import KScore, elbow_k
from musicae_gui import theme
from musicae_gui.views.strips import small_font

_ABOVE, _BELOW, _SIDE = 20, 20, 14  # px for words and for half a number at the sides
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_Up: 1}


class MapCurves(QWidget):
    """Both curves from 0 to the height of the plot; their values are in the tooltip, and told for each k."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("map.curves")
        self.setAccessibleName(_("Number of clusters"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._scores: list[KScore] = []
        self._k = 0
        self._elbow = 0
        self._hover = 0
        theme.signals().changed.connect(self.update)

    def show_scores(self, scores: Sequence[KScore], k: int) -> None:
        self._scores, self._k = list(scores), k
        self._elbow = elbow_k(self._scores)
        self.setAccessibleDescription(self._words(k))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(220, 132)

    def x_of(self, k: int) -> float:
        """The pixel of a number of clusters."""
        steps = max(1, len(self._scores) - 1)
        return _SIDE + (k - 1) / steps * (self.width() - 2 * _SIDE)

    # Painting.

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small_font())
        painter.setPen(QPen(theme.color("accent") if self.hasFocus() else theme.color("border"), 1))
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(QRectF(0.5, 0.5, self.width() - 1, self.height() - 1), 8, 8)
        if not self._scores:
            painter.setPen(theme.color("muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, _("Finding clusters…"))
        else:
            self._draw_numbers(painter)
            most = max(score.inertia for score in self._scores) or 1.0
            good = max((score.silhouette for score in self._scores if math.isfinite(score.silhouette)), default=1.0)
            self._draw_curve(painter, [score.inertia / most for score in self._scores], "inertia")
            self._draw_curve(painter, [score.silhouette / max(good, 1e-6) for score in self._scores], "silhouette")
            self._draw_words(painter)
        painter.end()

    def _plot(self) -> QRectF:
        return QRectF(_SIDE, _ABOVE + 4, self.width() - 2 * _SIDE, self.height() - _ABOVE - _BELOW - 8)

    def _draw_numbers(self, painter: QPainter) -> None:
        every = 1 if (self.width() - 2 * _SIDE) / max(1, len(self._scores)) > 15 else 2
        for score in self._scores:
            x, mine = self.x_of(score.k), score.k == self._k
            area = QRectF(x - 12, self.height() - _BELOW, 24, _BELOW - 2)
            if mine or score.k == self._hover:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("accent_soft" if mine else "raised"))
                painter.drawRoundedRect(QRectF(x - 8, _ABOVE, 16, self.height() - _ABOVE - 2), 4, 4)
            if mine or score.k == self._hover or (score.k % every == 0 and abs(score.k - self._k) >= every):
                painter.setPen(theme.color("text" if mine else "muted"))
                painter.drawText(area, Qt.AlignmentFlag.AlignCenter, str(score.k))

    def _draw_curve(self, painter: QPainter, heights: list[float], name: str) -> None:
        plot, color = self._plot(), theme.color("text") if name == "inertia" else theme.color("accent")
        line = [
            QPointF(self.x_of(score.k), plot.bottom() - min(max(height, 0.0), 1.0) * plot.height())
            for score, height in zip(self._scores, heights, strict=True)
            if math.isfinite(height)
        ]
        painter.setPen(QPen(color, 1.5, Qt.PenStyle.SolidLine if name == "silhouette" else Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(line))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        for at in line:
            painter.drawEllipse(at, 2.0, 2.0)

    def _draw_words(self, painter: QPainter) -> None:
        """Which curve is which, and where the first one bends."""
        left, metrics = float(_SIDE - 4), painter.fontMetrics()
        names = ((_("inertia"), "text", Qt.PenStyle.DashLine), (_("silhouette"), "accent", Qt.PenStyle.SolidLine))
        for words, color, style in names:
            painter.setPen(QPen(theme.color(color), 1.5, style))
            painter.drawLine(QPointF(left, _ABOVE / 2 + 1), QPointF(left + 14, _ABOVE / 2 + 1))
            painter.setPen(theme.color("muted"))
            painter.drawText(QPointF(left + 18, _ABOVE / 2 + 1 + metrics.ascent() / 2 - 1), words)
            left += 18 + metrics.horizontalAdvance(words) + 12
        bend = next((score for score in self._scores if score.k == self._elbow), None)
        if bend is not None and bend.k > 1:
            plot = self._plot()
            most = self._scores[0].inertia or 1.0
            at = QPointF(self.x_of(bend.k), plot.bottom() - bend.inertia / most * plot.height())
            painter.setPen(QPen(theme.color("text"), 1.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(at, 5, 5)

    # Hand and keys.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and (k := self._k_at(event.position().x())):
            self.chosen.emit(k)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover = self._k_at(event.position().x())
        self.setToolTip(self._words(self._hover))
        self.update()

    def leaveEvent(self, _event: object) -> None:
        self._hover = 0
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key())) if self._scores else None
        if step is None:
            super().keyPressEvent(event)
        elif 1 <= self._k + step <= len(self._scores):
            self.chosen.emit(self._k + step)

    def _k_at(self, x: float) -> int:
        """The k nearest to a pixel; 0 while there are none."""
        return min((score.k for score in self._scores), key=lambda k: abs(self.x_of(k) - x), default=0)

    def _words(self, k: int) -> str:
        score = next((score for score in self._scores if score.k == k), None)
        if score is None:
            return _("Choose how many clusters there are")
        words = _("{k} clusters: inertia {inertia}").format(k=k, inertia=f"{score.inertia:.4g}")
        if math.isfinite(score.silhouette):
            words += ", " + _("silhouette {value}").format(value=f"{score.silhouette:.2f}")
        if k == self._elbow:
            words += " · " + _("here the curve of inertia bends most")
        return words
