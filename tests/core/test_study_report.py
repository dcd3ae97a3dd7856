"""A report on paper: tables that fit the sheet, headings with what they head, figures among the words."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import pytest

from core.figures import blank
from core.study.folder import StudyFolder
from core.study.report.columns import table_lines
from core.study.report.document import Chapter, Grid, Picture
from core.study.report.drawn import drawing_style
from core.study.report.html import html_report
from core.study.report.pdf import pdf_report

WIDE = Grid(
    "wide",
    ("system", "floats in 5 s", *(f"score {number}" for number in range(12)), "note"),
    [(f"conv-{row}", str(row), *("0.12 ± 0.34" for _score in range(12)), "as it should be") for row in range(3)],
    "A wide table.",
)


def test_a_wide_table_goes_on_in_another_with_the_same_first_column() -> None:
    parts = table_lines(WIDE, 80)
    assert len(parts) > 1
    assert max(part.width for part in parts) <= 80
    assert all(part.rows[2][0].startswith("conv-2") for part in parts)
    values = sum(line.count("0.12 ± 0.34") for part in parts for row in part.rows for line in row)
    assert values == 36


def test_headers_and_long_cells_are_wrapped_and_numbers_stand_below_one_another() -> None:
    why = "it is broken " * 8
    [table] = table_lines(
        Grid("few", ("file", "seconds it lasts", "why"), [("a.wav", "7", why), ("b", "123", "")], ""), 90
    )
    assert [line.split() for line in table.header] == [["seconds"], ["it"], ["file", "lasts", "why"]]
    assert len(table.rows[0]) == 2
    assert table.rows[0][0].index("7") == table.rows[1][0].index("3")


def test_numeric_columns_are_known_by_their_cells() -> None:
    grid = Grid("kinds", ("n", "n", "dash", "word"), [("1", "-0.5 (-1 – 2)", "–", "no 1"), ("2", "90 %", "", "2")], "")
    assert grid.numeric == [False, True, True, False]


@pytest.fixture
def chapters() -> list[Chapter]:
    """Two chapters that need some sheets; a figure that is larger than a sheet among them."""
    first, second = Chapter("Numbers"), Chapter("Pictures")
    for number in range(9):
        first.say(f"Sentence {number}. " * 40)
    first.add(WIDE)
    second.add(Picture("tall", lambda: blank(width=9.0, height=16.0), "A tall figure."))
    return [first, second]


def test_a_figure_larger_than_the_sheet_is_drawn_whole_and_smaller(chapters: list[Chapter], tmp_path: Path) -> None:
    with drawing_style():
        figure = blank(width=9.0, height=16.0)
        axes = figure.subplots(2, 1)
        axes[0].plot([0, 1, 2], [0, 3, 1])
        figure.draw_without_rendering()
        figure.set_layout_engine(None)
    pdf_report(chapters, tmp_path / "report.pdf", {"tall": figure}, title="A study", subtitle="today")
    content = (tmp_path / "report.pdf").read_bytes()
    streams = [_inflated(part) for part in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)]
    [sheet] = [stream for stream in streams if re.search(rb"q (0\.\d+) 0 0 \1 [\d.]+ [\d.]+\s+cm", stream)]
    # The curve lies in the upper half, above the height of an A4 sheet in the figure's own points.
    heights = [float(y) for y in re.findall(rb"^[\d.]+ ([\d.]+) l$", sheet, re.MULTILINE)]
    assert max(heights) > 842
    assert len(re.findall(rb"/Type /Page\b", content)) == 3


def test_tables_of_the_page_tell_numbers_from_words(chapters: list[Chapter], tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path)
    html_report(chapters[:1], folder, title="A <study>", subtitle="today", language="es")
    page = folder.report_file.read_text(encoding="utf-8")
    assert '<html lang="es">' in page
    assert "A &lt;study&gt;" in page
    assert '<td class="n">0.12 ± 0.34</td>' in page
    assert "<td>as it should be</td>" in page


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""
