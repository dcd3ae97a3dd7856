"""A study's report for a window: its chapters as far as the study is, each figure drawn when it is looked at.

Importing this loads torch and scikit-learn, which some chapters' stages need.
"""

from __future__ import annotations

import io

from core import i18n
from core.study.environment import environment
from core.study.facts import finished_at, saved_results
from core.study.folder import FORMAT_VERSION, StudyFolder
from core.study.report.chapters import CHAPTERS
from core.study.report.document import Chapter, Picture
from core.study.report.drawn import drawing_style

DPI = 150


def read_chapters(folder: StudyFolder) -> list[Chapter]:
    """What can be shown of the stages that have ended; empty before the first has.

    Raises:
        MusicaeError: the study's plan is damaged.
    """
    plan, results = folder.plan(), saved_results(folder)
    if not plan or not results:
        return []
    document = {
        "format": "musicae-study",
        "version": FORMAT_VERSION,
        "created": plan.get("created", ""),
        "finished": finished_at(folder),
        "language": i18n.language(),
        "environment": environment(),
        "config": plan["config"],
        "seconds": plan.get("seconds", {}),
        "stages": results,
    }
    found = []
    for each in CHAPTERS:
        try:
            chapter = each.chapter(document, folder)
        except KeyError:  # what it shows of another stage is not there yet
            continue
        if chapter.blocks:
            found.append(chapter)
    return found


def picture_png(picture: Picture) -> bytes:
    """The figure as a PNG of 150 dots an inch; for any thread."""
    buffer = io.BytesIO()
    with drawing_style():
        picture.draw().savefig(buffer, format="png", dpi=DPI)
    return buffer.getvalue()
