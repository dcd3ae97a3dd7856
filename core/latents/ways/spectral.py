"""Spectra of both songs on one grid of frames, and sound from spectra, in windows that equal the whole.

Frame n is centred at sample n x hop of the song; analysis and synthesis windows are Hann, a quarter apart.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from core.latents.ways.kept import Kept

SPECTRUM_SECONDS = 0.093
BLOCK = 32
"""Frames in a block: spectra are made and kept by blocks, and phases begin anew once in each."""
KEPT_BLOCKS = 160
"""Two minutes, which is at most 170 MB for both songs with all that is derived from them."""
Reader = Callable[[int, int], np.ndarray]
"""read(start, count) gives float32 (count,) samples, zeros outside of the song."""
ATTACK = 0.1
"""An attack raises the sum of ln(1 + magnitude) by this share of it."""
AT_ONCE = 192
"""Frames that are put together at once, so that memory does not grow with the sound."""


class Grid:
    """Sizes of the spectra at a rate: `size` samples, a `hop` of a quarter, `bins` frequencies."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.size = 1 << round(np.log2(SPECTRUM_SECONDS * rate))
        self.hop = self.size // 4
        self.bins = self.size // 2 + 1
        self.hann = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(self.size) / self.size)).astype(np.float32)


class Spectra:
    """The spectra of a song by blocks, kept as long as they are near."""

    def __init__(self, read: Reader, grid: Grid) -> None:
        self._read, self._grid = read, grid
        self._blocks: Kept[np.ndarray] = Kept(self._block, KEPT_BLOCKS)
        self._attacks: Kept[np.ndarray] = Kept(self._found_attacks, KEPT_BLOCKS)

    def attacks(self, number: int) -> np.ndarray:
        """The frames of a block at which most bins become louder, one at least, rising."""
        return self._attacks[number]

    def block(self, number: int) -> np.ndarray:
        """(32, bins) complex64: frames from 32 x number on, which may lie outside of the song."""
        return self._blocks[number]

    def frames(self, first: int, last: int) -> np.ndarray:
        """(last - first, bins) complex64: frames [first, last)."""
        return joined(self.block, first, last)

    def _block(self, number: int) -> np.ndarray:
        grid = self._grid
        start = number * BLOCK * grid.hop - grid.size // 2
        sound = self._read(start, (BLOCK - 1) * grid.hop + grid.size)
        pieces = np.lib.stride_tricks.sliding_window_view(sound, grid.size)[:: grid.hop]
        return np.fft.rfft(pieces * grid.hann).astype(np.complex64)

    def _found_attacks(self, number: int) -> np.ndarray:
        levels = np.log1p(np.abs(self.block(number))).sum(axis=1)
        rises = np.diff(levels, prepend=levels[0])
        highest = np.lib.stride_tricks.sliding_window_view(np.pad(rises, 3), 7).max(axis=1)
        found = (rises >= highest) & (rises > ATTACK * levels)
        found[np.argmax(rises)] = True
        return number * BLOCK + np.flatnonzero(found)


class BothSpectra:
    """Spectra of both songs, and what ways derive from them by block, shared by all values of the slider."""

    def __init__(self, rate: int, read: Callable[[Literal["a", "b"], int, int], np.ndarray]) -> None:
        self.grid = Grid(rate)
        self.a = Spectra(lambda start, count: read("a", start, count), self.grid)
        self.b = Spectra(lambda start, count: read("b", start, count), self.grid)
        self._derived: dict[object, Kept[np.ndarray]] = {}

    def of(self, side: Literal["a", "b"]) -> Spectra:
        return self.a if side == "a" else self.b

    @property
    def frequencies(self) -> np.ndarray:
        """(bins,) Hz."""
        return np.fft.rfftfreq(self.grid.size, 1 / self.grid.rate)

    def derived(self, key: object, make: Callable[[int], np.ndarray]) -> Callable[[int], np.ndarray]:
        """`make` of a block's number, its results kept under `key` as long as they are near."""
        kept = self._derived.setdefault(key, Kept(make, KEPT_BLOCKS))
        return kept.__getitem__


def joined(block: Callable[[int], np.ndarray], first: int, last: int) -> np.ndarray:
    """Frames [first, last) of arrays that are made by blocks of 32 frames."""
    numbers = range(first // BLOCK, -(-last // BLOCK))
    begin = first - numbers.start * BLOCK
    return np.concatenate([block(number) for number in numbers])[begin : begin + last - first]


def overlapped(make: Callable[[int, int], np.ndarray], grid: Grid, start: int, count: int) -> np.ndarray:
    """(count,) float32 samples from `start` on, of the spectra that `make(first, last)` gives.

    Squared Hann windows a quarter apart add up to 3/2.
    """
    reach = grid.size // (2 * grid.hop)
    first, last = start // grid.hop - reach, (start + count - 1) // grid.hop + reach + 1
    total = np.zeros((last - first + 2 * reach - 1) * grid.hop, np.float32)
    for begin in range(first, last, AT_ONCE):
        end = min(begin + AT_ONCE, last)
        pieces = (np.fft.irfft(make(begin, end), grid.size).astype(np.float32) * grid.hann).reshape(
            end - begin, -1, grid.hop
        )
        part = total[(begin - first) * grid.hop : (end - first + pieces.shape[1] - 1) * grid.hop]
        quarters = part.reshape(-1, grid.hop)
        for place in range(pieces.shape[1]):
            quarters[place : place + end - begin] += pieces[:, place]
    offset = start - (first - reach) * grid.hop
    return total[offset : offset + count] / np.float32(1.5)
