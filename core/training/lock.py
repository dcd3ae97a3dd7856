"""One process trains in a run folder at a time."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path
from types import TracebackType

from core.errors import TrainingError
from core.i18n import _

# Where Windows locks a byte: past the text, so that others can still read the process number.
_LOCKED_BYTE = 1 << 20


class RunLock:
    """The file `lock` in a run folder, held through the operating system and holding the process number.

    The system gives the lock up when its process ends, however it ends, so that a lock left behind by a
    killed process is free and the next run takes it over; no guess about process numbers is needed.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "lock"
        self._handle: int | None = None

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            TrainingError: another process, or another run of this one, holds it.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # Somebody who only looks (`held`) has it for an instant, hence a few tries.
        for _attempt in range(20):
            handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
            if _try_lock(handle) and _still_there(handle, self.path):
                self._handle = handle
                os.ftruncate(handle, 0)
                os.write(handle, f"{os.getpid()}\n".encode())
                return
            os.close(handle)
            time.sleep(0.02)
        raise TrainingError(
            _("The run {path} is being trained already (process {pid}); wait for it or stop it there.").format(
                path=self.path.parent, pid=self.owner() or "?"
            ),
            path=self.path.parent,
        )

    def release(self) -> None:
        if self._handle is None:
            return
        # Unlinked while held, so that nobody can lock the name in between (see `_still_there`).
        with contextlib.suppress(OSError):
            self.path.unlink()
        os.close(self._handle)
        self._handle = None
        if sys.platform == "win32":  # deletes only after closing, and not what another process has opened since
            with contextlib.suppress(OSError):
                self.path.unlink()

    def owner(self) -> int | None:
        """The process number in the file, whether or not that process still runs."""
        try:
            return int(self.path.read_text(encoding="ascii").strip())
        except (OSError, ValueError):
            return None

    def held(self) -> bool:
        """Whether somebody holds the lock now."""
        if self._handle is not None:
            return True
        try:
            handle = os.open(self.path, os.O_RDWR)
        except OSError:
            return False
        try:
            return not _try_lock(handle)
        finally:
            os.close(handle)

    def __enter__(self) -> RunLock:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _still_there(handle: int, path: Path) -> bool:
    """Whether the file opened is still the one of that name, and not one that its owner just deleted."""
    if sys.platform == "win32":
        return True
    try:
        there = path.stat()
    except OSError:
        return False
    return os.path.samestat(os.fstat(handle), there)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(handle, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
