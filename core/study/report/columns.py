"""Tables as lines of a fixed-width font: headers and long cells wrapped, wide tables cut into parts that fit."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from core.i18n import _
from core.study.report.document import Grid

GAP = "  "
UNKNOWN = ("", "–")
_NUMBER = re.compile(r"(?P<mean>.*?)(?: ± (?P<limit>[^ ]+))?(?: \((?P<place>\d+)\))?[ *✗]*")
"""A cell of numbers: a mean, its limit, a percentile, a mark."""
MOST_CELL = 56
"""Letters of a cell before it goes on in the next line."""


@dataclass(frozen=True)
class Lines:
    """A table, or a part of one, that is no wider than asked for; `rows` may have several lines each."""

    header: list[str]
    rows: list[list[str]]

    @property
    def width(self) -> int:
        return max(len(line) for lines in (self.header, *self.rows) for line in lines)


def table_lines(grid: Grid, most: int) -> list[Lines]:
    """The table, `most` letters wide; what is wider follows in further tables, which repeat the first column."""
    columns = [[str(row[place]) for row in grid.rows] for place in range(len(grid.header))]
    headers = [str(cell) for cell in grid.header]
    widths = [_width(header, column) for header, column in zip(headers, columns, strict=True)]
    made = []
    for part in _parts(widths, most):
        header = _row([headers[place] for place in part], widths, part, grid, low=True)
        rows = [_row([columns[place][row] for place in part], widths, part, grid) for row in range(len(grid.rows))]
        made.append(Lines(header, rows))
    return made


def spreadsheet(grid: Grid) -> tuple[list[str], list[list[str]]]:
    """Header and rows for a program: limits and percentiles in columns of their own, percents as numbers, nothing for
    dashes, and no marks behind numbers (what they say stands in another column or in study.json)."""
    header: list[str] = []
    columns: list[list[str]] = []
    for place, title in enumerate(map(str, grid.header)):
        cells = [str(row[place]) for row in grid.rows]
        if not grid.numeric[place]:
            header.append(title)
            columns.append(cells)
            continue
        parts = [_NUMBER.fullmatch(cell) for cell in cells]
        found = {name: [(part and part[name]) or "" for part in parts] for name in _NUMBER.groupindex}
        means, whole = found["mean"], all(mean.endswith(" %") or mean in UNKNOWN for mean in found["mean"])
        header.append(f"{title} %".lstrip() if whole and any(mean.endswith(" %") for mean in means) else title)
        columns.append(["" if mean in UNKNOWN else mean.removesuffix(" %") for mean in means])
        for name, words in (("limit", f"{title} ±"), ("place", _("{title}, percentile").format(title=title))):
            if any(found[name]):
                header.append(words)
                columns.append(found[name])
    return header, [list(row) for row in zip(*columns, strict=True)]


def _width(header: str, column: Sequence[str]) -> int:
    """As wide as the longest cell and the header's longest word."""
    words = max((len(word) for word in header.split()), default=0)
    return max(words, min(MOST_CELL, max((len(cell) for cell in column), default=0)), 1)


def _parts(widths: Sequence[int], most: int) -> list[list[int]]:
    """The columns of each table, its first always the first of all."""
    parts = [[0]]
    used = widths[0]
    for place in range(1, len(widths)):
        if used + len(GAP) + widths[place] > most and len(parts[-1]) > 1:
            parts.append([0])
            used = widths[0]
        parts[-1].append(place)
        used += len(GAP) + widths[place]
    return parts


def _row(
    cells: Sequence[str], widths: Sequence[int], part: Sequence[int], grid: Grid, *, low: bool = False
) -> list[str]:
    """The lines of one row; shorter cells begin in its first line, or with `low` end in its last one."""
    wrapped = [
        textwrap.wrap(cell, widths[place], break_on_hyphens=False) or [""]
        for cell, place in zip(cells, part, strict=True)
    ]
    height = max(len(lines) for lines in wrapped)
    filled = [
        [""] * (height - len(lines)) + lines if low else lines + [""] * (height - len(lines)) for lines in wrapped
    ]
    numeric = grid.numeric
    return [
        GAP.join(
            text.rjust(widths[place]) if numeric[place] else text.ljust(widths[place])
            for text, place in zip(line, part, strict=True)
        ).rstrip()
        for line in zip(*filled, strict=True)
    ]
