"""What the controller of the Train panel asks of its view; a test gives it a plain object instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.models.layers import ConvDesign
from core.training.config import TrainConfig
from musicae_gui.controllers.train_watch import Watched
from musicae_gui.views.loss_curve import LossCurve
from musicae_gui.views.rows import Row


@dataclass(frozen=True)
class Controls:
    """What can be pressed now."""

    start_text: str
    can_start: bool
    running: bool = False
    paused: bool = False
    stopping: bool = False
    waiting: int = 0  # jobs that wait while nothing runs


class ChoicesView(Protocol):
    """What is about to be trained. Each method shows the whole of its part; none asks anything back."""

    def show_sizes(self, rows: Sequence[Row], current: str) -> None: ...
    def show_sources(self, choices: Sequence[tuple[str, str]], current: str) -> None: ...
    def show_split(self, words: str) -> None: ...
    def show_design(self, name: str, design: ConvDesign | None, edited: bool) -> None: ...
    def show_about(self, about: str, suits: str, touched: bool) -> None: ...
    def show_config(self, config: TrainConfig) -> None: ...
    def show_estimate(self, words: str, problem: bool) -> None: ...


class ProgressView(Protocol):
    """What is being trained, and what was."""

    def show_watched(self, watched: Watched | None) -> None: ...
    def show_warnings(self, warnings: Sequence[str]) -> None: ...
    def show_jobs(self, rows: Sequence[Row]) -> None: ...
    def show_runs(self, rows: Sequence[Row], current: str) -> None: ...
    def show_curve(self, curve: LossCurve, series: int, shown: bool) -> None: ...
    def remove_curve(self, key: str) -> None: ...
    def curve_changed(self, key: str) -> None: ...
    def show_epochs(self, run: str, epochs: Sequence[int], current: int) -> None: ...


class TrainView(Protocol):
    """The panel, with its two sides."""

    @property
    def choices(self) -> ChoicesView: ...
    @property
    def progress(self) -> ProgressView: ...
    def show_controls(self, controls: Controls) -> None: ...
