"""Clips and the files of every format: what is read is what was played, from anywhere in the file."""

from __future__ import annotations

import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.audio import AUDIO_SUFFIXES, Clip, find_audio, is_silent, open_audio, read_clip, read_info, write_wav
from core.audio.ogg_opus import ogg_checksum, with_regular_granules
from core.audio.write import _header
from core.errors import AudioFileError

Tone = Callable[..., np.ndarray]


def test_a_clip_is_float32_channels_first_whatever_it_was_made_from() -> None:
    clip = Clip(np.arange(6, dtype=np.float64)[::2], 8000)
    assert clip.samples.dtype == np.float32
    assert clip.samples.shape == (1, 3)
    assert clip.samples.flags.c_contiguous
    assert (clip.frames, clip.channels, clip.seconds, clip.peak) == (3, 1, 3 / 8000, 4.0)
    with pytest.raises(ValueError, match="shape"):
        Clip(np.zeros((1, 2, 3)), 8000)


def test_cutting_outside_a_clip_gives_what_is_inside() -> None:
    clip = Clip(np.arange(10) / 10, 10)
    np.testing.assert_array_equal(clip.cut(0.8, 1.0).samples, clip.samples[:, 8:])
    np.testing.assert_array_equal(clip.cut(-0.5, 0.7).samples, clip.samples[:, :2])
    assert clip.cut(5).frames == 0


def test_mono_is_the_mean_of_all_channels() -> None:
    samples = np.arange(12, dtype=np.float32).reshape(6, 2)
    np.testing.assert_allclose(Clip(samples, 8000).mono().samples, samples.mean(axis=0)[None])


@pytest.mark.parametrize("rate", [8000, 11025, 24000, 44100, 48000, 96000])
def test_resampling_keeps_a_tone_and_gives_the_exact_length(tone: Tone, rate: int) -> None:
    clip = Clip(tone(1000, 1.0, rate), rate).resampled(22050)
    assert clip.frames == 22050
    middle = slice(2000, -2000)
    np.testing.assert_allclose(clip.samples[0][middle], tone(1000, 1.0, 22050)[middle], atol=1e-3)


def test_resampling_nothing_and_one_frame() -> None:
    assert Clip(np.zeros((2, 0)), 48000).resampled(22050).samples.shape == (2, 0)
    assert Clip(np.ones((1, 1)), 48000).resampled(22050).frames == 1


def test_silence_is_what_nobody_hears() -> None:
    assert is_silent(Clip(np.full(100, 1e-5), 8000))
    assert is_silent(np.zeros((2, 0)))
    assert not is_silent(Clip(np.full(100, -1e-3), 8000))


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
def test_wav_written_and_read_again_is_the_same_within_a_step(tmp_path: Path, subtype: str) -> None:
    samples = np.random.default_rng(0).uniform(-1, 1, (2, 100_001)).astype(np.float32)
    path = tmp_path / "new folder" / "a.wav"
    write_wav(path, Clip(samples, 44100), subtype=subtype)  # type: ignore[arg-type]
    assert soundfile.info(path).subtype == subtype
    again = read_clip(path)
    assert again.rate == 44100
    step = {"PCM_16": 2**-15, "PCM_24": 2**-23, "FLOAT": 0.0}[subtype]
    assert np.abs(again.samples - samples).max() <= step
    write_wav(tmp_path / "b.wav", again, subtype=subtype)  # type: ignore[arg-type]
    assert (tmp_path / "b.wav").read_bytes() == path.read_bytes()


