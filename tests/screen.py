"""A screen of the tests' own: Xvfb started and ended by process id, real clicks and keys by xdotool."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType


class Screen:
    """One private X server; `Screen(1280, 800)` as a context manager."""

    def __init__(self, width: int = 1400, height: int = 900) -> None:
        self.width = width
        self.height = height
        self.display = ""
        self._server: subprocess.Popen[bytes] | None = None

    @staticmethod
    def missing() -> list[str]:
        return [program for program in ("Xvfb", "xdotool") if shutil.which(program) is None]

    def __enter__(self) -> Screen:
        reader, writer = os.pipe()
        # The server chooses a free display itself and tells it through the pipe once it accepts clients.
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{self.width}x{self.height}x24", "-nolisten", "tcp"],
            pass_fds=[writer],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(writer)
        with os.fdopen(reader) as pipe:
            self.display = ":" + pipe.readline().strip()
        if self.display == ":":
            raise RuntimeError("Xvfb did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.terminate()
            self._server.wait(10)

    def environment(self, **more: str) -> dict[str, str]:
        """What a program needs to open its window here."""
        return {**os.environ, "DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb", "LIBGL_ALWAYS_SOFTWARE": "1", **more}

    def do(self, *arguments: str | int) -> str:
        """One xdotool command; returns what it prints."""
        result = subprocess.run(
            ["xdotool", *map(str, arguments)],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=True,
            timeout=20,
        )
        return result.stdout.strip()

    def click(self, x: int, y: int, *, times: int = 1) -> None:
        self.do("mousemove", x, y)
        self.do("click", "--repeat", times, "--delay", 60, 1)

    def drag(self, start: tuple[int, int], end: tuple[int, int], *, steps: int = 12) -> None:
        """Press, move in small steps as a hand does, release."""
        self.do("mousemove", *start)
        self.do("mousedown", 1)
        for step in range(1, steps + 1):
            x = start[0] + (end[0] - start[0]) * step // steps
            y = start[1] + (end[1] - start[1]) * step // steps
            self.do("mousemove", x, y)
            time.sleep(0.02)
        self.do("mouseup", 1)

    def key(self, *keys: str) -> None:
        self.do("key", "--delay", 40, *keys)

    def type(self, text: str) -> None:
        self.do("type", "--delay", 20, text)


def wait_for_file(path: Path, seconds: float = 30.0) -> None:
    """Wait until `path` exists and is not empty.

    Raises:
        TimeoutError: it did not come.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if path.exists() and path.stat().st_size:
            return
        time.sleep(0.05)
    raise TimeoutError(f"{path} did not appear within {seconds} s")
