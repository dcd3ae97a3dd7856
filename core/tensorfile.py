"""Reading a safetensors file without trust: every size is checked against the file before memory is taken.

The format: 8 bytes little-endian length of the header, the header (JSON: name -> dtype, shape, data_offsets, and
`__metadata__` of strings), then the tensors' bytes without gaps. Needs no torch.
"""

from __future__ import annotations

import json
import math
import os
import stat
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeGuard

import numpy as np

MAX_HEADER = 4 * 2**20
MAX_TENSORS = 4096
MAX_DIMENSIONS = 8
FLOATS = {"F32": "<f4", "F16": "<f2"}
_ITEM_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}


class Damaged(Exception):  # noqa: N818 - a finding about a file; callers word it for the user
    """The file is not a sound safetensors file; the text says in English what a developer wants to know."""


@dataclass(frozen=True)
class Entry:
    """A tensor's place: `start` counts from the beginning of the data."""

    dtype: str
    shape: tuple[int, ...]
    start: int
    bytes: int


@dataclass(frozen=True)
class Header:
    tensors: dict[str, Entry]
    metadata: dict[str, str]
    data_start: int
    data_bytes: int


def open_regular(path: Path) -> BinaryIO:
    """`path` opened for reading, if it is a file (a pipe or device would block or never end).

    Raises:
        OSError: it cannot be opened.
        Damaged: it is something else.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise Damaged("not a regular file")
    return path.open("rb")


def read_header(file: BinaryIO) -> Header:
    """The checked header of an open file.

    Raises:
        Damaged: anything in it disagrees with the format or with the file's size.
    """
    size = os.fstat(file.fileno()).st_size
    start = file.read(8)
    if len(start) < 8:
        raise Damaged(f"{size} bytes are no safetensors file")
    (length,) = struct.unpack("<Q", start)
    if length > min(MAX_HEADER, size - 8):
        raise Damaged(f"a header of {length} bytes in a file of {size}")
    document = json_object(file.read(length))
    metadata = document.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise Damaged("the metadata are not strings")
    if len(document) > MAX_TENSORS:
        raise Damaged(f"{len(document)} tensors")
    tensors = {name: _entry(name, facts) for name, facts in document.items()}
    end = 0
    for entry in sorted(tensors.values(), key=lambda entry: (entry.start, entry.bytes)):
        if entry.start != end:
            raise Damaged(f"a gap or an overlap at byte {end} of the data")
        end += entry.bytes
    if end != size - 8 - length:
        raise Damaged(f"{size - 8 - length} bytes of data where the header says {end}")
    return Header(tensors, metadata, 8 + length, end)


def read_float32(file: BinaryIO, header: Header, name: str) -> np.ndarray:
    """The tensor `name`, of one of the types in `FLOATS`, as a float32 array of its own.

    Raises:
        Damaged: the file has become shorter since its header was read.
    """
    entry = header.tensors[name]
    values = np.empty(entry.shape, FLOATS[entry.dtype])
    file.seek(header.data_start + entry.start)
    if entry.bytes and file.readinto(values.reshape(-1).view(np.uint8).data) != entry.bytes:  # type: ignore[attr-defined]
        raise Damaged(f"the data of {name} end early")
    return values.astype(np.float32, copy=False)


def json_object(content: str | bytes) -> dict[str, Any]:
    """Parsed JSON that must be an object.

    Raises:
        Damaged: it is not JSON, nested too deeply, or something else than an object.
    """
    try:
        document = json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Damaged(f"not JSON: {error}") from error
    if not isinstance(document, dict):
        raise Damaged("not a JSON object")
    return document


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _entry(name: str, facts: Any) -> Entry:
    if not isinstance(facts, dict):
        raise Damaged(f"no description of {name!r}")
    dtype, shape, offsets = facts.get("dtype"), facts.get("shape"), facts.get("data_offsets")
    if not isinstance(dtype, str) or dtype not in _ITEM_BYTES:
        raise Damaged(f"{name!r} is of the type {dtype!r}")
    if not _whole_numbers(shape) or len(shape) > MAX_DIMENSIONS:
        raise Damaged(f"{name!r} has the shape {shape!r}")
    if not _whole_numbers(offsets) or len(offsets) != 2:
        raise Damaged(f"{name!r} lies at {offsets!r}")
    start, end = offsets
    if end - start != math.prod(shape) * _ITEM_BYTES[dtype]:
        raise Damaged(f"{name!r} has {end - start} bytes, not those of {shape} {dtype}")
    return Entry(dtype, tuple(shape), start, end - start)


def _whole_numbers(values: Any) -> TypeGuard[list[int]]:
    return isinstance(values, list) and all(type(value) is int and 0 <= value < 2**48 for value in values)
