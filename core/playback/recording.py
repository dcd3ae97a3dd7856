"""What was heard, kept: every frame that the device takes, from one moment to another, at full level."""

from __future__ import annotations

import queue
import tempfile
import threading
from pathlib import Path

import numpy as np
import soxr

from core.audio import Clip, write_wav
from core.audio.write import Subtype
from core.playback.limiter import limited

ENDING_SECONDS = 0.005
"""A recording is broken off at any sample; its end is faded over this, lest it clicks."""


class Recording:
    """Stereo sound as it was played, before the listening level, limited.

    It grows in a temporary file, so that an hour costs no memory. `add` may be called by a thread that must not wait.

    Args:
        rate: of the frames.
        frame: the first device frame that belongs to it.

    Attributes:
        frames: how many frames have been taken in.
    """

    def __init__(self, rate: int, frame: int = 0) -> None:
        self.rate = rate
        self.frame = frame
        self.frames = 0
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as this does
        self._blocks: queue.SimpleQueue[tuple[np.ndarray, int] | None] = queue.SimpleQueue()
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._write, name="recording", daemon=True)
        self._thread.start()

    def add(self, frame: int, samples: np.ndarray, rate: int) -> None:
        """Take in what the device took from its frame `frame` on, float32 (count, 2)."""
        missed = min(max(self.frame - frame, 0), len(samples))
        if missed < len(samples):
            self.frames += len(samples) - missed
            self._blocks.put((samples[missed:].copy(), rate))

    @property
    def seconds(self) -> float:
        return self.frames / self.rate

    def end(self) -> None:
        """Nothing is added any more; waits until all of it is written."""
        if self._thread.is_alive():
            self._blocks.put(None)
            self._thread.join()

    def save(self, path: Path, *, subtype: Subtype = "PCM_16") -> float:
        """Write all of it, from the first sound on, as a WAV file; returns its seconds. To be called after `end`.

        Raises:
            AudioFileError: `path` cannot be written.
            OSError: the temporary file could not hold the sound; the message says why.
        """
        if self._error is not None:
            raise self._error
        self._file.flush()
        count = self._file.seek(0, 2) // 8
        if count == 0:
            write_wav(path, Clip(np.zeros((2, 0), np.float32), self.rate), subtype=subtype)
            return 0.0
        samples = np.memmap(self._file, np.float32, "r+", shape=(count, 2))
        begin = _first_sound(samples)
        fade = min(round(ENDING_SECONDS * self.rate), count - begin)
        samples[count - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
        write_wav(path, Clip(samples[begin:].T, self.rate), subtype=subtype)
        return (count - begin) / self.rate

    def close(self) -> None:
        """Forget it."""
        self.end()
        self._file.close()

    def _write(self) -> None:
        while (block := self._blocks.get()) is not None:
            samples, rate = block
            if rate != self.rate:  # the device was changed meanwhile
                samples = soxr.resample(samples, rate, self.rate, quality="HQ")
            try:
                self._file.write(np.ascontiguousarray(limited(samples), dtype=np.float32).data)
            except OSError as error:
                self._error = error
                return


def _first_sound(samples: np.ndarray, block: int = 1 << 16) -> int:
    """The first frame that is not silent; 0 where all are."""
    for begin in range(0, len(samples), block):
        sounding = np.flatnonzero(np.abs(samples[begin : begin + block]).max(axis=1))
        if len(sounding):
            return begin + int(sounding[0])
    return 0
