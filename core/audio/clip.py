"""`Clip`, the samples that go from room to room, and `AudioInfo`, what a file's header promises."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import soxr

from core.audio.silence import SILENCE_PEAK


@dataclass(frozen=True, eq=False)
class Clip:
    """Sound in memory.

    Args:
        samples: (channels, frames) float32, C-contiguous; full scale is ±1, louder values are kept.
            Anything array-like is converted; one dimension is one channel.
        rate: frames a second, in Hz.
    """

    samples: np.ndarray
    rate: int

    def __post_init__(self) -> None:
        samples = np.asarray(self.samples, dtype=np.float32)
        if samples.ndim == 1:
            samples = samples[None]
        if samples.ndim != 2 or samples.shape[0] == 0:
            raise ValueError(f"samples of shape {samples.shape}; (channels, frames) with a channel at least is wanted")
        if self.rate < 1:
            raise ValueError(f"a rate of {self.rate} Hz")
        object.__setattr__(self, "samples", np.ascontiguousarray(samples))
        object.__setattr__(self, "rate", int(self.rate))

    @property
    def channels(self) -> int:
        return int(self.samples.shape[0])

    @property
    def frames(self) -> int:
        return int(self.samples.shape[1])

    @property
    def seconds(self) -> float:
        return self.frames / self.rate

    @property
    def peak(self) -> float:
        """The largest absolute sample, 0 for an empty clip."""
        return _peak(self.samples)

    def mono(self) -> Clip:
        """The mean of all channels."""
        if self.channels == 1:
            return self
        return Clip(self.samples.mean(axis=0, dtype=np.float32), self.rate)

    def resampled(self, rate: int) -> Clip:
        """The same sound at `rate` Hz (soxr, high quality), round(frames · rate / self.rate) frames long."""
        if rate == self.rate:
            return self
        frames = resampled_frames(self.frames, self.rate, rate)
        samples = np.zeros((self.channels, frames), np.float32)
        if self.frames:
            made = soxr.resample(self.samples.T, self.rate, rate, quality="HQ").T[:, :frames]
            samples[:, : made.shape[1]] = made
        return Clip(samples, rate)

    def cut(self, start: float, seconds: float | None = None) -> Clip:
        """The part from `start` (in seconds) on, `seconds` long or to the end; what lies outside is left out."""
        first = min(max(round(start * self.rate), 0), self.frames)
        last = self.frames if seconds is None else min(max(round((start + seconds) * self.rate), first), self.frames)
        return Clip(self.samples[:, first:last].copy(), self.rate)


@dataclass(frozen=True)
class AudioInfo:
    """What a sound file's header says; `frames` is None and `seconds` an estimate where the header is silent."""

    seconds: float
    rate: int
    channels: int
    frames: int | None
    format: str  # "WAV", "MP3", "AAC", ...


def is_silent(sound: Clip | np.ndarray) -> bool:
    """Whether `sound` never exceeds `SILENCE_PEAK`; nothing at all is silent, too."""
    return _peak(sound.samples if isinstance(sound, Clip) else sound) <= SILENCE_PEAK


def resampled_frames(frames: int, rate: int, new_rate: int) -> int:
    """Length after resampling: rounded, and one frame at least where there was one."""
    return max(round(frames * new_rate / rate), 1) if frames else 0


def _peak(samples: np.ndarray) -> float:
    return float(max(samples.max(), -samples.min())) if samples.size else 0.0
