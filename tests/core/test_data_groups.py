"""Songs that belong together stay together: authors in all spellings, near-duplicates, clips of one song."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.audio import Clip, read_clip, write_wav
from core.data import (
    SampleStore,
    Split,
    audit,
    find_duplicates,
    fingerprint,
    song_groups,
    split_from_csv,
    split_songs,
    stored_fingerprint,
)
from core.data.authors import author_identity
from core.data.fingerprint import HOP, RATE, differing_bits
from core.data.unions import Unions
from core.errors import Cancelled, UsageError
from tests.demo_songs import composed


@dataclass(frozen=True)
class Named:
    key: str
    author: str = ""
    path: str = ""
    genre: str = ""


class Samples:
    """Mono samples in memory."""

    def __init__(self, clip: Clip) -> None:
        self.samples, self.rate = clip.mono().samples[0], clip.rate

    @property
    def frames(self) -> int:
        return len(self.samples)

    def read(self, start: int, count: int) -> np.ndarray:
        return self.samples[start : start + count]


def demo(style: str, start: float = 0.0, seconds: float | None = 12.0) -> Clip:
    return composed(style).clip.mono().resampled(22050).cut(start, seconds)


def words(clip: Clip) -> np.ndarray:
    return fingerprint(Samples(clip))


def re_encoded(clip: Clip, path: Path, **options: str) -> Clip:
    soundfile.write(path, clip.samples.T, clip.rate, **options)
    return read_clip(path)


@pytest.mark.parametrize(
    "name",
    [
        "Kevin MacLeod",
        "Kevin MacLeod (incompetech.com)",
        "Kevin MacLeod (Tchaikovsky)",
        "MacLeod, Kevin",
        "KEVIN MACLEOD",
        "Kévin MacLeod [live]",
        "Kevin MacLeod feat. Ada",
    ],
)
def test_spellings_of_one_author_are_one(name: str) -> None:
    assert author_identity(name) == author_identity("kevin macleod") != ""


def test_other_authors_are_others_and_nobody_is_nobody() -> None:
    assert (
        len({author_identity(name) for name in ["Kevin MacLeod", "Kevin Kern", "AC/DC", "The Band", "Boomboxhead"]})
        == 5
    )
    assert {author_identity(name) for name in ["", " ", "Unknown", "Unknown Artist", "N/A", "Various Artists"]} == {""}
    assert author_identity("The Beatles") == author_identity("Beatles, The")
    assert author_identity("(anon)") == "anon"


def test_a_sound_is_known_again_at_another_level_rate_cut_and_codec(tmp_path: Path) -> None:
    song = demo("jazz")
    loud = Clip(song.samples * 0.1, song.rate)
    late = Clip(np.pad(song.samples[:, 7000:], ((0, 0), (1234, 0))), song.rate)
    noisy = Clip(song.samples + np.random.default_rng(0).normal(0, 0.003, song.samples.shape), song.rate)
    vorbis = re_encoded(song.resampled(44100), tmp_path / "a.ogg")
    mp3 = re_encoded(song.resampled(32000), tmp_path / "a.mp3")
    part = song.cut(3.0, 6.0)
    sounds = {"0": song, "1": loud, "2": late, "3": noisy, "4": vorbis, "5": mp3, "6": part}
    others = {f"other {style}": demo(style) for style in ("rock", "blues", "metal", "disco")}
    prints = {name: words(clip) for name, clip in {**sounds, **others}.items()}
    assert find_duplicates(prints) == [tuple(sorted(sounds))]


def test_a_fingerprint_is_compact_and_does_not_depend_on_the_parts_it_is_read_in() -> None:
    song = demo("rock", seconds=None)
    print_ = words(song)
    assert print_.dtype == np.uint32
    assert len(print_) == pytest.approx(song.seconds * RATE / HOP, abs=20)

    class Long(Samples):
        rate = 22050

    twice = Clip(np.tile(song.samples, (1, 3)), song.rate)  # 90 s: two parts
    again = fingerprint(Long(twice))
    assert differing_bits(again, print_, 0)[0] < 0.02
    second = round(song.seconds * RATE / HOP)
    assert min(differing_bits(again, print_, second + near)[0] for near in (-1, 0, 1)) < 0.2


def test_a_stored_songs_fingerprint_is_kept_beside_it_and_goes_with_it(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", demo("rock", seconds=5.0))
    store = SampleStore(tmp_path / "samples")
    song = store.add("ab" * 32, tmp_path / "a.wav")
    words = stored_fingerprint(song)
    (file,) = store.folder.rglob("*.print")
    np.testing.assert_array_equal(stored_fingerprint(song), words)
    np.testing.assert_array_equal(fingerprint(song), words)
    file.write_bytes(b"something else")
    np.testing.assert_array_equal(stored_fingerprint(song), words)
    store.remove("ab" * 32)
    assert not file.exists()


def test_silence_and_clips_shorter_than_a_window_are_like_nothing() -> None:
    silence = words(Clip(np.zeros(22050 * 5, np.float32), 22050))
    assert not silence.any()
    assert len(words(Clip(np.ones(100, np.float32), 22050))) == 0
    assert find_duplicates({"a": silence, "b": silence.copy(), "c": np.zeros(0, np.uint32)}) == []
    assert find_duplicates({}) == []
    assert differing_bits(silence, silence, 0) == (1.0, 0)


def test_unrelated_songs_differ_in_half_of_the_bits() -> None:
    one, other = words(demo("rock")), words(demo("classical"))
    assert differing_bits(one, other, 0)[0] == pytest.approx(0.5, abs=0.08)


def test_looking_for_duplicates_can_be_cancelled() -> None:
    one = words(demo("rock", seconds=6.0))
    with pytest.raises(Cancelled):
        find_duplicates({"a": one, "b": one}, cancelled=lambda: True)


def test_unions_grow_together() -> None:
    unions = Unions("edcba")
    unions.join("a", "c")
    unions.join("e", "d")
    unions.join("c", "d")
    assert unions.groups() == [("a", "c", "d", "e"), ("b",)]
    assert unions.same("e", "a")
    assert not unions.same("b", "a")


def test_groups_join_authors_duplicates_and_clips_cut_from_one_song() -> None:
    songs = [
        Named("a", "Kevin MacLeod"),
        Named("b", "Kevin MacLeod (incompetech.com)"),
        Named("c", "Ada"),
        Named("d", "", "/music/jazz/tune-001.wav"),
        Named("e", "", "/music/jazz/tune-002.wav"),
        Named("f", "", "/music/rock/tune-002.wav"),
        Named("g", "", "/music/rock/blues.00001.wav"),
        Named("h", "", "/music/rock/route-066.wav"),
    ]
    groups = song_groups(songs, duplicates=[("c", "g", "not here")])
    assert groups.of["a"] == groups.of["b"]
    assert groups.of["c"] == groups.of["g"]
    assert groups.of["d"] == groups.of["e"]
    assert len({groups.of[key] for key in "acdfh"}) == 5
    assert groups.notes == ()
    assert groups.count == 5
    split = split_songs([song.key for song in songs], seed=1, groups=groups.of)
    assert groups.divided_by(split) == []
    assert groups.divided_by(Split(("a", "c"), ("b",), ("g", "f"))) == [("a", "b"), ("c", "g")]


def test_an_author_of_nearly_everything_is_divided_by_song_but_duplicates_are_not() -> None:
    songs = [Named(key, "Musicae") for key in "abcd"]
    groups = song_groups(songs, duplicates=[("a", "b")])
    assert len(set(groups.of.values())) == 3
    assert "4 of 4" in groups.notes[0]
    assert song_groups([*songs, Named("e")], largest_author=0.9).notes == ()
    assert song_groups([*songs, Named("e")], largest_author=0.8).notes != ()


SONGS = [
    Named(key, path=f"/music/{genre}/{name}.flac")
    for key, genre, name in [("1", "jazz", "one"), ("2", "jazz", "two"), ("3", "rock", "one"), ("4", "rock", "four")]
]


@pytest.mark.parametrize(
    "text",
    [
        "file,split\njazz/one.wav,train\ntwo,val\nrock/one.flac,test\nfour.flac,train\n",
        "\ufeffjazz/one;training\n/music/jazz/two.flac;dev\nrock\\one.wav;Test\n4;train\n\n",
        "genre\tpart\tkey\nx\ttrain\t1\nx\tvalidation\t2\nx\ttest\t3\nx\ttrain\t4\n",
    ],
)
def test_a_list_divides_songs_by_any_of_their_names(tmp_path: Path, text: str) -> None:
    (tmp_path / "list.csv").write_text(text, encoding="utf-8")
    written = split_from_csv(tmp_path / "list.csv", SONGS)
    assert written.split == Split(("1", "4"), ("2",), ("3",))
    assert written.notes == ()


def test_a_list_says_which_lines_and_songs_take_no_part(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("two,train\nnobody,test\nfour,val\n")
    written = split_from_csv(tmp_path / "list.csv", SONGS)
    assert "nobody" in written.notes[0]
    assert "2 songs are not in the list" in written.notes[1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("one,train\n", "several songs are called one"),
        ("two,train\nfour,fifth\n", "line 2: 'fifth'"),
        ("two,train\ntwo,test\n", "another part"),
        ("two,train\n", "none to validate"),
        ("two\n", "line 1: a song and its part"),
        ("", "none to validate"),
        ("/,train\n", "none to validate"),
    ],
)
def test_a_wrong_list_is_a_sentence_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "list.csv").write_text(text)
    with pytest.raises(UsageError, match=words):
        split_from_csv(tmp_path / "list.csv", SONGS)
    with pytest.raises(UsageError, match="cannot be read"):
        split_from_csv(tmp_path / "none.csv", SONGS)


def test_an_audit_lists_what_is_broken_repeated_contradictory_and_rare() -> None:
    songs = [Named(str(n), path=f"/m/jazz/{n}.wav", genre="jazz") for n in range(7)]
    songs += [Named("r", path="/m/rock/r.wav", genre="rock"), Named("s", path="/m/rock/s.wav", genre="rock")]
    found = audit(
        songs,
        problems=[(Path("/m/jazz/bad.wav"), "It is empty.")],
        copies={Path("/m/pop/6.wav"): "6", Path("/m/jazz/copy.wav"): "5"},
        duplicates=[("0", "1"), ("2", "r")],
    )
    assert found.broken == ((Path("/m/jazz/bad.wav"), "It is empty."),)
    assert [[copy.path.stem for copy in each] for each in found.repeated] == [["0", "1"], ["5", "copy"]]
    assert [[copy.genre for copy in each] for each in found.conflicting] == [["jazz", "rock"], ["jazz", "pop"]]
    assert found.few == {"rock": 2}
    assert found.faulty == {"1", "2", "r", "6"}
