"""Real models for Compare and Morph: linear transforms fitted in a moment on demo songs."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pytestqt.qtbot import QtBot

from musicae_gui.services import Services
from tests.demo_songs import composed

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
