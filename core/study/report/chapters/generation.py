"""Generation: means of latents and random ones, to be heard at every size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.i18n import _
from core.study.folder import StudyFolder
from core.study.numbers import shown
from core.study.report import drawing
from core.study.report.document import Chapter, Grid, Picture, Sounds
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
    chosen = document["stages"].get("size", {}).get("chosen", "")
    drawn = _files(folder, chosen, stage["models"].get(chosen, []))
    if drawn:
        made.add(
            Picture(
                "generated",
                lambda: drawing.sounds(drawn),
                _(
                    "Waveform and log-mel spectrogram of what was made at the chosen size, {name}: means of songs "
                    "above, random latents below."
                ).format(name=chosen),
            )
        )
    for model, found in stage["models"].items():
        made.add(Sounds(model, _files(folder, model, found)))
    return made


def _files(folder: StudyFolder, model: str, found: list[dict[str, Any]]) -> list[tuple[str, Path]]:
    files = [(_(NAMES[each["name"]]), folder.sound(f"made {model} {each['name']}")) for each in found]
    return [(label, path) for label, path in files if path.is_file()]
