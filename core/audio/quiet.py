"""Silences what decoding libraries print by themselves: libmpg123 writes notes about every oddity to stderr."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator

_STDERR = 2

_lock = threading.Lock()
_depth = 0
_saved: int | None = None


@contextlib.contextmanager
def quiet_libraries() -> Iterator[None]:
    """Nothing reaches the process's stderr within; the sentence of the error that is raised says what was wrong.

    May be entered by several threads at once: the last to leave opens the stream again. Keep the block short, since
    what Python writes to stderr meanwhile is lost, too.
    """
    global _depth, _saved
    with _lock:
        _depth += 1
        if _depth == 1:
            _saved = _closed()
    try:
        yield
    finally:
        with _lock:
            _depth -= 1
            if _depth == 0 and _saved is not None:
                os.dup2(_saved, _STDERR)
                os.close(_saved)
                _saved = None


def _closed() -> int | None:
    """Point stderr at nothing; returns where it pointed, None where a program without a console has no stderr."""
    try:
        saved = os.dup(_STDERR)
    except OSError:
        return None
    try:
        nothing = os.open(os.devnull, os.O_WRONLY)
    except OSError:
        os.close(saved)
        return None
    os.dup2(nothing, _STDERR)
    os.close(nothing)
    return saved
