"""Two songs in one time: where a song's bars begin, and another song stretched so that its bars fall on them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from core.rhythm import HOP, beats, onset_strength, tempo

VERSION = 1
"""Of what `find_beats` finds; whoever changes that counts it up, and kept beats are found anew."""
BEATS_A_BAR = 4
LOW = 150.0
"""Hz: what is below it is the bass, which most often changes on the first beat of a bar."""
WIDEST = 2 ** (1 / 2)
"""A tempo is taken for half or double itself where that is nearer, so that this is the largest stretch."""
NEAR = 0.02
"""Seconds within which a moment is a bar's beginning."""
STRETCH_FFT, STRETCH_HOP, STRETCH_ROWS = 2048, 256, 64


@dataclass(frozen=True)
class Beats:
    """The beats of a song. Of music without any there are none, and `bpm` is 0.

    Args:
        bpm: beats a minute.
        times: (beats,) seconds, rising.
        first: which of them begins the first whole bar.
    """

    bpm: float
    times: np.ndarray
    first: int

    @cached_property
    def bars(self) -> np.ndarray:
        """(bars,) seconds at which bars begin."""
        found: np.ndarray = self.times[self.first :: BEATS_A_BAR]
        return found

    @property
    def bar(self) -> float:
        """Seconds of a bar; 0 where there is no tempo."""
        return 60.0 / self.bpm * BEATS_A_BAR if self.bpm > 0 else 0.0

    def bar_at(self, seconds: float) -> float:
        """Where the bar at a moment begins; 0 before all bars."""
        grid = self._grid(seconds)
        place = int(np.searchsorted(grid, seconds + NEAR, side="right")) - 1
        return float(grid[place]) if place >= 0 else 0.0

    def next_bar(self, seconds: float) -> float:
        """Where the first bar begins that is not before a moment."""
        grid = self._grid(seconds)
        return float(grid[np.searchsorted(grid, seconds - NEAR)])

    def stretch(self, start: float, bars: int) -> tuple[float, float]:
        """Seconds at which `bars` bars from the one at `start` on begin and end."""
        grid = self._grid(start + bars * self.bar)
        place = max(int(np.searchsorted(grid, start + NEAR, side="right")) - 1, 0)
        return float(grid[place]), float(grid[place + bars])

    def to_plain(self) -> list[Any]:
        """JSON-ready."""
        return [self.bpm, self.times.tolist(), self.first]

    @classmethod
    def from_plain(cls, values: Any) -> Beats:
        """What `to_plain` gave.

        Raises:
            ValueError: it is something else.
        """
        try:
            bpm, times, first = values
            made = cls(float(bpm), np.array([float(time) for time in times], float), int(first))
        except (TypeError, OverflowError) as error:
            raise ValueError("no beats") from error
        if not np.isfinite([made.bpm, *made.times]).all() or made.bpm < 0 or (np.diff(made.times) <= 0).any():
            raise ValueError("no beats")
        if (made.bpm > 0) != (len(made.times) > 1) or not 0 <= made.first < BEATS_A_BAR:
            raise ValueError("no beats")
        return made

    def _grid(self, until: float) -> np.ndarray:
        """Where bars begin, from the beginning to two after `until`; beyond the beats they go on at the tempo."""
        bars = self.bars if len(self.bars) else self.times[:1]
        before = np.arange(bars[0] - self.bar, 0, -self.bar)[::-1]
        after = np.arange(bars[-1] + self.bar, max(until, bars[-1]) + 2.5 * self.bar, self.bar)
        return np.concatenate([before, bars, after])


def find_beats(samples: np.ndarray, rate: int) -> Beats:
    """Tempo, beats and bars of mono samples. A bar is taken for four beats; it begins on that beat of four on which
    onsets and bass are strongest in the mean."""
    bpm = tempo(samples, rate)
    if bpm is None:
        return Beats(0.0, np.zeros(0), 0)
    times = beats(samples, rate, bpm=bpm)
    if len(times) < 2:
        return Beats(0.0, np.zeros(0), 0)
    bpm = 60.0 / float(np.median(np.diff(times)))
    return Beats(bpm, times, _downbeat(samples, rate, times))


