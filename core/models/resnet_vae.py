"""`resnet-vae`: the second report's ResNet-1D variational autoencoder, layer for layer, with what is odd about it.

A clip of 30 s at 3000 Hz is one time step of 90,000 channels. A residual block takes its C channels to a single
filter with a kernel of up to 512 steps, of which one meets the only step there is; the encoder's instance norm then
makes that one value 0, whatever the clip. So the encoder's branches add a learned constant and nothing else. This
is the report's network, rebuilt from its parameter counts, to be measured (`core.models.diagnostics`) and not mended;
`core.models.vae` is the one that learns.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.models.vae_design import ResnetVaeDesign
from core.models.variational import Drop, VariationalNetwork, bounded

# What Keras has for its norms.
EPSILON = 1e-3
MOMENTUM = 0.01
SLOPE = 0.4


class ResnetVaeNetwork(VariationalNetwork):
    """Blocks of `hop` samples to one latent frame each and back; sound is scaled to 0..1 inside."""

    encode_context = decode_context = 0
    seamless = False

    def __init__(self, design: ResnetVaeDesign, generator: torch.Generator) -> None:
        super().__init__()
        self.design: ResnetVaeDesign = design
        layers: list[nn.Module] = []
        inputs = design.hop
        for channels in design.encoder:
            layers.append(nn.Conv1d(inputs, channels, 1))
            layers.append(EncoderBlock(channels, channels))
            inputs = channels
        layers.append(nn.Linear(inputs, 2 * design.latent))
        self.encoder = nn.ModuleList(layers)
        layers, inputs = [], design.latent
        for channels in design.decoder:
            layers.append(DecoderBlock(inputs, channels))
            layers.append(nn.ConvTranspose1d(inputs, channels, 1))
            inputs = channels
        layers.append(nn.ConvTranspose1d(inputs, design.hop, 1))
        self.decoder = nn.ModuleList(layers)
        self._start(generator)

    @property
    def dropout(self) -> float:
        return self.design.dropout

    def posterior(self, x: Tensor, drop: Drop) -> tuple[Tensor, Tensor]:
        y = self.blocks(x)
        for layer in self.encoder:
            if isinstance(layer, EncoderBlock):
                y = layer(y, drop)
            elif isinstance(layer, nn.Linear):
                y = layer(y.flatten(1))
            else:
                y = _pointwise(layer, y)
        mean, log_variance = y.view(x.shape[0], -1, 2 * self.design.latent).transpose(1, 2).chunk(2, dim=1)
        return mean, bounded(log_variance)

    def generate(self, z: Tensor, drop: Drop) -> Tensor:
        y = z.transpose(1, 2).reshape(-1, self.design.latent, 1)
        for layer in self.decoder:
            y = layer(y, drop) if isinstance(layer, DecoderBlock) else _pointwise(layer, y)
        y = y.float()  # silence lies at 0.5, where bf16 is coarse
        if self.design.output == "sigmoid":
            y = y.sigmoid()
        return 2 * y.view(z.shape[0], 1, -1) - 1

    def blocks(self, x: Tensor) -> Tensor:
        """Samples (batch, 1, time) from -1 to 1 as (batch x blocks, hop, 1) from 0 to 1, the last one padded."""
        missing = self.frames(x.shape[-1]) * self.hop - x.shape[-1]
        return functional.pad(x, (0, missing)).reshape(-1, self.hop, 1) / 2 + 0.5

    @torch.no_grad()
    def _start(self, generator: torch.Generator) -> None:
        """Weights as Keras begins them: uniform after X. Glorot, Y. Bengio (AISTATS 2010), biases 0."""
        for name, value in self.named_parameters():
            if value.dim() > 1:
                taps = value.shape[2] if value.dim() == 3 else 1
                limit = math.sqrt(6 / (taps * (value.shape[0] + value.shape[1])))
                value.uniform_(-limit, limit, generator=generator)
            elif name.endswith(".bias"):
                value.zero_()


class EncoderBlock(nn.Module):
    """Residual block with instance norm, which is 0 for a single step."""

    def __init__(self, channels: int, kernel: int) -> None:
        super().__init__()
        self.wide = nn.Conv1d(channels, 1, kernel, stride=2)
        self.norm1 = _InstanceNorm()
        self.narrow = nn.Conv1d(1, 1, kernel)
        self.norm2 = _InstanceNorm()

    def branch(self, x: Tensor, drop: Drop) -> Tensor:
        """(batch, 1, 1): what is added to each of the input's channels (batch, channels, 1)."""
        y = _same(self.wide, functional.relu(x))
        y = functional.leaky_relu(drop(self.norm1(y)), SLOPE)
        y = _same(self.narrow, y)
        return functional.leaky_relu(drop(self.norm2(y)), SLOPE)

    def forward(self, x: Tensor, drop: Drop) -> Tensor:
        return functional.relu(drop(x + self.branch(x, drop)))


