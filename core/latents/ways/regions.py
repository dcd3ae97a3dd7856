"""Spectra as lobes: each peak of a spectrum with all bins around it, moved as a whole to another frequency.

Moving a lobe by whole bins and turning its phase by the exact shift from frame to frame is J. Laroche, M. Dolson, "New
phase-vocoder techniques for pitch-shifting, harmonizing and other exotic effects", WASPAA 1999.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.latents.ways.spectral import BLOCK, Grid, Spectra

_NOTHING = 1e-30


@dataclass(frozen=True)
class Lobes:
    """The lobes of some spectra (frames, bins), one after the other, frame after frame.

    Args:
        number: (frames, bins) the lobe that each bin belongs to.
        masses: (lobes,) sums of magnitudes.
        places: (lobes,) centres of energy in bins, at least half a bin.
        frames: (lobes,) the frame of each.
    """

    number: np.ndarray
    masses: np.ndarray
    places: np.ndarray
    frames: np.ndarray


def lobes(magnitudes: np.ndarray) -> Lobes:
    """The lobes of magnitudes (frames, bins): from each local minimum to the next."""
    frames, bins = magnitudes.shape
    starts = np.zeros((frames, bins), bool)
    starts[:, 0] = True
    starts[:, 1:-1] = (magnitudes[:, 1:-1] <= magnitudes[:, :-2]) & (magnitudes[:, 1:-1] < magnitudes[:, 2:])
    begins = np.flatnonzero(starts.ravel())
    power = np.square(magnitudes, dtype=np.float64) + _NOTHING
    centres = np.add.reduceat((power * np.arange(bins)).ravel(), begins) / np.add.reduceat(power.ravel(), begins)
    return Lobes(
        (np.cumsum(starts.ravel()) - 1).reshape(frames, bins),
        np.add.reduceat(magnitudes.ravel().astype(np.float64), begins),
        np.maximum(centres, 0.5),
        begins // bins,
    )


def at_centres(values: np.ndarray, places: np.ndarray) -> np.ndarray:
    """`values` (frames, bins) as they are at the centre of each bin's lobe; `places` (frames, bins) are the centres."""
    found: np.ndarray = np.take_along_axis(values, np.rint(places).astype(np.intp), axis=1)
    return found


def moved(spectra: np.ndarray, shifts: np.ndarray, phases: np.ndarray, gains: np.ndarray) -> np.ndarray:
    """(frames, bins) complex64: each bin moved and turned; what would leave the spectrum is dropped.

    Args:
        spectra: (frames, bins).
        shifts: (frames, bins) int, bins to move by; the same all over a lobe.
        phases: (frames, bins) radians, the same all over a lobe.
        gains: (frames, bins) factors.
    """
    frames, bins = spectra.shape
    targets = np.arange(bins) + shifts
    inside = (targets >= 0) & (targets < bins)
    places = (targets + bins * np.arange(frames)[:, None])[inside]
    turned = (spectra * (gains * np.exp(1j * phases)))[inside]
    total = np.bincount(places, turned.real, frames * bins) + 1j * np.bincount(places, turned.imag, frames * bins)
    return total.reshape(frames, bins).astype(np.complex64)


def anchors(spectra: Spectra, first: int, last: int) -> np.ndarray:
    """(last - first,) for each frame the one at or before it at which phases begin anew.

    That are attacks, where a jump of phase is not heard and all partials belong together; one at least in each
    block, so that none is more than two blocks back.
    """
    numbers = np.arange(first // BLOCK - 1, -(-last // BLOCK))
    found = np.concatenate([spectra.attacks(int(number)) for number in numbers])
    frames = np.arange(first, last)
    chosen: np.ndarray = found[np.searchsorted(found, frames, side="right") - 1]
    return chosen


def earliest(first: int) -> int:
    """No anchor of the frame `first` or later comes before this frame."""
    return (first // BLOCK - 1) * BLOCK


def turns(shifts: np.ndarray, first: int, anchored: np.ndarray, begin: int, grid: Grid) -> np.ndarray:
    """(frames, bins) radians by which exact shifts have turned since each frame's anchor.

    Args:
        shifts: (frames, bins) in bins, of the frames from `first` on.
        anchored: the anchors of the frames from `begin` on.
    """
    sums = np.cumsum(shifts, axis=0, dtype=np.float64)
    since = sums[begin - first :] - sums[anchored - first]
    radians: np.ndarray = 2 * np.pi * grid.hop / grid.size * since
    return radians
