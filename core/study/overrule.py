"""Overruling the size that a study's rule proposes: a written reason, and what depends on the size made anew."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import replace

from core.errors import UsageError
from core.i18n import _
from core.study.config import StudyConfig
from core.study.folder import StudyFolder

DEPENDENT = ("size", "neighbours", "exploring", "factors", "outside", "generation")
"""Stages whose results change with the chosen size; their finished parts, such as models, stay."""
WHOLE = ("outside",)
"""Those of them whose parts change, too."""


def overrule(folder: StudyFolder, chosen: str, reason: str) -> None:
    """Choose a size in the place of the rule; an empty one gives the choice back to it.

    The study has to be resumed then, and must not be at work now.

    Raises:
        UsageError: there is no study, the size is none of its sizes, or there is no reason.
        MusicaeError: the study's plan is damaged.
    """
    plan = folder.plan()
    if not plan:
        raise UsageError(_("There is no study in {path}.").format(path=folder.path), path=folder.path)
    config = replace(StudyConfig.from_dict(plan["config"]), chosen=chosen, reason=reason.strip() if chosen else "")
    config.check()
    folder.write_plan({**plan, "config": config.to_dict()})
    for stage in DEPENDENT:
        (folder.path / "stages" / f"{stage}.json").unlink(missing_ok=True)
        if stage in WHOLE:
            shutil.rmtree(folder.path / "stages" / stage, ignore_errors=True)
    for file in (folder.document_file, folder.report_file, folder.pdf_file):
        with contextlib.suppress(OSError):
            file.unlink(missing_ok=True)
