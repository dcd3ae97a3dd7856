"""Latents of clips on the disk, a file a song, model and clip length, within a budget of bytes.

A file is safetensors: `latent` (clips, channels, frames) in half precision, the 16 bits that kbit/s are counted with;
`statistics` (clips, 3 channels) in float32; `starts` (clips,) the clips' first samples at the rate of the decoded song.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection as Set
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from core.errors import LibraryError
from core.files import write_bytes_atomically
from core.i18n import _
from core.tensorfile import Damaged, Entry, Header, open_regular, read_header

SUFFIX = ".clips"
FORMAT = "musicae-clips"
DEFAULT_BUDGET = 4 << 30
HALF_LIMIT = 65504.0
_DTYPES = {"latent": ("F16", "<f2", 3), "statistics": ("F32", "<f4", 2), "starts": ("I64", "<i8", 1)}


@dataclass(frozen=True)
class CachedClips:
    """The clips of one song, mapped from the disk; `samples` is a clip's length at the model's rate."""

    latent: np.ndarray
    statistics: np.ndarray
    starts: np.ndarray
    samples: int


class ClipCache:
    """A folder of encoded clips that stays under `budget` bytes: the songs that were not used longest go first."""

    def __init__(self, folder: Path, budget: int = DEFAULT_BUDGET) -> None:
        self.folder = Path(folder)
        self.budget = budget
        self._bytes: int | None = None  # counted when first asked for, then kept up: a folder of 10,000 files is slow

    def path(self, song: str, model: str, clip: int) -> Path:
        """Where a song's clips of `clip` samples lie, `song` being its key; the sizes of a nested model share it."""
        return self.folder / model.partition("-")[0][:32] / str(clip) / f"{song}{SUFFIX}"

    def read(self, path: Path) -> CachedClips | None:
        """The clips in `path`, mapped; None where there are none, or a damaged file, which encoding anew replaces."""
        try:
            with open_regular(path) as file:
                header = read_header(file)
                _check(header)
                arrays = {name: _mapped(path, header, header.tensors[name]) for name in _DTYPES}
            samples = int(header.metadata["samples"][:20])
        except (OSError, Damaged, ValueError, KeyError):
            return None
        return CachedClips(arrays["latent"], arrays["statistics"], arrays["starts"], samples)

    def write(self, path: Path, clips: CachedClips) -> None:
        """Store a song's clips.

        Raises:
            LibraryError: the disk is full or the folder cannot be written.
        """
        tensors = {
            "latent": half(clips.latent),
            "statistics": clips.statistics.astype("<f4"),
            "starts": clips.starts.astype("<i8"),
        }
        content = save(tensors, {"format": FORMAT, "samples": str(clips.samples)})
        before = _size(path)
        try:
            write_bytes_atomically(path, content)
        except OSError as error:
            raise LibraryError(
                _("The latents cannot be kept in {path}: {reason}.").format(path=path, reason=error.strerror or error),
                path=path,
                details=str(error),
            ) from error
        if self._bytes is not None:
            self._bytes += len(content) - before

    def used(self, path: Path) -> None:
        """Note that the file was needed just now."""
        with contextlib.suppress(OSError):
            os.utime(path)

    def bytes(self) -> int:
        """What all files take."""
        if self._bytes is None:
            self._bytes = sum(size for _path, size, _time in self._files())
        return self._bytes

    def make_room(self, wanted: int, keep: Set[Path]) -> None:
        """Remove files that were not used longest, none of `keep`, until `wanted` bytes more fit into the budget."""
        if self.bytes() + wanted <= self.budget:
            return
        files = sorted(self._files(), key=lambda file: file[2])
        self._bytes = sum(size for _path, size, _time in files)
        for path, size, _time in files:
            if self._bytes + wanted <= self.budget:
                return
            if path in keep:
                continue
            with contextlib.suppress(OSError):  # Windows keeps a file that is mapped
                path.unlink()
                self._bytes -= size

    def clear(self) -> None:
        for path, _bytes, _time in self._files():
            with contextlib.suppress(OSError):
                path.unlink()
        self._bytes = None

    def _files(self) -> list[tuple[Path, int, float]]:
        found = []
        for path in self.folder.glob(f"*/*/*{SUFFIX}"):
            with contextlib.suppress(OSError):
                facts = path.stat()
                found.append((path, facts.st_size, facts.st_mtime))
        return found


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def half(values: np.ndarray) -> np.ndarray:
    """`values` in half precision; what that cannot hold becomes its largest number."""
    return np.clip(values, -HALF_LIMIT, HALF_LIMIT).astype("<f2")


def _check(header: Header) -> None:
    if header.metadata.get("format") != FORMAT or set(header.tensors) != set(_DTYPES):
        raise Damaged("another kind of file")
    for name, (dtype, _numpy, dimensions) in _DTYPES.items():
        entry = header.tensors[name]
        if entry.dtype != dtype or len(entry.shape) != dimensions:
            raise Damaged(f"{name} is {entry.dtype} of shape {entry.shape}")
    (clips,), statistics = header.tensors["starts"].shape, header.tensors["statistics"].shape
    latent = header.tensors["latent"].shape
    if latent[0] != clips or statistics != (clips, 3 * latent[1]) or 0 in latent:
        raise Damaged("tensors that do not fit together")


def _mapped(path: Path, header: Header, entry: Entry) -> np.ndarray:
    kind = next(numpy for name, (_dtype, numpy, _n) in _DTYPES.items() if header.tensors[name] is entry)
    return np.memmap(path, kind, "r", header.data_start + entry.start, entry.shape)
