"""What the feeder is asked to play."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.playback.evidence import Change
from core.playback.passes import Loop, Passes
from core.playback.sources import AdaptedSource, Source
from core.playback.timeline import FADE_SECONDS


@dataclass
class Track:
    """A source as it is played: at the device's rate, once or in a loop."""

    original: Source
    passes: Passes
    factor: float  # device frames a frame of the original
    loop: Loop
    cost: float = 0.0  # seconds that reading the first window after a change takes

    @classmethod
    def of(cls, source: Source, rate: int, loop: Loop) -> Track:
        adapted = source if source.rate == rate else AdaptedSource(source, rate)
        factor = rate / source.rate
        return cls(source, Passes(adapted, loop.scaled(factor), round(FADE_SECONDS * rate)), factor, loop)

    @property
    def name(self) -> str:
        return str(getattr(self.original, "name", type(self.original).__name__))


@dataclass
class Request:
    """What is to be heard next; requests that come before it is taken up are merged into it."""

    source: Source | None = None
    start: float | None = None  # in frames of the source
    loop: Loop | None = None
    changes: list[Change] = field(default_factory=list)

    def after(self, older: Request | None) -> Request:
        """This request, with what `older` asked for beyond it."""
        if older is None:
            return self
        for change in older.changes:
            change.state = "superseded"
        self.changes = older.changes + self.changes
        self.loop = older.loop if self.loop is None else self.loop
        if self.source is None:
            self.source = older.source
            self.start = older.start if self.start is None else self.start
        return self

    def drop(self) -> None:
        for change in self.changes:
            change.state = "dropped"

    def heard(self, frame: int, late: bool) -> None:
        for change in self.changes:
            change.frame, change.late = frame, late
            change.state = "heard" if change is self.changes[-1] else "superseded"
