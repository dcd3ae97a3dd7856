"""Latents in fewer bits a float: half precision, or uniform steps between two bounds of each channel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from core.errors import UsageError
from core.i18n import _
from core.latents.latent import Latent

FEWEST_BITS, HALF_PRECISION = 2, 16
BOUND_BITS = 16
"""A bound is stored in half precision; a channel has two."""

_LARGEST = float(np.finfo(np.float16).max)
_NARROWER = np.linspace(1.0, 0.2, 17)


@dataclass(frozen=True, eq=False)
class Bounds:
    """(channels,) float32 each: the values that the lowest and the highest code of a channel stand for."""

    low: np.ndarray
    high: np.ndarray


def quantised(latent: Latent, bits: int, *, bounds: Bounds | None = None) -> Latent:
    """The latent as it comes back when each float was stored in `bits` bits.

    16 bits are half precision. Fewer are 2^bits evenly spaced values from a channel's lower bound to its upper one,
    both included; values outside become the bound.

    Args:
        bits: 2 to 16.
        bounds: of a whole collection (`channel_bounds`), known to both sides; by default the latent's own are
            taken, which `stored_bits` counts.

    Raises:
        UsageError: another number of bits.
    """
    _check(bits)
    values = latent.values
    if bits == HALF_PRECISION:
        kept = np.clip(values, -_LARGEST, _LARGEST).astype(np.float16).astype(np.float32)
    else:
        kept = _rounded(values, _for_channels(bounds or channel_bounds([values], bits), len(values)), bits)
    return Latent(kept, latent.model, latent.samples)


def stored_bits(latent: Latent, bits: int, *, bounds: Bounds | None = None) -> int:
    """Bits of the latent's floats and of what decoding them needs besides: two bounds a channel where it has own ones.

    Raises:
        UsageError: `bits` is not 2 to 16.
    """
    _check(bits)
    own_bounds = bounds is None and bits < HALF_PRECISION
    return latent.size * bits + (2 * BOUND_BITS * latent.channels if own_bounds else 0)


def channel_bounds(values: Iterable[np.ndarray], bits: int) -> Bounds:
    """The bounds with the least squared error at so many bits, which lie within the extremes: rare large values are
    clipped so that the others get finer steps.

    Args:
        values: latents' (channels, frames), of one channel count.

    Raises:
        UsageError: `bits` is not 2 to 16.
    """
    _check(bits)
    every = np.concatenate([np.asarray(each, np.float32) for each in values], axis=1)
    low, high = (np.clip(extreme, -_LARGEST, _LARGEST) for extreme in (every.min(axis=1), every.max(axis=1)))
    best, least = _stored(low, high), np.full(len(every), np.inf)
    for share in _NARROWER:
        tried = _stored(share * low, share * high)
        error = np.square(every - _rounded(every, tried, bits), dtype=np.float64).sum(axis=1)
        better = error < least
        best = Bounds(np.where(better, tried.low, best.low), np.where(better, tried.high, best.high))
        least = np.minimum(error, least)
    return best


def _rounded(values: np.ndarray, bounds: Bounds, bits: int) -> np.ndarray:
    low, high = bounds.low[:, None].astype(np.float64), bounds.high[:, None].astype(np.float64)
    step = np.where(high > low, (high - low) / (2**bits - 1), 1.0)
    codes = np.rint((np.clip(values, low, high) - low) / step)
    return (low + codes * step).astype(np.float32)


def _stored(low: np.ndarray, high: np.ndarray) -> Bounds:
    """Bounds as they come back from half precision."""
    return Bounds(*(bound.astype(np.float16).astype(np.float32) for bound in (low, high)))


def _for_channels(bounds: Bounds, channels: int) -> Bounds:
    """Those of the first channels: a nested model's smaller latents share them."""
    if len(bounds.low) < channels:
        raise ValueError(f"bounds of {len(bounds.low)} channels for a latent of {channels}")
    return Bounds(bounds.low[:channels], bounds.high[:channels])


def _check(bits: int) -> None:
    if not FEWEST_BITS <= bits <= HALF_PRECISION:
        raise UsageError(
            _("A latent's floats cannot be stored in {bits} bits; choose {low} to {high}.").format(
                bits=bits, low=FEWEST_BITS, high=HALF_PRECISION
            )
        )
