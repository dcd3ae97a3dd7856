"""Creations: a wish becomes a recipe, its latent is recalled to the last bit, its sound is safe, its file tells all."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.audio import Clip, read_clip
from core.creations.export import FORMATS, About, export
from core.creations.level import CONTEXT, LOUDEST_PEAK, LOUDEST_RMS, STEP, safe_range, tamed
from core.creations.maker import FOLDER, Maker, kept_name, tidy
from core.creations.region import Region
from core.creations.wish import CHANCE, KINDS, Wish, learned_parts, part_of, recipe_of, varied
from core.creations.words import detail_of, edit_words, title_of
from core.errors import AudioFileError, LibraryError, UsageError
from core.latents.edits import Edit
from core.latents.latent import Latent, LatentError
from core.latents.recipes import Recipe
from core.library import Library, Song
from core.models.codec import Codec, load_codec
from tests.demo_songs import write_songs

MODEL = "klt-344"


@pytest.fixture(scope="module")
def codec() -> Codec:
    return load_codec(MODEL)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_songs(tmp_path_factory.mktemp("songs"), count=3, seconds=3.0)


@pytest.fixture
def library(data_dir: Path, files: list[Path]) -> Iterator[Library]:
    with Library(data_dir) as made:
        for path in files:
            made.add(path)
        yield made


@pytest.fixture
def maker(codec: Codec, library: Library, data_dir: Path) -> Maker:
    return Maker(codec, library, data_dir)


def songs_for(wish: Wish, library: Library) -> list[Song]:
    songs = library.songs(genre=wish.genre)
    return [song for song in songs if not wish.songs or song.key in wish.songs]


def wishes(library: Library) -> list[Wish]:
    keys = tuple(song.key for song in library.songs())
    made = [Wish(kind, keys, start=0.5, seconds=1.0, more=1.0, seed=3) for kind in KINDS if kind != "genre"]
    return [*made, Wish("genre", genre=library.genres()[0], seconds=1.0), Wish("around", keys, like_songs=False)]


def test_every_wish_becomes_a_latent_that_a_new_start_recalls_to_the_last_bit(
    codec: Codec, maker: Maker, library: Library, data_dir: Path
) -> None:
    prior = maker.prior(learned_parts(library.songs()))
    assert {wish.kind for wish in wishes(library)} == set(KINDS)
    for wish in wishes(library):
        recipe = recipe_of(wish, codec.hash, songs_for(wish, library), prior)
        recipe = dataclasses.replace(recipe, edits=(Edit("scale", (0, 1), amount=0.5), Edit("noise", seed=4)))
        latent = maker.latent(recipe)
        again = Maker(codec, library, data_dir).latent(Recipe.from_dict(json.loads(json.dumps(recipe.to_dict()))))
        np.testing.assert_array_equal(latent.values, again.values, err_msg=wish.kind)
        assert latent.samples == again.samples
        for path in (data_dir / FOLDER).iterdir():
            path.unlink()
        np.testing.assert_array_equal(latent.values, Maker(codec, library, data_dir).latent(recipe).values)


def test_a_creation_outlives_its_songs_and_a_damaged_file(
    codec: Codec, maker: Maker, library: Library, data_dir: Path
) -> None:
    song = library.songs()[0]
    recipe = recipe_of(Wish("song", seconds=1.0), codec.hash, [song])
    latent = maker.latent(recipe)
    kept = data_dir / FOLDER / kept_name(recipe)
    kept.write_bytes(kept.read_bytes()[:-7])
    np.testing.assert_array_equal(Maker(codec, library, data_dir).latent(recipe).values, latent.values)
    library.remove([song.key])
    np.testing.assert_array_equal(Maker(codec, library, data_dir).latent(recipe).values, latent.values)
    kept.unlink()
    with pytest.raises(LibraryError, match="no longer in the library"):
        Maker(codec, library, data_dir).latent(recipe)


def test_another_model_is_refused_with_a_sentence(codec: Codec, maker: Maker) -> None:
    with pytest.raises(LatentError, match="another version of the model klt-344"):
        maker.latent(Recipe("random", "0" * 64))


def test_only_latents_that_no_creation_needs_are_tidied_away(codec: Codec, maker: Maker, data_dir: Path) -> None:
    one, two = (Recipe("random", codec.hash, seed=seed, seconds=1.0) for seed in (1, 2))
    for recipe in (one, two):
        maker.latent(recipe)
    tidy(data_dir, [dataclasses.replace(one, edits=(Edit("mute"),), note="words")])
    assert [path.name for path in (data_dir / FOLDER).iterdir()] == [kept_name(one)]


def test_a_prior_is_fitted_once(maker: Maker, codec: Codec, library: Library, data_dir: Path) -> None:
    parts = learned_parts(library.songs())
    digest = maker.prior(parts)
    files = {path.name: path.stat().st_mtime_ns for path in (data_dir / "priors").iterdir()}
    assert Maker(codec, library, data_dir).prior(parts) == digest
    assert {path.name: path.stat().st_mtime_ns for path in (data_dir / "priors").iterdir()} == files
    assert maker.prior(parts[:2]) != digest


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (Wish("average"), "Add the songs"),
        (Wish("genre", genre="polka"), "genre 'polka'"),
        (Wish("genre"), "None of your songs has a genre"),
        (Wish("around"), "Choose a song"),
        (Wish("arithmetic"), "A, B and C"),
    ],
)
def test_what_is_missing_is_said(wish: Wish, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        recipe_of(wish, "model", [])
    with pytest.raises(UsageError, match="no songs to learn from"):
        learned_parts([])


def test_parts_stay_inside_of_their_songs(library: Library) -> None:
    song = library.songs()[0]
    assert part_of(song, 1.0, 1.0).start == 1.0
    assert part_of(song, 9.0, 1.0).start == pytest.approx(song.seconds - 1.0, abs=1e-3)
    assert part_of(song, 9.0, 60.0).seconds == pytest.approx(song.seconds, abs=1e-3)


def test_variations_differ_by_seed_or_where_there_is_no_chance_by_noise(library: Library) -> None:
    for wish in wishes(library):
        recipe = recipe_of(wish, "model", songs_for(wish, library), "0" * 32)
        others = varied(recipe, 20)
        assert len({json.dumps(each.to_dict()) for each in [recipe, *others]}) == 21
        assert (others[0].edits == ()) == (wish.kind in CHANCE)
    still = recipe_of(Wish("around", amount=0.0), "model", library.songs())
    assert varied(still, 1)[0].edits, "a seed alone would change nothing"


def test_a_wish_survives_json_and_anything_that_is_no_wish() -> None:
    wish = Wish("around", ("a", "b"), "jazz", 1.5, 20.0, 5.0, 7, "uniform", 0.7, 1.3, like_songs=False)
    assert Wish.from_dict(json.loads(json.dumps(wish.to_dict()))) == wish
    for odd in (None, 3, {"kind": "polka"}, {"seed": -1}, {"distribution": "odd"}):
        assert Wish.from_dict(odd) == Wish()
    assert Wish.from_dict({"kind": 4, "seconds": 3, "amount": float("nan"), "songs": "ab"}) == Wish(seconds=3.0)


def test_titles_name_songs_and_details_the_rest(library: Library) -> None:
    names = {song.key: song.title for song in library.songs()}
    for wish in wishes(library):
        recipe = recipe_of(wish, "model", songs_for(wish, library), "0" * 32)
        title = title_of(recipe, lambda key: names[key])
        assert not recipe.parts or (recipe.note or names[recipe.parts[0].song]) in title
        assert ("seed 3" in detail_of(recipe)) == (wish.kind in CHANCE and wish.seed == 3)
    assert detail_of(Recipe("song", "m", edits=(Edit("mute"), Edit("solo")))) == "2 edits"
    assert edit_words(Edit("scale", amount=1.5)) == "Scale × 1.5"


def test_music_is_left_alone_and_wild_sound_is_held_without_a_click() -> None:
    random = np.random.default_rng(0)
    music = (0.25 * np.sin(2 * np.pi * 440 * np.arange(22050) / 22050)).astype(np.float32)
    assert tamed(music) is music
    wild = music.copy()
    wild[9000:12000] += 40 * random.standard_normal(3000).astype(np.float32)
    held = tamed(wild)
    assert np.abs(held).max() <= LOUDEST_PEAK + 1e-6
    assert np.sqrt(np.mean(held[9000:12000] ** 2)) <= LOUDEST_RMS + 1e-3
    far = CONTEXT + STEP
    np.testing.assert_array_equal(held[: 9000 - far], music[: 9000 - far])
    np.testing.assert_array_equal(held[12000 + far :], music[12000 + far :])
    quiet = held[9000 - far : 9000]  # before the burst the sine only fades: no step larger than its own
    assert np.abs(np.diff(quiet)).max() <= np.abs(np.diff(music)).max() * 1.01


def test_windows_of_a_wild_latent_equal_the_whole(codec: Codec, maker: Maker) -> None:
    values = 30 * np.random.default_rng(1).standard_normal((codec.channels, 64)).astype(np.float32)
    values[:, :30] *= 0.001
    latent = Latent(values, codec.hash, samples_for(codec, 64))
    whole = maker.clip(latent).samples[0]
    assert 0.5 < np.abs(whole).max() <= LOUDEST_PEAK + 1e-6
    for start, count in ((0, 4000), (25_000, 7001), (len(whole) - 3000, 5000), (-500, 1000)):
        part = safe_range(codec, latent, start, count)
        wanted = np.zeros(count, np.float32)
        begin, end = max(start, 0), min(start + count, len(whole))
        wanted[begin - start : end - start] = whole[begin:end]
        np.testing.assert_allclose(part, wanted, atol=2e-4)


def samples_for(codec: Codec, frames: int) -> int:
    samples = frames * codec.hop
    while codec.design.frames(samples) > frames:
        samples -= 1
    return samples


@pytest.mark.parametrize("kind", FORMATS)
def test_files_hold_the_sound_and_how_it_was_made(kind: str, tmp_path: Path) -> None:
    sound = Clip(np.sin(np.arange(2205) / 20).astype(np.float32) * 0.7, 22050)
    recipe = Recipe("random", "model", seed=5, edits=(Edit("mute", (1,), 2, 3),))
    path = tmp_path / f"made{FORMATS[kind][1]}"
    export(path, sound, About("Élan", "klt-344", recipe.to_dict()), kind)
    read = read_clip(path)
    assert read.rate == 22050
    np.testing.assert_allclose(read.samples, sound.samples, atol={"PCM_16": 2e-5}.get(kind, 2e-7))
    with soundfile.SoundFile(path) as file:
        assert file.subtype == {"FLAC": "PCM_24"}.get(kind, kind)
        assert file.title == "Élan"
        assert file.software.startswith("Musicae")
        told = json.loads(file.comment)
    assert told["model"] == "klt-344"
    assert Recipe.from_dict(told["recipe"]) == recipe


@pytest.mark.parametrize("kind", ["FLOAT", "FLAC"])
def test_a_place_that_cannot_be_written_is_said(kind: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(AudioFileError, match="Choose another place"):
        export(tmp_path / "file" / "made.wav", Clip(np.zeros(9), 22050), About("a", "b", {}), kind)


def test_a_region_stays_within_the_latent_and_names_what_it_changes() -> None:
    channels, frames = 8, 100
    region = Region.between((20, 5), (10, 2))
    assert region == Region(10, 21, 2, 6)
    assert region.moved(500, -9, channels, frames) == Region(89, 100, 0, 4)
    assert region.grown(-50, 9, channels, frames) == Region(10, 11, 2, 8)
    assert Region(5, 300, 7, 20).inside(channels, frames) == Region(5, 100, 7, 8)
    assert region.edit("mute", channels, frames) == Edit("mute", (2, 3, 4, 5), 10, 21)
    assert region.edit("stretch", channels, frames, amount=2.0) == Edit("stretch", None, 10, 21, 2.0)
    whole = Region.whole(channels, frames)
    assert whole.edit("invert", channels, frames) == Edit("invert")
    assert whole.edit("solo", channels, frames).channels == tuple(range(channels)), "solo names those that stay"


def test_the_history_is_kept_renamed_and_undone(data_dir: Path) -> None:
    with Library(data_dir) as library:
        history = library.creations
        one = history.add("one", "klt", 1.0, {"kind": "random", "model": "m"})
        two = history.add("two", "klt", 2.0, {"kind": "random", "model": "m", "seed": 2})
        assert history.all() == [two, one]
        history.put([dataclasses.replace(one, title="first", starred=True)])
        history.remove([two.key])
    with Library(data_dir) as library:
        assert [(each.title, each.starred) for each in library.creations.all()] == [("first", True)]
        library.creations.put([two])
        assert library.creations.all()[0] == two
        library.creations.remove([two.key])
        assert library.creations.add("three", "klt", 1.0, {}).key > two.key, "its place is not given away"
        assert library.creations.get(99) is None
