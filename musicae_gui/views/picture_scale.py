"""The scales that strips share, so that equal colours and heights mean equal values in all of them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from core.pictures import FrequencyScale, frequency_to_position, position_to_frequency

LOWEST = 20.0  # Hz at the bottom of spectrograms


class PictureScale(QObject):
    """Levels in dB re a full-scale sine, amplitude of waveforms, frequency axis. `changed` after every change."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.top = 0.0  # dB drawn in the last colour
        self.span = 80.0  # dB from first to last colour
        self.difference = 24.0  # dB of difference drawn in full colour
        self.amplitude = 1.0  # sample value at a waveform's edge
        self.frequency: FrequencyScale = "mel"
        self.highest = 11025.0  # Hz at the top

    @property
    def floor(self) -> float:
        return self.top - self.span

    def set_levels(self, *, top: float, amplitude: float, highest: float) -> None:
        """Fit the scales to a song: the level of its loudest spot (dB), its peak, half its rate."""
        self.top, self.amplitude, self.highest = top, max(amplitude, 0.01), highest
        self.changed.emit()

    def set_span(self, decibels: float) -> None:
        if decibels != self.span:
            self.span = decibels
            self.changed.emit()

    def set_frequency(self, scale: FrequencyScale) -> None:
        if scale != self.frequency:
            self.frequency = scale
            self.changed.emit()

    def hertz(self, height: float) -> float:
        """The frequency at `height` (0 bottom, 1 top)."""
        return float(position_to_frequency(height, LOWEST, self.highest, self.frequency))

    def height(self, hertz: float) -> float:
        return frequency_to_position(hertz, LOWEST, self.highest, self.frequency)
