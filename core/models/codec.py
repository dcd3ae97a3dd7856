"""`Codec`: one driver for all models. Sound of any rate and length to a `Latent` and back, whole or in parts.

Networks only map tensors. Here are the resampling, the padding, the chunks (so that memory does not grow with the
song) and the cropping; a part that is decoded alone equals the same part of the whole within 1e-4.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch

from core.audio import Clip
from core.devices import choose_device
from core.errors import Cancelled, UsageError
from core.i18n import _
from core.latents.latent import Latent, LatentError
from core.models.card import ModelCard
from core.models.checkpoint import load_model, model_hash
from core.models.design import Design, floats_per_second
from core.models.network import Network, build_network
from core.models.presets import find_model

__all__ = ["Codec", "Latent", "LatentError", "load_codec", "new_codec"]

CHUNK_SECONDS = 20.0
LOUDEST = 1e6
"""Samples beyond this would overflow somewhere; a file that holds them is damaged."""
Progress = Callable[[float], object]


def load_codec(name_or_path: str | Path, *, device: str = "cpu") -> Codec:
    """The codec of a shipped name, a `.musicae` file or a run folder.

    Args:
        device: "cpu", "cuda", "mps" or "auto".

    Raises:
        UsageError: there is no such model, or it was never trained, or the device is not here.
        CheckpointError: the file is damaged.
    """
    chosen = choose_device(device)
    ref = find_model(name_or_path)
    model = load_model(ref.path)
    return Codec(model.network.to(chosen), name=ref.name, card=model.card, keep=ref.channels, model=model.hash)


def new_codec(config: Design | Mapping[str, Any], seed: int = 0, *, name: str = "") -> Codec:
    """An untrained model of the configuration; the same seed gives the same weights."""
    return Codec(build_network(config, seed).eval(), name=name)


class Codec:
    """Encodes and decodes with one network.

    Args:
        network: on its device; it is run without gradients.
        keep: channels of a nested model to use; None for all.
        model: the network's `model_hash`, computed when not given.

    Attributes:
        once: whether it encodes in one pass (`Network.encode_once`).
    """

    def __init__(
        self,
        network: Network,
        *,
        name: str = "",
        card: ModelCard | None = None,
        keep: int | None = None,
        model: str | None = None,
    ) -> None:
        self.network = network
        self.name = name or network.design.kind
        self.card = card or ModelCard()
        self._given_hash = model
        self.once = False
        self.channels = self._channels(keep)

    # -- what it is --------------------------------------------------------------------------------------------------

    @property
    def design(self) -> Design:
        return self.network.design

    @property
    def kind(self) -> str:
        return self.design.kind

    @property
    def device(self) -> torch.device:
        """Where the network is."""
        return next(itertools.chain(self.network.parameters(), self.network.buffers())).device

    @property
    def rate(self) -> int:
        return self.design.rate

    @property
    def hop(self) -> int:
        return self.design.hop

    @property
    def context(self) -> int:
        """Latent frames on each side that decoding a part needs besides its own."""
        return self.network.decode_context

    @property
    def parameters(self) -> int:
        if self.kind == "klt":  # each channel is a row of it
            return self.design.parameters * self.channels // self.design.channels
        return self.design.parameters

    @property
    def floats_per_second(self) -> float:
        return floats_per_second(self.design, self.channels)

    def kbit_per_second(self, bits: int = 16) -> float:
        """Rate of the latent when each float is stored in `bits` bits."""
        return self.floats_per_second * bits / 1000

    @cached_property
    def hash(self) -> str:
        """Content hash of configuration and weights; a nested model's smaller sizes add their channels to it."""
        content = self._given_hash or model_hash(self.network)
        return content if self.channels == self.design.channels else f"{content}-{self.channels}"

    @cached_property
    def in_one_pass(self) -> Codec:
        """This model, encoding much faster and a little worse; the codec itself where it knows no other way.

        Latents of both are the same model's, and decode by either.
        """
        if not self.design.corrections:
            return self
        codec = copy.copy(self)
        codec.once = True
        return codec

    @cached_property
    def silence(self) -> np.ndarray:
        """(channels,) float32: the latent frame of silence, away from all edges."""
        with torch.inference_mode():
            return self.network.silence(self.device)[: self.channels].float().cpu().numpy()

    # -- sound to latent ---------------------------------------------------------------------------------------------

    def encode(
        self,
        clip: Clip,
        *,
        channels: int | None = None,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Latent:
        """The latent of `clip`, mixed to mono and resampled to the model's rate.

        Args:
            channels: keep this many of a nested model's channels.
            progress: told the finished fraction now and then.

        Raises:
            UsageError: an empty clip, samples that are not numbers or absurdly loud, or channels that the model
                cannot leave out.
            Cancelled: `cancelled` said so.
        """
        if clip.frames == 0:
            raise UsageError(_("The sound is empty; there is nothing to encode."))
        if not np.isfinite(clip.samples).all():
            raise UsageError(_("The sound holds values that are not numbers; it cannot be encoded."))
        if clip.peak > LOUDEST:
            raise UsageError(_("The sound is too loud to be encoded: its samples are far beyond full scale."))
        keep = self.channels if channels is None else self._channels(channels)
        samples = clip.mono().resampled(self.rate).samples[0]
        total = self.design.frames(len(samples))
        context = self.network.once_context if self.once else self.network.encode_context
        values = np.empty((keep, total), np.float32)
        for first, last in self._chunks(total, progress, cancelled):
            begin = max(0, first - context)
            part = samples[begin * self.hop : (last + context) * self.hop]
            values[:, first:last] = self._encode_part(part)[:keep, first - begin : last - begin]
        return Latent(values, self.hash, len(samples))

    # -- latent to sound ---------------------------------------------------------------------------------------------

    def decode(
        self,
        latent: Latent,
        *,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Clip:
        """Mono sound at the model's rate, exactly `latent.samples` long.

        Raises:
            LatentError: another model made the latent, or its size does not fit.
            Cancelled: `cancelled` said so.
        """
        self.check(latent)
        sound = np.empty(latent.samples, np.float32)
        for first, last in self._chunks(-(-latent.samples // self.hop), progress, cancelled):
            start, end = first * self.hop, min(last * self.hop, latent.samples)
            sound[start:end] = self._decode_window(latent, start, end - start)
        return Clip(sound[None], self.rate)

    def decode_range(self, latent: Latent, start: int, count: int) -> np.ndarray:
        """(count,) float32: the samples from `start` on as `decode` gives them, zero outside of the sound.

        Only the frames that reach into the range are decoded.
        """
        self.check(latent)
        begin, end = max(start, 0), min(start + count, latent.samples)
        sound = np.zeros(count, np.float32)
        if begin < end:
            sound[begin - start : end - start] = self._decode_window(latent, begin, end - begin)
        return sound

    def decode_values(self, values: np.ndarray, *, first: int, start: int, count: int, total_frames: int) -> np.ndarray:
        """(count,) float32 samples from `start` on, from a part of a latent that need not exist as a whole.

        Args:
            values: (channels, frames) of the frames from `first` on, those of `frame_window` for the same range.
            total_frames: frames of the whole latent; outside of them there is silence.
        """
        sound = np.zeros(count, np.float32)
        if values.shape[1] == 0 or count < 1:
            return sound
        decoded = self._decode_part(values)
        begin = max(start, first * self.hop, 0)
        end = min(start + count, first * self.hop + len(decoded), total_frames * self.hop + self._tail)
        if begin < end:
            sound[begin - start : end - start] = decoded[begin - first * self.hop : end - first * self.hop]
        return sound

    def frame_window(self, start: int, count: int, total_frames: int) -> tuple[int, int]:
        """The latent frames [first, last) that the samples [start, start + count) depend on."""
        first = start // self.hop - self.context
        last = (start + max(count, 1) - 1) // self.hop + 1 + self.context
        return min(max(first, 0), total_frames), min(max(last, 0), total_frames)

    def check(self, latent: Latent) -> None:
        """Raises LatentError where `latent` cannot be decoded by this model."""
        if latent.model.partition("-")[0] != self.hash.partition("-")[0]:
            raise LatentError(
                _("This latent was made by another model than {name}; decode it with the one that made it.").format(
                    name=self.name
                )
            )
        fits = latent.frames == self.design.frames(latent.samples)
        if self.design.nested:
            fits = fits and latent.channels <= self.design.channels
        else:
            fits = fits and latent.channels == self.design.channels
        if not fits:
            raise LatentError(
                _(
                    "A latent of {channels} x {frames} values for {samples} samples does not fit the model {name}."
                ).format(channels=latent.channels, frames=latent.frames, samples=latent.samples, name=self.name)
            )

    # -- parts -------------------------------------------------------------------------------------------------------

    @property
    def _tail(self) -> int:
        """Samples that the last frame may reach beyond its own hop."""
        return self.context * self.hop

    def _decode_window(self, latent: Latent, start: int, count: int) -> np.ndarray:
        first, last = self.frame_window(start, count, latent.frames)
        return self.decode_values(
            latent.values[:, first:last], first=first, start=start, count=count, total_frames=latent.frames
        )

    def _encode_part(self, samples: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            x = torch.from_numpy(np.ascontiguousarray(samples))[None, None].to(self.device)
            z = self.network.encode_once(x) if self.once else self.network.encode(x)
            return z[0].float().cpu().numpy()

    def _decode_part(self, values: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            z = torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))[None].to(self.device)
            sound = self.network.decode(z)[0, 0].float().cpu().numpy()
        # Extreme latents (a slider far outside) may overflow; a loudspeaker must never get that.
        return np.nan_to_num(sound, nan=0.0, posinf=1.0, neginf=-1.0)

    def _chunks(
        self, total: int, progress: Progress | None, cancelled: Callable[[], bool] | None
    ) -> Iterator[tuple[int, int]]:
        """Spans [first, last) of `total` latent frames, with a word to the caller after each."""
        size = max(1, round(CHUNK_SECONDS * self.rate / self.hop))
        for first in range(0, total, size):
            if cancelled is not None and cancelled():
                raise Cancelled(_("Cancelled."))
            last = min(first + size, total)
            yield first, last
            if progress is not None:
                progress(last / total)

    def _channels(self, keep: int | None) -> int:
        every = self.design.channels
        if keep is None or keep == every:
            return every
        if not self.design.nested:
            raise UsageError(_("The model {name} cannot leave out channels.").format(name=self.name))
        if not 1 <= keep <= every:
            raise UsageError(
                _("{keep} channels are not between 1 and the {every} of {name}.").format(
                    keep=keep, every=every, name=self.name
                )
            )
        return keep
