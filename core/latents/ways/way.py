"""`Way`: one way from a song to another."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import numpy as np

from core.latents.ways.songs import Songs
from core.latents.ways.spectral import BothSpectra


class Way:
    """How two songs become one. Ways hold no state: what they need of the songs is kept by a `Morph`.

    Attributes:
        name: for the command line and files.
        label, help: in English, for `_`.
        needs: "latents", or "sounds" where it works on both songs decoded.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    help: ClassVar[str]
    needs: ClassVar[str]

    def render(self, songs: Songs, at: float, start: int, count: int) -> np.ndarray:
        """(count,) float32 samples from `start` on, which may lie outside; neither levelled nor limited.

        Parts that are rendered alone equal the same parts of the whole within 1e-4.
        """
        raise NotImplementedError

    def render_between(self, upper: Songs, lower: Songs, at: float, down: float, start: int, count: int) -> np.ndarray:
        """As `render`, with a second pair of songs below the first: `down` is 0 at the upper pair, 1 at the lower."""
        above = self.render(upper, at, start, count)
        return np.float32(1 - down) * above + np.float32(down) * self.render(lower, at, start, count)


class LatentWay(Way):
    """A way that mixes latent values, which are decoded once."""

    needs = "latents"

    def values(self, songs: Songs, at: float, first: int, last: int) -> np.ndarray:
        """(channels, last - first) float32: the latent frames [first, last), less silence's."""
        raise NotImplementedError

    def render(self, songs: Songs, at: float, start: int, count: int) -> np.ndarray:
        return _decoded(songs, lambda first, last: self.values(songs, at, first, last), start, count)

    def render_between(self, upper: Songs, lower: Songs, at: float, down: float, start: int, count: int) -> np.ndarray:
        def values(first: int, last: int) -> np.ndarray:
            above, below = (self.values(songs, at, first, last) for songs in (upper, lower))
            channels = max(len(above), len(below))
            above, below = (np.pad(part, ((0, channels - len(part)), (0, 0))) for part in (above, below))
            return np.float32(1 - down) * above + np.float32(down) * below

        return _decoded(upper, values, start, count)


class SoundWay(Way):
    """A way between the spectra of both songs decoded, which are kept: a slider that moves decodes nothing."""

    needs = "sounds"

    def render_spectra(self, songs: Songs, both: BothSpectra, at: float, start: int, count: int) -> np.ndarray:
        """As `render`, with the spectra at hand; not asked for the ends themselves."""
        raise NotImplementedError

    def render(self, songs: Songs, at: float, start: int, count: int) -> np.ndarray:
        if at in (0.0, 1.0):  # the songs as they are, without a turn through spectra
            return songs.sound("a" if at == 0 else "b", start, count)
        sound = self.render_spectra(songs, songs.spectra, at, start, count)
        sound[: max(-start, 0)] = 0
        sound[max(songs.samples - start, 0) :] = 0
        return sound


def _decoded(songs: Songs, values: Callable[[int, int], np.ndarray], start: int, count: int) -> np.ndarray:
    """(count,) samples from `start` on of latent values, those of the frames [first, last) by `values(first, last)`."""
    sound = np.zeros(count, np.float32)
    begin, end = max(start, 0), min(start + count, songs.samples)
    if begin < end:
        first, last = songs.window(begin, end - begin)
        found = values(first, last).astype(np.float32)
        sound[begin - start : end - start] = songs.decoded(found, first, begin, end - begin)
    return sound
