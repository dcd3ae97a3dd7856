"""Where notes begin, how fast the music goes and where its beats are, in mono samples. Needs numpy only."""

from __future__ import annotations

import numpy as np

from core.quality import MEL_FFT, mel_bank
from core.spectra import magnitudes

HOP = 256
SLOWEST, FASTEST, USUAL = 40.0, 240.0, 120.0
"""Beats a minute: the range looked through, and the middle of the preference for what people tap."""
PREFERENCE_OCTAVES = 0.9
TIGHTNESS = 100.0
BEAT_TOLERANCE, ONSET_TOLERANCE = 0.07, 0.05
_LIFT = 100.0  # how far quiet bands are raised before the logarithm


def onset_strength(samples: np.ndarray, rate: int) -> np.ndarray:
    """(frames,) how much louder the mel bands have become since the frame before, every 256 samples.

    The mean rise of ln(1 + 100 · mel): "spectral flux" after S. Böck et al., "Evaluating the online capabilities of
    onset detection methods", ISMIR 2012. Independent of the level: the samples are scaled to full scale before.
    """
    peak = float(np.abs(samples).max(initial=0.0))
    if peak <= 0:
        return np.zeros(len(samples) // HOP + 1)
    bank = mel_bank(rate)
    spectra = magnitudes(samples / peak, MEL_FFT, HOP)
    bands = np.concatenate([np.log1p(_LIFT * (part @ bank)) for part in spectra])
    rise = np.maximum(np.diff(bands, axis=0, prepend=bands[:1]), 0)
    strength: np.ndarray = rise.mean(axis=1)
    return strength


def onsets(samples: np.ndarray, rate: int) -> np.ndarray:
    """(onsets,) seconds where notes begin: peaks of the onset strength that stand out from the second around them."""
    strength = onset_strength(samples, rate)
    near, around = round(0.03 * rate / HOP), round(0.5 * rate / HOP)
    highest = _windows(strength, near).max(axis=1)
    level = _windows(strength, around).mean(axis=1) + 0.1 * strength.max(initial=0.0)
    frames = np.flatnonzero((strength >= highest) & (strength > level))
    apart = np.diff(frames, prepend=-near - 1) > near  # a flat peak counts once
    times: np.ndarray = frames[apart] * HOP / rate
    return times


def tempo(samples: np.ndarray, rate: int) -> float | None:
    """Beats a minute, from the autocorrelation of the onset strength; None where nothing repeats.

    Lags are weighted by a Gaussian over octaves around 120 and supported by their doubles: D. P. W. Ellis, "Beat
    tracking by dynamic programming", Journal of New Music Research 36, 2007. It may be off by an octave, as people are.
    """
    return _tempo(onset_strength(samples, rate), rate)


def beats(samples: np.ndarray, rate: int, *, bpm: float | None = None) -> np.ndarray:
    """(beats,) seconds of the beats, by dynamic programming over the onset strength (Ellis 2007, as `tempo`).

    Args:
        bpm: where the tempo is known.
    """
    strength = onset_strength(samples, rate)
    bpm = bpm or _tempo(strength, rate)
    if bpm is None:
        return np.zeros(0)
    period = 60 * rate / HOP / bpm
    frames = _tracked(_smoothed(strength / max(float(strength.std()), 1e-12), period), period)
    return frames * HOP / rate


def f1(reference: np.ndarray, estimate: np.ndarray, tolerance: float) -> float | None:
    """F-measure of event times: harmonic mean of precision and recall, each event matched once within `tolerance` s.

    None where neither has any event. Matching in order of time is optimal for equal tolerances.
    """
    if not len(reference) and not len(estimate):
        return None
    matched = one = other = 0
    while one < len(reference) and other < len(estimate):
        apart = estimate[other] - reference[one]
        if abs(apart) <= tolerance:
            matched, one, other = matched + 1, one + 1, other + 1
        elif apart > 0:
            one += 1
        else:
            other += 1
    return 2 * matched / (len(reference) + len(estimate))


def _tempo(strength: np.ndarray, rate: int) -> float | None:
    frames_a_minute = 60 * rate / HOP
    first, last = int(frames_a_minute / FASTEST), int(frames_a_minute / SLOWEST) + 1
    if len(strength) < 2 * first or not strength.any():
        return None
    centred = strength - strength.mean()
    size = 1 << (2 * len(centred) - 1).bit_length()
    power = np.square(np.abs(np.fft.rfft(centred, size)))
    correlation = np.fft.irfft(power)[: 2 * last + 2]
    correlation = np.pad(correlation[: len(strength)], (0, max(0, 2 * last + 2 - len(strength))))
    lags = np.arange(first, last + 1)
    support = correlation[lags] + 0.5 * np.maximum.reduce([correlation[2 * lags + near] for near in (-1, 0, 1)])
    octaves = np.log2(frames_a_minute / lags / USUAL) / PREFERENCE_OCTAVES
    weighted = support * np.exp(-0.5 * octaves**2)
    best = int(weighted.argmax())
    if weighted[best] <= 0:
        return None
    return float(frames_a_minute / (lags[best] + _between(correlation, int(lags[best]))))


def _between(curve: np.ndarray, peak: int) -> float:
    """How far beside `peak` a parabola through it and its neighbours has its top, in (-0.5, 0.5)."""
    left, middle, right = curve[peak - 1 : peak + 2]
    bend = left - 2 * middle + right
    return float(np.clip(0.5 * (left - right) / bend, -0.5, 0.5)) if bend < 0 else 0.0


def _smoothed(strength: np.ndarray, period: float) -> np.ndarray:
    reach = max(1, round(period))
    shape = np.exp(-0.5 * np.square(np.arange(-reach, reach + 1) * 32 / period))
    smooth: np.ndarray = np.convolve(strength, shape, mode="full")[reach : reach + len(strength)]
    return smooth


def _tracked(strength: np.ndarray, period: float) -> np.ndarray:
    """Frames of the chain of beats with the largest sum of strengths less what uneven steps cost."""
    steps = np.arange(max(1, round(period / 2)), round(2 * period) + 1)
    costs = -TIGHTNESS * np.square(np.log(steps / period))
    totals = strength.astype(np.float64).copy()
    before = np.full(len(strength), -1)
    for frame in range(int(steps[0]), len(strength)):
        known = steps[: np.searchsorted(steps, frame, side="right")]
        chains = totals[frame - known] + costs[: len(known)]
        best = int(chains.argmax())
        if chains[best] > 0:
            totals[frame] += chains[best]
            before[frame] = frame - known[best]
    # The chain ends within its last period; what comes later is the song's own end.
    frame = len(totals) - 1 - int(totals[::-1][: round(period) + 1].argmax())
    chain = []
    while frame >= 0:
        chain.append(frame)
        frame = int(before[frame])
    return np.array(chain[::-1], dtype=np.int64)


def _windows(values: np.ndarray, reach: int) -> np.ndarray:
    """(frames, 2 reach + 1) views of each frame's surroundings; the edges are continued by what they are."""
    return np.lib.stride_tricks.sliding_window_view(np.pad(values, reach, mode="edge"), 2 * reach + 1)
