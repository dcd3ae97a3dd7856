"""How the C library keeps memory that was given back, where it can be told."""

from __future__ import annotations

import sys

ARENAS = 2
_M_ARENA_MAX = -8  # malloc.h of glibc


def use_few_arenas() -> bool:
    """Let all threads share two heaps; whether the C library took it. To be called before threads are started.

    glibc gives every thread that computes a heap of its own (up to eight a core), and each keeps what its largest
    work once needed: a window that trains and compares over and over grew by 70 MB a round, with two heaps by 15.
    Other C libraries do not have the setting, nor the need.
    """
    if sys.platform != "linux":
        return False
    import ctypes

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and bool(mallopt(_M_ARENA_MAX, ARENAS))
