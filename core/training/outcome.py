"""How a way of training, by gradient or in closed form, reports its end to `core.training.trainer`."""

from __future__ import annotations

from dataclasses import dataclass

from core.training.state import Progress


@dataclass(frozen=True)
class Outcome:
    state: str  # "done", "stopped", "discarded" or "failed"
    sentence: str
    progress: Progress
