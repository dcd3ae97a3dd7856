"""Presets of the user's own, such as the best network of a search: a JSON file each in the data folder. No torch."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import MusicaeError, UsageError
from core.files import write_text_atomically
from core.i18n import _
from core.models.design import Design, design_from_dict
from core.paths import data_place

FORMAT_VERSION = 1
_NAME = re.compile(r"[a-z][a-z0-9_.-]{0,39}")


@dataclass(frozen=True)
class OwnPreset:
    """A network and the settings that it learned best with (names of `core.training.config.TrainConfig`)."""

    name: str
    design: Design
    settings: Mapping[str, Any]


def own_presets() -> tuple[OwnPreset, ...]:
    """Those in the data folder, by name; files that cannot be read are passed over."""
    folder = data_place() / "presets"
    try:
        changed = folder.stat().st_mtime_ns
    except OSError:
        return ()
    return _read(folder, changed)


def save_preset(name: str, design: Design, settings: Mapping[str, Any]) -> Path:
    """Keep a preset; one of the same name is replaced.

    Raises:
        UsageError: the name cannot be one.
        MusicaeError: the file cannot be written.
    """
    if not _NAME.fullmatch(name) or name.startswith("conv-"):
        raise UsageError(
            _(
                "{name!r} cannot be a preset's name: it needs small letters, digits, dots or dashes, begins with a "
                "letter, and not with conv-, which names the sizes."
            ).format(name=name[:60])
        )
    path = data_place() / "presets" / f"{name}.json"
    values = {"version": FORMAT_VERSION, "name": name, "design": design.to_dict(), "settings": dict(settings)}
    try:
        write_text_atomically(path, json.dumps(values, indent=1) + "\n")
    except OSError as error:
        raise MusicaeError(
            _("The preset {path} cannot be written: {reason}.").format(path=path, reason=error.strerror or error),
            path=path,
        ) from error
    _read.cache_clear()
    return path


@functools.lru_cache(maxsize=4)
def _read(folder: Path, changed: int) -> tuple[OwnPreset, ...]:
    found = []
    for path in sorted(folder.glob("*.json")):
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            settings = values["settings"]
            if values["name"] == path.stem and isinstance(settings, dict):
                found.append(OwnPreset(path.stem, design_from_dict(values["design"]), settings))
        except (OSError, ValueError, KeyError, TypeError, MusicaeError):
            continue
    return tuple(found)
