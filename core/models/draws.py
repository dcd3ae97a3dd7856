"""Random numbers for a network's training pass, the same for a clip whatever batch or process it is in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

# Apart from the generators that draw the clips themselves, which are keyed by (seed, step, item).
_STREAM = 1


class Draws:
    """One generator an item, keyed by (seed, step, item): splitting a batch or resuming a run changes nothing.

    Numbers are drawn on the CPU, so that they are the same on every device, and then moved.

    Args:
        items: the numbers of the step's clips that are in this pass, in their order.
    """

    def __init__(self, seed: int, step: int, items: Sequence[int], device: torch.device | str = "cpu") -> None:
        self._device = device
        self._random = [
            np.random.Generator(np.random.Philox(np.random.SeedSequence((seed, step, item, _STREAM)))) for item in items
        ]

    def __len__(self) -> int:
        return len(self._random)

    def normal(self, *shape: int) -> Tensor:
        """(items, *shape) float32, standard normal."""
        return self._moved([each.standard_normal(shape, dtype=np.float32) for each in self._random])

    def uniform(self, *shape: int) -> Tensor:
        """(items, *shape) float32 in [0, 1)."""
        return self._moved([each.random(shape, dtype=np.float32) for each in self._random])

    def kept(self, share: float, *shape: int) -> Tensor:
        """(items, *shape) float32 of 1 / share with probability `share`, else 0: a factor for dropout."""
        return (self.uniform(*shape) < share).float() / share

    def _moved(self, arrays: list[np.ndarray]) -> Tensor:
        return torch.from_numpy(np.stack(arrays)).to(self._device)
