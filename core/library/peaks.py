"""Waveforms for drawing: the least and the largest sample of every 256 frames, and of every 4, 16, 64... of those.

A file holds the levels one after the other, so that a row's waveform costs one small read and a zoomed strip another:

    64 bytes      magic, version, rate, frames, scale
    level 0       ceil(frames / 256) pairs (min, max) of little-endian int16, sample = int16 · scale
    level 1...    every further level has a quarter of the pairs, down to `SMALLEST_LEVEL`
"""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import LibraryError
from core.files import write_bytes_atomically
from core.i18n import _

MAGIC, VERSION = b"MUSICAEP", 1
BASE, FACTOR, SMALLEST_LEVEL = 256, 4, 64
SUFFIX = ".peaks"
PAIRS_PER_COLUMN = 8
"""A pair that straddles two columns shows in both, which is an eighth of a column too wide at most."""

_HEADER = struct.Struct("<8sIIQf")
_HEADER_BYTES = 64


class PeakBuilder:
    """Takes the blocks of a sound as they are decoded and makes the content of its peak file."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._frames = 0
        self._rest = np.zeros(0, np.float32)
        self._pairs: list[np.ndarray] = []
        self.peak = 0.0
        """The largest absolute sample so far, of the mono mix."""

    def write(self, block: np.ndarray) -> None:
        """Take (channels, n) float32 samples; the waveform is that of their mean."""
        mono = block[0] if block.shape[0] == 1 else block.mean(axis=0, dtype=np.float32)
        self._frames += len(mono)
        mono = np.concatenate([self._rest, mono]) if len(self._rest) else mono
        whole = len(mono) // BASE * BASE
        self._add(mono[:whole].reshape(-1, BASE))
        self._rest = mono[whole:]

    def content(self) -> bytes:
        """The peak file; to be called once, after the last block."""
        if len(self._rest):
            self._add(self._rest[None])
        pairs = np.concatenate(self._pairs) if self._pairs else np.zeros((0, 2), np.float32)
        scale = max(self.peak, 1.0) / 32767
        parts = [_HEADER.pack(MAGIC, VERSION, self._rate, self._frames, scale).ljust(_HEADER_BYTES, b"\0")]
        for count in level_sizes(self._frames):
            if count != len(pairs):
                pairs = _reduced(pairs, np.arange(0, len(pairs), FACTOR))
            parts.append(np.rint(pairs / scale).astype("<i2").tobytes())
        return b"".join(parts)

    def _add(self, bins: np.ndarray) -> None:
        if bins.size:
            pairs = np.stack([bins.min(axis=1), bins.max(axis=1)], axis=1)
            self._pairs.append(pairs)
            self.peak = max(self.peak, float(np.abs(pairs).max()))


class PeakFiles:
    """A folder of peak files, each named by its song's content key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __contains__(self, key: str) -> bool:
        return self.path(key).is_file()

    def path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}{SUFFIX}"

    def put(self, key: str, content: bytes) -> None:
        try:
            write_bytes_atomically(self.path(key), content)
        except OSError as error:
            raise LibraryError(
                _("The waveforms cannot be written to {folder}: {reason}. Make room there.").format(
                    folder=self.folder, reason=error.strerror or error
                ),
                path=self.folder,
                details=str(error),
            ) from error

    def remove(self, key: str) -> None:
        with contextlib.suppress(OSError):
            self.path(key).unlink(missing_ok=True)

    def read(self, key: str, *, columns: int, start: float = 0.0, seconds: float | None = None) -> Peaks:
        """`columns` pairs (min, max) over `seconds` from `start` on, zeros outside the song.

        Raises:
            LibraryError: the peak file is missing or damaged.
        """
        path = self.path(key)
        try:
            with path.open("rb") as file:
                rate, frames, scale = _parsed(file.read(_HEADER_BYTES), path.stat().st_size)
                length = frames / rate if seconds is None else seconds
                edges = column_edges(columns, start * rate, length * rate)
                level, width, place = _level_for(frames, (edges[-1] - edges[0]) / max(columns, 1))
                first = int(min(max(edges[0] // width, 0), level))
                last = int(min(max(-(-edges[-1] // width), first), level))
                file.seek(place + 4 * first)
                stored = np.frombuffer(file.read(4 * (last - first)), "<i2").reshape(-1, 2)
        except (OSError, ValueError) as error:
            raise LibraryError(
                _("The waveform {path} is missing or damaged. Add the song again.").format(path=path),
                path=path,
                details=str(error),
            ) from error
        pairs = columns_of(stored * np.float32(scale), edges / width - first)
        return Peaks(pairs, fine=edges[-1] - edges[0] < BASE * columns)


@dataclass(frozen=True, eq=False)
class Peaks:
    """(columns, 2) float32 pairs of a sound; `fine` says that the columns are narrower than what is stored."""

    pairs: np.ndarray
    fine: bool


def level_sizes(frames: int) -> Iterator[int]:
    """The number of pairs in each level of a sound `frames` long."""
    count = -(-frames // BASE)
    yield count
    while count > SMALLEST_LEVEL:
        count = -(-count // FACTOR)
        yield count


def column_edges(columns: int, start: float, length: float) -> np.ndarray:
    """The columns + 1 edges, in frames, of `columns` equal parts."""
    return start + length * np.arange(columns + 1) / max(columns, 1)


def columns_of(pairs: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """The pairs (n, 2) that lie within or touch each column, reduced to one; zeros where there are none.

    `edges` counts in pairs. A column narrower than a pair shows the pair that it lies in.
    """
    columns = np.zeros((len(edges) - 1, 2), np.float32)
    first = np.floor(edges[:-1]).astype(np.int64)
    last = np.maximum(np.ceil(edges[1:]).astype(np.int64), first + 1)
    inside = (first < len(pairs)) & (last > 0)
    if not inside.any():
        return columns
    first, last = np.clip(first[inside], 0, len(pairs) - 1), np.clip(last[inside], 1, len(pairs))
    # reduceat takes [a, b) from consecutive indices; every second result, between two columns, is thrown away.
    bounds = np.stack([first, last], axis=1).reshape(-1)
    padded = np.concatenate([pairs, pairs[-1:]])
    columns[inside, 0] = np.minimum.reduceat(padded[:, 0], bounds)[::2]
    columns[inside, 1] = np.maximum.reduceat(padded[:, 1], bounds)[::2]
    return columns


def _reduced(pairs: np.ndarray, starts: np.ndarray) -> np.ndarray:
    return np.stack([np.minimum.reduceat(pairs[:, 0], starts), np.maximum.reduceat(pairs[:, 1], starts)], axis=1)


def _level_for(frames: int, frames_per_column: float) -> tuple[int, int, int]:
    """(pairs, frames a pair, place in the file) of the coarsest level with `PAIRS_PER_COLUMN`, else the finest."""
    place, width = _HEADER_BYTES, BASE
    sizes = list(level_sizes(frames))
    for size in sizes[:-1]:
        if width * FACTOR * PAIRS_PER_COLUMN > frames_per_column:
            return size, width, place
        place += 4 * size
        width *= FACTOR
    return sizes[-1], width, place


def _parsed(header: bytes, size: int) -> tuple[int, int, float]:
    if len(header) < _HEADER_BYTES:
        raise ValueError("too short")
    magic, version, rate, frames, scale = _HEADER.unpack(header[: _HEADER.size])
    if magic != MAGIC or version != VERSION or rate < 1:
        raise ValueError("another format or version")
    if size != _HEADER_BYTES + 4 * sum(level_sizes(frames)):
        raise ValueError("the length does not agree with the header")
    return rate, frames, scale
