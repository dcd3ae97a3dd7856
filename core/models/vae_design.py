"""The shapes of the two variational models, `resnet-vae` and `vae`: sizes, tensors, configuration, without torch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import UsageError
from core.i18n import _
from core.models.design import MODEL_RATE, check_rate, text, whole_number

OUTPUTS = ("sigmoid", "none")
MAX_PARAMETERS = 50_000_000
MAX_FRAMES_OF_CONTEXT = 512
Tensors = dict[str, tuple[int, ...]]


@dataclass(frozen=True)
class ResnetLayer:
    """A layer of `resnet-vae` as its table lists it.

    Attributes:
        name: prefix of its tensors.
        kind: "convolution" or "dense" (kernel 1), or "block".
        inputs, outputs: channels; a block has as many of both.
        parameters: as Keras counts them, running statistics included.
    """

    name: str
    kind: str
    inputs: int
    outputs: int
    parameters: int


@dataclass(frozen=True)
class ResnetVaeDesign:
    """The second report's network: a block of `hop` samples is one time step of `hop` channels.

    Attributes:
        latent: floats that stand for a block.
        dropout: share of values that training leaves out; 0 is without.
        hop: samples in a block.
        encoder, decoder: channels after each convolution; a block's kernel is as wide as they are many, in the
            decoder as those that follow it.
        output: "sigmoid" keeps the samples, scaled to 0..1, in their range; the report does not say what it had.
    """

    latent: int = 10
    dropout: float = 0.3
    hop: int = 90_000
    encoder: tuple[int, ...] = (64, 128, 128, 256)
    decoder: tuple[int, ...] = (512, 256, 128, 64)
    output: str = "sigmoid"
    rate: int = 3000

    kind = "resnet-vae"
    nested = False
    corrections = 0

    def __post_init__(self) -> None:
        _check_range("latent", self.latent, 1, 4096)
        _check_range("hop", self.hop, 2, 2_000_000)
        _check_dropout(self.dropout)
        for name in ("encoder", "decoder"):
            channels = getattr(self, name)
            _check_range(f"number of {name} layers", len(channels), 1, 16)
            for count in channels:
                _check_range(f"{name} channels", count, 1, 4096)
        if self.output not in OUTPUTS:
            raise UsageError(
                _("There is no output {name!r}; choose one of {choices}.").format(
                    name=self.output[:40], choices=", ".join(OUTPUTS)
                )
            )
        check_rate(self.rate)
        _check_parameters(self.parameters)

    @property
    def channels(self) -> int:
        return self.latent

    @property
    def clip_seconds(self) -> float:
        """Length of the one block that the network knows; a longer song is coded block by block."""
        return self.hop / self.rate

    @property
    def parameters(self) -> int:
        return self.encoder_parameters + self.decoder_parameters

    @property
    def encoder_parameters(self) -> int:
        return sum(layer.parameters for layer in self.encoder_layers())

    @property
    def decoder_parameters(self) -> int:
        return sum(layer.parameters for layer in self.decoder_layers())

    def frames(self, samples: int) -> int:
        return max(1, -(-samples // self.hop))

    def encoder_layers(self) -> list[ResnetLayer]:
        rows: list[ResnetLayer] = []
        inputs = self.hop
        for channels in self.encoder:
            rows.append(_convolution(f"encoder.{len(rows)}", inputs, channels))
            rows.append(_block(f"encoder.{len(rows)}", channels, channels, statistics=2))
            inputs = channels
        outputs = 2 * self.latent
        rows.append(ResnetLayer(f"encoder.{len(rows)}", "dense", inputs, outputs, (inputs + 1) * outputs))
        return rows

    def decoder_layers(self) -> list[ResnetLayer]:
        rows: list[ResnetLayer] = []
        inputs = self.latent
        for channels in self.decoder:
            rows.append(_block(f"decoder.{len(rows)}", inputs, channels, statistics=4))
            rows.append(_convolution(f"decoder.{len(rows)}", inputs, channels))
            inputs = channels
        rows.append(_convolution(f"decoder.{len(rows)}", inputs, self.hop))
        return rows

    def tensors(self) -> Tensors:
        shapes: Tensors = {}
        kernels = iter(self.encoder)
        for layer in self.encoder_layers():
            if layer.kind == "block":
                kernel = next(kernels)
                shapes |= _block_tensors(layer.name, (1, layer.inputs, kernel), ("weight", "bias"))
            elif layer.kind == "dense":
                shapes |= {
                    f"{layer.name}.weight": (layer.outputs, layer.inputs),
                    f"{layer.name}.bias": (layer.outputs,),
                }
            else:
                shapes |= _convolution_tensors(layer.name, layer.inputs, layer.outputs)
        kernels = iter(self.decoder)
        for layer in self.decoder_layers():
            if layer.kind == "block":
                shape = (layer.inputs, 1, next(kernels))
                shapes |= _block_tensors(layer.name, shape, ("weight", "bias", "running_mean", "running_var"))
            else:
                # As a transposed convolution stores it: inputs first.
                shapes[f"{layer.name}.weight"] = (layer.inputs, layer.outputs, 1)
                shapes[f"{layer.name}.bias"] = (layer.outputs,)
        return shapes

    def to_dict(self) -> dict[str, Any]:
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {"kind": self.kind} | values | {"encoder": list(self.encoder), "decoder": list(self.decoder)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ResnetVaeDesign:
        return cls(
            latent=whole_number(values, "latent"),
            dropout=_share(values, "dropout"),
            hop=whole_number(values, "hop"),
            encoder=_whole_numbers(values, "encoder"),
            decoder=_whole_numbers(values, "decoder"),
            output=text(values, "output"),
            rate=whole_number(values, "rate"),
        )


@dataclass(frozen=True)
class VaeDesign:
    """The same idea along time: strided convolution, residual blocks, and a Gaussian for every latent frame.

    Attributes:
        channels: floats in a latent frame.
        hop: samples from one latent frame to the next.
        kernel: samples that a frame reads; with the hop it decides how many frames five seconds have.
        width: channels inside of the network.
        blocks: residual blocks in the encoder, and as many in the decoder.
        reach: frames that each of a block's two convolutions sees, an odd number.
        dropout: share of values that training leaves out in a block's branch; 0 is without.
    """

    channels: int = 8
    hop: int = 48
    kernel: int = 88
    width: int = 48
    blocks: int = 3
    reach: int = 5
    dropout: float = 0.0
    rate: int = MODEL_RATE

    kind = "vae"
    nested = False
    corrections = 0

    def __post_init__(self) -> None:
        _check_range("hop", self.hop, 1, 8192)
        _check_range("kernel", self.kernel, self.hop, 4 * self.hop)
        _check_range("width", self.width, 1, 4096)
        _check_range("channels", self.channels, 1, self.width)
        _check_range("number of blocks", self.blocks, 0, 64)
        _check_range("reach", self.reach, 1, 31)
        if self.reach % 2 == 0:
            raise UsageError(_("The model's reach, {reach}, is not an odd number.").format(reach=self.reach))
        _check_dropout(self.dropout)
        check_rate(self.rate)
        _check_range("context", self.context, 0, MAX_FRAMES_OF_CONTEXT)
        _check_parameters(self.parameters)

    @property
    def context(self) -> int:
        """Neighbouring frames, on one side, that a frame's value or a hop of samples depends on."""
        return -(-self.kernel // self.hop) - 1 + 2 * self.blocks * (self.reach // 2)

    @property
    def parameters(self) -> int:
        return sum(math.prod(shape) for shape in self.tensors().values())

    def frames(self, samples: int) -> int:
        return max(0, -(-(samples - self.kernel) // self.hop)) + 1

    def tensors(self) -> Tensors:
        width, channels = self.width, self.channels
        shapes: Tensors = {"encoder.enter.weight": (width, 1, self.kernel), "encoder.enter.bias": (width,)}
        for name in ("mean", "log_variance"):
            shapes |= _convolution_tensors(f"encoder.{name}", width, channels)
        shapes |= _convolution_tensors("decoder.enter", channels, width)
        for side in ("encoder", "decoder"):
            for place in range(self.blocks):
                for part in ("widen", "narrow"):
                    shapes |= _convolution_tensors(f"{side}.blocks.{place}.{part}", width, width, self.reach)
                shapes |= {f"{side}.blocks.{place}.norm.{name}": (width,) for name in ("weight", "bias")}
        return shapes | {"decoder.leave.weight": (width, 1, self.kernel), "decoder.leave.bias": (1,)}

    def to_dict(self) -> dict[str, Any]:
        return {"kind": self.kind} | {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> VaeDesign:
        numbers = ("channels", "hop", "kernel", "width", "blocks", "reach", "rate")
        return cls(**{name: whole_number(values, name) for name in numbers}, dropout=_share(values, "dropout"))


def _convolution(name: str, inputs: int, outputs: int) -> ResnetLayer:
    return ResnetLayer(name, "convolution", inputs, outputs, inputs * outputs + outputs)


def _block(name: str, channels: int, kernel: int, *, statistics: int) -> ResnetLayer:
    """A residual block: C to 1 and 1 to 1 with the same kernel, and two norms of `statistics` numbers each."""
    return ResnetLayer(name, "block", channels, channels, kernel * channels + 1 + kernel + 1 + 2 * statistics)


def _convolution_tensors(name: str, inputs: int, outputs: int, kernel: int = 1) -> Tensors:
    return {f"{name}.weight": (outputs, inputs, kernel), f"{name}.bias": (outputs,)}


def _block_tensors(name: str, shape: tuple[int, int, int], statistics: tuple[str, ...]) -> Tensors:
    shapes: Tensors = {
        f"{name}.wide.weight": shape,
        f"{name}.wide.bias": (1,),
        f"{name}.narrow.weight": (1, 1, shape[2]),
        f"{name}.narrow.bias": (1,),
    }
    return shapes | {f"{name}.norm{number}.{part}": (1,) for number in (1, 2) for part in statistics}


def _check_range(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise UsageError(
            _("The model's {name}, {value}, is not between {low} and {high}.").format(
                name=name, value=value, low=low, high=high
            )
        )


def _check_dropout(share: float) -> None:
    if not 0 <= share < 1:
        raise UsageError(_("A dropout of {share} is not from 0 to below 1.").format(share=share))


def _check_parameters(count: int) -> None:
    if count > MAX_PARAMETERS:
        raise UsageError(
            _("The network has {count:,} parameters; {most:,} are the most.").format(count=count, most=MAX_PARAMETERS)
        )


def _share(values: Mapping[str, Any], name: str) -> float:
    value = values.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise UsageError(_("The model's {name} is missing or not a number.").format(name=name))
    return float(value)


def _whole_numbers(values: Mapping[str, Any], name: str) -> tuple[int, ...]:
    listed = values.get(name)
    if not isinstance(listed, list) or not all(type(each) is int for each in listed):
        raise UsageError(_("The model's {name} is missing or no list of whole numbers.").format(name=name))
    return tuple(listed)
