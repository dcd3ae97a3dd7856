"""The last decoder: an `ffmpeg` program on the PATH, run as a child that sends AU sound through a pipe."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from core.audio.clip import AudioInfo
from core.audio.stream import BLOCK_FRAMES, AudioStream, NotDecodable, within

TIME_LIMIT_SECONDS = 300.0

_AU_MAGIC, _AU_FLOAT32 = b".snd", 6


class FfmpegStream(AudioStream):
    """A file decoded by the `ffmpeg` program; AU because its header is short and names rate and channels.

    The child is killed after `time_limit` seconds and when the stream is closed.
    """

    def __init__(self, path: Path, *, time_limit: float = TIME_LIMIT_SECONDS) -> None:
        program = ffmpeg_program()
        if program is None:
            raise NotDecodable("no ffmpeg on the PATH")
        # fmt: off
        command = [
            program, "-hide_banner", "-nostdin", "-nostats", "-protocol_whitelist", "file,pipe",
            "-i", f"file:{path.absolute()}", "-map", "0:a:0", "-c:a", "pcm_f32be", "-f", "au", "pipe:1",
        ]
        # fmt: on
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        self._late = False
        try:
            self._child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._log, bufsize=1 << 20
            )
        except OSError as error:
            self._log.close()
            raise NotDecodable(f"ffmpeg: {error}") from error
        self._watchdog = threading.Timer(time_limit, self._stop_late_child)
        self._watchdog.daemon = True
        self._watchdog.start()
        try:
            self.info, self.tags = self._read_header()
        except BaseException:
            self.close()
            raise

    def blocks(self, start: int = 0, frames: int | None = None) -> Iterator[np.ndarray]:
        yield from within(self._all_blocks(), start, frames)

    def close(self) -> None:
        self._watchdog.cancel()
        self._watchdog.join()
        if self._child.poll() is None:
            self._child.kill()
        if self._child.stdout is not None:
            self._child.stdout.close()
        self._child.wait()
        self._log.close()

    def _read_header(self) -> tuple[AudioInfo, dict[str, str]]:
        header = self._read(24)
        if len(header) < 24 or header[:4] != _AU_MAGIC:
            raise NotDecodable(self._complaint())
        offset, _size, encoding, rate, channels = struct.unpack(">5I", header[4:])
        if encoding != _AU_FLOAT32 or len(self._read(offset - 24)) < offset - 24:
            raise NotDecodable(self._complaint())
        words = self._words()
        kind = re.search(r"Audio: (\w+)", words)
        info = AudioInfo(
            seconds=_duration(words),
            rate=rate,
            channels=channels,
            frames=None,
            format=kind.group(1).upper() if kind else "",
        )
        return info, _tags(words)

    def _all_blocks(self) -> Iterator[np.ndarray]:
        width = 4 * self.info.channels
        while True:
            content = self._read(BLOCK_FRAMES * width)
            whole = len(content) // width * width
            if whole:
                block = np.frombuffer(content[:whole], ">f4").reshape(-1, self.info.channels)
                yield np.ascontiguousarray(block.T, dtype=np.float32)
            if len(content) < BLOCK_FRAMES * width:
                break
        if self._child.wait() != 0:
            raise NotDecodable(self._complaint())

    def _read(self, size: int) -> bytes:
        assert self._child.stdout is not None
        return self._child.stdout.read(size) if size > 0 else b""

    def _stop_late_child(self) -> None:
        self._late = True
        self._child.kill()

    def _words(self) -> str:
        self._log.seek(0)
        return self._log.read(1 << 20).decode("utf-8", "replace")

    def _complaint(self) -> str:
        if self._late:
            return "ffmpeg did not finish in time"
        lines = self._words().strip().splitlines()
        return f"ffmpeg: {lines[-1] if lines else 'no output'}"


def ffmpeg_program() -> str | None:
    return shutil.which("ffmpeg")


def _duration(words: str) -> float:
    """Seconds that ffmpeg's account of its input names, 0 where it does not."""
    found = re.search(r"Duration: (\d+):(\d+):(\d+(?:\.\d+)?)", words)
    return int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3]) if found else 0.0


def _tags(words: str) -> dict[str, str]:
    account = words.split("Output #0")[0]
    tags = {}
    for name in ("title", "artist", "genre"):
        found = re.search(rf"^\s+{name}\s*: (.+)$", account, re.MULTILINE | re.IGNORECASE)
        if found:
            tags[name] = found[1].strip()
    return tags
