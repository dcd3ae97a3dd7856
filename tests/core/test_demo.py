"""The demo songs: always the same, really in the tempo and key that they name, and unlike one another."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from core.audio import read_clip
from core.demo import STYLES, DemoSong, compose, write_demo
from core.demo.harmony import NOTE_NAMES, SCALES, parse_chord, parse_progression
from core.demo.mix import loudness
from core.demo.style import Style
from core.demo.styles import SONGBOOK
from core.errors import UsageError
from tests.demo_songs import composed

HOP = 441  # 10 ms


@pytest.fixture(scope="module")
def songs() -> dict[str, DemoSong]:
    return {style: composed(style) for style in STYLES}


def onset_strength(song: DemoSong) -> np.ndarray:
    """Rises of the log spectrum, one value each 10 ms."""
    mono = song.clip.samples.mean(axis=0)
    frames = np.lib.stride_tricks.sliding_window_view(mono, 1024)[::HOP] * np.hanning(1024).astype(np.float32)
    spectra = np.log1p(100 * np.abs(np.fft.rfft(frames, axis=1)))
    strength = np.maximum(np.diff(spectra, axis=0), 0).sum(axis=1)
    return strength - strength.mean()


def test_the_ten_styles_carry_the_names_of_gtzan() -> None:
    assert STYLES == ("blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock")


def test_a_song_is_the_same_every_time_and_another_seed_gives_another(songs: dict[str, DemoSong]) -> None:
    again, other = compose("reggae", 0), compose("reggae", 1)
    assert np.array_equal(again.clip.samples, songs["reggae"].clip.samples)
    assert again.facts() == songs["reggae"].facts()
    assert other.name != again.name
    assert not np.array_equal(other.clip.samples, again.clip.samples)


@pytest.mark.parametrize("style", STYLES)
def test_a_song_is_thirty_clean_seconds_that_begin_at_once(style: str, songs: dict[str, DemoSong]) -> None:
    clip = songs[style].clip
    assert (clip.channels, clip.rate, clip.frames) == (2, 44100, 30 * 44100)
    assert np.isfinite(clip.samples).all()
    assert 0.4 < clip.peak <= 0.891
    assert abs(clip.samples.mean()) < 1e-3
    assert loudness(clip.samples) == pytest.approx(-16.0, abs=0.5)
    assert np.abs(clip.samples[:, : 44100 // 10]).max() > 0.05
    seconds = np.abs(clip.samples[:, : 28 * 44100]).reshape(2, 28, 44100).max(axis=(0, 2))
    assert seconds.min() > 0.02, "a silent second"
    assert np.abs(clip.samples[:, -50:]).max() < 1e-3, "the end is cut off"
    assert np.std(clip.samples[0] - clip.samples[1]) > 0.005, "not stereo"


@pytest.mark.parametrize("style", STYLES)
def test_the_beat_of_the_facts_is_in_the_sound(style: str, songs: dict[str, DemoSong]) -> None:
    song = songs[style]
    strength = onset_strength(song)
    lags = np.arange(len(strength) // 2)
    similarity = np.array([np.dot(strength[: len(strength) - lag], strength[lag:]) for lag in lags])
    similarity /= similarity[0]

    def pulse(tempo: float) -> float:
        """Mean self-similarity after one to four bars, which a wrong tempo misses by ever more."""
        bar = 60.0 / tempo * song.beats_per_bar * 44100 / HOP
        return float(np.mean([similarity[round(bar * n) - 1 : round(bar * n) + 2].max() for n in range(1, 5)]))

    assert pulse(song.tempo) > 0.15
    for wrong in (0.93, 0.96, 0.98, 1.02, 1.04, 1.07):
        assert pulse(song.tempo) > pulse(song.tempo * wrong) + 0.05


@pytest.mark.parametrize("style", [style for style in STYLES if style not in ("metal", "rock")])
def test_the_key_of_the_facts_is_in_the_sound(style: str, songs: dict[str, DemoSong]) -> None:
    song = songs[style]
    mono = song.clip.samples.mean(axis=0)
    frames = mono[: len(mono) // 16384 * 16384].reshape(-1, 16384) * np.hanning(16384).astype(np.float32)
    power = (np.abs(np.fft.rfft(frames, axis=1)) ** 2).mean(axis=0)
    frequency = np.fft.rfftfreq(16384, 1 / 44100)
    pitched = (frequency > 120) & (frequency < 1200)
    classes = np.round(69 + 12 * np.log2(frequency[pitched] / 440)).astype(int) % 12
    chroma = np.bincount(classes, np.sqrt(power[pitched]), minlength=12)
    tonic = NOTE_NAMES.index(song.key.split()[0])
    mode = song.key.split()[1]
    triad = [(tonic + step) % 12 for step in (0, 3 if mode == "minor" else 4, 7)]
    others = [pitch for pitch in range(12) if pitch not in {(tonic + step) % 12 for step in SCALES[mode]}]
    assert chroma[triad].mean() > chroma[others].mean()


def test_each_style_has_its_own_hands(songs: dict[str, DemoSong]) -> None:
    played = {style: set(song.instruments) for style, song in songs.items()}
    assert "drums" not in played["classical"]
    assert all("drums" in played[style] for style in STYLES if style != "classical")
    assert "distorted guitar" in played["metal"]
    assert "808 bass" in played["hiphop"]
    assert "upright bass" in played["jazz"]
    assert "acoustic guitar" in played["country"]
    assert len({frozenset(instruments) for instruments in played.values()}) == len(STYLES)


def test_styles_sound_unlike_one_another(songs: dict[str, DemoSong]) -> None:
    """Density of onsets, brightness and bass differ: metal is busiest, classical calmest and without deep bass."""
    spectra = {}
    for style, song in songs.items():
        mono = song.clip.samples.mean(axis=0)
        spectra[style] = np.abs(np.fft.rfft(mono)) ** 2
    frequency = np.fft.rfftfreq(30 * 44100, 1 / 44100)
    deep = {style: power[(frequency > 30) & (frequency < 70)].sum() / power.sum() for style, power in spectra.items()}
    high = {style: power[frequency > 5000].sum() / power.sum() for style, power in spectra.items()}
    assert max(deep, key=lambda style: deep[style]) in ("hiphop", "disco", "reggae")
    assert deep["classical"] < 0.02
    assert high["metal"] > high["classical"]
    tempos = {style: song.tempo for style, song in songs.items()}
    assert tempos["metal"] > tempos["disco"] > tempos["reggae"]


@pytest.mark.parametrize("style", list(SONGBOOK.values()), ids=lambda style: style.name)
def test_every_pattern_of_a_style_fits_its_bar(style: Style) -> None:
    """The alternatives that other seeds would draw are well formed too."""
    rhythms = [pattern for part in style.comps for comp in part for pattern in comp.rhythms]
    rhythms += [cell for lead in style.leads for cell in lead.cells]
    if style.drums:
        rows = [*style.drums.patterns.values(), style.drums.fill]
        rhythms += [row for table in rows for row in table.values()]
        assert {name for table in rows for name in table} <= set(style.drums.levels)
        assert style.drums.crash in style.drums.levels
        assert all(section.drums in style.drums.patterns for form in style.forms for section in form)
    basses = [pattern for bass in style.bass for pattern in bass.patterns]
    for bar in [bar for pattern in [*rhythms, *basses] for bar in pattern.split("|")]:
        assert len(bar) % style.beats == 0, bar
    assert all(re.fullmatch(r"[xXo.\-|]+", rhythm) for rhythm in rhythms)
    assert all(re.fullmatch(r"[135678aw.\-|]+", bass) for bass in basses)
    for form in style.forms:
        for section in form:
            for chords in section.chords:
                assert parse_progression(chords, 0)


def test_chords_are_read_from_roman_numerals() -> None:
    assert parse_chord("bVII", 9).classes == (7, 11, 2)  # G in A
    assert parse_chord("iih7", 0).classes == (2, 5, 8, 0)
    assert [len(bar) for bar in parse_progression("ii7 V9 | Imaj7", 5)] == [2, 1]
    with pytest.raises(ValueError, match="no chord"):
        parse_chord("H7", 0)


def test_written_songs_lie_by_style_with_their_facts(tmp_path: Path, songs: dict[str, DemoSong]) -> None:
    seen = []
    files = write_demo(tmp_path, seed=0, styles=("blues", "jazz"), on_progress=lambda *step: seen.append(step))
    assert [file.relative_to(tmp_path).parts[0] for file in files] == ["blues", "jazz"]
    assert seen == [(1, 2, files[0]), (2, 2, files[1])]
    clip = read_clip(files[1])
    assert (clip.channels, clip.rate, clip.frames) == (2, 44100, 30 * 44100)
    assert np.abs(clip.samples - songs["jazz"].clip.samples).max() < 1e-4
    facts = json.loads(files[1].with_suffix(".json").read_text(encoding="utf-8"))
    assert facts == songs["jazz"].facts()
    assert {"tempo", "key", "instruments", "title", "progression"} <= set(facts)


def test_misuse_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="polka"):
        compose("polka", 0)
    with pytest.raises(UsageError, match="0 or more"):
        compose("jazz", -1)
    with pytest.raises(UsageError, match="at least 1"):
        write_demo(tmp_path, per_style=0)
