"""What has been decided before a network is trained by gradient descent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch

from core.models.network import Network
from core.training.config import TrainConfig
from core.training.preparation import Material
from core.training.state import Progress


@dataclass(frozen=True)
class Setting:
    """What a loop needs from `core.training.trainer`, which has decided on all of it."""

    config: TrainConfig
    build: Callable[[], Network]  # the same fresh network each time, on the device
    trained: bool  # it was before, so that what it begins with is worth keeping
    material: Material
    device: torch.device
    precision: str
    learning_rate: float
    save_best: Callable[[Network, Progress], None]
    warn: Callable[[str], None]
