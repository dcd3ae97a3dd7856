"""The loss plot: several runs over one another, training faint and bold, validation with its best epoch marked."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from core.i18n import _
from musicae_gui.views.loss_curve import LossCurve
from musicae_gui.views.plot_ticks import loss_ticks, multiples, nice_step

REDRAW_MS = 100  # losses come faster than anyone can look; ten pictures a second cost little


class LossPlot(QWidget):
    """Losses over epochs. It is empty until `build` is called, so that pyqtgraph is not needed at start-up."""

    pointed = Signal(str)  # the values under the mouse, in words

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("train.plot")
        self.setAccessibleName(_("Loss over epochs"))
        self.setMinimumSize(220, 120)
        self._curves: dict[str, LossCurve] = {}
        self._colors: dict[str, QColor] = {}
        self._hidden: set[str] = set()
        self._stale: set[str] = set()  # keys of the curves to draw again; the others stay as they are
        self._items: dict[str, dict[str, Any]] = {}
        self._log = True
        self._term = ""  # which of the losses is drawn; their sum without
        self._background, self._text = QColor("#ffffff"), QColor("#202020")
        self._view: Any = None
        self._box: Any = None
        self._axes: dict[str, Any] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._empty = QLabel(_("The losses appear here while a model learns: the lower, the better."))
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._layout.addWidget(self._empty)
        self._redraw = QTimer(self)
        self._redraw.setSingleShot(True)
        self._redraw.setInterval(REDRAW_MS)
        self._redraw.timeout.connect(self._draw)

    def sizeHint(self) -> QSize:
        return QSize(560, 150)  # a low wish: it grows with the window, and a small one need not scroll

    @property
    def built(self) -> bool:
        return self._view is not None

    def build(self) -> None:
        """Make the plot itself; imports pyqtgraph, so that it belongs into the GUI thread."""
        if self.built:
            return
        import pyqtgraph as pg

        # A ViewBox with two axes, not a PlotItem: that makes a dozen menus nobody sees.
        self._view = pg.GraphicsView(self, useOpenGL=False)
        layout = pg.GraphicsLayout()
        layout.setContentsMargins(2, 6, 10, 2)
        self._view.setCentralItem(layout)
        self._box = pg.ViewBox(enableMenu=False)
        self._box.setMouseEnabled(x=True, y=False)
        left, bottom = self._make_axes(pg)
        layout.addItem(left, row=0, col=0)
        layout.addItem(self._box, row=0, col=1)
        layout.addItem(bottom, row=1, col=1)
        for axis in (left, bottom):
            axis.linkToView(self._box)
            axis.setGrid(50)
            # Drawn once and kept as a picture: labels and grid were half of what a redraw cost.
            axis.setCacheMode(axis.CacheMode.DeviceCoordinateCache)
            axis.enableAutoSIPrefix(False)
        left.setWidth(60)
        bottom.setLabel(_("Epoch"))
        self._axes = {"left": left, "bottom": bottom}
        self._view.scene().sigMouseMoved.connect(self._point)
        self._layout.addWidget(self._view)
        self._recolor()
        self._draw()

    def set_colors(self, background: QColor, text: QColor) -> None:
        self._background, self._text = QColor(background), QColor(text)
        self._recolor()

    def set_curve(self, curve: LossCurve, color: QColor) -> None:
        """Show `curve`, in place of an earlier one of the same key."""
        self._drop_items(curve.key)
        self._curves[curve.key] = curve
        self._colors[curve.key] = QColor(color)
        self._later(curve.key)

    def curve(self, key: str) -> LossCurve | None:
        return self._curves.get(key)

    def remove_curve(self, key: str) -> None:
        self._drop_items(key)
        self._curves.pop(key, None)
        self._hidden.discard(key)
        self._later()

    def changed(self, key: str) -> None:
        """A curve has new points; it is drawn again within a tenth of a second."""
        self._later(key)

    def set_shown(self, key: str, shown: bool) -> None:
        if shown == (key not in self._hidden):
            return
        if shown:
            self._hidden.discard(key)
        else:
            self._hidden.add(key)
        self._later(key)

    def set_log(self, log: bool) -> None:
        self._log = log
        if self.built:
            self._axes["left"].picture = None  # the axis keeps its drawing until then
            self._box.enableAutoRange()
        self._later(*self._curves)

    def set_term(self, term: str) -> None:
        """Draw one of the losses that are summed, after each epoch on the validation songs; "" draws their sum."""
        self._term = term
        if self.built:
            self._box.enableAutoRange()
        self._later(*self._curves)

    @property
    def terms(self) -> list[str]:
        """Names of all losses that the runs' sums are made of."""
        return list(dict.fromkeys(name for curve in self._curves.values() for name in curve.terms))

    def shows(self, key: str) -> bool:
        """Whether the run is drawn now, with at least one point."""
        return key in self._items and any(item.isVisible() for item in self._items[key].values())

    def _later(self, *keys: str) -> None:
        self._stale.update(keys)
        if self.built and not self._redraw.isActive():
            self._redraw.start()

    def _draw(self) -> None:
        visible = [curve for curve in self._curves.values() if self._has_points(curve)]
        self._empty.setVisible(not visible)
        self._view.setVisible(bool(visible))
        for key in self._stale & self._curves.keys():
            self._draw_curve(self._curves[key])
        self._stale.clear()

    @staticmethod
    def _has_points(curve: LossCurve) -> bool:
        return bool(len(curve.steps) or len(curve.epochs))

    def _draw_curve(self, curve: LossCurve) -> None:
        items = self._items.get(curve.key) or self._make_items(curve)
        shown = curve.key not in self._hidden
        if self._term:
            for name in ("raw", "train", "best"):
                items[name].setVisible(False)
            self._set(items["val"], curve.term(self._term), shown)
            return
        epochs = curve.epochs
        best = curve.best
        self._set(items["raw"], curve.steps, shown and not curve.past)
        self._set(items["train"], curve.train, shown)
        self._set(items["val"], epochs[:, (0, 2)], shown)
        self._set(items["best"], np.array([best] if best else np.empty((0, 2)), dtype=float), shown)

    def _set(self, item: Any, points: np.ndarray, shown: bool) -> None:
        # What cannot be drawn is left out: Qt's dashed lines crash on a NaN.
        drawable = np.isfinite(points[:, 1])
        if self._log:
            drawable &= points[:, 1] > 0
        places, values = points[drawable, 0], points[drawable, 1]
        item.setVisible(shown and len(values) > 0)
        item.setData(places, np.log10(values) if self._log else values)

    def _make_items(self, curve: LossCurve) -> dict[str, Any]:
        import pyqtgraph as pg

        color = QColor(self._colors[curve.key])
        faint = QColor(color)
        faint.setAlphaF(0.28)
        if curve.past:
            color.setAlphaF(0.55)
        width = 1.2 if curve.past else 2.2
        plain = {"antialias": True}
        items = {
            "raw": pg.PlotCurveItem(pen=pg.mkPen(faint, width=1)),
            "train": pg.PlotCurveItem(pen=pg.mkPen(color, width=width, style=Qt.PenStyle.DashLine), **plain),
            "val": pg.PlotDataItem(
                pen=pg.mkPen(color, width=width),
                symbol="o",
                symbolSize=3 if curve.past else 5,
                symbolPen=None,
                symbolBrush=color,
                **plain,
            ),
            "best": pg.ScatterPlotItem(
                symbol="o", size=9 if curve.past else 13, pen=pg.mkPen(color, width=width), brush=None
            ),
        }
        for depth, name in enumerate(("raw", "train", "val", "best")):
            items[name].setZValue(depth - (10 if curve.past else 0))
            self._box.addItem(items[name])
        self._items[curve.key] = items
        return items

    def _drop_items(self, key: str) -> None:
        for item in self._items.pop(key, {}).values():
            self._box.removeItem(item)

    def _recolor(self) -> None:
        if not self.built:
            return
        self._view.setBackground(self._background)
        for axis in self._axes.values():
            axis.setPen(self._text)
            axis.setTextPen(self._text)

    def _make_axes(self, pg: Any) -> tuple[Any, Any]:
        """Axes with few round numbers; pyqtgraph's own print ten values over one another where a decade is low."""
        plot = self

        class LossAxis(pg.AxisItem):
            def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
                return [(1.0, loss_ticks(low, high, max(2, int(size / 34)), log=plot._log))]

            def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
                return [f"{10**value if plot._log else value:.3g}" for value in values]

        class EpochAxis(pg.AxisItem):
            def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
                step = max(1.0, nice_step((high - low) / max(2, int(size / 60))))
                return [(step, multiples(low, high, step))]

            def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
                return [f"{value:.0f}" for value in values]

        return LossAxis("left"), EpochAxis("bottom")

    def _point(self, position: Any) -> None:
        if not self._box.sceneBoundingRect().contains(position):
            self.pointed.emit("")
            return
        epoch = round(self._box.mapSceneToView(position).x())
        self.pointed.emit(self.words_at(epoch))

    def words_at(self, epoch: int) -> str:
        """The shown runs' losses at `epoch`, one after another."""
        parts = []
        for key, curve in self._curves.items():
            if self._term:
                values = curve.term(self._term)
                here = values[values[:, 0] == epoch, 1]
                if len(here) and key not in self._hidden:
                    parts.append(_("{run}: {value}").format(run=curve.title, value=f"{here[0]:.4g}"))
                continue
            losses = curve.at(epoch)
            if losses is not None and key not in self._hidden:
                parts.append(
                    _("{run}: training {train:.4g}, validation {val:.4g}").format(
                        run=curve.title, train=losses[0], val=losses[1]
                    )
                )
        if not parts:
            return ""
        return _("Epoch {epoch}").format(epoch=epoch) + " · " + " · ".join(parts)
