"""The convolutional autoencoder: the encoder is the design's list of layers, the decoder its transposed mirror."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.models.layers import ConvDesign, ConvLayer
from core.models.network import Network

_ACTIVATIONS = {
    "tanh": torch.tanh,
    "none": lambda x: x,
    "relu": functional.relu,
    "leaky": lambda x: functional.leaky_relu(x, 0.2),
    "elu": functional.elu,
    "gelu": functional.gelu,
    "silu": functional.silu,
}


class ConvNetwork(Network):
    """Convolutions with an activation after each; no layer pads, so a frame reads exactly `reach` samples.

    In the decoder, what stands for a layer's input gets the activation that made that input; the samples get
    the design's `output`.
    """

    def __init__(self, design: ConvDesign, generator: torch.Generator) -> None:
        super().__init__()
        design.check()
        self.design: ConvDesign = design
        self.encode_context = self.decode_context = design.context
        inputs = [1, *(layer.channels for layer in design.layers)]
        sizes = list(zip(inputs, design.layers, strict=False))
        self.encoder = nn.ModuleList(nn.Conv1d(n, layer.channels, layer.kernel, layer.stride) for n, layer in sizes)
        self.decoder = nn.ModuleList(
            nn.ConvTranspose1d(layer.channels, n, layer.kernel, layer.stride) for n, layer in reversed(sizes)
        )
        self._encoder_activations = [layer.activation for layer in design.layers]
        self._decoder_activations = [*reversed(self._encoder_activations[:-1]), design.output]
        self._start(generator)

    def encode(self, x: Tensor) -> Tensor:
        design = self.design
        length = (design.frames(x.shape[-1]) - 1) * design.hop + design.reach
        x = functional.pad(x, (0, max(0, length - x.shape[-1])))
        for convolution, activation in zip(self.encoder, self._encoder_activations, strict=True):
            assert isinstance(convolution, nn.Conv1d)
            x = _ACTIVATIONS[activation](_convolved(convolution, x))
        return x

    def decode(self, z: Tensor) -> Tensor:
        for convolution, activation in zip(self.decoder, self._decoder_activations, strict=True):
            assert isinstance(convolution, nn.ConvTranspose1d)
            z = _ACTIVATIONS[activation](_transposed(convolution, z))
        return z

    @torch.no_grad()
    def _start(self, generator: torch.Generator) -> None:
        """Begin as a filter bank that is heard from the first step.

        The first layer holds windowed cosines from low to high, the others pass their first channels on, and
        the decoder undoes it, so that training starts from a dull copy of the sound instead of silence (where
        the larger sizes stay when they start from noise).
        """
        last = len(self.encoder) - 1
        for index, layer in enumerate(self.design.layers):
            forward, back = self.encoder[index], self.decoder[last - index]
            assert isinstance(forward, nn.Conv1d)
            assert isinstance(back, nn.ConvTranspose1d)
            weight = _filter_bank(layer) if index == 0 else _passing(layer, forward.in_channels)
            noise = 0.02 * torch.randn(weight.shape, generator=generator) / math.sqrt(weight[0].numel())
            gain = _FIRST_GAIN if index == 0 else 1.0
            forward.weight.copy_(gain * (weight + noise))
            back.weight.copy_((weight + noise) / gain)
            forward.bias.zero_()  # type: ignore[union-attr]
            back.bias.zero_()  # type: ignore[union-attr]


_MOST_SLABS = 4
"""Kernels of up to this many strides are cut into slabs of one stride, each a matrix product."""


def _convolved(layer: nn.Conv1d, x: Tensor) -> Tensor:
    """`layer(x)`; torch's own kernels take ten to a hundred times as long for long strides on a CPU."""
    kernel, stride = layer.kernel_size[0], layer.stride[0]
    slabs = -(-kernel // stride)
    if slabs > _MOST_SLABS:
        return layer(x)
    batch, inputs, length = x.shape
    frames = (length - kernel) // stride + 1
    x = functional.pad(x, (0, (frames + slabs - 1) * stride - length))
    blocks = x.view(batch, inputs, -1, stride).transpose(2, 3).reshape(batch, inputs * stride, -1)
    weight = functional.pad(layer.weight, (0, slabs * stride - kernel)).view(-1, inputs, slabs, stride)
    parts = [weight[:, :, slab].flatten(1) @ blocks[..., slab : slab + frames] for slab in range(slabs)]
    assert layer.bias is not None
    return sum(parts[1:], start=parts[0]) + layer.bias[:, None]


def _transposed(layer: nn.ConvTranspose1d, z: Tensor) -> Tensor:
    """`layer(z)`, by the same slabs added where they overlap."""
    kernel, stride = layer.kernel_size[0], layer.stride[0]
    slabs = -(-kernel // stride)
    if slabs > _MOST_SLABS:
        return layer(z)
    batch, inputs, frames = z.shape
    weight = functional.pad(layer.weight, (0, slabs * stride - kernel)).view(inputs, -1, slabs, stride)
    parts = [functional.pad(weight[:, :, slab].flatten(1).T @ z, (slab, slabs - 1 - slab)) for slab in range(slabs)]
    blocks = sum(parts[1:], start=parts[0]).view(batch, -1, stride, frames + slabs - 1)
    assert layer.bias is not None
    sound = blocks.transpose(2, 3).flatten(2) + layer.bias[:, None]
    return sound[..., : (frames - 1) * stride + kernel]


_FIRST_GAIN = 0.25
"""Loud music stays within the straight part of the first tanh."""


def _filter_bank(layer: ConvLayer) -> Tensor:
    """(channels, 1, kernel): a cosine-modulated bank, MDCT phases, scaled so that its transpose undoes it."""
    time = torch.arange(layer.kernel, dtype=torch.float64) + 0.5
    band = torch.arange(layer.channels, dtype=torch.float64)[:, None] + 0.5
    hop = layer.stride
    bands = max(hop, layer.channels)
    phase = math.pi / bands * band * (time - layer.kernel / 2 + (bands + 1) / 2)
    window = torch.sin(math.pi * time / layer.kernel)
    bank = window * torch.cos(phase) * math.sqrt(2 / bands) * math.sqrt(hop / window.square().sum())
    return bank[:, None, :].float()


def _passing(layer: ConvLayer, inputs: int) -> Tensor:
    """(channels, inputs, kernel): channel i is input i, at the kernel's first tap."""
    weight = torch.zeros(layer.channels, inputs, layer.kernel)
    index = torch.arange(min(layer.channels, inputs))
    weight[index, index, 0] = 1.0
    return weight
