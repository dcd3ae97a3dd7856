"""Every file that cannot be used gets one sentence that names it; none brings anything else down."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.audio import Clip, open_audio, read_clip, read_info, write_wav
from core.audio import decode as decoding
from core.audio.stream import NotDecodable
from core.audio.with_ffmpeg import FfmpegStream
from core.errors import AudioFileError

Tone = Callable[..., np.ndarray]


def wav_header(rate: int, channels: int, *, bytes_of_sound: int = 2000) -> bytes:
    width = max(2 * channels, 2)
    fmt = struct.pack("<HHIIHH", 1, channels, rate, (rate * width) & 0xFFFF_FFFF, width, 16)
    body = b"WAVEfmt " + struct.pack("<I", 16) + fmt + b"data" + struct.pack("<I", bytes_of_sound)
    return b"RIFF" + struct.pack("<I", len(body) + bytes_of_sound) + body + bytes(bytes_of_sound)


def sentence(path: Path) -> str:
    with pytest.raises(AudioFileError) as caught:
        read_clip(path)
    words = caught.value.sentence
    assert path.name in words
    assert "\n" not in words
    assert caught.value.path == path
    return words


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.wav"
    path.touch()
    assert "is empty" in sentence(path)


@pytest.mark.parametrize("name", ["text.wav", "text.mp3", "text.m4a", "text.flac", "text.raw", "text"])
def test_what_is_not_audio(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text("Dear diary, this is no song.\n" * 500)
    assert "not a sound file" in sentence(path)


def test_random_bytes_under_every_suffix(tmp_path: Path) -> None:
    noise = np.random.default_rng(3).bytes(20_000)
    for suffix in ("wav", "flac", "ogg", "opus", "mp3", "aiff", "m4a", "au"):
        path = tmp_path / f"noise.{suffix}"
        path.write_bytes(noise)
        sentence(path)


def test_a_folder_a_pipe_and_nothing_at_all(tmp_path: Path) -> None:
    assert "is a folder" in sentence(tmp_path)
    assert "is not there" in sentence(tmp_path / "gone.wav")
    with pytest.raises(AudioFileError, match="cannot be read"):
        read_clip("null\0character.wav")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.wav")
        assert "a device or a pipe" in sentence(tmp_path / "pipe.wav")


def test_a_name_longer_than_the_system_allows(tmp_path: Path) -> None:
    sentence(tmp_path / ("n" * 5000 + ".wav"))


@pytest.mark.parametrize(
    ("rate", "channels", "words"),
    [
        (44100, 0, "claims 0 channels"),
        (44100, 1000, "claims 1000 channels"),
        (0, 2, "claims 0 samples a second"),
        (1, 1, "claims 1 samples a second"),
        (10_000_000, 2, "claims 10000000 samples a second"),
        (0xFFFF_FFFF, 1, "claims 4294967295 samples a second"),
    ],
)
def test_a_header_that_claims_the_impossible(tmp_path: Path, rate: int, channels: int, words: str) -> None:
    path = tmp_path / "absurd.wav"
    path.write_bytes(wav_header(rate, channels))
    assert words in sentence(path)
    with pytest.raises(AudioFileError, match="claims"):
        read_info(path)


def test_a_file_of_zero_length(tmp_path: Path) -> None:
    for name in ("a.wav", "a.aiff", "a.ogg"):
        soundfile.write(tmp_path / name, np.zeros((0, 2)), 44100)
        assert "its length is zero" in sentence(tmp_path / name)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [0, 100_000])
def test_samples_that_are_not_numbers(tmp_path: Path, value: float, place: int) -> None:
    samples = np.zeros((150_000, 2), np.float32)
    samples[place, 1] = value
    soundfile.write(tmp_path / "nan.wav", samples, 44100, subtype="FLOAT")
    assert "not numbers" in sentence(tmp_path / "nan.wav")
    assert read_info(tmp_path / "nan.wav").frames == 150_000


def test_samples_of_an_absurd_level(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "huge.wav", np.full(1000, 1e30), 44100, subtype="FLOAT")
    assert "absurd level" in sentence(tmp_path / "huge.wav")


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
@pytest.mark.parametrize(
    ("suffix", "subtype"),
    [("wav", "PCM_16"), ("wav", "FLOAT"), ("aiff", "PCM_16"), ("flac", "PCM_16"), ("ogg", "VORBIS"), ("opus", "OPUS")],
)
def test_a_file_that_was_cut_off(tmp_path: Path, suffix: str, subtype: str, share: float) -> None:
    whole = tmp_path / f"whole.{suffix}"
    samples = np.random.default_rng(4).uniform(-0.5, 0.5, (48000 * 3, 2))
    soundfile.write(whole, samples, 48000, format="OGG" if suffix in ("ogg", "opus") else None, subtype=subtype)
    assert read_clip(whole).frames == len(samples)
    cut = tmp_path / f"cut.{suffix}"
    cut.write_bytes(whole.read_bytes()[: round(share * whole.stat().st_size)])
    assert "cut off" in sentence(cut)


@pytest.mark.parametrize("name", ["fluffing-a-duck.mp3", "amazing-plan.m4a", "bumblebeat.flac", "hand-trolley.opus"])
def test_a_published_file_that_was_cut_off(formats: Path, tmp_path: Path, name: str) -> None:
    cut = tmp_path / name
    cut.write_bytes((formats / name).read_bytes()[:700_000])
    assert "damaged" in sentence(cut) or "cut off" in sentence(cut)


def test_a_wav_whose_size_was_never_written_is_read(tmp_path: Path, tone: Tone) -> None:
    write_wav(tmp_path / "a.wav", Clip(tone(440, 1.0), 22050))
    for size in (0xFFFF_FFFF, 0x7FFF_FFFF):
        content = bytearray((tmp_path / "a.wav").read_bytes())
        content[40:44] = struct.pack("<I", size)
        (tmp_path / "streamed.wav").write_bytes(content)
        assert read_clip(tmp_path / "streamed.wav").frames == 22050


def test_a_file_that_vanishes_half_way_is_read_or_explained(tmp_path: Path, tone: Tone) -> None:
    path = tmp_path / "gone.wav"
    write_wav(path, Clip(tone(440, 20.0), 22050))
    with open_audio(path) as stream:
        blocks = stream.blocks()
        next(blocks)
        path.unlink()
        with contextlib.suppress(AudioFileError):  # POSIX keeps an open file alive
            list(blocks)
    assert "is not there" in sentence(path)


def test_a_file_that_shrinks_while_it_is_read_is_explained(tmp_path: Path, tone: Tone) -> None:
    path = tmp_path / "shrinking.wav"
    write_wav(path, Clip(tone(440, 20.0), 22050))
    with open_audio(path) as stream:
        blocks = stream.blocks()
        next(blocks)
        with path.open("r+b") as file:
            file.truncate(200_000)
        with pytest.raises(AudioFileError, match=r"shrinking\.wav is damaged or cut off"):
            list(blocks)


@pytest.mark.skipif(os.name != "posix", reason="permissions of another kind")
def test_no_permission(tmp_path: Path, tone: Tone) -> None:
    path = tmp_path / "secret.wav"
    write_wav(path, Clip(tone(440, 0.1), 22050))
    path.chmod(0)
    with as_anybody():
        assert "permission denied" in sentence(path)


@contextlib.contextmanager
def as_anybody() -> Iterator[None]:
    """Without the rights of root, where the tests run as root, who may read everything."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_a_refusal_of_the_system_is_worded(tmp_path: Path) -> None:
    words = decoding.unreadable(tmp_path / "secret.wav", PermissionError(13, "Permission denied")).sentence
    assert "secret.wav may not be read: permission denied" in words
    words = decoding.unreadable(tmp_path / "worn.wav", OSError(5, "Input/output error")).sentence
    assert "worn.wav cannot be read: Input/output error" in words


