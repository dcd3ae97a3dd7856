"""Low of A, high of B: the two songs divided by a frequency that the slider moves."""

from __future__ import annotations

import numpy as np

from core.i18n import marked
from core.latents.ways.songs import Songs
from core.latents.ways.spectral import BothSpectra, overlapped
from core.latents.ways.way import SoundWay

LOWEST = 60.0
EDGE = 0.05
"""Half the width of the passage from A to B, as a share of the way from 60 Hz to the top, which is 0.4 octaves."""


class Bands(SoundWay):
    name = "bands"
    label = marked("Low of A, high of B")
    help = marked("A below and B above a frequency that falls from the top to the bottom: at 50 % some 800 Hz.")

    def render_spectra(self, songs: Songs, both: BothSpectra, at: float, start: int, count: int) -> np.ndarray:
        of_b = _share_of_b(both.frequencies, at)

        def mixed(first: int, last: int) -> np.ndarray:
            spectra: np.ndarray = (1 - of_b) * both.a.frames(first, last) + of_b * both.b.frames(first, last)
            return spectra

        return overlapped(mixed, both.grid, start, count)


def _share_of_b(frequencies: np.ndarray, at: float) -> np.ndarray:
    """(bins,) float32, 0 below the dividing frequency and 1 above; none and all at the ends and beyond them."""
    octaves = np.log2(np.maximum(frequencies, LOWEST) / LOWEST)
    places = octaves / octaves[-1]
    divided = (1 - min(max(at, 0.0), 1.0)) * (1 + 2 * EDGE) - EDGE
    share: np.ndarray = np.clip((places - divided + EDGE) / (2 * EDGE), 0, 1).astype(np.float32)
    return share
