"""The first page: every quality measure against floats and kbit/s, and the size that was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.figures import Panel, Point, quality_figure
from core.i18n import _, ngettext
from core.study.folder import StudyFolder
from core.study.report.document import Chapter, Picture
from core.study.report.words import measures, systems_of
from core.study.stages.size import propose, rule_words
from core.study.systems import BITS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FAMILIES = {
    "studio": "studio",
    "klt": "klt",
    "conv": "conv",
    "vae": "vae",
    "opus": "Opus",
    "mp3": "MP3",
}
LESS_IS_BETTER = ("mel", "stft")
COLUMNS = 3
BOUNDED = ("beat_f1", "onset_f1", "chroma_correlation", "self_similarity_correlation", "nearest_original")
"""Measures of which nothing has more than 1."""


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
            lambda: _drawn(quality_panels(systems), marked, _("chosen: {name}").format(name=size.get("chosen"))),
            ngettext(
                "Every measure on {n} clip of a song never heard, against kbit/s with {bits} bits a float; bars are "
                "the deviation over clips, the dotted line is the chosen size.",
                "Every measure on {n} clips of songs never heard, against kbit/s with {bits} bits a float; bars are "
                "the deviation over clips, the dotted line is the chosen size.",
                clips,
            ).format(n=clips, bits=BITS)
            + _judged_by_ear(systems, clips),
        )
    )
    if size:
        made.say(rule_words(), *_choice(size))
    return made


def _choice(size: dict[str, Any]) -> list[str]:
    """What the rule proposes, and the user's own choice where there is one."""
    _proposed, sentence = propose(size["table"])
    if not size["reason"]:
        return [sentence]
    mine = _("The user chose {chosen} instead: {reason}").format(chosen=size["chosen"], reason=size["reason"])
    return [sentence, mine]


def _judged_by_ear(systems: dict[str, dict[str, Any]], clips: int) -> str:
    """How many of the clips have the slow measure, where it is not all of them."""
    counts = [row["scores"]["visqol"]["clips"] for row in systems.values() if row["scores"].get("visqol")]
    if not counts or max(counts) == clips:
        return ""
    few = ngettext(
        "ViSQOL, which is slow, is of {n} of them.", "ViSQOL, which is slow, is of {n} of them.", max(counts)
    )
    return " " + few.format(n=max(counts))


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


def _drawn(panels: list[Panel], marked: float | None, marked_as: str) -> Figure:
    """The figure; shares and correlations that are all alike are not spread over their panel."""
    figure = quality_figure(panels, marked=marked, marked_as=marked_as, bits=BITS, columns=COLUMNS)
    bounded = {measures()[name] for name in BOUNDED}
    for axes, panel in zip(figure.axes, panels, strict=False):
        if panel.title in bounded:
            low, high = axes.get_ylim()
            axes.set_ylim(min(low, 0.8), max(high, 1.05))
    return figure


def _value(row: dict[str, Any], measure: str) -> tuple[float, float | None, float | None] | None:
    if measure == "nearest_original":
        return row[measure], None, None
    known = row["scores"].get(measure)
    if not known:
        return None
    low, high = known["mean"] - known["deviation"], known["mean"] + known["deviation"]
    if measure in BOUNDED:
        high = min(high, 1.0)
        low = max(low, 0.0) if measure.endswith("f1") else low
    return known["mean"], low, high
