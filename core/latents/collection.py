"""`Collection`: the clips of many songs as rows of latents that stay on the disk; `core.latents.collect` makes it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from core.errors import LibraryError, UsageError
from core.i18n import _
from core.latents.clip_cache import CachedClips, ClipCache
from core.latents.latent import Latent
from core.latents.model import Encoder

LATENT, STATISTICS = "latent", "statistics"
REPRESENTATIONS = (LATENT, STATISTICS)
_MOST_OPEN_MAPS = 64  # each holds file descriptors


class StoredSamples(Protocol):
    """Decoded mono samples: `core.data.StoredSong`."""

    @property
    def rate(self) -> int: ...
    @property
    def frames(self) -> int: ...
    def read(self, start: int, count: int) -> np.ndarray: ...


class CollectedSong(Protocol):
    """A song to take clips from; `core.training.crops.TrainingSong` is one."""

    @property
    def key(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def author(self) -> str: ...
    @property
    def genre(self) -> str: ...
    @property
    def stored(self) -> StoredSamples: ...


@dataclass(frozen=True)
class ClipGrid:
    """Which clips of a song are taken: one after the other, or `per_song` of those, evenly spread (0 takes all).

    What is left at a song's end is dropped; a song shorter than a clip gives one, continued by silence.
    """

    seconds: float = 5.0
    per_song: int = 0

    def samples(self, rate: int) -> int:
        return max(1, round(self.seconds * rate))

    def starts(self, song: StoredSamples) -> np.ndarray:
        """(clips,) the first sample of each clip."""
        length = self.samples(song.rate)
        count = max(1, song.frames // length) if song.frames else 0
        if self.per_song and count > self.per_song:
            chosen = (np.arange(self.per_song) + 0.5) * count / self.per_song
            return chosen.astype(np.int64) * length
        return np.arange(count, dtype=np.int64) * length


class Collection:
    """Clips in rows, in the order of the songs; the numbers stay on the disk.

    Attributes:
        songs: those that gave clips.
        song: (clips,) each clip's index in `songs`.
        starts: (clips,) its first sample at the song's stored rate; `seconds` the same in seconds.
        problems: (title, sentence) of each song that could not be encoded.
    """

    def __init__(
        self,
        songs: Sequence[CollectedSong],
        files: Sequence[Path],
        starts: Sequence[np.ndarray],
        encoder: Encoder,
        cache: ClipCache,
        problems: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.songs = list(songs)
        self.problems = list(problems)
        self.model, self.channels = encoder.hash, encoder.channels
        counts = [len(each) for each in starts]
        self.song = np.repeat(np.arange(len(songs), dtype=np.int32), counts)
        self.starts = np.concatenate([np.zeros(0, np.int64), *starts])
        rates = np.array([song.stored.rate for song in songs], float)
        self.seconds = self.starts / rates[self.song] if len(songs) else np.zeros(0)
        self._cache, self._files = cache, list(files)
        self._maps: OrderedDict[int, CachedClips] = OrderedDict()

    def __len__(self) -> int:
        return len(self.song)

    @property
    def genres(self) -> np.ndarray:
        """(clips,) text: the genre of each clip's song."""
        return self._labels([song.genre for song in self.songs])

    @property
    def keys(self) -> np.ndarray:
        """(clips,) text: the content key of each clip's song."""
        return self._labels([song.key for song in self.songs])

    def features(self, representation: str = LATENT) -> CollectionFeatures:
        """The clips' flattened latents, or their statistics over time.

        Raises:
            UsageError: another representation.
        """
        if representation not in REPRESENTATIONS:
            raise UsageError(
                _("There is no representation {name!r}; choose one of {choices}.").format(
                    name=representation, choices=", ".join(REPRESENTATIONS)
                )
            )
        return CollectionFeatures(self, representation)

    def latent(self, row: int) -> Latent:
        """The latent of one clip, to decode or to edit."""
        clips = self._clips(int(self.song[row]))
        (place,) = _places(clips, self.starts[row : row + 1])
        return Latent(clips.latent[place, : self.channels].astype(np.float32), self.model, clips.samples)

    def latent_at(self, place: np.ndarray) -> Latent:
        """The latent that is flattened in `place` (width,), such as a point of a map (`Projection.place`), to decode.

        Raises:
            UsageError: it is not as long as this collection's flattened latents.
        """
        if not len(self) or place.shape != (self.width(LATENT),):
            raise UsageError(_("That place is not one among these clips' latents."))
        return Latent(place.reshape(self.channels, -1), self.model, self._clips(0).samples)

    def take(self, rows: np.ndarray, representation: str) -> np.ndarray:
        """(len(rows), width) float32; every song's file is opened once."""
        rows = np.asarray(rows, np.int64)
        values = np.empty((len(rows), self.width(representation)), np.float32)
        songs = self.song[rows]
        order = np.argsort(songs, kind="stable")
        for chosen in np.split(order, np.flatnonzero(np.diff(songs[order])) + 1) if len(rows) else ():
            clips = self._clips(int(songs[chosen[0]]))
            places = _places(clips, self.starts[rows[chosen]])
            if representation == LATENT:
                part = clips.latent[places][:, : self.channels]
            else:
                part = clips.statistics[places].reshape(len(places), 3, -1)[:, :, : self.channels]
            values[chosen] = part.reshape(len(places), -1)
        return values

    def width(self, representation: str) -> int:
        if not len(self):
            return 0
        frames = self._clips(0).latent.shape[2]
        return self.channels * (frames if representation == LATENT else 3)

    def _labels(self, names: list[str]) -> np.ndarray:
        return np.array(names, dtype=np.str_)[self.song] if names else np.zeros(0, np.str_)

    def _clips(self, song: int) -> CachedClips:
        if song not in self._maps:
            clips = self._cache.read(self._files[song])
            wanted = self.starts[np.searchsorted(self.song, song) : np.searchsorted(self.song, song, "right")]
            if clips is None or clips.latent.shape[1] < self.channels or not np.isin(wanted, clips.starts).all():
                raise LibraryError(
                    _("The latents of {title} are no longer on the disk; collect the clips again.").format(
                        title=self.songs[song].title
                    ),
                    path=self._files[song],
                )
            self._maps[song] = clips
            while len(self._maps) > _MOST_OPEN_MAPS:
                self._maps.popitem(last=False)
        self._maps.move_to_end(song)
        return self._maps[song]


class CollectionFeatures:
    """One representation of a collection's clips, as `core.latents.features.Features`."""

    def __init__(self, collection: Collection, representation: str) -> None:
        self._collection = collection
        self.representation = representation
        self.width = collection.width(representation)

    def __len__(self) -> int:
        return len(self._collection)

    def take(self, rows: np.ndarray) -> np.ndarray:
        return self._collection.take(rows, self.representation)


def _places(clips: CachedClips, starts: np.ndarray) -> np.ndarray:
    """Where clips with those starts are in a song's file, which may hold others besides; its starts are sorted."""
    return np.searchsorted(clips.starts, starts)
