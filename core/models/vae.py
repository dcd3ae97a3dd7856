"""`vae`: the idea of `resnet-vae` where it can learn, with convolutions along time and a Gaussian a latent frame.

Its residual blocks have as many filters as channels, kernels that see neighbouring frames, and a norm over the
channels of a frame: nothing depends on a batch's or a song's other frames but through the kernels, so that chunks
join without seams. It starts as a filter bank, as `conv` does.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.models.strided import convolved, filter_bank, passing, transposed
from core.models.vae_design import VaeDesign
from core.models.variational import Drop, VariationalNetwork, bounded

SLOPE = 0.4
# Standard deviation of the noise that a fresh network learns with: a twentieth of a loud passage's values.
FIRST_DEVIATION = 0.03


class VaeNetwork(VariationalNetwork):
    """Samples to means of a latent frame every `hop` samples, and back."""

    def __init__(self, design: VaeDesign, generator: torch.Generator) -> None:
        super().__init__()
        self.design: VaeDesign = design
        self.encode_context = self.decode_context = design.context
        self.encoder = _Encoder(design)
        self.decoder = _Decoder(design)
        self._start(generator)

    @property
    def dropout(self) -> float:
        return self.design.dropout

    def posterior(self, x: Tensor, drop: Drop) -> tuple[Tensor, Tensor]:
        design = self.design
        length = (design.frames(x.shape[-1]) - 1) * design.hop + design.kernel
        return self.encoder(functional.pad(x, (0, max(0, length - x.shape[-1]))), drop)

    def generate(self, z: Tensor, drop: Drop) -> Tensor:
        return self.decoder(z, drop)

    @torch.no_grad()
    def _start(self, generator: torch.Generator) -> None:
        """A filter bank and its transpose; blocks that add nothing yet; little noise."""
        design = self.design
        bank = filter_bank(design.width, design.kernel, design.hop)
        bank += 0.02 * torch.randn(bank.shape, generator=generator) / math.sqrt(design.kernel)
        self.encoder.enter.weight.copy_(bank)
        self.decoder.leave.weight.copy_(bank)
        self.encoder.mean.weight.copy_(passing(design.channels, design.width))
        self.decoder.enter.weight.copy_(passing(design.width, design.channels))
        self.encoder.log_variance.weight.zero_()
        for name, value in self.named_parameters():
            if name.endswith(".widen.weight"):
                value.copy_(torch.randn(value.shape, generator=generator) / math.sqrt(value[0].numel()))
            elif name.endswith((".narrow.weight", ".bias")):
                value.zero_()
        bias = self.encoder.log_variance.bias
        assert bias is not None
        bias.fill_(2 * math.log(FIRST_DEVIATION))


class _Encoder(nn.Module):
    def __init__(self, design: VaeDesign) -> None:
        super().__init__()
        self.enter = nn.Conv1d(1, design.width, design.kernel, design.hop)
        self.blocks = nn.ModuleList(_Block(design) for _place in range(design.blocks))
        self.mean = nn.Conv1d(design.width, design.channels, 1)
        self.log_variance = nn.Conv1d(design.width, design.channels, 1)

    def forward(self, x: Tensor, drop: Drop) -> tuple[Tensor, Tensor]:
        y = convolved(self.enter, x)
        for block in self.blocks:
            y = block(y, drop)
        return self.mean(y), bounded(self.log_variance(y))


class _Decoder(nn.Module):
    def __init__(self, design: VaeDesign) -> None:
        super().__init__()
        self.enter = nn.Conv1d(design.channels, design.width, 1)
        self.blocks = nn.ModuleList(_Block(design) for _place in range(design.blocks))
        self.leave = nn.ConvTranspose1d(design.width, 1, design.kernel, design.hop)

    def forward(self, z: Tensor, drop: Drop) -> Tensor:
        y = self.enter(z)
        for block in self.blocks:
            y = block(y, drop)
        return transposed(self.leave, y)


class _Block(nn.Module):
    """(batch, width, frames) plus what two convolutions along the frames make of it."""

    def __init__(self, design: VaeDesign) -> None:
        super().__init__()
        padding = design.reach // 2
        self.widen = nn.Conv1d(design.width, design.width, design.reach, padding=padding)
        self.norm = nn.LayerNorm(design.width)
        self.narrow = nn.Conv1d(design.width, design.width, design.reach, padding=padding)

    def forward(self, x: Tensor, drop: Drop) -> Tensor:
        y = self.norm(self.widen(x).transpose(1, 2)).transpose(1, 2)
        return x + self.narrow(drop(functional.leaky_relu(y, SLOPE)))
