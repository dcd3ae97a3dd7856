"""Changes of a latent, or of a region of it, as plain data: applied in order they give the result, one less undoes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.errors import UsageError
from core.i18n import _, marked
from core.latents.latent import Latent, LatentError
from core.latents.model import LatentModel
from core.latents.parts import Part, PartReader
from core.latents.plain import from_plain, to_plain
from core.latents.quantise import FEWEST_BITS, HALF_PRECISION, quantised

NAMES = {
    "mute": marked("Mute"),
    "solo": marked("Solo"),
    "scale": marked("Scale"),
    "invert": marked("Invert"),
    "noise": marked("Add noise"),
    "quantise": marked("Quantise"),
    "shift": marked("Shift"),
    "reverse": marked("Reverse"),
    "stretch": marked("Stretch"),
    "paste": marked("Paste"),
}
"""Every kind of edit, with its English name for `_`."""
MOST_STRETCH = 16.0
MOST_FRAMES = 1 << 22


@dataclass(frozen=True)
class Edit:
    """One change.

    Args:
        kind: one of `NAMES`.
        channels: those that change (with "solo", those that stay); None for all.
        first, last: frames [first, last) that change; None for the end.
        amount: the factor of "scale" and "stretch" (1.5 is half as long again), the deviations of "noise", the bits
            of "quantise", the frames of "shift" (later is positive; what leaves the region comes in at its other
            end), the share of "paste" (1 replaces, 0.5 mixes).
        seed: of "noise".
        source: what "paste" puts at `first`.
    """

    kind: str
    channels: tuple[int, ...] | None = None
    first: int = 0
    last: int | None = None
    amount: float = 1.0
    seed: int = 0
    source: Part | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return to_plain(self)

    @classmethod
    def from_dict(cls, values: object) -> Edit:
        """What `to_dict` gave; raises UsageError for anything else."""
        return from_plain(cls, values, {"source": Part})

    def check(self) -> None:
        """Raises UsageError where the edit makes no sense for any latent."""
        if self.kind not in NAMES:
            raise UsageError(_("There is no edit {name!r} of a latent.").format(name=self.kind))
        if not np.isfinite(self.amount):
            raise UsageError(_("An edit of a latent needs a finite amount."))
        if self.kind == "stretch" and (
            not 1 / MOST_STRETCH <= self.amount <= MOST_STRETCH or self.channels is not None
        ):
            raise UsageError(
                _("A stretch goes from 1/{most:.0f} to {most:.0f} times the length, of all channels together.").format(
                    most=MOST_STRETCH
                )
            )
        if self.kind == "quantise" and self.amount not in range(FEWEST_BITS, HALF_PRECISION + 1):
            raise UsageError(
                _("A latent is quantised to {low} to {high} bits.").format(low=FEWEST_BITS, high=HALF_PRECISION)
            )
        if self.kind == "paste" and self.source is None:
            raise UsageError(_("There is nothing to paste."))
        if self.seed < 0:
            raise UsageError(_("The seed is {seed}; it must be 0 or more.").format(seed=self.seed))


def edited(latent: Latent, edits: Sequence[Edit], model: LatentModel, read: PartReader | None = None) -> Latent:
    """`latent` after all `edits`, in their order; it is not changed itself.

    Args:
        model: what made the latent; its silence is what "mute" leaves.
        read: gives the latents that are pasted.

    Raises:
        UsageError: an edit names channels that the latent lacks, or its amount is out of range.
        LatentError: what is pasted was made by another model.
    """
    for edit in edits:
        edit.check()
        latent = _stretched(latent, edit, model) if edit.kind == "stretch" else _changed(latent, edit, model, read)
    return latent


def _changed(latent: Latent, edit: Edit, model: LatentModel, read: PartReader | None) -> Latent:
    values = latent.values.copy()
    channels = _channels(edit, latent)
    first, last = _span(edit, latent)
    silence = model.silence[: latent.channels].astype(np.float32)[:, None]
    if edit.kind == "solo":
        channels = np.setdiff1d(np.arange(latent.channels), channels)
    if first < last and len(channels):
        region = values[channels, first:last]
        if edit.kind == "paste":
            region = _pasted(region, channels, edit, latent, read)
        else:
            region = _WAYS[edit.kind](region, edit, silence[channels])
        values[channels, first:last] = region
    return Latent(values, latent.model, latent.samples)


def _scaled(region: np.ndarray, factor: float, silence: np.ndarray) -> np.ndarray:
    return silence + np.float32(factor) * (region - silence)


def _noisy(region: np.ndarray, edit: Edit) -> np.ndarray:
    """Noise of as many deviations as `amount` says, each channel's own."""
    noise = np.random.default_rng(edit.seed).standard_normal(region.shape, dtype=np.float32)
    return region + np.float32(edit.amount) * region.std(axis=1, keepdims=True) * noise