def test_a_wav_is_readable_by_other_programs(tmp_path: Path, tone: Tone) -> None:
    write_wav(tmp_path / "a.wav", Clip(tone(440, 0.5), 22050))
    with wave.open(str(tmp_path / "a.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (22050, 1, 2)
        assert file.getnframes() == 11025


def test_a_wav_beyond_four_gigabytes_says_its_length(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    frames = 2**30 + 5
    with path.open("wb") as file:  # nothing but a header and a hole of silence
        file.write(_header(_Length(channels=2, rate=44100, frames=frames), "PCM_16"))  # type: ignore[arg-type]
        try:
            file.truncate(file.tell() + 4 * frames)
        except OSError:
            pytest.skip("no room for a file of 4 GiB, not even a sparse one")
    assert read_info(path).frames == frames
    assert read_clip(path, start=20_000, seconds=0.1).frames == 4410


@dataclass(frozen=True)
class _Length:
    channels: int
    rate: int
    frames: int


def test_too_loud_sound_is_clipped_in_pcm_and_kept_in_float(tmp_path: Path) -> None:
    loud = Clip(np.array([-2.0, 2.0, 0.5]), 8000)
    write_wav(tmp_path / "a.wav", loud)
    np.testing.assert_allclose(read_clip(tmp_path / "a.wav").samples[0], [-1, 1, 0.5], atol=1e-4)
    write_wav(tmp_path / "b.wav", loud, subtype="FLOAT")
    np.testing.assert_array_equal(read_clip(tmp_path / "b.wav").samples, loud.samples)


def test_samples_that_are_not_numbers_are_not_written(tmp_path: Path) -> None:
    with pytest.raises(AudioFileError, match=r"a\.wav was not written"):
        write_wav(tmp_path / "a.wav", Clip(np.array([0, np.nan]), 8000))
    assert not (tmp_path / "a.wav").exists()


def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(AudioFileError, match=r"a\.wav cannot be written"):
        write_wav(tmp_path / "file" / "a.wav", Clip(np.zeros(10), 8000))


FORMATS = {
    "amazing-plan.m4a": (87.09, 44100, 2, "AAC"),
    "bumblebeat.flac": (28.23, 44100, 2, "FLAC"),
    "fluffing-a-duck.mp3": (67.37, 48000, 2, "MP3"),
    "hand-trolley.opus": (95.19, 48000, 2, "OPUS"),
    "krampus-workshop-trailing-junk.mp3": (94.72, 44100, 2, "MP3"),
    "solo-trumpet-stereo-44100.wav": (5.33, 44100, 2, "WAV"),
    "solo-trumpet.ogg": (5.33, 44100, 2, "VORBIS"),
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_published_format_is_read_whole_and_from_anywhere(formats: Path, name: str) -> None:
    if name.endswith(".m4a"):
        pytest.importorskip("av")
    seconds, rate, channels, kind = FORMATS[name]
    info = read_info(formats / name)
    assert (info.rate, info.channels, info.format) == (rate, channels, kind)
    clip = read_clip(formats / name)
    assert (clip.rate, clip.channels) == (rate, channels)
    assert clip.seconds == pytest.approx(seconds, abs=0.02)
    assert info.seconds == pytest.approx(clip.seconds, abs=0.1)
    assert 0.1 < clip.peak < 1.5
    for start in (0.5, 4.5):
        part = read_clip(formats / name, start=start, seconds=0.75)
        np.testing.assert_allclose(part.samples, clip.cut(start, 0.75).samples, atol=2e-4)


def test_a_part_beyond_the_end_is_shorter_or_empty(formats: Path) -> None:
    path = formats / "solo-trumpet.ogg"
    assert read_clip(path, start=5.0, seconds=10).seconds == pytest.approx(0.333, abs=0.01)
    assert read_clip(path, start=100, seconds=1).samples.shape == (2, 0)
    assert read_clip(path, seconds=0).samples.shape == (2, 0)


def test_tags_give_title_and_artist(formats: Path) -> None:
    with open_audio(formats / "bumblebeat.flac") as stream:
        assert stream.tags == {"title": "Bumblebeat", "artist": "Jalmaan", "genre": "Breaks"}


@pytest.mark.parametrize(("suffix", "channels"), [("wav", 1), ("wav", 6), ("flac", 6), ("aiff", 3), ("wav", 24)])
def test_any_channel_count_is_read(tmp_path: Path, suffix: str, channels: int) -> None:
    samples = np.random.default_rng(1).uniform(-0.5, 0.5, (1000, channels))
    path = tmp_path / f"many.{suffix}"
    soundfile.write(path, samples, 32000)
    clip = read_clip(path)
    assert (clip.channels, clip.frames, clip.rate) == (channels, 1000, 32000)
    np.testing.assert_allclose(clip.samples, samples.T, atol=1e-4)


def test_names_that_are_long_or_in_other_scripts_or_not_even_text(tmp_path: Path, tone: Tone) -> None:
    folder = tmp_path
    for _ in range(12):
        folder = folder / ("длинная папка " * 8)
    clip = Clip(tone(440, 0.1), 22050)
    for name in ("señorita ñandú — ♫ 音楽.wav", "x" * 251 + ".wav", "stray byte \udcff.wav"):
        try:
            write_wav(folder / name, clip)
        except (AudioFileError, UnicodeEncodeError):  # a file system that allows UTF-8 alone
            continue
        assert read_clip(folder / name).frames == clip.frames
        assert read_info(folder / name).rate == 22050
    assert len(list(find_audio([tmp_path]))) >= 2


def test_opus_whose_page_stamps_jump_is_read_by_its_packets(formats: Path, tmp_path: Path) -> None:
    content = (formats / "hand-trolley.opus").read_bytes()
    content = content[: _pages(content)[12].stop]
    assert with_regular_granules(content) is None
    (tmp_path / "regular.opus").write_bytes(content)
    (tmp_path / "spoilt.opus").write_bytes(_with_jumping_stamps(content))
    with pytest.raises(soundfile.LibsndfileError):  # else this repair is no longer needed
        soundfile.read(tmp_path / "spoilt.opus")
    np.testing.assert_array_equal(
        read_clip(tmp_path / "spoilt.opus").samples, read_clip(tmp_path / "regular.opus").samples
    )


def _with_jumping_stamps(content: bytes) -> bytes:
    """The file with a page that counts 400 samples too many, as a remuxer that rounds leaves it."""
    spoilt = bytearray(content)
    page = _pages(content)[5]
    granule = int.from_bytes(spoilt[page.start + 6 : page.start + 14], "little") + 400
    spoilt[page.start + 6 : page.start + 14] = granule.to_bytes(8, "little")
    spoilt[page.start + 22 : page.start + 26] = bytes(4)
    spoilt[page.start + 22 : page.start + 26] = ogg_checksum(bytes(spoilt[page])).to_bytes(4, "little")
    return bytes(spoilt)


def _pages(content: bytes) -> list[slice]:
    """Where the Ogg pages of a file lie."""
    pages, place = [], 0
    while place < len(content):
        count = content[place + 26]
        end = place + 27 + count + sum(content[place + 27 : place + 27 + count])
        pages.append(slice(place, end))
        place = end
    return pages


def test_folders_give_their_sounds_in_order_and_each_once(tmp_path: Path) -> None:
    for name in ("b/2.WAV", "b/10.mp3", "a/1.flac", "a/cover.jpg", "a/.hidden.wav", "top.ogg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    found = list(find_audio([tmp_path, tmp_path / "a", tmp_path / "a" / "cover.jpg"]))
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        "top.ogg",
        "a/1.flac",
        "b/10.mp3",
        "b/2.WAV",
        "a/cover.jpg",  # named itself: the reader will say what is wrong with it
    ]
    assert ".m4a" in AUDIO_SUFFIXES


def test_a_directory_loop_ends(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "song.wav").write_bytes(b"x")
    try:
        (tmp_path / "a" / "b" / "loop").symlink_to(tmp_path, target_is_directory=True)
        (tmp_path / "a" / "dangling.wav").symlink_to(tmp_path / "nowhere.wav")
    except OSError:
        pytest.skip("links are not allowed here")
    assert list(find_audio([tmp_path])) == [tmp_path / "a" / "b" / "song.wav"]
