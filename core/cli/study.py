"""`musicae study`: both reports, run on a folder of songs, with a report at the end."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.batch import check_folder, expand
from core.cli.console import Console
from core.cli.options import DONE, Commands, number
from core.cli.train import interrupt_stops
from core.errors import UsageError
from core.i18n import _
from core.paths import DATA_VARIABLE
from core.training.commands import Commands as TrainCommands

if TYPE_CHECKING:
    from core.study import StudyConfig


def add_parsers(commands: Commands) -> None:
    parser = commands.add(
        "study",
        run,
        _("study a folder of songs from end to end and write a report"),
        _(
            "Train several sizes on songs sorted by genre (FOLDER/<genre>/<song>), judge them on songs never heard,\n"
            "explore their latents, and write DIR/report.html, report.pdf, study.json and tables.\n"
            "Without FOLDER demo songs are composed. Ctrl+C stops; the same line with --resume goes on."
        ),
    )
    parser.add_argument("folder", nargs="?", type=Path, metavar=_("FOLDER"), help=_("songs in a folder a genre"))
    parser.add_argument("--library", action="store_true", help=_("the songs of the library instead of a folder"))
    parser.add_argument("--out", required=True, type=Path, metavar=_("DIR"), help=_("folder of the study"))
    parser.add_argument(
        "--sizes", nargs="+", metavar="N", help=_("floats in a clip of 5 s [55112 32151 24496 18376 9184]")
    )
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--epochs", type=number(int, 1, 100_000), metavar="N", help=_("epochs of each training [40]"))
    length.add_argument(
        "--minutes", type=number(float, 0.01, 100_000), metavar="M", help=_("minutes of each training instead")
    )
    parser.add_argument("--outside", nargs="+", type=Path, default=[], metavar=_("FILE"), help=_("new music to try"))
    parser.add_argument("--quick", action="store_true", help=_("little of everything, within some minutes"))
    parser.add_argument("--resume", action="store_true", help=_("go on with the study in DIR, with its own settings"))
    parser.add_argument("--notebook", action="store_true", help=_("write a notebook that runs this study, too"))
    parser.add_argument(
        "--split",
        type=Path,
        metavar="FILE.csv",
        help=_("which songs train, validate and test: a table with the columns file and split"),
    )
    parser.add_argument(
        "--choose",
        metavar="N",
        help=_("this size, whatever the rule proposes; needs --reason; with --resume also when the study is done"),
    )
    parser.add_argument("--reason", default="", metavar=_("TEXT"), help=_("why, for the report"))
    parser.add_argument("--seed", type=number(int, 0, 2**31 - 1), metavar="S", help=_("start of every random draw [0]"))
    parser.add_argument(
        "--device",
        choices=("auto", "cpu", "cuda", "mps"),
        help=_("where to compute; auto takes a GPU if there is one"),
    )


def run(options: argparse.Namespace, console: Console) -> int:
    check_folder(options.out)
    if options.library and options.folder is not None:
        raise UsageError(_("Give a FOLDER or --library, not both."))
    if options.folder is not None:
        expand([str(options.folder)])  # a folder without songs is said before torch is loaded
    # Read when torch loads: idle threads that spin cost the others their time on a small machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    from core.study import StudyConfig, StudyFolder, overrule, run_study, size_name, write_notebook

    folder = StudyFolder(options.out)
    config = _config(options)
    begun = bool(folder.plan())
    if options.resume and not begun and options.folder is None and not (options.library or options.quick):
        raise UsageError(_("There is no study in {path}.").format(path=folder.path), path=folder.path)
    if options.resume and options.choose and begun:
        overrule(folder, size_name(options.choose), options.reason)
    if options.notebook:
        own = StudyConfig.from_dict(folder.plan()["config"]) if begun else config
        data = os.environ.get(DATA_VARIABLE)
        write_notebook(folder.notebook_file, own, options.out, Path(data) if data else None)
        console.say(str(folder.notebook_file))
    commands = TrainCommands()
    words = _("Stopping after this step; --resume goes on from here. Ctrl+C again leaves at once.")
    with interrupt_stops(commands, console, words):
        run_study(config, folder, _listener(console), commands, resume=options.resume)
    files = {"study": folder.document_file, "report": folder.report_file, "pdf": folder.pdf_file}
    console.result({name: str(path) for name, path in files.items()})
    for path in files.values():
        console.say(str(path))
    return DONE


def _config(options: argparse.Namespace) -> StudyConfig:
    from core.study import StudyConfig, quick_config, size_name

    given: dict[str, Any] = {
        "folder": str(options.folder.absolute()) if options.folder is not None else "",
        "library": options.library,
        "outside": tuple(str(path.absolute()) for path in options.outside),
        "split": str(options.split.absolute()) if options.split is not None else "",
        "reason": options.reason,
    }
    if options.sizes:
        given["sizes"] = tuple(dict.fromkeys(size_name(text) for text in options.sizes))
    if options.choose:
        given["chosen"] = size_name(options.choose)
    for name in ("epochs", "minutes", "seed", "device"):
        if getattr(options, name) is not None:
            given[name] = getattr(options, name)
    if options.reason and not options.choose:
        raise UsageError(_("A reason (--reason) belongs to a size of your own: name it by --choose."))
    for path in [*options.outside, *([options.split] if options.split is not None else [])]:
        if not path.is_file():
            raise UsageError(_("There is no file {path}.").format(path=path), path=path)
    config = quick_config(**given) if options.quick else StudyConfig(**given)
    config.check()
    return config


def _listener(console: Console) -> Any:
    from core.study import StudyListener

    class Report(StudyListener):
        """A line a stage, and the progress bar within."""

        def __init__(self) -> None:
            self._stage = ""

        def on_stage(self, name: str, title: str, number: int, total: int) -> None:
            self._stage = f"{number}/{total} {title}"
            console.say(self._stage)

        def on_progress(self, fraction: float, text: str) -> None:
            console.progress(fraction, f"{self._stage}: {text}")

        def on_line(self, text: str) -> None:
            console.say(f"  {text}")

        def on_warning(self, text: str) -> None:
            console.warn(text)

    return Report()
