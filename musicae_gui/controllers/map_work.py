"""From songs to a map, for a worker thread: decode, estimate, encode what is missing, find the components. No Qt.

A map may hold days of music, and moves little where a latent is a little better: it is encoded in one pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.i18n import _
from core.latents.clip_cache import ClipCache
from core.latents.collect import Plan, Progress, collect, plan
from core.latents.collection import ClipGrid, Collection
from core.latents.map_chart import Chart, make_chart
from core.training.crops import TrainingSong
from core.training.songs import songs_from_library

if TYPE_CHECKING:
    from core.library import Library
    from core.models.codec import Codec
    from musicae_gui.tasks import TaskContext

CLIP_SECONDS = 5.0
FOLDER = "latents"  # within the data folder
_ENCODING = 0.9  # its share of the progress; the rest is for the components


@dataclass(frozen=True)
class Work:
    """What has to be done for a map, and what it costs.

    `cost` is for all clips of every song; `per_song` is how many of them are taken, 0 for all: as many as fit into the
    disk's budget.
    """

    codec: Codec
    songs: list[TrainingSong]
    cost: Plan
    per_song: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def grid(self) -> ClipGrid:
        return ClipGrid(CLIP_SECONDS, self.per_song)


def clip_cache(data_dir: Path) -> ClipCache:
    return ClipCache(data_dir / FOLDER)


def prepare(library: Library, keys: Sequence[str], codec: Codec, cache: ClipCache, context: TaskContext) -> Work:
    """The songs that can be read, decoded once, and what encoding them takes.

    Raises:
        Cancelled: the task is no longer wanted.
    """
    chosen = [song for key in keys if (song := library.song(key)) is not None and song.state == "ready"]
    found = songs_from_library(
        chosen,
        library.samples(codec.rate),
        on_song=lambda path, done, total: context.progress(done / total, _("Reading {song}…").format(song=path.stem)),
        cancelled=context.cancelled,
    )
    context.check()
    songs: Any = found.songs
    cost = plan(songs, codec.in_one_pass, cache, ClipGrid(CLIP_SECONDS))
    fits = cost.bytes <= cache.budget
    problems = [sentence for _path, sentence in found.problems]
    return Work(codec, found.songs, cost, 0 if fits else max(1, cost.fits), problems)


def encode(work: Work, cache: ClipCache, context: TaskContext) -> Collection:
    """The clips of all songs; those that were encoded before are not encoded again.

    Raises:
        UsageError: not even one clip of every song fits into the budget.
        Cancelled: the task is no longer wanted; what was encoded is kept.
    """

    def tell(progress: Progress) -> None:
        words = _("Encoding clip {done} of {total}").format(done=f"{progress.done:,}", total=f"{progress.total:,}")
        if progress.seconds_left >= 1:
            words += " · " + _("{time} left").format(time=duration(progress.seconds_left))
        context.progress(_ENCODING * progress.done / max(progress.total, 1), words)

    songs: Any = work.songs
    return collect(songs, work.codec.in_one_pass, cache, work.grid, progress=tell, cancelled=context.cancelled)


def chart_of(collection: Collection, representation: str, context: TaskContext) -> Chart:
    """The chart of encoded clips.

    Raises:
        UsageError: fewer than two clips.
        Cancelled: the task is no longer wanted.
    """
    words = _("Finding the main directions…")
    context.progress(_ENCODING, words)
    return make_chart(
        collection,
        representation,
        progress=lambda share: context.progress(_ENCODING + (1 - _ENCODING) * share, words),
        cancelled=context.cancelled,
    )


def duration(seconds: float) -> str:
    """A length of time in words: "40 s", "12 min", "3 h"."""
    if seconds < 90:
        return _("{n} s").format(n=max(1, round(seconds)))
    if seconds < 5400:
        return _("{n} min").format(n=round(seconds / 60))
    return _("{n} h").format(n=round(seconds / 3600))


def size(amount: float) -> str:
    """Bytes in words."""
    if amount < 1e6:
        return _("{n} kB").format(n=max(1, round(amount / 1e3)))
    return _("{n} MB").format(n=round(amount / 1e6)) if amount < 1e9 else _("{n} GB").format(n=f"{amount / 1e9:.1f}")
