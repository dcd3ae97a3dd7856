"""What a recording of the sound device proves: which tones are in it, how loud, and whether there was a click."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.gui.real_window import Facts
from tests.sound_server import RATE, NullSink

SILENT = 1e-4
CLICKS_ABOVE = 6_000.0
"""Hz: a click has energy everywhere, tones of a song below this have none there."""
_EDGE = round(0.02 * RATE)


def level(sound: np.ndarray, frequency: float) -> float:
    """Amplitude of a sine of that frequency in recorded sound (frames, 2)."""
    mono = sound.mean(axis=1)
    window = np.hanning(len(mono))
    turn = np.exp(-2j * np.pi * frequency / RATE * np.arange(len(mono)))
    return float(2 * np.abs(np.sum(mono * window * turn)) / np.sum(window))


def around(sound: np.ndarray, frequency: float) -> float:
    """Amplitude of a sine with the energy of all within a tenth of that frequency: a model may bend a tone a little."""
    mono = sound.mean(axis=1)
    window = np.hanning(len(mono))
    power = np.square(np.abs(np.fft.rfft(mono * window)))
    frequencies = np.fft.rfftfreq(len(mono), 1 / RATE)
    near = np.abs(frequencies - frequency) < frequency / 10
    return float(np.sqrt(4 * power[near].sum() / len(mono) / np.sum(np.square(window))))


def strongest(sound: np.ndarray) -> float:
    """The frequency with the most energy."""
    mono = sound.mean(axis=1)
    spectrum = np.abs(np.fft.rfft(mono * np.hanning(len(mono))))
    return float(np.argmax(spectrum) * RATE / len(mono))


def loud(sound: np.ndarray) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))


def click_db(sound: np.ndarray) -> float:
    """The highest peak above 6 kHz, in dB of the highest of all; for tones that are lower, anything there is a click.

    The recording's own ends, where it was cut, are faded.
    """
    mono = sound.mean(axis=1).astype(np.float64)
    rise = 0.5 - 0.5 * np.cos(np.pi * np.arange(_EDGE) / _EDGE)
    mono[:_EDGE] *= rise
    mono[-_EDGE:] *= rise[::-1]
    spectrum = np.fft.rfft(mono)
    spectrum[np.fft.rfftfreq(len(mono), 1 / RATE) < CLICKS_ABOVE] = 0
    high = np.abs(np.fft.irfft(spectrum, len(mono))).max()
    return float(20 * np.log10(max(high, 1e-9) / max(np.abs(mono).max(), 1e-9)))


def wait_for_silence(sink: NullSink) -> None:
    """What is on its way through the device may still come."""
    for _attempt in range(20):
        if np.abs(sink.record(0.25)).max() < SILENT:
            return
    raise AssertionError("there is still sound after it was stopped")


def is_heard(kind: str) -> Callable[[Facts], bool]:
    """A condition: what was last asked of the player has reached the device.

    For "play" the last start or stop is meant, for "seek" the last jump: a reconstruction that is ready just after
    it changes the sound, too, and must not hide it.
    """
    kinds = {"play": ("play", "stop"), "seek": ("play", "stop", "seek")}.get(kind)

    def condition(facts: Facts) -> bool:
        changes = [each for each in facts["player"]["changes"] if kinds is None or each["kind"] in kinds]
        return bool(changes) and changes[-1]["kind"] == kind and changes[-1]["state"] == "heard"

    return condition
