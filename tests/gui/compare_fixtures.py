"""Compare's controller under test: a fake view that keeps what it was told, and when it has all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from musicae_gui.controllers.compare import CompareController
from musicae_gui.controllers.compare_row import Row
from musicae_gui.services import Services

Compare = tuple[CompareController, "FakeView"]


class FakeView:
    """Keeps what it was told."""

    def __init__(self) -> None:
        self.songs: list[Any] = []
        self.choices: list[Any] = []
        self.chosen: list[str] = []
        self.rows: list[Row] = []
        self.updates: list[tuple[str, str]] = []
        self.followed: Callable[[Row], object] = lambda _row: None  # hears of every update
        self.heard = ""
        self.message = ""
        self.clip: tuple[float, float, bool] = (0, 0, False)

    def show_songs(self, songs: list[Any], current: str) -> None:
        self.songs = songs

    def show_models(self, choices: list[Any], chosen: list[str]) -> None:
        self.choices, self.chosen = choices, chosen

    def show_clip(self, song_seconds: float, start: float, seconds: float, *, whole: bool) -> None:
        self.clip = (start, seconds, whole)

    def show_scales(self, top: float, amplitude: float, highest: float) -> None:
        self.top = top

    def show_rows(self, rows: list[Row]) -> None:
        self.rows = list(rows)

    def update_row(self, row: Row) -> None:
        self.updates.append((row.key, row.state))
        self.followed(row)

    def show_heard(self, key: str) -> None:
        self.heard = key

    def show_message(self, text: str, *, busy: bool = False) -> None:
        self.message = text


@pytest.fixture
def compare(services: Services) -> Compare:
    """The user has chosen to begin without a model."""
    services.session.state.panels["compare"] = {"touched": True}
    view = FakeView()
    return CompareController(view, services), view


def ready(view: FakeView, rows: int) -> bool:
    return len(view.rows) == rows and all(row.state == "ready" for row in view.rows)


def sized(view: FakeView, channels: int) -> bool:
    row = view.rows[1]
    return row.is_finished and row.channels == channels and row.judged
