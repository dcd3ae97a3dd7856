"""What latents bear besides being decoded: a straight line between two of them, and noise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.quality_songs import Excerpt
from core.audio import Clip
from core.latents.blend import blend
from core.latents.latent import Latent
from core.models.codec import Codec
from core.quality import mel_distance, si_sdr
from core.structure import log_mel

STEPS = 20
PATH_SECONDS = 2.0
MEL_HOP = 512
NOISE = (0.05, 0.1, 0.2)


def path_ratio(codec: Codec, channels: int, one: Clip, other: Clip) -> float:
    """Largest over mean step of the log-mel along the straight line from one clip's latent to the other's.

    1 is a path that moves evenly; a step is the mean absolute change of the log-mel of the decoded sound.
    """
    a, b = (codec.encode(clip.cut(0.0, PATH_SECONDS), channels=channels) for clip in (one, other))
    before: np.ndarray | None = None
    steps = []
    for place in range(STEPS + 1):
        sound = codec.decode(blend(a, b, place / STEPS)).samples[0]
        mel = log_mel(sound, codec.rate, MEL_HOP)
        if before is not None:
            steps.append(float(np.abs(mel - before).mean()))
        before = mel
    average = float(np.mean(steps))
    return max(steps) / average if average > 0 else 1.0


def path_pairs(clips: Sequence[Excerpt], count: int) -> list[tuple[Clip, Clip]]:
    """At most `count` pairs of clips of different songs, each clip once at most."""
    half = len(clips) // 2
    pairs = [
        (one.clip, other.clip)
        for one, other in zip(clips[:half], clips[half:], strict=False)
        if one.song.key != other.song.key
    ]
    return pairs[:: max(1, len(pairs) // count)][:count]


def noise_scores(codec: Codec, channels: int, clips: Sequence[Excerpt]) -> dict[float, tuple[float, float]]:
    """Mean SI-SDR and mel distance to the originals by noise (0 first), in parts of each channel's deviation.

    The deviation is that over all clips together; the noise is normal, of fixed seeds.
    """
    latents = [codec.encode(each.clip, channels=channels) for each in clips]
    deviation = np.concatenate([each.values for each in latents], axis=1).std(axis=1, keepdims=True)
    found = {}
    for share in (0.0, *NOISE):
        scores = []
        for number, (clip, latent) in enumerate(zip(clips, latents, strict=True)):
            draw = np.random.default_rng(number).standard_normal(latent.values.shape)
            noisy = Latent((latent.values + share * deviation * draw).astype(np.float32), latent.model, latent.samples)
            made = codec.decode(noisy).samples[0]
            scores.append((si_sdr(clip.samples, made), mel_distance(clip.samples, made, codec.rate)))
        means = np.mean(scores, axis=0)
        found[share] = float(means[0]), float(means[1])
    return found
