"""What the controllers of the Study panel ask of its view; a test gives them a plain object instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.study.report.document import Block
from musicae_gui.views.rows import Row


@dataclass(frozen=True)
class SetupShown:
    """The study that is about to begin. `sizes` are floats in a clip; `minutes` 0 means that epochs count."""

    source: str
    sources: Sequence[tuple[str, str]]
    folder: str
    quick: bool
    sizes: str
    epochs: int
    minutes: float
    outside: Sequence[str]
    notebook: bool
    out: str
    estimate: str
    problem: bool
    can_start: bool


@dataclass(frozen=True)
class StatusShown:
    """The study at work, or one that can go on; `fraction` is negative while it is not known."""

    title: str
    sentence: str
    fraction: float
    running: bool
    paused: bool = False
    stopping: bool = False
    warnings: Sequence[str] = ()


@dataclass(frozen=True)
class HeadShown:
    """What stands over the report of the study that is looked at."""

    title: str
    sentence: str
    has_report: bool
    winner: str
    sizes: Sequence[str]
    can_overrule: bool
    can_rewrite: bool
    can_forget: bool


class StudyView(Protocol):
    """The panel. Each method shows the whole of its part."""

    def show_setup(self, setup: SetupShown) -> None: ...
    def show_studies(self, rows: Sequence[Row], current: str) -> None: ...
    def show_status(self, status: StatusShown | None) -> None: ...
    def show_head(self, head: HeadShown | None) -> None: ...
    def show_chapters(self, titles: Sequence[str], current: int) -> None: ...
    def show_blocks(self, blocks: Sequence[Block]) -> None: ...
    def show_picture(self, number: int, png: bytes, sentence: str) -> None:
        """The figure of block `number`; no bytes and a sentence where it could not be drawn."""
