"""Ways through the latent: straight, spherical, B's colour on A's rhythm, channel by channel."""

from __future__ import annotations

import numpy as np

from core.i18n import marked
from core.latents.ways.songs import Songs
from core.latents.ways.way import LatentWay

AROUND = 8
"""Frames on both sides over which the angle between two songs is taken: weights that change from frame to frame would
leave the aliasing of a lapped transform uncancelled."""
WIDEST_ANGLE = 0.9 * np.pi
MOST_COLOUR = np.log(8.0)


class Straight(LatentWay):
    name = "straight"
    label = marked("Straight line")
    help = marked("Both latents mixed, (1 − t) A + t B: in a nearly linear latent a cross-fade, both songs are heard.")

    def values(self, songs: Songs, at: float, first: int, last: int) -> np.ndarray:
        return np.float32(1 - at) * songs.values("a", first, last) + np.float32(at) * songs.values("b", first, last)


class Spherical(LatentWay):
    """K. Shoemake, "Animating rotation with quaternion curves", SIGGRAPH 1985, with each song's own length."""

    name = "spherical"
    label = marked("Spherical")
    help = marked("Along the arc between both latents, which keeps their energy; silence is the centre.")

    def values(self, songs: Songs, at: float, first: int, last: int) -> np.ndarray:
        a, b = (songs.values(side, first - AROUND, last + AROUND) for side in ("a", "b"))
        angle = _angle(a, b)
        sine = np.sin(angle)
        near = sine < 1e-3
        safe = np.where(near, 1.0, sine)
        of_a = np.where(near, 1 - at, np.sin((1 - at) * angle) / safe).astype(np.float32)
        of_b = np.where(near, at, np.sin(at * angle) / safe).astype(np.float32)
        inside = slice(AROUND, AROUND + last - first)
        mixed: np.ndarray = of_a * a[:, inside] + of_b * b[:, inside]
        return mixed


class Colour(LatentWay):
    """Each channel's mean and deviation exchanged, as in X. Huang, S. Belongie, "Arbitrary style transfer in real-time
    with adaptive instance normalization", ICCV 2017."""

    name = "colour"
    label = marked("B's colour on A's rhythm")
    help = marked("Up to 50 % A takes on how strong each of B's channels is; from there on B itself comes in.")

    def values(self, songs: Songs, at: float, first: int, last: int) -> np.ndarray:
        (mean_a, deviation_a), (mean_b, deviation_b) = songs.statistics["a"], songs.statistics["b"]
        least = 1e-3 * max(float(deviation_a.max()), float(deviation_b.max()), 1e-9)
        ratio = np.log(np.maximum(deviation_b, least) / np.maximum(deviation_a, least))
        amount = min(2 * at, 1.0)
        factor = np.exp(amount * np.clip(ratio, -MOST_COLOUR, MOST_COLOUR))
        mean = mean_a + amount * (mean_b - mean_a)
        coloured = mean + (songs.values("a", first, last) - mean_a) * factor
        share = max(2 * at - 1, 0.0)
        mixed: np.ndarray = coloured if share == 0 else (1 - share) * coloured + share * songs.values("b", first, last)
        return mixed


class Swap(LatentWay):
    name = "swap"
    label = marked("Channel by channel")
    help = marked("Channels go over to B one after the other, the weakest first, as B's share of the energy grows.")

    def values(self, songs: Songs, at: float, first: int, last: int) -> np.ndarray:
        energy = sum(np.square(part[:, 0], dtype=np.float64) for side in songs.statistics.values() for part in side)
        order = np.argsort(energy, kind="stable")
        total = max(float(np.sum(energy)), 1e-12)
        ends = np.empty(len(order))
        ends[order] = np.cumsum(energy[order]) / total
        shares = np.maximum(energy / total, 1e-9)
        # The channel whose turn it is goes over gradually, so that the slider has no steps.
        of_b = np.clip((min(max(at, 0.0), 1.0) - (ends - shares)) / shares, 0, 1)[:, None].astype(np.float32)
        if at >= 1:
            of_b[:] = 1
        return (1 - of_b) * songs.values("a", first, last) + of_b * songs.values("b", first, last)


def _angle(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(frames - 2 AROUND,) between two latents around each frame; a right angle where one is silent."""
    products = np.stack([np.sum(one * other, axis=0, dtype=np.float64) for one, other in ((a, b), (a, a), (b, b))])
    around = np.lib.stride_tricks.sliding_window_view(products, 2 * AROUND + 1, axis=1).sum(axis=2)
    lengths = np.sqrt(around[1] * around[2])
    cosine = np.divide(around[0], lengths, out=np.zeros_like(lengths), where=lengths > 1e-12)
    angle: np.ndarray = np.minimum(np.arccos(np.clip(cosine, -1, 1)), WIDEST_ANGLE)
    return angle
