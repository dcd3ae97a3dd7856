"""Genres from folders and tags: GTZAN's layout is believed, an artist's folder is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.library.genre import GenreGuess


def genres(root: str, *names: str, tag: str = "") -> list[str]:
    files = [Path(root, name) for name in names]
    guess = GenreGuess([Path(root)], files)
    return [guess.genre(file, {"genre": tag} if tag else {}) for file in files]


def test_a_tree_of_genres_names_them_all() -> None:
    assert genres("/data", "blues/1.wav", "rock/2.wav", "polka/3.wav") == ["blues", "rock", "polka"]
    assert genres("/data", "genres_original/blues/1.wav", "genres_original/rock/2.wav") == ["blues", "rock"]


def test_one_genre_folder_dropped_alone_is_known_by_its_name() -> None:
    assert genres("/data/Hip-Hop", "1.wav", "2.wav") == ["Hip-Hop", "Hip-Hop"]


@pytest.mark.parametrize("tag", ["Jazz"])
def test_folders_of_artists_do_not_overrule_a_tag(tag: str) -> None:
    assert genres("/music", "Miles Davis/1.mp3", "Bill Evans/2.mp3", tag=tag) == ["Jazz", "Jazz"]


def test_a_dropped_folder_of_folders_is_believed_where_no_tag_contradicts() -> None:
    assert genres("/data", "mine/1.wav", "yours/2.wav") == ["mine", "yours"]
    assert genres("/data", "album/1.wav", "album/2.wav") == ["", ""]


def test_albums_of_an_artist_are_no_genres() -> None:
    assert genres("/music", "Artist/First Album/1.mp3", "Artist/Second Album/2.mp3") == ["", ""]


def test_a_folder_genre_overrules_a_tag() -> None:
    assert genres("/data", "blues/1.wav", "rock/2.wav", tag="Other") == ["blues", "rock"]
