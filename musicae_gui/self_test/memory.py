"""How much of the computer's memory the program holds."""

from __future__ import annotations

import os
from pathlib import Path


def resident_megabytes() -> float | None:
    """What lies in memory now, in millions of bytes; None where the system does not tell it (all but Linux)."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
