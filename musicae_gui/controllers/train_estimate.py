"""What a training will cost, before it starts: time from the network's arithmetic, memory from its layers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from core.i18n import _, ngettext
from core.models.design import Design
from core.models.layers import ConvDesign
from core.training.config import TrainConfig

# Multiplications a second and core, in training, before this computer was ever measured: one core of a small
# server without a GPU gave 4 to 12 thousand million, depending on the network.
FIRST_GUESS = 6e9
BACKWARD = 3  # a training step costs about three forward passes
PROGRAM_BYTES = 500 * 2**20  # the window, torch and its libraries
OTHER_LAYERS = 12  # as large as the clip, that a network without a table keeps for its backward pass
KLT_SECONDS = 10.0
STEPS_WITHIN = (20, 500)  # what TrainConfig says of steps_per_epoch = 0
TRAIN_SHARE = 0.8


@dataclass(frozen=True)
class Cost:
    seconds: float
    memory_bytes: int
    epochs: int
    steps_per_epoch: int


def cost(config: TrainConfig, design: Design | None, music_seconds: float, speed: float = 0.0) -> Cost:
    """Cost of one run on `music_seconds` of songs.

    Args:
        design: None for klt.
        speed: multiplications a second measured in an earlier run on this computer, 0 when there was none.
    """
    steps = config.steps_per_epoch or _steps(config, music_seconds)
    if design is None:
        return Cost(KLT_SECONDS + music_seconds / 500, PROGRAM_BYTES + 100 * 2**20, 1, 1)
    memory = round(PROGRAM_BYTES + config.batch * _clip_bytes(design, config) + 16 * design.parameters)
    if config.minutes:
        return Cost(60 * config.minutes, memory, 0, steps)
    clips = config.epochs * (steps * config.batch + config.validation_clips / BACKWARD)
    speed = speed or FIRST_GUESS * (config.threads or os.cpu_count() or 1)
    return Cost(clips * clip_work(design, config) / speed, memory, config.epochs, steps)


def clip_work(design: Design, config: TrainConfig) -> float:
    """Multiplications to learn from one clip: encoder and decoder, forward and backward."""
    samples = round(config.clip_seconds * design.rate)
    if not isinstance(design, ConvDesign):  # nearly all weights meet every latent frame once
        # Each correction of the latent is one more way through the network, without a way back.
        return (BACKWARD + design.corrections) * design.parameters * design.frames(samples)
    return 2 * BACKWARD * sum(row.parameters / 2 * row.shape[1] for row in design.table(samples))


def cost_words(costs: Sequence[Cost], measured: bool) -> str:
    """Time and memory in a sentence; for several sizes the sum and the largest."""
    if not costs:
        return _("Tick at least one size to train.")
    seconds = sum(each.seconds for each in costs)
    memory = max(each.memory_bytes for each in costs)
    words = ngettext(
        "About {time} and {memory} of memory.", "About {time} for all {n}, and {memory} of memory.", len(costs)
    ).format(time=duration(seconds), memory=size(memory), n=len(costs))
    if not measured and any(each.epochs > 1 for each in costs):
        words += " " + _("A first guess; measured after the first steps.")
    return words


def duration(seconds: float) -> str:
    """A time span as one says it."""
    if seconds < 60:
        whole = max(5, 5 * round(seconds / 5))
        return ngettext("{n} second", "{n} seconds", whole).format(n=whole)
    if seconds < 90 * 60:
        whole = round(seconds / 60)
        return ngettext("{n} minute", "{n} minutes", whole).format(n=whole)
    if seconds < 48 * 3600:
        return _("{hours:.1f} hours").format(hours=seconds / 3600)
    return _("{days:.1f} days").format(days=seconds / 86400)


def size(count: int) -> str:
    """A number of bytes in MB or GB."""
    return _("{size:.1f} GB").format(size=count / 1e9) if count >= 1e9 else _("{size:.0f} MB").format(size=count / 1e6)


def _steps(config: TrainConfig, music_seconds: float) -> int:
    cover = TRAIN_SHARE * music_seconds / (config.clip_seconds * config.batch)
    return round(min(max(cover, STEPS_WITHIN[0]), STEPS_WITHIN[1]))


def _clip_bytes(design: Design, config: TrainConfig) -> float:
    """What the backward pass keeps of a clip: each layer's output before and after its activation, in both halves."""
    samples = round(config.clip_seconds * design.rate)
    if not isinstance(design, ConvDesign):
        return 4 * 4 * OTHER_LAYERS * samples
    return 4 * 4 * (samples + sum(row.elements for row in design.table(samples)))
