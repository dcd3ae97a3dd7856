"""`musicae demo`: songs composed by the program itself."""

from __future__ import annotations

import argparse
from pathlib import Path

from core.cli.batch import check_folder
from core.cli.console import Console
from core.cli.options import DONE, Commands, number
from core.i18n import _

_STYLES = ("blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock")


def add_parsers(commands: Commands) -> None:
    parser = commands.add(
        "demo",
        run,
        _("compose demo songs in ten styles"),
        _(
            "Compose and synthesise songs of 30 s: DIR/<style>/<name>.wav, stereo at 44.1 kHz. A .json beside each\n"
            "holds its true tempo, key and instruments. Equal seeds give equal files."
        ),
    )
    parser.add_argument("--out", required=True, type=Path, metavar=_("DIR"), help=_("folder for the songs"))
    parser.add_argument(
        "--per-style", type=number(int, 1, 100_000), default=1, metavar="N", help=_("songs of each style [1]")
    )
    parser.add_argument(
        "--seed",
        type=number(int, 0, 2**31 - 1),
        default=0,
        metavar="S",
        help=_("seed of each style's first song; the next one has the next seed [0]"),
    )
    parser.add_argument(
        "--style", choices=_STYLES, action="append", help=_("only this style; may be given several times")
    )


def run(options: argparse.Namespace, console: Console) -> int:
    from core.demo import STYLES, write_demo

    check_folder(options.out)

    def on_progress(done: int, total: int, path: Path) -> None:
        console.say(str(path))
        console.progress(done / total, path.name)

    chosen = tuple(style for style in STYLES if not options.style or style in options.style)
    written = write_demo(
        options.out, per_style=options.per_style, seed=options.seed, on_progress=on_progress, styles=chosen
    )
    console.result({"done": [{"out": str(path), "style": path.parent.name} for path in written], "failed": []})
    return DONE
