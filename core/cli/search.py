"""`musicae search`: learning rate and layers of the convolution, searched by short trainings."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from core.cli.batch import check_folder, expand
from core.cli.console import Console
from core.cli.options import DONE, FAILED, Commands
from core.cli.train import interrupt_stops
from core.errors import UsageError
from core.i18n import _
from core.settings import add_arguments, given_arguments
from core.training.search_config import SearchConfig


def add_parsers(commands: Commands) -> None:
    parser = commands.add(
        "search",
        run,
        _("search learning rate and layers of a size"),
        _(
            "Try networks of one size on songs, each trained for a few epochs, with Optuna (pip install optuna), and\n"
            "write DIR/trials.csv and search.svg; the best becomes a preset. Ctrl+C stops; --resume goes on."
        ),
    )
    parser.add_argument("songs", nargs="+", metavar=_("SONG_OR_FOLDER"), help=_("songs, or folders of them"))
    parser.add_argument("--out", required=True, type=Path, metavar=_("DIR"), help=_("folder of the search"))
    parser.add_argument("--resume", action="store_true", help=_("go on with the search in DIR, with its own settings"))
    parser.add_argument("--preset", metavar=_("NAME"), help=_("what the best is to be called [searched-N]"))
    add_arguments(parser, SearchConfig)


def run(options: argparse.Namespace, console: Console) -> int:
    check_folder(options.out)
    expand(options.songs)
    # Read when torch loads: idle threads that spin cost the others their time on a small machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    from core.data.store import SampleStore
    from core.models.design import MODEL_RATE
    from core.paths import data_dir
    from core.training.commands import Commands as TrainCommands
    from core.training.search import best_of, optuna_module, saved_config, search
    from core.training.search_report import design_words, keep_best, write_search
    from core.training.songs import songs_from_paths

    optuna_module()
    known = saved_config(options.out)
    if known is not None and not options.resume:
        raise UsageError(
            _("The folder {path} already holds a search; resume it (--resume) or choose another folder.").format(
                path=options.out
            ),
            path=options.out,
        )
    given = given_arguments(options, SearchConfig)
    config = known.replace(**{k: v for k, v in given.items() if k == "trials"}) if known else SearchConfig(**given)
    config.check()
    found = songs_from_paths(
        [Path(song) for song in options.songs],
        SampleStore(data_dir() / "samples", MODEL_RATE),
        on_song=lambda path, done, total: console.progress(done / max(total, 1), path.name),
        on_problem=lambda path, sentence: console.warn(sentence),
    )
    commands = TrainCommands()
    words = _("Stopping after this step; --resume goes on from here. Ctrl+C again leaves at once.")
    with interrupt_stops(commands, console, words):
        tried = search(config, found.songs, options.out, _listener(console), commands)
    write_search(tried, options.out)
    best = best_of(tried)
    preset = keep_best(tried, options.preset or f"searched-{config.size}")
    console.result(
        {
            "search": str(options.out),
            "trials": len(tried),
            "best": None
            if best is None
            else {
                "trial": best.number,
                "loss": best.loss,
                "learning_rate": best.learning_rate,
                "design": best.design.to_dict(),
            },
            "preset": preset.stem if preset else None,
        }
    )
    if best is None or preset is None:
        console.warn(_("No trial was finished, so that there is no best one."))
        return FAILED
    console.say(
        _("Best: {design}, learning rate {rate:.3g}, validation {loss:.6f}").format(
            design=design_words(best.design), rate=best.learning_rate, loss=best.loss
        )
    )
    console.say(_("It is the preset {name} now: musicae train SONGS --model {name} --out RUN").format(name=preset.stem))
    return DONE


def _listener(console: Console) -> Any:
    from core.training.search import SearchListener, Tried
    from core.training.search_report import design_words
    from core.training.search_space import Proposal

    class Report(SearchListener):
        """A line a trial, and the progress bar within."""

        def __init__(self) -> None:
            self._trial = ""

        def on_trial(self, number: int, total: int, proposal: Proposal) -> None:
            self._trial = _("trial {number}/{total}: {design}, learning rate {rate:.3g}").format(
                number=number,
                total=total,
                design=design_words(proposal.design),
                rate=proposal.learning_rate,
            )
            console.say(self._trial)

        def on_progress(self, fraction: float) -> None:
            console.progress(fraction, self._trial)

        def on_tried(self, tried: Tried, best: Tried | None) -> None:
            words = {"complete": _("finished"), "pruned": _("ended early"), "failed": _("failed")}[tried.state]
            loss = "–" if tried.loss is None else f"{tried.loss:.6f}"
            least = "–" if best is None else f"{best.loss:.6f}"
            console.say("  " + _("{words}: validation {loss}, best {best}").format(words=words, loss=loss, best=least))

    return Report()
