"""A song of Morph: which it is, the part of it that is taken, its waveform and spectrogram."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.audio import Clip
from core.i18n import _
from musicae_gui import theme
from musicae_gui.views.elided import ElidedLabel
from musicae_gui.views.named import icon_button
from musicae_gui.views.part_bar import PartBar
from musicae_gui.views.picture_builder import PictureBuilder
from musicae_gui.views.picture_scale import PictureScale
from musicae_gui.views.song_chooser import SongChooser
from musicae_gui.views.spectrogram import SpectrogramStrip
from musicae_gui.views.time_axis import TimeAxis
from musicae_gui.views.waveform import WaveformStrip, series_color


class MorphSide(QFrame):
    """Song A or B, in its colour; C and D are `brief`, without pictures, and can be taken away."""

    sought = Signal(float)
    read = Signal(str)

    def __init__(
        self, side: str, axis: TimeAxis, builder: PictureBuilder, scale: PictureScale, *, brief: bool = False
    ) -> None:
        super().__init__()
        letter = side.upper()
        self._brief = brief
        self._color = f"series:{'abcd'.index(side)}"
        self._badge = QLabel(letter)
        self._badge.setFixedSize(30, 30)
        self._badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.songs = SongChooser(f"morph.{side}", _("Song {letter}").format(letter=letter))
        self._text = ElidedLabel()
        self._text.setProperty("role", "muted")
        self.waveform = WaveformStrip(axis, builder, scale, color=self._color)
        self.spectrogram = SpectrogramStrip(axis, builder, scale)
        line = QHBoxLayout()
        line.setSpacing(theme.GRID)
        line.addWidget(self._badge)
        line.addWidget(self.songs, 1)
        self.remove = icon_button(
            f"morph.{side}.remove", "close", _("Take song {letter} off the pad").format(letter=letter)
        )
        self.remove.setVisible(brief)
        line.addWidget(self.remove)
        self.part = PartBar(f"morph.{side}.part", _("Part of song {letter}").format(letter=letter), self._color)
        self._pictures = QWidget()
        pictures = QVBoxLayout(self._pictures)
        pictures.setContentsMargins(0, 0, 0, 0)
        pictures.setSpacing(2)
        for strip, height in ((self.waveform, 32), (self.spectrogram, 48)):
            strip.setMinimumHeight(height)
            strip.setObjectName(f"morph.{side}.{strip.kind}")
            strip.sought.connect(self.sought)
            strip.read.connect(self.read)
            pictures.addWidget(strip, height)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(line)
        column.addWidget(self.part)
        column.addWidget(self._text)
        column.addWidget(self._pictures, 1)
        self._pictures.setVisible(not brief)
        theme.signals().changed.connect(self._restyle)
        self._restyle()

    def show_clip(self, clip: Clip | None, text: str) -> None:
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._pictures.setEnabled(clip is not None)
        if clip is not None and not self._brief:
            self.waveform.set_clip(clip)
            self.spectrogram.set_clip(clip)

    def show_part(self, whole: Clip | None, begin: float, end: float) -> None:
        self.part.show_part(whole, begin, end)

    def set_playhead(self, seconds: float | None) -> None:
        self.waveform.set_playhead(seconds)
        self.spectrogram.set_playhead(seconds)

    def _restyle(self) -> None:
        color, ground = series_color(self._color).name(), theme.colors().background
        self._badge.setStyleSheet(f"background: {color}; color: {ground}; border-radius: 6px; font-weight: 700;")
