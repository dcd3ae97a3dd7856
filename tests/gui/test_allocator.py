"""Threads share a few heaps, so that what one has given back another can use."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

HEAPS = """
import ctypes, sys, threading
from musicae_gui.allocator import use_few_arenas
if sys.argv[1] == "few":
    assert use_few_arenas()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.fdopen.restype, libc.fdopen.argtypes = ctypes.c_void_p, [ctypes.c_int, ctypes.c_char_p]
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
libc.fflush.argtypes = [ctypes.c_void_p]
together = threading.Barrier(8)
def take():
    together.wait()
    libc.malloc(1000)
    together.wait()
threads = [threading.Thread(target=take) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
out = libc.fdopen(1, b"w")
libc.malloc_info(0, out)
libc.fflush(out)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has heaps a thread")
def test_eight_threads_share_two_heaps() -> None:
    heaps = {}
    for setting in ("many", "few"):
        done = subprocess.run([sys.executable, "-c", HEAPS, setting], capture_output=True, text=True, check=True)
        heaps[setting] = done.stdout.count("<heap nr=")
    assert heaps["few"] <= 2 < heaps["many"]
