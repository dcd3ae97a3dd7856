"""Where Musicae's own resources and the user's data lie."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs

from core.errors import MusicaeError

DATA_VARIABLE = "MUSICAE_DATA"


def resource(*parts: str) -> Path:
    """Path of a shipped resource, the same call in the source tree, an installed wheel and a frozen bundle.

    Raises:
        MusicaeError: the resource is not part of this installation.
    """
    package = Path(__file__).resolve().parent
    bundle = getattr(sys, "_MEIPASS", None)
    roots = [Path(bundle) / "resources"] if bundle else []
    roots += [package / "resources", package.parent / "resources"]
    for root in roots:
        candidate = root.joinpath(*parts)
        if candidate.exists():
            return candidate
    raise MusicaeError(f"Musicae's own file {'/'.join(parts)} is missing; install the program again.")


def data_place(override: Path | str | None = None) -> Path:
    """Where `data_dir` is, or would be made."""
    chosen = override or os.environ.get(DATA_VARIABLE) or platformdirs.user_data_dir("Musicae", appauthor=False)
    return Path(chosen).expanduser().absolute()


def data_dir(override: Path | str | None = None) -> Path:
    """The folder of library, runs and settings, made when missing.

    `override` (the option `--data-dir`) wins over the variable `MUSICAE_DATA`, which wins over the platform's usual
    place for user data. It is this process's data folder from then on, and its children's: whoever asks without it,
    such as the list of one's own presets, gets the same.

    Raises:
        MusicaeError: the folder cannot be made.
    """
    folder = data_place(override)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MusicaeError(
            f"The data folder {folder} cannot be made: {error.strerror}. Choose another one with --data-dir.",
            path=folder,
            details=str(error),
        ) from error
    if override is not None:
        os.environ[DATA_VARIABLE] = str(folder)
    return folder
