"""From tracks of notes to a finished stereo mix: placing, amplifiers, reverberation, loudness, limiter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.demo.drums import render_drum
from core.demo.instruments import INSTRUMENTS, Instrument
from core.demo.synthesis import RATE, Samples

LOUDNESS = -16.0  # LUFS of every song
CEILING = 0.89  # -1 dBFS


@dataclass(frozen=True)
class PlayedNote:
    """A note in time: seconds from the song's start, seconds held, MIDI pitch, velocity 0 to 1."""

    start: float
    seconds: float
    pitch: int
    velocity: float


@dataclass(frozen=True)
class Track:
    """One player: an instrument with notes, or a drum (`drum` names it) with hits whose pitch is not used."""

    instrument: str
    notes: tuple[PlayedNote, ...]
    gain: float = 0.0
    pan: float = 0.0
    send: float = 0.2
    drum: bool = False


def mix(tracks: Sequence[Track], frames: int, room: float) -> Samples:
    """The finished song: float32 (2, frames) of `LOUDNESS`, peaks at most `CEILING`, faded out at its end."""
    dry = np.zeros((2, frames), dtype=np.float32)
    wet = np.zeros(frames, dtype=np.float32)
    for track in tracks:
        if not track.notes:
            continue
        sound = _drum_track(track, frames) if track.drum else _pitched_track(track, frames)
        level = np.float32(10 ** (track.gain / 20))
        wet += np.float32(track.send) * level * sound
        tremolo = (0.0, 0.0) if track.drum else INSTRUMENTS[track.instrument].tremolo
        for side, gain in enumerate(_pan_gains(track.pan)):
            dry[side] += _trembling(sound, tremolo, side) * np.float32(gain * level)
    song = dry + _reverberation(wet, room)
    song -= song.mean(axis=1, keepdims=True)  # clipped amplifiers leave an offset
    _fade_out(song, 0.9)
    song *= np.float32(10 ** ((LOUDNESS - loudness(song)) / 20))
    return _limited(song)


def _pan_gains(pan: float) -> tuple[float, float]:
    """Equal power; `pan` from -1 (left) to 1 (right)."""
    angle = (pan + 1) * np.pi / 4
    return float(np.cos(angle) * np.sqrt(2)), float(np.sin(angle) * np.sqrt(2))


