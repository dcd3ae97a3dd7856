"""The convolutional autoencoder as a typed list of layers: sizes, warnings, and the search for a wanted size.

Only arithmetic; `core.models.conv` builds the network. The encoder is the list, the decoder its transposed
mirror. No layer pads: a latent frame reads `reach` samples, frames begin `hop` samples apart, and the driver
adds zeros behind the last sample until the frames cover it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from core.errors import UsageError
from core.i18n import _
from core.models.design import CLIP_SAMPLES, MODEL_RATE, check_rate, text, whole_number

ACTIVATIONS = ("tanh", "none", "relu", "leaky", "elu", "gelu", "silu")
MAX_LAYERS = 24
MAX_CHANNELS = 4096
MAX_KERNEL = 8192
MAX_HOP = 16_384
MAX_CONTEXT = 512
MAX_PARAMETERS = 50_000_000


@dataclass(frozen=True)
class ConvLayer:
    """One convolution of the encoder, and by its mirror one transposed convolution of the decoder."""

    channels: int
    kernel: int
    stride: int = 1
    activation: str = "tanh"


@dataclass(frozen=True)
class LayerRow:
    """A layer as the table shows it; `parameters` counts the layer and its mirror in the decoder."""

    layer: ConvLayer
    shape: tuple[int, int]
    elements: int
    parameters: int
    warning: str = ""


@dataclass(frozen=True)
class ConvDesign:
    """A convolutional autoencoder. Any values can be held, so that a table can be edited; `check` judges them."""

    layers: tuple[ConvLayer, ...]
    rate: int = MODEL_RATE
    output: str = "tanh"  # the activation of the decoder's last layer, which gives samples

    kind = "conv"
    nested = False
    corrections = 0

    @cached_property
    def hop(self) -> int:
        return math.prod(layer.stride for layer in self.layers)

    @cached_property
    def reach(self) -> int:
        """Samples that one latent frame reads: 1 + the sum of (kernel - 1) x the strides before it."""
        reach, step = 1, 1
        for layer in self.layers:
            reach += (layer.kernel - 1) * step
            step *= layer.stride
        return reach

    @property
    def channels(self) -> int:
        return self.layers[-1].channels if self.layers else 0

    @property
    def context(self) -> int:
        """Neighbouring latent frames that share samples with a frame, on one side."""
        return -(-self.reach // max(self.hop, 1)) - 1 if self.reach > self.hop else 0

    @property
    def parameters(self) -> int:
        return sum(math.prod(shape) for shape in self.tensors().values())

    def frames(self, samples: int) -> int:
        return max(0, -(-(samples - self.reach) // self.hop)) + 1

    def latent_floats(self, samples: int = CLIP_SAMPLES) -> int:
        return self.channels * self.frames(samples)

    def table(self, samples: int = CLIP_SAMPLES) -> list[LayerRow]:
        """Shape (channels, frames), elements and parameters after each layer for an input of `samples`."""
        rows = []
        inputs, before = 1, samples
        length = (self.frames(samples) - 1) * self.hop + self.reach
        for layer in self.layers:
            length = (length - layer.kernel) // layer.stride + 1
            elements = layer.channels * length
            warning = ""
            if elements > samples:
                warning = _("More elements than the {samples} of the input: such networks learned noise.").format(
                    samples=samples
                )
            elif elements < 0.35 * before:
                warning = _("In one layer elements fall to {percent} %; let them fall slowly.").format(
                    percent=round(100 * elements / before)
                )
            parameters = 2 * inputs * layer.channels * layer.kernel + layer.channels + inputs
            rows.append(LayerRow(layer, (layer.channels, length), elements, parameters, warning))
            inputs, before = layer.channels, elements
        return rows

    def problems(self) -> list[str]:
        """Sentences on what keeps this design from working; empty when it can be trained."""
        if not self.layers:
            return [_("The network has no layer.")]
        if len(self.layers) > MAX_LAYERS:
            return [
                _("The network has {count} layers; {most} are the most.").format(
                    count=len(self.layers), most=MAX_LAYERS
                )
            ]
        found = [problem for number, layer in enumerate(self.layers, 1) for problem in _layer_problems(number, layer)]
        if self.output not in ACTIVATIONS:
            found.append(_("There is no activation {name!r}.").format(name=self.output))
        return found or self._size_problems()

    def check(self) -> None:
        """Raises UsageError with the first of `problems`."""
        check_rate(self.rate)
        for problem in self.problems():
            raise UsageError(problem)

    def solve(self, latent_floats: int, samples: int = CLIP_SAMPLES) -> ConvDesign:
        """A design whose latent for `samples` samples is as near to `latent_floats` as whole numbers allow.

        This design's layers are kept where other channel counts in its later layers suffice (0.5 %); otherwise
        the stride is chosen anew, the nearest to the present one that comes nearest to the wanted size.

        Raises:
            UsageError: no network with 1 to `samples` floats can be meant.
        """
        if not 1 <= latent_floats <= samples:
            raise UsageError(
                _("A latent of {floats} floats is not between 1 and the {samples} samples of the clip.").format(
                    floats=latent_floats, samples=samples
                )
            )
        if self.layers and not self.problems():
            kept = self._with_last_channels(max(1, round(latent_floats / self.frames(samples))))
            if abs(kept.latent_floats(samples) - latent_floats) <= 0.005 * latent_floats and not kept.problems():
                return kept
        return self._searched(latent_floats, samples)

    def tensors(self) -> dict[str, tuple[int, ...]]:
        shapes: dict[str, tuple[int, ...]] = {}
        inputs = 1
        for index, layer in enumerate(self.layers):
            mirror = len(self.layers) - 1 - index
            shapes[f"encoder.{index}.weight"] = (layer.channels, inputs, layer.kernel)
            shapes[f"encoder.{index}.bias"] = (layer.channels,)
            shapes[f"decoder.{mirror}.weight"] = (layer.channels, inputs, layer.kernel)
            shapes[f"decoder.{mirror}.bias"] = (inputs,)
            inputs = layer.channels
        return shapes

    def to_dict(self) -> dict[str, Any]:
        layers = [
            {"channels": each.channels, "kernel": each.kernel, "stride": each.stride, "activation": each.activation}
            for each in self.layers
        ]
        return {"kind": self.kind, "rate": self.rate, "output": self.output, "layers": layers}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ConvDesign:
        """The design that `to_dict` described, checked.

        Raises:
            UsageError: something is missing, of a wrong type, or `check` refuses it.
        """
        listed = values.get("layers")
        if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
            raise UsageError(_("The model's list of layers is missing or damaged."))
        layers = tuple(
            ConvLayer(
                channels=whole_number(each, "channels"),
                kernel=whole_number(each, "kernel"),
                stride=whole_number(each, "stride"),
                activation=text(each, "activation"),
            )
            for each in listed[: MAX_LAYERS + 1]
        )
        output = text(values, "output") if "output" in values else "tanh"
        design = cls(layers, rate=whole_number(values, "rate"), output=output)
        design.check()
        return design

    def _size_problems(self) -> list[str]:
        found = []
        if self.hop > MAX_HOP:
            found.append(
                _("The strides multiply to {hop} samples a latent frame; {most} are the most.").format(
                    hop=self.hop, most=MAX_HOP
                )
            )
        if self.context > MAX_CONTEXT:
            found.append(
                _("A latent frame reads {reach} samples, {times} times its hop; make the kernels smaller.").format(
                    reach=self.reach, times=self.context + 1
                )
            )
        if self.parameters > MAX_PARAMETERS:
            found.append(
                _("The network has {count:,} parameters; {most:,} are the most.").format(
                    count=self.parameters, most=MAX_PARAMETERS
                )
            )
        return found

    def _with_last_channels(self, channels: int) -> ConvDesign:
        """The same network ending in `channels`, the layers between falling evenly from the first."""
        if len(self.layers) == 1:
            return replace(self, layers=(replace(self.layers[0], channels=channels),))
        counts = falling(self.layers[0].channels, channels, len(self.layers))
        layers = tuple(replace(layer, channels=count) for layer, count in zip(self.layers, counts, strict=True))
        return replace(self, layers=layers)

    def _searched(self, latent_floats: int, samples: int) -> ConvDesign:
        present = self.hop if self.layers and not self.problems() else 48
        activation = self.layers[0].activation if self.layers else "tanh"
        best: tuple[float, float, int, int] | None = None
        for hop in range(1, min(512, samples) + 1):
            frames = max(0, -(-(samples - 2 * hop) // hop)) + 1
            for channels in {max(1, min(hop, latent_floats // frames + more)) for more in (0, 1)}:
                error = abs(channels * frames - latent_floats)
                # Sizes within a thousandth are the same to the ear: among them the stride may stay.
                candidate = (error // max(1, latent_floats // 1000), abs(math.log(hop / present)), hop, channels)
                best = candidate if best is None or candidate < best else best
        assert best is not None
        return conv_design(best[2], best[3], samples=samples, rate=self.rate, activation=activation)


def conv_design(
    hop: int,
    channels: int,
    *,
    kernel: int | None = None,
    samples: int = CLIP_SAMPLES,
    rate: int = MODEL_RATE,
    activation: str = "tanh",
) -> ConvDesign:
    """A network after the report's finding: samples become channels at once, which then fall slowly.

    The first layer makes `hop` channels at stride `hop` (fewer where the edges would raise the element count
    above the input's) with a kernel of two hops; the others have kernel 1 and at least half of the elements of
    the layer before.
    """
    kernel = kernel or 2 * hop
    reach_frames = max(0, -(-(samples - kernel) // hop)) + 1
    first = max(channels, min(hop, samples // reach_frames))
    count = 1 + max(2, math.ceil(math.log2(first / channels) - 1e-9)) if first > channels else 2
    counts = falling(first, channels, count)
    layers = [ConvLayer(counts[0], kernel, hop, activation)]
    layers += [ConvLayer(each, 1, 1, activation) for each in counts[1:]]
    return ConvDesign(tuple(layers), rate=rate)


def falling(first: int, last: int, count: int) -> Sequence[int]:
    """`count` channel counts from `first` to `last`, each the same fraction of the one before."""
    ratio = (last / first) ** (1 / (count - 1))
    return [first, *(max(1, round(first * ratio**index)) for index in range(1, count - 1)), last]


def _layer_problems(number: int, layer: ConvLayer) -> list[str]:
    found = []
    limits = (("channels", layer.channels, MAX_CHANNELS), ("kernel", layer.kernel, MAX_KERNEL))
    for name, value, most in (*limits, ("stride", layer.stride, MAX_KERNEL)):
        if not 1 <= value <= most:
            found.append(
                _("Layer {number}: {name} is {value}; it must be from 1 to {most}.").format(
                    number=number, name=name, value=value, most=most
                )
            )
    if layer.kernel < layer.stride:
        found.append(
            _("Layer {number}: a kernel of {kernel} at stride {stride} leaves values unread.").format(
                number=number, kernel=layer.kernel, stride=layer.stride
            )
        )
    if layer.activation not in ACTIVATIONS:
        found.append(
            _("Layer {number}: there is no activation {name!r}; choose one of {choices}.").format(
                number=number, name=layer.activation, choices=", ".join(ACTIVATIONS)
            )
        )
    return found
