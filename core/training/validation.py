"""Judging the network on fixed clips of songs that it does not learn from, and letting it be heard."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from core.audio.clip import Clip
from core.models.network import Network
from core.training.callbacks import Preview
from core.training.crops import Region, fixed_crops
from core.training.losses import named_losses

PREVIEW_SECONDS = 5.0
# Reconstructions 20 dB softer than the music are silence to a listener.
SILENT_LEVEL_DB = -20.0


@dataclass(frozen=True)
class Verdict:
    """Means over the validation clips."""

    losses: dict[str, float]  # by name, with the weighted sum as "loss"
    level_db: float  # energy of the reconstructions relative to the clips
    error_share: float  # squared error relative to that of silence: 1 where nothing is gained over silence

    @property
    def loss(self) -> float:
        return self.losses["loss"]

    @property
    def silent(self) -> bool:
        return self.level_db < SILENT_LEVEL_DB

    @property
    def finite(self) -> bool:
        return math.isfinite(self.loss) and math.isfinite(self.error_share)


class Validation:
    """Fixed clips of `regions`, the same in every epoch; computed in float32, as the model is used later.

    Args:
        weights: of the losses that judge a reconstruction.
        network_weights: of the losses that a network reports itself (`Network.assess`).
    """

    def __init__(
        self,
        regions: Sequence[Region],
        length: int,
        count: int,
        *,
        rate: int,
        weights: Mapping[str, float],
        network_weights: Mapping[str, float] | None = None,
    ) -> None:
        self._clips = fixed_crops(regions, length, count)
        self._rate = rate
        self._weights = dict(weights)
        self._own_weights = dict(network_weights or {})
        # Heard rather than measured, so longer than a training clip may be.
        self._heard = fixed_crops(regions, round(PREVIEW_SECONDS * rate), 1)[0]
        self._title = regions[0].song.title

    @torch.inference_mode()
    def judge(self, network: Network, batch: int) -> Verdict:
        """Losses of `network`'s reconstructions, `batch` clips at a time."""
        network.eval()
        device = _device(network)
        sums: dict[str, float] = defaultdict(float)
        energy = silence = error = 0.0
        for first in range(0, len(self._clips), batch):
            clips = torch.from_numpy(np.stack(self._clips[first : first + batch])[:, None]).to(device)
            made = network.assess(clips, self._own_weights)
            estimate = made.estimate
            losses = named_losses(estimate, clips, self._rate, self._weights)
            for name, value in made.losses.items():
                losses[name] = value
                losses["loss"] = losses["loss"] + self._own_weights[name] * value
            for name, value in losses.items():
                sums[name] += float(value) * len(clips) / len(self._clips)
            energy += _energy(estimate)
            silence += _energy(clips)
            error += _energy(estimate - clips)
        silence = max(silence, 1e-12)
        level = 10 * math.log10(max(energy / silence, 1e-12)) if math.isfinite(energy) else math.inf
        return Verdict(dict(sums), level, error / silence)

    @torch.inference_mode()
    def preview(self, network: nn.Module, epoch: int, step: int) -> Preview:
        """The first validation clip through `network`."""
        network.eval()
        clip = torch.from_numpy(self._heard)[None, None].to(_device(network))
        made = network(clip)[0].float().cpu().numpy()
        return Preview(epoch, step, self._title, Clip(self._heard[None], self._rate), Clip(made, self._rate))

    def silence(self) -> dict[str, float]:
        """The losses of digital silence, the worst that a model should be."""
        clips = torch.from_numpy(np.stack(self._clips)[:, None])
        losses = named_losses(torch.zeros_like(clips), clips, self._rate, self._weights)
        return {name: float(value) for name, value in losses.items()}


def _energy(samples: Tensor) -> float:
    return float(samples.double().square().sum()) if samples.device.type != "mps" else float(samples.square().sum())


def _device(network: nn.Module) -> torch.device:
    for tensor in network.state_dict().values():
        return tensor.device
    return torch.device("cpu")
