"""How near a reconstruction is: SI-SDR, log-mel distance, multi-resolution STFT distance, ViSQOL.

No single number is safe (band-shaped noise scores 3.7 in ViSQOL), so they are judged together. All take mono
numpy samples and compute in float64; signals of different lengths are compared over the shorter.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.audio import Clip
from core.errors import UsageError
from core.i18n import _
from core.spectra import magnitudes

MEL_FFT, MEL_HOP, MEL_BANDS, MEL_LOW = 2048, 512, 80, 20.0
STFT_SIZES = (512, 1024, 2048)
FLOOR = 1e-5
VISQOL_RATE = 48_000
VISQOL_SECONDS, VISQOL_CLIPS = 5.0, 3
LIMIT_DB = 100.0
"""SI-SDR of a perfect copy; the true value is infinite, which JSON and means cannot hold."""


def compare(original: Clip, reconstruction: Clip, *, with_visqol: bool = True) -> dict[str, float | None]:
    """All metrics of two clips, both taken mono and at the reconstruction's rate.

    Returns:
        "si_sdr" (dB), "mel", "stft" and its two parts "stft_convergence" and "stft_log", "visqol" (1 to 4.75);
        None where a metric says nothing: SI-SDR and convergence of a silent original, ViSQOL of one or where it
        is not installed.

    Raises:
        UsageError: one of the clips is empty.
    """
    reference = original.mono().resampled(reconstruction.rate).samples[0]
    estimate = reconstruction.mono().samples[0]
    values: dict[str, float | None] = {
        "si_sdr": si_sdr(reference, estimate),
        "mel": mel_distance(reference, estimate, reconstruction.rate),
        **stft_distance(reference, estimate),
        "visqol": visqol(reference, estimate, reconstruction.rate) if with_visqol else None,
    }
    return {name: value if value is not None and math.isfinite(value) else None for name, value in values.items()}


def si_sdr(reference: np.ndarray, estimate: np.ndarray) -> float:
    """Scale-invariant signal-to-distortion ratio in dB, means not removed; nan when the reference is silent.

    10 log10(|a r|² / |e - a r|²) with a = <e, r> / |r|², kept within ±100 dB.
    J. Le Roux et al., "SDR: half-baked or well done?", ICASSP 2019.
    """
    reference, estimate = _pair(reference, estimate)
    power = float(reference @ reference)
    if power == 0.0:
        return math.nan
    target = float(estimate @ reference) / power * reference
    wanted = float(target @ target)
    unwanted = float(np.square(estimate - target).sum())
    smallest = 10 ** (-LIMIT_DB / 10)
    if wanted <= smallest * unwanted or wanted == 0.0:
        return -LIMIT_DB
    return 10 * math.log10(wanted / max(unwanted, smallest * wanted))


def mel_distance(reference: np.ndarray, estimate: np.ndarray, rate: int) -> float:
    """Mean |log10 difference| of 80 mel bands (magnitude STFT 2048/512, floor 1e-5)."""
    reference, estimate = _pair(reference, estimate)
    bank = mel_bank(rate)
    total, count = 0.0, 0
    for ours, theirs in zip(
        magnitudes(reference, MEL_FFT, MEL_HOP), magnitudes(estimate, MEL_FFT, MEL_HOP), strict=True
    ):
        logs = [np.log10(np.maximum(part @ bank, FLOOR)) for part in (ours, theirs)]
        total += float(np.abs(logs[0] - logs[1]).sum())
        count += logs[0].size
    return total / count


def stft_distance(reference: np.ndarray, estimate: np.ndarray) -> dict[str, float]:
    """Multi-resolution STFT distance, mean of windows of 512, 1024 and 2048 with hops of a quarter.

    Returns:
        "stft_convergence", |R - E| / |R| in Frobenius norms (nan when the reference is silent);
        "stft_log", the mean |ln(R + 1e-5) - ln(E + 1e-5)|; "stft", their sum.
    """
    reference, estimate = _pair(reference, estimate)
    convergence, logs = zip(*(_resolution(reference, estimate, size) for size in STFT_SIZES), strict=True)
    mean, log = float(np.mean(convergence)), float(np.mean(logs))
    return {"stft": mean + log, "stft_convergence": mean, "stft_log": log}


def visqol(reference: np.ndarray, estimate: np.ndarray, rate: int) -> float | None:
    """ViSQOL's predicted opinion score in audio mode at 48 kHz; None where its extra is not installed.

    Its cost grows faster than the length, so of a longer sound the mean of three clips of 5 s, evenly spread, is
    taken. None, too, for sound without content and for less than a second.
    M. Chinen et al., "ViSQOL v3: an open source production ready objective speech and audio metric", 2020.
    """
    reference, estimate = _pair(reference, estimate)
    if len(reference) < rate or min(np.abs(reference).max(), np.abs(estimate).max()) < FLOOR:
        return None
    model = _visqol_model()
    if model is None:
        return None
    size = min(len(reference), round(VISQOL_SECONDS * rate))
    clips = min(VISQOL_CLIPS, len(reference) // size)
    starts = [round((len(reference) - size) * (2 * index + 1) / (2 * clips)) for index in range(clips)]
    scores = [_visqol_clip(model, reference[at : at + size], estimate[at : at + size], rate) for at in starts]
    known = [score for score in scores if score is not None]
    return float(np.mean(known)) if known else None


def _visqol_clip(model: Any, reference: np.ndarray, estimate: np.ndarray, rate: int) -> float | None:
    both = [Clip(part.astype(np.float32), rate).resampled(VISQOL_RATE).samples[0] for part in (reference, estimate)]
    if min(float(np.abs(part).max()) for part in both) < FLOOR:
        return None
    try:
        return float(model.measure_from_arrays(*(part.astype(np.float64) for part in both), VISQOL_RATE).moslqo)
    except (ValueError, RuntimeError, IndexError, ArithmeticError):
        return None


@dataclass(frozen=True)
class Summary:
    """Mean and spread of a metric over the clips that it says something about."""

    mean: float
    deviation: float
    count: int


def summarise(results: Iterable[Mapping[str, float | None]]) -> dict[str, Summary | None]:
    """Each metric's `Summary` over several results of `compare`; None where no clip has a value."""
    gathered: dict[str, list[float]] = {}
    for result in results:
        for name, value in result.items():
            gathered.setdefault(name, []).extend([] if value is None else [value])
    return {
        name: Summary(float(np.mean(values)), float(np.std(values)), len(values)) if values else None
        for name, values in gathered.items()
    }


