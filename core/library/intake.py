"""Taking one file in: its content key, and one decoding that gives facts, waveform and samples together."""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from core.audio import open_audio
from core.audio.decode import shown, unreadable
from core.data.store import SampleStore
from core.errors import Cancelled, MusicaeError
from core.i18n import _
from core.library.keys import content_key
from core.library.peaks import PeakBuilder, PeakFiles
from core.library.places import Stamp

KEPT_FREE_BYTES = 2 << 30
"""On a disk fuller than this samples are not stored ahead of need: a collection must not fill the user's disk."""


_LONGEST_FACTS_BYTES = 1 << 16


@dataclass(frozen=True)
class Sound:
    """What one decoding of a file found."""

    seconds: float
    rate: int
    channels: int
    format: str
    peak: float
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Intake:
    """A file that was looked at: `sound` is None where it was known already or, with `error`, cannot be used."""

    path: Path
    stamp: Stamp | None
    key: str | None
    sound: Sound | None = None
    error: str = ""


def take_in(
    path: Path,
    *,
    key_of: Callable[[Path, Stamp], str | None],
    is_known: Callable[[str], bool],
    peaks: PeakFiles,
    samples: SampleStore,
    cancelled: Callable[[], bool] = lambda: False,
) -> Intake:
    """Look at the file `path`; what cannot be used is an `Intake` with an error, not an exception.

    `key_of` gives the key of a file that was read before and is unchanged; of what `is_known`, nothing is decoded.

    Raises:
        Cancelled: `cancelled()` became true.
    """
    stamp: Stamp | None = None
    key: str | None = None
    try:
        stamp = stamp_of(path)
        key = key_of(path, stamp) or content_key(path, cancelled=cancelled)
        if is_known(key):
            return Intake(path, stamp, key)
        return Intake(path, stamp, key, sound=_decode(path, key, peaks, samples, cancelled))
    except Cancelled:
        raise
    except MusicaeError as error:
        return Intake(path, stamp, key, error=error.sentence)
    except MemoryError:
        words = _("{path} needs more memory than there is.")
        return Intake(path, stamp, key, error=words.format(path=shown(path)))


def stamp_of(path: Path) -> Stamp:
    """Size and time of the last change.

    Raises:
        AudioFileError: the file is not there, or may not be looked at.
    """
    try:
        facts = path.stat()
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    return Stamp(facts.st_size, facts.st_mtime_ns)


def _decode(path: Path, key: str, peaks: PeakFiles, samples: SampleStore, cancelled: Callable[[], bool]) -> Sound:
    frames = 0
    with contextlib.ExitStack() as open_things:
        stream = open_things.enter_context(open_audio(path))
        info = stream.info
        waveform = PeakBuilder(info.rate)
        writer = None
        if key not in samples and _disk_has_room(samples.folder, 2 * samples.rate * info.seconds):
            writer = open_things.enter_context(samples.writer(key, info.rate))
        for block in stream.blocks():
            if cancelled():
                raise Cancelled(_("Reading was cancelled."))
            frames += block.shape[1]
            mono = block if block.shape[0] == 1 else block.mean(axis=0, keepdims=True, dtype=block.dtype)
            waveform.write(mono)
            if writer is not None:
                writer.write(mono)
    peaks.put(key, waveform.content())
    return Sound(
        frames / info.rate, info.rate, info.channels, info.format, waveform.peak, {**stream.tags, **_facts_beside(path)}
    )


def _facts_beside(path: Path) -> dict[str, str]:
    """Title and author from the JSON that `musicae demo` writes beside a song; nothing where there is none."""
    beside = path.with_suffix(".json")
    try:
        if beside.stat().st_size > _LONGEST_FACTS_BYTES:
            return {}
        facts = json.loads(beside.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(facts, dict) or "style" not in facts:
        return {}
    named = {"title": facts.get("title"), "artist": facts.get("author")}
    return {name: value for name, value in named.items() if isinstance(value, str) and value}


def _disk_has_room(folder: Path, wanted: float) -> bool:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    try:
        return shutil.disk_usage(folder).free - wanted > KEPT_FREE_BYTES
    except OSError:
        return True
