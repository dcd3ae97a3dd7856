"""`Latent`, what a model keeps of a sound, and its file: safetensors with the one tensor `latent`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from core.errors import MusicaeError
from core.files import write_bytes_atomically
from core.i18n import _
from core.tensorfile import Damaged, open_regular, read_float32, read_header

FORMAT = "musicae-latent"
TENSOR = "latent"
MAX_SAMPLES = 2**40


class LatentError(MusicaeError):
    """A latent file cannot be read, or a latent does not belong to the model."""


@dataclass(frozen=True, eq=False)
class Latent:
    """Latent values and what decoding them needs; nothing that would count but is not counted.

    Args:
        values: (channels, frames) float32; the channels kept are its first dimension.
        model: the hash of the model that made it (`Codec.hash`).
        samples: length of the sound in samples at the model's rate.
    """

    values: np.ndarray
    model: str
    samples: int

    def __post_init__(self) -> None:
        values = np.ascontiguousarray(self.values, dtype=np.float32)
        if values.ndim != 2 or 0 in values.shape:
            raise ValueError(f"latent values of shape {values.shape}; (channels, frames) is wanted")
        if self.samples < 1:
            raise ValueError(f"a latent of {self.samples} samples")
        object.__setattr__(self, "values", values)

    @property
    def channels(self) -> int:
        return int(self.values.shape[0])

    @property
    def frames(self) -> int:
        return int(self.values.shape[1])

    @property
    def size(self) -> int:
        """Floats in it: its true size."""
        return int(self.values.size)

    def save(self, path: Path | str) -> None:
        """Write the latent; an interrupted write leaves what was there before.

        Raises:
            LatentError: the file cannot be written.
        """
        path = Path(path)
        metadata = {"format": FORMAT, "version": "1", "model": self.model, "samples": str(self.samples)}
        try:
            write_bytes_atomically(path, save({TENSOR: self.values}, metadata))
        except OSError as error:
            raise LatentError(
                _("The latent cannot be written to {path}: {reason}.").format(
                    path=path, reason=error.strerror or str(error)
                ),
                path=path,
                details=str(error),
            ) from error

    @classmethod
    def load(cls, path: Path | str) -> Latent:
        """The latent in `path`.

        Raises:
            LatentError: the file is missing, damaged or holds something else.
        """
        path = Path(path)
        try:
            return _read(path)
        except OSError as error:
            raise LatentError(
                _("The latent file {path} cannot be read: {reason}.").format(
                    path=path, reason=error.strerror or os.strerror(error.errno or 0)
                ),
                path=path,
                details=str(error),
            ) from error
        except (Damaged, ValueError) as error:
            raise LatentError(
                _("{path} is not a latent file of Musicae, or it is damaged; encode the sound again.").format(
                    path=path
                ),
                path=path,
                details=str(error),
            ) from error


def _read(path: Path) -> Latent:
    with open_regular(path) as file:
        header = read_header(file)
        if header.metadata.get("format") != FORMAT or header.metadata.get("version") != "1":
            raise Damaged("another format or version")
        entry = header.tensors.get(TENSOR)
        if len(header.tensors) != 1 or entry is None or entry.dtype != "F32" or len(entry.shape) != 2:
            raise Damaged("other tensors than one of two dimensions called latent")
        samples = header.metadata.get("samples", "")
        if not samples.isascii() or not samples.isdigit() or not 1 <= int(samples[:20]) <= MAX_SAMPLES:
            raise Damaged(f"{samples[:40]!r} samples")
        values = read_float32(file, header, TENSOR)
    if not np.isfinite(values).all():
        raise Damaged("values that are not numbers")
    return Latent(values, header.metadata.get("model", ""), int(samples[:20]))
