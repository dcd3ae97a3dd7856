"""A library under test, and tones of their own to put into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from core.audio import Clip, write_wav
from core.library import Library, ScanEvent

Tone = Callable[..., np.ndarray]


@pytest.fixture
def library(data_dir: Path) -> Iterator[Library]:
    with Library(data_dir) as opened:
        yield opened


@pytest.fixture
def make_song(tmp_path: Path, tone: Tone) -> Callable[..., Path]:
    """Writes a tone of its own under a name: make_song("rock/a.wav", 440)."""

    def make(name: str, frequency: float = 440, seconds: float = 0.3) -> Path:
        path = tmp_path / "music" / name
        write_wav(path, Clip(tone(frequency, seconds), 22050))
        return path

    return make


def scan(library: Library, *paths: Path) -> list[ScanEvent]:
    events: list[ScanEvent] = []
    library.scan(paths, on_song=events.append)
    return events
