"""The vocabulary in which a style is written down: sections, parts and step patterns.

A pattern is a string of equal steps over one bar; `|` parts the bars of a longer one, which then alternate.
Everywhere `.` is a rest and `-` holds the note before. Chords and melodies start a note with `x` (or `X`
accented, `o` soft); basses start one with a chord degree (`1 3 5 6 7 8`), `a` for a half-step approach to
the next root or `w` for a walking note. Drums have no `-`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

VELOCITIES = {"X": 1.0, "x": 0.8, "o": 0.45}


@dataclass(frozen=True)
class Section:
    """Some bars of a song's form.

    Args:
        chords: progressions to draw one from.
        drums: which of the drum patterns plays.
        lead: whether the melody plays.
        lift: semitones by which the melody's register rises, for a chorus.
        silent: instruments that rest here.
    """

    chords: tuple[str, ...]
    drums: str = "main"
    lead: bool = True
    lift: int = 0
    silent: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comp:
    """A part that plays chords; `centre` is the middle of its voicings, `strum` seconds between strings.

    `voicing` is close, shell, open or power (all notes at once), or arpeggio (one after another).
    """

    instrument: str
    rhythms: tuple[str, ...]
    voicing: str = "close"
    centre: int = 60
    gain: float = -6.0
    pan: float = 0.0
    send: float = 0.2
    strum: float = 0.0


@dataclass(frozen=True)
class Bass:
    instrument: str
    patterns: tuple[str, ...]
    centre: int = 36
    gain: float = -2.0
    send: float = 0.02


@dataclass(frozen=True)
class Lead:
    """A melody: `cells` are one-bar rhythms of which it makes its motifs."""

    instrument: str
    cells: tuple[str, ...]
    scale: str = ""  # the key's own scale where empty
    low: int = 64
    high: int = 84
    gain: float = -3.0
    pan: float = 0.0
    send: float = 0.3


@dataclass(frozen=True)
class Drums:
    """A kit: `levels` in dB for each drum, patterns by name and drum, and the fill before a new section."""

    levels: dict[str, float]
    patterns: dict[str, dict[str, str]]
    fill: dict[str, str] = field(default_factory=dict)
    crash: str = "crash"
    gain: float = 0.0
    send: float = 0.08


@dataclass(frozen=True)
class Style:
    """All that makes a genre: where alternatives are given, a song's seed draws one of each.

    Args:
        tempo: range in beats (quarter notes) a minute.
        swing: where the off-beat eighth falls within its beat; 0.5 is straight, 2/3 a triplet shuffle.
        keys: (scale, tonics) to draw from; the scale also names the key.
        forms: sections played in a ring until the time is up.
        bass, comps, leads: alternatives; each element of `comps` is one part's alternatives.
        drums: None for an orchestra without a kit.
        room: seconds of reverberation.
        human: seconds by which players miss the grid (standard deviation).
    """

    name: str
    titles: tuple[tuple[str, ...], tuple[str, ...]]
    tempo: tuple[int, int]
    keys: tuple[tuple[str, tuple[str, ...]], ...]
    forms: tuple[tuple[Section, ...], ...]
    bass: tuple[Bass, ...]
    comps: tuple[tuple[Comp, ...], ...]
    leads: tuple[Lead, ...]
    drums: Drums | None
    beats: int = 4
    swing: float = 0.5
    room: float = 1.0
    human: float = 0.004
