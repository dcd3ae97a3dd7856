"""Resampling in windows that fit together as if the whole had been resampled at once."""

from __future__ import annotations

from collections.abc import Callable
from math import gcd

import numpy as np
import soxr

# soxr's HQ filter reaches less than this many input frames when it raises the rate: with 128 frames of
# context a window equals the same stretch of the whole within -118 dB, with 64 only within -62 dB.
CONTEXT = 128


class WindowResampler:
    """Any stretch of a resampled sound, from a reader of its original frames.

    A window starts on a frame where both rates meet (44100/22050: every second; 48000/22050: every 320th), so that
    soxr's phase is the same in each window, and is read with context on both sides, which is cut off again.

    Args:
        read: read(start, count) gives float32 (count, channels) at `rate_in`; asked for nothing outside [0, frames).
        frames: length of the original in frames at `rate_in`.
    """

    def __init__(self, read: Callable[[int, int], np.ndarray], frames: int, rate_in: int, rate_out: int) -> None:
        common = gcd(rate_in, rate_out)
        self._read = read
        self._frames_in = frames
        self.rate_in, self.rate_out = rate_in, rate_out
        self._step_in, self._step_out = rate_in // common, rate_out // common
        # Going down, the filter is longer by the ratio.
        reach = CONTEXT * max(1, -(-rate_in // rate_out))
        self._context = -(-reach // self._step_in)  # in steps
        self.frames = -(-frames * rate_out // rate_in)

    def read(self, start: int, count: int) -> np.ndarray:
        """Frames [start, start + count) at `rate_out`, float32 (count, channels); zeros outside the sound."""
        if self._step_in == self._step_out:
            return self._padded(start, start + count)
        first = start // self._step_out - self._context
        last = -(-(start + count) // self._step_out) + self._context
        window = self._padded(first * self._step_in, last * self._step_in)
        resampled = soxr.resample(window, self.rate_in, self.rate_out, quality="HQ")
        offset = start - first * self._step_out
        piece = np.asarray(resampled[offset : offset + count], dtype=np.float32)
        # Beyond the end the filter still rings; the sound is over there.
        piece[max(0, self.frames - start) :] = 0.0
        return piece

    def _padded(self, first: int, last: int) -> np.ndarray:
        begin, end = max(0, first), min(self._frames_in, last)
        if begin >= end:
            channels = self._read(0, 0).shape[1]
            return np.zeros((last - first, channels), np.float32)
        inside = np.asarray(self._read(begin, end - begin), dtype=np.float32)
        if begin == first and end == last:
            return inside
        return np.pad(inside, ((begin - first, last - end), (0, 0)))
