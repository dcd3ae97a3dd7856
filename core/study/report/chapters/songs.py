"""Songs: how many of what, what is wrong with them, and who is on which side."""

from __future__ import annotations

from collections import Counter
from typing import Any

from core.i18n import _, ngettext
from core.study.folder import StudyFolder
from core.study.report.document import Chapter, Grid

SHOWN = 40


def chapter(document: dict[str, Any], folder: StudyFolder) -> Chapter:
    made = Chapter(_("Songs"))
    stage = document["stages"].get("songs")
    if not stage:
        return made
    songs = stage["songs"]
    parts = Counter((song["genre"], song["part"]) for song in songs)
    made.say(
        ngettext(
            "{n} song in {groups} groups that no division parts, {minutes:.1f} minutes in all.",
            "{n} songs in {groups} groups that no division parts, {minutes:.1f} minutes in all.",
            len(songs),
        ).format(n=len(songs), minutes=sum(song["seconds"] for song in songs) / 60, groups=stage["group_count"]),
        *stage["notes"],
    )
    made.add(
        Grid(
            "genres",
            (_("genre"), _("songs"), _("train"), _("validation"), _("test")),
            [
                (genre or _("none"), str(count), *(str(parts[genre, part]) for part in ("train", "validation", "test")))
                for genre, count in stage["genres"].items()
            ],
            _(
                "Songs of each genre that models learn from, are watched on and are tested on; near-duplicates stay on "
                "one side, and so do the songs of an author who has not made too many of them."
            ),
        )
    )
    faults = _faults(stage["audit"])
    if faults:
        made.add(
            Grid(
                "faults",
                (_("what"), _("file"), _("why")),
                faults[:SHOWN],
                _("Files that are broken, repeated, or under two genres at once."),
            )
        )
    else:
        made.say(_("No file is broken, repeated or under two genres at once."))
    if stage["audit"]["few"]:
        listed = ", ".join(f"{genre} ({count})" for genre, count in stage["audit"]["few"].items())
        made.say(_("Left out of supervised scores, with fewer than six songs: {genres}.").format(genres=listed))
    return made


def _faults(audit: dict[str, Any]) -> list[tuple[str, str, str]]:
    rows = [(_("broken"), each["path"], each["reason"]) for each in audit["broken"]]
    for word, sets in ((_("repeated"), audit["repeated"]), (_("conflicting"), audit["conflicting"])):
        for copies in sets:
            first = copies[0]
            rows += [
                (word, copy["path"], _("the same sound as {path}").format(path=first["path"])) for copy in copies[1:]
            ]
    return rows
