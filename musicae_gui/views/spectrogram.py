"""The spectrogram strip: levels over frequency and time, on the one dB range that all strips share."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from core import pictures
from core.audio import Clip
from core.i18n import _
from musicae_gui.views import colormap
from musicae_gui.views.legend import draw_colour_bar
from musicae_gui.views.picture_builder import PictureBuilder
from musicae_gui.views.picture_scale import LOWEST, PictureScale
from musicae_gui.views.strips import Draw, Strip, draw_ticks
from musicae_gui.views.time_axis import TimeAxis, ticks

N_FFT = 2048
_FREQUENCIES = (50, 100, 200, 500, 1000, 2000, 3000, 5000, 7000, 10000, 15000, 20000)


class SpectrogramStrip(Strip):
    """One mono clip as levels in dB re a full-scale sine."""

    kind = "spectrogram"

    def __init__(
        self, axis: TimeAxis, builder: PictureBuilder, scale: PictureScale, parent: QWidget | None = None
    ) -> None:
        super().__init__(axis, builder, parent)
        self.scale = scale
        self._clip: Clip | None = None
        self.setAccessibleName(_("Spectrogram"))
        scale.changed.connect(self._recolour)

    def set_clip(self, clip: Clip | None, *, keep: bool = False) -> None:
        """Show `clip`; with `keep` the picture before stays until the new one is drawn."""
        self._clip = None if clip is None else clip.mono()
        self.rebuild(keep=keep and clip is not None)

    def set_part(self, clip: Clip, begin: float, end: float) -> None:
        """Show `clip`, which is new from `begin` to `end` seconds only, and begun anew where it has another length."""
        before, self._clip = self._clip, clip.mono()
        if before is None or before.frames != clip.frames:
            self.clear()
        self.patch(begin - N_FFT / clip.rate, end)  # spectra reach beyond what was known then

    def drawing(self, start: float, end: float, columns: int, rows: int) -> Draw | None:
        if self._clip is None:
            return None
        clip, scale, colours = self._clip, self.scale, colormap.level_map()
        low, high = scale.floor, scale.top
        edges = frequency_edges(scale, rows)

        def draw() -> QImage:
            level = levels(clip, start, end, columns, edges)
            return colormap.coloured(pictures.colour_steps(level, low, high), colours)

        return draw

    def draw_scale(self, painter: QPainter, area: QRect) -> None:
        draw_frequencies(painter, area, self.scale)

    def draw_legend(self, painter: QPainter, area: QRect) -> None:
        low, high = self.scale.floor, self.scale.top
        marks = [((value - low) / (high - low), f"{value:.0f}".replace("-", "−")) for value in ticks(low, high, 5)]
        draw_colour_bar(painter, area, colormap.level_map(), marks, "dB")

    def values_at(self, seconds: float, height: float) -> str:
        hertz = self.scale.hertz(height)
        if self._clip is None:
            return self.axis.clock(seconds)
        return _("{time}   {frequency}   {level}").format(
            time=self.axis.clock(seconds),
            frequency=frequency_text(hertz),
            level=f"{level_at(self._clip, seconds, hertz):.1f} dB",
        )


def levels(clip: Clip, start: float, end: float, columns: int, edges: np.ndarray) -> np.ndarray:
    """Levels in dB between `start` and `end` seconds: (len(edges) - 1, columns)."""
    power = pictures.spectrogram_columns(clip.samples[0], start * clip.rate, end * clip.rate, columns, n_fft=N_FFT)
    return pictures.decibels(pictures.power_rows(power, clip.rate, edges))


def level_at(clip: Clip, seconds: float, hertz: float) -> float:
    """The level in dB of the bin at a frequency, around a moment."""
    at = seconds * clip.rate
    power = pictures.spectrogram_columns(clip.samples[0], at - 0.5, at + 0.5, 1, n_fft=N_FFT)
    index = min(round(hertz / clip.rate * N_FFT), N_FFT // 2)
    return float(pictures.decibels(power[index : index + 1, 0])[0])


def frequency_edges(scale: PictureScale, rows: int) -> np.ndarray:
    """Frequencies between the rows of a picture, highest first, (rows + 1,) Hz."""
    return pictures.frequency_edges(rows, LOWEST, scale.highest, scale.frequency)


def draw_frequencies(painter: QPainter, area: QRect, scale: PictureScale) -> None:
    marks = [(scale.height(hertz), frequency_text(hertz)) for hertz in _FREQUENCIES if hertz <= scale.highest]
    # The round ones first, so that they are the ones that find room.
    marks.sort(key=lambda mark: (mark[1][0] not in "1", mark[1][0] not in "5"))
    draw_ticks(painter, area.adjusted(0, 0, -6, 0), marks)


def frequency_text(hertz: float) -> str:
    return f"{hertz:.0f} Hz" if hertz < 1000 else f"{hertz / 1000:.2f}".rstrip("0").rstrip(".") + " kHz"
