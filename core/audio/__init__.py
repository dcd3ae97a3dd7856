"""Sound files in and out: a `Clip` is samples with their rate; decoding is soundfile's, PyAV's or ffmpeg's work.

>>> from core.audio import read_clip, write_wav
>>> clip = read_clip(path, start=30, seconds=5).mono().resampled(22050)  # doctest: +SKIP
>>> write_wav(out, clip)  # doctest: +SKIP
"""

from typing import TYPE_CHECKING

from core.lazily import lazily

if TYPE_CHECKING:
    from core.audio.clip import AudioInfo, Clip, is_silent
    from core.audio.decode import open_audio, read_clip, read_info
    from core.audio.find import AUDIO_SUFFIXES, find_audio
    from core.audio.silence import SILENCE_PEAK
    from core.audio.stream import AudioStream
    from core.audio.write import write_wav

__getattr__ = lazily(
    __name__,
    {
        "clip": ("AudioInfo", "Clip", "is_silent"),
        "decode": ("open_audio", "read_clip", "read_info"),
        "find": ("AUDIO_SUFFIXES", "find_audio"),
        "silence": ("SILENCE_PEAK",),
        "stream": ("AudioStream",),
        "write": ("write_wav",),
    },
)

__all__ = [
    "AUDIO_SUFFIXES",
    "SILENCE_PEAK",
    "AudioInfo",
    "AudioStream",
    "Clip",
    "find_audio",
    "is_silent",
    "open_audio",
    "read_clip",
    "read_info",
    "write_wav",
]
