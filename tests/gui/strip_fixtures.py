"""Strips under test: a shared time axis, a window to show them in, and builders that count or hold pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from core.audio import Clip
from musicae_gui.views.picture_builder import DirectBuilder
from musicae_gui.views.strips import Strip
from musicae_gui.views.time_axis import TimeAxis

RATE = 22050


class CountingBuilder(DirectBuilder):
    def __init__(self) -> None:
        self.drawn = 0

    def build(self, name: str, draw: Callable[[], QImage], done: Callable[[QImage], None]) -> None:
        self.drawn += 1
        super().build(name, draw, done)


class HeldBuilder(DirectBuilder):
    """Keeps what it is asked for until the test lets it go."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[Callable[[], QImage], Callable[[QImage], None]]] = {}

    def build(self, name: str, draw: Callable[[], QImage], done: Callable[[QImage], None]) -> None:
        self.held[name] = draw, done

    def forget(self, name: str, *_facts: object) -> None:
        self.held.pop(name, None)

    def release(self) -> None:
        held, self.held = self.held, {}
        for draw, done in held.values():
            done(draw())


@pytest.fixture
def show(qtbot: QtBot) -> Callable[..., QWidget]:
    """Shows some strips under one another."""
    kept: list[QWidget] = []

    def stack(*strips: Strip) -> QWidget:
        window = QWidget()
        kept.append(window)
        layout = QVBoxLayout(window)
        for strip in strips:
            layout.addWidget(strip)
        window.resize(700, 120 * len(strips))
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        return window

    return stack


@pytest.fixture
def axis(qtbot: QtBot) -> Iterator[TimeAxis]:
    axis = TimeAxis()
    axis.set_duration(10.0)
    yield axis
    axis._rest.stop()


@pytest.fixture
def noise() -> Clip:
    return Clip(np.random.default_rng(7).normal(0, 0.1, 10 * RATE).astype(np.float32), RATE)


def settle(axis: TimeAxis) -> None:
    """What the axis says by itself some milliseconds after the last movement."""
    axis.settled.emit()
    QApplication.processEvents()
