"""The name of a song everywhere: a hash of its file's whole content, whatever it is called and wherever it lies."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from core.audio.decode import check_file, unreadable
from core.errors import Cancelled
from core.i18n import _

_BLOCK_BYTES = 1 << 20


def content_key(path: Path | str, *, cancelled: Callable[[], bool] = lambda: False) -> str:
    """SHA-256 over the file's size and content, as 64 hexadecimal digits.

    Raises:
        AudioFileError: the file is missing, empty or may not be read.
        Cancelled: `cancelled()` became true.
    """
    path = Path(path)
    check_file(path)
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            digest.update(f"{path.stat().st_size}\0".encode())
            while block := file.read(_BLOCK_BYTES):
                if cancelled():
                    raise Cancelled(_("Reading was cancelled."))
                digest.update(block)
    except OSError as error:
        raise unreadable(path, error) from error
    return digest.hexdigest()
