"""Figures of reports and benchmarks in one plain style, as SVG, PNG or PDF by the file's name.

matplotlib is imported when a figure is drawn. No figure needs a screen or pyplot's global state.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import MusicaeError
from core.files import replacing
from core.i18n import _

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, FAINT, PAPER = "#222222", "#d9d9d9", "#ffffff"
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#777777", "#56b4e9", "#d55e00", "#000000")
"""Told apart by colour-blind readers, too (M. Okabe, K. Ito, "Color Universal Design", 2002)."""
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
KINDS = ("studio", "klt", "conv", "Opus", "MP3")
"""Kinds of systems that have the same colour and marker in every figure; other names get those that follow."""
_STYLE: dict[str, Any] = {
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": INK,
    "figure.facecolor": PAPER,
    "axes.facecolor": PAPER,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.5,
    "xtick.color": INK,
    "ytick.color": INK,
    "lines.linewidth": 1.6,
    "lines.markersize": 4.5,
    "legend.frameon": False,
    "svg.fonttype": "none",  # text stays text, in the reader's own sans-serif
    "svg.hashsalt": "musicae",  # the same figure is the same file
}


@dataclass(frozen=True)
class Point:
    """A mean at a bit rate, with the limits of its spread."""

    kbit_per_second: float
    mean: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Panel:
    """A metric: the points of each series by the series' name; `more_is_better` puts an arrow to the title."""

    title: str
    series: Mapping[str, Sequence[Point]]
    more_is_better: bool = True


def quality_against_rate(panels: Sequence[Panel], path: Path) -> None:
    """Draw metrics over kbit/s on a logarithmic axis, a small panel each, and write the file.

    A series has one colour and marker in all panels (`KINDS`); bars show the spread of each point.

    Raises:
        MusicaeError: the file cannot be written.
    """
    with styled():
        write(quality_figure(panels), path)


def quality_figure(
    panels: Sequence[Panel],
    *,
    marked: float | None = None,
    marked_as: str | None = None,
    bits: int = 0,
    columns: int = 2,
) -> Figure:
    """The figure of `quality_against_rate`, to be drawn within `styled`.

    Args:
        marked: a rate in kbit/s to draw a line at, such as the chosen one; `marked_as` is its name in the legend.
        bits: of a stored float; with it the upper axis says floats a second.
        columns: panels beside one another.
    """
    names = [name for panel in panels for name in panel.series]
    numbers = {name: number for number, name in enumerate(dict.fromkeys([*KINDS, *names]))}
    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    figure = blank(width=max(9.0, 3.5 * columns), height=(3.1 if columns < 3 else 2.75) * rows)
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes, panel in zip(grid.flat, panels, strict=False):
        _draw_panel(axes, panel, numbers)
        if marked is not None:
            axes.axvline(marked, color=INK, linestyle=":", linewidth=1.2, label=marked_as)
        if bits:
            _add_floats(axes, bits)
    for axes in list(grid.flat)[len(panels) :]:
        axes.set_axis_off()
    handles, labels = grid.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=max(1, len(labels)))
    return figure


def blank(*, width: float, height: float) -> Figure:
    """An empty figure of so many inches, whose parts make room for one another."""
    from matplotlib.figure import Figure as Made

    return Made(figsize=(width, height), layout="constrained")


def write(figure: Figure, path: Path) -> None:
    """Save the figure, its format chosen by the suffix; a failure leaves what was there before.

    Raises:
        MusicaeError: the file cannot be written, or its suffix names no format of figures.
    """
    date = {"Date": None} if path.suffix.lower() == ".svg" else None
    try:
        with replacing(path) as temporary:
            figure.savefig(temporary, dpi=150, metadata=date)
    except (OSError, ValueError) as error:
        raise MusicaeError(
            _("The figure {path} cannot be written: {reason}.").format(
                path=path, reason=getattr(error, "strerror", None) or error
            ),
            path=path,
            details=str(error),
        ) from error


@contextlib.contextmanager
def styled() -> Iterator[None]:
    """Within, figures are made in Musicae's style; other users of matplotlib keep theirs."""
    import matplotlib as mpl

    settings: Any = _STYLE
    with mpl.rc_context(settings):
        yield


def colour_of(number: int) -> str:
    return COLOURS[number % len(COLOURS)]


def _draw_panel(axes: Axes, panel: Panel, numbers: Mapping[str, int]) -> None:
    from matplotlib.ticker import NullLocator, ScalarFormatter

    for name, points in panel.series.items():
        number = numbers[name]
        ordered = sorted(points, key=lambda point: point.kbit_per_second)
        rates, means = [point.kbit_per_second for point in ordered], [point.mean for point in ordered]
        colour = colour_of(number)
        axes.plot(rates, means, label=name, color=colour, marker=MARKERS[number % len(MARKERS)])
        for each in ordered:
            if each.low is not None and each.high is not None:
                axes.vlines(each.kbit_per_second, each.low, each.high, color=colour, alpha=0.35, linewidth=3)
    axes.set_xscale("log")
    axes.set_xlabel(_("kbit/s"))
    rates = [point.kbit_per_second for points in panel.series.values() for point in points]
    axes.set_xticks(_round_rates(min(rates, default=1.0), max(rates, default=10.0)))
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_title(f"{panel.title}  {'↑' if panel.more_is_better else '↓'}")


def _add_floats(axes: Axes, bits: int) -> None:
    """Floats a second above, for the kbit/s below."""
    from matplotlib.ticker import FuncFormatter, NullLocator

    def floats(kbit: Any) -> Any:  # numbers or arrays, which matplotlib's types do not tell apart
        return kbit * 1000 / bits

    def kbits(rate: Any) -> Any:
        return rate * bits / 1000

    upper = axes.secondary_xaxis("top", functions=(floats, kbits))
    upper.set_xlabel(_("floats/s"))
    low, high = axes.get_xlim()
    upper.set_xticks([rate * 1000 / bits for rate in _round_rates(low, high)[::2]])
    upper.xaxis.set_major_formatter(FuncFormatter(lambda value, _place: f"{value:,.0f}"))
    upper.xaxis.set_minor_locator(NullLocator())


def _round_rates(low: float, high: float) -> list[float]:
    """1, 2, 4, 8 ... as far as they are needed."""
    every = [2.0**power for power in range(-4, 14)]
    return [rate for rate in every if low / 1.5 <= rate <= high * 1.5]
