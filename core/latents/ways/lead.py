"""What the ways have in common in which one song leads: its partials move, with its own phases and its own rhythm."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.latents.ways.regions import anchors, at_centres, earliest, lobes, moved, turns
from core.latents.ways.songs import Side
from core.latents.ways.spectral import BothSpectra, joined

Map = Callable[[int, int], np.ndarray]
"""map(first, last) gives (frames, bins) octaves for the frames [first, last)."""


def moved_frames(
    both: BothSpectra, side: Side, octaves: Map, amount: float, first: int, last: int, gains: np.ndarray
) -> np.ndarray:
    """(last - first, bins) complex64: the song's frames with every lobe moved by `amount` of its octaves.

    Args:
        octaves: how far each bin's lobe is from its aim; a lobe goes by the value at its centre.
        gains: (frames, bins), or what broadcasts to it, for the frames [first, last).
    """
    spectra, grid = both.of(side), both.grid
    begin = earliest(first)
    places = joined(both.derived(("places", side), lambda number: _places(both, side, number)), begin, last)
    shifts = places * (np.exp2(amount * at_centres(octaves(begin, last), places)) - 1)
    phases = turns(shifts, begin, anchors(spectra, first, last), first, grid)
    now = places[first - begin :]
    return moved(
        spectra.frames(first, last),
        np.rint(shifts[first - begin :]).astype(np.intp),
        at_centres(phases, now),
        np.broadcast_to(gains, now.shape),
    )


def crossed(at: float, low: float, high: float) -> tuple[float, float]:
    """Factors of A and B where B takes the lead between `low` and `high`, of constant power."""
    place = min(max((at - low) / (high - low), 0.0), 1.0)
    quarter = np.pi / 2 * place * place * (3 - 2 * place)
    return (float(np.cos(quarter)) if place < 1 else 0.0, float(np.sin(quarter)))


def _places(both: BothSpectra, side: Side, number: int) -> np.ndarray:
    found = lobes(np.abs(both.of(side).block(number)))
    return found.places[found.number].astype(np.float32)
