"""Songs of one tone each, told apart by their names and by their pitch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.audio import Clip, write_wav

RATE = 22_050


def write_tones(folder: Path, frequencies: tuple[float, ...], seconds: float = 4.0) -> list[Path]:
    """A song for each frequency, named after it."""
    time = np.arange(round(seconds * RATE)) / RATE
    paths = []
    for frequency in frequencies:
        path = folder / f"{frequency:g} Hz.wav"
        write_wav(path, Clip((0.3 * np.sin(2 * np.pi * frequency * time))[None].astype(np.float32), RATE))
        paths.append(path)
    return paths


@pytest.fixture
def songs(tmp_path: Path) -> list[Path]:
    """Of 330, 440 and 550 Hz, half a second each, in the folder `music`."""
    return write_tones(tmp_path / "music", (330.0, 440.0, 550.0), seconds=0.5)


def pitch(samples: np.ndarray, rate: int) -> float:
    """The strongest frequency in Hz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * rate / len(samples))
