"""What happens when the program itself fails: a log from before the window exists, one dialog at a time after.

A failing C library is caught by faulthandler, which writes into `crash/fault-<pid>.log`; an exception that nobody
caught is written into `crash/report-<time>.txt` and shown. What the last start left there is offered at the next.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import platform
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TextIO

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler, qVersion

import core

FOLDER = "crash"
LONGEST = 200_000  # characters of a log that are shown


class CrashLog:
    """The logs of one process in the data folder; `begin` it before Qt is started, `end` it when all went well."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / FOLDER
        self._file: TextIO | None = None
        self._path = self.folder / f"fault-{os.getpid()}.log"
        self._before = (sys.excepthook, threading.excepthook)

    def begin(self) -> None:
        """Watch for faults from now on; a folder that cannot be written costs only the log."""
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("w", encoding="utf-8")
            faulthandler.enable(self._file, all_threads=True)

    def end(self) -> None:
        """Nothing failed hard: the empty fault log goes, Python's own hooks come back."""
        sys.excepthook, threading.excepthook = self._before
        qInstallMessageHandler(None)
        if self._file is not None:
            faulthandler.disable()
            self._file.close()
            self._file = None
            with contextlib.suppress(OSError):
                if self._path.stat().st_size == 0:
                    self._path.unlink()

    def watch_python(self, show: Callable[[str], None]) -> None:
        """Write down exceptions that nobody caught, in any thread, and hand their text to `show` in the GUI thread."""
        relay = _Relay()
        relay.happened.connect(show)
        self._relay = relay

        def caught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
            if issubclass(kind, KeyboardInterrupt):
                self._before[0](kind, error or kind(), trace)
                return
            text = describe("".join(traceback.format_exception(kind, error, trace)))
            self.write(text)
            relay.happened.emit(text)

        sys.excepthook = caught
        threading.excepthook = lambda facts: caught(facts.exc_type, facts.exc_value, facts.exc_traceback)

    def watch_qt(self) -> None:
        """Send Qt's messages to the standard error; its fatal ones, after which it aborts, into the log too."""

        def message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
            if kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg):
                return
            if sys.stderr is not None:  # a windowed program on Windows has none
                print(f"Qt: {text}", file=sys.stderr)  # noqa: T201
            if kind == QtMsgType.QtFatalMsg:
                self.write(describe(text))

        qInstallMessageHandler(message)

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            stamp = time.strftime("%Y%m%d-%H%M%S")
            (self.folder / f"report-{stamp}-{os.getpid()}-{time.monotonic_ns() % 10**6}.txt").write_text(
                text, encoding="utf-8"
            )

    def take_last(self) -> str:
        """The text of what went wrong in former starts, "" for nothing; it is offered once, then kept as `*.seen`."""
        texts = []
        for path in sorted([*self.folder.glob("fault-*.log"), *self.folder.glob("report-*.txt")]):
            if path == self._path or _is_running(path):
                continue
            with contextlib.suppress(OSError):
                text = path.read_text(encoding="utf-8", errors="replace")[:LONGEST]
                if text.strip():
                    texts.append(f"{path.name}\n{text}")
                    path.replace(path.with_suffix(".seen"))
                else:
                    path.unlink()
        return "\n\n".join(texts)


class _Relay(QObject):
    """Carries the text into the GUI thread."""

    happened = Signal(str)


def describe(text: str) -> str:
    """`text` with the versions that a report needs."""
    system = f"{platform.platform()}, Python {platform.python_version()}, Qt {qVersion()}"
    return f"Musicae {core.__version__}, {system}\n\n{text}"


def _is_running(path: Path) -> bool:
    """Whether a fault log belongs to a process that still runs, such as a second window."""
    pid = path.stem.rpartition("-")[2]
    if not path.name.startswith("fault-") or not pid.isdigit() or os.name != "posix":
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
