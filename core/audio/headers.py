"""What decoders keep quiet about: libsndfile reads a cut-off wav, aiff or ogg as a shorter one and says nothing.

Only the few bytes that tell are read. A file that is none of these passes: its decoder will judge.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_STREAMED_SIZES = (0, 0x7FFF_FFFF, 0xFFFF_FFFF)  # written by programs that could not seek back; no promise
_MOST_CHUNKS = 1000
_FORGIVEN_BYTES = 4096  # some programs count a few bytes too many; nobody hears the 23 ms of a CD's sound
_LONGEST_OGG_PAGE = 27 + 255 + 255 * 255


@dataclass(frozen=True)
class Header:
    """What a header claims, where it is known."""

    rate: int | None = None
    channels: int | None = None
    missing: int = 0  # bytes of sound that are promised and not there


def read_header(path: Path) -> Header:
    """The claims of a wav, aiff or ogg file; an empty `Header` for any other. Raises OSError."""
    with path.open("rb") as file:
        start = file.read(12)
        size = path.stat().st_size
        if start[:4] == b"RIFF" and start[8:] == b"WAVE":
            return _wav(file, size)
        if start[:4] == b"FORM" and start[8:] in (b"AIFF", b"AIFC"):
            return _aiff(file, size)
        if start[:4] == b"OggS":
            return Header(missing=_missing_ogg_bytes(file, size))
    return Header()


def _wav(file: BinaryIO, size: int) -> Header:
    rate = channels = None
    for name, length, place in _chunks(file, "<"):
        if name == b"fmt ":
            content = file.read(8)
            if len(content) == 8:
                _kind, channels, rate = struct.unpack("<HHI", content)
        if name == b"data":
            missing = _missing(place, length, size)
            return Header(rate, channels, missing)
    return Header(rate, channels)


def _aiff(file: BinaryIO, size: int) -> Header:
    channels = None
    missing = 0
    for name, length, place in _chunks(file, ">"):
        if name == b"COMM":
            content = file.read(2)
            channels = struct.unpack(">H", content)[0] if len(content) == 2 else None
        if name == b"SSND":
            missing = _missing(place, length, size)
    return Header(channels=channels, missing=missing)


def _missing(place: int, length: int, size: int) -> int:
    """Bytes of a chunk `length` long at `place` that a file of `size` does not hold."""
    missing = place + length - size
    # Half of a tiny file is a loss, however few bytes it is.
    forgiven = min(_FORGIVEN_BYTES, length // 20)
    return missing if length not in _STREAMED_SIZES and missing > forgiven else 0


def _chunks(file: BinaryIO, order: str) -> Iterator[tuple[bytes, int, int]]:
    """(name, length, place of the content) of the chunks after the file's first 12 bytes; IFF pads them to even."""
    place = 12
    for _number in range(_MOST_CHUNKS):
        file.seek(place)
        head = file.read(8)
        if len(head) < 8:
            return
        name, length = head[:4], struct.unpack(f"{order}I", head[4:])[0]
        yield name, length, place + 8
        place += 8 + length + length % 2


def _missing_ogg_bytes(file: BinaryIO, size: int) -> int:
    """Bytes that the last Ogg page (RFC 3533, section 6) promises beyond the file's end.

    A file that ends between two pages is left to pass: recorded web radio ends so, without the end mark.
    """
    file.seek(max(size - _LONGEST_OGG_PAGE, 0))
    tail = file.read()
    place = tail.rfind(b"OggS")
    if place < 0:
        return 0
    page = tail[place:]
    if len(page) < 27:
        return 27 - len(page)
    segments = page[26]
    if len(page) < 27 + segments:
        return 27 + segments - len(page)
    return max(27 + segments + sum(page[27 : 27 + segments]) - len(page), 0)
