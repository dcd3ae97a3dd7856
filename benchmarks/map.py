"""What the map costs to draw and to point at: thousands of clips as points, at the size of a window.

    python -m benchmarks map [--map-points 1000 10000 100000 500000] [--map-paints 60]

A paint is the time until the event loop has painted what a step asked for: `moved` draws all dots anew (the map
dragged, zoomed, or turned in space), `marked` only moves the mark of the clip that is heard.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication

from benchmarks.figure import Figure

HELP = "painting and pointing on the map of clips"
SIZE = (1000, 700)
GROUPS = 10


def add_options(parser: argparse._ArgumentGroup) -> None:
    parser.add_argument(
        "--map-points", type=int, nargs="+", default=[1000, 10_000, 100_000, 500_000], help="clips on the map"
    )
    parser.add_argument("--map-paints", type=int, default=60, help="steps of each kind [60]")


def run(options: argparse.Namespace) -> Iterator[Figure]:
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    for count in options.map_points:
        yield from _measured(application, count, options.map_paints)


def _measured(application: QApplication, count: int, paints: int) -> Iterator[Figure]:
    from core.latents.map_chart import Points
    from musicae_gui.views.map_canvas import MapCanvas
    from musicae_gui.views.map_colours import group_colours

    random = np.random.default_rng(0)
    ids = random.integers(0, GROUPS, count).astype(np.int32)
    values = (random.standard_normal((GROUPS, 3))[ids] + random.normal(0, 0.6, (count, 3))).astype(np.float32)
    every = np.ones(count, bool)
    canvas = MapCanvas()
    canvas.resize(*SIZE)
    canvas.show()

    def spent(step: Callable[[int], object]) -> dict[str, float]:
        times = []
        for number in range(paints):
            began = time.perf_counter()
            step(number)
            application.processEvents()
            times.append((time.perf_counter() - began) * 1000)
        return {"p50": float(np.percentile(times, 50)), "p95": float(np.percentile(times, 95))}

    for dims, name in ((2, "plane"), (3, "space")):
        canvas.set_points(Points(values[:, :dims], every, (0.5, 0.3, 0.1)[:dims]))
        canvas.set_groups(ids, group_colours(GROUPS), every)
        for _round in range(5):
            application.processEvents()
        kinds: dict[str, Callable[[int], object]] = {
            "moved": lambda number: canvas.zoom(1.02, 10.0 * (number % 70), 300.0),
            "marked": lambda number: canvas.set_marks(hover=number % count),
            "picked": lambda number: canvas.row_at(QPointF(13.0 * (number % 70), 7.0 * (number % 90)), 1e9),
        }
        if dims == 3:
            kinds["turned"] = lambda number: canvas.turn(0.02, 0.01)
        for kind, step in kinds.items():
            for share, milliseconds in spent(step).items():
                yield Figure(f"{count}/{name}/{kind}/{share}", milliseconds, "ms", details={"size": list(SIZE)})
        canvas.fit()
    canvas.close()
    canvas.deleteLater()
