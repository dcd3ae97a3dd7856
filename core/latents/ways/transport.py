"""Optimal transport between the spectra of each moment: every partial glides to where the other song has its mass."""

from __future__ import annotations

import numpy as np

from core.i18n import marked
from core.latents.ways.lead import crossed, moved_frames
from core.latents.ways.regions import Lobes, lobes
from core.latents.ways.songs import SIDES, Side, Songs
from core.latents.ways.spectral import BothSpectra, joined, overlapped
from core.latents.ways.way import SoundWay

CROSSING = (0.4, 0.6)
SMOOTHED = 3  # frames on both sides: a plan that flickers from frame to frame would be heard as bubbling
MOST_GAIN = 10.0
_FLOOR = 1e-5
"""Mass in every lobe of a silent frame; far below what is heard."""


class Transport(SoundWay):
    """One-dimensional displacement interpolation: R. J. McCann, "A convexity principle for interacting gases", 1997.

    For sound: T. Henderson, J. Solomon, "Audio transport: a generalized portamento via optimal transport", DAFx 2019.
    Here mass is the magnitude of lobes, the line between two places is one of pitch (log frequency), and mass that
    the plan splits goes to the mean of its aims, so that the number of partials stays that of a song.
    """

    name = "transport"
    label = marked("Optimal transport")
    help = marked("Every partial of a moment glides to where the other song's are: between two tones there is one.")

    def render_spectra(self, songs: Songs, both: BothSpectra, at: float, start: int, count: int) -> np.ndarray:
        factors = crossed(at, *CROSSING)

        def between(first: int, last: int) -> np.ndarray:
            levels = {side: np.linalg.norm(both.of(side).frames(first, last), axis=1) for side in SIDES}
            share = min(max(at, 0.0), 1.0)
            wanted = np.sqrt((1 - share) * np.square(levels["a"]) + share * np.square(levels["b"]))
            total = np.zeros((last - first, both.grid.bins), np.complex64)
            for side, amount, factor in zip(SIDES, (at, 1 - at), factors, strict=True):
                if factor > 0:
                    gains = factor * np.minimum(wanted / np.maximum(levels[side], 1e-9), MOST_GAIN)
                    octaves = _Plan(both, side)
                    total += moved_frames(both, side, octaves, amount, first, last, gains[:, None])
            return total

        return overlapped(between, both.grid, start, count)


class _Plan:
    """Octaves from each bin's lobe to its aim in the other song, smoothed over time."""

    def __init__(self, both: BothSpectra, side: Side) -> None:
        self._blocks = both.derived(("transport", side), lambda number: _octaves(both, side, number))

    def __call__(self, first: int, last: int) -> np.ndarray:
        raw = joined(self._blocks, first - SMOOTHED, last + SMOOTHED).astype(np.float64)
        sums = np.cumsum(np.pad(raw, ((1, 0), (0, 0))), axis=0)
        width = 2 * SMOOTHED + 1
        smooth: np.ndarray = (sums[width:] - sums[:-width]) / width
        return smooth


def _octaves(both: BothSpectra, side: Side, number: int) -> np.ndarray:
    own = lobes(np.abs(both.of(side).block(number)))
    other = lobes(np.abs(both.of("b" if side == "a" else "a").block(number)))
    octaves = aims(own, other) - np.log2(own.places)
    return octaves[own.number].astype(np.float32)


def aims(own: Lobes, other: Lobes) -> np.ndarray:
    """(lobes,) log2 of the place, in bins, that each lobe of `own` is carried to in `other`, frame by frame.

    In one dimension the cheapest plan keeps the order, so it couples equal quantiles: the cuts of both cumulative
    masses divide 0..1 into intervals, of which each belongs to one lobe here and one there.
    """
    cuts, others = _quantiles(own), _quantiles(other)
    edges = np.sort(np.concatenate([cuts, others]))
    widths = np.diff(edges, prepend=0.0)
    middles = edges - widths / 2
    here = np.minimum(np.searchsorted(cuts, middles), len(cuts) - 1)
    there = np.minimum(np.searchsorted(others, middles), len(others) - 1)
    carried = np.bincount(here, widths * np.log2(other.places[there]), len(cuts))
    weights = np.bincount(here, widths, len(cuts))
    return np.divide(carried, weights, out=np.log2(own.places), where=weights > 1e-12)


def _quantiles(found: Lobes) -> np.ndarray:
    """(lobes,) where each lobe ends in the cumulative mass of its frame, scaled to 1, plus the frame's number."""
    masses = found.masses + _FLOOR
    frames = int(found.frames[-1]) + 1
    sums = np.cumsum(masses)
    lasts = np.searchsorted(found.frames, np.arange(frames), side="right") - 1
    before = np.concatenate([[0.0], sums[lasts[:-1]]])
    within = (sums - before[found.frames]) / (sums[lasts] - before)[found.frames]
    return np.minimum(within, 1.0) + found.frames
