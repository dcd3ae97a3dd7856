"""Seconds that a song of three minutes takes to be read, in every format that can be written here."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.figure import Figure
from core.audio import Clip, read_clip
from core.demo import compose

ROUNDS = 3
# Suffix: what libsndfile calls the format and its coding.
WRITTEN = {
    "wav": ("WAV", "PCM_16"),
    "aiff": ("AIFF", "PCM_16"),
    "flac": ("FLAC", "PCM_16"),
    "ogg": ("OGG", "VORBIS"),
    "opus": ("OGG", "OPUS"),
    "mp3": ("MP3", "MPEG_LAYER_III"),
}
PIECE = 1 << 14  # frames; libsndfile's Vorbis and Opus take no more at a time


def formats(folder: Path, seconds: float) -> Iterator[Figure]:
    """Stereo at 48,000 Hz, read by `read_clip` and by libsndfile alone in turn."""
    folder.mkdir(parents=True)
    song = compose("rock", 0).clip.resampled(48_000)
    clip = Clip(np.tile(song.samples, (1, -(-round(seconds * song.rate) // song.frames))), song.rate).cut(0.0, seconds)
    for path, plain in written(clip, folder):
        ours, theirs = [], []
        for number in range(ROUNDS + 1):
            ours.append(_timed(lambda path=path: read_clip(path)))  # type: ignore[misc]
            if plain:
                theirs.append(_timed(lambda path=path: soundfile.read(path, dtype="float32")))  # type: ignore[misc]
            if not number:  # libraries are loaded
                ours.clear()
                theirs.clear()
        value, reference = statistics.median(ours), statistics.median(theirs) if theirs else None
        yield Figure(
            f"read/{path.suffix[1:]}",
            value,
            "s",
            reference=reference,
            ratio=value / reference if reference else None,
            details={"reference_name": "soundfile.read", "song_seconds": seconds, "rounds": ours},
        )


def written(clip: Clip, folder: Path) -> Iterator[tuple[Path, bool]]:
    """`clip` in each format, and whether libsndfile reads it, too; m4a only where there is an ffmpeg."""
    samples = clip.samples.T
    for suffix, (kind, coding) in WRITTEN.items():
        path = folder / f"song.{suffix}"
        with soundfile.SoundFile(path, "w", clip.rate, clip.channels, coding, format=kind) as file:
            for start in range(0, len(samples), PIECE):
                file.write(samples[start : start + PIECE])
        yield path, True
    if shutil.which("ffmpeg"):
        path = folder / "song.m4a"
        command = ["ffmpeg", "-loglevel", "error", "-y", "-i", str(folder / "song.wav"), "-c:a", "aac", str(path)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        yield path, False


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
