"""One optimizer step on a batch of random clips, in as many passes as memory allows."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import TypeVar

import torch
from torch import nn

from core.devices import autocast
from core.errors import TrainingError
from core.i18n import _
from core.models.diagnostics import gradient_norms
from core.models.draws import Draws
from core.models.network import Network, TrainingPass, least_batch
from core.training.adversary import Adversary
from core.training.config import TrainConfig
from core.training.crops import RandomCrops
from core.training.losses import named_losses
from core.training.memory import is_out_of_memory, release

T = TypeVar("T")


class NotFinite(Exception):  # noqa: N818 - a finding, handled by the loop
    """The loss or its gradient is not a finite number; the weights are as before the step."""


class Stepper:
    """Draws a step's clips, adds up gradients over `batch` clips at a time, and moves the weights.

    When memory runs out, `batch` is halved and the step repeated: the same clips in more passes, so that what
    is learned does not change. `on_halved(batch)` tells.
    """

    def __init__(
        self,
        network: Network,
        crops: RandomCrops,
        config: TrainConfig,
        rate: int,
        *,
        precision: str,
        batch: int,
        on_halved: Callable[[int], None],
    ) -> None:
        self.network = network
        self.optimizer = make_optimizer(network, config)
        self.batch = batch
        self.adversary: Adversary | None = None
        self.gradients: dict[str, float] = {}  # norm by layer in the last step that was watched, before clipping
        self._crops = crops
        self._config = config
        self._weights = config.loss_weights()
        self._own_weights = config.network_weights()
        self._rate = rate
        self._precision = precision
        self._device = next(network.parameters()).device
        self._on_halved = on_halved
        if config.adversarial:
            self.adversary = Adversary(config.seed, self._device)

    def step(
        self, step: int, learning_rate: float, *, watched: bool = False, adversarial: bool = False
    ) -> dict[str, float]:
        """Do step number `step` (0-based); the mean losses over its clips, before the step.

        Args:
            watched: note `gradients`, too.
            adversarial: let the critics take part, where the configuration has them.

        Raises:
            NotFinite: the loss or its gradient is NaN or infinite.
            TrainingError: a single clip does not fit into memory.
        """
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate
        return self.with_memory(lambda: self._try(step, watched, self.adversary if adversarial else None))

    def with_memory(self, work: Callable[[], T]) -> T:
        """`work()`, again with half the batch whenever memory runs out."""
        while True:
            # The exception's traceback holds the tensors; only after the `except` block are they free.
            try:
                return work()
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                reason = str(error)
            self._halve(reason)

    def _try(self, step: int, watched: bool, adversary: Adversary | None) -> dict[str, float]:
        total = self._config.batch
        sums: dict[str, float] = defaultdict(float)
        self.network.train()
        self.optimizer.zero_grad(set_to_none=True)
        if adversary is not None:
            adversary.optimizer.zero_grad(set_to_none=True)
        for first in range(0, total, self.batch):
            items = range(first, min(first + self.batch, total))
            share = len(items) / total
            clips = torch.from_numpy(self._crops.batch(step, items)).to(self._device)
            draws = Draws(self._config.seed, step, items, self._device)
            with autocast(self._device, self._precision):
                made = self.network.learn(clips, draws, self._own_weights)
            losses = self._losses(made, clips)
            if adversary is not None:
                estimate = made.estimate.float()
                losses["critics"] = adversary.criticise(estimate, clips)
                (share * losses["critics"]).backward()
                losses["adversarial"] = adversary.lessons(estimate, clips)
                losses["loss"] = losses["loss"] + self._config.adversarial * losses["adversarial"]
            (share * losses["loss"]).backward()
            for name, value in losses.items():
                sums[name] += share * float(value.detach())
        if not all(math.isfinite(value) for value in sums.values()):
            raise NotFinite
        if watched:
            self.gradients = gradient_norms(self.network)
        limit = self._config.gradient_clip or math.inf
        if not bool(torch.isfinite(nn.utils.clip_grad_norm_(self.network.parameters(), limit))):
            raise NotFinite
        self.optimizer.step()
        if adversary is not None:
            adversary.step()
        return dict(sums)

    def _losses(self, made: TrainingPass, clips: torch.Tensor) -> dict[str, torch.Tensor]:
        """The named losses and their weighted sum, "loss"."""
        losses = named_losses(made.estimate, clips, self._rate, self._weights)
        for name, value in made.losses.items():
            losses[name] = value
            losses["loss"] = losses["loss"] + self._own_weights[name] * value
        if made.mixture is not None:
            estimate, target = made.mixture
            losses["mixture"] = named_losses(estimate, target, self._rate, self._weights)["loss"]
            losses["loss"] = losses["loss"] + self._own_weights["mixture"] * losses["mixture"]
        return losses

    def _halve(self, reason: str) -> None:
        self.optimizer.zero_grad(set_to_none=True)
        release(self._device)
        if self.batch // 2 < least_batch(self.network.design):
            raise TrainingError(
                _(
                    "Memory does not suffice for one clip of {seconds:g} s; choose shorter clips or a smaller model."
                ).format(seconds=self._config.clip_seconds),
                details=reason,
            )
        self.batch //= 2
        self._on_halved(self.batch)


def make_optimizer(network: nn.Module, config: TrainConfig) -> torch.optim.Optimizer:
    """Adam or AdamW; the fused form needs no memory of its own in a step, so that it cannot fail half-way."""
    if config.optimizer == "adam":
        return torch.optim.Adam(network.parameters(), betas=(0.9, 0.99), fused=True)
    return torch.optim.AdamW(network.parameters(), betas=(0.9, 0.99), weight_decay=config.weight_decay, fused=True)


@torch.no_grad()
def update_mean(mean: nn.Module, network: nn.Module, step: int, decay: float) -> None:
    """Move the running mean of the weights towards the present ones; quickly at first, when they are poor."""
    weight = 1 - min(decay, (1 + step) / (10 + step))
    current: Mapping[str, torch.Tensor] = network.state_dict()
    for name, value in mean.state_dict().items():
        if value.is_floating_point():
            value.lerp_(current[name], weight)
        else:
            value.copy_(current[name])
