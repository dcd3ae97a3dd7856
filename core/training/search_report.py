"""What a search leaves to be looked at: `trials.csv`, `search.svg`, and the best network as a preset."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.figures import INK, MARKERS, blank, colour_of, styled, write
from core.files import write_text_atomically
from core.i18n import _
from core.models.layers import ConvDesign
from core.models.own_presets import save_preset
from core.training.search import COMPLETE, PRUNED, Tried, best_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = ("trial", "state", "epochs", "learning_rate", "layers", "floats", "parameters", "loss", "design")


def write_search(tried: Sequence[Tried], folder: Path) -> None:
    """The table and the figure of all trials.

    Raises:
        MusicaeError: a file cannot be written.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(each) for each in tried)
    write_text_atomically(folder / "trials.csv", text.getvalue())
    with styled():
        write(search_figure(tried), folder / "search.svg")


def keep_best(tried: Sequence[Tried], name: str) -> Path | None:
    """Make the best trial's network and learning rate a preset; None where no trial was finished.

    Raises:
        UsageError: the name cannot be a preset's.
        MusicaeError: the preset cannot be written.
    """
    best = best_of(tried)
    return save_preset(name, best.design, {"learning_rate": best.learning_rate}) if best is not None else None


def design_words(design: ConvDesign) -> str:
    """ "8ch k96 s48 → 4ch k5"."""
    return " → ".join(
        f"{layer.channels}ch k{layer.kernel}" + (f" s{layer.stride}" if layer.stride > 1 else "")
        for layer in design.layers
    )


def search_figure(tried: Sequence[Tried]) -> Figure:
    """Loss by trial with the best so far, and loss by learning rate, a colour a number of layers."""
    from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter, StrMethodFormatter

    figure = blank(width=9.0, height=3.6)
    left, right = figure.subplots(1, 2)
    known = [each for each in tried if each.loss is not None]
    complete = [each for each in known if each.state == COMPLETE]
    numbers = {each.number: place for place, each in enumerate(tried, 1)}
    for state, marker, words in ((COMPLETE, "o", _("finished")), (PRUNED, "x", _("ended early"))):
        rows = [each for each in known if each.state == state]
        left.scatter(
            [numbers[each.number] for each in rows],
            [each.loss for each in rows],
            marker=marker,
            color=colour_of(0),
            label=words,
            s=18,
        )
    if complete:
        best = [min(each.loss or 0.0 for each in complete[: place + 1]) for place in range(len(complete))]
        left.step([numbers[each.number] for each in complete], best, where="post", color=INK, label=_("best so far"))
    for place, layers in enumerate(sorted({len(each.design.layers) for each in known})):
        rows = [each for each in known if len(each.design.layers) == layers]
        right.scatter(
            [each.learning_rate for each in rows],
            [each.loss for each in rows],
            color=colour_of(place),
            marker=MARKERS[place % len(MARKERS)],
            label=_("layers: {n}").format(n=layers),
            s=18,
        )
    _label(left, _("trial"))
    _label(right, _("learning rate"))
    left.xaxis.set_major_locator(MaxNLocator(integer=True))
    right.set_xscale("log")
    # The usual labels, powers of ten times a digit, are so wide that they run into one another.
    right.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    right.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    right.xaxis.set_minor_formatter(NullFormatter())
    return figure


def _label(axes: Any, x: str) -> None:
    axes.set_xlabel(x)
    axes.set_ylabel(_("validation loss"))
    axes.set_yscale("log")
    if axes.get_legend_handles_labels()[0]:
        axes.legend()


def _row(tried: Tried) -> list[object]:
    design = tried.design
    return [
        tried.number,
        tried.state,
        tried.epochs,
        f"{tried.learning_rate:.6g}",
        len(design.layers),
        design.latent_floats(),
        design.parameters,
        "" if tried.loss is None else f"{tried.loss:.8g}",
        design_words(design),
    ]
