"""`musicae create`: the window's recipes from the command line, from files and from the library."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import soundfile

from core.audio import read_clip
from tests.core.cli_fixtures import Musicae, fitted, musicae, short_songs

__all__ = ["fitted", "musicae", "short_songs"]


def test_equal_seeds_give_equal_files_and_the_next_seed_another_one(
    musicae: Musicae, fitted: Path, short_songs: list[Path], tmp_path: Path
) -> None:
    common = ("create", "around", short_songs[0], "--model", fitted, "--seconds", 2, "--start", 1, "--noise")
    answer = musicae(*common, "--seed", 7, "--count", 2, "--out", tmp_path / "new.wav", "--json")
    assert answer.code == 0, answer.err
    assert [each["recipe"]["seed"] for each in answer.json["done"]] == [7, 8]
    assert musicae(*common, "--seed", 7, "--out", tmp_path / "again.wav").code == 0
    first, second, again = (read_clip(tmp_path / f"{name}.wav").samples for name in ("new-1", "new-2", "again"))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, second)
    assert abs(first.shape[1] - 2 * 22050) < 2
    with soundfile.SoundFile(tmp_path / "new-1.wav") as file:
        assert json.loads(file.comment)["recipe"]["seed"] == 7
    listed = musicae("library", "list", "--json")
    assert listed.json == [], "the library stays as it is"


def test_songs_of_the_library_are_named_by_key_and_averaged_by_genre(
    musicae: Musicae, fitted: Path, short_songs: list[Path], tmp_path: Path
) -> None:
    assert musicae("library", "add", *short_songs).code == 0
    songs = {song["title"]: song for song in musicae("library", "list", "--json").json}
    genre = songs["jazz"]["genre"]
    common = ("--model", fitted, "--seconds", 2)
    answer = musicae("create", "genre", "--genre", genre, *common, "--out", tmp_path / "genre.flac", "--json")
    assert answer.code == 0, answer.err
    assert answer.json["done"][0]["title"] == f"Average of {genre}"
    assert read_clip(tmp_path / "genre.flac").rate == 22050
    keys = [songs[name]["key"][:12] for name in ("jazz", "rock", "hiphop")]
    answer = musicae("create", "arithmetic", *keys, *common, "--out", tmp_path / "sum.wav", "--json")
    assert answer.json["done"][0]["title"] == "jazz − rock + hiphop"
    answer = musicae("create", "prior", *common, "--out", tmp_path / "prior.wav")
    assert answer.code == 0, answer.err
    assert np.abs(read_clip(tmp_path / "prior.wav").samples).max() > 1e-3


def test_what_does_not_fit_is_a_sentence(
    musicae: Musicae, fitted: Path, short_songs: list[Path], tmp_path: Path
) -> None:
    song = short_songs[0]
    for arguments, words in (
        (("arithmetic", song, "--out", tmp_path / "x.wav"), "takes 3 songs, not 1"),
        (("around", song, "--out", tmp_path / "x.mp3"), "x.mp3 should end in .wav or .flac"),
        (("around", "nobody", "--out", tmp_path / "x.wav"), "holds no song nobody"),
        (("song", song, "--out", song), "would be overwritten"),
        (("prior", "--out", tmp_path / "x.wav"), "no songs to learn from"),
        (("genre", "--out", tmp_path / "x.wav"), "None of your songs has a genre"),
        (("average", "--out", tmp_path / "x.wav"), "Add the songs to be averaged first"),
    ):
        answer = musicae("create", *arguments, "--model", fitted)
        assert answer.code == 2, arguments
        assert words in answer.err
