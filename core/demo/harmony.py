"""Keys, scales, chords written as Roman numerals, and how a keyboard or a guitar would voice them.

Pitches are MIDI numbers (69 is the A of 440 Hz), pitch classes are 0 to 11 with C as 0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

NOTE_NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")

SCALES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "major pentatonic": (0, 2, 4, 7, 9),
    "minor pentatonic": (0, 3, 5, 7, 10),
    "blues": (0, 3, 5, 6, 7, 10),
    "country": (0, 2, 3, 4, 7, 9),
}

_DEGREES = {"I": 0, "II": 2, "III": 4, "IV": 5, "V": 7, "VI": 9, "VII": 11}
_NUMERAL = re.compile(r"(?P<accidental>[b#]?)(?P<degree>[IV]+|[iv]+)(?P<suffix>.*)")
_MAJOR = {
    "": (0, 4, 7),
    "5": (0, 7),
    "6": (0, 4, 7, 9),
    "7": (0, 4, 7, 10),
    "9": (0, 4, 7, 10, 14),
    "maj7": (0, 4, 7, 11),
    "maj9": (0, 4, 7, 11, 14),
    "sus4": (0, 5, 7),
}
_MINOR = {
    "": (0, 3, 7),
    "5": (0, 7),
    "6": (0, 3, 7, 9),
    "7": (0, 3, 7, 10),
    "9": (0, 3, 7, 10, 14),
    "o": (0, 3, 6),
    "h7": (0, 3, 6, 10),
}


@dataclass(frozen=True)
class Chord:
    """A chord in a key: `root` is a pitch class, `intervals` are semitones above it."""

    numeral: str
    root: int
    intervals: tuple[int, ...]

    @property
    def classes(self) -> tuple[int, ...]:
        return tuple((self.root + interval) % 12 for interval in self.intervals)

    def tone(self, degree: int) -> int:
        """Semitones of the chord's third, fifth, sixth or seventh above its root, also where it holds none."""
        third = 3 if 3 in self.intervals else 4
        fifth = 6 if 6 in self.intervals else 7
        seventh = 11 if 11 in self.intervals else 10
        return {1: 0, 3: third, 5: fifth, 6: 9, 7: seventh, 8: 12}[degree]


def parse_chord(numeral: str, tonic: int) -> Chord:
    """The chord that `numeral` names above `tonic` (a pitch class).

    Degrees count on the major scale, also in a minor key (`bVI`); capitals are major, small letters minor.

    >>> parse_chord("ii7", 0).classes
    (2, 5, 9, 0)
    """
    match = _NUMERAL.fullmatch(numeral)
    if match is None:
        raise ValueError(f"{numeral!r} is no chord")
    shift = {"": 0, "b": -1, "#": 1}[match["accidental"]]
    qualities = _MAJOR if match["degree"].isupper() else _MINOR
    root = (tonic + _DEGREES[match["degree"].upper()] + shift) % 12
    return Chord(numeral, root, qualities[match["suffix"]])


def parse_progression(text: str, tonic: int) -> list[list[Chord]]:
    """Bars of chords from "I | IV V": bars are parted by `|`, the chords of a bar share it evenly."""
    return [[parse_chord(numeral, tonic) for numeral in bar.split()] for bar in text.split("|")]


def scale_pitches(tonic: int, scale: str, low: int, high: int) -> list[int]:
    """All MIDI pitches of a scale from `low` to `high`, rising."""
    classes = {(tonic + step) % 12 for step in SCALES[scale]}
    return [pitch for pitch in range(low, high + 1) if pitch % 12 in classes]


def nearest(pitch: float, classes: Sequence[int]) -> int:
    """The MIDI pitch closest to `pitch` whose class is one of `classes`; the lower of two equally close."""
    around = range(round(pitch) - 7, round(pitch) + 8)
    return min((p for p in around if p % 12 in classes), key=lambda p: (abs(p - pitch), p))


def close_voicing(chord: Chord, centre: int, previous: Sequence[int] = ()) -> tuple[int, ...]:
    """The inversion around `centre` that moves least from the voicing before."""
    classes = sorted(set(chord.classes))
    candidates = []
    for bottom in range(centre - 9, centre + 4):
        if bottom % 12 not in classes:
            continue
        notes = [bottom]
        while len(notes) < len(classes):
            notes.append(next(p for p in range(notes[-1] + 1, notes[-1] + 13) if p % 12 in classes))
        candidates.append(tuple(notes))
    target = sum(previous) / len(previous) if previous else centre + 1.0
    return min(candidates, key=lambda notes: (abs(sum(notes) / len(notes) - target), notes))


def shell_voicing(chord: Chord, centre: int, previous: Sequence[int] = ()) -> tuple[int, ...]:
    """Third, seventh and what lies above, without the root that the bass plays: a jazz pianist's left hand."""
    upper = tuple(interval for interval in chord.intervals if interval not in (0, 7))
    rootless = Chord(chord.numeral, chord.root, (*upper, 14) if len(upper) < 3 else upper)
    return close_voicing(rootless, centre, previous)


def open_voicing(chord: Chord, centre: int) -> tuple[int, ...]:
    """Root, fifth, octave, third and fifth over an octave and a half: an open guitar chord."""
    root = nearest(centre - 10, (chord.root,))
    fifth, third = chord.tone(5), chord.tone(3)
    top = 12 + chord.tone(7) if len(chord.intervals) > 3 else 12 + fifth
    return (root, root + fifth, root + 12, root + 12 + third, root + max(top, 12 + third + 2))


def power_voicing(chord: Chord, centre: int) -> tuple[int, ...]:
    """Root, fifth and octave: what stays clear through distortion."""
    root = nearest(centre - 5, (chord.root,))
    return (root, root + 7, root + 12)
