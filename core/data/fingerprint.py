"""A compact fingerprint of a song, by which near-duplicates are found: other files, levels, codecs, cuts of one sound.

32 bits every 46 ms say whether the energy differences between neighbouring bands of a 0.74 s spectrum (300 to
2000 Hz) rise or fall: J. Haitsma and T. Kalker, "A highly robust audio fingerprinting system", ISMIR 2002. Two songs
with an equal word somewhere are laid over one another there, and the share of differing bits decides. Another speed or
pitch is another song.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np
import soxr

from core.data.store import PRINT_SUFFIX, StoredSong
from core.data.unions import Unions
from core.errors import Cancelled
from core.files import write_bytes_atomically
from core.i18n import _

RATE = 5512
WINDOW, HOP = 4096, 256
BANDS = 33
LOW, HIGH = 300.0, 2000.0
QUIET = 1e-6
"""Frames with less than this share of the song's largest energy say nothing."""
ALIKE = 0.32
"""Share of differing bits up to which two sounds are one; unrelated music differs in 0.5 ± 0.05."""
LEAST_SECONDS = 3.0
"""So long, or all of a shorter song, two songs must overlap."""
LEAST_SHARE = 0.5
"""So much of the shorter song must lie within the other."""
MOST_WORDS, MOST_CANDIDATES = 4_000_000, 500_000
_COMMON = 32  # a word that is heard more often is a habit of music, not a trace of one song
_BLOCK_SECONDS = 60
_MAGIC = b"MUSICAEF\1\0\0\0"


class MonoSamples(Protocol):
    """`StoredSong`, or whatever reads mono samples in parts."""

    @property
    def rate(self) -> int: ...
    @property
    def frames(self) -> int: ...
    def read(self, start: int, count: int) -> np.ndarray: ...


def fingerprint(song: MonoSamples) -> np.ndarray:
    """(frames,) uint32, one word every 46 ms, 0 where it is too quiet to tell; read in parts of a minute."""
    bands = _bands()
    energies = [energy for energy in (_energies(part, bands) for part in _windows(song)) if len(energy)]
    if not energies:
        return np.zeros(0, np.uint32)
    energy = np.concatenate(energies)
    loud = energy.sum(axis=1)
    logs = np.log(energy + 1e-12 * max(float(loud.max()), 1e-12))
    slopes = np.diff(logs, axis=1)
    rising = np.diff(slopes, axis=0) > 0
    words = rising @ (1 << np.arange(BANDS - 1, dtype=np.int64))
    heard = (loud[1:] > QUIET * loud.max()) & (loud[:-1] > QUIET * loud.max())
    return np.where(heard, words, 0).astype(np.uint32)


def stored_fingerprint(song: StoredSong) -> np.ndarray:
    """`fingerprint` of a decoded song, kept in a file beside its samples, so that it is computed once."""
    path = song.path.with_suffix(PRINT_SUFFIX)
    try:
        if path.stat().st_mtime_ns >= song.path.stat().st_mtime_ns:
            content = path.read_bytes()
            if content.startswith(_MAGIC) and len(content) % 4 == 0:
                return np.frombuffer(content, "<u4", offset=len(_MAGIC)).astype(np.uint32)
    except OSError:
        pass
    words = fingerprint(song)
    with contextlib.suppress(OSError):  # a full disk costs the time another time, no more
        write_bytes_atomically(path, _MAGIC + words.astype("<u4").tobytes())
    return words


def differing_bits(one: np.ndarray, other: np.ndarray, offset: int) -> tuple[float, int]:
    """(share, frames): bits that differ with `other` laid `offset` frames into `one`, and the frames compared."""
    first, last = max(offset, 0), min(len(one), len(other) + offset)
    if first >= last:
        return 1.0, 0
    a, b = one[first:last], other[first - offset : last - offset]
    heard = (a != 0) & (b != 0)
    count = int(heard.sum())
    if not count:
        return 1.0, 0
    return int(np.bitwise_count(a[heard] ^ b[heard]).sum()) / (count * (BANDS - 1)), count


def find_duplicates(
    fingerprints: Mapping[str, np.ndarray], *, cancelled: Callable[[], bool] = lambda: False
) -> list[tuple[str, ...]]:
    """Sets of two songs or more that are one sound, each sorted; `fingerprints` by content key.

    Raises:
        Cancelled: `cancelled` said so.
    """
    keys = sorted(fingerprints)
    words = [np.asarray(fingerprints[key], np.uint32) for key in keys]
    unions = Unions(keys)
    for (one, other), offsets in _candidates(words).items():
        if cancelled():
            raise Cancelled(_("Cancelled."))
        if unions.same(keys[one], keys[other]):
            continue
        if any(_is_alike(words[one], words[other], offset) for offset in offsets):
            unions.join(keys[one], keys[other])
    return [group for group in unions.groups() if len(group) > 1]


