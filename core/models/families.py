"""Presets that are sizes of one model: a nested model is one choice for the user, its size another. Needs no torch."""

from __future__ import annotations

from dataclasses import dataclass

from core.models.design import CLIP_SAMPLES, Design, floats_per_second, latent_floats
from core.models.presets import Preset, presets


@dataclass(frozen=True)
class Family:
    """All presets of one network, largest first; of a model that is not nested there is one."""

    name: str
    members: tuple[Preset, ...]

    @property
    def whole(self) -> Preset:
        """The preset that keeps every channel."""
        return self.members[0]

    @property
    def nested(self) -> bool:
        return len(self.members) > 1


def families() -> list[Family]:
    """Every preset once, in families, in the order of `presets`."""
    found: list[list[Preset]] = []
    for each in presets():
        mates = next((mates for mates in found if mates[0].kind == each.kind and mates[0].config == each.config), None)
        if mates is None:
            found.append([each])
        else:
            mates.append(each)
    return [_family(mates) for mates in found]


def family_of(name: str) -> Family | None:
    """The family that the preset called `name` belongs to; None for anything else."""
    return next((each for each in families() if name in [member.name for member in each.members]), None)


def whole_model(name: str) -> tuple[str, int | None]:
    """What to load for `name` and how many of its channels it keeps: ("klt-1378", 32) for "klt-689".

    A name that is no nested preset's is its own model, of which everything is kept (None).
    """
    family = family_of(name)
    if family is None or not family.nested:
        return name, None
    kept = next(member.channels for member in family.members if member.name == name)
    return family.whole.name, kept if kept < family.whole.channels else None


@dataclass(frozen=True)
class Sizes:
    """How large the latent of a nested model can be: 1 to `channels` floats in each of its frames."""

    channels: int
    floats_per_channel: float  # a second
    clip_floats_per_channel: int  # in a clip of 5 s, edge frames included

    @classmethod
    def of(cls, design: Design) -> Sizes | None:
        """The sizes of a model of this design; None for one that keeps all or nothing."""
        if not design.nested or design.channels < 2:
            return None
        return cls(design.channels, floats_per_second(design, 1), latent_floats(design, CLIP_SAMPLES, 1))

    @property
    def marks(self) -> tuple[int, ...]:
        """Channel counts worth a mark: a quarter, a half, all."""
        return tuple(sorted({max(1, self.channels // part) for part in (4, 2, 1)}))

    def clamped(self, channels: object) -> int:
        """A remembered channel count as one that this model has; all of them for what is no number."""
        if not isinstance(channels, int) or isinstance(channels, bool):
            return self.channels
        return min(max(channels, 1), self.channels)

    def floats_per_second(self, channels: int) -> float:
        return channels * self.floats_per_channel

    def clip_floats(self, channels: int) -> int:
        """Floats in a clip of 5 s."""
        return channels * self.clip_floats_per_channel

    def kbit_per_second(self, channels: int, bits: int = 16) -> float:
        return self.floats_per_second(channels) * bits / 1000


def _family(members: list[Preset]) -> Family:
    members = sorted(members, key=lambda each: -each.channels)
    name = members[0].name
    return Family(name.rpartition("-")[0] or name if len(members) > 1 else name, tuple(members))
