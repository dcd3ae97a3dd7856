"""What a search may propose: a learning rate, and layers that end at the wanted size as the first report found good.

Its rule: the first layer reorganises samples into channels without raising the element count and hardly reducing it,
and the elements then fall slowly. So elements fall by the same share in every layer, whatever strides are proposed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import mul
from typing import Protocol

from core.models.design import CLIP_SAMPLES
from core.models.layers import ConvDesign, ConvLayer

CHANNELS = (4, 8, 16, 32)
"""Of the latent; with the size they give the samples between two of its frames."""
STRIDES = (1, 2, 3)
"""Of every layer but the first, whose stride is what remains."""
WIDTHS = (1, 2, 3, 4)
"""Kernels in strides; of a stride of 1 twice as many samples and one."""
NEAR = 0.03
"""Share by which a proposed size may differ from the wanted one."""


class Trial(Protocol):
    """What is used of Optuna's trial."""

    def suggest_float(self, name: str, low: float, high: float, *, log: bool = False) -> float: ...
    def suggest_int(self, name: str, low: int, high: int) -> int: ...
    def suggest_categorical(self, name: str, choices: tuple[int, ...]) -> int: ...


@dataclass(frozen=True)
class Proposal:
    """A network to try at a learning rate."""

    learning_rate: float
    design: ConvDesign


def propose(trial: Trial, floats: int, most_layers: int, lowest_rate: float, highest_rate: float) -> Proposal:
    """Ask `trial` for every choice; the design's latent has about `floats` floats in 5 s."""
    rate = trial.suggest_float("learning_rate", lowest_rate, highest_rate, log=True)
    count = trial.suggest_int("layers", 1, most_layers)
    channels = trial.suggest_categorical("channels", CHANNELS)
    strides = [trial.suggest_categorical(f"stride_{number}", STRIDES) for number in range(2, count + 1)]
    widths = [trial.suggest_categorical(f"width_{number}", WIDTHS) for number in range(1, count + 1)]
    return Proposal(rate, design_of(channels, strides, widths, floats))


def design_of(channels: int, later: Sequence[int], widths: Sequence[int], floats: int) -> ConvDesign:
    """A network of `len(widths)` layers whose elements fall evenly to `floats`.

    Args:
        channels: of the latent.
        later: the strides of all layers but the first.
        widths: of the kernels, see `WIDTHS`.
    """
    strides = [max(1, round(channels * CLIP_SAMPLES / floats / math.prod(later))), *later]
    share = (floats / CLIP_SAMPLES) ** (1 / len(strides))
    layers = []
    for number, (hop, stride, width) in enumerate(zip(accumulate(strides, mul), strides, widths, strict=True), 1):
        kernel = stride * width if stride > 1 else 2 * width + 1
        layers.append(ConvLayer(max(1, round(share**number * hop)), kernel, stride))
    design = ConvDesign(tuple(layers))
    near = abs(design.latent_floats() - floats) <= NEAR * floats and not design.problems()
    return design if near else design.solve(floats)
