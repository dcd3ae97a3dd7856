"""The shape of `studio`, the spectral autoencoder: sizes, tensors and configuration, without torch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import UsageError
from core.i18n import _
from core.models.design import MODEL_RATE, check_rate, whole_number


@dataclass(frozen=True)
class StudioDesign:
    """A linear path (a lapped transform of `channels` directions) and a network of ConvNeXt blocks beside it.

    The network works on complex spectra of `window` samples, `steps` of them a latent frame. Blocks run either at
    the spectra's rate ("fine") or at the latent's ("coarse").

    Attributes:
        channels: floats in a latent frame.
        hop: samples from one latent frame to the next.
        steps: spectra a latent frame.
        window: samples of a spectrum.
        width: features of a frame inside of the network.
        kernel: frames that a block's depthwise convolution sees.
        encoder_fine, encoder_coarse, decoder_coarse, decoder_fine: blocks of each kind.
        bands: gains that the network gives a spectrum, spread over its bins.
        corrections: how often encoding hears its own reconstruction and moves the latent by what that lacks.
    """

    channels: int = 64
    hop: int = 1024
    steps: int = 2
    window: int = 2048
    width: int = 352
    expansion: int = 3
    kernel: int = 7
    encoder_fine: int = 1
    encoder_coarse: int = 1
    decoder_coarse: int = 2
    decoder_fine: int = 3
    bands: int = 64
    corrections: int = 2
    rate: int = MODEL_RATE

    kind = "studio"
    nested = True

    def __post_init__(self) -> None:
        limits = {
            "channels": (1, self.hop),
            "hop": (2, 8192),
            "steps": (1, 64),
            "window": (4, 16384),
            "width": (1, 4096),
            "expansion": (1, 8),
            "kernel": (1, 31),
            "encoder_fine": (0, 64),
            "encoder_coarse": (0, 64),
            "decoder_coarse": (0, 64),
            "decoder_fine": (0, 64),
            "bands": (2, 512),
            "corrections": (0, 8),
        }
        for name, (low, high) in limits.items():
            if not low <= getattr(self, name) <= high:
                raise UsageError(
                    _("The model's {name}, {value}, is not between {low} and {high}.").format(
                        name=name, value=getattr(self, name), low=low, high=high
                    )
                )
        if self.hop % self.steps or self.window % (2 * self.stride) or self.window < 4 * self.stride:
            raise UsageError(_("The model's window does not hold a whole number of its steps, at least four."))
        if self.kernel % 2 == 0:
            raise UsageError(_("The model's kernel, {kernel}, is not an odd number.").format(kernel=self.kernel))
        check_rate(self.rate)

    @property
    def stride(self) -> int:
        """Samples from one spectrum to the next."""
        return self.hop // self.steps

    @property
    def bins(self) -> int:
        return self.window // 2 + 1

    @property
    def encode_context(self) -> int:
        return self.once_context + self.corrections * (self.decode_context + self.once_context)

    @property
    def once_context(self) -> int:
        """That of a single pass through the encoder."""
        return self._context(self.encoder_fine, self.encoder_coarse)

    @property
    def decode_context(self) -> int:
        return self._context(self.decoder_fine, self.decoder_coarse)

    @property
    def parameters(self) -> int:
        return sum(math.prod(shape) for shape in self.tensors().values())

    def frames(self, samples: int) -> int:
        # Frame f of the linear path reaches from one hop before sample f * hop to one after.
        return -(-max(samples, 1) // self.hop) + 1

    def tensors(self) -> dict[str, tuple[int, ...]]:
        width, steps = self.width, self.steps
        found: dict[str, tuple[int, ...]] = {
            "analysis": (self.channels, 2 * self.hop),
            "synthesis": (self.channels, 2 * self.hop),
            "spectrum": (self.bins,),
        }
        found |= _linear("encoder.enter", 2 * self.bins, width) | _norm("encoder.entered", width)
        for place in range(self.encoder_fine):
            found |= self._block(f"encoder.fine.{place}")
        found |= _linear("encoder.down", steps * width, width)
        for place in range(self.encoder_coarse):
            found |= self._block(f"encoder.coarse.{place}")
        found |= _norm("encoder.left", width) | _linear("encoder.leave", width, self.channels)
        found |= _linear("decoder.enter", self.channels, width)
        for place in range(self.decoder_coarse):
            found |= self._block(f"decoder.coarse.{place}")
        found |= _linear("decoder.up", width, steps * width)
        for place in range(self.decoder_fine):
            found |= self._block(f"decoder.fine.{place}")
        found |= _norm("decoder.left", width)
        return found | _linear("decoder.gain", width, self.bands) | _linear("decoder.leave", width, 2 * self.bins)

    def to_dict(self) -> dict[str, Any]:
        return {"kind": self.kind} | {name: getattr(self, name) for name in self.__dataclass_fields__}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> StudioDesign:
        values = {"corrections": 0, **values}  # models from before there were any
        return cls(**{name: whole_number(values, name) for name in cls.__dataclass_fields__})

    def _context(self, fine: int, coarse: int) -> int:
        """Latent frames: half a kernel a block, and half a window of the spectra at both ends of the network."""
        reach = self.kernel // 2
        spectra = fine * reach + self.window // (2 * self.stride)
        return coarse * reach + -(-spectra // self.steps)

    def _block(self, name: str) -> dict[str, tuple[int, ...]]:
        width, inner = self.width, self.expansion * self.width
        return (
            {f"{name}.depthwise": (self.kernel, width), f"{name}.layer_scale": (width,)}
            | _norm(f"{name}.norm", width)
            | _linear(f"{name}.widen", width, inner)
            | _linear(f"{name}.narrow", inner, width)
        )


def _linear(name: str, inputs: int, outputs: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (outputs, inputs), f"{name}.bias": (outputs,)}


def _norm(name: str, width: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (width,), f"{name}.bias": (width,)}
