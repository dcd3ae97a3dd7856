"""A report on paper: tables that fit the sheet, headings with what they head, figures among the words."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import numpy as np
import pytest

from core.figures import blank
from core.study.folder import StudyFolder
from core.study.report import verdicts
from core.study.report.columns import spreadsheet, table_lines
from core.study.report.document import Chapter, Grid, Picture
from core.study.report.drawing import cloud, far_out
from core.study.report.drawn import drawing_style
from core.study.report.html import html_report
from core.study.report.paper import MARGIN, POINTS, WIDTH, WORDS, wrapped
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


def test_a_table_for_programs_has_limits_in_columns_of_their_own_and_no_dashes() -> None:
    rows = [("a", "0.5 ± 0.1", "90 %", "yes"), ("b", "–", "–", "no"), ("c", "-1.25", "7 %", "no")]
    header, cells = spreadsheet(Grid("t", ("name", "score", "share", "sure"), rows, ""))
    assert header == ["name", "score", "score ±", "share %", "sure"]
    assert cells == [["a", "0.5", "0.1", "90", "yes"], ["b", "", "", "", "no"], ["c", "-1.25", "", "7", "no"]]


def test_a_table_for_programs_has_percentiles_in_columns_of_their_own_and_no_marks() -> None:
    rows = [("a", "0.5 (65)", "0.72 ✗", "1.00*"), ("b", "-3 (5)", "0.9", "–")]
    header, cells = spreadsheet(Grid("t", ("name", "mel", "chroma", "drums"), rows, ""))
    assert header == ["name", "mel", "mel, percentile", "chroma", "drums"]
    assert cells == [["a", "0.5", "65", "0.72", "1.00"], ["b", "-3", "5", "0.9", ""]]


def test_lines_end_within_the_margins_whatever_their_letters() -> None:
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    for text in ("MWMW WMWM $ " * 40, "iiii llll " * 60, "¿Cuánto ocupa una canción? " * 12):
        lines = wrapped(text, WORDS)
        assert " ".join(lines) == text.strip()
        with drawing_style():
            font = FontProperties(family=["sans-serif"], size=WORDS)
            widths = [text_to_path.get_text_width_height_descent(line, font, ismath=False)[0] for line in lines]
        assert max(widths) <= POINTS * (WIDTH - 2 * MARGIN)
        assert min(widths[:-1]) > 0.8 * POINTS * (WIDTH - 2 * MARGIN)


def test_a_few_clips_far_out_do_not_make_one_spot_of_all_others() -> None:
    points = np.random.default_rng(0).normal(size=(200, 2))
    genres = ["one", "other"] * 100
    assert far_out(points.tolist()) == 0
    points[:3] = [[300, 0], [0, -200], [90, 90]]
    assert 3 <= far_out(points.tolist()) <= 20
    with drawing_style():
        axes = cloud(points.tolist(), genres, ("x", "y")).axes[0]
    assert axes.get_xlim()[1] < 10
    places = np.concatenate([each.get_offsets() for each in axes.collections])
    assert places[:, 0].max() <= axes.get_xlim()[1]  # at the edge, not outside


def score(mean: float) -> dict:
    return {"mean": mean, "low": mean - 0.1, "high": mean + 0.1, "values": [mean - 0.01, mean + 0.01]}


def representation(model: str, kind: str, tree: float, homogeneity: float) -> dict:
    return {
        "model": model,
        "representation": kind,
        "clusters": {"homogeneity": score(homogeneity)},
        "classifiers": {"tree": {"accuracy": score(tree)}},
    }


def test_the_report_says_where_latents_reach_log_mel_and_where_they_do_not() -> None:
    rows = {
        f"{row['model']}/{row['representation']}": row
        for row in (
            representation("log-mel", "statistics", 0.5, 0.2),
            representation("studio-1378", "statistics", 0.45, 0.21),
            representation("conv-9184", "statistics", 0.3, 0.21),
            representation("conv-9184", "latent", 0.1, 0.1),
        )
    }
    assert verdicts.shares_of_log_mel(rows)["conv-9184"] == pytest.approx({"homogeneity": 1.05, "tree": 0.6})
    assert "every score" in verdicts.reached("studio-1378", rows)
    missed = verdicts.reached("conv-9184", rows)
    assert "1 of 2" in missed
    assert "tree (60 %)" in missed
    difference = {"first": "conv-9184/statistics", "second": "conv-9184/latent", "score": "tree", **score(0.2)}
    sentence = verdicts.best_statistics({"rows": rows, "differences": [difference]})
    assert "conv-9184 · time statistics is really better" in sentence
    unsure = {**difference, "low": -0.1}
    assert "no sure difference" in verdicts.best_statistics({"rows": rows, "differences": [unsure]})


def test_the_report_says_whether_sizes_order_themselves_and_what_the_linear_transform_does() -> None:
    def system(family: str, floats: int, si_sdr: float) -> dict:
        return {"family": family, "floats": floats, "scores": {"si_sdr": {"mean": si_sdr}}}

    systems = {
        "conv-200": system("conv", 200, 9.0),
        "conv-100": system("conv", 100, 5.0),
        "klt": system("klt", 99, 6.0),
    }
    assert "order themselves" in verdicts.order_of_sizes(systems)
    assert "SI-SDR (1 of 2)" in verdicts.linear_beside(systems)
    systems["conv-100"]["scores"]["si_sdr"]["mean"] = 10.0
    assert "not always" in verdicts.order_of_sizes(systems)


def test_the_report_says_how_alike_outputs_are_without_rounding_words() -> None:
    def network(active: int, likeness: float, original: float) -> dict:
        found = {"active_units": active, "units": 20, "likeness": likeness, "original_likeness": original}
        return {"diagnosis": found}

    same = verdicts.collapsed({"a": network(0, 0.9999, -0.001)})
    assert "In 1 of 1 configurations" in same
    assert "outputs is 1.00 (1: all the same; of the originals it is 0.00)" in same
    assert "2 of 3" in (
        some := verdicts.collapsed({"a": network(0, 0.9, 0.1), "b": network(0, 1.0, 0.0), "c": network(7, 0.2, 0.0)})
    )
    assert "is 0.90 or more" in some
    assert verdicts.collapsed({"a": network(3, 0.2, 0.0)}) == ""
    assert "20 latent units 12 vary" in verdicts.learned("vae", network(12, 0.01, 0.0)["diagnosis"])
    assert verdicts.learned("vae", None) == ""


@pytest.fixture
def chapters() -> list[Chapter]:
    """Two chapters that need some sheets; a figure that is larger than a sheet among them."""
    first, second = Chapter("Numbers"), Chapter("Pictures")
    for number in range(14):
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


def test_the_header_of_a_table_stands_on_every_sheet_and_its_caption_with_its_last_rows(tmp_path: Path) -> None:
    long = Grid("long", ("row", "value"), [(f"row {n}", str(n)) for n in range(150)], "Everything in one table.")
    chapter = Chapter("Numbers", [long])
    pdf_report([chapter], tmp_path / "report.pdf", {}, title="A study", subtitle="today")
    content = (tmp_path / "report.pdf").read_bytes()
    streams = [_inflated(part) for part in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)]
    # A letter each in brackets, and how far the next is moved.
    sheets = [b"".join(re.findall(rb"\((.)\)", stream)) for stream in streams if b"TJ" in stream]
    assert len(sheets) == 3
    assert all(b"value" in sheet for sheet in sheets)
    assert b"row 149" in sheets[-1]
    assert b"Everything in one table" in sheets[-1]


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""
