"""The codec: any sound through every model, whole or in parts, and latents in files."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import core.models.codec as codec_module
from core.audio import Clip
from core.errors import Cancelled, UsageError
from core.latents.latent import Latent, LatentError
from core.models.codec import Codec, load_codec, new_codec
from core.models.presets import preset

NAMES = ("conv-55112", "conv-32151", "conv-18376", "conv-9184", "klt-1378", "klt-344", "studio-1378", "studio-344")


@pytest.fixture(params=NAMES)
def codec(request: pytest.FixtureRequest) -> Codec:
    name = request.param
    return load_codec(name) if not name.startswith("conv") else new_codec(preset(name).config, 5, name=name)


def noise(frames: int, rate: int = 22_050, channels: int = 1) -> Clip:
    samples = 0.3 * np.random.default_rng(frames).standard_normal((channels, frames))
    return Clip(samples.astype(np.float32), rate)


@pytest.mark.parametrize("seconds", [0.0137, 0.1, 0.7])
def test_chunked_equals_whole(codec: Codec, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    for frames in (50_001, 1024, 1025):
        clip = noise(frames)
        monkeypatch.setattr(codec_module, "CHUNK_SECONDS", 1e6)
        latent = codec.encode(clip)
        sound = codec.decode(latent)
        monkeypatch.setattr(codec_module, "CHUNK_SECONDS", seconds)
        np.testing.assert_allclose(codec.encode(clip).values, latent.values, atol=1e-4, rtol=0)
        np.testing.assert_allclose(codec.decode(latent).samples, sound.samples, atol=1e-4, rtol=0)


def test_a_decoded_range_is_that_part_of_the_whole(codec: Codec) -> None:
    latent = codec.encode(noise(30_011))
    whole = codec.decode(latent).samples[0]
    padded = np.concatenate([np.zeros(5000, np.float32), whole, np.zeros(5000, np.float32)])
    for start, count in ((0, 1), (-3000, 5000), (1023, 2050), (29_000, 4000), (30_011, 10), (-20, 5), (7, 30_000)):
        np.testing.assert_allclose(
            codec.decode_range(latent, start, count), padded[start + 5000 : start + 5000 + count], atol=1e-4, rtol=0
        )


def test_a_window_of_values_alone_decodes_to_the_same_sound(codec: Codec) -> None:
    latent = codec.encode(noise(40_000))
    first, last = codec.frame_window(12_345, 6000, latent.frames)
    assert (last - first) * codec.hop <= 6000 + (2 * codec.context + 2) * codec.hop
    sound = codec.decode_values(
        latent.values[:, first:last], first=first, start=12_345, count=6000, total_frames=latent.frames
    )
    np.testing.assert_allclose(sound, codec.decode(latent).samples[0, 12_345:18_345], atol=1e-4, rtol=0)


@pytest.mark.parametrize(
    ("frames", "rate", "channels"),
    [(1, 22_050, 1), (5, 44_100, 2), (1, 192_000, 6), (1000, 8000, 2), (48_000, 48_000, 2)],
)
def test_any_length_rate_and_channel_count_comes_back_as_long(
    codec: Codec, frames: int, rate: int, channels: int
) -> None:
    latent = codec.encode(noise(frames, rate, channels))
    sound = codec.decode(latent)
    assert sound.channels == 1
    assert sound.rate == codec.rate
    assert sound.frames == latent.samples == max(1, round(frames * codec.rate / rate))
    assert np.isfinite(sound.samples).all()


def test_silence_and_hard_clipping_stay_finite(codec: Codec) -> None:
    square = np.sign(np.sin(np.arange(30_000) / 20)).astype(np.float32)
    for samples in (np.zeros(30_000, np.float32), square, 50 * square, 1e5 * square):
        sound = codec.decode(codec.encode(Clip(samples, 22_050)))
        assert np.isfinite(sound.samples).all()


def test_silence_stays_silence_in_the_klt() -> None:
    codec = load_codec("klt-1378")
    latent = codec.encode(Clip(np.zeros(9000, np.float32), 22_050))
    assert not latent.values.any()
    assert not codec.decode(latent).samples.any()
    assert not codec.silence.any()


def test_empty_or_broken_sound_gets_a_sentence(codec: Codec) -> None:
    for samples, words in (
        (np.zeros((1, 0), np.float32), "empty"),
        (np.array([0.0, np.nan], np.float32), "not numbers"),
        (np.array([0.0, np.inf], np.float32), "not numbers"),
        (np.array([0.0, 1e30], np.float32), "too loud"),
    ):
        with pytest.raises(UsageError, match=words):
            codec.encode(Clip(samples, 22_050))


def test_wild_latents_never_reach_the_ear_as_nan(codec: Codec) -> None:
    latent = codec.encode(noise(5000))
    wild = Latent(np.where(latent.values < 0, np.float32(-3e38), np.float32(3e38)), latent.model, latent.samples)
    assert np.isfinite(codec.decode(wild).samples).all()
    assert np.isfinite(codec.decode_range(wild, 100, 300)).all()


def test_another_models_latent_is_refused(codec: Codec) -> None:
    other = new_codec(preset("conv-9184").config, 99)
    with pytest.raises(LatentError, match="another model"):
        codec.decode(other.encode(noise(3000)))
    latent = codec.encode(noise(3000))
    with pytest.raises(LatentError, match="does not fit"):
        codec.decode(Latent(latent.values, latent.model, 10 * latent.samples))


def test_progress_reaches_the_end_and_cancelling_stops(codec: Codec, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codec_module, "CHUNK_SECONDS", 0.2)
    told: list[float] = []
    latent = codec.encode(noise(22_050), progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    with pytest.raises(Cancelled):
        codec.encode(noise(22_050), cancelled=lambda: len(told) > 0)
    told.clear()
    codec.decode(latent, progress=told.append)
    assert told[-1] == 1.0


def test_nested_sizes_are_prefixes_of_one_latent() -> None:
    large, small = load_codec("klt-1378"), load_codec("klt-344")
    clip = noise(20_000)
    whole, few = large.encode(clip), small.encode(clip)
    assert few.channels == 16
    np.testing.assert_array_equal(whole.values[:16], few.values)
    np.testing.assert_array_equal(large.encode(clip, channels=16).values, few.values)
    np.testing.assert_array_equal(large.decode(few).samples, small.decode(few).samples)
    assert large.hash != small.hash
    assert small.floats_per_second == pytest.approx(344.53, abs=0.01)
    assert large.kbit_per_second(16) == pytest.approx(22.05)
    with pytest.raises(UsageError):
        new_codec(preset("conv-9184").config).encode(clip, channels=2)
    with pytest.raises(UsageError):
        large.encode(clip, channels=65)


def test_the_hash_follows_the_weights_not_the_name() -> None:
    config = preset("conv-9184").config
    assert new_codec(config, 1, name="a").hash == new_codec(config, 1, name="b").hash
    assert new_codec(config, 1).hash != new_codec(config, 2).hash


def test_a_latents_file_holds_one_tensor_and_all_that_decoding_needs(tmp_path: Path, codec: Codec) -> None:
    from safetensors import safe_open

    latent = codec.encode(noise(12_345))
    path = tmp_path / "ä z.safetensors"
    latent.save(path)
    with safe_open(path, framework="np") as file:
        assert list(file.keys()) == ["latent"]
        assert file.get_tensor("latent").size == latent.size
    again = Latent.load(path)
    assert (again.model, again.samples) == (latent.model, latent.samples)
    np.testing.assert_array_equal(codec.decode(again).samples, codec.decode(latent).samples)


def _spoiled(content: bytes) -> dict[str, bytes]:
    return {
        "empty": b"",
        "short": content[:5],
        "truncated": content[:-3],
        "longer": content + b"junk",
        "header": b"\xff" * 8 + content[8:],
        "text": b"hello, this is no latent at all",
        "dtype": content.replace(b'"F32"', b'"I32"'),
        "version": content.replace(b'"version":"1"', b'"version":"9"'),
        "samples": content.replace(b'"samples":"3000"', b'"samples":"-300"'),
        "nan": content[:-4] + np.float32(np.nan).tobytes(),
    }


@pytest.mark.parametrize("how", _spoiled(b""))
def test_a_spoiled_latent_file_gets_a_sentence(tmp_path: Path, how: str) -> None:
    path = tmp_path / "z.safetensors"
    load_codec("klt-344").encode(noise(3000)).save(path)
    content = path.read_bytes()
    spoiled = _spoiled(content)[how]
    assert spoiled != content
    path.write_bytes(spoiled)
    with pytest.raises(LatentError, match=r"z\.safetensors"):
        Latent.load(path)
    with pytest.raises(LatentError):
        Latent.load(tmp_path)
    with pytest.raises(LatentError):
        Latent.load(tmp_path / "missing")


def test_a_tone_survives_the_shipped_model(tone: Callable[..., np.ndarray]) -> None:
    codec = load_codec("klt-1378")
    sine = tone(220, 2)
    sound = codec.decode(codec.encode(Clip(sine, 22_050))).samples[0]
    middle = slice(5000, 40_000)
    assert np.corrcoef(sine[middle], sound[middle])[0, 1] > 0.98
