"""Which clips train and which test, so that nothing of a tested song was heard before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.data.audit import LEAST_SONGS, few_songs
from core.errors import UsageError
from core.i18n import _, ngettext

FOLDS = 5


@dataclass(frozen=True)
class Fold:
    """Row numbers of the clips that train and of those that test."""

    train: np.ndarray
    test: np.ndarray


@dataclass(frozen=True)
class Scored:
    """The clips that a supervised score can use, and a sentence on the genres that it leaves out ("" for none)."""

    rows: np.ndarray
    left_out: dict[str, int]
    note: str


def scored_clips(genres: np.ndarray, songs: np.ndarray, *, least: int = LEAST_SONGS) -> Scored:
    """The clips of genres with `least` songs at least.

    Args:
        genres, songs: (clips,) the genre ("" for unknown) and the song of each clip.

    Raises:
        UsageError: fewer than two genres are left.
    """
    _names, first = np.unique(songs, return_index=True)
    few = few_songs([str(genre) for genre in genres[first]], least)
    used = ~np.isin(genres, ["", *few])
    if len(np.unique(genres[used])) < 2:
        raise UsageError(
            _("Genres can be told apart only where two of them have {least} songs at least.").format(least=least)
        )
    note = ""
    if few:
        note = ngettext(
            "One genre with fewer than {least} songs is left out: {genres}.",
            "{n} genres with fewer than {least} songs are left out: {genres}.",
            len(few),
        ).format(n=len(few), least=least, genres=", ".join(f"{genre} ({count})" for genre, count in few.items()))
    return Scored(np.flatnonzero(used), few, note)


def make_folds(
    labels: np.ndarray, groups: np.ndarray, *, folds: int = FOLDS, seeds: Sequence[int] = (0,)
) -> list[Fold]:
    """`folds` divisions for each seed; every clip is tested once a seed, and genres are spread evenly.

    Args:
        labels: (clips,) what is to be told; groups: (clips,) what must not be divided (`group_of_clips`).

    Raises:
        UsageError: fewer than two groups.
    """
    count = min(folds, len(np.unique(groups)))
    if count < 2:
        raise UsageError(_("All these clips belong together; there is nothing to test on."))
    from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

    made = []
    # Sklearn balances classes only where each has a clip a fold; otherwise groups alone decide.
    even = min(np.unique(labels, return_counts=True)[1]) >= count
    for seed in seeds:
        if even:
            splitter = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
        else:
            splitter = GroupKFold(count, shuffle=True, random_state=seed)
        made += [Fold(train, test) for train, test in splitter.split(np.zeros(len(labels)), labels, groups)]
    return made


def group_of_clips(keys: np.ndarray, groups: Mapping[str, str]) -> np.ndarray:
    """(clips,) the group of each clip's song (`core.data.song_groups(...).of`); a song without one is its own."""
    return np.array([groups.get(str(key), str(key)) for key in keys], dtype=np.str_)
