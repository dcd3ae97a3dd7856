"""Start-up: the window first, torch after it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import core
from core import i18n
from core.errors import MusicaeError
from core.i18n import _
from core.paths import data_dir
from musicae_gui.allocator import use_few_arenas
from musicae_gui.quick_imports import look_at_no_sources

# Idle OpenMP threads must not spin: beside another busy thread they slow small inferences down tenfold.
# This has to stand before torch is loaded anywhere.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the window; returns the exit code."""
    use_few_arenas()
    sys.setswitchinterval(0.001)  # interactive threads get their turn beside a training one
    options = parser().parse_args(arguments)
    if options.language is not None:
        i18n.install(options.language)
    look_at_no_sources()
    if options.self_test is not None:
        from musicae_gui import self_test

        return int(self_test.run(options))
    try:
        folder = data_dir(options.data_dir)
    except MusicaeError as error:
        print(error.sentence, file=sys.stderr)  # noqa: T201
        return 2
    from musicae_gui.crash import CrashLog

    crash = CrashLog(folder)
    crash.begin()
    crash.watch_qt()
    try:
        from musicae_gui.handover import Handover
        from musicae_gui.studio import Application, Studio, application

        qt = application(sys.argv[:1])
        handover = Handover(folder)
        if handover.reach(options.paths):
            return 0  # the window that runs already has them
        try:
            studio = Studio(folder, language=options.language, theme=options.theme)
        except MusicaeError as error:
            handover.close()
            _say_and_leave(error)
            return 1
        crash.watch_python(studio.show_fault)
        handover.received.connect(studio.open_paths)
        if isinstance(qt, Application):
            qt.files_opened.connect(studio.open_paths)
        studio.painted.connect(handover.listen)
        studio.start(options.paths, crash.take_last())
        code = qt.exec()
        handover.close()
        clean = studio.close()
    finally:
        crash.end()
    if not clean:
        # A worker hangs inside foreign code; waiting for it would keep a window that is gone alive.
        if sys.stdout is not None:  # a windowed program on Windows has none
            sys.stdout.flush()
        os._exit(code)
    return code


def parser() -> argparse.ArgumentParser:
    """The options of musicae-gui."""
    made = argparse.ArgumentParser(
        prog="musicae-gui", description=_("Musicae's window: hear what a neural network keeps of a song.")
    )
    made.add_argument("paths", nargs="*", type=Path, metavar="FILE", help=_("sound files and folders to open"))
    made.add_argument("--data-dir", type=Path, metavar="DIR", help=_("the folder of library, runs and preferences"))
    made.add_argument("--language", choices=sorted(i18n.LANGUAGES), help=_("language of the window, for this time"))
    made.add_argument("--theme", choices=("system", "light", "dark"), help=_("colours, for this time"))
    made.add_argument(
        "--self-test",
        type=Path,
        metavar="DIR",
        help=_("go through the whole program without a hand on it; pictures and report.json are written into DIR"),
    )
    made.add_argument("--songs", type=Path, metavar="FOLDER", help=_("songs for the self-test, not the demo songs"))
    made.add_argument("--require-sound", action="store_true", help=_("the self-test fails without a sound device"))
    made.add_argument("--steps", nargs="+", metavar=_("STEP"), help=_("only these steps of the self-test"))
    made.add_argument(
        "--minutes", type=float, default=0.0, metavar="N", help=_("repeat the self-test in one window for so long")
    )
    made.add_argument("--version", action="version", version=f"Musicae {core.__version__}")
    return made


def _say_and_leave(error: MusicaeError) -> None:
    from PySide6.QtWidgets import QMessageBox

    print(error.sentence, file=sys.stderr)  # noqa: T201
    box = QMessageBox(QMessageBox.Icon.Critical, "Musicae", error.sentence)
    box.setDetailedText(error.details)
    box.exec()
