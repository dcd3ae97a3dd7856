"""A song as a whole in one thin line, and the part of it that is taken, which can be dragged."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from core import pictures
from core.audio import Clip
from core.i18n import _
from musicae_gui import theme
from musicae_gui.views.named import named
from musicae_gui.views.time_axis import clock
from musicae_gui.views.waveform import series_color

_NEAR = 6  # px
_SHORTEST = 0.5  # seconds
_STEP = 1.0


class PartBar(QWidget):
    """`chosen` gives begin and end in seconds; drag an end, or the middle; a double click takes the whole song.

    Left and Right move the part by a second, with Shift its end; Home takes the whole song.
    """

    chosen = Signal(float, object)  # end None: the song's own

    def __init__(self, name: str, words: str, color: str) -> None:
        super().__init__()
        named(
            self,
            name,
            words,
            _("{words}: drag its ends or its middle; a double click takes the whole song.\n").format(words=words)
            + _("Arrows: 1 s on or back, with Shift the end; Home: the whole song."),
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self._color = color
        self._samples = np.zeros(0, np.float32)
        self._seconds = 0.0
        self._part = (0.0, 0.0)
        self._picture: QPixmap | None = None
        self._hand: tuple[str, float] | None = None  # what is held, and where in the part
        self._moved = False
        theme.signals().changed.connect(self._forget)

    def sizeHint(self) -> QSize:
        return QSize(200, 20)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, 20)

    @property
    def part(self) -> tuple[float, float]:
        return self._part

    def show_part(self, clip: Clip | None, begin: float, end: float) -> None:
        """The whole song, and the seconds of it that are taken."""
        self.setEnabled(clip is not None)
        if clip is not None:
            self._samples, self._seconds = clip.samples[0], clip.seconds
        self._part = (begin, end)
        self.setAccessibleDescription(f"{clock(begin)} – {clock(end)}")
        self._forget()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._picture is None or self._picture.deviceIndependentSize().toSize() != self.size():
            self._picture = self._painted()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        if self._seconds > 0:
            left, right = (self._x(end) for end in self._part)
            veil = theme.color("background", 0.7)
            painter.fillRect(0, 0, left, self.height(), veil)
            painter.fillRect(right, 0, self.width() - right, self.height(), veil)
            edge = theme.color("accent") if self.hasFocus() else theme.color("text")
            if not self._is_whole() or self.hasFocus():
                for x in (left, right - 2):
                    painter.fillRect(x, 0, 2, self.height(), edge)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._seconds > 0:
            x = event.position().x()
            what = self._under(x)
            self._hand, self._moved = (what, self._at(x) - self._part[0]), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._hand is None:
            under = self._under(x)
            middle = Qt.CursorShape.ArrowCursor if self._is_whole() else Qt.CursorShape.OpenHandCursor
            self.setCursor(middle if under == "middle" else Qt.CursorShape.SizeHorCursor)
            return
        what, offset = self._hand
        begin, end = self._part
        here = self._at(x)
        if what == "middle":
            length = end - begin
            begin = min(max(here - offset, 0.0), self._seconds - length)
            end = begin + length
        elif what == "begin":
            begin = min(max(here, 0.0), end - _SHORTEST)
        else:
            end = max(min(here, self._seconds), begin + _SHORTEST)
        self._moved = True
        self._part = (begin, end)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._hand is not None and self._moved:
            self._tell()
        self._hand = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._hand = None
        self._take_all()

    def event(self, event: QEvent) -> bool:
        """The arrows are this bar's while it has the focus."""
        ours = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home)
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in ours:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -_STEP, Qt.Key.Key_Right: _STEP}.get(Qt.Key(event.key()), 0.0)
        begin, end = self._part
        if event.key() == Qt.Key.Key_Home:
            self._take_all()
        elif not step:
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._part = (begin, min(max(end + step, begin + _SHORTEST), self._seconds))
            self._tell()
        elif self._is_whole():
            self._part = (min(max(begin + step, 0.0), self._seconds - _SHORTEST), end)
            self._tell()
        else:
            begin = min(max(begin + step, 0.0), max(self._seconds - (end - begin), 0.0))
            self._part = (begin, begin + end - self._part[0])
            self._tell()

    def focusInEvent(self, event: object) -> None:
        self.update()

    def focusOutEvent(self, event: object) -> None:
        self.update()

    def _take_all(self) -> None:
        self._part = (0.0, self._seconds)
        self._tell()

    def _tell(self) -> None:
        begin, end = self._part
        self.update()
        self.chosen.emit(round(begin, 3), None if end >= self._seconds - 1e-3 else round(end, 3))

    def _is_whole(self) -> bool:
        return self._part[0] <= 0 and self._part[1] >= self._seconds - 1e-3

    def _under(self, x: float) -> str:
        begin, end = (self._x(each) for each in self._part)
        if abs(x - begin) <= _NEAR:
            return "begin"
        return "end" if abs(x - end) <= _NEAR else "middle"

    def _x(self, seconds: float) -> int:
        return round(seconds / max(self._seconds, 1e-9) * self.width())

    def _at(self, x: float) -> float:
        return x / max(self.width(), 1) * self._seconds

    def _forget(self) -> None:
        self._picture = None
        self.update()

    def _painted(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        picture = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(theme.color("surface"))
        columns, height = self.width(), self.height()
        if len(self._samples) and columns > 0:
            levels = pictures.rms_columns(self._samples, 0, len(self._samples), columns)
            levels = levels / max(float(levels.max()), 1e-9)
            painter = QPainter(picture)
            color = series_color(self._color)
            for x, level in enumerate(levels):
                tall = max(1, round(float(level) * (height - 4)))
                painter.fillRect(QRect(x, (height - tall) // 2, 1, tall), color)
            painter.end()
        return picture
