"""The convolutional autoencoder: the encoder is the design's list of layers, the decoder its transposed mirror."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.models.layers import ConvDesign
from core.models.network import Network
from core.models.strided import convolved, filter_bank, passing, transposed

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
            x = _ACTIVATIONS[activation](convolved(convolution, x))
        return x

    def decode(self, z: Tensor) -> Tensor:
        for convolution, activation in zip(self.decoder, self._decoder_activations, strict=True):
            assert isinstance(convolution, nn.ConvTranspose1d)
            z = _ACTIVATIONS[activation](transposed(convolution, z))
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
            weight = (
                filter_bank(layer.channels, layer.kernel, layer.stride)
                if index == 0
                else passing(layer.channels, forward.in_channels, layer.kernel)
            )
            noise = 0.02 * torch.randn(weight.shape, generator=generator) / math.sqrt(weight[0].numel())
            gain = _FIRST_GAIN if index == 0 else 1.0
            forward.weight.copy_(gain * (weight + noise))
            back.weight.copy_((weight + noise) / gain)
            forward.bias.zero_()  # type: ignore[union-attr]
            back.bias.zero_()  # type: ignore[union-attr]


_FIRST_GAIN = 0.25
"""Loud music stays within the straight part of the first tanh."""
