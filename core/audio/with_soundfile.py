"""wav, flac, ogg, opus, mp3, aiff and more through libsndfile."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile

from core.audio.clip import AudioInfo
from core.audio.ogg_opus import with_regular_granules
from core.audio.quiet import quiet_libraries
from core.audio.stream import BLOCK_FRAMES, AudioStream, NotDecodable, within

_OPUS_EXACT_SECONDS = 4  # a seek within the first Ogg pages of Opus lands 312 frames (its pre-skip) off
_UNKNOWN_LENGTH = 1 << 62  # libsndfile's own mark is the largest 64-bit number


class SoundfileStream(AudioStream):
    """A file that libsndfile reads; its length is exact for all but some MP3s."""

    def __init__(self, path: Path) -> None:
        try:
            with quiet_libraries():
                self._file = _opened(path)
        except (RuntimeError, TypeError, ValueError, OSError) as error:  # TypeError: *.raw without a format
            raise NotDecodable(str(error)) from error
        if self._file.format == "RAW":  # libsndfile takes a *.au without header for one
            self._file.close()
            raise NotDecodable("no header")
        frames = self._file.frames if 0 <= self._file.frames < _UNKNOWN_LENGTH else None
        kind = self._file.format if self._file.format != "OGG" else self._file.subtype
        self.info = AudioInfo(
            seconds=(frames or 0) / max(self._file.samplerate, 1),
            rate=self._file.samplerate,
            channels=self._file.channels,
            frames=frames,
            format=kind,
        )
        found = self._file.copy_metadata()
        self.tags = {name: found[name].strip() for name in ("title", "artist", "genre") if found.get(name, "").strip()}

    def blocks(self, start: int = 0, frames: int | None = None) -> Iterator[np.ndarray]:
        if self.info.format == "OPUS" and 0 < start < _OPUS_EXACT_SECONDS * self.info.rate:
            return within(self._blocks(0, None if frames is None else start + frames), start, frames)
        return self._blocks(start, frames)

    def _blocks(self, start: int, frames: int | None) -> Iterator[np.ndarray]:
        left = frames if frames is not None else _UNKNOWN_LENGTH
        try:
            if start:
                if self.info.frames is not None and start >= self.info.frames:
                    return
                with self._quiet():
                    self._file.seek(start)
            while left > 0:
                with self._quiet():
                    block = self._file.read(min(BLOCK_FRAMES, left), dtype="float32", always_2d=True)
                if not len(block):
                    return
                left -= len(block)
                yield np.ascontiguousarray(block.T)
        except (RuntimeError, OSError, ValueError) as error:
            raise NotDecodable(str(error)) from error

    def close(self) -> None:
        self._file.close()

    def _quiet(self) -> contextlib.AbstractContextManager[None]:
        """Of libsndfile's decoders only that of MP3 prints."""
        return quiet_libraries() if self.info.format in ("MP3", "MPEG") else contextlib.nullcontext()


def _opened(path: Path) -> soundfile.SoundFile:
    # Bytes, because a POSIX name need not be valid UTF-8; Windows wants text.
    file = soundfile.SoundFile(str(path) if os.name == "nt" else os.fsencode(path))
    if file.subtype == "OPUS":
        repaired = with_regular_granules(path.read_bytes())
        if repaired is not None:
            file.close()
            return soundfile.SoundFile(io.BytesIO(repaired))
    return file
