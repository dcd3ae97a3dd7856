"""Short-time spectra of mono samples, some hundred frames at a time, so that memory does not grow with the sound."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import numpy as np

FRAMES_AT_ONCE = 512
CHROMA_FFT, CHROMA_LOW, CHROMA_HIGH = 4096, 55.0, 4000.0


def magnitudes(samples: np.ndarray, size: int, hop: int) -> Iterator[np.ndarray]:
    """Magnitudes (frames, size / 2 + 1) of centred frames under a periodic Hann window, in pieces.

    The edges are mirrored, as torch.stft does; a sound shorter than the mirror is continued by silence.
    """
    half = size // 2
    if len(samples) <= half:
        samples = np.pad(samples, (0, half + 1 - len(samples)))
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(samples, half, mode="reflect"), size)[::hop]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)
    for start in range(0, len(frames), FRAMES_AT_ONCE):
        yield np.abs(np.fft.rfft(frames[start : start + FRAMES_AT_ONCE] * window))


def chroma(samples: np.ndarray, rate: int, hop: int) -> np.ndarray:
    """(frames, 12) energy of the pitch classes C to B, each frame of length 1 or, in silence, 0.

    Each bin of a spectrum of 4096 samples belongs to its nearest semitone (A4 = 440 Hz), from 55 Hz to 4 kHz.
    """
    bank = _pitch_classes(rate)
    energy = np.concatenate([np.square(part) @ bank for part in magnitudes(samples, CHROMA_FFT, hop)])
    length = np.linalg.norm(energy, axis=1, keepdims=True)
    return np.divide(energy, length, out=np.zeros_like(energy), where=length > 1e-9)


@functools.cache
def _pitch_classes(rate: int) -> np.ndarray:
    frequencies = np.fft.rfftfreq(CHROMA_FFT, 1 / rate)
    bank = np.zeros((len(frequencies), 12))
    heard = np.flatnonzero((frequencies >= CHROMA_LOW) & (frequencies <= min(CHROMA_HIGH, rate / 2)))
    # 69 semitones above C-1 lies A4; C is class 0.
    bank[heard, np.round(69 + 12 * np.log2(frequencies[heard] / 440)).astype(int) % 12] = 1.0
    return bank
