"""`Morph`: two songs and the sound between them, by any way, at an even level and safe for ears."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from core.errors import Cancelled, UsageError
from core.i18n import _
from core.latents.blend import HIGHEST, LOWEST
from core.latents.latent import Latent
from core.latents.ways.level import CONTEXT, STEP, even, limited
from core.latents.ways.songs import Decoder, Songs
from core.latents.ways.way import Way

CHUNK_SECONDS = 5.0


class Morph:
    """The sound between two songs of one model. What does not depend on the slider is kept, for any thread.

    Args:
        model: what made the latents.
        length: "shorter", "longer", or as long as "a" or "b"; a song that is over is silent.

    Raises:
        LatentError: two models made the latents.
        UsageError: an unknown `length`.
    """

    def __init__(self, model: Decoder, a: Latent, b: Latent, *, length: str = "shorter") -> None:
        self.songs = Songs(model, a, b, length=length)

    @property
    def samples(self) -> int:
        """Length at the model's rate."""
        return self.songs.samples

    @property
    def rate(self) -> int:
        return self.songs.rate

    def range(self, way: Way, at: float, start: int, count: int) -> np.ndarray:
        """(count,) float32 samples from `start` on, at the model's rate; zeros outside of the morph.

        Parts equal the same parts of the whole within 1e-4, so a player may ask for any window at any place.

        Args:
            at: 0 is A, 1 is B; from -0.2 to 1.2.

        Raises:
            UsageError: `at` is out of range.
        """
        if not math.isfinite(at) or not LOWEST <= at <= HIGHEST:
            raise UsageError(
                _("A blend at {at} is not between {low} and {high}.").format(at=at, low=LOWEST, high=HIGHEST)
            )
        sound = np.zeros(count, np.float32)
        begin, end = max(start, 0), min(start + count, self.samples)
        if begin < end:
            sound[begin - start : end - start] = self._levelled(way, at, begin, end)
        return sound

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
        sound = np.empty(self.samples, np.float32)
        step = round(CHUNK_SECONDS * self.rate)
        for start in range(0, self.samples, step):
            if cancelled is not None and cancelled():
                raise Cancelled(_("Cancelled."))
            part = self.range(way, at, start, min(step, self.samples - start))
            sound[start : start + len(part)] = part
            if progress is not None:
                progress((start + len(part)) / self.samples)
        return sound

    def _levelled(self, way: Way, at: float, begin: int, end: int) -> np.ndarray:
        songs = self.songs
        start = begin // STEP * STEP - CONTEXT
        count = -(-(end + CONTEXT - start) // STEP) * STEP
        sound = way.render(songs, at, start, count)
        a, b = songs.sound("a", start, count), songs.sound("b", start, count)
        return limited(even(sound, a, b, at))[begin - start : end - start]
