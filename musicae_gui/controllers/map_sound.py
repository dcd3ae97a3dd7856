"""What is heard on the map: a clip as the model keeps it or as it was, a place between clips, clips in a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from core.audio import Clip
from core.playback import LiveSource, SwitchSource
from core.playback.limiter import limited
from core.playback.loudness import loudness
from core.playback.sources import raised_cosine

if TYPE_CHECKING:
    from core.latents.collection import StoredSamples
    from core.models.codec import Codec, Latent

FADE_SECONDS = 0.01  # at the joints of clips in a row
MOST_MATCH_DB = 24.0
_RECENT = 4  # clips of a row whose latents are kept


@dataclass(frozen=True)
class Sound:
    """A latent to decode, and the stretch of a song that it came from; a place and an average come from none."""

    latent: Latent
    gain: float = 1.0
    song: StoredSamples | None = None
    start: int = 0


class Spot:
    """One sound at a time, as long as a clip; another may be set while it plays, and the newest is heard.

    The player's thread reads while another sets; what is read belongs to one sound. `Player.changed` has to follow.
    """

    def __init__(self, codec: Codec, sound: Sound) -> None:
        self._codec = codec
        self._matched: tuple[Sound, float] | None = None
        self.sound = sound

    @property
    def samples(self) -> int:
        return self.sound.latent.samples

    def decoded(self, start: int, count: int) -> np.ndarray:
        """(count,) float32 of what the model makes of the latent."""
        return decoded(self._codec, self.sound, start, count)

    def original(self, start: int, count: int) -> np.ndarray:
        """(count,) float32 of the song itself; where there is none, what the model makes."""
        sound = self.sound
        known = self._matched
        if known is None or known[0] is not sound:
            known = self._matched = sound, matching_gain(self._codec, sound)
        return original(self._codec, sound, known[1], start, count)


class InARow:
    """Clips one after the other, each with short fades at its ends.

    Args:
        sound: gives the sound of each, in the player's thread.
        count: of clips.
        samples: of each.
    """

    def __init__(self, codec: Codec, sound: Callable[[int], Sound], count: int, samples: int) -> None:
        self._codec = codec
        self._sound = lru_cache(_RECENT)(sound)
        self._gain = lru_cache(_RECENT)(lambda number: matching_gain(codec, self._sound(number)))
        self.clip = samples
        self.samples = count * samples
        fade = max(1, round(FADE_SECONDS * codec.rate))
        self._shape = np.ones(samples, np.float32)
        self._shape[:fade] = raised_cosine(fade)
        self._shape[-fade:] = raised_cosine(fade)[::-1]

    def decoded(self, start: int, count: int) -> np.ndarray:
        return self._joined(
            start, count, lambda number, first, some: decoded(self._codec, self._sound(number), first, some)
        )

    def original(self, start: int, count: int) -> np.ndarray:
        return self._joined(
            start,
            count,
            lambda number, first, some: original(self._codec, self._sound(number), self._gain(number), first, some),
        )

    def _joined(self, start: int, count: int, read: Callable[[int, int, int], np.ndarray]) -> np.ndarray:
        """Of read(clip, first, count)."""
        pieces: list[np.ndarray] = []
        while count > 0:
            number, first = divmod(start, self.clip)
            some = min(count, self.clip - first)
            pieces.append(read(number, first, some) * self._shape[first : first + some])
            start, count = start + some, count - some
        return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)


def decoded(codec: Codec, sound: Sound, start: int, count: int) -> np.ndarray:
    """(count,) float32: a stretch of a sound; what had to be raised is limited."""
    made = codec.decode_range(sound.latent, start, count)
    return made if sound.gain == 1.0 else limited(made * np.float32(sound.gain))


def original(codec: Codec, sound: Sound, gain: float, start: int, count: int) -> np.ndarray:
    """(count,) float32: a stretch of the song itself; where there is none, what the model makes."""
    if sound.song is None:
        return decoded(codec, sound, start, count)
    read = sound.song.read(sound.start + start, count)
    return read if gain == 1.0 else limited(read * np.float32(gain))


def matching_gain(codec: Codec, sound: Sound) -> float:
    """The factor that makes the song's stretch as loud as what the model makes of it, so that A/B shows no level."""
    if sound.song is None:
        return 1.0
    count = sound.latent.samples
    made, song = decoded(codec, sound, 0, count), sound.song.read(sound.start, count)
    levels = [loudness(Clip(each[None], codec.rate)) for each in (made, song)]
    if not np.isfinite(levels).all():
        return 1.0
    return float(10 ** (np.clip(levels[0] - levels[1], -MOST_MATCH_DB, MOST_MATCH_DB) / 20))


def source_of(heard: Spot | InARow, model_rate: int, rate: int, side: int = 0) -> SwitchSource:
    """What the player takes: A is the model's sound, B the original, at the same sample and as loud."""
    ways: Sequence[tuple[str, Callable[[int, int], np.ndarray]]] = (
        ("reconstruction", heard.decoded),
        ("original", heard.original),
    )
    made = SwitchSource([LiveSource(read, heard.samples, model_rate, rate, name=name) for name, read in ways])
    made.select(side)
    return made
