"""How much of the processor background threads get while the window and the sound want it, too. No Qt."""

from __future__ import annotations

import contextlib
import os
import sys
import threading

NICENESS = 5  # the window and the sound come first where the cores do not suffice for all


def yield_to_others() -> None:
    """Lower this thread's priority; torch's worker threads, made by it, inherit that. Only Linux has it a thread."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
