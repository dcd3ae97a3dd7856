"""m4a, aac, wma and whatever else FFmpeg's libraries read, through PyAV where it is installed (an optional extra)."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from core.audio.clip import AudioInfo
from core.audio.stream import AudioStream, NotDecodable, within

_EXACT_LENGTH = ("mov", "matroska", "flac", "wav")  # others estimate their length from the bit rate


class PyavStream(AudioStream):
    """The first audio stream of a file that FFmpeg's libraries read."""

    def __init__(self, path: Path) -> None:
        try:
            import av
        except (ImportError, OSError) as error:
            raise NotDecodable(f"PyAV: {error}") from error
        self._av = av
        try:
            # Only this file: a playlist in disguise must not open others, nor the network.
            self._container = av.open(str(path), options={"protocol_whitelist": "file"}, metadata_errors="replace")
        except (av.FFmpegError, OSError, ValueError, UnicodeError) as error:
            raise NotDecodable(f"PyAV: {error}") from error
        if not self._container.streams.audio:
            self._container.close()
            raise NotDecodable("PyAV: no audio stream")
        self._stream = self._container.streams.audio[0]
        codec: Any = self._stream.codec_context
        if codec is None:  # FFmpeg knows the container, but has no decoder for what is in it
            self._container.close()
            raise NotDecodable("PyAV: no decoder")
        rate, channels = int(codec.sample_rate or 0), int(codec.channels or 0)
        if not rate or not channels:
            self._container.close()
            raise NotDecodable("PyAV: no rate or no channels")
        seconds = _seconds(self._stream, self._container)
        exact = self._container.format.name.startswith(_EXACT_LENGTH) and seconds > 0
        self.info = AudioInfo(
            seconds=seconds,
            rate=rate,
            channels=channels,
            frames=round(seconds * rate) if exact else None,
            format=codec.name.removesuffix("float").upper(),
        )
        found = {
            name.lower(): value
            for name, value in {**self._container.metadata, **self._stream.metadata}.items()
            if value
        }
        self.tags = {name: found[name].strip() for name in ("title", "artist", "genre") if found.get(name, "").strip()}

    def blocks(self, start: int = 0, frames: int | None = None) -> Iterator[np.ndarray]:
        try:
            # From the beginning always: the time stamps of an m4a with an edit list do not count its samples.
            yield from within(self._floats(), start, frames)
        except (self._av.FFmpegError, OSError, ValueError) as error:
            raise NotDecodable(f"PyAV: {error}") from error

    def close(self) -> None:
        self._container.close()

    def _floats(self) -> Iterator[np.ndarray]:
        """(channels, n) float32 of every decoded frame, whatever sample type the codec uses."""
        convert = self._av.AudioResampler(format="fltp")
        for frame in self._container.decode(self._stream):
            for made in convert.resample(frame):
                if made.sample_rate != self.info.rate or made.layout.nb_channels != self.info.channels:
                    raise NotDecodable("PyAV: rate or channels change within the file")
                yield made.to_ndarray()


def pyav_installed() -> bool:
    return importlib.util.find_spec("av") is not None


def _seconds(stream: Any, container: Any) -> float:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return container.duration / 1e6 if container.duration else 0.0
