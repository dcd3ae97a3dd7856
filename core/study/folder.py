"""The folder of a study: every result lies there as soon as it is known, so that a killed study goes on from it.

plan.json           what was asked for
stages/NAME.json    the result of a finished stage; stages/NAME/PART.json those of its finished parts
runs/NAME/          training runs (`core.training.run`)
songs/              demo songs, where no folder was given
cache/              encoded clips; may be deleted
audio/, figures/, tables/
study.json, report.html, report.pdf, study.ipynb
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from core.errors import MusicaeError
from core.files import file_name, write_text_atomically
from core.i18n import _

FORMAT_VERSION = 1


class StudyFolder:
    """Reads and writes a study's files; making one touches nothing on the disk."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.plan_file = self.path / "plan.json"
        self.document_file = self.path / "study.json"
        self.report_file = self.path / "report.html"
        self.pdf_file = self.path / "report.pdf"
        self.notebook_file = self.path / "study.ipynb"

    def plan(self) -> dict[str, Any]:
        """What `plan.json` holds; empty where no study has begun.

        Raises:
            MusicaeError: it is damaged.
        """
        if not self.plan_file.exists():
            return {}
        plan = self._read(self.plan_file)
        if plan is None or not isinstance(plan.get("config"), dict):
            raise MusicaeError(
                _("The study's file {path} is damaged; begin the study in another folder.").format(path=self.plan_file),
                path=self.plan_file,
            )
        return plan

    def write_plan(self, plan: Mapping[str, Any]) -> None:
        self._write(self.plan_file, plan)

    def result(self, stage: str) -> dict[str, Any] | None:
        """The result of a stage, None where it has not ended (a damaged file is made anew)."""
        return self._read(self.path / "stages" / f"{stage}.json")

    def keep(self, stage: str, result: Mapping[str, Any]) -> dict[str, Any]:
        """Store a stage's result, and give it as it will be read again."""
        return self._write(self.path / "stages" / f"{stage}.json", result)

    def part(self, stage: str, name: str, make: Callable[[], Mapping[str, Any]]) -> dict[str, Any]:
        """The stored part of a stage, made where it is not there yet."""
        path = self.path / "stages" / stage / file_name(name, ".json")
        known = self._read(path)
        return known if known is not None else self._write(path, make())

    def run(self, name: str) -> Path:
        return self.path / "runs" / name

    def sound(self, name: str) -> Path:
        return self.path / "audio" / file_name(name, ".flac")

    def figure(self, name: str) -> Path:
        return self.path / "figures" / f"{name}.svg"

    def write_table(self, name: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
        """`tables/NAME.csv` in UTF-8; what is not known is an empty cell."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
        path = self.path / "tables" / f"{name}.csv"
        write_text_atomically(path, text.getvalue())
        return path

    def write_document(self, document: Mapping[str, Any]) -> None:
        self._write(self.document_file, document)

    def _write(self, path: Path, values: Mapping[str, Any]) -> dict[str, Any]:
        made = plain(values)
        write_text_atomically(path, json.dumps(made, indent=1, ensure_ascii=False) + "\n")
        return dict(made)

    def _read(self, path: Path) -> dict[str, Any] | None:
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return values if isinstance(values, dict) else None


def plain(value: Any) -> Any:
    """JSON-ready: tuples and arrays as lists, numpy's numbers as Python's, None for what is not a number."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):  # names of files may hold what no text can say
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, bool | int) or value is None:
        return value
    return str(value)
