"""Known factors: tempo, key and instruments read from latents by a linear probe."""

from __future__ import annotations

from typing import Any

from core.i18n import _, marked
from core.study.folder import StudyFolder
from core.study.numbers import shown
from core.study.report.document import Chapter, Grid

MEASURES = {"r2": marked("R²"), "accuracy": marked("accuracy"), "balanced": marked("balanced accuracy")}
"""English words for `core.latents.factors.Factor.measure`, for `_`."""


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
    known = {model: {each["name"]: each for each in found} for model, found in rows.items()}
    lines = [
        (
            name,
            _(MEASURES[facts["measure"]]),
            *(_cell(found.get(name)) for found in known.values()),
            shown(facts["chance"], 2),
            shown(facts["style"], 2),
        )
        for name, facts in factors.items()
    ]
    made.add(
        Grid(
            "factors",
            (_("factor"), _("measure"), *rows, _("chance"), _("from the style alone")),
            lines,
            _(
                "What a linear probe reads from the latents' time statistics on {songs} songs whose facts are known: "
                "R² of the tempo's logarithm, accuracy of the key, balanced accuracy of mode and instruments. A star "
                "marks what is above chance with its whole 95 % interval; the intervals are in study.json."
            ).format(songs=stage["songs"]),
        )
    )
    return made


def _cell(facts: dict[str, Any] | None) -> str:
    if facts is None:
        return shown(None)
    low, chance = facts["probe"]["low"], facts["chance"]["mean"]
    sure = low is not None and chance is not None and low > chance
    return shown(facts["probe"], 2) + ("*" if sure else "")
