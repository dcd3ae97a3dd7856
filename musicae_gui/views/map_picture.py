"""The picture of a map: dots in an image that is drawn anew only when something about it has changed."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from core.latents.map_camera import Camera
from core.latents.map_raster import Raster, shades
from musicae_gui import theme
from musicae_gui.views.map_colours import rgb

DEPTHS = 6  # shades from the farthest to the nearest, in three dimensions
FAINT, FAR = 0.3, 0.5  # how much of its colour a dot keeps that is not selected, or that is farthest away
SORT_UP_TO = 50_000  # while the hand turns more points than these, far ones may lie over near ones


class MapPicture:
    """Points, their colours, and which of them are shown.

    Attributes:
        plane: (2 or 3, points) as the camera turns them; for picking.
        shown: (points,) bool.
        radius: of the dots in pixels, as drawn last.
        crossed: two lines show where both axes are 0.
    """

    def __init__(self) -> None:
        self._points = np.zeros((2, 0), np.float32)
        self._order = np.zeros(0, np.int64)
        self._ids = np.zeros(0, np.int32)
        self._colours = np.zeros((1, 3))
        self._selected: np.ndarray | None = None
        self.shown = np.zeros(0, bool)
        self.plane = self._points
        self.radius = 1.0
        self.crossed = False
        self._turn: np.ndarray | None = None
        self._raster: Raster | None = None
        self._image: QImage | None = None
        self._drawn: tuple[Camera, float, bool] | None = None
        self._dots: tuple[np.ndarray, np.ndarray] | None = None
        self._dots_turn: np.ndarray | None = None
        self._dots_sorted = True

    def __len__(self) -> int:
        return self._points.shape[1]

    @property
    def rows(self) -> np.ndarray:
        """The points that can be seen and picked."""
        return np.flatnonzero(self.shown)

    def set_points(self, values: np.ndarray, shown: np.ndarray) -> None:
        """Other points, (points, 2 or 3)."""
        if len(values) != len(self):
            # By chance, and always the same: no group lies on top of the others only because it comes last.
            self._order = np.random.default_rng(0).permutation(len(values))
            self._ids, self._selected = np.zeros(len(values), np.int32), None
        self._points = np.ascontiguousarray(values.T, np.float32)
        self.shown, self.plane, self._turn = shown, self._points, None
        self.forget()

    def set_groups(self, ids: np.ndarray, colours: np.ndarray, shown: np.ndarray) -> None:
        self._ids, self._colours, self.shown = ids, colours, shown
        self.forget()

    def set_selected(self, selected: np.ndarray | None) -> None:
        """(points,) bool: the others become faint; None for no difference."""
        self._selected = selected
        self.forget()

    def turn(self, camera: Camera) -> bool:
        """Bring `plane` up to date; whether it has changed."""
        if self._points.shape[0] < 3 or camera.turn is None or camera.turn is self._turn:
            return False
        self._turn, self.plane = camera.turn, camera.plane(self._points)
        return True

    def forget(self) -> None:
        """Data or theme have changed: draw anew."""
        self._drawn = self._dots = None

    def paint(self, painter: QPainter, camera: Camera, ratio: float, *, moving: bool = False) -> None:
        """Draw what `camera` sees; the same picture again costs next to nothing."""
        wanted = (camera, ratio, moving)
        if self._drawn is None or self._drawn[0] is not camera or self._drawn[1:] != wanted[1:]:
            self._draw(camera, ratio, moving)
            self._drawn = wanted
        assert self._image is not None
        margin = Raster.margin
        source = QRectF(margin, margin, self._image.width() - 2 * margin, self._image.height() - 2 * margin)
        painter.drawImage(QRectF(0, 0, camera.width, camera.height), self._image, source)

    def _draw(self, camera: Camera, ratio: float, moving: bool) -> None:
        width, height = round(camera.width * ratio), round(camera.height * ratio)
        raster = self._raster
        if raster is None or (raster.width, raster.height) != (width, height):
            raster = self._raster = Raster(width, height)
            pixels = raster.image
            rows, columns = pixels.shape
            self._image = QImage(pixels.data, columns, rows, columns * 4, QImage.Format.Format_RGB32)
        self.turn(camera)
        sorted_ = not (moving and len(self) > SORT_UP_TO)
        if self._dots is None or self._dots_turn is not self._turn or self._dots_sorted != sorted_:
            self._dots = self._in_order(sorted_)
            self._dots_turn, self._dots_sorted = self._turn, sorted_
        plane, shade = self._dots
        x, y = camera.to_pixels(plane)
        if ratio != 1:
            x, y = x * np.float32(ratio), y * np.float32(ratio)
        ground = rgb(theme.color("surface"))
        table = shades(ground, self._table(np.array(ground, float)))
        cross = None
        if self.crossed and camera.turn is None:
            middle = [float(each[0]) * ratio for each in camera.to_pixels(np.zeros((2, 1), np.float32))]
            cross = (middle[0], middle[1], _argb("border"))
        drawn = raster.draw(x, y, shade, table, _argb("surface"), ratio=ratio, cross=cross)
        self.radius = drawn / ratio

    def _in_order(self, sorted_: bool) -> tuple[np.ndarray, np.ndarray]:
        """Places (2, dots) and shades (dots,) of the dots that are shown, those on top last.

        They are kept while the map is only moved or zoomed: to gather 500,000 takes longer than to draw them.
        """
        order = self._order if self.shown.all() else self._order[self.shown[self._order]]
        shade = self._ids
        if self.plane.shape[0] == 3:
            depth = self._depth()
            if sorted_:
                order = order[np.argsort(depth[order], kind="stable")]
            shade = shade * DEPTHS + (depth.astype(np.int32) * DEPTHS >> 16)
        if self._selected is not None:
            shade = shade * 2 + self._selected
            order = order[np.argsort(self._selected[order], kind="stable")]
        return self.plane[:2, order], shade[order]

    def _depth(self) -> np.ndarray:
        """(points,) uint16 from the farthest to the nearest, which sort quickly."""
        depth = self.plane[2]
        low, high = (float(depth.min()), float(depth.max())) if len(depth) else (0.0, 1.0)
        return ((depth - low) * (65535 / max(high - low, 1e-9))).astype(np.uint16)

    def _table(self, ground: np.ndarray) -> np.ndarray:
        """A colour for each shade: group, then depth, then whether it is selected."""
        table = self._colours
        if self.plane.shape[0] == 3:
            share = np.linspace(FAR, 1, DEPTHS)[None, :, None]
            table = (table[:, None] * share + ground * (1 - share)).reshape(-1, 3)
        if self._selected is not None:
            share = np.array([FAINT, 1.0])[None, :, None]
            table = (table[:, None] * share + ground * (1 - share)).reshape(-1, 3)
        return table


def _argb(name: str) -> int:
    return int(theme.color(name).rgba())
