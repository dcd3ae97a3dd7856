"""What every model declares about itself before any network is built: sizes, tensors, configuration.

A design is plain data and arithmetic. The window, `musicae models` and the check of a checkpoint's header all
work from it without loading torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from core.errors import UsageError
from core.i18n import _

CLIP_SECONDS = 5
CLIP_SAMPLES = 110_250
"""Five seconds at 22,050 Hz: the clip that latent sizes are stated for."""
MODEL_RATE = 22_050


class Design(Protocol):
    """The face that all designs share."""

    @property
    def kind(self) -> str: ...
    @property
    def rate(self) -> int: ...
    @property
    def hop(self) -> int:
        """Samples from one latent frame to the next."""

    @property
    def channels(self) -> int:
        """Floats in one latent frame."""

    @property
    def nested(self) -> bool:
        """Whether the first channels alone are a smaller latent of the same model."""

    @property
    def corrections(self) -> int:
        """How often encoding mends its latent after the first pass; 0 where there is one pass only."""

    @property
    def parameters(self) -> int: ...
    def frames(self, samples: int) -> int:
        """Latent frames of a sound of `samples` samples, those at its edges included."""

    def tensors(self) -> dict[str, tuple[int, ...]]:
        """Name and shape of every stored weight."""

    def to_dict(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class KltDesign:
    """The closed-form linear transform: `channels` projections of MDCT frames of `hop` coefficients."""

    channels: int = 64
    hop: int = 1024
    window: str = "sine"
    rate: int = MODEL_RATE

    kind = "klt"
    nested = True
    corrections = 0
    WINDOWS = ("sine", "kbd")

    def __post_init__(self) -> None:
        if not 2 <= self.hop <= 8192 or self.hop % 2:
            raise UsageError(_("A hop of {hop} is not an even number from 2 to 8192.").format(hop=self.hop))
        if not 1 <= self.channels <= self.hop:
            raise UsageError(
                _("{channels} channels are not between 1 and the hop, {hop}.").format(
                    channels=self.channels, hop=self.hop
                )
            )
        if self.window not in self.WINDOWS:
            raise UsageError(_("There is no window {name!r}; choose sine or kbd.").format(name=self.window))
        check_rate(self.rate)

    @property
    def parameters(self) -> int:
        return self.channels * self.hop

    def frames(self, samples: int) -> int:
        # Frame f overlaps its neighbours by half: it reaches from one hop before sample f * hop to one after.
        return -(-max(samples, 1) // self.hop) + 1

    def tensors(self) -> dict[str, tuple[int, ...]]:
        return {"projection": (self.channels, self.hop)}

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "rate": self.rate,
            "channels": self.channels,
            "hop": self.hop,
            "window": self.window,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> KltDesign:
        return cls(
            channels=whole_number(values, "channels"),
            hop=whole_number(values, "hop"),
            window=text(values, "window"),
            rate=whole_number(values, "rate"),
        )


def floats_per_second(design: Design, channels: int | None = None) -> float:
    """The latent's rate without what the edges add; `channels` for a prefix of a nested model."""
    return (channels or design.channels) * design.rate / design.hop


def latent_floats(design: Design, samples: int = CLIP_SAMPLES, channels: int | None = None) -> int:
    """Values stored for `samples` samples, edge frames included."""
    return (channels or design.channels) * design.frames(samples)


def design_from_dict(values: Mapping[str, Any]) -> Design:
    """The design that `to_dict` described.

    Raises:
        UsageError: an unknown kind, a missing or absurd value.
    """
    from core.models.layers import ConvDesign  # they build on this module
    from core.models.studio_design import StudioDesign
    from core.models.vae_design import ResnetVaeDesign, VaeDesign

    kind = values.get("kind")
    if kind == "conv":
        return ConvDesign.from_dict(values)
    if kind == "klt":
        return KltDesign.from_dict(values)
    if kind == "studio":
        return StudioDesign.from_dict(values)
    if kind == "resnet-vae":
        return ResnetVaeDesign.from_dict(values)
    if kind == "vae":
        return VaeDesign.from_dict(values)
    raise UsageError(
        _("This version of Musicae knows no model of the kind {kind!r}.").format(kind=str(kind)[:40]),
    )


def whole_number(values: Mapping[str, Any], name: str) -> int:
    value = values.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise UsageError(_("The model's {name} is missing or not a whole number.").format(name=name))
    return value


def text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if not isinstance(value, str):
        raise UsageError(_("The model's {name} is missing or not a word.").format(name=name))
    return value


def check_rate(rate: int) -> None:
    if not 1000 <= rate <= 384_000:
        raise UsageError(_("A sample rate of {rate} Hz is not between 1000 and 384,000.").format(rate=rate))
