"""ViSQOL in a process of its own: it takes seconds of pure Python, which must not slow a window or sound down.

The child reads both clips from a temporary file, runs at the lowest priority, and can be ended at any moment.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.errors import Cancelled, MusicaeError
from core.i18n import _

POLL_SECONDS = 0.1


@functools.cache
def opinion_available() -> bool:
    """Whether ViSQOL's extra is installed; nothing is loaded to find out."""
    return importlib.util.find_spec("visqol") is not None


def predict_opinion(
    reference: np.ndarray, estimate: np.ndarray, rate: int, cancelled: Callable[[], bool] = lambda: False
) -> float | None:
    """`core.quality.visqol` of two clips (frames,), computed in another process.

    None where the extra is not installed, and for sound that ViSQOL has no score for: silence, less than a second.

    Raises:
        Cancelled: `cancelled` said so; the process is gone.
        MusicaeError: the process failed.
    """
    if not opinion_available():
        return None
    if getattr(sys, "frozen", False):  # a bundle holds no interpreter to start
        from core.quality import visqol

        return visqol(reference, estimate, rate)
    # One thread: the child stays out of the way of what the user is doing.
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
    with tempfile.TemporaryDirectory(prefix="musicae-") as folder:
        packet, complaint = Path(folder) / "clips.npz", Path(folder) / "complaint.txt"
        np.savez(packet, reference=reference, estimate=estimate, rate=rate)
        with complaint.open("wb") as errors:
            child = subprocess.Popen(
                [sys.executable, "-m", "core.opinion", str(packet)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment,
            )
            answer = _answer(child, cancelled)
        if child.returncode != 0:
            details = complaint.read_text(errors="replace")
            raise MusicaeError(_("ViSQOL could not judge this sound."), details=details)
    return float(answer) if answer.strip() else None


def _answer(child: subprocess.Popen[bytes], cancelled: Callable[[], bool]) -> str:
    """What the child says; it is gone when this returns or raises."""
    with child:
        try:
            while child.poll() is None:
                if cancelled():
                    raise Cancelled(_("Cancelled."))
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(POLL_SECONDS)
        except BaseException:
            child.kill()
            raise
        assert child.stdout is not None
        return child.stdout.read().decode()


def main() -> int:
    """The child: clips from the file that it is given, the score to standard output, nothing where ViSQOL is absent."""
    with contextlib.suppress(AttributeError, OSError):
        os.nice(15)
    from core.quality import visqol

    with np.load(sys.argv[1], allow_pickle=False) as packet:
        score = visqol(packet["reference"], packet["estimate"], int(packet["rate"]))
    if score is not None:
        sys.stdout.write(f"{score:.9f}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
