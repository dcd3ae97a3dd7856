"""The failures that Musicae explains to its user.

Each error's text is one or two sentences for a person: what happened, to which file, and what to do.
What a developer wants besides (a decoder's message, a traceback) goes into `details`.
"""

from __future__ import annotations

from pathlib import Path


class MusicaeError(Exception):
    """A failure with a sentence that can be shown as it is.

    Args:
        sentence: what happened, to which file, what to do.
        path: the file or folder concerned, where there is one.
        details: technical text that the user may copy into a report.
    """

    def __init__(self, sentence: str, *, path: Path | str | None = None, details: str = "") -> None:
        super().__init__(sentence)
        self.path = None if path is None else Path(path)
        self.details = details

    @property
    def sentence(self) -> str:
        return str(self.args[0])


class UsageError(MusicaeError):
    """The request itself is wrong (an unknown model, a value out of range); the command line exits with 2."""


class AudioFileError(MusicaeError):
    """A sound file cannot be read or written."""


class CheckpointError(MusicaeError):
    """A model file is missing, damaged, hostile or from another version."""


class LibraryError(MusicaeError):
    """The song library cannot be opened or changed."""


class SessionError(MusicaeError):
    """A session's file cannot be read or written."""


class TrainingError(MusicaeError):
    """A training run cannot start or go on."""


class PlaybackError(MusicaeError):
    """Sound cannot be played: no PortAudio, no device, or the device is gone."""


class Cancelled(MusicaeError):  # noqa: N818 - a request of the user, not a fault
    """The user cancelled the work; nothing is wrong."""
