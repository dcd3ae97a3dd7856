"""The chapters of the report, a file each: `chapter(document, folder)` gives what is to be shown of some stages."""

from __future__ import annotations

from typing import Any

from core.study.folder import StudyFolder
from core.study.report.chapters import (
    exploring,
    factors,
    findings,
    generation,
    listening,
    outside,
    quality,
    settings,
    songs,
    summary,
    training,
    variational,
)
from core.study.report.document import Chapter

CHAPTERS = (
    summary,
    findings,
    songs,
    training,
    quality,
    listening,
    exploring,
    factors,
    variational,
    outside,
    generation,
    settings,
)


def chapters(document: dict[str, Any], folder: StudyFolder) -> list[Chapter]:
    """All chapters that have something to show, in order."""
    made = [each.chapter(document, folder) for each in CHAPTERS]
    return [each for each in made if each.blocks]
