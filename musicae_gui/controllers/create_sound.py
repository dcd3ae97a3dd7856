"""The sound of a creation: decoded while it plays, safe for ears, beside the song that it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.audio import Clip, read_clip
from core.creations.level import safe_range
from core.playback.loudness import loudness
from musicae_gui.controllers.compare_sound import CompareSource, LiveSide, Side

if TYPE_CHECKING:
    from core.creations.maker import Maker
    from core.latents.latent import Latent
    from core.latents.parts import Part
    from core.library import Song
    from musicae_gui.tasks import TaskContext

CREATION, SOURCE = "creation", "source"
"""The two sides of the A/B."""


class SafeSide(LiveSide):
    """A creation's latent as it is edited; what is decoded piece by piece is held within bounds, too."""

    def decode(self, start: int, count: int) -> np.ndarray:
        latent, clip = self._now
        if clip is not None:
            return clip.samples[0, start : start + count]
        return safe_range(self.codec, latent, start, count)


@dataclass(frozen=True)
class Heard:
    """All of a creation's sound."""

    latent: Latent
    clip: Clip
    loudness: float  # LUFS


def decode_whole(maker: Maker, latent: Latent, rest: float, context: TaskContext) -> Heard:
    """All of its sound, begun when `rest` seconds have gone by without a later one; for a worker."""
    context.rest(rest)
    clip = maker.clip(latent, progress=context.progress, cancelled=context.cancelled)
    return Heard(latent, clip, loudness(clip))


def read_source(song: Song, part: Part, context: TaskContext) -> Side:
    """The part of a song that a creation began with, as it is in the file; for a worker.

    Raises:
        AudioFileError: the file cannot be read.
    """
    clip = read_clip(song.path, start=part.start, seconds=part.seconds)
    context.check()
    return Side(SOURCE, clip, loudness(clip))


def ab_source(live: SafeSide, level: float, source: Side | None, rate: int) -> CompareSource:
    """What the player gets: the creation, and the song where it is there, equally loud."""
    made = CompareSource(Side(CREATION, live, level), rate)
    set_source(made, live, level, source)
    return made


def set_source(made: CompareSource, live: SafeSide, level: float, source: Side | None) -> None:
    """Another loudness, or another song beside it."""
    made.set_sides([Side(CREATION, live, level), *([source] if source is not None else [])])
