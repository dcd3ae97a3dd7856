"""`Figure`, one measured number, and the file and the table of many."""

from __future__ import annotations

import json
import math
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.files import write_text_atomically


@dataclass(frozen=True)
class Figure:
    """One measured number.

    Args:
        name: path-like, the most general first: "klt-1378/all/visqol".
        value: None where it cannot be measured here.
        reference: what it is held against, measured in the same run; `ratio` is between the two.
        details: spread, counts and what else a reader of the file may want; JSON values.
    """

    name: str
    value: float | None
    unit: str = ""
    reference: float | None = None
    ratio: float | None = None
    details: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        required = {"name": self.name, "value": self.value, "unit": self.unit}
        optional = {"reference": self.reference, "ratio": self.ratio}
        return required | {key: value for key, value in optional.items() if value is not None} | self.details


def plain_table(figures: Sequence[Figure]) -> str:
    """One line a figure."""
    width = max((len(each.name) for each in figures), default=0)
    lines = []
    for each in figures:
        line = f"{each.name:<{width}}  {shown(each.value):>10} {each.unit}"
        if each.reference is not None:
            line += f"  (reference {shown(each.reference)})"
        if each.ratio is not None:
            line += f"  ratio {shown(each.ratio)}"
        lines.append(line.rstrip())
    return "\n".join(lines)


def shown(value: float | None, digits: int = 3) -> str:
    """Three significant digits, whole numbers in full; "-" for None."""
    if value is None or not math.isfinite(value):
        return "-"
    return f"{value:.0f}" if abs(value) >= 10**digits or value == round(value) else f"{value:.{digits}g}"


def grid(rows: Sequence[Sequence[str]]) -> str:
    """Columns aligned, the first to the left and the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) if not column else cell.rjust(width) for column, (cell, width) in enumerate(cells))
        for cells in (list(zip(row, widths, strict=True)) for row in rows)
    )


def save(path: Path, group: str, figures: Iterable[Figure]) -> None:
    """Put the group's figures into the JSON file; those of other groups that are there stay."""
    document: dict[str, Any] = {}
    if path.exists():
        document = json.loads(path.read_text(encoding="utf-8"))
    document[group] = {
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "figures": [each.to_dict() for each in figures],
    }
    write_text_atomically(path, json.dumps(document, indent=1) + "\n")


def load(path: Path, group: str) -> list[Figure]:
    """The figures of a group in a file that `save` wrote."""
    known = ("name", "value", "unit", "reference", "ratio")
    return [
        Figure(
            **{key: value for key, value in each.items() if key in known},
            details={key: value for key, value in each.items() if key not in known},
        )
        for each in json.loads(path.read_text(encoding="utf-8"))[group]["figures"]
    ]


def machine() -> dict[str, Any]:
    """What a reader needs to weigh the figures by."""
    return {
        "system": platform.platform(terse=True),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
    }


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
