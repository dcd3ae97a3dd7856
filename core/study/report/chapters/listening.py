"""Blind tests: what was told by ear, what was liked, what was noted."""

from __future__ import annotations

from typing import Any

from core.i18n import _
from core.listening_scores import p_words
from core.study.folder import StudyFolder
from core.study.numbers import shown
from core.study.report.document import Chapter, Grid


def chapter(document: dict[str, Any], folder: StudyFolder) -> Chapter:
    made = Chapter(_("Blind tests"))
    stage = document["stages"].get("listening")
    if not stage:
        return made
    if not (stage["abx"] or stage["ranks"] or stage["notes"]):
        made.say(
            _(
                "Nobody has listened yet: the Compare panel has a blind test, and answers on these songs or models "
                "stand here when the report is written again: by the round arrow over it in Study, or by --resume."
            )
        )
        return made
    if stage["abx"]:
        made.add(_abx(stage["abx"]))
        made.say(*(each["sentence"] for each in stage["abx"]))
    if stage["ranks"]:
        made.add(_ranks(stage["ranks"]))
    if stage["pairs"]:
        made.add(_pairs(stage["pairs"]))
    if stage["notes"]:
        made.add(_notes(stage["notes"]))
    return made


def _abx(rows: list[dict[str, Any]]) -> Grid:
    return Grid(
        "abx",
        (_("size"), _("kbit/s"), _("songs"), _("trials"), _("right"), "p"),
        [
            (
                row["name"],
                shown(row["kbit_per_second"], 1),
                str(row["songs"]),
                str(row["trials"]),
                str(row["right"]),
                p_words(row["p"]),
            )
            for row in rows
        ],
        _("ABX: how often the listener told which of two hidden, equally loud sounds X was; p by the binomial test."),
    )


def _ranks(rows: list[dict[str, Any]]) -> Grid:
    return Grid(
        "ranks",
        (_("size"), _("kbit/s"), _("rankings"), _("mean rank"), _("put first")),
        [
            (
                row["name"],
                shown(row["kbit_per_second"], 1),
                str(row["rounds"]),
                shown(row["mean_rank"], 2),
                str(row["first"]),
            )
            for row in rows
        ],
        _("Hidden sounds put in order by ear, the original among them; 1 is the best."),
    )


def _pairs(rows: list[dict[str, Any]]) -> Grid:
    return Grid(
        "preferences",
        (_("preferred"), _("to"), _("times"), _("of"), "p"),
        [(row["better"], row["worse"], str(row["wins"]), str(row["rounds"]), p_words(row["p"])) for row in rows],
        _("Of two sizes in one ranking, which was put higher; p is two-sided, by the binomial test."),
    )


def _notes(rows: list[dict[str, Any]]) -> Grid:
    return Grid(
        "notes",
        (_("song"), _("size"), _("note")),
        [(row["title"], row["name"], row["text"]) for row in rows],
        _("What the listener wrote about a song at a size."),
    )
