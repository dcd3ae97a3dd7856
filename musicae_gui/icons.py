"""Line icons from resources/icons, coloured for the theme when they are loaded.

The files draw with #808080 on a 24 x 24 grid; that grey is replaced by the wanted colour.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, QSize, Qt
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QWidget

from core.paths import resource

if TYPE_CHECKING:
    from musicae_gui.theme import Colors

SOURCE_COLOR = b"#808080"
SIZES = (20, 24, 48)  # 24 at 100 and 200 %; 16 is scaled down
DISABLED_SIZES = (24, 48)


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
    drawing = resource("icons", f"{name}.svg").read_bytes()
    result = QIcon()
    _add(result, drawing, QColor(color), SIZES, QIcon.Mode.Normal, QIcon.State.Off)
    if selected != color:  # else Qt takes the one above; drawing costs 0.3 ms, which start-up feels
        _add(result, drawing, QColor(selected), SIZES, QIcon.Mode.Normal, QIcon.State.On)
    faint = QColor(disabled)
    faint.setAlphaF(0.55)
    _add(result, drawing, faint, DISABLED_SIZES, QIcon.Mode.Disabled, QIcon.State.Off)
    return result


def _add(
    icon: QIcon, drawing: bytes, color: QColor, sizes: tuple[int, ...], mode: QIcon.Mode, state: QIcon.State
) -> None:
    renderer = QSvgRenderer(QByteArray(drawing.replace(SOURCE_COLOR, color.name().encode())))
    for size in sizes:
        pixmap = QPixmap(QSize(size, size))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setOpacity(color.alphaF())
        renderer.render(painter)
        painter.end()
        icon.addPixmap(pixmap, mode, state)
