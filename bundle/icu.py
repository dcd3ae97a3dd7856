"""Blanks what nobody reads in the library of ICU's data that Qt brings: 32 MB, of which Qt needs a third.

Qt asks ICU to sort words, to convert text in old encodings, to change case and to name time zones; its own tables hold
the names of languages and countries, the numbers' formats and the borders of words. The parts that are blanked keep
their places, so that the library stays as its maker laid it out; zeros cost nothing in a package. ICU takes a part that
it cannot read for one that is not there and falls back on the root's.

The format is that of ICU's common data (`udata.h`, `ucmndata.h`): a header, a table of contents of (name, offset)
pairs sorted by name, and the parts.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

UNREAD = ("brkitr", "curr", "lang", "rbnf", "region", "translit", "unit")
# Functions of the parts above: where Qt begins to call one of them, its part is read after all.
READERS = (b"ubrk_", b"uldn_", b"uloc_getDisplay", b"ucurr_", b"unum_", b"utrans_", b"unumf_", b"ulistfmt_")
MAGIC, FORMAT = b"\xda\x27", b"CmnD"


class IcuError(Exception):
    """The library is not laid out as ICU's data are."""


@dataclass(frozen=True)
class Part:
    """One part of the data: "icudt73l/coll/es.res", and where its bytes lie in the file."""

    name: str
    start: int
    end: int


def blank(library: Path, readers: list[Path]) -> int:
    """Fill the unread parts of `library` with zeros; returns how many bytes that were.

    Args:
        readers: the libraries that use ICU, which must not read those parts.

    Raises:
        IcuError: one does, or `library` holds no such data.
    """
    for reader in readers:
        if called := [name.decode() for name in READERS if name in reader.read_bytes()]:
            raise IcuError(f"{reader.name} calls {', '.join(called)}: what these read must not be blanked.")
    content = bytearray(library.read_bytes())
    blanked = 0
    for part in parts(bytes(content)):
        folder = part.name.split("/")[1]
        if folder in UNREAD:
            content[part.start : part.end] = bytes(part.end - part.start)
            blanked += part.end - part.start
    library.write_bytes(content)
    return blanked


def parts(content: bytes) -> list[Part]:
    """The parts of the data in a library; the last one, whose length is not told, counts as empty."""
    base = content.find(FORMAT) - 12
    if base < 0 or content[base + 2 : base + 4] != MAGIC:
        raise IcuError("There are no data of ICU in the library.")
    table = base + struct.unpack_from("<H", content, base)[0]
    (count,) = struct.unpack_from("<I", content, table)
    entries = [struct.unpack_from("<II", content, table + 4 + 8 * number) for number in range(count)]
    starts = [table + offset for _name, offset in entries]
    names = [content[table + at : content.index(b"\0", table + at)].decode("ascii") for at, _offset in entries]
    ends = [*starts[1:], starts[-1]]
    return [Part(name, start, end) for name, start, end in zip(names, starts, ends, strict=True)]
