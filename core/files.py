"""Writing files so that a crash leaves the old or the new content, never half of one."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`; when the block ends well it is synced and renamed to `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # A short name of its own: a long name with a suffix added could exceed the file system's limit.
    handle, name = tempfile.mkstemp(prefix=".musicae-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        with contextlib.suppress(OSError):
            temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
        _sync_folder(path.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_text_atomically(path: Path, text: str) -> None:
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_bytes_atomically(path: Path, content: bytes) -> None:
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def file_name(words: str, suffix: str) -> str:
    """A file name that says `words`, without the characters that some file systems refuse."""
    return "".join("_" if letter in '/\\:*?"<>|' else letter for letter in words) + suffix


def _umask() -> int:
    # The mask can only be read by setting it; mkstemp's 0600 would hide exports from the user's group.
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
