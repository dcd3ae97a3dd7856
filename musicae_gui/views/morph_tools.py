"""Morph's row of tools: loop, tempo, curve and pad."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QWidget

from core.i18n import _
from musicae_gui import theme
from musicae_gui.controllers.morph_state import BARS
from musicae_gui.views.named import named

_HAND, _ALL = 0, -1


class MorphTools(QWidget):
    """Widgets only: it tells what the user does and shows what it is given."""

    bars_chosen = Signal(int)
    loop_cleared = Signal()
    in_time_chosen = Signal(bool)
    follow_chosen = Signal(bool)
    curve_cleared = Signal()
    pad_chosen = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("morph.tools")
        self.bars = named(
            QComboBox(),
            "morph.bars",
            _("Loop points"),
            _("Loop the whole, some bars of A from where it plays, or what is dragged over the ruler ([ and ])"),
        )
        self.bars.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.bars.addItem(_("whole"), _ALL)
        self.bars.addItem(_("by hand"), _HAND)
        for bars in BARS:
            self.bars.addItem(_("1 bar") if bars == 1 else _("{n} bars").format(n=bars), bars)
        self.in_time = _toggle(
            "morph.in_time",
            "tempo",
            _("Match tempo"),
            _("Stretch the other songs to A's tempo, bars on bars; the pitch stays"),
        )
        self._tempo = QLabel()
        self._tempo.setProperty("role", "muted")
        self.follow = _toggle(
            "morph.follow",
            "curve",
            _("Follow curve"),
            _("The slider goes where the curve is; a touch takes over (C)"),
        )
        self.clear = named(QToolButton(), "morph.clear", _("Clear the curve"), _("Ctrl+Z brings it back"))
        theme.set_icon(self.clear, "remove", role="muted")
        self.pad = _toggle("morph.four", "pad", _("Pad"), _("Go between up to four songs on a pad"))
        self._lay_out()
        self._connect()

    def show_loop(self, region: tuple[float, float] | None, bars: int) -> None:
        with QSignalBlocker(self.bars):
            self.bars.setCurrentIndex(self.bars.findData(bars or (_HAND if region is not None else _ALL)))

    def show_in_time(self, on: bool, words: str) -> None:
        with QSignalBlocker(self.in_time):
            self.in_time.setChecked(on)
        self._tempo.setText(words if on else "")
        self._tempo.setVisible(bool(words) and on)
        self.in_time.setAccessibleDescription(words)

    def show_curve(self, there: bool, follows: bool) -> None:
        with QSignalBlocker(self.follow):
            self.follow.setChecked(follows)
        self.follow.setEnabled(there)
        self.clear.setEnabled(there)

    def show_pad(self, on: bool) -> None:
        with QSignalBlocker(self.pad):
            self.pad.setChecked(on)

    def _lay_out(self) -> None:
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.GRID)
        loop = QLabel(_("Loop"))
        loop.setProperty("role", "muted")
        for widget in (loop, self.bars, self.in_time, self._tempo):
            line.addWidget(widget)
        line.addStretch(1)
        for widget in (self.follow, self.clear, self.pad):
            line.addWidget(widget)
        self._tempo.hide()

    def _connect(self) -> None:
        self.bars.activated.connect(self._choose_loop)
        self.in_time.toggled.connect(self.in_time_chosen)
        self.follow.toggled.connect(self.follow_chosen)
        self.clear.clicked.connect(self.curve_cleared)
        self.pad.toggled.connect(self.pad_chosen)

    def _choose_loop(self) -> None:
        bars = int(self.bars.currentData())
        if bars > 0:
            self.bars_chosen.emit(bars)
        elif bars == _ALL:
            self.loop_cleared.emit()


def _toggle(name: str, icon: str, words: str, tip: str) -> QToolButton:
    button = named(QToolButton(), name, words, tip)
    button.setText(words)
    button.setCheckable(True)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    theme.set_icon(button, icon, role="text", selected="accent")
    return button
