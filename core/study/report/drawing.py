"""The figures of the report; each function gives one, drawn within `core.figures.styled`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.audio import read_clip
from core.figures import INK, MARKERS, blank, colour_of
from core.i18n import _
from core.structure import log_mel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Series = Mapping[str, tuple[Sequence[float], Sequence[float]]]


def lines(series: Series, x: str, y: str, *, log_y: bool = False, marked: float | None = None) -> Figure:
    """Curves (x values, y values) by name; `marked` draws an upright line."""
    figure = blank(width=8.0, height=4.0)
    axes = figure.subplots()
    for number, (name, (xs, ys)) in enumerate(series.items()):
        axes.plot(xs, ys, label=name, color=colour_of(number), marker=MARKERS[number % len(MARKERS)], markersize=3)
    if log_y:
        axes.set_yscale("log")
    if marked is not None:
        axes.axvline(marked, color=INK, linestyle=":")
    _whole_numbers(axes)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    figure.legend(loc="outside right upper")
    return figure


def panels(
    charts: Mapping[str, tuple[Sequence[float], Sequence[float]]], x: str, *, marked: float | None = None
) -> Figure:
    """A small chart each, with its own y axis."""
    rows = -(-len(charts) // 2)
    figure = blank(width=8.0, height=2.4 * rows)
    grid = list(figure.subplots(rows, 2, squeeze=False).flat)
    for axes, (name, (xs, ys)) in zip(grid, charts.items(), strict=False):
        axes.plot(xs, [np.nan if each is None else each for each in ys], color=colour_of(0), marker="o", markersize=3)
        axes.set_title(name)
        axes.set_xlabel(x)
        _whole_numbers(axes)
        if marked is not None:
            axes.axvline(marked, color=INK, linestyle=":")
    for axes in grid[len(charts) :]:
        axes.set_axis_off()
    return figure


def bars(
    rows: Sequence[str],
    values: Mapping[str, Sequence[Mapping[str, Any] | None]],
    chance: Mapping[str, Sequence[float | None]],
) -> Figure:
    """Means with intervals, a panel a score and a bar a row; grey ticks are chance."""
    figure = blank(width=8.0, height=0.9 + 0.26 * len(rows))
    grid = list(figure.subplots(1, len(values), sharey=True, squeeze=False).flat)
    places = np.arange(len(rows))
    for number, (axes, (name, column)) in enumerate(zip(grid, values.items(), strict=True)):
        for place, value in zip(places, column, strict=True):
            if value is None or value.get("mean") is None:
                continue
            axes.barh(place, value["mean"], color=colour_of(number), alpha=0.75)
            if value.get("low") is not None and value.get("high") is not None:
                axes.hlines(place, value["low"], value["high"], color=INK, linewidth=1.2)
        for place, level in zip(places, chance.get(name, [None] * len(rows)), strict=True):
            if level is not None:
                axes.vlines(level, place - 0.45, place + 0.45, color="#777777", linewidth=2)
        axes.set_title(name)
        axes.set_xlim(0, 1)
    grid[0].set_yticks(places, rows)
    grid[0].invert_yaxis()
    return figure


def cloud(points: Sequence[Sequence[float]], genres: Sequence[str], axes_named: Sequence[str]) -> Figure:
    """Clips as points, a colour a genre: in a plane, or the pairs of three axes."""
    values, labels = np.asarray(points, float), np.asarray(genres)
    pairs = [(0, 1), (0, 2), (1, 2)] if values.shape[1] > 2 else [(0, 1)]
    figure = blank(width=3.2 * len(pairs) + 1.6, height=3.4)
    grid = list(figure.subplots(1, len(pairs), squeeze=False).flat)
    for axes, (one, two) in zip(grid, pairs, strict=True):
        for number, genre in enumerate(sorted(set(genres))):
            chosen = values[labels == genre]
            axes.scatter(
                chosen[:, one],
                chosen[:, two],
                s=12,
                color=colour_of(number),
                marker=MARKERS[(number // 8 + number) % len(MARKERS)],
                label=genre or "?",
                alpha=0.7,
                linewidths=0,
            )
        axes.set_xlabel(axes_named[one])
        axes.set_ylabel(axes_named[two])
    handles, names = grid[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside right upper")
    return figure


def matrix(counts: Sequence[Sequence[int]], rows: Sequence[str], columns: Sequence[str], x: str, y: str) -> Figure:
    """A table of counts with its shares of each row as shades."""
    values = np.asarray(counts, float)
    figure = blank(width=1.8 + 0.62 * len(columns), height=1.3 + 0.42 * len(rows))
    axes = figure.subplots()
    axes.grid(False)
    axes.imshow(values / np.maximum(values.sum(axis=1, keepdims=True), 1), cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row, column in np.ndindex(*values.shape):
        share = values[row, column] / max(values[row].sum(), 1)
        axes.text(
            column, row, f"{values[row, column]:.0f}", ha="center", va="center", color="white" if share > 0.55 else INK
        )
    axes.set_xticks(range(len(columns)), columns, rotation=45, ha="right")
    axes.set_yticks(range(len(rows)), rows)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    return figure


def sounds(files: Sequence[tuple[str, Path]]) -> Figure:
    """Waveform and log-mel spectrogram of each sound, one below the other, in equal scales."""
    figure = blank(width=8.0, height=1.25 * len(files) + 0.4)
    grid = figure.subplots(len(files), 2, squeeze=False)
    for (label, path), (wave, picture) in zip(files, grid, strict=True):
        clip = read_clip(path)
        _draw_wave(wave, clip.samples[0], clip.rate, label)
        hop = 512
        mel = log_mel(clip.samples[0], clip.rate, hop)
        picture.grid(False)
        seconds = len(mel) * hop / clip.rate
        picture.imshow(
            mel.T, origin="lower", aspect="auto", cmap="magma", vmin=-4, vmax=2, extent=(0, seconds, 0, mel.shape[1])
        )
        picture.set_yticks([])
    for axes in grid[:-1].flat:
        axes.set_xticklabels([])
    for axes in grid[-1]:
        axes.set_xlabel(_("seconds"))
    return figure


def _whole_numbers(axes: Axes) -> None:
    """Epochs and clusters are counted; there is none between two of them."""
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _draw_wave(axes: Axes, samples: np.ndarray, rate: int, label: str) -> None:
    """The envelope: a vector drawing of every sample would be megabytes."""
    columns = min(600, len(samples))
    parts = np.array_split(samples, columns)
    low, high = [float(part.min()) for part in parts], [float(part.max()) for part in parts]
    axes.fill_between(np.linspace(0, len(samples) / rate, columns), low, high, color=colour_of(0), linewidth=0)
    axes.set_ylim(-1, 1)
    axes.set_yticks([])
    axes.set_title(label, fontsize=8)
