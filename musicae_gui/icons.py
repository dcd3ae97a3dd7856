"""Line icons from resources/icons, coloured for the theme when they are loaded.

The files draw with #808080 on a 24 x 24 grid; that grey is replaced by the wanted colour.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QWidget

from core.paths import resource

if TYPE_CHECKING:
    from musicae_gui.theme import Colors

SOURCE_COLOR = b"#808080"
DISABLED_OPACITY = 0.55


def icon(name: str, color: str = "", selected: str = "") -> QIcon:
    """The icon `name` in `color` (#rrggbb; empty for the theme's text), and in `selected` when it is checked."""
    from musicae_gui import theme

    colors = theme.colors()
    return _icon(name, color or colors.text, selected or color or colors.text, colors.muted)


def set_icon(target: QAbstractButton | QAction, name: str, *, role: str = "text", selected: str = "") -> None:
    """Give `target` an icon in the colours `role` and `selected` (names in Colors) that follows the theme."""
    target.setProperty("iconName", name)
    target.setProperty("iconRole", role)
    target.setProperty("iconSelected", selected or role)
    from musicae_gui import theme

    _refresh(target, theme.colors())


def refresh_icons(root: QWidget, colors: Colors) -> None:
    """Colour again every icon below `root` that was given by `set_icon`."""
    kinds: tuple[type[QObject], ...] = (QAbstractButton, QAction)
    for kind in kinds:
        for target in root.findChildren(kind):
            if target.property("iconName"):
                _refresh(target, colors)


def _refresh(target: QObject, colors: Colors) -> None:
    assert isinstance(target, QAbstractButton | QAction)
    role, selected = str(target.property("iconRole")), str(target.property("iconSelected"))
    name = str(target.property("iconName"))
    target.setIcon(_icon(name, getattr(colors, role), getattr(colors, selected), colors.muted))


@functools.lru_cache(maxsize=512)
def _icon(name: str, color: str, selected: str, disabled: str) -> QIcon:
    return QIcon(_Engine(name, color, selected, disabled))


class _Engine(QIconEngine):
    """Draws a size and state when it is first shown: all of them at once take a tenth of the start."""

    def __init__(self, name: str, color: str, selected: str, disabled: str) -> None:
        super().__init__()
        self._colors = (name, color, selected, disabled)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        name, color, selected, disabled = self._colors
        if mode == QIcon.Mode.Disabled:
            return _drawn(name, disabled, DISABLED_OPACITY, size.width(), size.height())
        return _drawn(name, selected if state == QIcon.State.On else color, 1.0, size.width(), size.height())

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        scale = painter.device().devicePixelRatio()
        pixmap = QPixmap(self.pixmap((rect.size().toSizeF() * scale).toSize(), mode, state))
        pixmap.setDevicePixelRatio(scale)
        painter.drawPixmap(rect, pixmap)

    def clone(self) -> QIconEngine:
        return _Engine(*self._colors)


@functools.lru_cache(maxsize=1024)
def _drawn(name: str, color: str, opacity: float, width: int, height: int) -> QPixmap:
    """The drawing as large as it fits into `width` x `height` pixels, in its middle."""
    drawing = resource("icons", f"{name}.svg").read_bytes()
    renderer = QSvgRenderer(QByteArray(drawing.replace(SOURCE_COLOR, QColor(color).name().encode())))
    pixmap = QPixmap(QSize(width, height))
    pixmap.fill(Qt.GlobalColor.transparent)
    side = min(width, height)
    painter = QPainter(pixmap)
    painter.setOpacity(opacity)
    renderer.render(painter, QRectF((width - side) / 2, (height - side) / 2, side, side))
    painter.end()
    return pixmap
