"""Settings, versions and seeds: what is needed to do it again."""

from __future__ import annotations

from typing import Any

from core.i18n import _
from core.study.folder import StudyFolder
from core.study.report.document import Chapter, Grid
from core.study.stages import STAGES


def chapter(document: dict[str, Any], folder: StudyFolder) -> Chapter:
    made = Chapter(_("Settings and versions"))
    made.say(
        _("Begun {begun}, this report written {written} (UTC).").format(
            begun=_moment(document["created"]), written=_moment(document["finished"])
        )
    )
    seconds = document.get("seconds") or {}
    if seconds:
        made.add(_times(seconds))
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
    return made


def _times(seconds: dict[str, float]) -> Grid:
    """What each stage took; those that took nothing to speak of are left out."""
    named = {stage.NAME: stage.title() for stage in STAGES}
    rows = [(title, f"{seconds[name] / 60:.1f}") for name, title in named.items() if seconds.get(name, 0) >= 3]
    whole = (_("all stages"), f"{sum(seconds.values()) / 60:.1f}")
    return Grid("times", (_("stage"), _("minutes")), [*rows, whole], _("How long each stage took on this computer."))


def _moment(text: str) -> str:
    return text[:16].replace("T", " ")


def _shown(value: object) -> str:
    """A setting that was not given is a dash."""
    return (", ".join(map(str, value)) if isinstance(value, list) else str(value)) or "–"
