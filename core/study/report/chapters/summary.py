"""The first page: every quality measure against floats and kbit/s, and the size that was chosen."""

from __future__ import annotations

from typing import Any

from core.figures import Panel, Point, quality_figure
from core.i18n import _
from core.study.folder import StudyFolder
from core.study.report.document import Chapter, Picture
from core.study.report.words import measures, systems_of
from core.study.systems import BITS

FAMILIES = {
    "studio": "studio",
    "klt": "klt",
    "conv": "conv",
    "vae": "vae",
    "opus": "Opus",
    "mp3": "MP3",
}
LESS_IS_BETTER = ("mel", "stft")


def chapter(document: dict[str, Any], folder: StudyFolder) -> Chapter:
    made = Chapter(_("Quality and size"))
    systems = systems_of(document)
    if not systems:
        return made
    size = document["stages"].get("size", {})
    clips = len(document["stages"]["quality"]["clips"])
    chosen = systems.get(size.get("chosen", ""))
    marked = chosen["kbit_per_second"] if chosen else None
    made.add(
        Picture(
            "quality",
            lambda: quality_figure(quality_panels(systems), marked=marked, bits=BITS),
            _(
                "Every measure on {clips} clips of songs never heard, against kbit/s with {bits} bits a float; bars "
                "are the deviation over clips, the dotted line is the chosen size."
            ).format(clips=clips, bits=BITS),
        )
    )
    if size:
        made.say(size["rule_words"], size["sentence"])
        if size["reason"]:
            made.say(
                _("The user chose {chosen} instead: {reason}").format(chosen=size["chosen"], reason=size["reason"])
            )
    return made


def quality_panels(systems: dict[str, dict[str, Any]]) -> list[Panel]:
    """A panel a measure, a series a family; measures that nothing has a value of are left out."""
    made = []
    for measure, title in measures().items():
        series: dict[str, list[Point]] = {}
        for row in systems.values():
            value = _value(row, measure)
            if value is not None and row["family"] in FAMILIES:
                series.setdefault(FAMILIES[row["family"]], []).append(Point(row["kbit_per_second"], *value))
        if series:
            made.append(Panel(title, series, more_is_better=measure not in LESS_IS_BETTER))
    return made


def _value(row: dict[str, Any], measure: str) -> tuple[float, float | None, float | None] | None:
    if measure == "nearest_original":
        return row[measure], None, None
    known = row["scores"].get(measure)
    return known and (known["mean"], known["mean"] - known["deviation"], known["mean"] + known["deviation"])
