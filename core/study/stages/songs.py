"""Songs: what is wrong with the collection, and a division in which nobody is on both sides."""

from __future__ import annotations

from collections import Counter
from typing import Any

from core.data.audit import Audit, Copy, audit
from core.data.fingerprint import find_duplicates, stored_fingerprint
from core.data.groups import Groups, song_groups
from core.data.splits import Split, split_songs
from core.data.store import StoredSong
from core.errors import UsageError
from core.i18n import _, ngettext
from core.study.study import FRACTIONS, Study
from core.training.crops import TrainingSong

NAME = "songs"
LARGEST_AUTHOR = 0.4
"""An author of so many of the songs is divided by song: hardly anything would remain to test on."""
LEAST_SONGS = 3


def title() -> str:
    return _("Songs")


def run(study: Study) -> dict[str, Any]:
    """Keys: `songs`, `genres`, `audit`, `split`, `groups`, `notes`."""
    if not (study.config.folder or study.config.library):
        _compose(study)
    songs = study.songs
    if len(songs) < LEAST_SONGS:
        raise UsageError(
            _("A study needs {least} songs at least; {count} can be read.").format(least=LEAST_SONGS, count=len(songs))
        )
    same = _same_sounds(study, songs)
    faults = audit(songs, problems=study.found.problems, copies=study.found.duplicates, duplicates=same)
    groups = song_groups(songs, duplicates=same, largest_author=LARGEST_AUTHOR)
    split, notes = _divided(study, songs, groups)
    parts = {key: part for part in ("train", "validation", "test") for key in getattr(split, part)}
    return {
        "songs": [
            {
                "key": song.key,
                "title": song.title,
                "author": song.author,
                "genre": song.genre,
                "path": song.path,
                "seconds": song.stored.frames / study.store.rate,
                "part": parts.get(song.key, ""),
            }
            for song in songs
        ],
        "genres": dict(sorted(Counter(song.genre for song in songs).items())),
        "audit": _plain(faults),
        "split": split.to_dict(),
        "groups": groups.of,
        "group_count": groups.count,
        "notes": [*groups.notes, *notes],
    }


def _compose(study: Study) -> None:
    from core.demo import write_demo

    folder = study.folder.path / "songs"

    def on_progress(done: int, total: int, path: object) -> None:
        study.check()
        study.progress(done / total, _("composing demo songs"))

    def make() -> dict[str, Any]:
        files = write_demo(folder, per_style=study.config.demo_songs, seed=study.config.seed, on_progress=on_progress)
        return {"files": len(files)}

    study.part(NAME, "demo", make)


def _same_sounds(study: Study, songs: list[TrainingSong]) -> list[tuple[str, ...]]:
    prints = {}
    for number, song in enumerate(songs):
        study.check()
        study.progress(number / len(songs), _("listening for repeated songs"))
        assert isinstance(song.stored, StoredSong)
        prints[song.key] = stored_fingerprint(song.stored)
    return find_duplicates(prints, cancelled=study.stopping)


def _divided(study: Study, songs: list[TrainingSong], groups: Groups) -> tuple[Split, list[str]]:
    written = study.written_split()
    if written is None:
        keys = [song.key for song in songs]
        return split_songs(keys, seed=study.config.seed, groups=groups.of, fractions=FRACTIONS), []
    split, notes = written
    divided = groups.divided_by(split)
    more = (
        [
            ngettext(
                "The list divides {count} group of songs that belong together.",
                "The list divides {count} groups of songs that belong together.",
                len(divided),
            ).format(count=len(divided))
        ]
        if divided
        else []
    )
    return split, [*notes, *more]


def _plain(faults: Audit) -> dict[str, Any]:
    return {
        "broken": [{"path": path, "reason": sentence} for path, sentence in faults.broken],
        "repeated": [_copies(copies) for copies in faults.repeated],
        "conflicting": [_copies(copies) for copies in faults.conflicting],
        "few": faults.few,
        "faulty": sorted(faults.faulty),
    }


def _copies(copies: tuple[Copy, ...]) -> list[dict[str, str]]:
    return [{"key": copy.key, "path": str(copy.path), "genre": copy.genre} for copy in copies]
