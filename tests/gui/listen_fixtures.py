"""Compare and Morph under test: real models fitted in a moment on demo songs, short songs, services, no ViSQOL.

A test file imports the fixtures that it needs; `models` and `songs` are made once a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytestqt.qtbot import QtBot

from musicae_gui.controllers import compare_judge
from musicae_gui.services import Services
from tests.demo_songs import composed
from tests.gui.train_fixtures import services as make_services
from tests.gui.train_fixtures import write_songs
from tests.sound_server import NullSink

if TYPE_CHECKING:
    from core.models.klt import KltNetwork


@cache
def _network(channels: int) -> KltNetwork:
    from core.models.klt_fit import fit_klt

    songs = [composed(style).clip.cut(0.0, 8.0).mono().resampled(22050).samples[0] for style in ("blues", "rock")]
    return fit_klt(songs, channels=channels)


def fitted_model(path: Path, channels: int) -> Path:
    """A model file that knows two demo songs."""
    from core.models.card import ModelCard
    from core.models.checkpoint import save_model

    save_model(path, _network(channels), ModelCard(name=path.stem))
    return path


def wait_idle(qtbot: QtBot, services: Services, also: Callable[[], bool] = lambda: True) -> None:
    """Until no task is left and `also` holds."""
    qtbot.waitUntil(lambda: not services.tasks.live and also(), timeout=60_000)


def open_device(qtbot: QtBot, services: Services, sink: NullSink) -> None:
    """Let the player play into `sink`."""
    services.player.open(sink.device)
    qtbot.waitUntil(lambda: not services.player.looking)
    services.player.refresh()  # PortAudio keeps the list of an earlier test
    qtbot.waitUntil(lambda: services.player.available)


@pytest.fixture
def no_visqol(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes several times as long as the sound lasts; what it says is tested where it is made."""
    monkeypatch.setattr(compare_judge, "opinion", lambda *_arguments: {"visqol": None})


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two files, of 64 and of 16 channels."""
    folder = tmp_path_factory.mktemp("models")
    return [fitted_model(folder / f"linear-{channels}.musicae", channels) for channels in (64, 16)]


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two songs of 3 s."""
    return write_songs(tmp_path_factory.mktemp("songs"), count=2, seconds=3.0)


@pytest.fixture
def services(qtbot: QtBot, songs: list[Path], data_dir: Path) -> Iterator[Services]:
    """Real services over a library of `songs`, without a sound device."""
    with make_services(data_dir, songs) as made:
        yield made
