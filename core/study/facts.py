"""What a study's folder tells at a glance: what was asked for, how far it is, what it chose. No torch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import MusicaeError
from core.study.config import StudyConfig
from core.study.folder import StudyFolder
from core.training.lock import RunLock

ORDER = (
    "songs",
    "training",
    "variational",
    "quality",
    "size",
    "neighbours",
    "exploring",
    "factors",
    "frechet",
    "outside",
    "generation",
    "listening",
)
"""The stages' names as they run, without loading what they need; the report comes after them."""
RUNNING, FINISHED, STOPPED = "running", "finished", "stopped"


@dataclass(frozen=True)
class StudyFacts:
    """A study; `stages` are those that have ended, `songs` how many it found, 0 while that is not known."""

    path: Path
    created: str
    config: StudyConfig
    stages: tuple[str, ...]
    state: str
    songs: int
    chosen: str

    @property
    def name(self) -> str:
        return self.path.name


def study_facts(path: Path) -> StudyFacts | None:
    """The study in a folder; None where there is none, or one that cannot be read."""
    folder = StudyFolder(path)
    try:
        plan = folder.plan()
    except MusicaeError:
        return None
    if not plan:
        return None
    done = tuple(name for name in ORDER if (path / "stages" / f"{name}.json").is_file())
    finished = folder.document_file.is_file() and folder.report_file.is_file() and folder.pdf_file.is_file()
    state = RUNNING if RunLock(path).held() else FINISHED if finished else STOPPED
    songs = _result(folder, "songs", "songs" in done).get("songs") or []
    return StudyFacts(
        path,
        str(plan.get("created", "")),
        StudyConfig.from_dict(plan["config"]),
        done,
        state,
        len(songs),
        str(_result(folder, "size", "size" in done).get("chosen", "")),
    )


def studies_below(folder: Path) -> list[StudyFacts]:
    """The studies in the folders of `folder`, the newest first."""
    try:
        paths = [path for path in folder.iterdir() if path.is_dir()]
    except OSError:
        return []
    found = [facts for path in paths if (facts := study_facts(path)) is not None]
    return sorted(found, key=lambda facts: facts.created, reverse=True)


def saved_results(folder: StudyFolder) -> dict[str, dict[str, Any]]:
    """The results of the stages that have ended, in their order."""
    return {name: result for name in ORDER if (result := folder.result(name)) is not None}


def finished_at(folder: StudyFolder) -> str:
    """When `study.json` was written, as it says itself; "" where there is none."""
    try:
        document = json.loads(folder.document_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(document.get("finished", "")) if isinstance(document, dict) else ""


def _result(folder: StudyFolder, stage: str, there: bool) -> dict[str, Any]:
    return (folder.result(stage) or {}) if there else {}
