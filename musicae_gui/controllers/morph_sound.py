"""The sound between two songs, decoded while it plays. No Qt, no torch of its own."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from core.audio import Clip, read_clip
from core.latents.prefix import first_channels
from core.latents.ways import DEFAULT_WAY, WAYS, Morph

if TYPE_CHECKING:
    from core.library import Song
    from core.models.codec import Codec, Latent
    from musicae_gui.tasks import TaskContext

_RECENT = 12  # decodes over which the speed is averaged


@dataclass(frozen=True)
class Encoded:
    """A song as Morph needs it; `clip` is mono at the model's rate."""

    song: str
    model: str  # hash
    clip: Clip
    latent: Latent


def encode_song(song: Song, codec: Codec, context: TaskContext) -> Encoded:
    """All of a song, with all channels of the model.

    Raises:
        AudioFileError: its file cannot be read.
    """
    clip = read_clip(song.path).mono().resampled(codec.rate)
    context.check()
    latent = codec.encode(clip, progress=context.progress, cancelled=context.cancelled)
    return Encoded(song.key, codec.hash, clip, latent)


@dataclass(frozen=True)
class Pair:
    """Two songs' latents of one model, how much of them is kept, and how long their blend is."""

    codec: Codec
    whole_a: Latent
    whole_b: Latent
    length: str
    channels: int

    @property
    def a(self) -> Latent:
        return first_channels(self.whole_a, self.channels)

    @property
    def b(self) -> Latent:
        return first_channels(self.whole_b, self.channels)

    @cached_property
    def morph(self) -> Morph:
        """What is between them, by any way; both songs are decoded once for all values of the slider."""
        return Morph(self.codec, self.a, self.b, length=self.length)

    @property
    def samples(self) -> int:
        return self.morph.samples


class Blend:
    """What a LiveSource decodes: `at`, `way` and `pair` (another size) may be set while another thread decodes.

    One decode uses one value of `at`: a value that moved inside of a window would leave aliasing of the transform
    uncancelled. The player cross-fades from window to window.
    """

    def __init__(self, pair: Pair, at: float, way: str = DEFAULT_WAY) -> None:
        self.pair = pair
        self.at = at
        self.way = way
        self.samples, self.rate = pair.samples, pair.codec.rate
        self._lock = threading.Lock()
        self._spent: list[tuple[float, float]] = []  # (seconds of work, seconds of sound)

    def decode(self, start: int, count: int) -> np.ndarray:
        """(count,) float32 samples from `start` on, at the model's rate."""
        began = time.perf_counter()
        sound = self.pair.morph.range(WAYS[self.way], self.at, start, count)
        with self._lock:
            self._spent = [*self._spent[1 - _RECENT :], (time.perf_counter() - began, count / self.pair.codec.rate)]
        return sound

    @property
    def seconds(self) -> float:
        return self.samples / self.rate

    @property
    def speed(self) -> float:
        """Seconds of sound decoded in a second of work, lately; 0 before the first decode."""
        with self._lock:
            spent = sum(work for work, _sound in self._spent)
            made = sum(sound for _work, sound in self._spent)
        return made / spent if spent > 0 else 0.0


def blended_clip(pair: Pair, way: str, at: float, start: int, count: int, context: TaskContext) -> Clip:
    """A stretch of the blend, for the picture; in blocks, so that it can be given up for a later one."""
    step = 10 * pair.codec.rate
    parts = []
    for begin in range(start, start + count, step):
        context.check()
        parts.append(pair.morph.range(WAYS[way], at, begin, min(step, start + count - begin)))
    return Clip(np.concatenate(parts) if parts else np.zeros(0, np.float32), pair.codec.rate)


def blended_whole(pair: Pair, way: str, at: float, context: TaskContext) -> Clip:
    """All of the blend as it is written to a file."""
    sound = pair.morph.whole(WAYS[way], at, progress=context.progress, cancelled=context.cancelled)
    return Clip(sound[None], pair.codec.rate)
