"""The program itself in a process of its own, living its self-test: what groups measure from outside."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from core.errors import MusicaeError
from tests.screen import Screen
from tests.sound_server import NullSink

ROOT = Path(__file__).resolve().parent.parent
SOURCE = [sys.executable, "-P", "-m", "musicae_gui"]
BUNDLE = ROOT / "dist" / "musicae" / ("musicae-gui.exe" if os.name == "nt" else "musicae-gui")


@contextmanager
def surroundings(*, sound: bool) -> Iterator[dict[str, str]]:
    """The environment for a program: a screen (real under Xvfb where it is there), and a null sink if `sound`."""
    with ExitStack() as stack:
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        if not Screen.missing():
            environment = stack.enter_context(Screen()).environment()
        # Where it is set, Python compiles every module anew at each start, which no user's start does.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        if sound and shutil.which("pulseaudio"):
            sink = NullSink()
            sink.start()
            stack.callback(sink.stop)
            environment |= sink.env()
        yield environment


def live(program: Sequence[str | Path], folder: Path, environment: dict[str, str], *options: str | Path) -> Any:
    """Run the self-test of `program` with `options`; returns its report, also when a step of it failed.

    Raises:
        MusicaeError: it ended without a report.
    """
    shutil.rmtree(folder, ignore_errors=True)
    command = [*program, "--self-test", folder, *options]
    environment = {**environment, "PYTHONPATH": str(ROOT)}  # which a bundle does not look at
    ran = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    report = folder / "report.json"
    if not report.is_file():
        raise MusicaeError(
            f"{Path(command[0]).name} ended with {ran.returncode} and without a report.", details=ran.stderr
        )
    return json.loads(report.read_text(encoding="utf-8"))
