"""What the window remembers between two starts: one plain dataclass, saved as versioned JSON.

A file that is missing, damaged or from another version never blocks a start: every value that cannot be
used falls back to its default.
"""

from __future__ import annotations

import dataclasses
import json
import math
import typing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.files import write_text_atomically

VERSION = 1


@dataclass
class SessionState:
    """The state that panels share; the window adds signals to it, nothing else.

    Songs are named by their content key, models by a shipped name or a path.
    """

    panel: str = "library"
    model: str = ""  # empty: the default model
    selected: list[str] = field(default_factory=list)
    search: str = ""
    genre: str = ""
    sort: str = "title"
    descending: bool = False
    compare_song: str = ""
    compare_models: list[str] = field(default_factory=list)
    compare_range: list[float] = field(default_factory=list)  # seconds shown: [first, last]; empty for the whole song
    morph_a: str = ""
    morph_b: str = ""
    morph_at: float = 0.5
    loop: bool = False
    geometry: str = ""  # QMainWindow.saveGeometry as base64
    layout: dict[str, str] = field(default_factory=dict)  # splitter and header states as base64, by object name
    folders: dict[str, str] = field(default_factory=dict)  # last folder of each file dialog, by its purpose
    panels: dict[str, dict[str, Any]] = field(default_factory=dict)  # what a panel alone cares for, by its key
    file: str = ""  # the session's own file, where it was saved to or opened from one
    model_loading: str = ""  # the model being loaded; still set at the next start if that start died of it

    def to_dict(self) -> dict[str, Any]:
        return {"version": VERSION, **dataclasses.asdict(self)}

    @classmethod
    def from_dict(cls, values: object) -> SessionState:
        """A state from parsed JSON; unknown names are skipped, values of a wrong type become defaults."""
        state = cls()
        if not isinstance(values, dict):
            return state
        kinds = typing.get_type_hints(cls)
        for entry in dataclasses.fields(cls):
            value = values.get(entry.name)
            if value is not None and _fits(value, kinds[entry.name]):
                setattr(state, entry.name, float(value) if kinds[entry.name] is float else value)
        return state


def load_session(path: Path) -> SessionState:
    try:
        return SessionState.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError):
        return SessionState()


def save_session(path: Path, state: SessionState) -> None:
    """Write `state` to `path` atomically.

    Raises:
        OSError: the folder cannot be written.
    """
    write_text_atomically(path, json.dumps(state.to_dict(), indent=2) + "\n")


def texts(value: object) -> list[str]:
    """The texts of a list in `SessionState.panels`, where a session's file may put anything; else none."""
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _fits(value: object, kind: Any) -> bool:
    """Whether a JSON value has the declared type; floats must be finite."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is list:
        return isinstance(value, list) and all(_fits(item, arguments[0]) for item in value)
    if origin is dict:
        return isinstance(value, dict) and all(_fits(item, arguments[1]) for item in value.values())
    if kind is Any:
        return True
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if kind is bool or isinstance(value, bool):
        return kind is bool and isinstance(value, bool)
    return isinstance(value, kind)
