"""Known factors: tempo, key and instruments read from latents by a linear probe."""

from __future__ import annotations

from typing import Any

from core.i18n import _
from core.study.folder import StudyFolder
from core.study.numbers import shown, with_interval
from core.study.report.document import Chapter, Grid


def chapter(document: dict[str, Any], folder: StudyFolder) -> Chapter:
    made = Chapter(_("Known factors"))
    stage = document["stages"].get("factors")
    if not stage:
        return made
    made.say(stage["note"])
    rows = stage["rows"]
    if not rows:
        return made
    factors = {each["name"]: each for each in next(iter(rows.values()))}
    header = [_("factor"), _("measure"), *rows, _("chance"), _("from the style alone")]
    lines = []
    for name, facts in factors.items():
        cells = [
            with_interval(next((each["probe"] for each in found if each["name"] == name), None), 2)
            for found in rows.values()
        ]
        lines.append((name, facts["measure"], *cells, shown(facts["chance"], 2), shown(facts["style"], 2)))
    made.add(
        Grid(
            "factors",
            header,
            lines,
            _(
                "What a linear probe reads from the latents' time statistics on {songs} songs whose facts are known: "
                "R² of the tempo's logarithm, accuracy of the key, balanced accuracy of mode and instruments."
            ).format(songs=stage["songs"]),
        )
    )
    return made
