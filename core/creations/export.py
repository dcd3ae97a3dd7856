"""Creations as sound files: WAV in three sample formats and FLAC, how each was made in the file's metadata."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from core import __version__
from core.audio import Clip, write_wav
from core.audio.write import Subtype
from core.errors import AudioFileError
from core.files import replacing
from core.i18n import _

FLAC_BITS = 24
FORMATS = {
    "PCM_16": ("WAV, 16 bit", ".wav"),
    "PCM_24": ("WAV, 24 bit", ".wav"),
    "FLOAT": ("WAV, 32 bit float", ".wav"),
    "FLAC": ("FLAC, 24 bit", ".flac"),
}
"""Sample format: its name, which is the same in every language, and the file's suffix."""


@dataclass(frozen=True)
class About:
    """What is told about a creation in its file; `recipe` is `Recipe.to_dict`."""

    title: str
    model: str
    recipe: Mapping[str, Any]

    @property
    def comment(self) -> str:
        """JSON in ASCII, which every reader of metadata shows."""
        return json.dumps({"musicae": "creation", "model": self.model, "recipe": dict(self.recipe)})


def export(path: Path, clip: Clip, about: About, kind: str = "PCM_16") -> None:
    """Write `clip` to `path`, atomically.

    Args:
        kind: one of `FORMATS`.

    Raises:
        AudioFileError: the place cannot be written.
    """
    tags = {"title": about.title, "comment": about.comment, "software": f"Musicae {__version__}"}
    if kind == "FLAC":
        _write_flac(path, clip, tags)
    else:
        write_wav(path, clip, subtype=cast(Subtype, kind), tags=tags)


def _write_flac(path: Path, clip: Clip, tags: Mapping[str, str]) -> None:
    import soundfile

    full = 1 << (FLAC_BITS - 1)
    whole = np.clip(np.rint(clip.samples.T.astype(np.float64) * full), -full, full - 1).astype(np.int32)
    try:
        with (
            replacing(path) as temporary,
            soundfile.SoundFile(temporary, "w", clip.rate, clip.channels, subtype="PCM_24", format="FLAC") as file,
        ):
            for name, text in tags.items():
                setattr(file, name, text)
            file.write(whole << (32 - FLAC_BITS))  # libsndfile takes the upper bits
    except (OSError, RuntimeError) as error:
        raise AudioFileError(
            _("{path} cannot be written: {reason}. Choose another place, or make room.").format(
                path=path, reason=getattr(error, "strerror", None) or error
            ),
            path=path,
            details=str(error),
        ) from error
