"""What was found, a sentence each, before the chapters that show it."""

from __future__ import annotations

from typing import Any

from core.i18n import _
from core.study.folder import StudyFolder
from core.study.report.document import Chapter
from core.study.report.verdicts import (
    best_statistics,
    collapsed,
    learned,
    linear_beside,
    new_music,
    order_of_sizes,
    reached,
    shipped_beside,
)
from core.study.report.words import systems_of
from core.study.study import STUDIO


def chapter(document: dict[str, Any], folder: StudyFolder) -> Chapter:
    made = Chapter(_("What was found"))
    stages, systems = document["stages"], systems_of(document)
    sentences = [order_of_sizes(systems), linear_beside(systems), shipped_beside(systems)]
    if "exploring" in stages:
        sentences += [best_statistics(stages["exploring"]), reached(STUDIO, stages["exploring"]["rows"])]
    if "variational" in stages:
        networks = {
            name: facts for name, facts in stages["variational"]["models"].items() if facts["family"] == "resnet-vae"
        }
        sentences.append(collapsed(networks))
    for name, diagnosis in stages.get("frechet", {}).get("diagnoses", {}).items():
        sentences.append(learned(name, diagnosis))
    if "outside" in stages and "size" in stages:
        sentences.append(new_music(stages["outside"], stages["size"]["chosen"]))
    for sentence in sentences:
        made.say(sentence)
    return made
