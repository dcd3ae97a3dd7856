"""Melodies made of motifs: a short rhythm and contour, repeated over new chords, varied, and closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.demo.harmony import Chord, nearest, scale_pitches
from core.demo.style import VELOCITIES, Lead

# Which motif each bar of a phrase plays; "z" ends it on a long chord tone.
_PHRASES = ("aabz", "abaz", "abac", "aaaz", "abcz")


@dataclass(frozen=True)
class Note:
    """A note before it has a tempo: start and length in beats within the song, MIDI pitch, velocity 0 to 1."""

    beat: float
    length: float
    pitch: int
    velocity: float
    swung: bool = True


@dataclass(frozen=True)
class Motif:
    """One bar of melody without a key: (beat, length, velocity) and scale steps from where it is put."""

    rhythm: tuple[tuple[float, float, float], ...]
    contour: tuple[int, ...]
    swung: bool


class Melodist:
    """Writes the melody of one song; every section with the same register gets the same motifs."""

    def __init__(self, lead: Lead, tonic: int, scale: str, beats: int, rng: np.random.Generator) -> None:
        self.lead = lead
        self.tonic = tonic
        self.scale = lead.scale or scale
        self.beats = beats
        self.rng = rng
        self.motifs = {name: self._motif() for name in "abc"}
        self.phrase = str(rng.choice(_PHRASES))
        self.last = (lead.low + lead.high) / 2

    def section(self, bars: Sequence[Sequence[Chord]], first_beat: float, lift: int) -> list[Note]:
        """The melody over `bars` of chords; `lift` semitones higher in a chorus."""
        notes: list[Note] = []
        for number, chords in enumerate(bars):
            name = self.phrase[number % len(self.phrase)]
            last_of_section = number == len(bars) - 1
            beat = first_beat + number * self.beats
            if name == "z" or last_of_section:
                notes += self._cadence(chords, beat, lift)
            else:
                notes += self._bar(self.motifs[name], chords, beat, lift)
        return notes

    def _motif(self) -> Motif:
        cell = str(self.rng.choice(self.lead.cells))
        rhythm = tuple(read_steps(cell, self.beats))
        walk, contour = 0, []
        for _ in rhythm:
            contour.append(walk)
            leap = self.rng.random() < 0.18
            walk += int(self.rng.choice([-3, 3, 4] if leap else [-2, -1, -1, 1, 1, 2]))
            walk = int(np.clip(walk, -5, 6))
        return Motif(rhythm, tuple(contour), swung=is_straight(cell, self.beats))

    def _bar(self, motif: Motif, chords: Sequence[Chord], beat: float, lift: int) -> list[Note]:
        pool = scale_pitches(self.tonic, self.scale, self.lead.low + lift, self.lead.high + lift)
        centre = (pool[0] + pool[-1]) / 2
        start = nearest(0.5 * (self.last + centre), chords[0].classes)
        anchor = min(range(len(pool)), key=lambda i: abs(pool[i] - start))
        notes = []
        for (offset, length, velocity), step in zip(motif.rhythm, motif.contour, strict=True):
            chord = chords[min(int(offset / self.beats * len(chords)), len(chords) - 1)]
            pitch = pool[int(np.clip(anchor + step, 0, len(pool) - 1))]
            # A passing note may be any of the scale; one that is leaned on belongs to the chord.
            if offset % 2 == 0 or length >= 1:
                pitch = nearest(pitch, chord.classes)
            notes.append(Note(beat + offset, length, pitch, velocity, motif.swung))
            self.last = pitch
        return notes

    def _cadence(self, chords: Sequence[Chord], beat: float, lift: int) -> list[Note]:
        goal = nearest(0.6 * self.last + 0.2 * (self.lead.low + self.lead.high) + 0.4 * lift, chords[0].classes)
        pool = scale_pitches(self.tonic, self.scale, goal - 12, goal + 12)
        turn = min(pool, key=lambda p: (abs(p - goal - 2), p))
        self.last = goal
        held = self.beats - 1.0
        return [
            Note(beat, 0.5, turn, 0.7),
            Note(beat + 0.5, 0.5, goal, 0.6),
            Note(beat + 1.0, held - 0.25, goal, 0.8),
        ]


def read_steps(pattern: str, beats: int) -> list[tuple[float, float, float]]:
    """(beat, length in beats, velocity) of each note of a one-bar pattern.

    >>> read_steps("x-.o", 4)
    [(0.0, 2.0, 0.8), (3.0, 1.0, 0.45)]
    """
    step = beats / len(pattern)
    notes = []
    for index, sign in enumerate(pattern):
        if sign in ".-":
            continue
        held = 1
        while index + held < len(pattern) and pattern[index + held] == "-":
            held += 1
        notes.append((index * step, held * step, VELOCITIES.get(sign, 0.8)))
    return notes


def is_straight(pattern: str, beats: int) -> bool:
    """Whether the steps halve the beat, so that a style's swing applies; triplets are written out."""
    return len(pattern) % beats == 0 and (len(pattern) // beats) in (1, 2, 4)
