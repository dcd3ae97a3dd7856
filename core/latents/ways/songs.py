"""`Songs`: the two songs of a morph, as latents and as decoded sounds, in any window, whatever is asked for first."""

from __future__ import annotations

from functools import cached_property
from typing import Literal, Protocol

import numpy as np

from core.latents.latent import Latent
from core.latents.ways.kept import Kept
from core.latents.ways.part import Part
from core.latents.ways.spectral import BothSpectra

Side = Literal["a", "b"]
SIDES: tuple[Side, Side] = ("a", "b")
SOUND_BLOCK = 1 << 14  # samples
KEPT_SOUND_BLOCKS = 512  # of each song: 32 MB, more than six minutes at 22.05 kHz
LEAD = 12
"""Latent frames before a stretch that are decoded with it, so that it begins as it does within its song."""


class Decoder(Protocol):
    """What a morph needs of a model; `core.models.codec.Codec` is one."""

    @property
    def rate(self) -> int: ...
    @property
    def silence(self) -> np.ndarray: ...
    def frame_window(self, start: int, count: int, total_frames: int) -> tuple[int, int]: ...
    def decode_values(
        self, values: np.ndarray, *, first: int, start: int, count: int, total_frames: int
    ) -> np.ndarray: ...


class Songs:
    """Two songs of one model, or stretches of them, for as long as their morph is. May be read by several threads.

    Args:
        extent: samples and latent frames of the morph; a song that is over is silent.
    """

    def __init__(self, model: Decoder, a: Part, b: Part, *, extent: tuple[int, int]) -> None:
        self.model, self.a, self.b = model, a, b
        self.samples, self.frames = extent
        self.channels = max(a.channels, b.channels)
        self._sounds = {"a": _Sound(model, a.latent), "b": _Sound(model, b.latent)}
        self._lead = min(LEAD, a.first, b.first)
        self._led = self._lead * (a.offset // a.first) if self._lead else 0

    @property
    def rate(self) -> int:
        return self.model.rate

    @cached_property
    def spectra(self) -> BothSpectra:
        """Those of both sounds, kept."""
        return BothSpectra(self.rate, self.sound)

    @cached_property
    def silence(self) -> np.ndarray:
        """(channels, 1) the latent frame of silence."""
        found = np.zeros((self.channels, 1), np.float32)
        known = self.model.silence[: self.channels]
        found[: len(known), 0] = known
        return found

    def part(self, side: Side) -> Part:
        return self.a if side == "a" else self.b

    def values(self, side: Side, first: int, last: int) -> np.ndarray:
        """(channels, last - first) float32: latent frames [first, last) less silence's, so that 0 is silence."""
        return self.part(side).values(self.channels, first, last, self.silence[:, 0]) - self.silence

    def window(self, start: int, count: int) -> tuple[int, int]:
        """The latent frames [first, last) that the samples [start, start + count) depend on."""
        first, last = self.model.frame_window(start + self._led, count, self.frames + self._lead)
        return first - self._lead, last - self._lead

    def decoded(self, values: np.ndarray, first: int, start: int, count: int) -> np.ndarray:
        """(count,) samples from `start` on, of latent values from the frame `first` on, as `values` gives them."""
        return self.model.decode_values(
            values + self.silence,
            first=first + self._lead,
            start=start + self._led,
            count=count,
            total_frames=self.frames + self._lead,
        )

    def sound(self, side: Side, start: int, count: int) -> np.ndarray:
        """(count,) float32 decoded samples of a song from `start` on; zeros outside of the morph."""
        part = self.part(side)
        found = self._sounds[side].read(part.offset + start, count)
        found[: max(-start, 0)] = 0
        found[max(min(self.samples, part.samples) - start, 0) :] = 0
        return found

    @cached_property
    def statistics(self) -> dict[Side, tuple[np.ndarray, np.ndarray]]:
        """Of each song: (channels, 1) mean and deviation over all of it, less silence."""
        found: dict[Side, tuple[np.ndarray, np.ndarray]] = {}
        for side in SIDES:
            values = self.values(side, 0, self.part(side).frames).astype(np.float64)
            means, deviations = values.mean(axis=1, keepdims=True), values.std(axis=1, keepdims=True)
            found[side] = means.astype(np.float32), deviations.astype(np.float32)
        return found


class _Sound:
    """A song decoded when it is asked for, in blocks that are kept: a slider that moves decodes nothing anew."""

    def __init__(self, model: Decoder, latent: Latent) -> None:
        self._model, self._latent = model, latent
        self._blocks: Kept[np.ndarray] = Kept(self._block, KEPT_SOUND_BLOCKS)

    def read(self, start: int, count: int) -> np.ndarray:
        """(count,) float32 samples from `start` on; zeros outside of the song."""
        sound = np.zeros(count, np.float32)
        begin, end = max(start, 0), min(start + count, self._latent.samples)
        while begin < end:
            number, offset = divmod(begin, SOUND_BLOCK)
            length = min(end - begin, SOUND_BLOCK - offset)
            sound[begin - start : begin - start + length] = self._blocks[number][offset : offset + length]
            begin += length
        return sound

    def _block(self, number: int) -> np.ndarray:
        start = number * SOUND_BLOCK
        first, last = self._model.frame_window(start, SOUND_BLOCK, self._latent.frames)
        return self._model.decode_values(
            self._latent.values[:, first:last],
            first=first,
            start=start,
            count=SOUND_BLOCK,
            total_frames=self._latent.frames,
        )
