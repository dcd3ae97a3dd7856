"""Short sounds of a study: kept as FLAC, and as MP3, which every browser plays, inside the report."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np

from core.audio import Clip, read_clip
from core.errors import MusicaeError
from core.files import write_bytes_atomically
from core.i18n import _

RATE = 22_050
QUALITY = 0.3
"""libsndfile's compression level: 0 is the best, 1 the smallest."""
LOUDEST = 0.99


def write_sound(path: Path, clip: Clip) -> None:
    """Keep `clip` mono; where it exceeds full scale all of it is made softer.

    Raises:
        MusicaeError: the file cannot be written.
    """
    try:
        write_bytes_atomically(path, _encoded(clip.mono(), "FLAC", "PCM_16"))
    except OSError as error:
        raise MusicaeError(
            _("{path} cannot be written: {reason}.").format(path=path, reason=error.strerror or error), path=path
        ) from error


def inline(path: Path) -> str:
    """The sound as a `data:` address: MP3, mono at 22,050 Hz.

    Raises:
        AudioFileError: the file is gone or damaged.
    """
    content = _encoded(read_clip(path).mono().resampled(RATE), "MP3", "MPEG_LAYER_III", compression_level=QUALITY)
    return "data:audio/mpeg;base64," + base64.b64encode(content).decode("ascii")


def _encoded(clip: Clip, form: str, subtype: str, **more: float) -> bytes:
    import soundfile

    samples = np.nan_to_num(clip.samples[0])
    peak = float(np.abs(samples).max(initial=0))
    if peak > LOUDEST:
        samples = samples * (LOUDEST / peak)
    content = io.BytesIO()
    with soundfile.SoundFile(content, "w", clip.rate, 1, format=form, subtype=subtype, **more) as output:
        output.write(samples)
    return content.getvalue()
