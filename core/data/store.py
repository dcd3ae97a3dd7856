"""Songs decoded once into memory-mapped files, so that training memory does not grow with the collection.

A file holds one song, mono at the store's rate, as int16 with a power of two as scale for every block:

    64 bytes    magic, version, rate, frames, block length, peak, root mean square
    2 · frames  little-endian int16
    1 · blocks  exponent e of each block: sample = int16 · 2^(e - 15)

The scale follows the sound, so that quiet passages keep 16 significant bits and sound over full scale is not clipped;
a power of two keeps the samples of a 16-bit file at this rate bit-exact.
"""

from __future__ import annotations

import contextlib
import mmap
import struct
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np
import soxr

from core.audio import open_audio
from core.audio.clip import resampled_frames
from core.audio.silence import SILENCE_PEAK
from core.errors import LibraryError
from core.files import replacing
from core.i18n import _

RATE = 22_050
MAGIC, VERSION = b"MUSICAES", 1
BLOCK = 1 << 14
SUFFIX = ".samples"
PRINT_SUFFIX = ".print"  # what `core.data.fingerprint` keeps beside

_HEADER = struct.Struct("<8sIIQIff")
_HEADER_BYTES = 64
_FULL = 1 << 15
_MOST_OPEN_MAPS = 64  # a map holds a file descriptor, of which a process may have a few hundred


@dataclass(frozen=True)
class StoredSong:
    """A song in the store: mono at `rate`, `frames` long, with its largest absolute sample and its RMS level."""

    path: Path
    rate: int
    frames: int
    peak: float
    rms: float
    _maps: _OpenMaps

    @property
    def seconds(self) -> float:
        return self.frames / self.rate

    @property
    def silent(self) -> bool:
        """Nothing to train on; the same bound as `core.audio.is_silent`."""
        return self.peak <= SILENCE_PEAK

    def read(self, start: int, count: int) -> np.ndarray:
        """Samples [start, start + count) as float32 (count,), zeros outside the song; only these are touched."""
        samples = np.zeros(count, np.float32)
        first, last = max(start, 0), min(start + count, self.frames)
        if first >= last:
            return samples
        whole, exponents = self._maps.arrays(self.path, self.frames)
        inner = samples[first - start : last - start]
        inner[:] = whole[first:last]
        blocks = np.arange(first // BLOCK, (last - 1) // BLOCK + 1)
        for block in blocks:
            part = slice(max(block * BLOCK - first, 0), (block + 1) * BLOCK - first)
            inner[part] *= np.float32(np.ldexp(1.0, int(exponents[block]) - 15))
        return samples


class SampleStore:
    """A folder of decoded songs, each named by its content key; usable from several threads.

    Args:
        folder: made when the first song is written; stores of different rates may share it.
        rate: of all samples, in Hz.
    """

    def __init__(self, folder: Path, rate: int = RATE) -> None:
        # Songs at another rate than most models want have a folder of their own within.
        self.folder = Path(folder) if rate == RATE else Path(folder) / f"{rate}-hz"
        self.rate = rate
        self._maps = _OpenMaps()

    def add(self, key: str, path: Path) -> StoredSong:
        """Decode `path` into the store under `key`; at once where it is there.

        Raises:
            AudioFileError: the file cannot be decoded.
            LibraryError: the store's folder cannot be written.
        """
        if key not in self:
            with open_audio(path) as stream, self.writer(key, stream.info.rate) as writer:
                for block in stream.blocks():
                    writer.write(block)
        return self.get(key)

    def get(self, key: str) -> StoredSong:
        """The song of `key`.

        Raises:
            LibraryError: it is not here, or its file is damaged or of another version; `add` makes it anew.
        """
        path = self.path(key)
        try:
            with path.open("rb") as file:
                header = file.read(_HEADER_BYTES)
            rate, frames, peak, rms = _parsed(header, path.stat().st_size)
        except (OSError, ValueError) as error:
            raise LibraryError(
                _("The decoded samples {path} are missing or damaged. Add the song again.").format(path=path),
                path=path,
                details=str(error),
            ) from error
        return StoredSong(path, rate, frames, peak, rms, self._maps)

    def __contains__(self, key: str) -> bool:
        try:
            self.get(key)
        except LibraryError:
            return False
        return True

    def keys(self) -> Iterator[str]:
        """The keys of all songs stored, sorted."""
        yield from sorted(path.stem for path in self.folder.glob(f"??/*{SUFFIX}"))

    def remove(self, key: str) -> None:
        """Forget the samples of `key`, whether there or not, those at other rates in this folder included.

        A song being read stays readable where the system can.
        """
        path = self.path(key)
        self._maps.close(path)
        others = self.folder.glob(f"*-hz/{key[:2]}/{key}{SUFFIX}")
        for each in (path, *others):
            for file in (each, each.with_suffix(PRINT_SUFFIX)):
                with contextlib.suppress(OSError):
                    file.unlink(missing_ok=True)

    def path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}{SUFFIX}"

    def writer(self, key: str, rate: int) -> SampleWriter:
        """Write a song block by block from any rate and channel count; it appears when the `with` block ends well."""
        self._maps.close(self.path(key))
        return SampleWriter(self.path(key), rate, self.rate)


