"""Convolutions from samples to channels and back: fast for long strides, and begun as a filter bank."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

_MOST_SLABS = 4
"""Kernels of up to this many strides are cut into slabs of one stride, each a matrix product."""


def convolved(layer: nn.Conv1d, x: Tensor) -> Tensor:
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


def transposed(layer: nn.ConvTranspose1d, z: Tensor) -> Tensor:
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


def filter_bank(channels: int, kernel: int, stride: int) -> Tensor:
    """(channels, 1, kernel): a cosine-modulated bank, MDCT phases, scaled so that its transpose undoes it."""
    time = torch.arange(kernel, dtype=torch.float64) + 0.5
    band = torch.arange(channels, dtype=torch.float64)[:, None] + 0.5
    bands = max(stride, channels)
    phase = math.pi / bands * band * (time - kernel / 2 + (bands + 1) / 2)
    window = torch.sin(math.pi * time / kernel)
    bank = window * torch.cos(phase) * math.sqrt(2 / bands) * math.sqrt(stride / window.square().sum())
    return bank[:, None, :].float()


def passing(channels: int, inputs: int, kernel: int = 1) -> Tensor:
    """(channels, inputs, kernel): channel i is input i, at the kernel's first tap."""
    weight = torch.zeros(channels, inputs, kernel)
    index = torch.arange(min(channels, inputs))
    weight[index, index, 0] = 1.0
    return weight
