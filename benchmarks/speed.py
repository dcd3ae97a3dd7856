"""Encoding, decoding and training of every model on one core, beside public architectures in the same run.

    python -m benchmarks speed [--peers FOLDER] [--speed-rounds 3] [--out results.json]

EnCodec, DAC and Vocos are no dependencies of Musicae. With --peers they are installed into an environment of their
own in that folder (1.7 GB, some minutes, once) and built with random weights. All systems take turns in every round;
rates are medians in seconds of sound a second, of the networks alone (no files, no resampling), in float32.
A training step is forward, squared error, backward and Adam on two clips of half a second.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import venv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figure import Figure, grid, shown

HELP = "encode, decode and training rates on one core, beside EnCodec, DAC and Vocos"
CHILD = Path(__file__).with_name("speed_child.py")
ROOT = CHILD.parent.parent
PEERS = ("encodec==0.1.1", "vocos==0.1.0", "descript-audio-codec==1.0.0")
PACKAGES = ("torch>=2.11,<2.14", "torchaudio>=2.11,<2.12", *PEERS)
OPERATIONS = ("encode", "decode", "train")


def add_options(parser: argparse._ArgumentGroup) -> None:
    parser.add_argument("--peers", type=Path, help="folder of the public architectures' own environment, made if new")
    parser.add_argument("--speed-rounds", type=int, default=3, help="rounds in which all take turns [3]")


def run(options: argparse.Namespace) -> Iterator[Figure]:
    with _Child(Path(sys.executable), "ours") as ours:
        if options.peers is None:
            print("Without public architectures beside it: --peers FOLDER installs EnCodec, DAC and Vocos there.")
            yield from _measured([ours], options.speed_rounds)
            return
        with _Child(environment(options.peers), "peers") as peers:
            yield from _measured([ours, peers], options.speed_rounds)


def environment(folder: Path) -> Path:
    """The Python of an environment with the peers in it, made where it is missing.

    Raises:
        subprocess.CalledProcessError: pip could not install them; it has said why.
    """
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        print(f"Making {folder}; the packages take some minutes …", flush=True)
        venv.create(folder, with_pip=True)
    found = subprocess.run([python, "-m", "pip", "freeze"], capture_output=True, text=True, check=True).stdout
    if not all(name in found for name in PEERS):
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    return python


def _measured(children: Sequence[_Child], rounds: int) -> Iterator[Figure]:
    rates: dict[str, dict[str, list[float]]] = {}
    windows: dict[str, list[float]] = {}
    for _round in range(rounds):
        for child in children:
            for system in list(child.systems):
                for operation in OPERATIONS:
                    value = child.ask(system, operation) if system in child.systems else None
                    if value is not None:
                        rates.setdefault(system, {}).setdefault(operation, []).append(value)
                if system in child.systems:
                    windows.setdefault(system, []).extend(child.ask(system, "window") or [])
    facts = {
        system: {fact: child.ask(system, fact) for fact in ("parameters", "rate", "gmac")}
        for child in children
        for system in list(child.systems)
    }
    medians = {
        system: {operation: statistics.median(values) for operation, values in found.items()}
        for system, found in rates.items()
    }
    peers = [system for child in children[1:] for system in child.systems]
    for system, found in medians.items():
        for operation, value in found.items():
            details = {"rounds": rates[system][operation]}
            yield Figure(f"{system}/{operation}", value, "x real time", details=details)
        if windows.get(system):
            for percentile in (50, 95):
                value = float(np.percentile(windows[system], percentile))
                yield Figure(f"{system}/window of 50 ms/p{percentile}", value, "ms")
        yield Figure(f"{system}/parameters", facts[system]["parameters"])
        for part, value in (facts[system]["gmac"] or {}).items():
            yield Figure(f"{system}/gmac/{part}", value, "GMAC a second of sound")
    for system in children[0].systems:
        for peer in peers:
            for operation, value in medians.get(system, {}).items():
                theirs = medians.get(peer, {}).get(operation)
                if theirs:
                    name = f"{system} beside {peer}/{operation}"
                    yield Figure(name, value, "x real time", reference=theirs, ratio=value / theirs)


def table(figures: Sequence[Figure]) -> str:
    """Rates of all systems, then how many times faster ours are."""
    values = {each.name: each.value for each in figures}
    systems = [each.name.removesuffix("/parameters") for each in figures if each.name.endswith("/parameters")]
    rows = [["one core, x real time", *OPERATIONS, "window ms p50/p95", "parameters", "GMAC/s encode/decode"]]
    for system in systems:
        window = [values.get(f"{system}/window of 50 ms/p{percentile}") for percentile in (50, 95)]
        gmac = [values.get(f"{system}/gmac/{part}") for part in ("encode", "decode")]
        rows.append(
            [
                system,
                *(shown(values.get(f"{system}/{operation}")) for operation in OPERATIONS),
                "/".join(map(shown, window)),
                f"{(values[f'{system}/parameters'] or 0) / 1e6:.2f} M",
                "/".join(map(shown, gmac)),
            ]
        )
    parts = [grid(rows)]
    ratios = {each.name: each.ratio for each in figures if each.ratio is not None}
    if ratios:
        pairs = list(dict.fromkeys(name.rpartition("/")[0] for name in ratios))
        rows = [["times as fast", *OPERATIONS]]
        rows += [[pair, *(shown(ratios.get(f"{pair}/{operation}")) for operation in OPERATIONS)] for pair in pairs]
        parts.append(grid(rows))
    return "\n\n".join(parts)


class _Child:
    """A process that measures; see `speed_child`."""

    def __init__(self, python: Path, kind: str) -> None:
        alone = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
        path = {"PYTHONPATH": str(ROOT)} if kind == "ours" else {}
        self._process = subprocess.Popen(
            [python, CHILD, kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | alone | path,
            cwd=ROOT if kind == "ours" else CHILD.parent,
        )
        self.systems: list[str] = self._answer()["systems"]

    def ask(self, system: str, operation: str) -> Any:
        """The measured value; None where the system has no such operation or failed, which is said once."""
        assert self._process.stdin is not None
        print(json.dumps({"system": system, "operation": operation}), file=self._process.stdin, flush=True)
        answer = self._answer()
        if "error" in answer:
            if system in self.systems:
                self.systems.remove(system)
            print(f"{system} cannot be measured here: {answer['error']}", flush=True)
            return None
        return answer["value"]

    def __enter__(self) -> _Child:
        return self

    def __exit__(self, *_error: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process that measures ended with {self._process.wait()}")
        found: dict[str, Any] = json.loads(line)
        return found
