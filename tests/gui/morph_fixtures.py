"""Morph under test: a controller with a view that keeps what it was told, over songs that can be told apart."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from core.audio import Clip
from core.latents.ways import Curve
from core.models.families import Sizes
from musicae_gui.controllers.morph import MorphController
from musicae_gui.services import Services
from tests.gui.listen_fixtures import wait_idle


class FakeView:
    """Keeps what it was told."""

    def __init__(self) -> None:
        self.songs: list[Any] = []
        self.clips: dict[str, Clip | None] = {}
        self.parts: dict[str, tuple[float, float]] = {}
        self.blends: list[Clip] = []
        self.parts_drawn: list[tuple[float, float, Clip]] = []
        self.status = ("", "")
        self.ready = self.recording = self.pad = self.follows = self.in_time = False
        self.at, self.down = -1.0, -1.0
        self.seconds = 0.0
        self.models: list[str] = []
        self.model = self.length = self.way = self.tempo = ""
        self.curve = Curve()
        self.region: tuple[float, float] | None = None
        self.bars = 0

    def show_songs(self, songs: list[Any], keys: dict[str, str]) -> None:
        self.songs, self.keys = songs, keys
        self.a, self.b = keys["a"], keys["b"]

    def show_models(self, choices: list[Any], current: str) -> None:
        self.models, self.model = [choice.key for choice in choices], current

    def show_size(self, sizes: Sizes | None, channels: int) -> None:
        self.size = (sizes.channels if sizes is not None else 0, channels)

    def show_length(self, length: str) -> None:
        self.length = length

    def show_way(self, way: str) -> None:
        self.way = way

    def show_side(self, side: str, title: str, clip: Clip | None, text: str) -> None:
        self.clips[side] = clip

    def show_stretch(self, side: str, whole: Clip | None, begin: float, end: float) -> None:
        self.parts[side] = (begin, end)

    def show_duration(self, seconds: float) -> None:
        self.seconds = seconds

    def show_at(self, at: float, down: float) -> None:
        self.at, self.down = at, down

    def show_pad(self, on: bool) -> None:
        self.pad = on

    def show_blend(self, clip: Clip | None) -> None:
        if clip is not None:
            self.blends.append(clip)

    def show_blend_part(self, clip: Clip, begin: float, end: float) -> None:
        self.parts_drawn.append((begin, end, Clip(clip.samples.copy(), clip.rate)))

    def show_curve(self, curve: Curve, follows: bool) -> None:
        self.curve, self.follows = curve, follows

    def show_recording(self, on: bool) -> None:
        self.recording = on

    def show_loop(self, region: tuple[float, float] | None, bars: int) -> None:
        self.region, self.bars = region, bars

    def show_in_time(self, on: bool, words: str) -> None:
        self.in_time, self.tempo = on, words

    def show_status(self, text: str, level: str = "") -> None:
        self.status = (text, level)

    def show_ready(self, ready: bool) -> None:
        self.ready = ready


def ready_morph(qtbot: QtBot, services: Services) -> tuple[MorphController, FakeView]:
    """A controller with both songs there and the first picture drawn."""
    view = FakeView()
    controller = MorphController(view, services)
    controller.refresh()
    wait_idle(qtbot, services, lambda: view.ready and bool(view.blends))
    return controller, view


@pytest.fixture(name="morph")
def straight_morph(qtbot: QtBot, services: Services) -> tuple[MorphController, FakeView]:
    """A ready one that goes straight from song to song, so that the pitches heard are those of the songs."""
    controller, view = ready_morph(qtbot, services)
    controller.choose_way("straight")
    return controller, view
