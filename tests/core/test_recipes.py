"""New latents by recipe and edit: each does what its name says, and plain data recalls it to the last bit."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from core.audio import Clip
from core.errors import LibraryError, MusicaeError, UsageError
from core.latents.edits import NAMES, Edit, edited
from core.latents.latent import Latent, LatentError
from core.latents.pantry import SongPantry
from core.latents.parts import Part
from core.latents.prior import Prior, fit_prior
from core.latents.recipes import KINDS, Recipe, make
from core.models.codec import Codec, load_codec
from tests.core.test_collection import MemorySong
from tests.demo_songs import composed

RATE = 22050
A, B, C = (Part(key, 0.0, 1.0) for key in "abc")


@pytest.fixture(scope="module")
def klt() -> Codec:
    return load_codec("klt-344")


@pytest.fixture(scope="module")
def songs() -> dict[str, MemorySong]:
    clips = [composed(style).clip.mono().resampled(RATE).cut(4.0, 3.0) for style in ("rock", "jazz", "classical")]
    return {key: MemorySong(key, clip.samples[0]) for key, clip in zip("abc", clips, strict=True)}


def stored(songs: dict[str, MemorySong]) -> object:
    def get(key: str) -> MemorySong:
        if key not in songs:
            raise LibraryError("That song is gone.")
        return songs[key]

    return get


@pytest.fixture
def pantry(klt: Codec, songs: dict[str, MemorySong], tmp_path: Path) -> SongPantry:
    return SongPantry(klt, stored(songs), tmp_path / "priors")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def prior(klt: Codec, songs: dict[str, MemorySong]) -> Prior:
    return fit_prior([klt.encode(Clip(song.samples, RATE)) for song in songs.values()], dims=24)


def recalled(recipe: Recipe) -> Recipe:
    return Recipe.from_dict(json.loads(json.dumps(recipe.to_dict())))


def every_recipe(klt: Codec, prior: str) -> list[Recipe]:
    edits = (Edit("noise", (1, 2), 3, 9, 0.5, seed=4), Edit("paste", first=2, source=B))
    return [
        Recipe("song", klt.hash, (A,), edits=edits),
        Recipe("average", klt.hash, (A, B, Part("c")), note="jazz"),
        Recipe("random", klt.hash, seed=3, distribution="uniform"),
        Recipe("random", klt.hash, seed=3, seconds=1.5),
        Recipe("random", klt.hash, seed=3, distribution="matched", prior=prior),
        Recipe("prior", klt.hash, seed=3, seconds=2.0, prior=prior, temperature=0.7),
        Recipe("arithmetic", klt.hash, (A, B, C)),
        Recipe("around", klt.hash, (A,), seed=5, amount=0.5),
        Recipe("around", klt.hash, (A,), seed=5, amount=0.5, prior=prior),
        Recipe("continue", klt.hash, (A,), seed=5, seconds=2.0, prior=prior),
    ]


def test_every_recipe_is_recalled_exactly_and_can_be_decoded(
    klt: Codec, songs: dict[str, MemorySong], prior: Prior, tmp_path: Path
) -> None:
    first = SongPantry(klt, stored(songs), tmp_path)  # type: ignore[arg-type]
    digest = first.keep_prior(prior)
    recipes = every_recipe(klt, digest)
    assert {recipe.kind for recipe in recipes} == set(KINDS)
    for recipe in recipes:
        latent = make(recipe, first)
        klt.check(latent)
        again = make(recalled(recipe), SongPantry(klt, stored(songs), tmp_path))  # type: ignore[arg-type]
        np.testing.assert_array_equal(latent.values, again.values, err_msg=recipe.kind)
        assert latent.samples == again.samples
        assert np.isfinite(klt.decode(latent).samples).all()


def test_averages_and_arithmetic_are_those_of_the_values(klt: Codec, pantry: SongPantry) -> None:
    a, b, c = (pantry.latent(part).values for part in (A, B, C))
    np.testing.assert_allclose(make(Recipe("average", klt.hash, (A, B, C)), pantry).values, (a + b + c) / 3, atol=1e-6)
    np.testing.assert_allclose(make(Recipe("arithmetic", klt.hash, (A, B, C)), pantry).values, a - b + c, atol=1e-6)
    np.testing.assert_allclose(make(Recipe("arithmetic", klt.hash, (A, A, A)), pantry).values, a, atol=1e-6)
    short = make(Recipe("average", klt.hash, (Part("a"), Part("b", 1.0, 0.5))), pantry)
    assert short.samples == round(0.5 * RATE)


def test_random_latents_have_the_distribution_that_they_name(klt: Codec, pantry: SongPantry, prior: Prior) -> None:
    digest = pantry.keep_prior(prior)
    uniform = make(Recipe("random", klt.hash, seconds=60, distribution="uniform"), pantry).values
    assert -1 <= uniform.min() < -0.99
    assert uniform.std() == pytest.approx(1 / 3**0.5, rel=0.02)
    normal = make(Recipe("random", klt.hash, seconds=60), pantry)
    assert normal.values.std() == pytest.approx(1, rel=0.02)
    assert normal.samples == 60 * RATE
    matched = make(Recipe("random", klt.hash, seconds=60, distribution="matched", prior=digest), pantry).values
    np.testing.assert_allclose(matched.std(axis=1), prior.channel_deviations, rtol=0.1)


def test_around_a_song_the_amount_leads_from_it_to_others_of_the_same_liveliness(
    klt: Codec, pantry: SongPantry, prior: Prior
) -> None:
    song = pantry.latent(A).values
    assert np.array_equal(make(Recipe("around", klt.hash, (A,), amount=0), pantry).values, song)
    distances = []
    for amount in (0.1, 0.5, 1.0):
        near = make(Recipe("around", klt.hash, (A,), amount=amount), pantry).values
        distances.append(float(np.linalg.norm(near - song)))
        np.testing.assert_allclose(near.std(axis=1), song.std(axis=1), rtol=0.6)
    assert distances == sorted(distances)
    one, other = (make(each, pantry) for each in Recipe("around", klt.hash, (A,)).variations(2))
    assert not np.array_equal(one.values, other.values)


def test_a_song_goes_on_from_where_it_was(klt: Codec, pantry: SongPantry, prior: Prior) -> None:
    digest = pantry.keep_prior(prior)
    song = pantry.latent(A)
    longer = make(Recipe("continue", klt.hash, (A,), seconds=2.0, prior=digest), pantry)
    assert longer.samples == song.samples + 2 * RATE
    kept = song.samples // klt.hop
    np.testing.assert_array_equal(longer.values[:, :kept], song.values[:, :kept])
    likeliest = Recipe("continue", klt.hash, (A,), seconds=2.0, prior=digest, temperature=0.0)
    assert np.array_equal(make(likeliest, pantry).values, make(likeliest.variations(1)[0], pantry).values)


def autoregressive(frames: int, seed: int) -> np.ndarray:
    """Two channels around 3 and -1, each frame .9 of the last one and some chance."""
    random = np.random.default_rng(seed)
    values = np.zeros((2, frames))
    for frame in range(1, frames):
        values[:, frame] = 0.9 * values[:, frame - 1] + random.normal(0, [1, 0.2])
    return (values + np.array([[3], [-1]])).astype(np.float32)


def test_a_prior_has_the_mean_the_spread_and_the_memory_of_what_it_was_fitted_to() -> None:
    made = fit_prior([Latent(autoregressive(4000, 1), "model", 4000)], frames=8, dims=16)
    values = made.extend(np.zeros((2, 0), np.float32), 20_000, np.random.default_rng(0))
    truth = autoregressive(50_000, 2)
    np.testing.assert_allclose(values.mean(axis=1), truth.mean(axis=1), atol=0.5)
    np.testing.assert_allclose(values.std(axis=1), truth.std(axis=1), rtol=0.2)
    np.testing.assert_allclose(made.channel_deviations, truth.std(axis=1), rtol=0.2)
    for lag in (1, 6):  # six frames reach over the seams of stretches
        ours, theirs = (np.corrcoef(each[0, lag:], each[0, :-lag])[0, 1] for each in (values, truth))
        assert ours == pytest.approx(theirs, abs=0.1)
    # What follows is near to what was: .9 of the way from the mean.
    known = np.tile([[9.0], [-1.0]], 4).astype(np.float32)
    assert made.extend(known, 1, np.random.default_rng(0), temperature=0)[0, 0] == pytest.approx(3 + 0.9 * 6, abs=0.5)


def test_a_prior_is_kept_in_a_file_and_a_damaged_one_is_a_sentence(
    klt: Codec, pantry: SongPantry, prior: Prior, tmp_path: Path
) -> None:
    digest = pantry.keep_prior(prior)
    (path,) = tmp_path.rglob("*.prior")
    assert Prior.load(path).digest == digest
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(LatentError, match="fit it again"):
        Prior.load(path)
    with pytest.raises(UsageError):
        pantry.prior("../../etc/passwd")
    with pytest.raises(UsageError, match="too short"):
        fit_prior([Latent(np.zeros((2, 3)), "model", 3)])


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "alchemy"},
        {"parts": []},
        {"parts": [{"song": ""}]},
        {"parts": [{"song": "a", "start": "x"}]},
        {"parts": "a"},
        {"amount": 2.0},
        {"seconds": 0.0},
        {"seed": -1},
        {"seed": 1.5},
        {"distribution": "cauchy"},
        {"edits": [{"kind": "explode"}]},
        {"edits": [{"kind": "paste"}]},
        {"edits": [{"kind": "stretch", "amount": 1000}]},
        {"edits": [{"kind": "noise", "channels": [0.5]}]},
        {"unknown": 1},
    ],
)
def test_a_recipe_that_makes_no_sense_is_a_sentence(change: dict[str, object]) -> None:
    fine = Recipe("song", "model", (A,)).to_dict()
    assert Recipe.from_dict(fine) == Recipe("song", "model", (A,))
    with pytest.raises(UsageError):
        Recipe.from_dict({**fine, **change})
    with pytest.raises(UsageError):
        Recipe.from_dict([])


def test_what_is_gone_or_of_another_model_is_a_sentence(klt: Codec, pantry: SongPantry) -> None:
    with pytest.raises(MusicaeError, match="gone"):
        make(Recipe("song", klt.hash, (Part("x"),)), pantry)
    with pytest.raises(LatentError, match="another model"):
        make(Recipe("song", "other", (A,)), pantry)
    with pytest.raises(UsageError, match="needs a prior"):
        make(Recipe("prior", klt.hash), pantry)
    with pytest.raises(UsageError, match="nothing from"):
        make(Recipe("song", klt.hash, (Part("a", 99.0),)), pantry)


# Edits


@pytest.fixture
def latent(pantry: SongPantry) -> Latent:
    return pantry.latent(A)


def changed(latent: Latent, klt: Codec, *edits: Edit) -> np.ndarray:
    result = edited(latent, edits, klt)
    klt.check(result)
    return result.values


def test_edits_do_what_they_say_to_their_region_only(klt: Codec, latent: Latent) -> None:
    x = latent.values
    inside = np.zeros(x.shape, bool)
    inside[np.ix_([1, 3], range(4, 10))] = True
    region = {"channels": (1, 3), "first": 4, "last": 10}
    expected = {
        "mute": np.zeros((2, 6)),  # silence, for this model
        "scale": 2 * x[[1, 3], 4:10],
        "invert": -x[[1, 3], 4:10],
        "shift": np.roll(x[[1, 3], 4:10], 2, axis=1),
        "reverse": x[[1, 3], 4:10][:, ::-1],
    }
    for kind, values in expected.items():
        made = changed(latent, klt, Edit(kind, amount=2.0, **region))  # type: ignore[arg-type]
        np.testing.assert_allclose(made[inside].reshape(2, 6), values, atol=1e-6, err_msg=kind)
        np.testing.assert_array_equal(made[~inside], x[~inside])
    solo = changed(latent, klt, Edit("solo", (2,)))
    np.testing.assert_array_equal(solo[2], x[2])
    assert not np.delete(solo, 2, axis=0).any()


def test_noise_has_the_deviations_asked_for_and_the_seeds_values(klt: Codec, latent: Latent) -> None:
    noisy = changed(latent, klt, Edit("noise", amount=0.5, seed=1)) - latent.values
    np.testing.assert_allclose(noisy.std(axis=1), 0.5 * latent.values.std(axis=1), rtol=0.5)
    np.testing.assert_array_equal(noisy, changed(latent, klt, Edit("noise", amount=0.5, seed=1)) - latent.values)
    assert not np.array_equal(noisy, changed(latent, klt, Edit("noise", amount=0.5, seed=2)) - latent.values)


def test_quantising_leaves_few_values_near_the_old_ones(klt: Codec, latent: Latent) -> None:
    coarse = changed(latent, klt, Edit("quantise", amount=2))
    assert len(np.unique(coarse[0])) <= 4
    fine = changed(latent, klt, Edit("quantise", amount=12))
    np.testing.assert_allclose(fine, latent.values, atol=np.ptp(latent.values) / 2**11)
    assert len(np.unique(changed(latent, klt, Edit("mute"), Edit("quantise", amount=3)))) == 1


@pytest.mark.parametrize("factor", [0.5, 2.0, 1.37])
def test_stretching_changes_the_length_and_keeps_the_ends(klt: Codec, latent: Latent, factor: float) -> None:
    made = edited(latent, [Edit("stretch", first=5, last=15, amount=factor)], klt)
    klt.check(made)
    grown = round(10 * factor) - 10
    assert made.frames == latent.frames + grown
    assert made.samples == latent.samples + grown * klt.hop
    np.testing.assert_array_equal(made.values[:, :5], latent.values[:, :5])
    np.testing.assert_array_equal(made.values[:, 15 + grown :], latent.values[:, 15:])
    assert klt.decode(made).frames == made.samples


def test_stretching_a_ramp_gives_a_ramp(klt: Codec) -> None:
    frames = klt.design.frames(20 * klt.hop)
    ramp = Latent(np.tile(np.arange(frames, dtype=np.float32), (16, 1)), klt.hash, 20 * klt.hop)
    made = edited(ramp, [Edit("stretch", amount=2.0)], klt).values[0]
    np.testing.assert_allclose(np.diff(made)[1:-1], 0.5)


def test_pasting_replaces_or_mixes(klt: Codec, latent: Latent, pantry: SongPantry) -> None:
    other = pantry.latent(B).values
    whole = edited(latent, [Edit("paste", (0,), 6, source=B)], klt, pantry.latent).values
    np.testing.assert_allclose(whole[0, 6:], other[0, : latent.frames - 6], atol=1e-6)
    np.testing.assert_array_equal(whole[1:], latent.values[1:])
    mixed = edited(latent, [Edit("paste", amount=0.5, source=B)], klt, pantry.latent).values
    np.testing.assert_allclose(mixed, (latent.values + other) / 2, atol=1e-6)


def test_a_list_without_its_last_edit_undoes_it_and_nothing_is_changed_in_place(klt: Codec, latent: Latent) -> None:
    before = latent.values.copy()
    edits = [Edit("reverse"), Edit("scale", amount=0.5), Edit("shift", amount=3)]
    np.testing.assert_array_equal(changed(latent, klt, *edits[:1], *edits[1:2]), before[:, ::-1] * np.float32(0.5))
    np.testing.assert_array_equal(changed(latent, klt, *edits[:0]), before)
    np.testing.assert_array_equal(latent.values, before)
    np.testing.assert_array_equal(changed(latent, klt, Edit("reverse"), Edit("reverse")), before)
    assert changed(latent, klt, Edit("mute", first=10, last=5)).tobytes() == before.tobytes()


def test_edits_come_back_from_plain_data_and_impossible_ones_are_sentences(klt: Codec, latent: Latent) -> None:
    for kind in NAMES:
        amount = 4.0 if kind == "quantise" else 1.0
        edit = Edit(kind, None if kind == "stretch" else (1, 2), 3, 8, amount, source=B if kind == "paste" else None)
        assert Edit.from_dict(json.loads(json.dumps(edit.to_dict()))) == edit
    with pytest.raises(UsageError, match="channels 0 to 15"):
        edited(latent, [Edit("mute", (16,))], klt)
    with pytest.raises(UsageError):
        edited(latent, [Edit("scale", amount=float("nan"))], klt)
    with pytest.raises(UsageError, match="2 to 16 bits"):
        edited(latent, [Edit("quantise", amount=0)], klt)
    with pytest.raises(UsageError, match="nothing to paste"):
        edited(latent, [Edit("paste", source=A)], klt)
    foreign = Latent(latent.values, "other", latent.samples)
    with pytest.raises(LatentError):
        edited(latent, [Edit("paste", source=A)], klt, lambda part: foreign)
