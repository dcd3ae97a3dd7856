"""Settings, versions and seeds: what is needed to do it again."""

from __future__ import annotations

from typing import Any

from core.i18n import _
from core.study.folder import StudyFolder
from core.study.report.document import Chapter, Grid


def chapter(document: dict[str, Any], folder: StudyFolder) -> Chapter:
    made = Chapter(_("Settings and versions"))
    made.add(
        Grid(
            "settings",
            (_("setting"), _("value")),
            [(name, _shown(value)) for name, value in document["config"].items()],
            _("What the study was asked for; the seed begins every random draw."),
        )
    )
    environment = document["environment"]
    rows = [(name, str(environment[name])) for name in ("musicae", "python", "system", "machine")]
    rows += [(name, version or _("not installed")) for name, version in environment["packages"].items()]
    made.add(Grid("versions", (_("what"), _("version")), rows, _("Programs and libraries of this study.")))
    made.say(_("Begun {begun}, ended {ended}.").format(begun=document["created"], ended=document["finished"]))
    return made


def _shown(value: object) -> str:
    """A setting that was not given is a dash."""
    return (", ".join(map(str, value)) if isinstance(value, list) else str(value)) or "–"
