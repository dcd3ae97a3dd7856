"""Encoding the clips of many songs once, in the background: what it will cost, and then doing it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.audio import Clip
from core.errors import Cancelled, MusicaeError, UsageError
from core.i18n import _
from core.latents.clip_cache import CachedClips, ClipCache, half
from core.latents.collection import ClipGrid, CollectedSong, Collection
from core.latents.features import time_statistics
from core.latents.latent import Latent
from core.latents.model import Encoder

_HEADER_BYTES = 512


@dataclass(frozen=True)
class Plan:
    """What collecting will cost, said before it begins.

    Attributes:
        clips: clips in all; `missing` of them are not encoded yet.
        bytes: on the disk, those of the missing ones and of the others.
        seconds: time for the missing ones.
        fits: clips a song that the cache's budget holds, at least 1 where any fit; 0 where not even one does.
    """

    clips: int
    missing: int
    bytes: int
    seconds: float
    fits: int


@dataclass(frozen=True)
class Progress:
    done: int
    total: int
    seconds_left: float


def plan(songs: Sequence[CollectedSong], encoder: Encoder, cache: ClipCache, grid: ClipGrid) -> Plan:
    """Count the clips and time the encoding of one of them; nothing is written."""
    clips = missing = 0
    unknown: CollectedSong | None = None
    for song in songs:
        starts = grid.starts(song.stored)
        clips += len(starts)
        path = cache.path(song.key, encoder.hash, grid.samples(song.stored.rate))
        unknown_here = len(_missing(starts, _known(cache, path, encoder)))
        if unknown_here:
            unknown = unknown or song
            missing += unknown_here
    each = clip_bytes(encoder, grid)
    seconds = missing * _seconds_a_clip(unknown, encoder, grid) if unknown is not None else 0.0
    fits = (cache.budget - _HEADER_BYTES * len(songs)) // (each * len(songs)) if songs else 0
    return Plan(clips, missing, clips * each, seconds, max(0, fits))


def clip_bytes(encoder: Encoder, grid: ClipGrid) -> int:
    """What a clip takes on the disk: latent in half precision, statistics in single, its place."""
    channels = _channels(encoder)
    return channels * (2 * encoder.design.frames(grid.samples(encoder.rate)) + 12) + 8


def collect(
    songs: Sequence[CollectedSong],
    encoder: Encoder,
    cache: ClipCache,
    grid: ClipGrid | None = None,
    *,
    progress: Callable[[Progress], object] = lambda progress: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Collection:
    """Encode what is not in the cache yet, a song at a time; a song that fails costs itself and a line in `problems`.

    Raises:
        UsageError: the clips would not fit into the cache's budget.
        LibraryError: the cache cannot be written.
        Cancelled: `cancelled` said so; the songs encoded until then stay in the cache.
    """
    grid = grid or ClipGrid()
    wanted = {song.key: (song, grid.starts(song.stored)) for song in songs}
    _check_budget([len(starts) for _song, starts in wanted.values()], encoder, cache, grid)
    files = {key: cache.path(key, encoder.hash, grid.samples(song.stored.rate)) for key, (song, _s) in wanted.items()}
    keep = set(files.values())
    problems: list[tuple[str, str]] = []
    good: list[str] = []
    clock = _Clock(sum(len(starts) for _song, starts in wanted.values()), progress)
    for key, (song, starts) in wanted.items():
        if cancelled():
            raise Cancelled(_("Cancelled."))
        if not len(starts):
            continue
        known = _known(cache, files[key], encoder)
        missing = _missing(starts, known)
        clock.found(len(starts) - len(missing))
        good.append(key)
        if not len(missing):
            cache.used(files[key])
            continue
        try:
            clips = _encoded(song, encoder, grid, missing, clock, cancelled)
        except Cancelled:
            raise
        except MusicaeError as error:
            problems.append((song.title, error.sentence))
            good.pop()
            continue
        cache.make_room(len(missing) * clip_bytes(encoder, grid) + _HEADER_BYTES, keep)
        cache.write(files[key], _merged(known, clips))
    chosen = [wanted[key] for key in good]
    return Collection(
        [song for song, _starts in chosen],
        [files[key] for key in good],
        [starts for _song, starts in chosen],
        encoder,
        cache,
        problems,
    )


class _Clock:
    """Progress in clips, and the time left by the speed so far of those that had to be encoded."""

    def __init__(self, total: int, progress: Callable[[Progress], object]) -> None:
        self._total, self._progress = total, progress
        self._done = self._encoded = 0
        self._start = time.monotonic()
        self._spent = 0.0

    def found(self, clips: int) -> None:
        self._start = time.monotonic()
        if clips:
            self._done += clips
            self._tell()

    def encoded(self) -> None:
        self._done += 1
        self._encoded += 1
        now = time.monotonic()
        self._spent += now - self._start
        self._start = now
        self._tell()

    def _tell(self) -> None:
        each = self._spent / self._encoded if self._encoded else 0.0
        self._progress(Progress(self._done, self._total, each * (self._total - self._done)))


def _encoded(
    song: CollectedSong,
    encoder: Encoder,
    grid: ClipGrid,
    starts: np.ndarray,
    clock: _Clock,
    cancelled: Callable[[], bool],
) -> CachedClips:
    latents: list[np.ndarray] = []
    statistics: list[np.ndarray] = []
    samples = 0
    for latent in _latents(song, encoder, grid, starts, cancelled):
        latents.append(half(latent.values))
        statistics.append(time_statistics(latent))
        samples = latent.samples
        clock.encoded()
    return CachedClips(np.stack(latents), np.stack(statistics), starts, samples)


def _latents(
    song: CollectedSong, encoder: Encoder, grid: ClipGrid, starts: np.ndarray, cancelled: Callable[[], bool]
) -> Iterator[Latent]:
    length = grid.samples(song.stored.rate)
    for start in starts:
        if cancelled():
            raise Cancelled(_("Cancelled."))
        clip = Clip(song.stored.read(int(start), length), song.stored.rate)
        yield encoder.encode(clip, channels=_channels(encoder))


def _channels(encoder: Encoder) -> int:
    """All of a nested model's channels are kept, so that its smaller sizes need no encoding of their own."""
    return encoder.design.channels if encoder.design.nested else encoder.channels


