"""Options that several commands share, and the types of their values."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from core.errors import UsageError
from core.i18n import LANGUAGES, _
from core.models.presets import DEFAULT_MODEL

DONE, FAILED, MISUSE = 0, 1, 2


class CommandLineError(UsageError):
    """The options do not fit the command; `usage` shows those that do."""

    def __init__(self, sentence: str, usage: str) -> None:
        super().__init__(sentence)
        self.usage = usage


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are raised, so that `main` has one way out."""

    def error(self, message: str) -> NoReturn:
        sentence = message[:1].upper() + message[1:].removesuffix(".") + "."
        raise CommandLineError(sentence, self.format_usage().strip())


class Commands:
    """Adds commands to the program; each gets the general options, which may stand before or after its name."""

    def __init__(self, subparsers: Any) -> None:
        self._subparsers = subparsers

    def add(self, name: str, run: Callable[..., int], help: str, description: str = "") -> Parser:  # noqa: A002
        parser: Parser = self._subparsers.add_parser(
            name,
            help=help,
            description=description or help,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        add_general(parser)
        parser.set_defaults(run=run)
        return parser

    def nested(self, parser: Parser, metavar: str) -> Commands:
        """The actions of a command that has some."""
        return Commands(parser.add_subparsers(dest="action", metavar=metavar, parser_class=Parser))


def add_general(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(_("general"))
    group.add_argument(
        "--json",
        action="store_true",
        default=argparse.SUPPRESS,
        help=_("print the result as JSON, alone on the standard output"),
    )
    group.add_argument(
        "--data-dir",
        metavar=_("FOLDER"),
        default=argparse.SUPPRESS,
        help=_("folder of the library and its samples, instead of the user's own (also: MUSICAE_DATA)"),
    )
    group.add_argument(
        "--language",
        choices=sorted(LANGUAGES),
        default=argparse.SUPPRESS,
        help=_("language of messages, instead of the system's"),
    )


def add_model(parser: argparse.ArgumentParser, *, channels: bool = True) -> None:
    parser.add_argument(
        "--model",
        default=DEFAULT_MODEL,
        metavar=_("MODEL"),
        help=_("a shipped name (see `musicae models`), a .musicae file or a run folder [{default}]").format(
            default=DEFAULT_MODEL
        ),
    )
    parser.add_argument(
        "--device",
        choices=("auto", "cpu", "cuda", "mps"),
        default="auto",
        help=_("where to compute; auto takes a GPU if there is one"),
    )
    if channels:
        parser.add_argument(
            "--channels",
            type=number(int, 1, 1_000_000),
            metavar="N",
            help=_("keep only the first N channels of a nested model, for a smaller latent"),
        )


def add_bits(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--bits",
        type=number(int, 2, 16),
        metavar="N",
        help=_("round the latent as if each float were stored in N bits, from 2 to 16; 16 is half precision"),
    )


def add_refine(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--refine",
        type=number(int, 1, 1000),
        nargs="?",
        const=16,
        metavar="STEPS",
        help=_(
            "search the latent that the decoder turns into the sound best, in so many steps [16 if none are given];"
            " about as long as the sound, and the number of floats stays"
        ),
    )


def number(kind: type, low: float, high: float) -> Callable[[str], Any]:
    """An argparse type: a number of `kind` from `low` to `high`, both included."""

    def read(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            words = _("{text!r} is not a whole number") if kind is int else _("{text!r} is not a number")
            raise argparse.ArgumentTypeError(words.format(text=text)) from None
        if not low <= value <= high:  # which "not a number" never is
            raise argparse.ArgumentTypeError(
                _("{text} is not between {low} and {high}").format(text=text, low=low, high=high)
            )
        return value

    return read


def language_of(arguments: Sequence[str]) -> str:
    """The value of `--language` in a command line that is not parsed yet, since the parser's own words need it."""
    for index, argument in enumerate(arguments):
        if argument.startswith("--language="):
            return argument.partition("=")[2]
        if argument == "--language" and index + 1 < len(arguments):
            return arguments[index + 1]
    return ""


__all__ = [
    "DONE",
    "FAILED",
    "MISUSE",
    "Commands",
    "Parser",
    "add_bits",
    "add_general",
    "add_model",
    "language_of",
    "number",
]
