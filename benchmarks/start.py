"""How soon the program is there, how fast it reads a song, and how it holds ten thousand of them.

    python -m benchmarks start [--start-rounds 5] [--start-bundle dist/musicae/musicae-gui]

- `start/...`: from the launch of the process to the first paint and to the model being ready, with warm caches (a
  first round is not counted), from source and, where it was built, of the bundle. Beside the paint: a bare Qt window in
  the same interpreter. Beside being ready: the same interpreter importing torch and nothing else. Beside the bundle:
  the source.
- `read/...`: `read_clip` of three minutes of stereo in every format, beside libsndfile alone where it reads the format.
- `library/...`: benchmarks/start_library.py.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figure import Figure
from benchmarks.self_test import BUNDLE, ROOT, SOURCE, live, surroundings
from benchmarks.start_formats import formats
from benchmarks.start_library import library

HELP = "first paint and ready, from source and frozen; reading each format; a library of 10,000 songs"
# Both print the seconds from the process's birth, as the program itself counts them.
BARE_WINDOW = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
qt = QApplication([])
class Window(QMainWindow):
    def paintEvent(self, event):
        QTimer.singleShot(0, qt.quit)
window = Window()
window.resize(1200, 800)
window.show()
qt.exec()
"""
TORCH = "import torch\n"
CLOCK = """
import os, time
fields = open("/proc/self/stat").read().rpartition(")")[2].split()
print(time.clock_gettime(time.CLOCK_BOOTTIME) - int(fields[19]) / os.sysconf("SC_CLK_TCK"))
"""
Times = dict[str, list[float]]


def add_options(parser: argparse._ArgumentGroup) -> None:
    parser.add_argument("--start-rounds", type=int, default=5, help="starts of each program that count [5]")
    parser.add_argument("--start-bundle", type=Path, default=BUNDLE, help="the finished program's musicae-gui")
    parser.add_argument("--start-songs", type=int, default=10_000, help="songs of the library [10000]")
    parser.add_argument("--start-minutes", type=float, default=3.0, help="length of the song in every format [3]")


def run(options: argparse.Namespace) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        yield from starts(Path(folder), options.start_rounds, options.start_bundle)
        yield from formats(Path(folder) / "formats", options.start_minutes * 60)
        yield from library(Path(folder) / "library", options.start_songs)


def starts(folder: Path, rounds: int, bundle: Path) -> Iterator[Figure]:
    """Paint and ready of all programs, started in turn."""
    programs: dict[str, list[str | Path]] = {"source": [*SOURCE]}
    if bundle.is_file():
        programs["bundle"] = [bundle.absolute()]
    (folder / "no songs").mkdir()
    times: Times = {}
    with surroundings(sound=False) as environment:
        for number in range(rounds + 1):
            for name, program in programs.items():
                options = ("--steps", "start", "--songs", folder / "no songs")
                report = live(program, folder / "start", environment, *options)
                _note(times, f"{name}/paint", report["paint_seconds"], number)
                _note(times, f"{name}/ready", report["ready_seconds"], number)
            for name, script in (("bare window", BARE_WINDOW), ("torch", TORCH)):
                _note(times, name, _seconds_of(script, environment), number)
    for name, reference in (
        ("source/paint", "bare window"),
        ("source/ready", "torch"),
        ("bundle/paint", "source/paint"),
        ("bundle/ready", "source/ready"),
    ):
        if name in times:
            value, held = statistics.median(times[name]), times.get(reference, [])
            beside = statistics.median(held) if held else None
            yield Figure(
                f"start/{name}",
                value,
                "s",
                reference=beside,
                ratio=value / beside if beside else None,
                details={"reference_name": reference, "rounds": times[name]},
            )


def _note(times: Times, name: str, seconds: float | None, number: int) -> None:
    if number and seconds:  # the first round warms the caches
        times.setdefault(name, []).append(seconds)


def _seconds_of(script: str, environment: dict[str, str]) -> float | None:
    """From the launch of Python to the end of `script`; None where the system does not tell."""
    if not sys.platform.startswith("linux"):
        return None
    command = [sys.executable, "-P", "-c", script + CLOCK]
    ran = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    return float(ran.stdout)
