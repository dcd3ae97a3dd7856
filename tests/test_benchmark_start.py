"""The benchmarks of start, library, formats and memory, small; no clock is judged."""

from __future__ import annotations

from pathlib import Path

import pytest
import soundfile
from pytestqt.qtbot import QtBot

from benchmarks import memory
from benchmarks.__main__ import GROUPS, parser_for
from benchmarks.self_test import live
from benchmarks.start_formats import WRITTEN, formats
from benchmarks.start_library import SEARCH, fill, library
from benchmarks.window_stalls import write_many
from core.audio import read_info
from core.errors import MusicaeError
from core.library import Library


def test_the_groups_that_start_the_program_have_options() -> None:
    assert {"start", "memory", "window"} <= set(GROUPS)
    options = parser_for(["start", "memory", "window"]).parse_args(["start", "memory", "window"])
    assert (options.start_songs, options.memory_minutes, options.window_songs) == (10_000, 60, 1000)


def test_made_up_songs_are_found_by_words_and_are_always_the_same(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    first, again = (fill(tmp_path / name, 300) for name in ("one", "two"))
    assert [song.title for song in first] == [song.title for song in again]
    made = Library(tmp_path / "one")
    found = made.songs(search=SEARCH)
    made.close()
    assert found
    assert all("river" in song.title and "blue" in f"{song.title.lower()} {song.genre}" for song in found)


def test_the_library_is_measured_by_the_core_and_in_the_window(tmp_path: Path, qtbot: QtBot) -> None:
    figures = {figure.name: figure for figure in library(tmp_path / "library", 200)}
    assert {"library/open", "library/search", "library/window: open", "library/window: sort"} <= set(figures)
    assert all(figure.value and figure.value > 0 for figure in figures.values())
    assert figures["library/search"].reference is not None


def test_every_format_that_can_be_written_is_read(tmp_path: Path) -> None:
    figures = list(formats(tmp_path / "formats", 1.0))
    assert {f"read/{suffix}" for suffix in WRITTEN} <= {figure.name for figure in figures}
    for suffix in WRITTEN:
        assert read_info(tmp_path / "formats" / f"song.{suffix}").seconds == pytest.approx(1.0, abs=0.1)


def test_the_many_songs_differ(tmp_path: Path) -> None:
    write_many(tmp_path, 12)
    files = sorted(tmp_path.rglob("*.wav"))
    assert len({file.read_bytes() for file in files}) == 12
    assert soundfile.info(files[0]).duration == 2.0


def test_growth_is_the_slope_of_the_rounds_after_the_first_two() -> None:
    held = [900.0, 1000.0, 1001.0, 1002.0, 1003.0]
    rounds = [{"seconds": 60.0 * (number + 1), "resident_megabytes": value} for number, value in enumerate(held)]
    report = {"rounds": rounds, "steps": [{"name": "train", "state": "failed"}]}
    figures = {figure.name: figure for figure in memory.figures(report)}
    assert figures["growth"].value == pytest.approx(60.0)
    assert (figures["after the last round"].value, figures["after the last round"].reference) == (1003.0, 1000.0)
    assert figures["rounds"].details["failed_steps"] == ["train"]


def test_a_system_that_does_not_tell_its_memory_has_rounds_only() -> None:
    report = {"rounds": [{"seconds": 1.0, "resident_megabytes": None}], "steps": []}
    assert [figure.name for figure in memory.figures(report)] == ["rounds"]


def test_a_program_without_a_report_is_told(tmp_path: Path) -> None:
    with pytest.raises(MusicaeError, match="without a report"):
        live(["/bin/false"], tmp_path / "lived", {})
