"""New music: where its scores lie among those of the test clips, and why."""

from __future__ import annotations

from typing import Any

from core.i18n import _
from core.study.folder import StudyFolder
from core.study.numbers import shown
from core.study.report import drawing
from core.study.report.document import Chapter, Grid, Picture, Sounds
from core.study.report.verdicts import mean_place
from core.study.report.words import measures
from core.study.stages.outside import WORSE, Traits, reasons
from core.study.stages.quality import METRICS


def chapter(document: dict[str, Any], folder: StudyFolder) -> Chapter:
    made = Chapter(_("New music"))
    stage = document["stages"].get("outside")
    for song in (stage or {}).get("songs", []):
        made.head(song["name"])
        made.say(*_reasons(document, song), _worse(song))
        names = measures()
        made.add(
            Grid(
                f"outside-{song['number']}",
                (_("system"), *(names[metric] for metric in METRICS)),
                [(system, *(_cell(scores[metric]) for metric in METRICS)) for system, scores in song["models"].items()],
                _("{name}: each score, and its percentile among the test clips; 50 is usual, 100 the best.").format(
                    name=song["name"]
                ),
            )
        )
        labels = [(_("original"), "original"), *((name, name) for name in song["models"])]
        files = [(label, folder.sound(f"outside {song['number']} {name}")) for label, name in labels]
        files = [(label, path) for label, path in files if path.is_file()]
        drawn = [each for each in files if each[0].startswith((_("original"), "conv", "studio"))]
        made.add(
            Picture(
                f"outside-{song['number']}",
                lambda drawn=drawn: drawing.sounds(drawn),  # type: ignore[misc]
                _("{name}: waveform and log-mel spectrogram, the original and what each size makes of it.").format(
                    name=song["name"]
                ),
            ),
            Sounds(song["name"], files),
        )
    return made


def _reasons(document: dict[str, Any], song: dict[str, Any]) -> list[str]:
    """Said anew: the study may have run in another language."""
    stages = document["stages"]
    usual = stages["outside"]["usual"]
    genres = sorted(filter(None, stages["songs"]["genres"]))
    place = mean_place(song["models"].get(stages["size"]["chosen"]) or {})
    return reasons(Traits(**song["traits"]), usual, genres, place is not None and place < WORSE)


def _worse(song: dict[str, Any]) -> str:
    """The systems that do worse with this song than with most test clips; the second report's do so always."""
    places = {name: mean_place(scores) for name, scores in song["models"].items() if not name.startswith("resnet")}
    found = [f"{name} ({place:.0f})" for name, place in places.items() if place is not None and place < WORSE]
    if not found:
        return ""
    return _("Worse than with most test clips, by the mean percentile: {systems}.").format(systems=", ".join(found))


def _cell(score: dict[str, Any]) -> str:
    place = score["percentile"]
    return shown(score["value"], 2) + ("" if place is None else f" ({place:.0f})")
