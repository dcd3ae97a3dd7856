"""`musicae train`: a model on the user's own songs, in the terminal."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.batch import check_folder, expand
from core.cli.console import Console
from core.cli.options import DONE, FAILED, Commands
from core.errors import MusicaeError, UsageError
from core.i18n import _
from core.models.presets import preset
from core.settings import add_arguments, given_arguments
from core.training.callbacks import Callbacks, EpochReport, Plan, StepReport, TrainSummary
from core.training.commands import Commands as TrainCommands
from core.training.config import TrainConfig
from core.training.run import RunFolder
from core.training.suited import suited_settings

if TYPE_CHECKING:
    from core.training.crops import TrainingSong


def add_parsers(commands: Commands) -> None:
    parser = commands.add(
        "train",
        run,
        _("train a model on your own songs"),
        _(
            "Train a preset on songs and keep the run in the folder RUN, which --model of the other commands takes.\n"
            "Ctrl+C stops and keeps what was learned; the same line with --resume goes on."
        ),
    )
    parser.add_argument("songs", nargs="*", metavar=_("SONG_OR_FOLDER"), help=_("songs, or folders of them"))
    parser.add_argument("--out", required=True, type=Path, metavar="RUN", help=_("folder of the run"))
    parser.add_argument(
        "--resume", action="store_true", help=_("go on with the run in RUN, on its own songs where none are given")
    )
    parser.add_argument(
        "--split",
        type=Path,
        metavar="FILE.csv",
        help=_("which songs train, validate and test: a table with the columns file and split"),
    )
    add_arguments(parser, TrainConfig)


def run(options: argparse.Namespace, console: Console) -> int:
    given = given_arguments(options, TrainConfig)
    folder = RunFolder(options.out)
    if "epochs" in given and given.get("minutes"):
        raise UsageError(_("Give --epochs or --minutes, not both."))
    check_folder(options.out)
    begun = bool(folder.document())
    if begun and not options.resume:
        raise UsageError(
            _("The folder {path} already holds a run; resume it (--resume) or choose another folder.").format(
                path=options.out
            ),
            path=options.out,
        )
    config = _resumed(folder.config(), given) if begun else _new(given)
    if not config.design:
        preset(config.model)  # a wrong name is answered before torch is loaded and songs are read
    paths = [Path(path) for path in options.songs] or _songs_of(folder, begun)
    summary, problems = _train(config, paths, folder, console, resume=options.resume, split_file=options.split)
    _list_run(folder, config, summary, console)
    console.result({"run": str(options.out), **summary.to_dict(), "failed": problems})
    console.say(summary.sentence)
    if summary.model:
        console.say(_("The model is {path}; use it with --model {run}").format(path=summary.model, run=options.out))
    return FAILED if problems or summary.state == "failed" else DONE


def _resumed(config: TrainConfig, given: dict[str, Any]) -> TrainConfig:
    """The run's own settings with those given now; a number of epochs takes the place of minutes given before."""
    return config.replace(**({"minutes": 0.0} if "epochs" in given else {}), **given)


def _new(given: dict[str, Any]) -> TrainConfig:
    """What was given, and what suits the model for the rest; what suits a preset need not suit another design."""
    model = str(given.get("model", TrainConfig().model))
    return TrainConfig(**{**({} if given.get("design") else suited_settings(model)), **given})


def _songs_of(folder: RunFolder, begun: bool) -> list[Path]:
    """The songs of a run that is resumed without naming any."""
    if not begun:
        raise UsageError(_("Name the songs to train on: files, or a folder of them."))
    entries = folder.document().get("songs") or []
    return [Path(str(entry["path"])) for entry in entries if isinstance(entry, dict) and entry.get("path")]


