"""`musicae`: reads the command line, runs one command, and says what went wrong in a sentence."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

from core import __version__, i18n
from core.cli import compare, create, cut, demo, latent, library, models, reconstruct, search, study, train
from core.cli.argparse_words import argparse_speaks
from core.cli.console import Console, OutputError
from core.cli.options import FAILED, MISUSE, CommandLineError, Commands, Parser, add_general, language_of
from core.errors import MusicaeError, UsageError
from core.i18n import _
from core.paths import DATA_VARIABLE


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `musicae` with `arguments` (those of the process by default).

    Returns:
        0 done, 1 failed in part or whole, 2 misuse.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    asked = language_of(given)
    language = i18n.install(asked if asked in i18n.LANGUAGES else "")
    with _any_character_prints(), _data_folder_restored():
        console = Console(machine="--json" in given)
        try:
            return _run(given, console, language)
        except SystemExit as leaving:  # --help and --version
            return int(leaving.code or 0)
        except UsageError as error:
            console.warn(_complaint(error))
            return MISUSE
        except OutputError as error:
            console.warn(error.sentence)
            _leave_stdout()
            return FAILED
        except MusicaeError as error:
            console.warn(error.sentence)
            return FAILED
        except KeyboardInterrupt:
            console.warn(_("Interrupted."))
            return FAILED
        except BrokenPipeError:
            _leave_stdout()  # whoever read the output (head, less) has seen enough
            return FAILED
        except MemoryError:
            console.warn(_("There is not enough memory for this; try a shorter file or a smaller model."))
            return FAILED
        except Exception:
            console.warn(_("Musicae met an error of its own; this is its trace, please report it:"))
            console.warn(traceback.format_exc().rstrip())
            return FAILED
        finally:
            with contextlib.suppress(OSError, ValueError):
                console.close()


def build_parser() -> Parser:
    """The whole command line, in the language in use."""
    parser = Parser(
        prog="musicae",
        description=_("Hear what a neural network keeps of a song: train, reconstruct, compare and morph."),
        epilog=_(
            "`musicae COMMAND --help` explains a command. Exit codes: 0 done, 1 failed in part or whole, 2 misuse."
        ),
        allow_abbrev=False,
    )
    version = f"musicae {__version__}"
    parser.add_argument("--version", action="version", version=version, help=_("show the version and exit"))
    add_general(parser)
    commands = Commands(parser.add_subparsers(dest="command", metavar=_("COMMAND"), parser_class=Parser))
    for command in (train, search, study, reconstruct, latent, create, compare, models, library, demo, cut):
        command.add_parsers(commands)
    return parser


def _run(given: list[str], console: Console, language: str) -> int:
    with argparse_speaks(language):
        parser = build_parser()
        options = parser.parse_args(given)
        if options.command is None:
            parser.print_help(sys.stderr)
            return MISUSE
    folder = getattr(options, "data_dir", None)
    if folder:
        # Child threads and everything below ask core.paths, which reads the variable.
        os.environ[DATA_VARIABLE] = str(Path(folder).expanduser().absolute())
    run = options.run
    code: int = run(options, console)
    return code


def _leave_stdout() -> None:
    """What is still to be written to stdout goes nowhere; Python would complain again when it ends."""
    with contextlib.suppress(OSError, ValueError, io.UnsupportedOperation):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complaint(error: UsageError) -> str:
    return f"{error.sentence}\n{error.usage}" if isinstance(error, CommandLineError) else error.sentence


@contextlib.contextmanager
def _any_character_prints() -> Iterator[None]:
    """File names may hold what the terminal's encoding, or any, cannot say; they are printed with escapes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            with contextlib.suppress(OSError, ValueError):
                stream.reconfigure(errors="backslashreplace")
    yield


@contextlib.contextmanager
def _data_folder_restored() -> Iterator[None]:
    before = os.environ.get(DATA_VARIABLE)
    try:
        yield
    finally:  # a caller within a longer process (a test, a notebook) keeps its own
        if before is None:
            os.environ.pop(DATA_VARIABLE, None)
        else:
            os.environ[DATA_VARIABLE] = before


__all__ = ["build_parser", "main"]
