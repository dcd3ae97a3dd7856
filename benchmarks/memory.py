"""Does the program's memory grow? The self-test's story, lived again and again in one window.

    python -m benchmarks memory [--memory-minutes 60] [--memory-program dist/musicae/musicae-gui]

A round listens, trains, compares, morphs and looks at the settings, with pictures; each trains a network that the next
round compares. What is told is the resident memory at the end of each round. The first round loads the libraries, the
second fills the caches; what comes after that should stay. The growth is the slope of a line through all rounds but
the first two, and the reference of the last round's memory is the second's.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figure import Figure
from benchmarks.self_test import SOURCE, live, surroundings

HELP = "memory over an hour of the self-test's story in one window"
SETTLED = 2  # rounds until everything is loaded and every cache filled


def add_options(parser: argparse._ArgumentGroup) -> None:
    parser.add_argument("--memory-minutes", type=float, default=60.0, help="minutes of rounds [60]")
    parser.add_argument("--memory-program", type=Path, help="the finished program's musicae-gui, not the source")
    parser.add_argument("--memory-songs", type=Path, help="a folder of songs; demo songs when none is given")
    parser.add_argument("--memory-steps", nargs="+", help="only these steps of the story")


def run(options: argparse.Namespace) -> Iterator[Figure]:
    program = SOURCE if options.memory_program is None else [options.memory_program.absolute()]
    given: list[str | Path] = ["--minutes", str(options.memory_minutes)]
    if options.memory_songs:
        given += ["--songs", options.memory_songs.absolute()]
    if options.memory_steps:
        given += ["--steps", *options.memory_steps]
    with tempfile.TemporaryDirectory() as folder, surroundings(sound=True) as environment:
        report = live(program, Path(folder) / "lived", environment, *given)
    yield from figures(report)


def figures(report: dict[str, Any]) -> Iterator[Figure]:
    """What the rounds of a self-test's report say."""
    rounds = [each for each in report["rounds"] if each["resident_megabytes"] is not None]
    failed = sorted({step["name"] for step in report["steps"] if step["state"] == "failed"})
    yield Figure("rounds", len(report["rounds"]), details={"failed_steps": failed})
    if not rounds:  # a system that does not tell
        return
    held = [each["resident_megabytes"] for each in rounds]
    settled = held[min(SETTLED, len(held)) - 1]
    yield Figure("after the first round", held[0], "MB")
    yield Figure(
        "after the last round",
        held[-1],
        "MB",
        reference=settled,
        ratio=held[-1] / settled,
        details={"reference_name": "after the second round", "rounds": rounds},
    )
    later = rounds[SETTLED:]
    if len(later) > 1:
        hours = [each["seconds"] / 3600 for each in later]
        slope = np.polyfit(hours, held[SETTLED:], 1)[0]
        yield Figure("growth", float(slope), "MB/h", details={"rounds": len(later)})
