"""The map itself: dots to hear, to scrub over, to draw a line around, to walk through by the keyboard.

| hand | what it does |
|---|---|
| click on a dot, drag from it | hear the clip, scrub over others: the nearest one is heard |
| drag over empty ground, Ctrl+drag anywhere | hear the place itself |
| Shift+drag | draw a line around clips; with Ctrl besides, around more of them |
| drag with the right button | move a flat map, turn one of three dimensions |
| drag with the middle button | move the map |
| wheel | zoom at the mouse |
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.i18n import _
from core.latents.map_camera import FRONT, Camera
from core.latents.map_chart import Points
from core.latents.map_pick import PointGrid, next_towards, within
from musicae_gui import theme
from musicae_gui.views.map_marks import MapMarks, draw_axes, draw_title
from musicae_gui.views.map_picture import MapPicture

HEAR, PLACE, LASSO, TURN = "hear", "place", "lasso", "turn"
_MOVE, _GROUND = "move", "ground"  # what a press may begin besides: a map that is moved, a place that is heard
PICK = 14.0  # px within which a click means the nearest dot
ZOOM_STEP = 1.2
TURN_SPEED, TURN_STEP = 0.008, 0.1  # radians a pixel, and a press of an arrow
_FIRST_TURN = (-0.45, 0.35)  # radians
_DRAG = 4  # px before a press becomes a drag
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
_OWN_KEYS = (*_ARROWS, Qt.Key.Key_Space, Qt.Key.Key_Home, Qt.Key.Key_F, Qt.Key.Key_Plus, Qt.Key.Key_Minus)


class MapCanvas(QWidget):
    """Rows are those of the points it was given; a place is a point in the data's two or three dimensions."""

    heard = Signal(int)  # a click on a dot
    scrubbed = Signal(int)  # the nearest dot while the hand drags
    walked = Signal(int)  # the keyboard chose another dot
    toggled = Signal()  # Enter or Space
    place_heard = Signal(object, int)  # (dims,) float32, and the nearest row
    lassoed = Signal(object, bool)  # rows, and whether they are added
    opened = Signal(int, QPoint)  # a double click on a dot, a right click or the menu key; where on the screen
    pointed = Signal(int)  # the dot under the mouse, -1 for none

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = MapPicture()
        self.marks = MapMarks()
        self.mode = HEAR
        self.title = ""  # shown where several maps lie side by side
        self._camera = Camera(1, 1)
        self._explained: tuple[float, ...] = ()
        self._fitted = True  # nobody has moved the map: it follows the window's size
        self._grid: PointGrid | None = None
        self._doing = ""
        self._pressed = QPointF()
        self._last = QPointF()
        self._row = -1
        self.setObjectName("map.canvas")
        self.setAccessibleName(_("Map of clips"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.signals().changed.connect(self._recolour)

    # What is shown.

    def set_points(self, points: Points) -> None:
        """Another layout; the eye goes back to see everything."""
        self.picture.set_points(points.values, points.drawn)
        self._explained = points.explained
        self.picture.crossed = bool(points.explained)
        self.marks.centres = self.marks.place = None
        self._camera = replace(self._camera, turn=None)
        if points.dims == 3:  # from aside, so that the third axis is seen at once
            self._camera = replace(self._camera, turn=FRONT).turned(*_FIRST_TURN)
        self._grid = None
        self.fit()

    def set_groups(self, ids: np.ndarray, colours: np.ndarray, shown: np.ndarray) -> None:
        self.picture.set_groups(ids, colours, shown)
        self._grid = None
        self.update()

    def set_selected(self, rows: np.ndarray) -> None:
        """Rows within the lasso, none for no difference."""
        selected = None
        if len(rows):
            selected = np.zeros(len(self.picture), bool)
            selected[rows] = True
        self.picture.set_selected(selected)
        self.update()

    def set_current(self, row: int) -> None:
        self.marks.current, self.marks.place = row, None
        self._bring_into_view(row)
        self.update()

    def set_marks(
        self, *, playing: bool | None = None, near: list[int] | None = None, hover: int | None = None
    ) -> None:
        """Which dots are marked besides the current one."""
        marks = self.marks
        marks.playing = marks.playing if playing is None else playing
        marks.near = marks.near if near is None else near
        marks.hover = marks.hover if hover is None else hover
        self.update()

    def set_place(self, place: np.ndarray | None) -> None:
        self.marks.place = place
        self.update()

    def set_centres(self, centres: np.ndarray | None) -> None:
        self.marks.centres = centres
        self.update()

    @property
    def camera(self) -> Camera:
        return self._camera

    @property
    def is_deep(self) -> bool:
        return self._camera.turn is not None

    def fit(self) -> None:
        """See everything."""
        self.picture.turn(self._camera)
        rows = self.picture.rows
        self._fitted = True
        self._look(self._camera.fit(self.picture.plane[:2, rows]))

    def zoom(self, factor: float, x: float | None = None, y: float | None = None) -> None:
        """Nearer by `factor`, the pixel (the middle without) staying where it is."""
        self._fitted = False
        middle_x, middle_y = self.width() / 2, self.height() / 2
        self._look(self._camera.zoomed(factor, middle_x if x is None else x, middle_y if y is None else y))

    def turn(self, right: float, down: float) -> None:
        """Turn a map in space, in radians."""
        self._look(self._camera.turned(right, down))

    def pixel_of(self, row: int) -> QPointF:
        """Where a dot is drawn."""
        self.picture.turn(self._camera)
        x, y = self._camera.to_pixels(self.picture.plane[:2, row : row + 1])
        return QPointF(float(x[0]), float(y[0]))

    def row_at(self, at: QPointF, reach: float = PICK) -> int:
        """The dot nearest to a pixel, -1 where none is within `reach` pixels."""
        if self._grid is None or self.picture.turn(self._camera):
            self._grid = PointGrid(self.picture.plane, self.picture.rows)
        x, y = self._camera.to_plane(at.x(), at.y())
        found = self._grid.nearest(x, y, reach / self._camera.scale)
        return -1 if found is None else found

    # Painting.

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.picture.paint(painter, self._camera, self.devicePixelRatioF(), moving=self._doing == TURN)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_axes(painter, self._camera, self._explained)
        if self.title:
            draw_title(painter, self._camera, self.title)
        self.marks.draw(painter, self._camera, self.picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(theme.color("accent" if self.hasFocus() else "border"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 200)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self._camera = self._camera.resized(max(1, self.width()), max(1, self.height()))
        if self._fitted:
            self.fit()

    def _look(self, camera: Camera) -> None:
        turned = camera.turn is not self._camera.turn
        self._camera = camera
        if turned:
            self._grid = None
        self.update()

    def _recolour(self) -> None:
        self.picture.forget()
        self.update()

    def _bring_into_view(self, row: int) -> None:
        """Move the map as little as is needed to see the dot."""
        if row < 0 or row >= len(self.picture) or self._doing:
            return
        at, edge = self.pixel_of(row), 24.0
        right = max(0.0, edge - at.x()) - max(0.0, at.x() - (self.width() - edge))
        down = max(0.0, edge - at.y()) - max(0.0, at.y() - (self.height() - edge))
        if (right or down) and min(self.width(), self.height()) > 4 * edge:
            self._fitted = False
            self._look(self._camera.moved(right, down))

    # The mouse.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = self._last = event.position()
        self._doing = self._begun(event)
        if self._doing == HEAR:
            self._row = self.row_at(event.position())
            self.heard.emit(self._row)
        elif self._doing == PLACE:
            self._hear_place(event.position())
        elif self._doing == LASSO:
            self.marks.line = [event.position()]
        elif self._doing == _MOVE and event.button() != Qt.MouseButton.RightButton:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def _begun(self, event: QMouseEvent) -> str:
        """What this press begins."""
        button, keys = event.button(), event.modifiers()
        if not len(self.picture):
            return ""
        if button == Qt.MouseButton.MiddleButton:
            return _MOVE
        if button == Qt.MouseButton.RightButton:
            return TURN if self.is_deep else _MOVE
        if button != Qt.MouseButton.LeftButton:
            return ""
        if keys & Qt.KeyboardModifier.ShiftModifier:
            return LASSO
        if keys & Qt.KeyboardModifier.ControlModifier:
            return PLACE
        if self.mode == TURN and not self.is_deep:
            return _MOVE
        if self.mode != HEAR:
            return self.mode
        if self.row_at(event.position()) >= 0:
            return HEAR
        return _GROUND if self._explained else _MOVE  # without explained variance there is no way back to sound

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at, before = event.position(), self._last
        self._last = at
        if self._doing == _GROUND and (at - self._pressed).manhattanLength() >= _DRAG:
            self._doing = PLACE
        if self._doing == HEAR:
            row = self.row_at(at, float("inf"))
            if row >= 0 and row != self._row:
                self._row = row
                self.scrubbed.emit(row)
        elif self._doing == PLACE:
            self._hear_place(at)
        elif self._doing == LASSO:
            self.marks.line.append(at)
            self.update()
        elif self._doing == TURN:
            self.turn((at.x() - before.x()) * TURN_SPEED, (at.y() - before.y()) * TURN_SPEED)
        elif self._doing == _MOVE:
            self._fitted = False
            self._look(self._camera.moved(at.x() - before.x(), at.y() - before.y()))
        elif not self._doing and len(self.picture):
            self._point(self.row_at(at))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        doing, self._doing = self._doing, ""
        moved = (event.position() - self._pressed).manhattanLength() >= _DRAG
        self.unsetCursor()
        if doing == LASSO:
            self._close_line(add=bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        elif event.button() == Qt.MouseButton.RightButton and not moved and doing:
            self._ask_menu(self.row_at(event.position()), event.globalPosition().toPoint())
        self.update()  # what was left out while it moved

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position()) if len(self.picture) else -1
        if event.button() == Qt.MouseButton.LeftButton and row >= 0:
            self._ask_menu(row, event.globalPosition().toPoint())

    def wheelEvent(self, event: QWheelEvent) -> None:
        at = event.position()
        self.zoom(ZOOM_STEP ** (event.angleDelta().y() / 120), at.x(), at.y())
        event.accept()

    def leaveEvent(self, _event: QEvent) -> None:
        self._point(-1)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard and self.marks.current >= 0:
            self._ask_menu(self.marks.current, self.mapToGlobal(self.pixel_of(self.marks.current).toPoint()))

    def _ask_menu(self, row: int, at: QPoint) -> None:
        if row >= 0:
            self.opened.emit(row, at)

    def _point(self, row: int) -> None:
        if row != self.marks.hover:
            self.set_marks(hover=row)
            self.pointed.emit(row)

    def _hear_place(self, at: QPointF) -> None:
        near = self.row_at(at, float("inf"))
        if near >= 0:
            depth = float(self.picture.plane[2, near]) if self.is_deep else 0.0
            self.place_heard.emit(self._camera.place(at.x(), at.y(), depth), near)

    def _close_line(self, *, add: bool) -> None:
        line, self.marks.line = self.marks.line, []
        corners = np.array([self._camera.to_plane(at.x(), at.y()) for at in line])
        self.picture.turn(self._camera)
        rows = np.flatnonzero(within(self.picture.plane, corners) & self.picture.shown)
        self.lassoed.emit(rows, add)

    # The keyboard.

    def event(self, event: QEvent) -> bool:
        """The window's shortcuts leave these keys to the map while it has the focus."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _OWN_KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in _ARROWS:
            right, up = _ARROWS[Qt.Key(key)]
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.turn(right * TURN_STEP, -up * TURN_STEP)
            else:
                self._walk(right, up)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.toggled.emit()
        elif key in (Qt.Key.Key_F, Qt.Key.Key_Home):
            self.fit()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            self.zoom(ZOOM_STEP if key == Qt.Key.Key_Plus else 1 / ZOOM_STEP)
        elif key == Qt.Key.Key_Escape:
            self.lassoed.emit(np.zeros(0, np.int64), False)
        else:
            super().keyPressEvent(event)

    def _walk(self, right: int, up: int) -> None:
        """To the nearest dot in that direction; from nowhere to the one nearest to the middle."""
        rows, current = self.picture.rows, self.marks.current
        if not len(rows):
            return
        if current < 0:
            found: int | None = self.row_at(QPointF(self.width() / 2, self.height() / 2), float("inf"))
        else:
            self.picture.turn(self._camera)
            found = next_towards(self.picture.plane, rows, current, right, up)
        if found is not None and found >= 0:
            self.walked.emit(found)
