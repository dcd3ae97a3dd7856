"""What can be played: a clip, several clips to switch between, sound decoded while it plays.

Every source has one face, `read(start, count)`, and is tested without a device. A player calls it from its own
thread, in windows of 0.1 to 0.3 s, and adapts a source whose rate is not the device's.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from core.playback.ahead import Ahead
from core.playback.resampling import WindowResampler

if TYPE_CHECKING:
    from core.audio import Clip

AHEAD_SECONDS = 1.5


class Source(Protocol):
    """A stereo sound of known length."""

    @property
    def frames(self) -> int:
        """Length in frames at `rate`."""

    @property
    def rate(self) -> int:
        """Frames a second."""

    @property
    def name(self) -> str:
        """What the record of played spans calls it (it may change while playing, as in an A/B switch)."""

    def read(self, start: int, count: int) -> np.ndarray:
        """Frames [start, start + count) as float32 (count, 2), zeros past the end; may be slow."""


class ClipSource:
    """A clip of any rate and channel count at the rate `rate`, resampled window by window while it plays.

    Mono goes to both ears, more than two channels are averaged to both.
    """

    def __init__(self, clip: Clip, rate: int | None = None, *, name: str = "clip", gain: float = 1.0) -> None:
        self.name = name
        self.gain = gain
        self.rate = rate or clip.rate
        self._samples = clip.samples
        self._windows = WindowResampler(self._stereo, clip.samples.shape[1], clip.rate, self.rate)
        self.frames = self._windows.frames

    def read(self, start: int, count: int) -> np.ndarray:
        return self._windows.read(start, count)

    def _stereo(self, start: int, count: int) -> np.ndarray:
        piece = self._samples[:, start : start + count]
        if piece.shape[0] > 2:
            piece = piece.mean(axis=0, keepdims=True)
        if piece.shape[0] == 1:
            piece = np.repeat(piece, 2, axis=0)
        return np.ascontiguousarray(piece.T, dtype=np.float32) * np.float32(self.gain)


class SwitchSource:
    """Several sources on one time axis, of which one is heard: A/B comparison at the same sample.

    `select` only says which; `Player.changed` makes it heard, with a cross-fade at the very sample.

    Args:
        sources: all of one rate; kept as the tuple `sources`.
        gains: a factor for each (`matched_gains`); 1 where absent.
    """

    def __init__(self, sources: Sequence[Source], gains: Sequence[float] | None = None) -> None:
        if not sources:
            raise ValueError("a SwitchSource needs at least one source")
        if len({source.rate for source in sources}) > 1:
            raise ValueError("the sources of a SwitchSource must have one rate")
        self.sources = tuple(sources)
        self._gains = [1.0] * len(self.sources) if gains is None else [float(gain) for gain in gains]
        if len(self._gains) != len(self.sources):
            raise ValueError("one gain for each source")
        self._selected = 0
        self.rate = self.sources[0].rate
        self.frames = max(source.frames for source in self.sources)

    @property
    def selected(self) -> int:
        return self._selected

    @property
    def name(self) -> str:
        return self.sources[self._selected].name

    def select(self, index: int) -> None:
        """Let source `index` be heard from the next read on."""
        if not 0 <= index < len(self.sources):
            raise IndexError(index)
        self._selected = index

    def read(self, start: int, count: int) -> np.ndarray:
        chosen = self._selected
        return self.sources[chosen].read(start, count) * np.float32(self._gains[chosen])


class LiveSource:
    """Sound decoded while it plays, in windows whose edges are seamless.

    Torch decodes them on one thread: a window is too short to share out, and where other programs keep the cores busy,
    each part that waits for its turn would hold up the others.

    Args:
        decode: decode(start, count) gives float32 (count,), or (count, 2), at `model_rate`, for
            0 <= start <= start + count <= frames; what it depends on (a slider) may change between calls, followed
            by `Player.changed`.
        frames: length at `model_rate`.
        rate: the rate to play at; `model_rate` when absent.
        prepare: prepare(start, count) makes what `decode` will want of those frames whatever changes till then; it
            is called in a thread of its own for the `AHEAD_SECONDS` after what was decoded last.
    """

    def __init__(
        self,
        decode: Callable[[int, int], np.ndarray],
        frames: int,
        model_rate: int,
        rate: int | None = None,
        *,
        name: str = "live",
        prepare: Callable[[int, int], object] | None = None,
    ) -> None:
        self.name = name
        self.rate = rate or model_rate
        self._decode = decode
        self._ahead = Ahead(lambda place: _prepared(prepare, place, frames, model_rate)) if prepare else None
        self._windows = WindowResampler(self._stereo, frames, model_rate, self.rate)
        self.frames = self._windows.frames

    def read(self, start: int, count: int) -> np.ndarray:
        return self._windows.read(start, count)

    def _stereo(self, start: int, count: int) -> np.ndarray:
        if count == 0:
            return np.zeros((0, 2), np.float32)
        with _one_torch_thread():
            piece = np.asarray(self._decode(start, count), dtype=np.float32)
        if self._ahead:
            self._ahead.reached(start + count)
        if piece.ndim == 1:
            piece = piece[:, None]
        return np.ascontiguousarray(np.broadcast_to(piece, (count, 2)))


class AdaptedSource:
    """Another source at another rate; `factor` is its rate over the original's."""

    def __init__(self, source: Source, rate: int) -> None:
        self.source = source
        self.rate = rate
        self.factor = rate / source.rate
        self._windows = WindowResampler(source.read, source.frames, source.rate, rate)
        self.frames = self._windows.frames

    @property
    def name(self) -> str:
        return self.source.name

    def read(self, start: int, count: int) -> np.ndarray:
        return self._windows.read(start, count)


def _prepared(prepare: Callable[[int, int], object], place: int, frames: int, rate: int) -> None:
    count = min(round(AHEAD_SECONDS * rate), frames - place)
    if count > 0:
        with _one_torch_thread():
            prepare(place, count)


def _one_torch_thread() -> contextlib.AbstractContextManager[object]:
    """Let torch, if anybody has loaded it, use one thread when this one computes."""
    if not hasattr(sys.modules.get("torch"), "get_num_threads"):  # absent, or still being loaded
        return contextlib.nullcontext()
    from core.devices import torch_threads

    return torch_threads(1)


def finite(samples: np.ndarray) -> np.ndarray:
    """`samples` as float32 with 0 where they are not finite."""
    samples = np.asarray(samples, dtype=np.float32)
    return samples if np.isfinite(samples).all() else np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)


def raised_cosine(count: int) -> np.ndarray:
    """Weights rising from 0 to 1 without a corner, float32 (count,)."""
    return (0.5 - 0.5 * np.cos(np.pi * (np.arange(count) + 0.5) / max(1, count))).astype(np.float32)