class DecoderBlock(nn.Module):
    """Residual block with transposed convolutions and batch norm."""

    def __init__(self, channels: int, kernel: int) -> None:
        super().__init__()
        self.wide = nn.ConvTranspose1d(channels, 1, kernel)
        self.norm1 = _BatchNorm()
        self.narrow = nn.ConvTranspose1d(1, 1, kernel)
        self.norm2 = _BatchNorm()

    def branch(self, x: Tensor, drop: Drop) -> Tensor:
        """(batch, 1, 1): what is added to each of the input's channels (batch, channels, 1)."""
        y = functional.leaky_relu(drop(self.norm1(_cropped(self.wide, functional.relu(x)))), SLOPE)
        return functional.leaky_relu(drop(self.norm2(_cropped(self.narrow, y))), SLOPE)

    def forward(self, x: Tensor, drop: Drop) -> Tensor:
        return functional.relu(drop(x + self.branch(x, drop)))


class _InstanceNorm(nn.Module):
    """Instance norm of one channel; torch's own refuses a single step, for which this one gives its bias."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        return functional.layer_norm(x.float(), x.shape[-1:], eps=EPSILON) * self.weight + self.bias


class _BatchNorm(nn.Module):
    """Batch norm of one channel whose state is all float32, as model files are.

    It norms by the clips that are in memory at once; a batch that had to be split is normed in parts.
    A single clip has no spread to divide by: it is normed as outside of training, by the running statistics.
    """

    running_mean: Tensor
    running_var: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))
        self.bias = nn.Parameter(torch.zeros(1))
        self.register_buffer("running_mean", torch.zeros(1))
        self.register_buffer("running_var", torch.ones(1))

    def forward(self, x: Tensor) -> Tensor:
        return functional.batch_norm(
            x.float(),
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            training=self.training and x.numel() > 1,
            momentum=MOMENTUM,
            eps=EPSILON,
        )


def _same(layer: nn.Conv1d, x: Tensor) -> Tensor:
    """`layer(x)`, as long as x over the stride, padded as Keras does: the odd zero behind."""
    missing = layer.kernel_size[0] - 1
    return layer(functional.pad(x, (missing // 2, missing - missing // 2)))


def _cropped(layer: nn.ConvTranspose1d, x: Tensor) -> Tensor:
    """`layer(x)`, as long as x: cropped where `_same` pads."""
    before = (layer.kernel_size[0] - 1) // 2
    return layer(x)[..., before : before + x.shape[-1]]


def _pointwise(layer: nn.Module, x: Tensor) -> Tensor:
    """`layer(x)` of a kernel of 1 for (batch, inputs, 1), as the matrix product that it is: many times as fast."""
    assert isinstance(layer, nn.Conv1d | nn.ConvTranspose1d)
    weight = layer.weight[..., 0] if isinstance(layer, nn.Conv1d) else layer.weight[..., 0].T
    return functional.linear(x[..., 0], weight, layer.bias)[..., None]
