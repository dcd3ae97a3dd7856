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
MOST_CURVES = 8
"""With another colour and marker each."""
FAR = 3.0
"""An axis that a few clips make so many times as long as the others need shows the others."""


def lines(series: Series, x: str, y: str, *, log_y: bool = False, marked: float | None = None) -> Figure:
    """Curves (x values, y values) by name; `marked` draws an upright line."""
    figure = blank(width=8.0, height=3.3)
    axes = figure.subplots()
    for number, (name, (xs, ys)) in enumerate(series.items()):
        axes.plot(
            xs,
            ys,
            label=name,
            color=colour_of(number),
            marker=MARKERS[number % len(MARKERS)],
            markersize=3,
            linestyle="-" if number < MOST_CURVES else "--",
        )
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
        _short_numbers(axes)
        if marked is not None:
            axes.axvline(marked, color=INK, linestyle=":")
    for axes in grid[len(charts) :]:
        axes.set_axis_off()
    return figure


def bars(
    rows: Sequence[str],
    values: Mapping[str, Mapping[str, Sequence[Mapping[str, Any] | None]]],
    chance: Mapping[str, Mapping[str, Sequence[float | None]]],
) -> Figure:
    """Means with intervals, a panel a score: for each row a bar a kind; grey ticks are chance.

    Args:
        values, chance: by score, then by kind, one for each row.
    """
    from matplotlib.patches import Patch

    kinds = list(dict.fromkeys(kind for score in values.values() for kind in score))
    thick = 0.84 / max(len(kinds), 1)
    figure = blank(width=8.0, height=1.1 + 0.29 * len(rows))
    grid = list(figure.subplots(1, len(values), sharey=True, squeeze=False).flat)
    for axes, (score, columns) in zip(grid, values.items(), strict=True):
        reached = [0.0]
        for number, (kind, column) in enumerate(columns.items()):
            places = np.arange(len(rows)) + (number - (len(kinds) - 1) / 2) * thick
            levels = chance.get(score, {}).get(kind, [None] * len(rows))
            for place, value, level in zip(places, column, levels, strict=True):
                if value is None or value.get("mean") is None:
                    continue
                axes.barh(place, value["mean"], height=0.9 * thick, color=colour_of(number), alpha=0.75)
                if value.get("low") is not None and value.get("high") is not None:
                    axes.hlines(place, max(value["low"], 0), value["high"], color=INK, linewidth=1.0)
                    reached.append(min(value["high"], 1.0))
                if level is not None:
                    axes.vlines(level, place - thick / 2, place + thick / 2, color="#777777", linewidth=2)
        axes.set_title(score)
        axes.set_xlim(0, 1.05 * max(reached) if max(reached) else 1)
        axes.set_ylim(len(rows) - 0.5, -0.5)
    grid[0].set_yticks(range(len(rows)), rows)
    patches = [Patch(color=colour_of(number), alpha=0.75, label=kind) for number, kind in enumerate(kinds)]
    figure.legend(handles=patches, loc="outside upper center", ncols=max(1, len(kinds)))
    return figure


