"""The waveform strip: peaks faint, root mean square bold."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget

from core import pictures
from core.audio import Clip
from core.i18n import _
from musicae_gui import theme
from musicae_gui.views import colormap
from musicae_gui.views.picture_builder import PictureBuilder
from musicae_gui.views.picture_scale import PictureScale
from musicae_gui.views.strips import Draw, Strip, draw_ticks
from musicae_gui.views.time_axis import TimeAxis, ticks

_PEAK_ALPHA = 0.5


class WaveformStrip(Strip):
    """One mono clip over time. `color` names the theme's colour or one of its series ("series:2")."""

    kind = "waveform"

    def __init__(
        self,
        axis: TimeAxis,
        builder: PictureBuilder,
        scale: PictureScale,
        parent: QWidget | None = None,
        *,
        color: str = "accent",
    ) -> None:
        super().__init__(axis, builder, parent)
        self.scale = scale
        self._color = color
        self._clip: Clip | None = None
        self._levels: str | None = None  # in words, once they were worked out
        self.setAccessibleName(_("Waveform"))
        scale.changed.connect(self._recolour)

    def set_clip(self, clip: Clip | None, *, keep: bool = False) -> None:
        """Show `clip`; with `keep` the picture before stays until the new one is drawn."""
        self._clip, self._levels = None if clip is None else clip.mono(), None
        self.rebuild(keep=keep and clip is not None)

    def set_color(self, color: str) -> None:
        if color != self._color:
            self._color = color
            self.rebuild()

    def set_part(self, clip: Clip, begin: float, end: float) -> None:
        """Show `clip`, which is new from `begin` to `end` seconds only, and begun anew where it has another length."""
        before, self._clip = self._clip, clip.mono()
        if before is None or before.frames != clip.frames:
            self._levels = ""  # until all of it is there
            self.clear()
        self.patch(begin, end)

    def drawing(self, start: float, end: float, columns: int, rows: int) -> Draw | None:
        if self._clip is None:
            return None
        samples, rate, full = self._clip.samples[0], self._clip.rate, self.scale.amplitude
        color = series_color(self._color)

        def draw() -> QImage:
            return waveform_image(samples, start * rate, end * rate, columns, rows, full, color)

        return draw

    def draw_over(self, painter: QPainter, area: QRect) -> None:
        painter.fillRect(area.left(), area.center().y(), area.width(), 1, theme.color("border"))

    def draw_scale(self, painter: QPainter, area: QRect) -> None:
        full = self.scale.amplitude
        most = 5 if area.height() >= 90 else 3
        marks = [
            ((value / full + 1) / 2, f"{value:g}".replace("-", "−")) for value in amplitude_ticks(-full, full, most)
        ]
        draw_ticks(painter, area.adjusted(0, 0, -6, 0), marks)

    def draw_legend(self, painter: QPainter, area: QRect) -> None:
        if self._clip is None or not self._clip.frames:
            return
        if self._levels is None:
            samples = self._clip.samples[0]
            peak, mean = float(np.abs(samples).max()), float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
            self._levels = _("peak {peak}\nRMS {rms}").format(peak=level_text(peak), rms=level_text(mean))
        place = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(area.adjusted(10, 0, 0, 0), place, self._levels)

    def values_at(self, seconds: float, height: float) -> str:
        when = self.axis.clock(seconds)
        if self._clip is None or not 0 <= seconds < self._clip.seconds:
            return when
        value = float(self._clip.samples[0, int(seconds * self._clip.rate)])
        return _("{time}   amplitude {value}   ({level})").format(
            time=when, value=f"{value:+.3f}", level=level_text(abs(value))
        )


def waveform_image(
    samples: np.ndarray, start: float, stop: float, columns: int, rows: int, full: float, color: QColor
) -> QImage:
    """Samples `start` to `stop` as a transparent image; ±`full` touches its edges."""
    extremes = pictures.waveform_columns(samples, start, stop, columns)
    rms = pictures.rms_columns(samples, start, stop, columns)
    peak = _coverage(extremes[:, 0], extremes[:, 1], full, rows)
    if stop - start > 8 * columns:
        return colormap.filled(np.maximum(peak * _PEAK_ALPHA, _coverage(-rms, rms, full, rows)), color)
    return colormap.filled(peak, color)


def series_color(name: str) -> QColor:
    """A colour of the theme by name; "series:2" is the third of its series."""
    if name.startswith("series:"):
        series = theme.colors().series
        return QColor(series[int(name.split(":")[1]) % len(series)])
    return theme.color(name)


def level_text(amplitude: float) -> str:
    """An amplitude in dB of full scale."""
    return f"{20 * np.log10(amplitude):.1f} dB".replace("-", "−") if amplitude > 1e-6 else "−∞ dB"


def amplitude_ticks(low: float, high: float, most: int) -> list[float]:
    """Round amplitudes, without the -0 that arithmetic leaves."""
    return [round(value, 9) + 0.0 for value in ticks(low, high, most)]


def _coverage(low: np.ndarray, high: np.ndarray, full: float, rows: int) -> np.ndarray:
    """How much of each pixel lies from `low` to `high`, (rows, columns) 0..1; a line is a pixel thick at least."""
    top = (1 - np.clip(high / full, -1, 1)) / 2 * rows
    bottom = (1 - np.clip(low / full, -1, 1)) / 2 * rows
    thin = np.maximum(1.0 - (bottom - top), 0.0) / 2
    y = np.arange(rows)[:, None]
    covered = np.minimum(y + 1, bottom + thin) - np.maximum(y, top - thin)
    return np.nan_to_num(np.clip(covered, 0.0, 1.0))
