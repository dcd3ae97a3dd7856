"""Create under test: a small model fitted in a moment, three short songs, real services without a sound device."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from musicae_gui.services import Services
from tests.gui.listen_fixtures import fitted_model
from tests.gui.train_fixtures import services as make_services
from tests.gui.train_fixtures import write_songs

CHANNELS = 16


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fitted_model(tmp_path_factory.mktemp("models") / "linear-16.musicae", CHANNELS)


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_songs(tmp_path_factory.mktemp("songs"), count=3, seconds=3.0)


@pytest.fixture
def services(qtbot: QtBot, songs: list[Path], model: Path, data_dir: Path) -> Iterator[Services]:
    with make_services(data_dir, songs) as made:
        made.session.set_model(str(model))
        yield made