def _seconds_a_clip(song: CollectedSong, encoder: Encoder, grid: ClipGrid) -> float:
    """Measured on the song's first clip, at the second time: the first one loads libraries."""
    starts = grid.starts(song.stored)[:1]
    for _warming in _latents(song, encoder, grid, starts, lambda: False):
        pass
    begin = time.monotonic()
    for _timed in _latents(song, encoder, grid, starts, lambda: False):
        pass
    return time.monotonic() - begin


def _known(cache: ClipCache, path: Path, encoder: Encoder) -> CachedClips | None:
    """What the cache has of a song with as many channels as are wanted."""
    clips = cache.read(path)
    return clips if clips is not None and clips.latent.shape[1] >= encoder.channels else None


def _missing(starts: np.ndarray, known: CachedClips | None) -> np.ndarray:
    return starts if known is None else starts[~np.isin(starts, known.starts)]


def _merged(known: CachedClips | None, clips: CachedClips) -> CachedClips:
    """Both, in the order of their starts: another collection may still need what was known."""
    if known is None or known.latent.shape[1:] != clips.latent.shape[1:]:
        return clips
    order = np.argsort(np.concatenate([known.starts, clips.starts]), kind="stable")
    latent, statistics, starts = (
        np.concatenate([getattr(known, name), getattr(clips, name)])[order]
        for name in ("latent", "statistics", "starts")
    )
    return CachedClips(latent, statistics, starts, clips.samples)


def _check_budget(counts: Sequence[int], encoder: Encoder, cache: ClipCache, grid: ClipGrid) -> None:
    needed = sum(counts) * clip_bytes(encoder, grid) + len(counts) * _HEADER_BYTES
    if needed > cache.budget:
        raise UsageError(
            _(
                "The latents of {clips} clips need {needed} MB, but only {budget} MB are set aside for them. "
                "Take fewer clips a song, or allow more."
            ).format(clips=sum(counts), needed=-(-needed // 10**6), budget=cache.budget // 10**6)
        )
