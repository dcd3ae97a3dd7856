"""What a search for learning rate and layers is asked for, declared once for option and validation. No torch."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import UsageError
from core.i18n import _, marked
from core.models.design import CLIP_SAMPLES
from core.settings import Settings, setting


@dataclass(frozen=True)
class SearchConfig(Settings):
    """Settings of a search."""

    size: int = setting(
        18376, label=marked("Size"), low=16, high=CLIP_SAMPLES, help=marked("Floats in a clip of 5 s of every trial.")
    )
    trials: int = setting(
        20, label=marked("Trials"), low=1, high=10_000, help=marked("Networks to try, those ended early included.")
    )
    epochs: int = setting(5, label=marked("Epochs"), low=1, high=10_000, help=marked("Of each trial, at most."))
    steps_per_epoch: int = setting(
        50, label=marked("Steps an epoch"), low=1, high=1_000_000, help=marked("Of each trial.")
    )
    batch: int = setting(8, label=marked("Clips a step"), low=1, high=4096, help=marked("Of each trial."))
    clip_seconds: float = setting(
        0.5, label=marked("Clip length"), low=0.05, high=600, unit="s", help=marked("Length of the random clips.")
    )
    validation_clips: int = setting(
        32, label=marked("Validation clips"), low=1, high=10_000, help=marked("Fixed clips that trials are judged on.")
    )
    lowest_rate: float = setting(
        1e-4, label=marked("Lowest rate"), low=1e-7, high=1, help=marked("Of the learning rates that are tried.")
    )
    highest_rate: float = setting(
        3e-2, label=marked("Highest rate"), low=1e-7, high=1, help=marked("Of the learning rates that are tried.")
    )
    most_layers: int = setting(3, label=marked("Layers"), low=1, high=6, help=marked("At most."))
    seed: int = setting(0, label=marked("Seed"), low=0, high=2**31 - 1, help=marked("Start of every random draw."))
    device: str = setting(
        "auto", label=marked("Device"), choices=("auto", "cpu", "cuda", "mps"), help=marked("Where to compute.")
    )

    def check(self) -> None:
        """Raises UsageError where the range of learning rates is empty."""
        if self.lowest_rate >= self.highest_rate:
            raise UsageError(_("The lowest learning rate must be below the highest."))