_WAYS: dict[str, Callable[[np.ndarray, Edit, np.ndarray], np.ndarray]] = {
    "mute": lambda region, edit, silence: np.broadcast_to(silence, region.shape),
    "solo": lambda region, edit, silence: np.broadcast_to(silence, region.shape),
    "scale": lambda region, edit, silence: _scaled(region, edit.amount, silence),
    "invert": lambda region, edit, silence: _scaled(region, -1.0, silence),
    "noise": lambda region, edit, silence: _noisy(region, edit),
    "quantise": lambda region, edit, silence: quantised(Latent(region, "", 1), round(edit.amount)).values,
    "shift": lambda region, edit, silence: np.roll(region, round(edit.amount), axis=1),
    "reverse": lambda region, edit, silence: region[:, ::-1],
}


def _pasted(
    region: np.ndarray, channels: np.ndarray, edit: Edit, latent: Latent, read: PartReader | None
) -> np.ndarray:
    if edit.source is None or read is None:
        raise UsageError(_("There is nothing to paste."))
    source = read(edit.source)
    if source.model.partition("-")[0] != latent.model.partition("-")[0]:
        raise LatentError(_("These two latents were made by different models; encode both songs with the same one."))
    frames = min(region.shape[1], source.frames)
    known = channels < source.channels
    share = np.float32(edit.amount)
    mixed = region.copy()
    mixed[known, :frames] += share * (source.values[channels[known], :frames] - region[known, :frames])
    return mixed


def _stretched(latent: Latent, edit: Edit, model: LatentModel) -> Latent:
    """The region made longer or shorter by interpolation between frames; the sound's length follows."""
    first, last = _span(edit, latent)
    frames = last - first
    wanted = max(1, round(frames * edit.amount)) if frames > 0 else 0
    if wanted == frames:
        return latent
    if latent.frames - frames + wanted > MOST_FRAMES:
        raise UsageError(_("A latent of that length would not fit into memory."))
    places = np.clip((np.arange(wanted) + 0.5) * frames / wanted - 0.5, 0, frames - 1)
    before = np.floor(places).astype(int)
    after = np.minimum(before + 1, frames - 1)
    share = (places - before).astype(np.float32)
    region = latent.values[:, first:last]
    drawn = region[:, before] * (1 - share) + region[:, after] * share
    values = np.concatenate([latent.values[:, :first], drawn, latent.values[:, last:]], axis=1)
    # A frame more or less is exactly a hop of samples, whatever frames a model has at its edges.
    samples = latent.samples + (wanted - frames) * model.hop
    if samples < 1 or model.design.frames(samples) != values.shape[1]:
        raise UsageError(_("That would leave less sound than this model can make."))
    return Latent(values, latent.model, samples)


def _channels(edit: Edit, latent: Latent) -> np.ndarray:
    if edit.channels is None:
        return np.arange(latent.channels)
    if any(not 0 <= channel < latent.channels for channel in edit.channels):
        raise UsageError(
            _("The latent has the channels 0 to {last}; the edit names others.").format(last=latent.channels - 1)
        )
    return np.unique(np.array(edit.channels, np.int64))


def _span(edit: Edit, latent: Latent) -> tuple[int, int]:
    last = latent.frames if edit.last is None else min(edit.last, latent.frames)
    return min(max(edit.first, 0), latent.frames), last
