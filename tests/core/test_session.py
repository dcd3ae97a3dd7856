"""The session file: what is remembered comes back, and no damaged file blocks a start."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.session import VERSION, SessionState, load_session, save_session, texts


def test_what_was_saved_comes_back(tmp_path: Path) -> None:
    state = SessionState(panel="morph", morph_at=0.25, selected=["a", "b"], folders={"open": "/music"}, loop=True)
    state.panels["train"] = {"sizes": ["conv-9184"]}
    save_session(tmp_path / "s.json", state)
    assert load_session(tmp_path / "s.json") == state
    assert json.loads((tmp_path / "s.json").read_text())["version"] == VERSION


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", "7", '{"panel": 7}', "[" * 100_000, '{"version": 99, "unknown": 1}', "\ud800"]
)
def test_a_damaged_file_gives_the_defaults(tmp_path: Path, content: str) -> None:
    (tmp_path / "s.json").write_bytes(content.encode("utf-8", "surrogatepass"))
    assert load_session(tmp_path / "s.json") == SessionState()


def test_only_the_values_of_a_wrong_type_are_lost(tmp_path: Path) -> None:
    values = {
        "panel": "compare",
        "morph_at": "half",
        "selected": ["a", 5],
        "loop": 1,
        "compare_range": [0, 2.5],
        "layout": {"train.splitter": 3},
        "panels": {"train": 5},
    }
    (tmp_path / "s.json").write_text(json.dumps(values))
    state = load_session(tmp_path / "s.json")
    assert state == SessionState(panel="compare", compare_range=[0, 2.5])


@pytest.mark.parametrize(
    ("value", "kept"),
    [(["/a", "b"], ["/a", "b"]), (["/a", 5, None, ["b"], ""], ["/a", ""]), ("/a", []), ({"/a": 1}, []), (None, [])],
)
def test_of_a_panels_list_the_texts_are_kept(value: object, kept: list[str]) -> None:
    assert texts(value) == kept


def test_a_missing_file_gives_the_defaults(tmp_path: Path) -> None:
    assert load_session(tmp_path / "none.json") == SessionState()
