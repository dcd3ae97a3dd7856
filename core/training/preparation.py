"""From a list of songs to what is trained and validated on, and to what `config.json` says about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.audio.silence import SILENCE_PEAK
from core.data.groups import song_groups
from core.data.splits import WITHIN_SONG_TRAIN_SHARE, Split, split_songs
from core.errors import TrainingError
from core.i18n import _, ngettext
from core.training.crops import Region, TrainingSong

_NAMED = 8  # songs named in one sentence at most


@dataclass(frozen=True)
class Material:
    """The songs in use, divided."""

    songs: dict[str, TrainingSong]
    split: Split

    @property
    def train(self) -> list[Region]:
        return self._regions(self.split.train, 0.0, WITHIN_SONG_TRAIN_SHARE)

    @property
    def validation(self) -> list[Region]:
        return self._regions(self.split.validation, WITHIN_SONG_TRAIN_SHARE, 1.0)

    def _regions(self, keys: Sequence[str], first: float, last: float) -> list[Region]:
        """Whole songs, or that share of the only one."""
        if not self.split.within_song:
            first, last = 0.0, 1.0
        regions = []
        for key in keys:
            song = self.songs[key]
            start, stop = round(first * song.stored.frames), round(last * song.stored.frames)
            if stop == start:  # a song of a few samples cannot be divided
                start, stop = 0, song.stored.frames
            regions.append(Region(song, start, stop))
        return regions


def prepare(
    songs: Sequence[TrainingSong],
    *,
    seed: int,
    rate: int,
    stored: Mapping[str, Any],
    warn: Callable[[str], None],
) -> Material:
    """Leave out what cannot be learned from, and divide the rest; `stored` is the `config.json` of a resumed run.

    A resumed run keeps its division; songs it does not know are left out, and missing ones are named.

    Raises:
        TrainingError: no song is left, or a song is stored at another rate.
    """
    usable = _usable(songs, warn)
    for song in usable.values():
        song_rate = getattr(song.stored, "rate", rate)
        if song_rate != rate:
            raise TrainingError(
                _("The song {title} is stored at {song_rate} Hz, but the model works at {rate} Hz.").format(
                    title=song.title, song_rate=song_rate, rate=rate
                )
            )
    if stored.get("split"):
        return Material(usable, _known(Split.from_dict(stored["split"]), usable, stored, warn))
    return Material(usable, split_songs(usable, seed=seed, groups=song_groups(usable.values()).of))


def song_entries(material: Material) -> list[dict[str, str]]:
    """The songs as `config.json` and the checkpoint list them."""
    return [
        {"key": song.key, "title": song.title, "author": song.author, "genre": song.genre, "path": song.path}
        for song in material.songs.values()
    ]


def _usable(songs: Sequence[TrainingSong], warn: Callable[[str], None]) -> dict[str, TrainingSong]:
    if not songs:
        raise TrainingError(_("There is no song to train on; add some first."))
    silent = [song for song in songs if not song.stored.frames or song.stored.peak <= SILENCE_PEAK]
    usable = {song.key: song for song in songs if song.stored.frames and song.stored.peak > SILENCE_PEAK}
    if silent and not usable:
        raise TrainingError(
            _("There is nothing to learn from: {songs} hold only silence. Add songs with sound.").format(
                songs=_names([song.title for song in silent])
            )
        )
    if silent:
        warn(
            ngettext(
                "This song holds only silence and is left out: {songs}.",
                "These songs hold only silence and are left out: {songs}.",
                len(silent),
            ).format(songs=_names([song.title for song in silent]))
        )
    return usable


def _known(
    split: Split, songs: Mapping[str, TrainingSong], stored: Mapping[str, Any], warn: Callable[[str], None]
) -> Split:
    wanted = [*split.train, *split.validation]
    missing = [key for key in wanted if key not in songs]
    if missing:
        titles = {str(entry.get("key")): str(entry.get("title")) for entry in stored.get("songs") or []}
        names = _names([titles.get(key, key[:12]) for key in missing])
        if not any(key in songs for key in split.train) or not any(key in songs for key in split.validation):
            raise TrainingError(
                _("The run cannot go on without its songs {songs}; give them again.").format(songs=names)
            )
        warn(_("The run goes on without songs that it had before: {songs}.").format(songs=names))
    unknown = [song.title for key, song in songs.items() if key not in {*wanted, *split.test}]
    if unknown:
        warn(_("New songs do not take part in a resumed run: {songs}.").format(songs=_names(unknown)))
    return Split(
        tuple(key for key in split.train if key in songs),
        tuple(key for key in split.validation if key in songs),
        split.test,
        split.within_song,
    )


def _names(titles: Sequence[str]) -> str:
    shown = ", ".join(titles[:_NAMED])
    more = len(titles) - _NAMED
    return shown if more <= 0 else _("{songs} and {count} more").format(songs=shown, count=more)
