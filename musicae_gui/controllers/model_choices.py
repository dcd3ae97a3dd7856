"""The models that Compare and Morph can offer: presets, finished runs, and files that the user picked. No torch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.i18n import _
from core.models.families import families
from core.models.presets import SUFFIX

if TYPE_CHECKING:
    from core.library import Library


@dataclass(frozen=True)
class ModelChoice:
    """A model by the name or path that `load_codec` takes; `available` is False for a preset never trained.

    A nested model is one choice, by the name of its largest preset: its size is chosen where it is used.
    """

    key: str
    title: str
    detail: str
    group: str  # "preset", "run" or "file"
    available: bool = True


def model_choices(library: Library, files: Iterable[str] = ()) -> list[ModelChoice]:
    """Presets first, then runs that have a model, newest first, then the user's files that are still there."""
    return [*_presets(), *_runs(library), *_files(files)]


def choice_of(key: str, choices: Sequence[ModelChoice]) -> ModelChoice | None:
    return next((choice for choice in choices if choice.key == key), None)


def size_text(floats_per_second: float, bits: int = 16) -> str:
    """The size of a latent in the two units that the program uses everywhere."""
    kbit = floats_per_second * bits / 1000
    return _("{floats} floats/s · {kbit} kbit/s").format(
        floats=floats_text(floats_per_second), kbit=f"{kbit:.1f}" if kbit >= 1 else f"{kbit:.2g}"
    )


def floats_text(floats_per_second: float) -> str:
    """Whole floats, as in the presets' names; a model of very few has a fraction."""
    return f"{int(floats_per_second)}" if floats_per_second >= 10 else f"{floats_per_second:.2g}"


def is_run(folder: Path) -> bool:
    """Whether it is the folder of a training run that has a model."""
    return (folder / f"best{SUFFIX}").is_file()


def _presets() -> list[ModelChoice]:
    found = []
    for family in families():
        whole = family.whole
        detail = size_text(whole.floats_per_second)
        if family.nested:
            detail = _("up to {floats} floats/s").format(floats=floats_text(whole.floats_per_second))
        found.append(ModelChoice(whole.name, family.name, detail, "preset", whole.trained))
    return found


def _runs(library: Library) -> list[ModelChoice]:
    found = []
    for run in library.runs():
        if is_run(run.folder):
            when = run.created[:16].replace("T", " ")
            detail = _("{preset}, trained {when}").format(preset=run.preset, when=when)
            found.append(ModelChoice(str(run.folder), run.folder.name, detail, "run"))
    return found


def _files(files: Iterable[str]) -> list[ModelChoice]:
    paths = [Path(file) for file in files]
    return [ModelChoice(str(path), path.stem, str(path.parent), "file") for path in paths if path.exists()]
