"""Reading sound files: the first decoder that can, with one clear sentence for a file that none can."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from core.audio.clip import AudioInfo, Clip
from core.audio.headers import read_header
from core.audio.stream import AudioStream, NotDecodable
from core.audio.with_ffmpeg import FfmpegStream, ffmpeg_program
from core.audio.with_pyav import PyavStream, pyav_installed
from core.audio.with_soundfile import SoundfileStream
from core.errors import AudioFileError
from core.i18n import _

DECODERS: tuple[Callable[[Path], AudioStream], ...] = (SoundfileStream, PyavStream, FfmpegStream)

MIN_RATE, MAX_RATE = 1_000, 768_000
MAX_CHANNELS = 64
MAX_LEVEL = 1_000.0
"""Samples beyond 60 dB over full scale are damage, not music; their squares would overflow in a model."""

_SLACK_SECONDS = 0.25  # a header may count an encoder's padding; less than that is missing, not truncated

# Suffixes of what libsndfile does not read, where installing a decoder is the advice to give.
_NEEDS_FFMPEG = frozenset(
    {".aac", ".alac", ".ape", ".m4a", ".m4b", ".mka", ".mp4", ".mpc", ".tta", ".webm", ".wma", ".wv"}
)


def read_info(path: Path | str) -> AudioInfo:
    """What the header of the sound file `path` says, without decoding it.

    Raises:
        AudioFileError: the file cannot be read, is no sound, or claims an absurd rate or channel count.
    """
    with open_audio(path) as stream:
        return stream.info


def read_clip(path: Path | str, *, start: float = 0.0, seconds: float | None = None) -> Clip:
    """The sound of `path` in its own rate and channels, from `start` on, `seconds` long or to the end.

    A part beyond the end is left out: the clip may be shorter than asked for, or empty.

    Raises:
        AudioFileError: as `read_info`; and the file ends early, holds no sound, or samples that are not numbers.
    """
    with open_audio(path) as stream:
        rate, channels = stream.info.rate, stream.info.channels
        first = max(round(start * rate), 0)
        frames = None if seconds is None else max(round((start + seconds) * rate) - first, 0)
        blocks = list(stream.blocks(first, frames))
    return Clip(np.concatenate(blocks, axis=1) if blocks else np.zeros((channels, 0), np.float32), rate)


def open_audio(path: Path | str) -> AudioStream:
    """`path` opened for reading in blocks that are checked as they come; to be used in a `with` statement.

    The stream and its `blocks` raise what `read_clip` raises.
    """
    path = Path(path)
    check_file(path)
    _check_header(path)
    reasons = []
    for decoder in DECODERS:
        try:
            stream = decoder(path)
        except NotDecodable as error:
            reasons.append(str(error))
            continue
        try:
            check_claims(path, stream.info.rate, stream.info.channels)
        except AudioFileError:
            stream.close()
            raise
        return _CheckedStream(path, stream)
    check_file(path)  # it may have vanished since
    raise _not_sound(path, "\n".join(reasons))


def check_file(path: Path) -> None:
    """Raise AudioFileError unless `path` is a file with something in it that may be read."""
    try:
        facts = path.stat()
        if stat.S_ISDIR(facts.st_mode):
            raise AudioFileError(_("{path} is a folder, not a sound file.").format(path=shown(path)), path=path)
        if not stat.S_ISREG(facts.st_mode):
            raise AudioFileError(
                _("{path} is a device or a pipe, not a sound file.").format(path=shown(path)), path=path
            )
        if facts.st_size == 0:
            raise AudioFileError(
                _("{path} is empty (0 bytes). Copy or download it again.").format(path=shown(path)), path=path
            )
        with path.open("rb"):
            pass
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise unreadable(path, error) from error


def unreadable(path: Path, error: Exception) -> AudioFileError:
    """The sentence for what the operating system refused."""
    if isinstance(error, FileNotFoundError):
        words = _("{path} is not there (any more). Was it moved, renamed or on a disk that is now gone?")
    elif isinstance(error, PermissionError):
        words = _("{path} may not be read: permission denied. Change its permissions, or copy it to a place of yours.")
    else:
        words = _("{path} cannot be read: {reason}.")
    reason = getattr(error, "strerror", None) or str(error)
    return AudioFileError(words.format(path=shown(path), reason=reason), path=path, details=str(error))


def _check_header(path: Path) -> None:
    try:
        header = read_header(path)
    except OSError as error:
        raise unreadable(path, error) from error
    if header.rate is not None or header.channels is not None:
        check_claims(path, MIN_RATE if header.rate is None else header.rate, header.channels or 0)
    if header.missing:
        raise AudioFileError(
            _("{path} is cut off: {missing} bytes of sound are missing at its end. Copy or download it again.").format(
                path=shown(path), missing=header.missing
            ),
            path=path,
        )


def check_claims(path: Path, rate: int, channels: int) -> None:
    """Raise AudioFileError for a rate or a channel count that no real sound has."""
    if not MIN_RATE <= rate <= MAX_RATE:
        raise AudioFileError(
            _(
                "{path} claims {rate} samples a second; {low} to {high} can be read. Its header is probably damaged."
            ).format(path=shown(path), rate=rate, low=MIN_RATE, high=MAX_RATE),
            path=path,
        )
    if not 1 <= channels <= MAX_CHANNELS:
        raise AudioFileError(
            _("{path} claims {channels} channels; 1 to {high} can be read. Its header is probably damaged.").format(
                path=shown(path), channels=channels, high=MAX_CHANNELS
            ),
            path=path,
        )


def shown(path: Path) -> str:
    """The path as text that can be printed, even where its bytes are not valid UTF-8."""
    return os.fsencode(path).decode("utf-8", "replace")


class _CheckedStream(AudioStream):
    """A decoder's stream whose samples are looked at on their way, and whose failures become sentences."""

    def __init__(self, path: Path, stream: AudioStream) -> None:
        self._path = path
        self._stream = stream
        self.info = stream.info
        self.tags = stream.tags

    def blocks(self, start: int = 0, frames: int | None = None) -> Iterator[np.ndarray]:
        position = start
        try:
            for block in self._stream.blocks(start, frames):
                self._check_samples(block, position)
                position += block.shape[1]
                yield block
        except NotDecodable as error:
            raise self._damaged(position, str(error)) from error
        self._check_length(start, position, None if frames is None else start + frames)

    def close(self) -> None:
        self._stream.close()

    def _check_samples(self, block: np.ndarray, position: int) -> None:
        # Two passes that need no temporary array; a NaN makes both comparisons false.
        if block.size and not (block.max() <= MAX_LEVEL and block.min() >= -MAX_LEVEL):
            seconds = position / self.info.rate
            if np.isfinite(block).all():
                words = _("{path} holds samples of an absurd level (from second {seconds:.1f} on); it is damaged.")
            else:
                words = _("{path} holds samples that are not numbers (from second {seconds:.1f} on); it is damaged.")
            raise AudioFileError(words.format(path=shown(self._path), seconds=seconds), path=self._path)

    def _check_length(self, start: int, position: int, end: int | None) -> None:
        if start == 0 and position == 0 and end != 0:
            raise AudioFileError(
                _("{path} holds no sound: its length is zero.").format(path=shown(self._path)), path=self._path
            )
        promised = self.info.frames
        if promised is None:
            return
        wanted = promised if end is None else min(end, promised)
        if wanted - max(position, start) > _SLACK_SECONDS * self.info.rate and start < promised:
            raise self._damaged(position, "")

    def _damaged(self, position: int, details: str) -> AudioFileError:
        return AudioFileError(
            _("{path} is damaged or cut off: {found:.1f} s can be read{promise}. Copy or download it again.").format(
                path=shown(self._path),
                found=position / self.info.rate,
                promise=_(" of {seconds:.1f} s").format(seconds=self.info.seconds) if self.info.seconds else "",
            ),
            path=self._path,
            details=details,
        )


def _not_sound(path: Path, details: str) -> AudioFileError:
    if path.suffix.lower() in _NEEDS_FFMPEG and not pyav_installed() and ffmpeg_program() is None:
        words = _(
            "{path} needs another decoder: install PyAV (pip install av) or the program ffmpeg, "
            "or convert the file to wav, flac, ogg or mp3."
        )
    else:
        words = _("{path} is not a sound file that can be read, or it is damaged. wav, flac, ogg, mp3 and more can be.")
    return AudioFileError(words.format(path=shown(path)), path=path, details=details)