def test_without_decoder_for_m4a_the_sentence_says_what_to_install(
    formats: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)  # as if not installed
    monkeypatch.setattr(decoding, "pyav_installed", lambda: False)
    monkeypatch.setenv("PATH", "")
    words = sentence(formats / "amazing-plan.m4a")
    assert "pip install av" in words
    assert "ffmpeg" in words


@pytest.fixture
def ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real ffmpeg where there is one, else a program of that name which decodes with PyAV."""
    if shutil.which("ffmpeg") is not None:
        return
    pytest.importorskip("av")
    program = tmp_path / "bin" / "ffmpeg"
    program.parent.mkdir()
    program.write_text(STAND_IN.format(python=sys.executable))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(program.parent))


STAND_IN = """#!{python}
import struct, sys
import av
source = sys.argv[sys.argv.index("-i") + 1].removeprefix("file:")
if "slow" in source:
    import time
    time.sleep(60)
try:
    container = av.open(source)
    stream = container.streams.audio[0]
except Exception as error:
    sys.exit(f"{{source}}: Invalid data found when processing input")
rate, channels = stream.codec_context.sample_rate, stream.codec_context.channels
print("  Metadata:\\n    title           : A Plan\\n  Duration: 00:00:03.01, start: 0", file=sys.stderr)
print("  Stream #0:0: Audio: aac (LC)", file=sys.stderr, flush=True)
sys.stdout.buffer.write(b".snd" + struct.pack(">5I", 32, 0xFFFFFFFF, 6, rate, channels) + bytes(8))
convert = av.AudioResampler(format="flt")
for frame in container.decode(stream):
    for made in convert.resample(frame):
        sys.stdout.buffer.write(made.to_ndarray().astype(">f4").tobytes())
