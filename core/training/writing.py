"""What a user is told when a training's folder cannot be written."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from core.errors import TrainingError


@contextlib.contextmanager
def writing_explained(folder: Path, sentence: str) -> Iterator[None]:
    """Turn an operating system's error into one of `sentence`, in which {path} and {reason} are filled in.

    Raises:
        TrainingError: instead of an OSError.
    """
    try:
        yield
    except OSError as error:
        raise TrainingError(
            sentence.format(path=folder, reason=error.strerror or error), path=folder, details=str(error)
        ) from error
