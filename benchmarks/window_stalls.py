"""The longest time for which the window's event loop was held up, while it trains and while it reads many songs.

Told by the self-test's own timer, which should come every 5 ms. Beside it: the same timer in a process with an empty
window, over the same time, which shows what the busy machine alone does to an event loop.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.figure import Figure
from benchmarks.self_test import ROOT, SOURCE, live, surroundings
from core.audio import Clip, write_wav
from core.demo import write_demo

RATE = 22_050
SONG_SECONDS = 2.0
# Each phase with the steps that lead to it.
PHASES = {"train: while it learns": ("start", "songs", "listen", "train"), "songs": ("start", "songs")}
BARE_LOOP = """
import os, sys, threading
from PySide6.QtWidgets import QApplication, QWidget
from musicae_gui.self_test.stalls import StallWatch
qt = QApplication([])
window = QWidget()
window.show()
watch = StallWatch()
watch.begin("bare")
def tell():
    sys.stdin.read()
    print(watch.longest["bare"], flush=True)
    os._exit(0)
threading.Thread(target=tell).start()
print("ready", flush=True)
qt.exec()
"""


def stalls(folder: Path, songs: int) -> Iterator[Figure]:
    """Milliseconds of the longest stall of both phases; `songs` short files are read in the second."""
    write_demo(folder / "demo")
    write_many(folder / "many", songs)
    with surroundings(sound=True) as environment:
        for name, phase, source in (
            ("while training", "train: while it learns", folder / "demo"),
            (f"while reading {songs} songs", "songs", folder / "many"),
        ):
            with subprocess.Popen(
                [sys.executable, "-P", "-c", BARE_LOOP],
                env={**environment, "PYTHONPATH": str(ROOT)},
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            ) as bare:
                assert bare.stdout is not None
                bare.stdout.readline()
                report = live(SOURCE, folder / "lived", environment, "--songs", source, "--steps", *PHASES[phase])
                reference = 1000 * float(bare.communicate()[0])
            value = 1000 * report["stall_seconds"][phase]
            yield Figure(
                f"longest stall {name}",
                value,
                "ms",
                reference=reference,
                ratio=value / reference,
                details={
                    "reference_name": "a bare event loop beside it",
                    "steps": {step["name"]: step["state"] for step in report["steps"]},
                    "seconds": report["steps"][-1]["seconds"],
                },
            )


def write_many(folder: Path, count: int) -> None:
    """`count` short songs, each of its own, in ten folders as genres."""
    draw = np.random.default_rng(0)
    time = np.arange(round(SONG_SECONDS * RATE)) / RATE
    for number in range(count):
        tone = 0.3 * np.sin(2 * np.pi * draw.uniform(80, 2000) * time) + draw.normal(0, 0.05, len(time))
        path = folder / f"genre {number % 10}" / f"song {number}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_wav(path, Clip(tone.astype(np.float32)[None], RATE))
