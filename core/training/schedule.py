"""How many steps, at which learning rate, and how long they take."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from core.training.config import TrainConfig

FEWEST_STEPS, MOST_STEPS = 20, 500
"""Of an epoch: enough that validation is not most of the work, and few enough to hear of progress."""


class Pace:
    """Seconds of a step and of a validation, as moving means."""

    def __init__(self) -> None:
        self.step_seconds = 1.0
        self.validation_seconds = 0.0

    def took(self, seconds: float) -> None:
        self.step_seconds += 0.1 * (max(seconds, 1e-6) - self.step_seconds)

    def validated(self, seconds: float) -> None:
        self.validation_seconds += 0.3 * (seconds - self.validation_seconds)

    def left(self, steps: int, epochs: int) -> float:
        """Seconds that so many steps and validations will take."""
        return steps * self.step_seconds + epochs * self.validation_seconds


@dataclass(frozen=True)
class StepPlan:
    """The length of a run, kept in `config.json` so that a resumed run ends where it would have ended."""

    steps: int
    epochs: int
    steps_per_epoch: int
    minutes: float = 0.0  # that were asked for when this was decided; 0 for a number of epochs

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def decided(
        cls, config: TrainConfig, before: Mapping[str, Any], *, once: int, pace: Pace, epochs_done: int, seconds: float
    ) -> StepPlan:
        """The plan for `config`.

        Args:
            before: the plan stored by an earlier part of the run, or empty.
            once: steps that cover the training songs about once.
            pace: as timed just now; turns minutes into steps.
            epochs_done, seconds: of the earlier part.
        """
        an_epoch = before.get("steps_per_epoch") or config.steps_per_epoch or max(FEWEST_STEPS, min(MOST_STEPS, once))
        if not config.minutes:
            return cls(config.epochs * an_epoch, config.epochs, an_epoch)
        if before.get("minutes") == config.minutes:
            return cls(before["steps"], before["epochs"], an_epoch, config.minutes)
        left = 60 * config.minutes - seconds
        if not before:  # a short run has several epochs, too, to choose the best of
            an_epoch = max(1, min(an_epoch, int(left / pace.step_seconds / 5)))
        epochs = epochs_done + max(1, int(left / pace.left(an_epoch, 1)))
        return cls(epochs * an_epoch, epochs, an_epoch, config.minutes)


def learning_rate_factor(step: int, steps: int, config: TrainConfig) -> float:
    """Share of the learning rate at `step` (0-based) of `steps`: a linear rise, then 1 or a cosine down to 0.01."""
    warmup = min(config.warmup_steps, steps // 10)
    if step < warmup:
        return (step + 1) / (warmup + 1)
    if config.schedule == "constant":
        return 1.0
    done = (step - warmup) / max(1, steps - warmup)
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))
