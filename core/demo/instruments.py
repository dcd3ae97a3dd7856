"""The pitched instruments of the demo songs, each with its own way of making sound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.demo.synthesis import RATE, Samples, fade, formants, glide, modulated, noise, plucked, saw, seconds, wave


@dataclass(frozen=True)
class Instrument:
    """How one note sounds, and what is done to the whole track afterwards.

    Args:
        label: its name in the facts beside a song.
        voice: (frequency in Hz, held frames) to mono samples, longer than held by the release.
        drive: gain into a soft clipper over the whole track; 0 leaves it clean.
        band: (low, high) in Hz of the cabinet or microphone behind it; (0, 0) for none.
        tremolo: (Hz, depth 0 to 1) of a slow change of loudness, opposite on the two sides.
    """

    label: str
    voice: Callable[[float, int], Samples]
    drive: float = 0.0
    band: tuple[float, float] = (0.0, 0.0)
    tremolo: tuple[float, float] = (0.0, 0.0)


def _string(
    decay: float, corner: float, *, pick: float = 0.2, tilt: float = 1.0, release: float = 0.08
) -> Callable[[float, int], Samples]:
    def voice(frequency: float, held: int) -> Samples:
        frames = held + int(release * RATE)
        # Higher strings ring shorter.
        ring = decay * min(2.0, (220.0 / frequency) ** 0.5)
        seed = round(frequency * 7)
        note = plucked(frequency, frames, decay=ring, corner=corner, pick=pick, tilt=tilt, seed=seed)
        return fade(note, held, 0.0015, release)

    return voice


def _piano(frequency: float, held: int) -> Samples:
    frames = held + int(0.15 * RATE)
    ring = 6.0 * min(2.5, (220.0 / frequency) ** 0.7)
    note = np.zeros(frames, dtype=np.float32)
    for detune in (0.9996, 1.0005):  # two strings a key: their slow beating is half of the sound
        pitch = frequency * detune
        note += plucked(pitch, frames, decay=ring, corner=1400.0, pick=0.125, tilt=1.25, seed=round(frequency))
    knock = min(frames, int(0.03 * RATE))
    note[:knock] += 0.06 * noise(knock, 100, 900, seed=3) * np.linspace(1, 0, knock, dtype=np.float32) ** 2
    return fade(note, held, 0.002, 0.15)


def _electric_piano(frequency: float, held: int) -> Samples:
    frames = held + int(0.2 * RATE)
    time = seconds(frames)
    body = modulated(frequency, frames, ratio=1.0, index=1.1, decay=0.7, floor=0.2)
    tine = modulated(frequency, frames, ratio=14.0, index=0.5, decay=0.12)
    note = body * np.exp(-time / 1.1) + 0.18 * tine * np.exp(-time / 0.25)
    return fade(note, held, 0.002, 0.2)


def _vibraphone(frequency: float, held: int) -> Samples:
    frames = held + int(0.6 * RATE)
    time = seconds(frames)
    note = np.sin(2 * np.pi * frequency * time) * np.exp(-time / 0.9)
    note += 0.3 * np.sin(2 * np.pi * 3.98 * frequency * time) * np.exp(-time / 0.12)
    return fade((note * (1 + 0.35 * np.sin(2 * np.pi * 6.0 * time))).astype(np.float32), held, 0.002, 0.6)


def _bell(frequency: float, held: int) -> Samples:
    frames = held + int(0.5 * RATE)
    note = modulated(frequency, frames, ratio=3.53, index=2.2, decay=0.35)
    return fade(note * np.exp(-seconds(frames) / 0.6), held, 0.001, 0.5)


def _drawbars(levels: tuple[float, ...], release: float, click: float) -> Callable[[float, int], Samples]:
    def voice(frequency: float, held: int) -> Samples:
        frames = held + int(release * RATE)
        # Drawbars sound the sub-octave too: the wave is written an octave down.
        note = wave(levels, frequency / 2, glide(frequency / 2, frames))
        tick = min(frames, int(0.006 * RATE))
        note[:tick] += click * noise(tick, 800, 5000, seed=5)
        return fade(note, held, 0.003, release)

    return voice


def _ensemble(
    slope: float, attack: float, release: float, spread: float = 0.08, vibrato: float = 0.06
) -> Callable[[float, int], Samples]:
    def voice(frequency: float, held: int) -> Samples:
        frames = held + int(release * RATE)
        note = np.zeros(frames, dtype=np.float32)
        for player, cents in enumerate((-1.0, 0.0, 1.0)):
            pitch = frequency * 2 ** (cents * spread / 12)
            phase = glide(pitch, frames, vibrato=vibrato, speed=4.7 + 0.6 * player, delay=0.1)
            note += wave(saw(40, slope), pitch, phase + 0.31 * player)
        return fade(note, held, attack, release)

    return voice


def _reed(
    peaks: tuple[tuple[float, float, float], ...],
    *,
    attack: float = 0.03,
    vibrato: float = 0.2,
    scoop: float = 0.0,
    breath: float = 0.02,
    odd: bool = False,
    tremble: float = 0.0,
) -> Callable[[float, int], Samples]:
    def voice(frequency: float, held: int) -> Samples:
        release = 0.09
        frames = held + int(release * RATE)
        levels = formants(24, peaks, frequency)
        if odd:
            levels = tuple(level * (1.0 if k % 2 == 0 else 0.12) for k, level in enumerate(levels))
        phase = glide(frequency, frames, vibrato=vibrato, scoop=scoop)
        note = wave(levels, frequency, phase)
        note += breath * noise(frames, 1200, 6000, seed=11) * np.exp(-seconds(frames) / 0.4)
        if tremble:
            note *= 1 + tremble * np.sin(2 * np.pi * 6.1 * seconds(frames))
        return fade(note, held, attack, release)

    return voice


def _steel(frequency: float, held: int) -> Samples:
    """Pedal steel: every note slides in and sings long."""
    frames = held + int(0.25 * RATE)
    phase = glide(frequency, frames, vibrato=0.22, speed=5.2, scoop=1.6, scoop_time=0.07)
    note = wave(saw(16, 1.7), frequency, phase) + 0.5 * wave(saw(6, 1.2), frequency, phase)
    return fade(note * np.exp(-seconds(frames) / 2.2), held, 0.02, 0.25)


def _synth_lead(frequency: float, held: int) -> Samples:
    frames = held + int(0.12 * RATE)
    phase = glide(frequency, frames, vibrato=0.12, scoop=0.4, scoop_time=0.02)
    square = tuple(1.0 / k if k % 2 else 0.25 / k for k in range(1, 30))
    note = wave(square, frequency, phase) + 0.6 * wave(saw(30), frequency, phase * 1.004)
    return fade(note, held, 0.008, 0.12)


def _brass(frequency: float, held: int) -> Samples:
    frames = held + int(0.1 * RATE)
    phase = glide(frequency, frames, vibrato=0.08, scoop=0.7, scoop_time=0.025)
    bright, dull = wave(saw(30, 0.9), frequency, phase), wave(saw(8, 1.8), frequency, phase)
    opened = np.clip(seconds(frames) / 0.07, 0, 1) * np.exp(-seconds(frames) / 1.5)
    return fade(dull + opened * (bright - dull), held, 0.018, 0.1)


def _sub(frequency: float, held: int) -> Samples:
    """The 808's kick drum tuned as a bass: a sine that drops onto its note and rings."""
    frames = held + int(0.25 * RATE)
    time = np.arange(frames) / RATE
    phase = frequency * time + 0.9 * (1 - np.exp(-time / 0.022))
    note = np.sin(2 * np.pi * phase) * np.exp(-time / 0.9)
    return fade(np.tanh(1.8 * note).astype(np.float32), held, 0.002, 0.25)


