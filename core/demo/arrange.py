"""From a style and a seed to a score: key, tempo, form, and what every player plays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.demo.harmony import (
    NOTE_NAMES,
    Chord,
    close_voicing,
    nearest,
    open_voicing,
    parse_chord,
    parse_progression,
    power_voicing,
    shell_voicing,
)
from core.demo.melody import Melodist, Note, is_straight, read_steps
from core.demo.mix import PlayedNote, Track
from core.demo.style import Bass, Comp, Drums, Lead, Section, Style

SECONDS = 30.0
# The last chord rings for about this long.
_RING = (1.5, 2.9)
_DRUM_PANS = {"hat": 0.25, "open-hat": 0.25, "ride": -0.35, "shaker": 0.5, "tambourine": -0.45}
_DRUM_PANS |= {"high-tom": 0.3, "low-tom": -0.3, "crash": -0.2, "rim": 0.1}


@dataclass(frozen=True)
class Bar:
    """One bar: its number from 0, its chords, and the section that it belongs to and may end."""

    number: int
    chords: tuple[Chord, ...]
    section: Section
    last_of_section: bool


@dataclass(frozen=True)
class Score:
    title: str
    tempo: float  # beats a minute
    tonic: str
    scale: str
    progression: tuple[str, ...]  # the numerals of each bar
    tracks: tuple[Track, ...]


class Arranger:
    """Writes one song; all its draws come from `rng`, in a fixed order."""

    def __init__(self, style: Style, rng: np.random.Generator) -> None:
        self.style = style
        self.rng = rng
        first, second = style.titles
        self.title = f"{rng.choice(first)} {rng.choice(second)}"
        self.scale, tonics = style.keys[int(rng.integers(len(style.keys)))]
        self.tonic_name = str(rng.choice(tonics))
        self.tonic = NOTE_NAMES.index(self.tonic_name)
        self.tempo, self.bar_count = self._draw_tempo()
        self.bars = self._draw_form()

    def score(self) -> Score:
        style = self.style
        tracks = [self._bass(self._pick(style.bass))]
        tracks += [self._comp(self._pick(alternatives)) for alternatives in style.comps]
        tracks.append(self._lead(self._pick(style.leads)))
        if style.drums:
            tracks += self._drums(style.drums)
        progression = tuple(" ".join(chord.numeral for chord in bar.chords) for bar in self.bars)
        return Score(self.title, self.tempo, self.tonic_name, self.scale, progression, tuple(tracks))

    def _pick(self, alternatives: Sequence[Any]) -> Any:
        return alternatives[int(self.rng.integers(len(alternatives)))]

    def _draw_tempo(self) -> tuple[float, int]:
        """A tempo of the style at which whole bars leave time for the last chord to ring."""
        fitting = []
        for tempo in np.arange(self.style.tempo[0], self.style.tempo[1] + 0.1, 0.5):
            bar = 60.0 * self.style.beats / tempo
            bars = int((SECONDS - _RING[0]) / bar)
            if SECONDS - bars * bar <= _RING[1]:
                fitting.append((float(tempo), bars))
        return fitting[int(self.rng.integers(len(fitting)))]

    def _draw_form(self) -> list[Bar]:
        form = self._pick(self.style.forms)
        drawn = [(section, str(self.rng.choice(section.chords))) for section in form]
        bars: list[Bar] = []
        while len(bars) < self.bar_count:
            for section, text in drawn:
                progression = parse_progression(text, self.tonic)
                for index, chords in enumerate(progression):
                    last = index == len(progression) - 1 or len(bars) == self.bar_count - 1
                    bars.append(Bar(len(bars), tuple(chords), section, last))
        return bars[: self.bar_count]

    @property
    def _final_chord(self) -> Chord:
        """The tonic chord of the first bar's kind, or the key's own where the song begins elsewhere."""
        opening = self.bars[0].chords[0]
        if opening.root == self.tonic:
            return opening
        minor = self.scale in ("minor", "dorian", "phrygian", "harmonic minor", "minor pentatonic")
        return parse_chord("i" if minor else "I", self.tonic)

    def _seconds(self, beat: float, swung: bool = True) -> float:
        """Time of a beat counted from the song's start, with the style's swing on the off-beat eighths."""
        if swung and self.style.swing != 0.5:
            whole, part = divmod(beat, 1.0)
            swing = self.style.swing
            part = part * 2 * swing if part < 0.5 else swing + (part - 0.5) * 2 * (1 - swing)
            beat = whole + part
        return beat * 60.0 / self.tempo

    def _play(self, notes: Sequence[Note], lateness: float = 0.0) -> list[PlayedNote]:
        played = []
        for note in notes:
            start, end = self._seconds(note.beat, note.swung), self._seconds(note.beat + note.length, note.swung)
            miss = float(self.rng.normal(0.0, self.style.human)) if note.beat else 0.0
            accent = float(np.clip(self.rng.normal(1.0, 0.05), 0.8, 1.1))
            played.append(PlayedNote(start + miss + lateness, (end - start) * 0.96, note.pitch, note.velocity * accent))
        return played

    def _ending(self) -> tuple[float, float]:
        """Beat at which the last chord falls, and its length in beats."""
        beat = float(self.bar_count * self.style.beats)
        return beat, (SECONDS - 0.4) * self.tempo / 60 - beat

    def _bass(self, bass: Bass) -> Track:
        patterns = str(self.rng.choice(bass.patterns)).split("|")
        notes: list[Note] = []
        pitch = float(bass.centre)
        for bar in self.bars:
            if bass.instrument in bar.section.silent:
                continue
            pattern = patterns[bar.number % len(patterns)]
            swung = is_straight(pattern, self.style.beats)
            for offset, length, sign in _read_bass(pattern, self.style.beats):
                chord = _chord_at(bar.chords, offset / self.style.beats)
                pitch = self._bass_pitch(sign, chord, self._next_root(bar, offset), bass.centre, pitch)
                velocity = 0.9 if offset % 1 == 0 else 0.75
                notes.append(Note(bar.number * self.style.beats + offset, length, int(pitch), velocity, swung))
        beat, length = self._ending()
        notes.append(Note(beat, length, nearest(bass.centre, (self.tonic,)), 0.9))
        return Track(bass.instrument, tuple(self._play(notes)), bass.gain, 0.0, bass.send)

    def _next_root(self, bar: Bar, offset: float) -> int:
        position = int(offset / self.style.beats * len(bar.chords)) + 1
        if position < len(bar.chords):
            return bar.chords[position].root
        following = bar.number + 1
        return self.bars[following].chords[0].root if following < len(self.bars) else self.tonic

    def _bass_pitch(self, sign: str, chord: Chord, next_root: int, centre: int, previous: float) -> int:
        root = nearest(centre, (chord.root,))
        if sign == "a":
            goal = nearest(previous, (next_root,))
            return goal - 1 if self.rng.random() < 0.6 else goal + 1
        if sign == "w":
            around = [p for p in range(root - 5, root + 13) if p % 12 in chord.classes and p != previous]
            weights = np.array([np.exp(-abs(p - previous) / 3.0) for p in around])
            return int(self.rng.choice(around, p=weights / weights.sum()))
        pitch = root + chord.tone(int(sign))
        # The fifth below is as good as the one above, and keeps the line low.
        return pitch - 12 if sign in "567" and pitch > centre + 9 else pitch

    def _comp(self, comp: Comp) -> Track:
        rhythm = str(self.rng.choice(comp.rhythms)).split("|")
        notes: list[Note] = []
        voicing: tuple[int, ...] = ()
        counter = 0
        for bar in self.bars:
            if comp.instrument in bar.section.silent:
                continue
            pattern = rhythm[bar.number % len(rhythm)]
            swung = is_straight(pattern, self.style.beats)
            for offset, length, velocity in read_steps(pattern, self.style.beats):
                chord = _chord_at(bar.chords, offset / self.style.beats)
                voicing = _voice(comp, chord, voicing)
                chosen = voicing
                if comp.voicing == "arpeggio":
                    ladder = (*voicing, voicing[0] + 12, *voicing[:0:-1])
                    chosen = (ladder[counter % len(ladder)],)
                    counter += 1
                beat = bar.number * self.style.beats + offset
                notes += [Note(beat, length, pitch, velocity, swung) for pitch in chosen]
        beat, length = self._ending()
        final = _voice(comp, self._final_chord, voicing)
        notes += [Note(beat, length, pitch, 0.8) for pitch in final]
        played = _strummed(self._play(notes), comp.strum)
        return Track(comp.instrument, tuple(played), comp.gain, comp.pan, comp.send)

    def _lead(self, lead: Lead) -> Track:
        melodist = Melodist(lead, self.tonic, self.scale, self.style.beats, self.rng)
        notes: list[Note] = []
        group: list[Bar] = []
        for bar in self.bars:
            group.append(bar)
            if bar.last_of_section:
                if bar.section.lead:
                    chords = [member.chords for member in group]
                    notes += melodist.section(chords, group[0].number * self.style.beats, bar.section.lift)
                group = []
        beat, length = self._ending()
        notes.append(Note(beat, length, nearest(melodist.last, (self.tonic,)), 0.8))
        return Track(lead.instrument, tuple(self._play(notes, 0.005)), lead.gain, lead.pan, lead.send)

    def _drums(self, drums: Drums) -> list[Track]:
        hits: dict[str, list[Note]] = {name: [] for name in drums.levels}
        for bar in self.bars:
            patterns = drums.patterns[bar.section.drums]
            filling = bar.last_of_section and bool(drums.fill) and bar.number > 0
            for name in hits:
                rows = (drums.fill if filling and name in drums.fill else patterns).get(name, "").split("|")
                row = rows[bar.number % len(rows)]
                swung = is_straight(row, self.style.beats)
                for offset, _, velocity in read_steps(row, self.style.beats) if row else []:
                    beat = bar.number * self.style.beats + offset
                    hits[name].append(Note(beat, 0.25, 60, velocity, swung))
            follows = bar.number > 0 and self.bars[bar.number - 1].last_of_section
            if follows and drums.crash in hits:
                hits[drums.crash].append(Note(bar.number * self.style.beats, 1, 60, 0.8))
        beat, _ = self._ending()
        for name in (drums.crash, next(iter(drums.levels))):
            hits[name].append(Note(beat, 1, 60, 0.9))
        tracks = []
        for name, notes in hits.items():
            level = drums.levels[name] + drums.gain
            tracks.append(Track(name, tuple(self._play(notes)), level, _DRUM_PANS.get(name, 0.0), drums.send, True))
        return tracks


def _chord_at(chords: Sequence[Chord], part: float) -> Chord:
    """The chord that sounds at `part` (0 to 1) of its bar."""
    return chords[min(int(part * len(chords) + 1e-6), len(chords) - 1)]


def _read_bass(pattern: str, beats: int) -> list[tuple[float, float, str]]:
    """(beat, length in beats, degree) of each note of a one-bar bass pattern."""
    step = beats / len(pattern)
    return [(beat, length, pattern[round(beat / step)]) for beat, length, _ in read_steps(pattern, beats)]


def _voice(comp: Comp, chord: Chord, previous: tuple[int, ...]) -> tuple[int, ...]:
    if comp.voicing == "power":
        return power_voicing(chord, comp.centre)
    if comp.voicing == "open":
        return open_voicing(chord, comp.centre)
    if comp.voicing == "shell":
        return shell_voicing(chord, comp.centre, previous)
    return close_voicing(chord, comp.centre, previous)


def _strummed(notes: Sequence[PlayedNote], gap: float) -> list[PlayedNote]:
    """Chord notes one after another by `gap` s, from the lowest string up; the ear takes them for one stroke."""
    if not gap:
        return list(notes)
    strummed = []
    string, last = 0, -1.0
    for note in sorted(notes, key=lambda n: (round(n.start, 1), n.pitch)):
        string = string + 1 if abs(note.start - last) < 0.04 else 0
        last = note.start
        strummed.append(PlayedNote(note.start + string * gap, note.seconds, note.pitch, note.velocity))
    return strummed
