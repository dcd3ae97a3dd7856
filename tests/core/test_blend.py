"""Blends: the ends are the songs, a window is the whole's, models are not mixed."""

import numpy as np
import pytest

from core.audio import Clip
from core.errors import UsageError
from core.latents.blend import blend, blend_window
from core.latents.latent import Latent, LatentError
from core.models.codec import Codec, load_codec


@pytest.fixture(scope="module")
def codec() -> Codec:
    return load_codec("klt-1378")


def _latent(codec: Codec, frames: int, seed: int, channels: int | None = None) -> Latent:
    samples = 0.1 * np.random.default_rng(seed).standard_normal(frames)
    return codec.encode(Clip(samples.astype(np.float32), 22_050), channels=channels)


def test_the_ends_are_the_songs_themselves(codec: Codec) -> None:
    a, b = _latent(codec, 20_000, 1), _latent(codec, 33_000, 2)
    np.testing.assert_array_equal(blend(a, b, 0, length="a").values, a.values)
    np.testing.assert_array_equal(blend(a, b, 1, length="b").values, b.values)


@pytest.mark.parametrize(("length", "samples"), [("shorter", 20_000), ("longer", 33_000), ("a", 20_000), ("b", 33_000)])
def test_the_blend_is_as_long_as_asked_and_decodes(codec: Codec, length: str, samples: int) -> None:
    mixed = blend(_latent(codec, 20_000, 1), _latent(codec, 33_000, 2), 0.3, length=length, silence=codec.silence)
    assert codec.decode(mixed).frames == samples


def test_halfway_in_the_linear_latent_is_the_mean_of_the_sounds(codec: Codec) -> None:
    a, b = _latent(codec, 20_000, 1), _latent(codec, 20_000, 2)
    mean = (codec.decode(a).samples + codec.decode(b).samples) / 2
    np.testing.assert_allclose(codec.decode(blend(a, b, 0.5)).samples, mean, atol=1e-5)


def test_a_window_is_that_part_of_the_whole(codec: Codec) -> None:
    a, b = _latent(codec, 20_000, 1), _latent(codec, 33_000, 2)
    whole = blend(a, b, -0.2, length="longer").values
    np.testing.assert_array_equal(blend_window(a, b, -0.2, 3, 30), whole[:, 3:30])
    assert not blend_window(a, b, 0.5, 100, 103).any()


def test_two_sizes_of_one_model_blend_at_the_larger(codec: Codec) -> None:
    a, b = _latent(codec, 20_000, 1), _latent(codec, 20_000, 2, channels=16)
    mixed = blend(a, b, 0.5)
    assert mixed.channels == 64
    np.testing.assert_allclose(mixed.values[20:], a.values[20:] / 2)
    assert blend(b, a, 0.5).model == a.model


def test_wrong_requests_get_sentences(codec: Codec) -> None:
    a = _latent(codec, 20_000, 1)
    for at in (-0.3, 1.3, float("nan")):
        with pytest.raises(UsageError):
            blend(a, a, at)
    with pytest.raises(UsageError):
        blend(a, a, 0.5, length="both")
    with pytest.raises(LatentError, match="different models"):
        blend(a, Latent(a.values, "f00", a.samples), 0.5)
