"""The Map panel under test: a library of tones whose pitch tells which clip is heard, and the shipped linear model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from core.audio import Clip, write_wav
from core.playback import Source
from musicae_gui.panels.map import MapPanel
from musicae_gui.services import Services
from tests.gui.listen_fixtures import wait_idle
from tests.gui.train_fixtures import services as make_services
from tests.tones import pitch

RATE = 22050
TONES = {"low": (220.0, 277.0), "high": (440.0, 523.0), "noise": ()}
"""Songs by their names: the pitch of each of their clips of 5 s."""


@pytest.fixture(scope="session")
def tone_songs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three songs of two clips each, in folders named after genres."""
    folder = tmp_path_factory.mktemp("tones")
    paths = []
    random = np.random.default_rng(0)
    for number, (name, pitches) in enumerate(TONES.items()):
        time = np.arange(5 * RATE) / RATE
        parts = [0.3 * np.sin(2 * np.pi * pitch * time) for pitch in pitches] or [random.normal(0, 0.1, 10 * RATE)]
        sound = np.concatenate(parts) + random.normal(0, 0.003, 10 * RATE)
        path = folder / ("jazz" if number < 2 else "rock") / f"{name}.wav"
        path.parent.mkdir(exist_ok=True)
        write_wav(path, Clip(sound.astype(np.float32), RATE))
        paths.append(path)
    return paths


@pytest.fixture
def services(qtbot: QtBot, tone_songs: list[Path], data_dir: Path) -> Iterator[Services]:
    """Real services over a library of tones, without a sound device."""
    with make_services(data_dir, tone_songs) as made:
        made.session.set_model("klt-1378")
        yield made


@pytest.fixture
def panel(qtbot: QtBot, services: Services) -> Iterator[MapPanel]:
    made = MapPanel(services)
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    wait_idle(qtbot, services, lambda: made.controller.points is not None)
    yield made
    services.tasks.shutdown()


def row_of(panel: MapPanel, song: str, number: int = 0) -> int:
    """The row of a song's clip."""
    chart = panel.controller.chart
    assert chart is not None
    titles = [each.title for each in chart.collection.songs]
    return int(np.flatnonzero(chart.collection.song == titles.index(song))[number])


def pitch_at(source: Source | None, start: float = 1.0) -> float:
    """The loudest frequency of half a second of what would be heard."""
    assert source is not None
    return pitch(source.read(round(start * source.rate), source.rate // 2)[:, 0], source.rate)