def cloud(points: Sequence[Sequence[float]], genres: Sequence[str], axes_named: Sequence[str]) -> Figure:
    """Clips as points, a colour and marker a genre: in a plane, or the pairs of three axes.

    Where a few clips lie so far out that all others would be one spot, the axes show the others, and those few stand
    at the edge.
    """
    values, labels = np.asarray(points, float), np.asarray(genres)
    limits = [_limits(column) for column in values.T]
    shown = np.clip(values, [low for low, _high in limits], [high for _low, high in limits])
    pairs = [(0, 1), (0, 2), (1, 2)] if values.shape[1] > 2 else [(0, 1)]
    figure = blank(width=8.0, height=3.0 if len(pairs) > 1 else 3.6)
    grid = list(figure.subplots(1, len(pairs), squeeze=False).flat)
    for axes, (one, two) in zip(grid, pairs, strict=True):
        for number, genre in enumerate(sorted(set(genres))):
            chosen = shown[labels == genre]
            axes.scatter(
                chosen[:, one],
                chosen[:, two],
                s=22 if len(values) < 500 else 10,
                color=colour_of(number),
                marker=MARKERS[(number // 8 + number) % len(MARKERS)],
                label=genre or "?",
                alpha=0.7,
                linewidths=0,
                clip_on=False,
            )
        axes.set_xlabel(axes_named[one])
        axes.set_ylabel(axes_named[two])
        for place, limit in ((one, axes.set_xlim), (two, axes.set_ylim)):
            room = 0.05 * (limits[place][1] - limits[place][0]) or 1.0
            limit(limits[place][0] - room, limits[place][1] + room)
        if not axes_named[one]:
            axes.set_xticklabels([])
            axes.set_yticklabels([])
    handles, names = grid[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside right upper")
    return figure


def far_out(points: Sequence[Sequence[float]]) -> int:
    """How many clips `cloud` puts at its edges."""
    values = np.asarray(points, float)
    limits = [_limits(column) for column in values.T]
    outside = [(column < low) | (column > high) for column, (low, high) in zip(values.T, limits, strict=True)]
    return int(np.any(outside, axis=0).sum())


def _limits(column: np.ndarray) -> tuple[float, float]:
    """Of an axis: all clips, or the middle 95 % where the others would make it more than `FAR` times as long."""
    low, high = np.percentile(column, [2.5, 97.5])
    if np.ptp(column) <= FAR * (high - low):
        return float(column.min()), float(column.max())
    return float(low), float(high)


def matrix(
    counts: Sequence[Sequence[int]],
    rows: Sequence[str],
    columns: Sequence[str],
    x: str,
    y: str,
    *,
    shares: bool = False,
) -> Figure:
    """A table of counts, or with `shares` of percents of each row, which the shades are in any case."""
    values = np.asarray(counts, float)
    figure = blank(width=8.0 if len(columns) > 7 else 1.8 + 0.75 * len(columns), height=1.1 + 0.33 * len(rows))
    axes = figure.subplots()
    axes.grid(False)
    axes.imshow(values / np.maximum(values.sum(axis=1, keepdims=True), 1), cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row, column in np.ndindex(*values.shape):
        share = values[row, column] / max(values[row].sum(), 1)
        words = f"{100 * share:.0f}" if shares else f"{values[row, column]:.0f}"
        axes.text(column, row, words, ha="center", va="center", color="white" if share > 0.55 else INK)
    axes.set_xticks(range(len(columns)), columns, rotation=45, ha="right")
    axes.set_yticks(range(len(rows)), rows)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    return figure


def sounds(files: Sequence[tuple[str, Path]]) -> Figure:
    """Waveform and log-mel spectrogram of each sound, one below the other, in equal scales."""
    figure = blank(width=8.0, height=0.72 * len(files) + 0.4)
    figure.set_layout_engine("constrained", h_pad=0.02, hspace=0.02)
    grid = figure.subplots(len(files), 2, squeeze=False)
    for (label, path), (wave, picture) in zip(files, grid, strict=True):
        clip = read_clip(path)
        seconds = clip.seconds
        _draw_wave(wave, clip.samples[0], clip.rate)
        wave.set_ylabel(label, rotation=0, ha="right", va="center", fontsize=8)
        hop = 512
        mel = log_mel(clip.samples[0], clip.rate, hop)
        picture.grid(False)
        picture.imshow(
            mel.T, origin="lower", aspect="auto", cmap="magma", vmin=-4, vmax=2, extent=(0, seconds, 0, mel.shape[1])
        )
        picture.set_yticks(_mel_places(mel.shape[1]), ["0.1", "1", "5"], fontsize=6)
        for axes in (wave, picture):
            axes.set_xlim(0, seconds)
    for axes in grid[:-1].flat:
        axes.set_xticklabels([])
    for axes in grid[-1]:
        axes.set_xlabel(_("seconds"))
    grid[0][1].set_title(_("kHz"), fontsize=7)
    return figure


def _mel_places(bands: int) -> list[float]:
    """Where 0.1, 1 and 5 kHz lie among `bands` HTK mel bands from 20 Hz to 11,025 Hz."""
    low, high, *wanted = (2595 * np.log10(1 + hertz / 700) for hertz in (20, 11_025, 100, 1000, 5000))
    return [float(bands * (each - low) / (high - low)) for each in wanted]


def _whole_numbers(axes: Axes) -> None:
    """Epochs and clusters are counted; there is none between two of them."""
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _short_numbers(axes: Axes) -> None:
    """Millions as "3M": an axis has no room for its factor beside the title."""
    from matplotlib.ticker import EngFormatter

    if axes.get_ylim()[1] >= 1e4:
        axes.yaxis.set_major_formatter(EngFormatter(sep=""))


def _draw_wave(axes: Axes, samples: np.ndarray, rate: int) -> None:
    """The envelope: a vector drawing of every sample would be megabytes."""
    columns = min(600, len(samples))
    parts = np.array_split(samples, columns)
    low, high = [float(part.min()) for part in parts], [float(part.max()) for part in parts]
    axes.fill_between(np.linspace(0, len(samples) / rate, columns), low, high, color=colour_of(0), linewidth=0)
    axes.set_ylim(-1, 1)
    axes.set_yticks([])