def _synth_bass(frequency: float, held: int) -> Samples:
    frames = held + int(0.05 * RATE)
    phase = glide(frequency, frames)
    bright, dull = wave(saw(24, 0.9), frequency, phase), wave(saw(4, 1.4), frequency, phase)
    opened = np.exp(-seconds(frames) / 0.11)
    return fade(dull + 0.8 * opened * (bright - dull), held, 0.004, 0.05)


def _timpani(frequency: float, held: int) -> Samples:
    frames = held + int(0.9 * RATE)
    time = seconds(frames)
    note = np.zeros(frames, dtype=np.float32)
    for ratio, level, ring in ((1.0, 1.0, 0.7), (1.5, 0.7, 0.5), (1.98, 0.45, 0.35), (2.44, 0.3, 0.25)):
        note += level * np.sin(2 * np.pi * ratio * frequency * time) * np.exp(-time / ring)
    note += 0.5 * noise(frames, 60, 900, seed=17) * np.exp(-time / 0.015)
    return fade(note, held, 0.002, 0.9)


_SAX = ((520.0, 0.8, 1.0), (1400.0, 0.5, 0.8), (2900.0, 0.4, 0.35))
_HARMONICA = ((900.0, 0.7, 0.8), (2100.0, 0.5, 1.0), (3900.0, 0.4, 0.5))
_FLUTE = ((700.0, 0.9, 1.0),)

