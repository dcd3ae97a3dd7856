"""The drums of the demo songs: each a one-shot, made once a song and placed by the patterns."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.demo.synthesis import RATE, Samples, noise, seconds


def render_drum(name: str) -> Samples:
    """One hit of the drum `name` (a key of `DRUMS`): mono float32, its peak at 1."""
    hit = DRUMS[name]()
    end = int(0.006 * RATE)
    hit[-end:] *= np.linspace(1, 0, end, dtype=np.float32)
    return hit / np.float32(np.max(np.abs(hit)))


def _kick(length: float, pitch: float, sweep: float, click: float, drive: float = 1.0) -> Callable[[], Samples]:
    def hit() -> Samples:
        time = seconds(int(length * RATE))
        phase = pitch * time + sweep * (1 - np.exp(-time / 0.03))
        body = np.tanh(drive * np.sin(2 * np.pi * phase) * np.exp(-time / (0.28 * length)))
        tick = click * noise(len(time), 1500, 8000, seed=21) * np.exp(-time / 0.003)
        return (body + tick).astype(np.float32)

    return hit


def _snare(length: float, tone: float, body: float, low: float, high: float) -> Callable[[], Samples]:
    def hit() -> Samples:
        time = seconds(int(length * RATE))
        head = np.sin(2 * np.pi * tone * time) + 0.6 * np.sin(2 * np.pi * 1.59 * tone * time)
        rattle = noise(len(time), low, high, seed=22)
        return (body * head * np.exp(-time / 0.045) + 0.55 * rattle * np.exp(-time / (0.27 * length))).astype(
            np.float32
        )

    return hit


def _metal(length: float, low: float, ring: float, pitch: float = 540.0) -> Callable[[], Samples]:
    """Cymbals: six clashing square waves, as in an analogue drum machine, with noise, above `low` Hz."""

    def hit() -> Samples:
        frames = int(length * RATE)
        time = seconds(frames)
        clash = np.zeros(frames, dtype=np.float32)
        for ratio in (1.0, 1.342, 1.2312, 1.6532, 1.9523, 2.1523):
            clash += np.sign(np.sin(2 * np.pi * pitch * ratio * time))
        size = -(-frames // 2048) * 2048
        spectrum = np.fft.rfft(clash, n=size)
        frequency = np.fft.rfftfreq(size, 1 / RATE)
        spectrum /= 1.0 + (low / np.maximum(frequency, 1.0)) ** 6
        metal = np.fft.irfft(spectrum, n=size).astype(np.float32)[:frames]
        hiss = noise(frames, low, 17000, seed=23)
        metal /= np.sqrt(np.mean(metal**2)) + 1e-9
        return (0.5 * metal + hiss) * np.exp(-time / ring)

    return hit


def _ride() -> Samples:
    """A stick's ping over a wash."""
    wash = _metal(0.9, 4000.0, 0.28, 410.0)()
    time = seconds(len(wash))
    ping = sum(np.sin(2 * np.pi * f * time) for f in (3150.0, 4320.0, 5480.0))
    return (0.35 * wash + 0.8 * ping * np.exp(-time / 0.09)).astype(np.float32)


def _clap() -> Samples:
    time = seconds(int(0.28 * RATE))
    hands = np.zeros(len(time), dtype=np.float32)
    for delay in (0.0, 0.011, 0.022, 0.030):
        late = np.maximum(time - delay, 0)
        hands += np.where(time >= delay, np.exp(-late / (0.006 if delay < 0.03 else 0.07)), 0).astype(np.float32)
    return hands * noise(len(time), 800, 4500, seed=24)


def _rim() -> Samples:
    time = seconds(int(0.09 * RATE))
    wood = np.sin(2 * np.pi * 1720 * time) + 0.7 * np.sin(2 * np.pi * 480 * time)
    return (wood * np.exp(-time / 0.012)).astype(np.float32)


def _tom(pitch: float) -> Callable[[], Samples]:
    def hit() -> Samples:
        time = seconds(int(0.45 * RATE))
        phase = pitch * time + 0.6 * (1 - np.exp(-time / 0.05))
        skin = 0.15 * noise(len(time), 300, 3000, seed=25) * np.exp(-time / 0.02)
        return (np.sin(2 * np.pi * phase) * np.exp(-time / 0.13) + skin).astype(np.float32)

    return hit


def _brush(length: float, attack: float) -> Callable[[], Samples]:
    def hit() -> Samples:
        time = seconds(int(length * RATE))
        swish = noise(len(time), 1500, 9000, seed=26)
        return swish * np.clip(time / attack, 0, 1) * np.exp(-time / (0.3 * length))

    return hit


DRUMS: dict[str, Callable[[], Samples]] = {
    "kick": _kick(0.35, 52.0, 2.2, 0.12),
    "soft-kick": _kick(0.3, 58.0, 1.2, 0.03),
    "disco-kick": _kick(0.28, 56.0, 2.6, 0.2, drive=1.6),
    "metal-kick": _kick(0.2, 58.0, 2.4, 0.55, drive=2.0),
    "808-kick": _kick(0.6, 46.0, 2.4, 0.1, drive=1.5),
    "snare": _snare(0.28, 190.0, 0.7, 900, 9000),
    "tight-snare": _snare(0.2, 230.0, 0.8, 1200, 11000),
    "fat-snare": _snare(0.42, 170.0, 0.9, 600, 8500),
    "clap": _clap,
    "rim": _rim,
    "brush": _brush(0.22, 0.02),
    "hat": _metal(0.09, 7000.0, 0.018),
    "open-hat": _metal(0.4, 6500.0, 0.13),
    "ride": _ride,
    "crash": _metal(1.9, 3500.0, 0.55, 380.0),
    "shaker": _brush(0.1, 0.03),
    "tambourine": _metal(0.2, 8000.0, 0.05, 1100.0),
    "high-tom": _tom(170.0),
    "mid-tom": _tom(125.0),
    "low-tom": _tom(88.0),
}
