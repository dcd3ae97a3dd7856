"""What the blind tests so far say, as rows of a table. No widgets, no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.listening import Heard, Listening, ListeningLog
from core.listening_scores import abx_scores, p_words, rank_scores
from musicae_gui.controllers.model_choices import size_text


@dataclass(frozen=True)
class ResultRow:
    """A size: `title` and `detail` name it, the rest are cells, empty where nothing was answered."""

    title: str
    detail: str
    told: str
    p: str
    rank: str
    note: str


@dataclass(frozen=True)
class Results:
    """All sizes that were ever heard, and a sentence for each that was heard in ABX."""

    rows: Sequence[ResultRow] = ()
    sentences: Sequence[str] = ()


def read_results(log: ListeningLog, song: str) -> Results:
    """Everything in the log, over all songs; the notes are those on `song`."""
    listening = log.read()
    told = {score.sound.key: score for score in abx_scores(listening.abx)}
    ranks = {score.sound.key: score for score in rank_scores(listening.rankings)}
    rows = []
    for sound in _sounds(listening):
        abx, rank = told.get(sound.key), ranks.get(sound.key)
        rows.append(
            ResultRow(
                sound.name,
                size_text(sound.floats_per_second, sound.bits) if sound.model else "",
                f"{abx.right} / {abx.trials}" if abx else "",
                p_words(abx.p) if abx else "",
                f"{rank.mean_rank:.1f} ({rank.rounds})" if rank else "",
                listening.note(song, sound),
            )
        )
    return Results(rows, [score.sentence for score in told.values()])


def _sounds(listening: Listening) -> list[Heard]:
    """The original first, then the largest size, each by its last name."""
    every = [each.sound for each in listening.abx] + [sound for each in listening.rankings for sound in each.order]
    known = {sound.key: sound for sound in every}
    return sorted(known.values(), key=lambda sound: (bool(sound.model), -sound.kbit_per_second, sound.name))
