"""Train, validation and test, divided by song and never by clip, so that a model is judged on songs it never heard."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import UsageError
from core.i18n import _

WITHIN_SONG_TRAIN_SHARE = 0.8
"""Of a lone song, this first share trains and the rest validates."""


@dataclass(frozen=True)
class Split:
    """The songs of each part, by content key; `within_song` says that one song serves as train and validation."""

    train: tuple[str, ...]
    validation: tuple[str, ...]
    test: tuple[str, ...]
    within_song: bool = False

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready, for the run folder and the checkpoint."""
        return {
            "train": list(self.train),
            "validation": list(self.validation),
            "test": list(self.test),
            "within_song": self.within_song,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Split:
        train, validation, test = (tuple(str(key) for key in values[name]) for name in ("train", "validation", "test"))
        return cls(train, validation, test, within_song=bool(values.get("within_song", False)))


def split_songs(
    keys: Iterable[str],
    *,
    seed: int,
    groups: Mapping[str, str] | None = None,
    fractions: tuple[float, float, float] = (0.8, 0.1, 0.1),
) -> Split:
    """Divide songs by chance that depends on `seed` alone, not on the order of `keys`.

    Songs with the same non-empty group (an author, a set of near-duplicates) stay together. Validation is never
    empty; nor is training; test may be with fewer than three groups. A song's rank is a hash of (seed, group), so
    that a collection that grows keeps most songs in their part.

    Raises:
        UsageError: no song at all, or fractions that are not a division.
    """
    songs = sorted(set(keys))
    if not songs:
        raise UsageError(_("There is no song to train on; add some first."))
    if min(fractions) < 0 or fractions[0] <= 0 or abs(sum(fractions) - 1) > 1e-6:
        raise UsageError(
            _("The parts {fractions} do not divide the songs; they must add up to 1.").format(fractions=fractions)
        )
    if len(songs) == 1:
        return Split(train=(songs[0],), validation=(songs[0],), test=(), within_song=True)
    members = _grouped(songs, groups or {}, seed)
    if len(members) == 1:  # one author of all: better divided by song than not at all
        members = _grouped(songs, {}, seed)
    _train, validation, test = _dealt(members, len(songs), fractions)
    chosen = set(validation) | set(test)
    return Split(tuple(song for song in songs if song not in chosen), tuple(sorted(validation)), tuple(sorted(test)))


def _grouped(songs: list[str], groups: Mapping[str, str], seed: int) -> list[list[str]]:
    """The songs of each group, the groups in the order of their hashes."""
    members: dict[str, list[str]] = {}
    for song in songs:
        group = groups.get(song, "")
        members.setdefault(f"group {group}" if group else f"song {song}", []).append(song)
    ranks = {name: hashlib.sha256(f"{seed}\0{name}".encode()).digest() for name in members}
    return [members[name] for name in sorted(members, key=ranks.__getitem__)]


def _dealt(
    members: list[list[str]], songs: int, fractions: tuple[float, float, float]
) -> tuple[list[str], list[str], list[str]]:
    """Groups given to validation, then test, as far as each comes nearer to its share; train takes the rest.

    Small parts fill from the smallest-ranked groups that fit, so that one large author does not swallow the songs.
    """
    rest = list(members)
    parts: list[list[str]] = []
    for number, fraction in enumerate(fractions[1:]):
        wanted = max(round(fraction * songs), 1 if number == 0 or (fraction > 0 and len(members) >= 3) else 0)
        part: list[str] = []
        for group in list(rest):
            if len(rest) == 1 or len(part) >= wanted:
                break
            if len(part) + len(group) <= wanted:
                part += group
                rest.remove(group)
        if not part and wanted and len(rest) > 1:
            smallest = min(rest, key=len)
            part += smallest
            rest.remove(smallest)
        parts.append(part)
    return [song for group in rest for song in group], parts[0], parts[1]
