"""Generation: means of latents and random ones, to be heard at every size."""

from __future__ import annotations

from typing import Any

from core.i18n import _
from core.study.folder import StudyFolder
from core.study.numbers import shown
from core.study.report.document import Chapter, Grid, Sounds
from core.study.stages.generation import NAMES


def chapter(document: dict[str, Any], folder: StudyFolder) -> Chapter:
    made = Chapter(_("Generation"))
    stage = document["stages"].get("generation")
    if not stage or not stage["models"]:
        return made
    made.say(
        _("Latents that no song has, decoded: means of clips (the genre is {genre}) and random values.").format(
            genre=stage["genre"]
        )
    )
    rows = [
        (model, _(NAMES[each["name"]]), shown(each["rms"], 4), shown(each["nearest_mel"], 3))
        for model, found in stage["models"].items()
        for each in found
    ]
    made.add(
        Grid(
            "generation",
            (_("model"), _("made by"), _("loudness (RMS)"), _("mel distance to the nearest clip")),
            rows,
            _("What was made: its loudness, and how far it is from the nearest of six training clips."),
        )
    )
    for model, found in stage["models"].items():
        files = [(_(NAMES[each["name"]]), folder.sound(f"made {model} {each['name']}")) for each in found]
        made.add(Sounds(model, [(label, path) for label, path in files if path.is_file()]))
    return made