def _is_alike(one: np.ndarray, other: np.ndarray, offset: int) -> bool:
    shorter = min(int((one != 0).sum()), int((other != 0).sum()))
    least = min(shorter, max(LEAST_SECONDS * RATE / HOP, LEAST_SHARE * shorter)) * 0.9
    for near in (offset, offset - 1, offset + 1):
        share, compared = differing_bits(one, other, near)
        if share <= ALIKE and compared >= least:
            return True
    return False


def _candidates(words: Sequence[np.ndarray]) -> dict[tuple[int, int], list[int]]:
    """Pairs of songs with an equal word, and up to three offsets that most of their equal words agree on."""
    total = sum(len(each) for each in words)
    entries = [_indexed(song, each, max(1, -(-total // MOST_WORDS))) for song, each in enumerate(words)]
    if not entries:
        return {}
    table = np.concatenate(entries)
    table = table[np.argsort(table[:, 0], kind="stable")]  # songs stay in order within a word
    starts = np.flatnonzero(np.diff(table[:, 0], prepend=-1))
    lengths = np.diff(starts, append=len(table))
    table = table[np.repeat(lengths <= _COMMON, lengths)]
    votes = [_votes(table, step) for step in range(1, _COMMON)]
    found, counts = np.unique(np.concatenate(votes), return_counts=True, axis=0)
    best = np.argsort(-counts, kind="stable")[:MOST_CANDIDATES]
    offsets: dict[tuple[int, int], list[int]] = defaultdict(list)
    for one, other, offset in found[best]:
        if len(offsets[int(one), int(other)]) < 3:
            offsets[int(one), int(other)].append(int(offset))
    return offsets


def _votes(table: np.ndarray, step: int) -> np.ndarray:
    """(votes, 3): song, other song, offset of equal words that lie `step` rows apart in the sorted table."""
    first, second = table[:-step], table[step:]
    equal = (first[:, 0] == second[:, 0]) & (first[:, 1] != second[:, 1])
    first, second = first[equal], second[equal]
    return np.stack([first[:, 1], second[:, 1], first[:, 2] - second[:, 2]], axis=1)


def _indexed(song: int, words: np.ndarray, sparse: int) -> np.ndarray:
    """(entries, 3): word, song, frame; the first of each run of equal words, and of many words those that a hash picks.

    The hash depends on the word alone, so that two songs keep the same ones.
    """
    fresh = np.flatnonzero(np.diff(words.astype(np.int64), prepend=-1) != 0)
    fresh = fresh[words[fresh] != 0]
    if sparse > 1:
        mixed = (words[fresh].astype(np.uint64) * np.uint64(2654435761)) >> np.uint64(13)
        fresh = fresh[mixed % np.uint64(sparse) == 0]
    return np.stack([words[fresh].astype(np.int64), np.full(len(fresh), song), fresh], axis=1)


def _windows(song: MonoSamples) -> Iterable[np.ndarray]:
    """The song at `RATE` in parts that overlap by what the next part's first window needs."""
    resampler = soxr.ResampleStream(song.rate, RATE, 1, dtype="float32", quality="HQ")
    kept = np.zeros(0, np.float32)
    block = _BLOCK_SECONDS * song.rate
    for start in range(0, song.frames, block):
        count = min(block, song.frames - start)
        made = resampler.resample_chunk(song.read(start, count), last=start + count >= song.frames)
        kept = np.concatenate([kept, made.reshape(-1)])
        usable = (len(kept) - WINDOW) // HOP + 1
        if usable > 0:
            yield kept[: (usable - 1) * HOP + WINDOW]
            kept = kept[usable * HOP :]


def _energies(samples: np.ndarray, bands: np.ndarray) -> np.ndarray:
    """(frames, BANDS) energy in each band."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]
    window = np.hanning(WINDOW).astype(np.float32)
    parts = []
    for start in range(0, len(frames), 256):
        spectra = np.fft.rfft(frames[start : start + 256] * window)
        power = np.square(np.abs(spectra[:, bands[0] : bands[-1]]))
        parts.append(np.add.reduceat(power, bands[:-1] - bands[0], axis=1))
    return np.concatenate(parts) if parts else np.zeros((0, BANDS))


def _bands() -> np.ndarray:
    """(BANDS + 1,) first bins of the bands, logarithmically spaced, and the end."""
    edges = np.geomspace(LOW, HIGH, BANDS + 1) * WINDOW / RATE
    return np.round(edges).astype(int)
