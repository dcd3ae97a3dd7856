"""What a tick of the playhead costs: 17 of our strips against 17 pyqtgraph plots, in one run; and the longest stalls.

    python -m benchmarks window [--window-ticks 200] [--window-songs 1000]

Both windows show the same 30 s of sound: one waveform and sixteen spectrograms, and a playhead that moves over all of
them. A tick is the time until the event loop has painted everything that the step asked for. The stalls are those of
the whole program, see benchmarks/window_stalls.py.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from benchmarks.figure import Figure
from benchmarks.window_stalls import stalls

HELP = "what a tick of the playhead costs, beside pyqtgraph; longest stalls while training and reading songs"
STRIPS = 17
SECONDS, RATE = 30.0, 22050
SIZE = (1200, 1000)


def add_options(parser: argparse._ArgumentGroup) -> None:
    parser.add_argument("--window-ticks", type=int, default=200, help="steps of the playhead [200]")
    parser.add_argument(
        "--window-songs", type=int, default=1000, help="songs that are read; 0 leaves stalls out [1000]"
    )


def run(options: argparse.Namespace) -> Iterator[Figure]:
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    samples = _sound()
    ours = _measure(application, _our_window(samples), options.window_ticks)
    theirs = _measure(application, _pyqtgraph_window(samples), options.window_ticks)
    for name in ours:
        yield Figure(
            f"tick of {STRIPS} strips/{name}",
            ours[name],
            "ms",
            reference=theirs[name],
            ratio=theirs[name] / ours[name],
            details={"reference_name": f"{STRIPS} pyqtgraph plots"},
        )
    if options.window_songs:
        with tempfile.TemporaryDirectory() as folder:
            yield from stalls(Path(folder), options.window_songs)


def _sound() -> np.ndarray:
    time_axis = np.arange(int(SECONDS * RATE)) / RATE
    noise = np.random.default_rng(0).normal(0, 0.02, len(time_axis))
    sweep = 0.3 * np.sin(2 * np.pi * (200 + 60 * time_axis) * time_axis)
    return (sweep * (1 + np.sin(2 * np.pi * 2 * time_axis)) / 2 + noise).astype(np.float32)


def _our_window(samples: np.ndarray) -> tuple[QWidget, Callable[[float], None]]:
    from core.audio import Clip
    from musicae_gui.views.picture_builder import DirectBuilder
    from musicae_gui.views.picture_scale import PictureScale
    from musicae_gui.views.spectrogram import SpectrogramStrip
    from musicae_gui.views.strips import Strip
    from musicae_gui.views.time_axis import TimeAxis
    from musicae_gui.views.waveform import WaveformStrip

    window = QWidget()
    axis, scale, builder, clip = TimeAxis(window), PictureScale(window), DirectBuilder(), Clip(samples, RATE)
    axis.set_duration(SECONDS)
    waveform = WaveformStrip(axis, builder, scale)
    waveform.set_clip(clip)
    strips: list[Strip] = [waveform]
    for _number in range(STRIPS - 1):
        spectrogram = SpectrogramStrip(axis, builder, scale)
        spectrogram.set_clip(clip)
        strips.append(spectrogram)
    _stack(window, strips)

    def move(seconds: float) -> None:
        for strip in strips:
            strip.set_playhead(seconds)

    return window, move


def _pyqtgraph_window(samples: np.ndarray) -> tuple[QWidget, Callable[[float], None]]:
    import pyqtgraph

    from core import pictures

    window = QWidget()
    power = pictures.spectrogram_columns(samples, 0, len(samples), 1025, n_fft=1000)
    level = pictures.decibels(power)
    plots, lines = [], []
    for number in range(STRIPS):
        plot = pyqtgraph.PlotWidget()
        if number == 0:
            item = plot.plot(np.arange(len(samples)) / RATE, samples)
            item.setDownsampling(auto=True, method="peak")
            item.setClipToView(True)
        else:
            image = pyqtgraph.ImageItem(level, axisOrder="row-major")
            image.setRect(0, 0, SECONDS, RATE / 2)
            plot.addItem(image)
        line = pyqtgraph.InfiniteLine(0)
        plot.addItem(line)
        plots.append(plot)
        lines.append(line)
    _stack(window, plots)

    def move(seconds: float) -> None:
        for line in lines:
            line.setValue(seconds)

    return window, move


def _stack(window: QWidget, parts: Sequence[QWidget]) -> None:
    column = QVBoxLayout(window)
    column.setSpacing(1)
    column.setContentsMargins(0, 0, 0, 0)
    for part in parts:
        part.setMinimumHeight(20)
        column.addWidget(part)


def _measure(application: QApplication, made: tuple[QWidget, Callable[[float], None]], ticks: int) -> dict[str, float]:
    """Milliseconds of a tick: median, 99th percentile, mean."""
    window, move = made
    window.resize(*SIZE)
    window.show()
    for _round in range(20):
        application.processEvents()
    spent = []
    for tick in range(ticks):
        began = time.perf_counter()
        move(SECONDS * (tick + 0.5) / ticks)
        application.processEvents()
        spent.append((time.perf_counter() - began) * 1000)
    window.close()
    return {
        "median": float(np.median(spent)),
        "p99": float(np.percentile(spent, 99)),
        "mean": float(np.mean(spent)),
    }
