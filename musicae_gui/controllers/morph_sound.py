"""The sound between two songs, decoded while it plays. No Qt, no torch of its own."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.audio import Clip
from core.latents.blend import blend, blend_window, blended_samples

if TYPE_CHECKING:
    from core.models.codec import Codec, Latent
    from musicae_gui.tasks import TaskContext

_RECENT = 12  # decodes over which the speed is averaged


@dataclass(frozen=True)
class Pair:
    """Two songs' latents of one model, and how long their blend is."""

    codec: Codec
    a: Latent
    b: Latent
    length: str

    @property
    def samples(self) -> int:
        return blended_samples(self.a, self.b, self.length)

    @property
    def frames(self) -> int:
        return self.a.frames if self.samples == self.a.samples else self.b.frames


class Blend:
    """What a LiveSource decodes: `at` may be set in one thread while another decodes.

    One decode uses one value of `at`: a value that moved inside of a window would leave aliasing of the transform
    uncancelled. The player cross-fades from window to window.
    """

    def __init__(self, pair: Pair, at: float) -> None:
        self.pair = pair
        self.at = at
        self._lock = threading.Lock()
        self._spent: list[tuple[float, float]] = []  # (seconds of work, seconds of sound)

    def decode(self, start: int, count: int) -> np.ndarray:
        """(count,) float32 samples from `start` on, at the model's rate."""
        began = time.perf_counter()
        sound = blended_range(self.pair, self.at, start, count)
        with self._lock:
            self._spent = [*self._spent[1 - _RECENT :], (time.perf_counter() - began, count / self.pair.codec.rate)]
        return sound

    @property
    def speed(self) -> float:
        """Seconds of sound decoded in a second of work, lately; 0 before the first decode."""
        with self._lock:
            spent = sum(work for work, _sound in self._spent)
            made = sum(sound for _work, sound in self._spent)
        return made / spent if spent > 0 else 0.0


def blended_range(pair: Pair, at: float, start: int, count: int) -> np.ndarray:
    """(count,) float32 samples of the blend from `start` on; only the latent frames that reach into it are decoded."""
    codec, total = pair.codec, pair.frames
    first, last = codec.frame_window(start, count, total)
    values = blend_window(pair.a, pair.b, at, first, last, silence=codec.silence)
    return codec.decode_values(values, first=first, start=start, count=count, total_frames=total)


def blended_clip(pair: Pair, at: float, start: int, count: int, context: TaskContext) -> Clip:
    """A stretch of the blend, for the picture; in blocks, so that it can be given up for a later one."""
    step = 10 * pair.codec.rate
    parts = []
    for begin in range(start, start + count, step):
        context.check()
        parts.append(blended_range(pair, at, begin, min(step, start + count - begin)))
    return Clip(np.concatenate(parts) if parts else np.zeros(0, np.float32), pair.codec.rate)


def blended_whole(pair: Pair, at: float, context: TaskContext) -> Clip:
    """All of the blend as it is written to a file."""
    latent = blend(pair.a, pair.b, at, length=pair.length, silence=pair.codec.silence)
    return pair.codec.decode(latent, progress=context.progress, cancelled=context.cancelled)
