"""The latent as a heat map: channels over time, coloured around zero, its histogram beside it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from core import pictures
from core.i18n import _
from musicae_gui.views import colormap
from musicae_gui.views.histogram import draw_histogram
from musicae_gui.views.picture_builder import PictureBuilder
from musicae_gui.views.strips import Draw, Strip, draw_ticks
from musicae_gui.views.time_axis import TimeAxis, ticks


class LatentStrip(Strip):
    """Values (channels, frames); the first channel is at the top. Large values are squeezed by a square root.

    Channels that a smaller size leaves out keep their place and are left empty.
    """

    kind = "latent"

    def __init__(self, axis: TimeAxis, builder: PictureBuilder, parent: QWidget | None = None) -> None:
        super().__init__(axis, builder, parent)
        self._values: np.ndarray | None = None
        self._frame_rate = 1.0
        self._channels = 1
        self._full = 1.0
        self._counts = np.zeros(1, np.int64)
        self.setAccessibleName(_("Latent"))

    def set_latent(
        self, values: np.ndarray | None, frame_rate: float = 1.0, channels: int | None = None, *, keep: bool = False
    ) -> None:
        """Show `values` (channels, frames), of which `frame_rate` frames make a second; None for nothing.

        Args:
            channels: how many the model has, where `values` are only the first of them.
            keep: the picture before stays until the new one is drawn.
        """
        self._values, self._frame_rate = values, frame_rate
        if values is not None:
            self._channels = channels or values.shape[0]
            self._full = pictures.latent_scale(values)
            self._counts = pictures.latent_histogram(values, self._full, 61)
        self.rebuild(keep=keep and values is not None)

    def drawing(self, start: float, end: float, columns: int, rows: int) -> Draw | None:
        if self._values is None:
            return None
        values, frames, full, colours = self._values, self._frame_rate, self._full, colormap.signed_map()
        every = self._channels

        def draw() -> QImage:
            shown = pictures.latent_columns(values, start * frames, end * frames, columns)
            position = np.nan_to_num(pictures.signed_root(shown, full))
            # Every row of the picture shows one channel, so that the edges between channels stay sharp.
            channel = np.minimum(np.arange(rows) * every // max(rows, 1), every - 1)
            channel = channel[channel < values.shape[0]]
            return colormap.coloured(pictures.colour_steps(position, -1, 1)[channel], colours, height=rows)

        return draw

    def draw_scale(self, painter: QPainter, area: QRect) -> None:
        if self._values is None:
            return
        channels = self._channels
        most = max(2, area.height() // 28)
        marks = [
            (1 - (channel + 0.5) / channels, _("ch {channel}").format(channel=round(channel)))
            for channel in ticks(0, channels - 1, most)
            if channel == round(channel)
        ]
        draw_ticks(painter, area.adjusted(0, 0, -6, 0), marks or [(0.5, _("ch {channel}").format(channel=0))])

    def draw_legend(self, painter: QPainter, area: QRect) -> None:
        if self._values is not None:
            draw_histogram(painter, area, self._counts, self._full, colormap.signed_map())

    def values_at(self, seconds: float, height: float) -> str:
        when = self.axis.clock(seconds)
        if self._values is None:
            return when
        kept, frames = self._values.shape
        channel = min(int((1 - height) * self._channels), self._channels - 1)
        frame = int(seconds * self._frame_rate)
        if not 0 <= frame < frames or channel < 0:
            return when
        if channel >= kept:
            return _("{time}   channel {channel} is left out").format(time=when, channel=channel)
        return _("{time}   channel {channel}   frame {frame}   value {value}").format(
            time=when, channel=channel, frame=frame, value=f"{self._values[channel, frame]:+.4g}"
        )