def _trembling(sound: Samples, tremolo: tuple[float, float], side: int) -> Samples:
    speed, depth = tremolo
    if not depth:
        return sound
    # A slow curve needs few points: it is drawn at 200 Hz and interpolated.
    coarse = np.arange(0, len(sound) + RATE // 200, RATE // 200)
    curve = 1 + depth * np.sin(2 * np.pi * speed * coarse / RATE + np.pi * side)
    return sound * np.interp(np.arange(len(sound)), coarse, curve).astype(np.float32)


def _pitched_track(track: Track, frames: int) -> Samples:
    instrument = INSTRUMENTS[track.instrument]
    sound = np.zeros(frames, dtype=np.float32)
    made: dict[tuple[int, int], Samples] = {}
    for note in track.notes:
        held = max(int(note.seconds * 50), 2) * (RATE // 50)  # lengths to 20 ms, so that equal notes are made once
        key = (note.pitch, held)
        if key not in made:
            made[key] = instrument.voice(440.0 * 2 ** ((note.pitch - 69) / 12), held).astype(np.float32)
        _add(sound, made[key], note.start, note.velocity)
    sound = _amplified(sound, instrument)
    return sound * np.float32(0.12 / _loud_rms(sound))


def _drum_track(track: Track, frames: int) -> Samples:
    sound = np.zeros(frames, dtype=np.float32)
    hit = render_drum(track.instrument)
    for note in track.notes:
        _add(sound, hit, note.start, note.velocity)
    return sound * np.float32(0.5)


def _add(sound: Samples, note: Samples, start: float, velocity: float) -> None:
    first = round(max(start, 0.0) * RATE)
    count = min(len(note), len(sound) - first)
    if count > 0:
        sound[first : first + count] += note[:count] * np.float32(velocity)


def _amplified(sound: Samples, instrument: Instrument) -> Samples:
    if instrument.drive:
        sound = np.tanh(sound * np.float32(instrument.drive * 0.3 / _loud_rms(sound)))
    low, high = instrument.band
    if high:
        sound = _filtered(sound, low, high)
    return sound


def _filtered(sound: Samples, low: float, high: float) -> Samples:
    """Band pass of zero phase: the wished magnitudes, made a filter of 2048 taps by a Hann window."""
    taps = 2048
    frequency = np.maximum(np.fft.rfftfreq(taps, 1 / RATE), 0.1)
    gain = 1.0 / ((1.0 + (low / frequency) ** 4) * (1.0 + (frequency / high) ** 8))
    response = np.roll(np.fft.irfft(gain, n=taps), taps // 2) * np.hanning(taps + 1)[:-1]
    return _convolved(sound, response.astype(np.float32), delay=taps // 2)


def _convolved(sound: Samples, response: Samples, delay: int = 0) -> Samples:
    """`sound` through a filter, as long as before, `delay` frames earlier; overlap-add, which stays in the cache."""
    size = 1 << (3 * len(response)).bit_length()
    step = size - len(response)
    count = -(-len(sound) // step)
    blocks = np.pad(sound, (0, count * step - len(sound))).reshape(count, step)
    spectrum = np.fft.rfft(response, n=size)
    result = np.zeros(count * step + len(response), dtype=np.float32)
    for index, block in enumerate(blocks):
        result[index * step : index * step + size] += np.fft.irfft(np.fft.rfft(block, n=size) * spectrum, n=size)
    return result[delay : delay + len(sound)]


def _loud_rms(sound: Samples) -> float:
    """RMS of the louder blocks of 0.1 s, so that rests do not make a sparse part loud."""
    block = RATE // 10
    power = np.mean(sound[: len(sound) // block * block].reshape(-1, block) ** 2, axis=1)
    return float(np.sqrt(np.quantile(power, 0.85))) + 1e-6


def _reverberation(wet: Samples, room: float) -> Samples:
    """Decaying noise as the room's response, other noise for each side, highs dying first; (2, frames)."""
    length = int(min(room, 1.3) * RATE)
    time = np.arange(length, dtype=np.float32) / RATE
    generator = np.random.default_rng(1957)
    sides = []
    for _ in range(2):
        response = generator.standard_normal(length).astype(np.float32)
        dull = np.convolve(response, np.full(8, 1 / 8, dtype=np.float32), mode="same")
        bright = np.exp(-time / (0.04 * room))
        response = (dull * 2.0 + (response - dull) * bright) * np.exp(-6.9 * time / room)
        response[: int(0.012 * RATE)] = 0.0
        response /= np.sqrt(np.sum(response**2)) / 1.4
        sides.append(_convolved(wet, response.astype(np.float32)))
    return np.stack(sides)


def _fade_out(song: Samples, length: float) -> None:
    count = int(length * RATE)
    song[:, -count:] *= np.linspace(1.0, 0.0, count, dtype=np.float32) ** 1.5


def loudness(song: Samples) -> float:
    """Integrated loudness in LUFS of (2, frames) at `RATE`: ITU-R BS.1770 with both gates.

    The K weighting is applied to the power spectrum of each tenth of a second, as the magnitudes of the
    standard's analogue prototypes (a shelf of 4 dB above 1.68 kHz, a high pass at 38 Hz).
    """
    hop = RATE // 10
    steps = song.shape[1] // hop
    power = np.abs(np.fft.rfft(song[:, : steps * hop].reshape(2, steps, hop), axis=2)) ** 2
    power[..., 1:-1] *= 2
    tenths = (power @ _k_weighting(hop) / hop**2).sum(axis=0)
    blocks = np.convolve(tenths, np.full(4, 0.25), mode="valid") + 1e-12
    blocks = blocks[blocks > 10 ** ((-70 + 0.691) / 10)]
    if not len(blocks):
        return -70.0
    gate = np.mean(blocks) * 0.1
    return float(-0.691 + 10 * np.log10(np.mean(blocks[blocks > gate])))


def _k_weighting(size: int) -> Samples:
    """Power gain of the K weighting at the frequencies of an FFT of `size`."""
    s = 1j * np.fft.rfftfreq(size, 1 / RATE)
    low, high = s / 38.135, s / 1681.97
    shelf = (1.5849 * high**2 + 1.2587 * high / 0.7072 + 1) / (high**2 + high / 0.7072 + 1)
    high_pass = low**2 / (low**2 + low / 0.5003 + 1)
    return (np.abs(shelf * high_pass) ** 2).astype(np.float32)


def _limited(song: Samples) -> Samples:
    """Peaks under `CEILING` by a gain that moves over blocks of 4 ms and never cuts within a wave."""
    block = RATE // 250
    frames = song.shape[1]
    count = -(-frames // block)
    padded = np.pad(np.max(np.abs(song), axis=0), (0, count * block - frames))
    peaks = padded.reshape(count, block).max(axis=1)
    gain = np.minimum(1.0, CEILING / np.maximum(peaks, 1e-9))
    # A corner between two blocks takes the smaller gain of both, so the line between corners is low enough.
    corners = np.minimum(np.append(gain, 1.0), np.append(1.0, gain))
    for _ in range(6):  # released over some 25 ms
        corners = np.minimum(corners, 0.5 * np.append(corners[1:], 1.0) + 0.5)
        corners = np.minimum(corners, 0.7 * np.append(1.0, corners[:-1]) + 0.3)
    curve = np.interp(np.arange(frames), np.arange(count + 1) * block, corners)
    return np.clip(song * curve.astype(np.float32), -CEILING, CEILING)
