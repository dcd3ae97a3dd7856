"""The oscillators of the demo songs: plucked strings, wavetables, frequency modulation, shaped noise.

All return mono float32 (frames,) at `RATE`. Nothing here draws from a shared random state: noise and phases
come from fixed seeds, so that a note sounds the same wherever it is played.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

RATE = 44100
_TABLE = 4096

Samples = NDArray[np.float32]


def seconds(frames: int) -> Samples:
    """Time of each sample in s."""
    return np.arange(frames, dtype=np.float32) / np.float32(RATE)


def fade(samples: Samples, held: int, attack: float, release: float) -> Samples:
    """Fade in over `attack` s, and from frame `held` on fall with a time constant of a third of `release` s."""
    rise = max(1, min(int(attack * RATE), len(samples)))
    samples[:rise] *= np.linspace(0.0, 1.0, rise, dtype=np.float32)
    tail = len(samples) - held
    if tail > 0:
        fall = np.exp(-3.0 * np.arange(tail, dtype=np.float32) / (max(release, 1e-3) * RATE))
        # The last fifth is drawn to zero, so that the cut end does not click.
        samples[held:] *= fall * np.minimum(1.0, np.linspace(5.0, 0.0, tail, dtype=np.float32))
    return samples


def plucked(
    frequency: float,
    frames: int,
    *,
    decay: float,
    corner: float,
    pick: float = 0.2,
    tilt: float = 1.0,
    seed: int = 0,
) -> Samples:
    """A plucked or struck string: the Karplus-Strong loop, solved harmonic by harmonic.

    The loop repeats one period through a low-pass filter, so its harmonic k falls by a constant factor a
    period: each row below is one period, made by an inverse FFT. Periods of whole samples would be out of
    tune, so the result is read at the exact pitch by interpolation.

    Args:
        decay: seconds in which the fundamental falls by 60 dB.
        corner: Hz at which harmonics fall twice as fast.
        pick: where the string is plucked, as a part of its length; harmonics with a node there are weak.
        tilt: spectral slope of the pluck; 1 falls by 6 dB an octave.
    """
    period = RATE / frequency
    count = int(np.ceil(period))
    rows = int(np.ceil(frames / period)) + 2
    harmonics = np.arange(1, count // 2 + 1, dtype=np.float32)
    level = np.abs(np.sin(np.pi * harmonics * pick)) / harmonics**tilt
    level[harmonics * frequency > 0.45 * RATE] = 0.0
    loss = -6.9 / (decay * frequency) * (1.0 + (harmonics * frequency / corner) ** 2)
    phases = np.random.default_rng(seed).uniform(-0.6, 0.6, len(harmonics)) - np.pi / 2
    spectrum = np.zeros((rows, count // 2 + 1), dtype=np.complex64)
    falling = np.exp(np.maximum(np.arange(rows, dtype=np.float32)[:, None] * loss.astype(np.float32), -30.0))
    spectrum[:, 1:] = falling * (level * np.exp(1j * phases)).astype(np.complex64)
    loop = np.fft.irfft(spectrum, n=count, axis=1).astype(np.float32).ravel()
    loop *= np.float32(count / 2)
    place = np.arange(frames, dtype=np.float64) * (count / period)
    left = place.astype(np.int64)
    part = (place - left).astype(np.float32)
    return loop[left] * (1 - part) + loop[left + 1] * part


@functools.lru_cache(maxsize=256)
def _table(harmonics: tuple[float, ...]) -> Samples:
    spectrum = np.zeros(_TABLE // 2 + 1, dtype=np.complex128)
    spectrum[1 : len(harmonics) + 1] = -0.5j * _TABLE * np.asarray(harmonics)
    cycle = np.fft.irfft(spectrum, n=_TABLE).astype(np.float32)
    return np.append(cycle, cycle[0])


def wave(harmonics: tuple[float, ...], frequency: float, phase: NDArray[np.float64]) -> Samples:
    """A periodic wave of sine harmonics (amplitudes from the first on); `phase` in cycles, `frequency` its pitch.

    Harmonics that would fold back over half the sample rate are left out.
    """
    room = max(1, int(0.45 * RATE / (frequency * 1.06)))
    table = _table(harmonics[:room])
    place = (phase % 1.0) * _TABLE
    left = place.astype(np.int32)
    part = (place - left).astype(np.float32)
    return table[left] * (1 - part) + table[left + 1] * part


def glide(
    frequency: float,
    frames: int,
    *,
    vibrato: float = 0.0,
    speed: float = 5.5,
    delay: float = 0.25,
    scoop: float = 0.0,
    scoop_time: float = 0.06,
) -> NDArray[np.float64]:
    """Phase in cycles of a sung note: vibrato (depth in semitones, after `delay` s) and a scoop up from below.

    `scoop` is in semitones and dies out with a time constant of `scoop_time` s.
    """
    if not vibrato and not scoop:
        return np.arange(frames, dtype=np.float64) * (frequency / RATE)
    time = np.arange(frames, dtype=np.float64) / RATE
    depth = vibrato * np.clip((time - delay) / 0.3, 0.0, 1.0)
    bend = depth * np.sin(2 * np.pi * speed * time) - scoop * np.exp(-time / scoop_time)
    return np.cumsum(frequency / RATE * np.exp2(bend / 12.0), dtype=np.float64)


def modulated(
    frequency: float, frames: int, *, ratio: float, index: float, decay: float, floor: float = 0.0
) -> Samples:
    """Two-operator frequency modulation; the index falls from `index` to `floor` with `decay` s."""
    time = np.arange(frames) / RATE
    depth = floor + (index - floor) * np.exp(-time / decay)
    cycles = frequency * time
    inner = np.sin(2 * np.pi * ((ratio * cycles) % 1.0))
    return np.sin(2 * np.pi * (cycles % 1.0) + depth * inner).astype(np.float32)


def noise(frames: int, low: float, high: float, *, seed: int, slope: float = 0.0) -> Samples:
    """Noise of unit RMS between `low` and `high` Hz with soft edges; `slope` in dB an octave."""
    asked, frames = frames, -(-frames // 2048) * 2048  # an FFT dislikes lengths with large prime factors
    white = np.random.default_rng(seed).standard_normal(frames).astype(np.float32)
    frequency = np.fft.rfftfreq(frames, 1 / RATE).astype(np.float32)
    frequency[0] = 1.0
    shape = 1.0 / (1.0 + (low / frequency) ** 6) / (1.0 + (frequency / high) ** 6)
    shape *= (frequency / 1000.0) ** (slope / 6.02)
    shaped = np.fft.irfft(np.fft.rfft(white) * shape, n=frames).astype(np.float32)[:asked]
    return shaped / np.sqrt(np.mean(shaped**2) + 1e-12, dtype=np.float32)


def saw(count: int = 40, slope: float = 1.0) -> tuple[float, ...]:
    """Harmonics of a sawtooth whose spectrum falls as 1 / k ** slope."""
    return tuple(1.0 / k**slope for k in range(1, count + 1))


def formants(count: int, peaks: tuple[tuple[float, float, float], ...], frequency: float) -> tuple[float, ...]:
    """Harmonics of a reed through a body: `peaks` are (Hz, width in octaves, level)."""
    levels = []
    for k in range(1, count + 1):
        body = sum(gain * np.exp(-0.5 * (np.log2(k * frequency / at) / width) ** 2) for at, width, gain in peaks)
        levels.append(round(float((0.08 + body) / k**0.6), 5))
    return tuple(levels)