def _train(
    config: TrainConfig,
    paths: list[Path],
    folder: RunFolder,
    console: Console,
    *,
    resume: bool,
    split_file: Path | None,
) -> tuple[TrainSummary, list[dict[str, str]]]:
    # Read when torch loads: idle threads that spin cost the others their time on a small machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    from core.data.split_csv import split_from_csv
    from core.training.trainer import design_for, train

    rate = design_for(config).rate
    songs, problems = _read_songs(paths, rate, console)
    split = None
    if split_file is not None:
        written = split_from_csv(split_file, songs)
        split = written.split
        for note in written.notes:
            console.warn(note)
    commands = TrainCommands()
    with interrupt_stops(
        commands, console, _("Stopping after this step; what was learned is kept. Ctrl+C again leaves at once.")
    ):
        summary = train(config, songs, folder, _Report(console), commands, resume=resume, split=split)
    return summary, problems


def _read_songs(paths: list[Path], rate: int, console: Console) -> tuple[list[TrainingSong], list[dict[str, str]]]:
    """The songs, decoded into the data folder once; what cannot be used is said and passed over."""
    from core.data.store import SampleStore
    from core.paths import data_dir
    from core.training.songs import songs_from_paths

    def on_song(path: Path, done: int, total: int) -> None:
        console.progress(done / max(total, 1), _("reading {name}").format(name=path.name))

    def on_problem(path: Path, sentence: str) -> None:
        console.warn(sentence)

    expand(map(str, paths))  # a folder without songs is the user's mistake, said before anything is decoded
    found = songs_from_paths(paths, SampleStore(data_dir() / "samples", rate), on_song=on_song, on_problem=on_problem)
    return found.songs, [{"file": str(path), "error": sentence} for path, sentence in found.problems]


def _list_run(folder: RunFolder, config: TrainConfig, summary: TrainSummary, console: Console) -> None:
    """Show the run in the window's list, too; a library that cannot be opened takes nothing from the training."""
    from core.library import Library
    from core.paths import data_dir

    if summary.state == "discarded":
        return
    try:
        with Library(data_dir()) as library:
            library.add_run(folder.path.absolute(), preset=config.model, state=summary.state, summary=summary.to_dict())
    except MusicaeError as error:
        console.warn(error.sentence)


@contextlib.contextmanager
def interrupt_stops(commands: TrainCommands, console: Console, words: str) -> Iterator[None]:
    """Ctrl+C stops after the current step, keeps what is done and says `words`; a second one leaves at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)

    def stop(number: int, frame: Any) -> None:
        signal.signal(signal.SIGINT, before)
        commands.stop_and_keep()
        console.warn(words)

    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class _Report(Callbacks):
    """Says how the training goes: a line an epoch, and the progress bar within."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def on_status(self, text: str) -> None:
        self._console.progress(0.0, text)

    def on_plan(self, plan: Plan) -> None:
        self._console.say(
            _("{steps} steps in {epochs} epochs of {batch} clips on {device} ({precision}), about {time}").format(
                steps=plan.steps,
                epochs=plan.epochs,
                batch=plan.batch,
                device=plan.device,
                precision=plan.precision,
                time=_duration(plan.seconds_estimate),
            )
        )

    def on_step(self, report: StepReport) -> None:
        text = _("epoch {epoch}/{epochs}, loss {loss:.5f}, {time} left").format(
            epoch=report.epoch,
            epochs=report.epochs,
            loss=report.losses.get("loss", 0.0),
            time=_duration(report.seconds_left),
        )
        self._console.progress(report.step / max(report.steps, 1), text)

    def on_epoch(self, report: EpochReport) -> None:
        self._console.say(
            _("epoch {epoch}: train {train:.6f}, validation {val:.6f}, best {best}, {seconds:.1f} s").format(
                epoch=report.epoch,
                train=report.train_loss,
                val=report.val_loss,
                best=report.best_epoch,
                seconds=report.seconds,
            )
        )

    def on_warning(self, text: str) -> None:
        self._console.warn(text)


def _duration(seconds: float) -> str:
    whole = max(0, round(seconds))
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
