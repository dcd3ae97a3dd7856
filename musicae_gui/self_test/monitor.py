"""Records what the computer's sound output plays, where a PulseAudio tool can: evidence from outside the program."""

from __future__ import annotations

import shutil
import subprocess
import threading
from pathlib import Path

import numpy as np

from core.audio import Clip, write_wav

RATE = 44100
COMMAND = [
    "parec", "-d", "@DEFAULT_MONITOR@", "--format=float32le", f"--rate={RATE}", "--channels=1", "--raw",
    "--latency-msec=20", "--client-name=musicae-self-test",
]  # fmt: skip


class OutputMonitor:
    """The monitor of the default output (never a microphone); without `parec` it records nothing."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._parts: list[bytes] = []
        self._thread = threading.Thread(target=self._read, name="musicae-output-monitor", daemon=True)

    def start(self) -> None:
        if shutil.which(COMMAND[0]) is None:
            return
        self._process = subprocess.Popen(
            COMMAND, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._thread.start()

    def mark(self) -> int:
        """How many samples were recorded so far."""
        return sum(map(len, self._parts)) // 4

    def rms_since(self, mark: int) -> float | None:
        """Root mean square of what was recorded since `mark`; None where nothing is recorded at all."""
        samples = self._samples()[mark:]
        return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else None

    def stop(self, file: Path) -> bool:
        """End, and keep the recording as WAV; whether there is one."""
        if self._process is None:
            return False
        self._process.terminate()
        self._process.wait(5)
        self._thread.join(5)
        samples = self._samples()
        if len(samples) == 0:
            return False
        write_wav(file, Clip(samples[None], RATE))
        return True

    def _samples(self) -> np.ndarray:
        content = b"".join(self._parts)
        return np.frombuffer(content[: len(content) // 4 * 4], np.float32)

    def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            while part := stream.read1(1 << 16):  # type: ignore[attr-defined]  # a BufferedReader
                self._parts.append(part)