@functools.cache
def mel_bank(rate: int) -> np.ndarray:
    """(1025, 80) float64: triangular bands of height 1, evenly spaced in HTK mel from 20 Hz to rate / 2."""
    edges = _mel_to_hz(np.linspace(_hz_to_mel(MEL_LOW), _hz_to_mel(rate / 2), MEL_BANDS + 2))
    frequencies = np.linspace(0, rate / 2, MEL_FFT // 2 + 1)[:, None]
    rising = (frequencies - edges[:-2]) / np.diff(edges)[:-1]
    falling = (edges[2:] - frequencies) / np.diff(edges)[1:]
    return np.maximum(0.0, np.minimum(rising, falling))


def _hz_to_mel(hertz: float) -> float:
    return 2595 * math.log10(1 + hertz / 700)


def _mel_to_hz(mel: np.ndarray) -> np.ndarray:
    return 700 * (10 ** (mel / 2595) - 1)


def _pair(reference: np.ndarray, estimate: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    length = min(len(reference), len(estimate))
    if length == 0:
        raise UsageError(_("There is no sound to compare: one of the two is empty."))
    return reference[:length].astype(np.float64), estimate[:length].astype(np.float64)


def _resolution(reference: np.ndarray, estimate: np.ndarray, size: int) -> tuple[float, float]:
    error, power, log, count = 0.0, 0.0, 0.0, 0
    hop = size // 4
    for ours, theirs in zip(magnitudes(reference, size, hop), magnitudes(estimate, size, hop), strict=True):
        error += float(np.square(ours - theirs).sum())
        power += float(np.square(ours).sum())
        log += float(np.abs(np.log(ours + FLOOR) - np.log(theirs + FLOOR)).sum())
        count += ours.size
    return math.sqrt(error / power) if power > 0 else math.nan, log / count


@functools.cache
def _visqol_model() -> Any:
    """ViSQOL ready in audio mode, or None; loading it takes a second and imports scipy."""
    try:
        from visqol import VisqolApi
    except (ImportError, OSError):
        return None
    from core import faster_visqol

    faster_visqol.use()
    model = VisqolApi()
    model.create(mode="audio")
    return model
