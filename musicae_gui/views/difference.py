"""What a reconstruction has lost and added: the residual's waveform, and the levels' difference in dB."""

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
from musicae_gui.views.picture_scale import PictureScale
from musicae_gui.views.spectrogram import draw_frequencies, frequency_edges, frequency_text, level_at, levels
from musicae_gui.views.strips import Draw, Strip
from musicae_gui.views.time_axis import TimeAxis


class DifferenceStrip(Strip):
    """Level of the reconstruction over that of the original: missing in one colour, added in another."""

    kind = "difference"

    def __init__(
        self, axis: TimeAxis, builder: PictureBuilder, scale: PictureScale, parent: QWidget | None = None
    ) -> None:
        super().__init__(axis, builder, parent)
        self.scale = scale
        self._clips: tuple[Clip, Clip] | None = None
        self.setAccessibleName(_("Difference of the spectrograms"))
        scale.changed.connect(self._recolour)

    def set_clips(self, original: Clip | None, reconstruction: Clip | None, *, keep: bool = False) -> None:
        both = original is not None and reconstruction is not None
        self._clips = (original.mono(), reconstruction.mono()) if both and original and reconstruction else None
        self.rebuild(keep=keep and both)

    def drawing(self, start: float, end: float, columns: int, rows: int) -> Draw | None:
        if self._clips is None:
            return None
        original, other = self._clips
        floor, full, colours = self.scale.floor, self.scale.difference, colormap.signed_map()
        edges = frequency_edges(self.scale, rows)

        def draw() -> QImage:
            before = levels(original, start, end, columns, edges)
            after = levels(other, start, end, columns, edges)
            steps = pictures.colour_steps(pictures.difference_db(before, after, floor), -full, full)
            return colormap.coloured(steps, colours)

        return draw

    def draw_scale(self, painter: QPainter, area: QRect) -> None:
        draw_frequencies(painter, area, self.scale)

    def draw_legend(self, painter: QPainter, area: QRect) -> None:
        full = self.scale.difference
        marks = [(0.5, "0"), (1.0, f"+{full:.0f}"), (0.0, f"−{full:.0f}"), (0.75, f"+{full / 2:.0f}")]
        draw_colour_bar(painter, area, colormap.signed_map(), [*marks, (0.25, f"−{full / 2:.0f}")], "dB")

    def values_at(self, seconds: float, height: float) -> str:
        when, hertz = self.axis.clock(seconds), self.scale.hertz(height)
        if self._clips is None:
            return when
        before, after = (max(level_at(clip, seconds, hertz), self.scale.floor) for clip in self._clips)
        return _("{time}   {frequency}   {difference} dB against the original").format(
            time=when, frequency=frequency_text(hertz), difference=f"{after - before:+.1f}"
        )


def residual(original: Clip, reconstruction: Clip) -> Clip:
    """Original minus reconstruction, sample by sample, at the reconstruction's rate and length."""
    kept = np.zeros_like(reconstruction.mono().samples)
    source = original.mono().samples[:, : kept.shape[1]]
    kept[:, : source.shape[1]] = source
    return Clip(kept - reconstruction.mono().samples, reconstruction.rate)
