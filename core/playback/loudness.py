"""Loudness after ITU-R BS.1770-4, and the gains that make clips equally loud."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from core.audio import Clip

# The two filters of BS.1770 (head, then RLB), given there for 48 kHz: numerator and denominator.
_HEAD = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_RLB = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))
_BLOCK_SECONDS = 0.4
_SILENCE = -70.0
MAX_CUT_DB = 24.0


def loudness(clip: Clip) -> float:
    """Integrated loudness of `clip` in LUFS; -inf for silence.

    The K weighting is applied to the spectrum of each block of 0.4 s (overlapping by 75 %), which needs no
    recursive filter and serves any rate; the gates are those of BS.1770-4. Within 0.2 dB of the standard's filter.
    """
    samples = np.asarray(clip.samples, dtype=np.float32)
    size = round(_BLOCK_SECONDS * clip.rate)
    if samples.shape[1] == 0:
        return -np.inf
    if samples.shape[1] < size:
        samples = np.pad(samples, ((0, 0), (0, size - samples.shape[1])))
    weight = _weighting(size, clip.rate)
    powers = np.array(
        [_power(samples[:, at : at + size], weight) for at in range(0, samples.shape[1] - size + 1, size // 4)]
    )
    for gate in (_SILENCE, None):
        if powers.size == 0 or powers.max() <= 0.0:
            return -np.inf
        threshold = _lufs(float(powers.mean())) - 10.0 if gate is None else gate
        powers = powers[powers > 10 ** ((threshold + 0.691) / 10)]
    return _lufs(float(powers.mean())) if powers.size else -np.inf


def matched_gains(clips: Sequence[Clip]) -> list[float]:
    """One factor a clip that brings all to the loudness of the quietest, so that none can clip by it.

    Silent clips keep 1 and are not matched to; nothing is turned down by more than 24 dB.
    """
    levels = [loudness(clip) for clip in clips]
    heard = [level for level in levels if np.isfinite(level)]
    if not heard:
        return [1.0] * len(levels)
    target = min(heard)
    return [float(10 ** (max(target - level, -MAX_CUT_DB) / 20)) if np.isfinite(level) else 1.0 for level in levels]


def _lufs(power: float) -> float:
    return float(-0.691 + 10 * np.log10(power)) if power > 0 else -np.inf


def _power(block: np.ndarray, weight: np.ndarray) -> float:
    """Mean square of a block (channels, size) after weighting; a mono block counts as both ears, as it is played."""
    spectrum = np.abs(np.fft.rfft(block, axis=1)) ** 2
    power = float((spectrum * weight).sum(axis=1).sum()) / block.shape[1] ** 2
    return 2 * power if block.shape[0] == 1 else power


def _weighting(size: int, rate: int) -> np.ndarray:
    """|K|^2 at the bins of an rfft of `size`, doubled for the bins that stand for two; float64 (size // 2 + 1,)."""
    turns = np.exp(-2j * np.pi * np.minimum(np.fft.rfftfreq(size, 1 / rate), 24_000.0) / 48_000.0)
    gain = np.ones(len(turns))
    for numerator, denominator in (_HEAD, _RLB):
        gain = gain * np.abs(np.polyval(numerator[::-1], turns) / np.polyval(denominator[::-1], turns)) ** 2
    gain[1 : (size + 1) // 2] *= 2
    return gain
