"""Output devices and the stream that plays a ring of samples, by PortAudio through rtmixer.

PortAudio may be called from one thread at a time: everything here belongs to the player's own thread, except
`Output.taken` and `Output.clock`, which only read numbers.

rtmixer's documentation asks that queued samples are not written to. We do it nevertheless, ahead of where its C
callback reads, because that alone lets a change be heard at once with sound always queued; the version is pinned and
tests/core/test_playback_sound.py and test_playback_device.py hold what we rely on.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from core.errors import PlaybackError
from core.i18n import _

LATENCY_SECONDS = 0.04
BLOCK_SECONDS = 0.01
RING_SECONDS = 2.5  # at least; how long our thread may be held up before rtmixer drops the ring
STALL_SECONDS = 1.5
MARGIN_SECONDS = 0.003
FALLBACK_RATE = 44100


@dataclass(frozen=True)
class Device:
    """An output device. `id` stays the same when the list is read again; `latency` is in seconds."""

    name: str
    id: str
    latency: float
    is_default: bool
    rate: int
    channels: int


def list_devices(*, again: bool = False) -> list[Device]:
    """Output devices, the default one first; `again` makes PortAudio look anew (no stream may be open).

    Raises:
        PlaybackError: PortAudio or its Python modules are missing.
    """
    sd = portaudio()
    if again:
        sd._terminate()
        sd._initialize()
    return [device for device, _index in _numbered(sd)]


def portaudio() -> ModuleType:
    """The module sounddevice, imported at first use, since it takes 0.1 to 0.5 s.

    Raises:
        PlaybackError: it or PortAudio is missing.
    """
    try:
        import rtmixer  # noqa: F401 - its absence must show now, not when something is played
        import sounddevice
    except (ImportError, OSError) as error:
        remedy = _("install the package libportaudio2 and start Musicae again.")
        if sys.platform != "linux":
            remedy = _("install Musicae again.")
        sentence = _("There is no sound because PortAudio is missing: {remedy}").format(remedy=remedy)
        raise PlaybackError(sentence, details=str(error)) from error
    module: ModuleType = sounddevice
    return module


class Output:
    """An open stream that plays `memory` round and round; what is silent in there is silence.

    Attributes:
        memory: float32 (size, channels), row i being frames i, i + size, ... of this stream.
        rate, block: frames a second; frames that the device takes in one go.
        margin: frames that the device may take before something written now is safely in place.
        latency: seconds from a frame being taken to its being heard, as PortAudio says.

    Raises:
        PlaybackError: the device cannot be opened.
    """

    def __init__(self, device: Device) -> None:
        sd = portaudio()
        import rtmixer

        self.device = device
        self.rate = device.rate
        channels = min(2, device.channels)
        self._mixer: Any = None
        errors = []
        for latency in (LATENCY_SECONDS, "high"):
            try:
                self._mixer = rtmixer.Mixer(
                    device=_index(sd, device),
                    channels=channels,
                    samplerate=self.rate,
                    blocksize=0,  # the host's own: under load fewer underflows than with a fixed size
                    latency=latency,
                )
                break
            except (sd.PortAudioError, ValueError) as error:
                errors.append(str(error))
        if self._mixer is None:
            sentence = _("The sound device {device} cannot be opened; choose another one.").format(device=device.name)
            raise PlaybackError(sentence, details="\n".join(errors))
        self.latency = float(self._mixer.latency)
        size = 1 << int(RING_SECONDS * self.rate).bit_length()
        self.memory = np.zeros((size, channels), np.float32)
        self._ring = rtmixer.RingBuffer(self.memory.strides[0], buffer=self.memory)
        self._ring.advance_write_index(size)
        self._released = 0
        self._underflows = 0
        self._offset: float | None = None
        self._action = self._mixer.play_ringbuffer(self._ring)
        try:
            self._mixer.start()
        except sd.PortAudioError as error:
            self.close()
            sentence = _("The sound device {device} cannot be started; choose another one.").format(device=device.name)
            raise PlaybackError(sentence, details=str(error)) from error
        self._progress = time.perf_counter()
        # The device fills its own buffer in a burst; wait for that, so that the first sound is placed behind it.
        time.sleep(BLOCK_SECONDS)
        seen = int(self._mixer._state.stats.max_blocksize)
        self.block = min(seen or round(BLOCK_SECONDS * self.rate), size // 8)
        self.margin = 2 * self.block + round(MARGIN_SECONDS * self.rate)

    def taken(self) -> int:
        """Frames that the device has taken since the stream began; callable from any thread."""
        return int(self._action.done_frames)

    def clock(self) -> float:
        """Frames taken by now if the device took them one by one; callable from any thread."""
        taken = self.taken()
        if self._offset is None:
            return float(taken)
        smooth = time.perf_counter() * self.rate + self._offset - self.block
        return min(float(taken), max(float(taken - self.block), smooth))

    def release(self, taken: int) -> None:
        """Let the device go on into what it has taken up to frame `taken`: that is silence or new sound by now."""
        now = time.perf_counter()
        if taken > self._released:
            self._ring.advance_write_index(taken - self._released)
            self._released = taken
            self._progress = now
        # The first look after the device's call sees the most frames for its time; drift is let in slowly.
        offset = self.taken() - now * self.rate
        self._offset = offset if self._offset is None else max(offset, self._offset - 0.001 * self.block)

    @property
    def dropped(self) -> bool:
        """Whether rtmixer gave the ring up, because for seconds nobody released it."""
        return self._action not in self._mixer.actions

    @property
    def lost(self) -> bool:
        """Whether the device has ended the stream or stopped taking frames."""
        stalled = time.perf_counter() - self._progress > STALL_SECONDS and self.taken() == self._released
        return stalled or not self._mixer.active

    def new_underflows(self) -> int:
        """How often the device said that it was served too late, since the last call."""
        count = int(self._mixer._state.stats.output_underflows)
        new, self._underflows = count - self._underflows, count
        return new

    def close(self) -> None:
        self._mixer.abort(ignore_errors=True)
        self._mixer.close(ignore_errors=True)


def _numbered(sd: ModuleType) -> list[tuple[Device, int]]:
    """The output devices with PortAudio's numbers for them, which change from one look to the next."""
    apis = sd.query_hostapis()
    # Windows lists each device once an interface; WASAPI is the one with a short latency.
    wanted = [number for number, api in enumerate(apis) if api["name"] == "Windows WASAPI" and api["devices"]]
    wanted = wanted or list(range(len(apis)))
    default = sd.default.device[1]
    if default < 0 or sd.query_devices(default)["hostapi"] not in wanted:
        default = next((api["default_output_device"] for number, api in enumerate(apis) if number in wanted), -1)
    found: dict[str, tuple[Device, int]] = {}
    for index, facts in enumerate(sd.query_devices()):
        if facts["max_output_channels"] < 1 or facts["hostapi"] not in wanted:
            continue
        device = Device(
            name=facts["name"],
            id=f"{apis[facts['hostapi']]['name']}: {facts['name']}",
            latency=float(facts["default_low_output_latency"]),
            is_default=index == default,
            rate=round(facts["default_samplerate"]) or FALLBACK_RATE,
            channels=int(facts["max_output_channels"]),
        )
        found.setdefault(device.id, (device, index))
    return sorted(found.values(), key=lambda entry: not entry[0].is_default)


def _index(sd: ModuleType, device: Device) -> int:
    for candidate, index in _numbered(sd):
        if candidate.id == device.id:
            return index
    raise PlaybackError(
        _("The sound device {device} is no longer there; choose another one.").format(device=device.name)
    )