"""


@pytest.mark.usefixtures("ffmpeg")
@pytest.mark.skipif(os.name != "posix", reason="the stand-in is a script")
def test_ffmpeg_as_a_child_gives_what_pyav_gives(short_m4a: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = read_clip(short_m4a)
    monkeypatch.setattr(decoding, "DECODERS", (FfmpegStream,))
    info = read_info(short_m4a)
    assert (info.rate, info.channels, info.format, info.frames) == (44100, 2, "AAC", None)
    assert info.seconds == pytest.approx(3.0, abs=0.1)
    clip = read_clip(short_m4a)
    frames = min(clip.frames, expected.frames)
    assert frames > 2.9 * 44100
    np.testing.assert_allclose(clip.samples[:, :frames], expected.samples[:, :frames], atol=1e-5)
    part = read_clip(short_m4a, start=2.0, seconds=0.5)
    np.testing.assert_allclose(part.samples, expected.cut(2.0, 0.5).samples, atol=1e-5)


@pytest.fixture
def short_m4a(tmp_path: Path, tone: Tone) -> Path:
    """Three seconds of AAC."""
    av = pytest.importorskip("av")
    path = tmp_path / "short.m4a"
    sound = np.stack([tone(440, 3.0, 44100), tone(660, 3.0, 44100)])
    with av.open(str(path), "w", format="ipod") as container:
        stream = container.add_stream("aac", rate=44100, layout="stereo")
        for start in range(0, sound.shape[1], 1024):
            block = np.ascontiguousarray(sound[:, start : start + 1024])
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts = 44100, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def test_a_codec_that_no_decoder_knows(tmp_path: Path) -> None:
    """FFmpeg opens the container and finds a sound stream, but has nothing to decode it with."""
    header = bytearray(wav_header(22050, 1))
    header[20:22] = struct.pack("<H", 0x9999)
    (tmp_path / "foreign.wav").write_bytes(header)
    assert "not a sound file" in sentence(tmp_path / "foreign.wav")


def test_a_link_that_leads_to_itself(tmp_path: Path) -> None:
    with contextlib.suppress(OSError, NotImplementedError):  # Windows asks for a right
        (tmp_path / "loop.wav").symlink_to("loop.wav")
        sentence(tmp_path / "loop.wav")


def test_decoders_keep_their_notes_to_themselves(
    formats: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """libmpg123 writes to stderr past Python; a user should see the one sentence only."""
    (tmp_path / "noise.mp3").write_bytes(np.random.default_rng(1).bytes(20_000))
    sentence(tmp_path / "noise.mp3")
    cut = tmp_path / "cut.mp3"
    cut.write_bytes((formats / "fluffing-a-duck.mp3").read_bytes()[:300_000])
    sentence(cut)
    read_clip(formats / "krampus-workshop-trailing-junk.mp3", seconds=1.0)
    assert capfd.readouterr().err == ""
    os.write(2, b"heard again")
    assert capfd.readouterr().err == "heard again"


@pytest.mark.usefixtures("ffmpeg")
@pytest.mark.skipif(os.name != "posix", reason="the stand-in is a script")
def test_ffmpeg_that_fails_or_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "text.m4a").write_text("no song")
    with pytest.raises(NotDecodable, match="ffmpeg: "):
        FfmpegStream(tmp_path / "text.m4a")
    os.mkfifo(tmp_path / "slow.m4a")  # nobody ever writes into it
    with pytest.raises(NotDecodable, match="in time"):
        FfmpegStream(tmp_path / "slow.m4a", time_limit=0.3)
