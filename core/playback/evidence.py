"""The record of what was played and when it changed, in frames of the device.

Device frames count on over all streams that a player opens. A `StreamRecord` says where each stream begins, so that
a recording of the device can be laid over the record and compared.
"""

from __future__ import annotations

import dataclasses
import itertools
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

HISTORY = 20_000


@dataclass
class StreamRecord:
    """A stream that was opened: its first device frame and what PortAudio says of it."""

    frame: int
    device: str
    rate: int
    latency: float  # seconds between the device taking a frame and the frame being heard, as PortAudio reports it
    block: int  # frames


@dataclass
class Span:
    """A stretch of one source without a break."""

    frame: int  # device frame of its first sample
    source: str
    source_frame: int  # of the first sample, counted on over the passes of a loop
    length: int
    source_frames: int  # length of the source, to take `source_frame` modulo in a loop
    change: int  # id of the change that put it there
    energy: float = 0.0  # sum of the squares of the samples that the device took, the mean of both channels

    @property
    def end(self) -> int:
        return self.frame + self.length

    @property
    def rms(self) -> float:
        """Root mean square of what the device really took for this span, after level and fades."""
        return float((self.energy / self.length) ** 0.5) if self.length > 0 else 0.0


@dataclass
class Change:
    """Something asked of the player, and the device frame from which it is heard.

    `state` is "pending", "heard", "superseded" by a newer one before it could be heard (its frame is then that of
    the newer one), or "dropped" (stopped, or no device).
    """

    id: int
    kind: str  # play, seek, changed, loop, level, stop, or moved (to another stream or device)
    note: str
    requested_at: float  # time.perf_counter()
    requested_frame: float  # device frames taken at that moment, between two blocks by the clock
    state: str = "pending"
    frame: int | None = None
    late: bool = False  # the device took the first samples before they were complete: a click is possible


@dataclass
class Starvation:
    """The device ran out of finished samples and played silence."""

    frame: int
    length: int


@dataclass
class Evidence:
    """All records of a player, newest last; each list forgets its oldest beyond `HISTORY` entries."""

    streams: deque[StreamRecord] = field(default_factory=lambda: deque(maxlen=HISTORY))
    spans: deque[Span] = field(default_factory=lambda: deque(maxlen=HISTORY))
    changes: deque[Change] = field(default_factory=lambda: deque(maxlen=HISTORY))
    starvations: deque[Starvation] = field(default_factory=lambda: deque(maxlen=HISTORY))
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1), repr=False)

    def change(self, kind: str, note: str, frame: float) -> Change:
        """A new record of something that is asked for at this moment, when `frame` frames are taken."""
        change = Change(next(self._ids), kind, note, time.perf_counter(), frame)
        self.changes.append(change)
        return change

    def to_dict(self) -> dict[str, list[dict[str, Any]]]:
        """Everything as plain values for JSON; spans also carry their `rms`."""
        return {
            "streams": [dataclasses.asdict(record) for record in list(self.streams)],
            "spans": [{**dataclasses.asdict(span), "rms": span.rms} for span in list(self.spans)],
            "changes": [dataclasses.asdict(change) for change in list(self.changes)],
            "starvations": [dataclasses.asdict(starvation) for starvation in list(self.starvations)],
        }
