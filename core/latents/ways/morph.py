"""`Morph`: two songs, or four, and the sound between them, by any way, at an even level and safe for ears."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from core.errors import Cancelled, UsageError
from core.i18n import _
from core.latents.blend import HIGHEST, LENGTHS, LOWEST, same_model
from core.latents.latent import Latent
from core.latents.ways.level import CONTEXT, STEP, even, limited
from core.latents.ways.part import Part
from core.latents.ways.songs import SIDES, Decoder, Songs
from core.latents.ways.way import Way

CHUNK_SECONDS = 5.0


class Morph:
    """The sound between songs of one model. What does not depend on the slider is kept, for any thread.

    Args:
        model: what made the latents.
        a, b: two songs, or stretches of them.
        lower: two more, which are below the first two: with them the songs are the corners of a square.
        length: "shorter", "longer", or as long as "a" or "b"; a song that is over is silent.

    Raises:
        LatentError: two models made the latents.
        UsageError: an unknown `length`.
    """

    def __init__(
        self,
        model: Decoder,
        a: Latent | Part,
        b: Latent | Part,
        *,
        lower: tuple[Latent | Part, Latent | Part] | None = None,
        length: str = "shorter",
    ) -> None:
        parts = [part if isinstance(part, Part) else Part.whole(part) for part in (a, b, *(lower or ()))]
        for part in parts[1:]:
            same_model(parts[0].latent, part.latent)
        chosen = _longest_wanted(parts, length)
        extent = chosen.samples, chosen.frames
        self.songs = Songs(model, parts[0], parts[1], extent=extent)
        self.lower = Songs(model, parts[2], parts[3], extent=extent) if lower else None

    @property
    def samples(self) -> int:
        """Length at the model's rate."""
        return self.songs.samples

    @property
    def rate(self) -> int:
        return self.songs.rate

    def range(self, way: Way, at: float, start: int, count: int, *, down: float = 0.0) -> np.ndarray:
        """(count,) float32 samples from `start` on, at the model's rate; zeros outside of the morph.

        Parts equal the same parts of the whole within 1e-4, so a player may ask for any window at any place.

        Args:
            at: 0 is A, 1 is B; from -0.2 to 1.2.
            down: 0 is the upper pair, 1 the lower; from -0.2 to 1.2. Without a lower pair it says nothing.

        Raises:
            UsageError: `at` or `down` is out of range.
        """
        for place in (at, down):
            if not math.isfinite(place) or not LOWEST <= place <= HIGHEST:
                raise UsageError(
                    _("A blend at {at} is not between {low} and {high}.").format(at=place, low=LOWEST, high=HIGHEST)
                )
        sound = np.zeros(count, np.float32)
        begin, end = max(start, 0), min(start + count, self.samples)
        if begin < end:
            sound[begin - start : end - start] = self._levelled(way, at, down if self.lower else 0.0, begin, end)
        return sound

    def prepare(self, start: int, count: int) -> None:
        """Decode what `range` wants of the songs themselves for these samples, by any way, anywhere on it.

        It is kept, so that a player's next windows need not wait for it.
        """
        for songs in filter(None, (self.songs, self.lower)):
            for side in SIDES:
                songs.sound(side, start - CONTEXT, count + 2 * CONTEXT)

    def whole(
        self,
        way: Way,
        at: float,
        *,
        progress: Callable[[float], object] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> np.ndarray:
        """(samples,) float32: all of it.

        Args:
            progress: told the finished fraction now and then.

        Raises:
            UsageError: `at` is out of range.
            Cancelled: `cancelled` said so.
        """
        return in_chunks(
            lambda start, count: self.range(way, at, start, count), self.samples, self.rate, progress, cancelled
        )

    def _levelled(self, way: Way, at: float, down: float, begin: int, end: int) -> np.ndarray:
        start = begin // STEP * STEP - CONTEXT
        count = -(-(end + CONTEXT - start) // STEP) * STEP
        pairs = [(1.0, self.songs)]
        if self.lower is None or down == 0:
            sound = way.render(self.songs, at, start, count)
        else:
            sound = way.render_between(self.songs, self.lower, at, down, start, count)
            share = min(max(down, 0.0), 1.0)
            pairs = [(1 - share, self.songs), (share, self.lower)]
        share = min(max(at, 0.0), 1.0)
        weights = {"a": 1 - share, "b": share}
        heard = [
            (height * weights[side], songs.sound(side, start, count))
            for height, songs in pairs
            for side in SIDES
            if height * weights[side] > 0
        ]
        return limited(even(sound, heard))[begin - start : end - start]


def in_chunks(
    render: Callable[[int, int], np.ndarray],
    samples: int,
    rate: int,
    progress: Callable[[float], object] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> np.ndarray:
    """(samples,) float32 of `render(start, count)`, five seconds at a time, with a word to the caller after each.

    Raises:
        Cancelled: `cancelled` said so.
    """
    sound = np.empty(samples, np.float32)
    step = round(CHUNK_SECONDS * rate)
    for start in range(0, samples, step):
        if cancelled is not None and cancelled():
            raise Cancelled(_("Cancelled."))
        part = render(start, min(step, samples - start))
        sound[start : start + len(part)] = part
        if progress is not None:
            progress((start + len(part)) / samples)
    return sound


def _longest_wanted(parts: Sequence[Part], length: str) -> Part:
    """The part that a morph of this `length` is as long as; of a square the shortest or longest of all corners."""
    if length not in LENGTHS:
        raise UsageError(
            _("The length {length!r} is not one of {choices}.").format(length=length, choices=", ".join(LENGTHS))
        )
    if length in ("a", "b"):
        return parts[LENGTHS.index(length) - LENGTHS.index("a")]
    pick = min if length == "shorter" else max
    return pick(parts, key=lambda part: part.samples)
