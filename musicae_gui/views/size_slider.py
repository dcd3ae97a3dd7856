"""The size of a nested model's latent as one slider, from a few floats to all of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QSlider, QStyle, QStyleOptionSlider, QWidget

from core.i18n import _
from core.models.families import Sizes
from musicae_gui import theme
from musicae_gui.controllers.model_choices import floats_text, size_text
from musicae_gui.views.elided import ElidedLabel
from musicae_gui.views.named import named

_BITS = 16
_BRIEFEST = "0000 floats/s"  # what always has room
_MARK_FONT = 0.78
_MARK_GAP = 6  # px between two marks' words
_TRACK = 22  # px, the height of the slider without its marks
_HANDLE = 16  # px, as the style sheet draws it


class SizeControl(QWidget):
    """How much of a latent is kept: slider (of a nested model), bits a float, and both in words.

    Arrows move the slider by a channel, Page keys by an eighth, Home and End to the ends.

    Args:
        name: object name; the parts are `<name>.slider`, `<name>.bits` and `<name>.words`.
        title: whose size it is, for those who do not see it.
        bits: choices of bits a float; with none of them, sizes are told for 16.
        brief: the words are only floats/s, where there is little room; the tooltip tells all.
    """

    changed = Signal(int, int)  # channels kept, bits a float

    def __init__(self, name: str, title: str, bits: Sequence[int] = (), *, brief: bool = False) -> None:
        super().__init__()
        self._brief = brief
        self.setObjectName(name)
        self._channels = 0
        self._label = QLabel(_("Size"))
        self._label.setProperty("role", "muted")
        self._label.setFixedHeight(_TRACK)  # level with the slider's track
        self._help = _(
            "How many floats of the latent are kept, the most telling ones first. Drag it while it plays.\n"
            "Arrows: a channel; Page keys: an eighth; Home and End: the smallest and the largest."
        )
        words = _("Size of {title}: channels kept").format(title=title)
        self.slider = named(MarkedSlider(), f"{name}.slider", words, self._help)
        self.bits = named(
            QComboBox(),
            f"{name}.bits",
            _("Bits a float of {title}").format(title=title),
            _("In how many bits each float is stored: 16 is half precision, fewer are even steps for each channel."),
        )
        self.bits.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        for each in bits or (_BITS,):
            self.bits.addItem(_("{n} bits").format(n=each), each)
        self.bits.setVisible(len(bits) > 1)
        self._words = named(ElidedLabel(), f"{name}.words", _("Size of {title} in words").format(title=title))
        self._words.setFont(theme.mono_font(0.95))
        if brief:
            self._words.setFixedHeight(_TRACK)
            self._words.setMinimumWidth(self._words.fontMetrics().horizontalAdvance(_BRIEFEST))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.GRID)
        line.addWidget(self._label, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.slider, 3)
        line.addWidget(self.bits)
        line.addWidget(self._words, 4, Qt.AlignmentFlag.AlignTop if brief else Qt.AlignmentFlag(0))
        self.slider.valueChanged.connect(lambda channels: self.changed.emit(channels, self.bits.currentData()))
        self.bits.activated.connect(lambda _place: self.changed.emit(self._channels, self.bits.currentData()))

    def show_size(self, sizes: Sizes | None, channels: int, bits: int = _BITS, floats_per_second: float = 0.0) -> None:
        """The model's sizes (None where only the bits can be chosen) and the one in use; tells nobody."""
        self._channels = channels
        for part in (self._label, self.slider):
            part.setVisible(sizes is not None)
        self.bits.setCurrentIndex(self.bits.findData(bits))
        if sizes is not None:
            with QSignalBlocker(self.slider):
                self.slider.set_marks({mark: floats_text(sizes.floats_per_second(mark)) for mark in sizes.marks})
                self.slider.setRange(1, sizes.channels)
                self.slider.setPageStep(max(1, sizes.channels // 8))
                self.slider.setValue(channels)
            floats_per_second = sizes.floats_per_second(channels)
        words = size_text(floats_per_second, bits)
        if sizes is not None:
            words += " · " + _("{n} floats in 5 s").format(n=f"{sizes.clip_floats(channels):,}")
        self._words.setText(words.partition(" · ")[0] if self._brief else words)
        self._words.setAccessibleName(words)
        self.slider.setToolTip(f"{words}\n\n{self._help}")
        self.slider.setAccessibleDescription(words)


class MarkedSlider(QSlider):
    """A horizontal slider with words under some of its values; the wheel moves it only while it has the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._marks: dict[int, str] = {}
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_marks(self, marks: dict[int, str]) -> None:
        if marks != self._marks:
            self._marks = dict(marks)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(220, 36)

    def minimumSizeHint(self) -> QSize:
        return QSize(110, 36)

    def x_of(self, value: float) -> float:
        """The pixel of a value."""
        span = max(1, self.maximum() - self.minimum())
        return _HANDLE / 2 + (value - self.minimum()) / span * (self.width() - _HANDLE)

    def value_at(self, x: float) -> int:
        span = max(1.0, self.width() - _HANDLE)
        return round(self.minimum() + (x - _HANDLE / 2) / span * (self.maximum() - self.minimum()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The handle goes where the button is pressed, and follows."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.setValue(self.value_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self.setValue(self.value_at(event.position().x()))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """It lies in a list that scrolls."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        option.rect = QRect(0, 0, self.width(), _TRACK)
        option.subControls = QStyle.SubControl.SC_SliderGroove | QStyle.SubControl.SC_SliderHandle
        self.style().drawComplexControl(QStyle.ComplexControl.CC_Slider, option, painter, self)
        painter.setFont(theme.mono_font(_MARK_FONT))
        metrics = painter.fontMetrics()
        left = self.width() + _MARK_GAP  # of what stands right of the next mark
        for value, words in sorted(self._marks.items(), reverse=True):
            x = round(self.x_of(value))
            painter.fillRect(x, _TRACK - 3, 1, 4, theme.color("muted"))
            width = metrics.horizontalAdvance(words)
            begin = min(max(x - width // 2, 0), self.width() - width)
            if begin + width + _MARK_GAP > left:  # no room: the larger size's stays
                continue
            left = begin
            painter.setPen(theme.color("text" if value == self.value() else "muted"))
            painter.drawText(begin, _TRACK + 1 + metrics.ascent(), words)
        painter.end()
