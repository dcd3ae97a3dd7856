"""Which stretch of a song: where it starts and how long it is."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from core.i18n import _
from musicae_gui.views.named import named
from musicae_gui.views.number_field import WholeField
from musicae_gui.views.time_axis import clock

LENGTHS = (10.0, 30.0, 60.0, 120.0, 300.0)


class ClockField(WholeField):
    """Whole seconds, shown and typed as m:ss."""

    def textFromValue(self, value: int) -> str:
        return clock(float(value))

    def valueFromText(self, text: str) -> int:
        minutes, _colon, seconds = text.strip().rpartition(":")
        return int(minutes or 0) * 60 + int(seconds or 0)

    def validate(self, text: str, position: int) -> object:  # type: ignore[override]
        fine = all(part.isdigit() or not part for part in text.strip().split(":")) and text.count(":") <= 1
        return (QValidator.State.Acceptable if fine else QValidator.State.Invalid, text, position)


class ClipChooser(QWidget):
    """`chosen` gives start and length in seconds; length 0 stands for the whole song."""

    chosen = Signal(float, float)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._start = named(ClockField(), f"{name}.start", _("Start"), _("Where in the song to begin"))
        self._start.setSingleStep(5)
        self._length = named(QComboBox(), f"{name}.length", _("Length"), _("How much of the song to use"))
        self._length.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._from = QLabel(_("from"))
        row.addWidget(self._from)
        row.addWidget(self._start)
        row.addWidget(self._length)
        self._start.valueChanged.connect(self._changed)
        self._length.activated.connect(self._changed)

    def show_clip(self, song_seconds: float, start: float, seconds: float, *, whole: bool) -> None:
        for control in (self._start, self._length):
            control.blockSignals(True)
        self._length.clear()
        for length in sorted({*LENGTHS, round(seconds, 3)} if not whole else LENGTHS):
            if length < song_seconds:
                words = _("{n} s").format(n=f"{length:g}") if length < 60 else _("{n} min").format(n=f"{length / 60:g}")
                self._length.addItem(words, length)
        self._length.addItem(_("whole song"), 0.0)
        index = self._length.findData(0.0 if whole else round(seconds, 3))
        self._length.setCurrentIndex(max(index, 0))
        self._start.setMaximum(max(0, int(song_seconds - (song_seconds if whole else seconds))))
        self._start.setValue(int(start))
        self._from.setVisible(not whole)
        self._start.setVisible(not whole)
        for control in (self._start, self._length):
            control.blockSignals(False)

    def _changed(self) -> None:
        self.chosen.emit(float(self._start.value()), float(self._length.currentData() or 0.0))
