"""A morph of stretches of songs, and of four songs at the corners of a square."""

from __future__ import annotations

import numpy as np
import pytest

from core.audio import Clip
from core.errors import UsageError
from core.latents.latent import Latent
from core.latents.ways import WAYS, Morph, Part, Way
from core.latents.ways.level import limited
from core.models.codec import Codec, load_codec

RATE = 22_050
every_way = pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))


@pytest.fixture(scope="module")
def codec() -> Codec:
    return load_codec("klt-1378")


@pytest.fixture(scope="module")
def latents(codec: Codec) -> list[Latent]:
    """Four noises of 2 to 2.6 s at one level each, so that each is known by its level and none is like another."""
    noises = [
        0.05 * (1 + number) * np.random.default_rng(number).standard_normal(round((2 + number / 5) * RATE))
        for number in range(4)
    ]
    return [codec.encode(Clip(noise.astype(np.float32)[None], RATE)) for noise in noises]


@every_way
def test_a_stretch_sounds_as_it_does_within_its_song(codec: Codec, latents: list[Latent], way: Way) -> None:
    parts = [Part.cut(latent, codec, 0.8, 1.6) for latent in latents[:2]]
    morph = Morph(codec, *parts)
    assert morph.samples == pytest.approx(0.8 * RATE, abs=codec.hop)
    assert parts[0].offset % codec.hop == 0
    for at, latent in ((0.0, latents[0]), (1.0, latents[1])):
        whole = limited(codec.decode(latent).samples[0][parts[0].offset :][: morph.samples])
        count = morph.samples - 3000
        np.testing.assert_allclose(morph.range(way, at, 0, count), whole[:count], atol=1e-4)


def test_a_stretch_keeps_within_its_song(codec: Codec, latents: list[Latent]) -> None:
    whole = Part.cut(latents[0], codec, -3, 99)
    assert (whole.first, whole.offset, whole.samples) == (0, 0, latents[0].samples)
    late = Part.cut(latents[0], codec, 50, None)
    assert 0 < late.samples <= 0.3 * RATE
    assert late.offset + late.samples == latents[0].samples


@every_way
def test_the_corners_of_a_square_are_the_songs(codec: Codec, latents: list[Latent], way: Way) -> None:
    a, b, c, d = latents
    morph = Morph(codec, a, b, lower=(c, d))
    assert morph.samples == a.samples
    count = morph.samples - 3000
    for at, down, latent in ((0, 0, a), (1, 0, b), (0, 1, c), (1, 1, d)):
        whole = limited(codec.decode(latent).samples[0][:count])
        np.testing.assert_allclose(morph.range(way, at, 0, count, down=down), whole, atol=1e-4)


@every_way
def test_the_level_in_the_square_goes_by_the_bilinear_weights(codec: Codec, latents: list[Latent], way: Way) -> None:
    a, b, c, d = latents
    morph = Morph(codec, a, b, lower=(c, d))
    inner = slice(5_000, -5_000)
    powers = [float(np.mean(np.square(codec.decode(each).samples[0][: morph.samples][inner]))) for each in latents]
    heard = np.concatenate([morph.range(way, 0.25, start, 2205, down=0.5) for start in range(0, 40 * RATE // 22, 2205)])
    wanted = np.dot([0.375, 0.125, 0.375, 0.125], powers)
    assert 10 * np.log10(np.mean(np.square(heard[inner])) / wanted) == pytest.approx(0, abs=1.0)
    assert np.isfinite(morph.range(way, -0.2, 0, 4000, down=1.2)).all()


def test_a_straight_line_in_a_linear_latent_weighs_the_songs_by_their_corners(
    codec: Codec, latents: list[Latent]
) -> None:
    morph = Morph(codec, *latents[:2], lower=(latents[2], latents[3]))
    heard = morph.range(WAYS["straight"], 0.25, 20_000, 8192, down=0.75)
    songs = [codec.decode(each).samples[0][20_000:28_192] for each in latents]
    expected = sum(weight * song for weight, song in zip((0.1875, 0.0625, 0.5625, 0.1875), songs, strict=True))
    assert np.corrcoef(heard, expected)[0, 1] > 0.999


def test_lengths_of_a_square_and_wrong_requests(codec: Codec, latents: list[Latent]) -> None:
    a, b, c, d = latents
    for length, latent in (("shorter", a), ("longer", d), ("a", a), ("b", b)):
        assert Morph(codec, a, b, lower=(c, d), length=length).samples == latent.samples
    with pytest.raises(UsageError):
        Morph(codec, a, b, lower=(c, d)).range(WAYS["straight"], 0.5, 0, 10, down=1.3)
