"""The sound between songs, decoded while it plays. No Qt, no torch of its own."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from core.audio import Clip, read_clip
from core.latents.prefix import first_channels
from core.latents.ways import DEFAULT_WAY, WAYS, Curve, Morph, Part, along, in_chunks

if TYPE_CHECKING:
    from core.library import Song
    from core.models.codec import Codec, Latent
    from musicae_gui.controllers.morph_state import Stretch
    from musicae_gui.tasks import TaskContext

_RECENT = 12  # decodes over which the speed is averaged
DRAFT_FROM = 20.0  # seconds of a song whose best latent would be waited for
AHEAD_SECONDS = 6.0  # that are made of better latents before they take over; making them takes two or three
BLOCK_SECONDS = 2.0  # decoded at a time for the picture
REST = 0.15  # seconds without a move that make it rest


@dataclass(frozen=True)
class Warp:
    """What is done to a song before it is encoded: made `factor` times as long, its first `begin` seconds left out."""

    factor: float = 1.0
    begin: float = 0.0

    def stretch(self, stretch: Stretch) -> Stretch:
        """Where a part of the song as it is lies in the warped song, which begins with that part."""
        end = stretch[1]
        return 0.0, None if end is None else max(end * self.factor - self.begin, 0.0)


@dataclass(frozen=True)
class Encoded:
    """A song as Morph needs it; `clip` is mono at the model's rate and whole, `latent` is of the warped song."""

    song: str
    model: str  # hash
    clip: Clip
    latent: Latent
    warp: Warp | None = None
    warped: Clip | None = None
    draft: bool = False  # encoded in one pass, to be heard until the better latent is there

    @property
    def sound(self) -> Clip:
        """What was encoded."""
        return self.clip if self.warped is None else self.warped


def encode_song(song: Song, codec: Codec, warp: Warp | None, context: TaskContext) -> Encoded:
    """All of a song, with all channels of the model; a long one is only a draft, where the model can be that fast.

    Raises:
        AudioFileError: its file cannot be read.
    """
    clip = read_clip(song.path).mono().resampled(codec.rate)
    context.check()
    warped = None
    if warp is not None:
        from core.tempo import stretched

        longer = stretched(clip.samples[0], warp.factor)[round(warp.begin * codec.rate) :]
        warped = Clip(longer[None] if len(longer) else np.zeros((1, codec.rate), np.float32), codec.rate)
        context.check()
    sound = warped or clip
    encoder = codec.in_one_pass if sound.seconds > DRAFT_FROM else codec
    latent = encoder.encode(sound, progress=context.progress, cancelled=context.cancelled)
    return Encoded(song.key, codec.hash, clip, latent, warp, warped, draft=encoder is not codec)


def finished(draft: Encoded, codec: Codec, context: TaskContext) -> Encoded:
    """The same song, encoded as well as the model can."""
    latent = codec.encode(draft.sound, cancelled=context.cancelled)
    return replace(draft, latent=latent, draft=False)


@dataclass(frozen=True)
class Pair:
    """Two songs' latents of one model (or four, the corners of the pad), how much of them is kept, how long they play.

    Args:
        stretches: seconds of each latent's sound that are taken.
        lower: the songs below the first two.
    """

    codec: Codec
    whole_a: Latent
    whole_b: Latent
    length: str
    channels: int
    stretches: tuple[Stretch, ...] = ()
    lower: tuple[Latent, Latent] | None = None

    @property
    def a(self) -> Latent:
        return first_channels(self.whole_a, self.channels)

    @property
    def b(self) -> Latent:
        return first_channels(self.whole_b, self.channels)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """What is taken of each song."""
        latents = (self.whole_a, self.whole_b, *(self.lower or ()))
        kept = [first_channels(latent, self.channels) for latent in latents]
        taken = (*self.stretches, *[(0.0, None)] * len(kept))
        return tuple(
            Part.whole(latent) if stretch == (0.0, None) else Part.cut(latent, self.codec, *stretch)
            for latent, stretch in zip(kept, taken, strict=False)
        )

    @cached_property
    def morph(self) -> Morph:
        """What is between them, by any way; the songs are decoded once for all values of the slider."""
        a, b, *lower = self.parts
        return Morph(self.codec, a, b, lower=(lower[0], lower[1]) if lower else None, length=self.length)

    @property
    def samples(self) -> int:
        return self.morph.samples


