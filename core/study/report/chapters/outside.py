"""New music: where its scores lie among those of the test clips, and why."""

from __future__ import annotations

from typing import Any

from core.i18n import _
from core.study.folder import StudyFolder
from core.study.numbers import shown
from core.study.report import drawing
from core.study.report.document import Chapter, Grid, Picture, Sounds
from core.study.report.words import measures
from core.study.stages.quality import METRICS


def chapter(document: dict[str, Any], folder: StudyFolder) -> Chapter:
    made = Chapter(_("New music"))
    stage = document["stages"].get("outside")
    for song in (stage or {}).get("songs", []):
        made.say(f"{song['name']}:", *song["reasons"])
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


def _cell(score: dict[str, Any]) -> str:
    place = score["percentile"]
    return shown(score["value"], 2) + ("" if place is None else f" ({place:.0f})")
