"""What goes wrong in an autoencoder, as numbers: gradients that vanish, latent units that sleep, outputs that look
alike, residual branches that add nothing of the clip."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from core.models.network import Network
from core.models.resnet_vae import DecoderBlock, EncoderBlock, ResnetVaeNetwork
from core.models.variational import VariationalNetwork, kl_divergence

# Y. Burda, R. Grosse, R. Salakhutdinov, "Importance weighted autoencoders", ICLR 2016, section 5.
ACTIVE_VARIANCE = 0.01


@dataclass(frozen=True)
class BranchReading:
    """What a residual block's branch adds to its input, over some clips.

    Attributes:
        input: root mean square of the block's input.
        added: root mean square of what the branch adds to it.
        varying: deviation over clips of what the branch adds: the part that knows anything of the clip.
    """

    layer: str
    input: float
    added: float
    varying: float

    @property
    def dead(self) -> bool:
        return self.varying == 0


@dataclass(frozen=True)
class Diagnosis:
    """Readings of a network on clips.

    Attributes:
        active_units: channels whose posterior mean varies, of `units`; for a network that is not variational the
            latent itself is read.
        unit_variances: variance of each channel's mean over all frames of the clips.
        kl: nats a latent frame; None for a network that is not variational.
        likeness: of the reconstructions (`likeness`); `original_likeness` is that of the clips.
        branches: residual branches of `resnet-vae`, empty for others.
    """

    units: int
    active_units: int
    unit_variances: tuple[float, ...]
    kl: float | None
    likeness: float
    original_likeness: float
    branches: tuple[BranchReading, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


@torch.inference_mode()
def diagnose(network: Network, clips: np.ndarray, *, batch: int = 8) -> Diagnosis:
    """Readings of `network` on `clips` (n, samples) at its rate, n at least 2."""
    network.eval()
    means, sounds, kl = [], [], 0.0
    for part in _batches(network, clips, batch):
        if isinstance(network, VariationalNetwork):
            mean, log_variance = network.posterior(part, lambda x: x)
            kl += float(kl_divergence(mean, log_variance)) * len(part) / len(clips)
        else:
            mean = network.encode(part)
        means.append(mean.float().cpu().numpy())
        sounds.append(network.decode(mean)[:, 0, : clips.shape[1]].float().cpu().numpy())
    variances = unit_variances(np.concatenate(means))
    return Diagnosis(
        units=len(variances),
        active_units=int((variances > ACTIVE_VARIANCE).sum()),
        unit_variances=tuple(map(float, variances)),
        kl=kl if isinstance(network, VariationalNetwork) else None,
        likeness=likeness(np.concatenate(sounds)),
        original_likeness=likeness(clips),
        branches=tuple(read_branches(network, clips, batch=batch)) if isinstance(network, ResnetVaeNetwork) else (),
    )


@torch.inference_mode()
def latent_means(network: Network, clips: np.ndarray, *, batch: int = 8) -> np.ndarray:
    """(n, channels, frames) float32: what coding keeps of clips (n, samples) at the network's rate.

    Flattened, those of a fixed `resnet-vae-20` are the features of the second report's Frechet distance.
    """
    network.eval()
    return np.concatenate([network.encode(part).float().cpu().numpy() for part in _batches(network, clips, batch)])


def unit_variances(means: np.ndarray) -> np.ndarray:
    """(channels,) variance of each channel of posterior means (clips, channels, frames), over clips and frames.

    A unit is active above `ACTIVE_VARIANCE`: A = Cov_x(E[u | x]) of Burda et al.
    """
    return means.swapaxes(0, 1).reshape(means.shape[1], -1).astype(np.float64).var(axis=1)


def likeness(sounds: np.ndarray) -> float:
    """Mean correlation of every two of the sounds (n, samples): 1 where all are the same but for their level.

    A sound without any movement is like none. For n below 2 it is nan.
    """
    count = len(sounds)
    if count < 2:
        return float("nan")
    moving = sounds.astype(np.float64)
    moving -= moving.mean(axis=1, keepdims=True)
    norms = np.linalg.norm(moving, axis=1, keepdims=True)
    moving = np.divide(moving, norms, out=np.zeros_like(moving), where=norms > 0)
    # The sum over all pairs is |sum|² less each one's own.
    total = float(np.square(moving.sum(axis=0)).sum() - np.square(moving).sum())
    return total / (count * (count - 1))


@torch.inference_mode()
def read_branches(network: ResnetVaeNetwork, clips: np.ndarray, *, batch: int = 8) -> list[BranchReading]:
    """What each residual branch of encoder and decoder adds for `clips` (n, samples) at the network's rate."""
    network.eval()
    inputs: dict[str, list[Tensor]] = defaultdict(list)
    added: dict[str, list[Tensor]] = defaultdict(list)
    blocks = {
        name: module for name, module in network.named_modules() if isinstance(module, EncoderBlock | DecoderBlock)
    }

    def note(name: str) -> Any:
        def hook(block: nn.Module, arguments: tuple[Any, ...]) -> None:
            assert isinstance(block, EncoderBlock | DecoderBlock)
            inputs[name].append(arguments[0].float())
            added[name].append(block.branch(arguments[0], lambda x: x).flatten())

        return hook

    handles = [block.register_forward_pre_hook(note(name)) for name, block in blocks.items()]
    try:
        for part in _batches(network, clips, batch):
            network(part)
    finally:
        for handle in handles:
            handle.remove()
    readings = []
    for name in blocks:
        before, more = torch.cat(inputs[name]), torch.cat(added[name]).double()
        # From the first one's, so that equal values have a deviation of exactly 0.
        varying = float((more - more[0]).std(correction=0))
        readings.append(BranchReading(name, _rms(before), _rms(more), varying))
    return readings


def gradient_norms(network: nn.Module) -> dict[str, float]:
    """L2 norm of the gradient that each layer (each block as one) has now."""
    squares: dict[str, list[Tensor]] = defaultdict(list)
    for name, parameter in network.named_parameters():
        if parameter.grad is not None:
            squares[_layer(name)].append(parameter.grad.float().square().sum())
    if not squares:
        return {}
    # One look at the device for all layers.
    norms = torch.stack([torch.stack(parts).sum() for parts in squares.values()]).sqrt().tolist()
    return dict(zip(squares, norms, strict=True))


def _batches(network: Network, clips: np.ndarray, size: int) -> Iterator[Tensor]:
    device = next(network.parameters()).device
    for first in range(0, len(clips), size):
        part: Sequence[Any] | np.ndarray = clips[first : first + size]
        yield torch.from_numpy(np.ascontiguousarray(part, dtype=np.float32))[:, None].to(device)


def _layer(name: str) -> str:
    """What a parameter belongs to: its name up to the first number, else without its last part."""
    parts = name.split(".")
    numbered = next((place for place, part in enumerate(parts) if part.isdigit()), None)
    return ".".join(parts[: numbered + 1] if numbered is not None else parts[:-1] or parts)


def _rms(values: Tensor) -> float:
    return float(values.double().square().mean().sqrt())