def factor_between(a: Beats, b: Beats) -> float:
    """How much longer B has to become to have A's tempo; 1 where one has none. Half and double tempo count as equal."""
    if not a.bpm or not b.bpm:
        return 1.0
    factor = b.bpm / a.bpm
    while factor > WIDEST:
        factor /= 2
    while factor < 1 / WIDEST:
        factor *= 2
    return factor


def aligned_start(a: Beats, b: Beats, factor: float, start_a: float = 0.0, start_b: float = 0.0) -> float:
    """Seconds of B, stretched by `factor`, at which it has to begin for its bars to fall on A's from `start_a` on.

    Args:
        start_a: seconds of A.
        start_b: seconds of B as it is; the first place from there on is taken.
    """
    if not a.bpm or not b.bpm:
        return start_b * factor
    until_bar = a.next_bar(start_a) - start_a
    # A bar that counts as one although it began just before is not reason enough to begin before the song.
    return max(b.next_bar(start_b + until_bar / factor) * factor - until_bar, 0.0)


def stretched(samples: np.ndarray, factor: float) -> np.ndarray:
    """(round(len(samples) * factor),) float32: longer by `factor` at the same pitch.

    torchaudio's phase vocoder (J. L. Flanagan, R. M. Golden, "Phase vocoder", Bell System Technical Journal 45, 1966).
    """
    count = round(len(samples) * factor)
    if factor == 1.0 or count == 0 or len(samples) == 0:
        return np.asarray(samples[:count], np.float32)
    import torch

    from core.models.pure_torchaudio import torchaudio

    window = torch.hann_window(STRETCH_FFT)
    with torch.inference_mode():
        sound = torch.from_numpy(np.ascontiguousarray(samples, np.float32))
        sound = torch.nn.functional.pad(sound, (0, STRETCH_FFT))  # torch mirrors the edges of what is long enough
        spectra = torch.stft(sound, STRETCH_FFT, STRETCH_HOP, window=window, return_complex=True, pad_mode="constant")
        advance = torch.linspace(0, np.pi * STRETCH_HOP, STRETCH_FFT // 2 + 1)[:, None]
        rows = range(0, len(spectra), STRETCH_ROWS)
        parts = [slice(row, row + STRETCH_ROWS) for row in rows]
        # Frequencies do not know of one another; all at once would take a gigabyte for four minutes.
        longer = torch.cat([torchaudio.functional.phase_vocoder(spectra[p], 1 / factor, advance[p]) for p in parts])
        made = torch.istft(longer, STRETCH_FFT, STRETCH_HOP, window=window, length=count)
    return np.asarray(made.numpy(), np.float32)


def _downbeat(samples: np.ndarray, rate: int, times: np.ndarray) -> int:
    size = 1 << (len(samples) - 1).bit_length()  # a prime length would take many times as long, and as much memory
    low = np.fft.rfft(samples.astype(np.float32), size)
    low[int(LOW * size / rate) :] = 0
    bass = np.fft.irfft(low, size)[: len(samples)].astype(np.float32)
    strength = _scaled(onset_strength(samples, rate)) + _scaled(onset_strength(bass, rate))
    frames = np.rint(times * rate / HOP).astype(int)
    near = np.array([strength[max(0, frame - 2) : frame + 3].max(initial=0.0) for frame in frames])
    means = [near[phase::BEATS_A_BAR].mean() if phase < len(near) else 0.0 for phase in range(BEATS_A_BAR)]
    return int(np.argmax(means))


def _scaled(strength: np.ndarray) -> np.ndarray:
    scaled: np.ndarray = strength / max(float(strength.std()), 1e-9)
    return scaled
