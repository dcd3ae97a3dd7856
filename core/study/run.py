"""`run_study`: all stages in order, each one's result stored as it ends, and the report at the end."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from core import i18n
from core.errors import MusicaeError, UsageError
from core.i18n import _
from core.study.config import StudyConfig
from core.study.environment import environment
from core.study.folder import FORMAT_VERSION, StudyFolder
from core.study.listener import StudyListener
from core.study.report.written import write_report
from core.study.stages import STAGES
from core.study.study import Study
from core.training.commands import Commands
from core.training.lock import RunLock


class Stage(Protocol):
    """A module of `core.study.stages`."""

    @property
    def NAME(self) -> str: ...
    def title(self) -> str: ...
    def run(self, study: Study) -> dict[str, Any]: ...


def run_study(
    config: StudyConfig,
    folder: StudyFolder,
    listener: StudyListener | None = None,
    commands: Commands | None = None,
    *,
    resume: bool = False,
    stages: Sequence[Stage] = STAGES,
    data: Path | None = None,
) -> dict[str, Any]:
    """Study songs into `folder`; a study that was stopped or killed goes on with `resume`, with its own settings.

    Args:
        config: ignored where a study is resumed.
        commands: from any thread, `pause` holds it after the present step, `stop_and_keep` ends it.
        data: the data folder; None for the usual one.

    Returns:
        The content of `study.json` (see `core.study`).

    Raises:
        UsageError: settings that cannot work, or a folder that holds a study.
        Cancelled: it was stopped; what is done stays.
        MusicaeError: nothing to study, or the folder cannot be written.
    """
    plan = folder.plan()
    if plan and not resume:
        raise UsageError(
            _("The folder {path} already holds a study; resume it (--resume) or choose another folder.").format(
                path=folder.path
            ),
            path=folder.path,
        )
    config = StudyConfig.from_dict(plan["config"]) if plan else config
    config.check()
    try:
        with RunLock(folder.path):
            study = Study(config, folder, listener or StudyListener(), commands or Commands(), data)
            if plan:
                return _studied(study, plan, stages)
            plan = {"version": FORMAT_VERSION, "created": _now(), "config": config.to_dict()}
            folder.write_plan(plan)
            try:
                return _studied(study, plan, stages)
            except UsageError:
                if folder.result(stages[0].NAME) is None:  # songs that cannot be studied begin no study
                    folder.plan_file.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise MusicaeError(
            _("The study's folder {path} cannot be written: {reason}. What is done can be resumed.").format(
                path=folder.path, reason=error.strerror or error
            ),
            path=folder.path,
            details=str(error),
        ) from error


def _studied(study: Study, plan: dict[str, Any], stages: Sequence[Stage]) -> dict[str, Any]:
    folder, listener = study.folder, study.listener
    seconds: dict[str, float] = plan.setdefault("seconds", {})
    for number, stage in enumerate(stages, 1):
        study.check()
        listener.on_stage(stage.NAME, stage.title(), number, len(stages) + 1)
        fresh = getattr(stage, "FRESH", False)
        known = None if fresh else folder.result(stage.NAME)
        began = time.monotonic()
        try:
            study.results[stage.NAME] = known if known is not None else folder.keep(stage.NAME, stage.run(study))
        finally:
            if known is None and not fresh:  # what a stopped stage took until then counts, too
                seconds[stage.NAME] = seconds.get(stage.NAME, 0.0) + time.monotonic() - began
                folder.write_plan(plan)
        listener.on_stage_done(stage.NAME)
    listener.on_stage("report", _("Report"), len(stages) + 1, len(stages) + 1)
    document = {
        "format": "musicae-study",
        "version": FORMAT_VERSION,
        "created": plan["created"],
        "finished": _now(),
        "language": i18n.language(),
        "environment": environment(),
        "config": study.config.to_dict(),
        "seconds": seconds,
        "stages": study.results,
    }
    folder.write_document(document)
    write_report(document, folder, progress=study.progress)
    listener.on_stage_done("report")
    return document


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
