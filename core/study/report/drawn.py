"""Figures are drawn by one thread at a time: matplotlib's style is the process's, not the thread's."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from core.figures import styled

_lock = threading.RLock()


@contextlib.contextmanager
def drawing_style() -> Iterator[None]:
    """Within, figures are made in Musicae's style, and no other thread draws."""
    with _lock, styled():
        yield