class SampleWriter:
    """Mixes to mono, resamples and encodes blocks as they come, holding a block at a time."""

    def __init__(self, path: Path, rate: int, new_rate: int) -> None:
        self._path = path
        self._rates = (rate, new_rate)
        self._resampler = soxr.ResampleStream(rate, new_rate, 1, dtype="float32", quality="HQ")
        self._exit = contextlib.ExitStack()
        self._pending = np.zeros(0, np.float32)
        self._exponents = bytearray()
        self._taken = self._written = 0
        self._peak = self._power = 0.0

    def write(self, block: np.ndarray) -> None:
        """Take (channels, n) float32 samples."""
        mono = block[0] if block.shape[0] == 1 else block.mean(axis=0, dtype=np.float32)
        self._taken += len(mono)
        self._store(self._resampled(mono, last=False))

    def __enter__(self) -> Self:
        with self._explained():
            temporary = self._exit.enter_context(replacing(self._path))
            self._file: BinaryIO = self._exit.enter_context(temporary.open("wb"))
            self._file.write(bytes(_HEADER_BYTES))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._explained():
            try:
                if kind is None:
                    self._finish()
            except BaseException as failure:
                self._exit.__exit__(type(failure), failure, failure.__traceback__)
                raise
            self._exit.__exit__(kind, error, trace)

    def _finish(self) -> None:
        self._store(self._resampled(np.zeros(0, np.float32), last=True))
        # The stream's own tail may be a sample longer or shorter than the length that a Clip would have.
        missing = resampled_frames(self._taken, *self._rates) - self._written - len(self._pending)
        if missing > 0:
            self._pending = np.pad(self._pending, (0, missing))
        elif missing < 0:
            self._pending = self._pending[:missing]
        while len(self._pending):
            self._encode_block()
        self._file.write(self._exponents)
        rms = float(np.sqrt(self._power / self._written)) if self._written else 0.0
        self._file.seek(0)
        self._file.write(_HEADER.pack(MAGIC, VERSION, self._rates[1], self._written, BLOCK, self._peak, rms))

    def _resampled(self, mono: np.ndarray, *, last: bool) -> np.ndarray:
        if self._rates[0] == self._rates[1]:
            return mono
        made: np.ndarray = self._resampler.resample_chunk(mono, last=last)
        return made.reshape(-1)

    def _store(self, samples: np.ndarray) -> None:
        self._pending = np.concatenate([self._pending, samples]) if len(self._pending) else samples
        # One block stays behind: the end may have to be cropped.
        while len(self._pending) >= 2 * BLOCK:
            self._encode_block()

    def _encode_block(self) -> None:
        block, self._pending = self._pending[:BLOCK], self._pending[BLOCK:]
        peak = float(np.abs(block).max())
        exponent = _exponent(block)
        whole = np.rint(np.ldexp(block, 15 - exponent))
        with self._explained():
            self._file.write(np.clip(whole, -_FULL, _FULL - 1).astype("<i2").tobytes())
        self._exponents += struct.pack("b", exponent)
        self._written += len(block)
        self._peak = max(self._peak, peak)
        self._power += float(np.square(block, dtype=np.float64).sum())

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise LibraryError(
                _("The decoded samples cannot be written to {folder}: {reason}. Make room there.").format(
                    folder=self._path.parent, reason=error.strerror or error
                ),
                path=self._path,
                details=str(error),
            ) from error


class _OpenMaps:
    """The memory maps used last; closing one is left to its last reader."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._maps: OrderedDict[Path, tuple[np.ndarray, np.ndarray]] = OrderedDict()

    def arrays(self, path: Path, frames: int) -> tuple[np.ndarray, np.ndarray]:
        """The int16 samples and int8 exponents of a file, as views of its map."""
        with self._lock:
            if path not in self._maps:
                self._maps[path] = _mapped(path, frames)
                if len(self._maps) > _MOST_OPEN_MAPS:
                    self._maps.popitem(last=False)
            self._maps.move_to_end(path)
            return self._maps[path]

    def close(self, path: Path) -> None:
        with self._lock:
            self._maps.pop(path, None)

    def __reduce__(self) -> tuple[type[_OpenMaps], tuple[()]]:
        return _OpenMaps, ()  # a stored song sent to another process opens its own maps


def _exponent(block: np.ndarray) -> int:
    """The least e whose int16 steps of 2^(e - 15) reach all samples of `block`; they reach -2^e, but not +2^e.

    Sound that was clipped at exactly +1 gets 0 all the same: a step lost at its peaks is better than a bit everywhere.
    """
    high, low = float(block.max()), float(-block.min())
    mantissa, exponent = np.frexp(max(high, low))
    whole_power = mantissa == 0.5 and (high < low or high == 1.0)
    return max(int(exponent) - whole_power, -100)


def _mapped(path: Path, frames: int) -> tuple[np.ndarray, np.ndarray]:
    try:
        with path.open("rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        raise LibraryError(
            _("The decoded samples {path} are missing or damaged. Add the song again.").format(path=path),
            path=path,
            details=str(error),
        ) from error
    samples = np.frombuffer(content, "<i2", frames, _HEADER_BYTES)
    return samples, np.frombuffer(content, np.int8, -(-frames // BLOCK), _HEADER_BYTES + 2 * frames)


def _parsed(header: bytes, size: int) -> tuple[int, int, float, float]:
    """rate, frames, peak and RMS; ValueError where header and file size do not agree."""
    if len(header) < _HEADER_BYTES:
        raise ValueError("too short")
    magic, version, rate, frames, block, peak, rms = _HEADER.unpack(header[: _HEADER.size])
    if magic != MAGIC or version != VERSION or block != BLOCK:
        raise ValueError("another format or version")
    if size != _HEADER_BYTES + 2 * frames + -(-frames // BLOCK):
        raise ValueError("the length does not agree with the header")
    return rate, frames, peak, rms
