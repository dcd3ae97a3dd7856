"""Writing WAV files, atomically and bit-equal for equal samples."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np

from core.audio.clip import Clip
from core.audio.stream import BLOCK_FRAMES
from core.errors import AudioFileError
from core.files import replacing
from core.i18n import _

Subtype = Literal["PCM_16", "PCM_24", "FLOAT"]

_BYTES: dict[str, int] = {"PCM_16": 2, "PCM_24": 3, "FLOAT": 4}
_FORMAT_PCM, _FORMAT_FLOAT = 1, 3
_TAGS = {"title": b"INAM", "comment": b"ICMT", "software": b"ISFT"}
_RIFF_LIMIT = 0xFFFF_FFFF


def write_wav(
    path: Path | str, clip: Clip, *, subtype: Subtype = "PCM_16", tags: Mapping[str, str] | None = None
) -> None:
    """Write `clip` under a temporary name, then rename it to `path`; folders are made.

    The PCM kinds hold full scale ±1 and clip what is louder; a 16-bit file read and written again keeps its bits.
    libsndfile is not used here: it stamps float files with the time of day, and scales by 32767 but reads by 32768.

    Args:
        tags: any of "title", "comment" and "software", kept in a LIST chunk of type INFO (RIFF 1.0, 1991) in UTF-8.

    Raises:
        AudioFileError: samples that are not numbers, or a place that cannot be written.
    """
    path = Path(path)
    if not np.isfinite(clip.samples).all():
        raise AudioFileError(
            _("{path} was not written: the sound holds samples that are not numbers.").format(path=path), path=path
        )
    try:
        with replacing(path) as temporary, temporary.open("wb") as file:
            _write(file, clip, subtype, tags)
    except OSError as error:
        raise AudioFileError(
            _("{path} cannot be written: {reason}. Choose another place, or make room.").format(
                path=path, reason=error.strerror or error
            ),
            path=path,
            details=str(error),
        ) from error


def _write(file: BinaryIO, clip: Clip, subtype: Subtype, tags: Mapping[str, str] | None) -> None:
    file.write(_header(clip, subtype, tags))
    for block in _encoded(clip.samples, subtype):
        file.write(block)
    if file.tell() % 2:
        file.write(b"\0")


def _header(clip: Clip, subtype: Subtype, tags: Mapping[str, str] | None = None) -> bytes:
    """The RIFF header up to the data; beyond 4 GiB it is RF64 (EBU Tech 3306), whose sizes lie in a `ds64` chunk."""
    width = _BYTES[subtype] * clip.channels
    size = width * clip.frames
    kind = _FORMAT_FLOAT if subtype == "FLOAT" else _FORMAT_PCM
    fmt = struct.pack("<HHIIHH", kind, clip.channels, clip.rate, clip.rate * width, width, 8 * _BYTES[subtype])
    chunks = b"fmt " + struct.pack("<I", len(fmt)) + fmt
    if subtype == "FLOAT":
        chunks += b"fact" + struct.pack("<II", 4, min(clip.frames, _RIFF_LIMIT))
    chunks += _info(tags or {})
    total = 4 + len(chunks) + 8 + size + size % 2
    if total <= _RIFF_LIMIT:
        return b"RIFF" + struct.pack("<I", total) + b"WAVE" + chunks + b"data" + struct.pack("<I", size)
    sizes = b"ds64" + struct.pack("<IQQQI", 28, total + 36, size, clip.frames, 0)
    unknown = struct.pack("<I", _RIFF_LIMIT)
    return b"RF64" + unknown + b"WAVE" + sizes + chunks + b"data" + unknown


def _info(tags: Mapping[str, str]) -> bytes:
    """The LIST chunk of `tags`; nothing without any."""
    entries = b"INFO"
    for name, text in tags.items():
        value = text.encode() + b"\0"
        entries += _TAGS[name] + struct.pack("<I", len(value)) + value + b"\0" * (len(value) % 2)
    return b"LIST" + struct.pack("<I", len(entries)) + entries if tags else b""


def _encoded(samples: np.ndarray, subtype: Subtype) -> Iterator[bytes]:
    for start in range(0, samples.shape[1], BLOCK_FRAMES):
        block = samples[:, start : start + BLOCK_FRAMES].T
        if subtype == "FLOAT":
            yield block.astype("<f4").tobytes()
            continue
        full = 1 << (8 * _BYTES[subtype] - 1)
        whole = np.clip(np.rint(block.astype(np.float64) * full), -full, full - 1)
        if subtype == "PCM_16":
            yield whole.astype("<i2").tobytes()
        else:
            yield np.ascontiguousarray(whole.astype("<i4")).view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
