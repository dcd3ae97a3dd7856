"""Where the command line's words go: results to stdout, problems and progress to stderr."""

from __future__ import annotations

import io
import json
import math
import sys
import time
from typing import Any, TextIO

from core.errors import MusicaeError
from core.i18n import _

_BAR = 24
_REDRAW_SECONDS = 0.1


class OutputError(MusicaeError):
    """Standard output cannot be written to."""


class Console:
    """Output of one command.

    With `machine`, stdout holds one JSON document and nothing else; without, it holds text for people. The
    progress bar is drawn only where stderr is a terminal.
    """

    def __init__(self, *, machine: bool = False, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.machine = machine
        # Python has no stdout or stderr where the caller closed them.
        self._out = out or sys.stdout or io.StringIO()
        self._err = err or sys.stderr or io.StringIO()
        self._live = self._err.isatty()
        self._drawn = False
        self._drawn_at = 0.0

    def say(self, text: str) -> None:
        """A line of the result for people."""
        if not self.machine:
            self._print(text)

    def result(self, value: Any) -> None:
        """The result for machines; numbers that JSON does not know (infinite, not a number) become null."""
        if self.machine:
            self._print(json.dumps(_plain(value), indent=2))

    def warn(self, text: str) -> None:
        """A problem, or what else is not the result."""
        self._clear()
        self._err.write(text + "\n")
        self._err.flush()

    def progress(self, fraction: float, text: str = "") -> None:
        """Redraw the progress bar, at most some times a second."""
        now = time.monotonic()
        if not self._live or (now - self._drawn_at < _REDRAW_SECONDS and fraction < 1):
            return
        filled = round(_BAR * min(max(fraction, 0.0), 1.0))
        self._err.write(f"\r\x1b[K[{'#' * filled}{'.' * (_BAR - filled)}] {fraction:4.0%} {text[:100]}")
        self._err.flush()
        self._drawn, self._drawn_at = True, now

    def close(self) -> None:
        """Leave the terminal with a clean line."""
        self._clear()

    def _print(self, text: str) -> None:
        """Write to stdout.

        Raises:
            BrokenPipeError: whoever read it has left.
            OutputError: it leads to a file that cannot grow.
        """
        self._clear()
        try:
            self._out.write(text + "\n")
            self._out.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(
                _("The result cannot be printed: {reason}.").format(reason=error.strerror or error)
            ) from error

    def _clear(self) -> None:
        if self._drawn:
            self._err.write("\r\x1b[K")
            self._err.flush()
            self._drawn = False


def table(rows: list[tuple[str, ...]]) -> str:
    """Columns of equal width; a column whose cells below the first row are all numbers is set to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    numeric = [all(_is_number(row[column]) for row in rows[1:]) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _is_number(cell: str) -> bool:
    return cell == "-" or cell.lstrip("-").replace(",", "").replace(".", "", 1).replace(":", "").isdigit()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, bool | int | str) or value is None:
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return str(value)
