"""Ogg Opus files whose time stamps do not add up, as FFmpeg's remuxing leaves them, made readable for libsndfile.

libsndfile 1.2 refuses such a file in its midst ("file is malformed") as soon as a page's granule position is not the
sum of the packets before it: 9 of 61 songs met in the wild. Other players go by the packets, and so does this repair.
Sources: Ogg pages, RFC 3533 section 6; packet durations, RFC 6716 section 3.1; granule positions, RFC 7845 section 4.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

_PAGE = struct.Struct("<4sBBqIIIB")
_GRANULE_PLACE, _CHECKSUM_PLACE = 6, 22
_LAST_PAGE = 4
_HEADER_PAGES = 2
_REVERSED_BITS = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass(frozen=True)
class _Page:
    start: int
    end: int
    flags: int
    granule: int  # samples at 48 kHz up to the last packet that ends here; -1 where none does
    duration: int  # of the packets that end here, in samples at 48 kHz


def with_regular_granules(content: bytes) -> bytes | None:
    """The Ogg Opus file `content` with granule positions that follow from its packets.

    None where they do so already, and for what is no single whole Opus stream (a decoder will judge).
    """
    try:
        pages = list(_pages(content))
    except (ValueError, IndexError, struct.error):
        return None
    repaired: bytearray | None = None
    offset = position = former = 0
    for number, page in enumerate(pages):
        if page.granule < 0:
            position += page.duration
            continue
        if number == 0:
            offset = max(page.granule - page.duration, 0)  # a recording that was begun late counts from where it began
            former = position = offset
        # Only the last page may count less than its packets hold: that trims the end.
        trims = page.flags & _LAST_PAGE and 0 <= page.granule - former < page.duration
        position += page.granule - former if trims else page.duration
        if position != page.granule:
            repaired = repaired if repaired is not None else bytearray(content)
            _stamp(repaired, page, position)
        former = page.granule
    return bytes(repaired) if repaired is not None else None


def _pages(content: bytes) -> Iterator[_Page]:
    """The audio pages; ValueError for a second stream, a gap, or half a page."""
    place, number, serial, begun = 0, 0, None, 0
    while place < len(content):
        magic, _version, flags, granule, page_serial, _sequence, _checksum, count = _PAGE.unpack_from(content, place)
        if magic != b"OggS" or serial not in (None, page_serial) or (number and flags & 2):
            raise ValueError("not one stream of whole pages")
        serial = page_serial
        table = place + _PAGE.size
        start = packet = table + count
        duration = 0
        for length in content[table:start]:
            packet += length
            if length < 255:
                duration += begun or _samples(content[start : start + 2])
                start, begun = packet, 0
        if start < packet and not begun:  # a packet that goes on in the next page
            begun = _samples(content[start : start + 2])
        if number >= _HEADER_PAGES:
            yield _Page(place, packet, flags, granule, duration)
        else:
            begun = 0
        place, number = packet, number + 1


def _samples(packet: bytes) -> int:
    """The duration of an Opus packet at 48 kHz, from its first byte and, for many frames, its second."""
    if not packet:
        return 0
    mode, code = packet[0] >> 3, packet[0] & 3
    if mode < 12:
        frame = (480, 960, 1920, 2880)[mode & 3]
    elif mode < 16:
        frame = (480, 960)[mode & 1]
    else:
        frame = (120, 240, 480, 960)[mode & 3]
    return frame * (packet[1] & 63 if code == 3 else (1, 2, 2)[code])


def _stamp(content: bytearray, page: _Page, granule: int) -> None:
    """Write a page's granule position and its checksum."""
    struct.pack_into("<q", content, page.start + _GRANULE_PLACE, granule)
    struct.pack_into("<I", content, page.start + _CHECKSUM_PLACE, 0)
    struct.pack_into("<I", content, page.start + _CHECKSUM_PLACE, ogg_checksum(bytes(content[page.start : page.end])))


def ogg_checksum(page: bytes) -> int:
    """Ogg's CRC-32 (polynomial 0x04C11DB7, most significant bit first, no inversion) of a page whose field is zero.

    zlib has the same polynomial with all bits in the opposite order and inverted at both ends.
    """
    reflected = zlib.crc32(page.translate(_REVERSED_BITS), 0xFFFF_FFFF) ^ 0xFFFF_FFFF
    return int(f"{reflected:032b}"[::-1], 2)