@dataclass(frozen=True)
class Setting:
    """Where between the songs we are, how we get there, and, where a curve is followed, how that changes over time."""

    way: str = DEFAULT_WAY
    at: float = 0.5
    down: float = 0.0
    curve: Curve | None = None
    down_curve: Curve | None = None  # of the pad's other axis; without one it stays where it is

    def sound(self, pair: Pair, start: int, count: int) -> np.ndarray:
        """(count,) float32 samples of the blend from `start` on, at the model's rate."""

        def render(place: tuple[float, ...], begin: int, length: int) -> np.ndarray:
            return pair.morph.range(WAYS[self.way], place[0], begin, length, down=place[1])

        curve = self.curve
        if not curve:
            return render((self.at, self.down), start, count)

        def path(samples: np.ndarray) -> np.ndarray:
            seconds = samples / pair.codec.rate
            down = self.down_curve.places(seconds) if self.down_curve else np.full(len(seconds), self.down)
            return np.stack([curve.places(seconds), down], axis=1)

        return along(render, path, start, count)


class Blend:
    """What a LiveSource decodes: `setting` and `pair` (another size) may be set while another thread decodes.

    One decode uses one setting: a place that moved inside of a window would leave aliasing of the transform
    uncancelled. The player cross-fades from window to window.
    """

    def __init__(self, pair: Pair, setting: Setting) -> None:
        self.pair = pair
        self.setting = setting
        self.samples, self.rate = pair.samples, pair.codec.rate
        self._lock = threading.Lock()
        self._spent: list[tuple[float, float]] = []  # (seconds of work, seconds of sound)

    def decode(self, start: int, count: int) -> np.ndarray:
        """(count,) float32 samples from `start` on, at the model's rate."""
        began = time.perf_counter()
        sound = self.setting.sound(self.pair, start, count)
        with self._lock:
            self._spent = [*self._spent[1 - _RECENT :], (time.perf_counter() - began, count / self.rate)]
        return sound

    def prepare(self, start: int, count: int) -> None:
        """Decode what these samples will want of the songs, wherever the slider is by then."""
        self.pair.morph.prepare(start, count)

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


def blended_clip(pair: Pair, setting: Setting, count: int, before: Clip | None, context: TaskContext) -> Clip:
    """The first samples of the blend, for the picture, begun when the slider rests: until then the processor is the
    ear's.

    In blocks, so that it is soon given up for a later one. After each it reports the clip, of which only what was
    made by then may be looked at, and the seconds between which that block lies. Behind it the clip is as `before`,
    the one that was drawn last.
    """
    context.rest(REST)
    rate = pair.codec.rate
    step = round(BLOCK_SECONDS * rate)
    same = before is not None and (before.frames, before.rate) == (count, rate)
    samples = before.samples.copy() if before is not None and same else np.zeros((1, count), np.float32)
    clip = Clip(samples, rate)
    for begin in range(0, count, step):
        context.check()
        end = min(begin + step, count)
        samples[0, begin:end] = setting.sound(pair, begin, end - begin)
        context.report((clip, begin / rate, end / rate))
    return clip


def make_ahead(pair: Pair, setting: Setting, start: int, context: TaskContext) -> None:
    """Make what the blend wants of its songs from sample `start` on, so that it can take over without a wait."""
    rate = pair.codec.rate
    for begin in range(start, min(start + round(AHEAD_SECONDS * rate), pair.samples), rate):
        context.check()
        setting.sound(pair, begin, min(rate, pair.samples - begin))


def blended_whole(pair: Pair, setting: Setting, context: TaskContext) -> Clip:
    """All of the blend as it is written to a file."""
    sound = in_chunks(
        lambda start, count: setting.sound(pair, start, count),
        pair.samples,
        pair.codec.rate,
        context.progress,
        context.cancelled,
    )
    return Clip(sound[None], pair.codec.rate)
