"""Opus and MP3 at a bit rate, through whatever encodes them here: PyAV, an `ffmpeg` on the PATH, or soundfile.

No encoder keeps exactly to the rate that it is asked for, so what counts is the rate measured from the bytes of its
packets (of the whole file where the packets are not seen), without the container's overhead where that is known.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.audio import Clip, read_clip, write_wav
from core.audio.with_pyav import pyav_installed
from core.errors import UsageError
from core.i18n import _

# Opus works at 48 kHz whatever it is given; MP3 at 22,050 Hz (MPEG-2 layer III) has its low bit rates.
FORMATS = {"opus": ("libopus", "ogg", 48_000), "mp3": ("libmp3lame", "mp3", 22_050)}
MP3_RATES = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_TIMEOUT_SECONDS = 60
_MOST_DELAY = 3000
"""Samples; an MP3 encoder and decoder delay by some 2,300 together where no tag tells them."""

Coder = Callable[[Clip, str, float], tuple[Clip, int]]


@dataclass(frozen=True)
class Lossy:
    """A codec for the ear at a nominal rate, as a system to be judged.

    Args:
        family: "opus" or "mp3".
        nominal: kbit/s that the encoder is asked for.
    """

    family: str
    nominal: float

    floats = floats_per_second = None

    @property
    def name(self) -> str:
        return f"{self.family}-{self.nominal:g}"

    @property
    def fingerprint(self) -> str:
        return f"{self.name} by {encoder()}"

    def reconstruct(self, clip: Clip) -> tuple[Clip, int]:
        """The clip encoded and decoded at its own rate, equally long, and the bits that it took."""
        made, bits = _CODERS[encoder()](clip, self.family, self.nominal)
        sound = _without_delay(made.mono().resampled(clip.rate).samples[0], clip.mono().samples[0])
        return Clip(sound[None], clip.rate), bits


def encoder() -> str:
    """ "PyAV", "ffmpeg" or "soundfile", the first of them that is here."""
    if pyav_installed():
        return "PyAV"
    return "ffmpeg" if shutil.which("ffmpeg") else "soundfile"


def real_rates(family: str, wanted: list[float]) -> list[float]:
    """The nominal rates that the encoder tells apart: MP3 has a fixed table, of which the nearest are taken."""
    if family != "mp3":
        return wanted
    return list(dict.fromkeys(float(min(MP3_RATES, key=lambda rate: abs(rate - kbit))) for kbit in wanted))


def _without_delay(sound: np.ndarray, original: np.ndarray) -> np.ndarray:
    """`sound` moved to where it correlates most with the original, and as long; no codec is blamed for its delay."""
    size = 1 << (len(sound) + len(original)).bit_length()
    alike = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(original, size).conj(), size)
    lags = np.arange(-_MOST_DELAY, _MOST_DELAY + 1)
    lag = int(lags[np.argmax(alike[lags])])
    moved = sound[lag:] if lag >= 0 else np.pad(sound, (-lag, 0))
    return np.pad(moved[: len(original)], (0, max(0, len(original) - len(moved)))).astype(np.float32)


def _with_pyav(clip: Clip, family: str, kbit: float) -> tuple[Clip, int]:
    import av

    codec, container, rate = FORMATS[family]
    samples = np.ascontiguousarray(clip.mono().resampled(rate).samples, dtype=np.float32)
    frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
    frame.sample_rate = rate
    file = io.BytesIO()
    size = 0
    with av.open(file, "w", format=container) as output:
        stream: Any = output.add_stream(codec, rate=rate, layout="mono")
        stream.bit_rate = round(1000 * kbit)
        convert = av.AudioResampler(format=stream.codec_context.format, layout="mono", rate=rate)
        for part in [*convert.resample(frame), *convert.resample(None), None]:
            for packet in stream.encode(part):
                size += packet.size
                output.mux(packet)
    file.seek(0)
    with av.open(file, "r") as source:
        convert = av.AudioResampler(format="fltp", layout="mono", rate=rate)
        parts = [made.to_ndarray()[0] for frame in source.decode(audio=0) for made in convert.resample(frame)]
    return Clip(np.concatenate(parts)[None], rate), 8 * size


def _with_ffmpeg(clip: Clip, family: str, kbit: float) -> tuple[Clip, int]:
    codec, container, rate = FORMATS[family]
    with tempfile.TemporaryDirectory() as folder:
        source, coded = Path(folder) / "in.wav", Path(folder) / f"coded.{container}"
        write_wav(source, clip.mono().resampled(rate), subtype="FLOAT")
        command = ["ffmpeg", "-v", "error", "-i", source, "-c:a", codec, "-b:a", f"{round(1000 * kbit)}", coded]
        subprocess.run(list(map(str, command)), check=True, timeout=_TIMEOUT_SECONDS, stdin=subprocess.DEVNULL)
        return read_clip(coded), 8 * coded.stat().st_size


def _with_soundfile(clip: Clip, family: str, kbit: float) -> tuple[Clip, int]:
    """libsndfile knows a compression level and no bit rate: the level whose file comes nearest is searched for."""
    import soundfile

    _codec, _container, rate = FORMATS[family]
    samples = clip.mono().resampled(rate).samples[0]
    constant = {"bitrate_mode": "CONSTANT"} if family == "mp3" else {}
    form, subtype = ("OGG", "OPUS") if family == "opus" else ("MP3", "MPEG_LAYER_III")
    if subtype not in soundfile.available_subtypes(form):
        raise UsageError(
            _("Nothing here encodes {family}: install PyAV (pip install av) or ffmpeg.").format(family=family)
        )
    best: tuple[float, bytes] | None = None
    low, high = 0.0, 1.0
    for _step in range(8):
        level = (low + high) / 2
        file = io.BytesIO()
        with soundfile.SoundFile(
            file, "w", rate, 1, format=form, subtype=subtype, compression_level=level, **constant
        ) as output:
            output.write(samples)
        content = file.getvalue()
        found = 8 * len(content) / clip.seconds / 1000
        if best is None or abs(found - kbit) < best[0]:
            best = abs(found - kbit), content
        low, high = (level, high) if found > kbit else (low, level)
    assert best is not None
    decoded, decoded_rate = soundfile.read(io.BytesIO(best[1]), dtype="float32")
    return Clip(decoded[None], decoded_rate), 8 * len(best[1])


_CODERS: dict[str, Coder] = {"PyAV": _with_pyav, "ffmpeg": _with_ffmpeg, "soundfile": _with_soundfile}
