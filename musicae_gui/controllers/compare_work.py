"""What Compare has computed in worker threads: the original, a reconstruction, its measures. No Qt."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.audio import Clip, read_clip
from core.errors import LibraryError
from core.i18n import _
from core.latents.prefix import first_channels
from core.latents.quantise import HALF_PRECISION, Bounds, channel_bounds, quantised
from core.pictures import loudest_db
from core.playback.loudness import loudness

if TYPE_CHECKING:
    from core.models.codec import Codec, Latent
    from musicae_gui.tasks import TaskContext

BITS = (16, 8, 6, 4)  # a float
BOUND_FRAMES = 1000  # from which the bounds of fewer bits are taken: quick enough for a click
QUICK = 0.3  # seconds of encoding and decoding, up to which all is decoded while the slider still moves
REST = 0.25  # seconds without a move that make it rest
VISQOL_CLIPS, VISQOL_SECONDS = 2, 5.0
PICTURE_RATE = 22050  # rate of the models, hence of what is compared


@dataclass(frozen=True)
class Original:
    """The stretch of a song that is compared."""

    clip: Clip  # as it is in the file: its own rate and channels, for the ear
    mono: Clip  # mono at the models' rate, for the models and the eye
    loudness: float  # LUFS of `clip`
    top: float  # dB of its spectrogram's loudest spot, up to the next 5

    def sound_for(self, codec: Codec) -> Clip:
        """What a model encodes: mono, from as close to the file as its rate needs."""
        return self.mono if self.mono.rate == codec.rate else self.clip.mono()


class Whole:
    """All that a model keeps of an `Original`, from which every smaller size is cut without encoding again.

    `refined` has, by their channels, those sizes whose values were searched (`core.refinement`).
    """

    def __init__(self, latent: Latent, seconds: float = 0.0) -> None:
        self.latent = latent
        self.seconds = seconds  # that searching took
        self.refined: dict[int, Whole] = {}
        self._bounds: dict[int, Bounds] = {}

    def cut(self, channels: int, bits: int, *, refined: bool = False) -> Latent:
        """The first `channels` channels, as they come back when each float was stored in `bits` bits."""
        if refined:
            return self.refined[channels].cut(channels, bits)
        if bits not in self._bounds and bits < HALF_PRECISION:
            values = self.latent.values
            self._bounds[bits] = channel_bounds([values[:, :: -(-values.shape[1] // BOUND_FRAMES)]], bits)
        return quantised(first_channels(self.latent, channels), bits, bounds=self._bounds.get(bits))


@dataclass(frozen=True)
class Made:
    """A reconstruction of an `Original`."""

    clip: Clip
    latent: Latent  # what `clip` was decoded from
    bits: int  # of each float of `latent`
    whole: Whole
    loudness: float
    seconds: float  # that encoding and decoding took
    codec: Codec
    refined: bool = False  # `latent` was searched

    @property
    def kind(self) -> tuple[int, int, bool]:
        """As a row's: channels, bits, refined."""
        return self.latent.channels, self.bits, self.refined


def read_original(path: Path, start: float, seconds: float | None, context: TaskContext) -> Original:
    """Read `seconds` of a song from `start` on.

    Raises:
        AudioFileError: the file cannot be read.
        LibraryError: nothing is there.
    """
    clip = read_clip(path, start=start, seconds=seconds)
    if not clip.frames:
        raise LibraryError(
            _("{path} holds no sound at this place; choose an earlier start.").format(path=path), path=path
        )
    context.check()
    mono = clip.mono().resampled(PICTURE_RATE)
    context.check()
    top = max(5.0 * math.ceil(loudest_db(mono.samples[0]) / 5.0), -60.0)
    return Original(clip, mono, loudness(clip), top)


def reconstruct(codec: Codec, original: Clip, channels: int, bits: int, context: TaskContext) -> Made:
    """`original` (mono at the codec's rate) through `codec`, keeping so much of it, with the time it took."""
    began = time.perf_counter()
    whole = Whole(
        codec.encode(
            original,
            progress=lambda share: context.progress(0.5 * share, _("encoding")),
            cancelled=context.cancelled,
        )
    )
    latent = whole.cut(channels, bits)
    clip = codec.decode(
        latent,
        progress=lambda share: context.progress(0.5 + 0.5 * share, _("decoding")),
        cancelled=context.cancelled,
    )
    took = time.perf_counter() - began
    context.check()
    return Made(clip, latent, bits, whole, loudness(clip), took, codec)


def decode_again(made: Made, latent: Latent, bits: int, refined: bool, context: TaskContext) -> Made:
    """The same reconstruction from another `latent`, cut from the whole one.

    What takes long begins when the slider rests: until then the processor is the ear's, which hears the new size
    decoded piece by piece.
    """
    if made.seconds > QUICK:
        context.rest(REST)
    clip = made.codec.decode(latent, cancelled=context.cancelled)
    context.check()
    return replace(made, clip=clip, latent=latent, bits=bits, refined=refined, loudness=loudness(clip))


def search_again(made: Made, original: Clip, context: TaskContext) -> tuple[Whole, Made]:
    """The reconstruction from as many floats whose values were searched, once the slider rests.

    Args:
        original: what `made` is the reconstruction of.
    """
    from core.refinement import refine

    context.rest(REST)
    began = time.perf_counter()
    latent = first_channels(made.whole.latent, made.latent.channels)
    latent = refine(made.codec, original, latent, progress=context.progress, cancelled=context.cancelled)
    refined = Whole(latent, time.perf_counter() - began)
    cut = refined.cut(latent.channels, made.bits)
    clip = made.codec.decode(cut, cancelled=context.cancelled)
    context.check()
    return refined, replace(made, clip=clip, latent=cut, refined=True, loudness=loudness(clip))


def measure(original: Clip, made: Clip) -> dict[str, float | None]:
    """SI-SDR (dB) and mel distance: what takes some milliseconds."""
    from core import quality

    reference, estimate = original.samples[0], made.samples[0]
    return {
        "si_sdr": quality.si_sdr(reference, estimate),
        "mel": quality.mel_distance(reference, estimate, original.rate),
    }


def opinion(original: Clip, made: Clip, context: TaskContext) -> dict[str, float | None]:
    """ViSQOL as the mean of `VISQOL_CLIPS` clips of 5 s spread over the sound; None where none has a score.

    It takes about as long as the sound lasts, hence not all of it.
    """
    from core.opinion import opinion_available, predict_opinion

    if not opinion_available():
        return {"visqol": None}
    length = round(VISQOL_SECONDS * original.rate)
    last = max(0, original.frames - length)
    scores = []
    for start in sorted({round(last * (at + 0.5) / VISQOL_CLIPS) for at in range(VISQOL_CLIPS)}):
        window = slice(start, start + length)
        pieces = original.samples[0, window], made.samples[0, window]
        score = predict_opinion(*pieces, original.rate, context.cancelled)
        if score is None:  # a silent place
            continue
        scores.append(score)
        context.report({"visqol": sum(scores) / len(scores)})
    return {"visqol": sum(scores) / len(scores) if scores else None}
