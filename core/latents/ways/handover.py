"""Hand-over: one song plays and takes on the other's notes and colour; the other then takes over from it."""

from __future__ import annotations

from bisect import bisect

import numpy as np

from core.i18n import marked
from core.latents.ways.lead import crossed, moved_frames
from core.latents.ways.regions import lobes
from core.latents.ways.songs import SIDES, Side, Songs
from core.latents.ways.spectral import BLOCK, BothSpectra, overlapped
from core.latents.ways.way import SoundWay

CROSSING = (0.52, 0.62)
"""Where B takes over; not at 50 %, where one hears one music."""
NEAR_SEMITONES, MOST_SEMITONES = 1.5, 3.5
CLOSEST = 0.5
"""Of their distance in octaves that must be left between two notes where they are going."""
MOST_COLOUR = np.log(10 ** (12 / 20))
_SMALL = 1e-7


class Handover(SoundWay):
    """A's strong partials glide to the nearest strong ones of B and take those between them along, its bands glide to
    B's level; rhythm and phases stay A's.

    From the other side B does the same towards A, so that both are alike where the lead changes. Aims and colour
    are those of the 0.7 s around, so that partials do not bubble.
    """

    name = "handover"
    label = marked("Hand-over")
    help = marked("A plays on, more and more in B's notes and colour; after the middle B takes over from it.")

    def render_spectra(self, songs: Songs, both: BothSpectra, at: float, start: int, count: int) -> np.ndarray:
        factors = crossed(at, *CROSSING)

        def between(first: int, last: int) -> np.ndarray:
            total = np.zeros((last - first, both.grid.bins), np.complex64)
            for side, amount, factor in zip(SIDES, (at, 1 - at), factors, strict=True):
                if factor > 0:
                    gains = factor * np.exp(amount * _Slow(both, side, "colour")(first, last))
                    total += moved_frames(both, side, _Slow(both, side, "notes"), amount, first, last, gains)
            return total

        return overlapped(between, both.grid, start, count)


class _Slow:
    """What is found once a block, on straight lines between the blocks' middles."""

    def __init__(self, both: BothSpectra, side: Side, what: str) -> None:
        make = {"notes": _notes, "colour": _colour}[what]
        self._blocks = both.derived((what, side), lambda number: make(both, side, number))

    def __call__(self, first: int, last: int) -> np.ndarray:
        places = (np.arange(first, last) + 0.5) / BLOCK - 0.5
        numbers = np.floor(places).astype(int)
        share = (places - numbers)[:, None]
        known = np.stack([self._blocks(number) for number in range(int(numbers[0]), int(numbers[-1]) + 2)])
        before = numbers - numbers[0]
        values: np.ndarray = (1 - share) * known[before] + share * known[before + 1]
        return values


def _notes(both: BothSpectra, side: Side, number: int) -> np.ndarray:
    """(bins,) octaves from each lobe of the block's mean spectrum towards the other song's notes.

    Strong lobes go to strong ones of the other song near them, the lobes between them are carried along: where each
    went for itself, many met at the same note, and the sound lost its partials on the way.
    """
    own, other = (lobes(mean[None]) for mean in _means(both, side, number))
    here = np.log2(own.places)
    semitones = 12 * (np.log2(other.places)[None] - here[:, None])
    near = np.abs(semitones) <= MOST_SEMITONES
    score = np.log(other.masses + _SMALL)[None] - np.square(semitones / NEAR_SEMITONES)
    best = np.where(near, score, -np.inf).argmax(axis=1)
    lobe = np.arange(len(best))
    octaves = semitones[lobe, best] / 12
    strongest = np.argsort(-own.masses, kind="stable")
    leading = _in_order(strongest[near[strongest, best[strongest]]], here, here + octaves)
    if not leading:
        return np.zeros(len(own.number[0]))
    carried: np.ndarray = np.interp(here, here[leading], octaves[leading])
    return carried[own.number[0]]


def _in_order(wanted: np.ndarray, places: np.ndarray, aims: np.ndarray) -> list[int]:
    """Those of the `wanted` lobes, rising, whose aims are in their order and not much closer together than they are.

    Who comes first in `wanted` is heard first.
    """
    kept: list[int] = []
    for lobe in wanted.tolist():
        at = bisect(kept, lobe)
        below, above = kept[max(at - 1, 0) : at], kept[at : at + 1]
        pairs = [(each, lobe) for each in below] + [(lobe, each) for each in above]
        if all(aims[high] - aims[low] >= CLOSEST * (places[high] - places[low]) for low, high in pairs):
            kept.insert(at, lobe)
    return kept


def _colour(both: BothSpectra, side: Side, number: int) -> np.ndarray:
    """(bins,) ln of the factors from this song's spectral envelope to the other's, at equal levels."""
    own, other = (_envelope(mean) for mean in _means(both, side, number))
    factors: np.ndarray = np.clip(np.log(other) - np.log(own), -MOST_COLOUR, MOST_COLOUR)
    return factors


def _means(both: BothSpectra, side: Side, number: int) -> tuple[np.ndarray, np.ndarray]:
    """(bins,) mean magnitudes of a block of this song and of the other."""
    own, other = both.of(side), both.of("b" if side == "a" else "a")
    return np.abs(own.block(number)).mean(axis=0), np.abs(other.block(number)).mean(axis=0)


def _envelope(mean: np.ndarray) -> np.ndarray:
    """(bins,) root mean square over a third of an octave on both sides, at least three bins; its own mean is 1."""
    bins = len(mean)
    sums = np.concatenate([[0.0], np.cumsum(np.square(mean, dtype=np.float64))])
    places = np.arange(bins)
    low = np.maximum(np.minimum(places - 3, np.floor(places / 1.26).astype(int)), 0)
    high = np.minimum(np.maximum(places + 4, np.ceil(places * 1.26).astype(int)), bins)
    level = np.sqrt((sums[high] - sums[low]) / (high - low)) + _SMALL
    envelope: np.ndarray = level / np.sqrt(np.mean(np.square(level)))
    return envelope
