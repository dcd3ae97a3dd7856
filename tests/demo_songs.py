"""Demo songs for the tests: composing one takes most of a second, so that each is composed once a session."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from core.audio import write_wav
from core.demo import STYLES, DemoSong, compose


@cache
def composed(style: str, seed: int = 0) -> DemoSong:
    """`core.demo.compose`; the samples are shared and cannot be written to."""
    song = compose(style, seed)
    song.clip.samples.flags.writeable = False
    return song


def write_songs(folder: Path, *, count: int = 3, seconds: float = 4.0) -> list[Path]:
    """Short songs of as many styles, stereo at 44.1 kHz, in folders named after them."""
    paths = []
    for style in STYLES[:count]:
        song = composed(style)
        path = folder / style / f"{song.name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_wav(path, song.clip.cut(4.0, seconds))
        paths.append(path)
    return paths
