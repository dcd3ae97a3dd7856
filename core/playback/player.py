"""The player: what the window, the self-test and scripts use to be heard."""

from __future__ import annotations

import math

from core.playback.device import Device
from core.playback.evidence import Change, Evidence
from core.playback.feeder import Feeder
from core.playback.listeners import Listeners, News
from core.playback.passes import Loop
from core.playback.recording import Recording
from core.playback.requests import Request
from core.playback.route import Route
from core.playback.sink import Sink
from core.playback.sources import Source


class Player(Listeners):
    """Plays one source at a time through one device. Callable from any thread; nothing here waits for the device.

    Devices are looked for in the background: until `wait_ready` says so, `available` is False. Without a device or
    without PortAudio every call is safe and `status` says why nothing is heard.

    Args:
        device: the `Device.id` to play through where it exists; the system's default otherwise.

    Attributes:
        evidence: the record of streams, played spans, changes and starvations in device frames.
        on_ended, on_device_lost, on_failed, on_devices_changed: see `Listeners`.
    """

    def __init__(self, device: str | None = None) -> None:
        super().__init__()
        self.evidence = Evidence()
        self._route = Route(device)
        news = News(self)
        self._sink = Sink(self._route, self.evidence, news)
        self._feeder = Feeder(self._sink, self.evidence, news)
        self._loop = Loop()
        self._feeder.start()

    # Playing

    def play(
        self,
        source: Source,
        start: float = 0,
        loop: bool = False,
        *,
        region: tuple[float, float] | None = None,
        note: str = "",
    ) -> int:
        """Play `source` from its frame `start` on; what plays now is cross-faded into it. Returns the change's id.

        Args:
            region: the frames of the source [begin, end) that a loop repeats; None for all.
        """
        self._loop = _loop(loop, region)
        change = self._change("play", note)
        self._feeder.submit(Request(source, float(start), self._loop, [change]))
        return change.id

    def stop(self, *, note: str = "") -> int:
        """Fade out within 15 ms, from the next samples that the device takes."""
        change = self._change("stop", note)
        self._feeder.silence(change)
        return change.id

    def seek(self, frame: float, *, note: str = "") -> int:
        """Go on from `frame` of the source."""
        return self._ask("seek", note, start=float(frame))

    def changed(self, note: str = "") -> int:
        """The source sounds different from now on: what is queued is read again and cross-faded over.

        The newest call wins; `note` (a slider's value) is kept in the record beside the frame where it is heard.
        """
        return self._ask("changed", note)

    @property
    def loop(self) -> bool:
        return self._loop.on

    @loop.setter
    def loop(self, loop: bool) -> None:
        self._repeat(self._loop.switched(loop))

    @property
    def region(self) -> tuple[float, float] | None:
        """The frames of the source [begin, end) that a loop repeats; None for all."""
        return None if self._loop.end is None else (self._loop.begin, self._loop.end)

    @region.setter
    def region(self, region: tuple[float, float] | None) -> None:
        self._repeat(_loop(self._loop.on, region))

    @property
    def playing(self) -> bool:
        return self._feeder.playing

    @property
    def position(self) -> float:
        """The frame of the source that is heard now, the device's latency taken into account."""
        return self._feeder.position()

    @property
    def level(self) -> float:
        """Amplitude, 0 to 1."""
        return self._sink.level

    @level.setter
    def level(self, level: float) -> None:
        level = min(1.0, max(0.0, float(level)))
        self._sink.set_level(level, self._change("level", f"{level:.4f}"))

    @property
    def level_db(self) -> float:
        """Level in dB, 0 at most, -inf for silence."""
        return 20 * math.log10(self.level) if self.level > 0 else -math.inf

    @level_db.setter
    def level_db(self, decibels: float) -> None:
        self.level = 0.0 if decibels == -math.inf else 10 ** (min(0.0, decibels) / 20)

    # Recording

    def record(self) -> None:
        """Keep what is heard from now on, as it is before the listening level; `recorded` gives it."""
        before = self._sink.record(Recording(self.rate, round(self._sink.clock())))
        if before is not None:
            before.close()

    @property
    def recording(self) -> bool:
        return self._sink.recording is not None

    def recorded(self) -> Recording | None:
        """End recording; the caller saves and closes what was kept. None where nothing was being recorded."""
        return self._sink.record(None)

    # Device

    def wait_ready(self, timeout: float | None = None) -> bool:
        """Wait until devices have been looked for; whether that has happened."""
        return self._feeder.ready.wait(timeout)

    @property
    def available(self) -> bool:
        return self._route.device is not None

    @property
    def status(self) -> str:
        """One sentence: where the sound goes, or why there is none."""
        return self._route.status

    @property
    def rate(self) -> int:
        """The device's rate; sources of this rate are played as they are. 44100 while there is no device."""
        return self._route.rate

    @property
    def latency(self) -> float:
        """Seconds from the device taking a frame to its being heard; 0 while no stream is open."""
        return self._sink.latency

    @property
    def device(self) -> Device | None:
        return self._route.device

    def devices(self) -> list[Device]:
        """The devices found last, the default one first."""
        return list(self._route.devices)

    def choose(self, device_id: str | None) -> None:
        """Play through another device, at the same position; None for the system's default."""
        self._feeder.call(lambda: self._feeder.choose(device_id), wait=0.0)

    def refresh_devices(self, timeout: float = 10.0) -> list[Device]:
        """Look for devices again; what plays is interrupted for some 0.1 s. Waits for it: not for the GUI's thread."""
        self._feeder.call(self._feeder.look_again, wait=timeout)
        return self.devices()

    # Record

    @property
    def events(self) -> list[Change]:
        """Everything that was asked of this player, oldest first."""
        return list(self.evidence.changes)

    def event(self, change_id: int) -> Change | None:
        """The record of the change that `play`, `seek`, `stop` or `changed` returned the id of."""
        return next((change for change in reversed(self.evidence.changes) if change.id == change_id), None)

    @property
    def starvations(self) -> int:
        """How often the device ran out of finished samples."""
        return self._sink.starvations

    @property
    def late_changes(self) -> int:
        """How many changes were written when the device had already taken their first samples."""
        return self._feeder.late

    @property
    def underflows(self) -> int:
        """How often the device reported that PortAudio served it too late."""
        return self._sink.underflows

    def close(self) -> None:
        """Stop, close the device and end the thread; waits for it."""
        self._feeder.close()
        kept = self.recorded()
        if kept is not None:
            kept.close()

    def _repeat(self, loop: Loop) -> None:
        if loop != self._loop:
            self._loop = loop
            self._ask("loop", str(loop.on), loop=loop)

    def _ask(self, kind: str, note: str, start: float | None = None, loop: Loop | None = None) -> int:
        change = self._change(kind, note)
        with self._feeder.lock:
            if self.playing:
                self._feeder.submit(Request(None, start, loop, [change]))
            else:
                change.state = "dropped"
        return change.id

    def _change(self, kind: str, note: str) -> Change:
        return self.evidence.change(kind, note, self._sink.clock())


def _loop(on: bool, region: tuple[float, float] | None) -> Loop:
    return Loop(on) if region is None else Loop(on, float(region[0]), float(region[1]))
