"""Blind tests that were answered in Compare, on the study's songs or its models; read anew for every report."""

from __future__ import annotations

from typing import Any

from core.i18n import _
from core.listening import Heard, ListeningLog
from core.listening_scores import abx_scores, pair_scores, rank_scores
from core.study.study import Study

NAME = "listening"
FRESH = True
"""People listen when the study is done: the report that is written again has their answers."""


def title() -> str:
    return _("Blind tests")


def run(study: Study) -> dict[str, Any]:
    """Keys: `abx`, `ranks`, `pairs`, `notes`, lists that are empty where nobody has listened."""
    models = {study.codec(name).hash for name in study.trained}
    found = ListeningLog(study.data).read().of({song["key"] for song in study.results["songs"]["songs"]}, models)
    return {
        "abx": [
            {
                **_size(each.sound),
                "right": each.right,
                "trials": each.trials,
                "songs": each.songs,
                "p": each.p,
                "sentence": each.sentence,
            }
            for each in abx_scores(found.abx)
        ],
        "ranks": [
            {**_size(each.sound), "rounds": each.rounds, "mean_rank": each.mean_rank, "first": each.first}
            for each in rank_scores(found.rankings)
        ],
        "pairs": [
            {
                "better": each.better.name,
                "worse": each.worse.name,
                "wins": each.wins,
                "rounds": each.rounds,
                "p": each.p,
            }
            for each in pair_scores(found.rankings)
        ],
        "notes": [
            {"song": each.place.song, "title": each.place.title, "start": each.place.start, **_size(each.sound)}
            | {"text": each.text, "at": each.at}
            for each in found.notes
        ],
    }


def _size(sound: Heard) -> dict[str, Any]:
    return {
        "name": sound.name,
        "floats_per_second": sound.floats_per_second if sound.model else None,
        "kbit_per_second": sound.kbit_per_second if sound.model else None,
    }