INSTRUMENTS: dict[str, Instrument] = {
    "piano": Instrument("piano", _piano),
    "honky-tonk": Instrument("upright piano", _piano, band=(120.0, 6500.0)),
    "electric-piano": Instrument("electric piano", _electric_piano, tremolo=(4.5, 0.25)),
    "vibraphone": Instrument("vibraphone", _vibraphone),
    "bell": Instrument("bell synth", _bell),
    "organ": Instrument(
        "organ", _drawbars((0.5, 1.0, 0.6, 0.7, 0.0, 0.3, 0.0, 0.35), 0.05, 0.06), drive=0.6, tremolo=(6.4, 0.2)
    ),
    "skank-organ": Instrument("organ", _drawbars((0.2, 1.0, 0.0, 0.8, 0.0, 0.0, 0.0, 0.5), 0.03, 0.1)),
    "nylon-guitar": Instrument("nylon guitar", _string(2.2, 1100.0, pick=0.28, tilt=1.3, release=0.15)),
    "steel-guitar": Instrument("acoustic guitar", _string(3.0, 2800.0, pick=0.17, tilt=0.85, release=0.12)),
    "electric-guitar": Instrument(
        "electric guitar", _string(2.5, 2600.0, pick=0.13, tilt=0.9), drive=0.8, band=(110.0, 5200.0)
    ),
    "funk-guitar": Instrument(
        "rhythm guitar", _string(0.9, 3500.0, pick=0.1, tilt=0.7, release=0.03), band=(250.0, 7500.0)
    ),
    "skank-guitar": Instrument(
        "rhythm guitar", _string(0.5, 2400.0, pick=0.12, tilt=0.8, release=0.02), band=(300.0, 5000.0)
    ),
    "twang-guitar": Instrument("telecaster", _string(2.2, 4200.0, pick=0.07, tilt=0.65), band=(180.0, 8000.0)),
    "banjo": Instrument("banjo", _string(0.55, 3600.0, pick=0.09, tilt=0.55), band=(250.0, 8000.0)),
    "overdrive": Instrument(
        "overdriven guitar", _string(5.0, 2600.0, pick=0.15, tilt=0.9, release=0.05), drive=5.0, band=(90.0, 4600.0)
    ),
    "high-gain": Instrument(
        "distorted guitar", _string(5.0, 3200.0, pick=0.12, tilt=0.75, release=0.025), drive=16.0, band=(80.0, 6200.0)
    ),
    "solo-guitar": Instrument(
        "lead guitar", _string(9.0, 3500.0, pick=0.13, tilt=0.8, release=0.08), drive=9.0, band=(150.0, 4800.0)
    ),
    "strings": Instrument("strings", _ensemble(1.25, 0.09, 0.22)),
    "high-strings": Instrument("strings", _ensemble(1.05, 0.05, 0.15, vibrato=0.1)),
    "pad": Instrument("synth pad", _ensemble(1.5, 0.18, 0.35, spread=0.14)),
    "saw-chords": Instrument("saw synth", _ensemble(0.95, 0.005, 0.08, spread=0.16, vibrato=0.0)),
    "pizzicato": Instrument("pizzicato strings", _string(0.5, 900.0, pick=0.3, tilt=1.2, release=0.2)),
    "pedal-steel": Instrument("pedal steel", _steel),
    "saxophone": Instrument("saxophone", _reed(_SAX, vibrato=0.25, scoop=0.8, breath=0.05)),
    "harmonica": Instrument(
        "harmonica", _reed(_HARMONICA, vibrato=0.15, scoop=1.0, breath=0.03, tremble=0.18), drive=1.2
    ),
    "melodica": Instrument("melodica", _reed(_HARMONICA, vibrato=0.1, breath=0.02, tremble=0.08)),
    "clarinet": Instrument("clarinet", _reed(_SAX, vibrato=0.08, breath=0.02, odd=True)),
    "flute": Instrument("flute", _reed(_FLUTE, attack=0.05, vibrato=0.25, breath=0.12)),
    "synth-lead": Instrument("lead synth", _synth_lead),
    "brass": Instrument("brass", _brass),
    "electric-bass": Instrument("electric bass", _string(3.0, 900.0, pick=0.2, tilt=1.1, release=0.05), drive=0.7),
    "picked-bass": Instrument("picked bass", _string(3.0, 1900.0, pick=0.12, tilt=0.9, release=0.04), drive=1.6),
    "slap-bass": Instrument("slap bass", _string(1.8, 2600.0, pick=0.09, tilt=0.8, release=0.03), drive=0.8),
    "upright-bass": Instrument("upright bass", _string(1.4, 520.0, pick=0.3, tilt=1.2, release=0.12)),
    "sub-bass": Instrument("808 bass", _sub),
    "synth-bass": Instrument("synth bass", _synth_bass),
    "cellos": Instrument("cellos", _ensemble(1.35, 0.06, 0.2, vibrato=0.05)),
    "timpani": Instrument("timpani", _timpani),
}
