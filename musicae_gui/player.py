"""core's Player as a QObject: signals in the GUI thread, a clock while it plays, and what is loaded now.

The sound device is looked for after the window is painted, so that the player may be without one for a moment or
for good; `available` and `status` tell, and every method may be called all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from core.i18n import _

if TYPE_CHECKING:
    from core.playback import Device, Player, Source, SwitchSource

TICK = 33  # ms between two positions while playing: about 30 pictures a second
WATCH = 4000  # ms between two looks for a device while there is none
DEFAULT_RATE = 44100


class PlayerAdapter(QObject):
    """The one player of the window; panels give it sources (of any rate), the transport shows and steers it."""

    state_changed = Signal()  # playing or not, another source, loop, device, availability
    position = Signal(float)  # seconds of the source that is heard now, while playing and after a seek
    devices_changed = Signal()
    ended = Signal()  # the source played to its end
    side_changed = Signal(int)  # which source of an A/B is heard
    trouble = Signal(str)  # a sentence: the device died, or a source could not be read
    _ended_in_feeder = Signal()
    _lost_in_feeder = Signal(str)
    _devices_in_feeder = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.core: Player | None = None
        self.source: Source | None = None
        self.title = ""
        self._start = 0.0  # seconds: where play begins while nothing is heard
        self._other = 0
        self._loop = False
        self._region: tuple[float, float] | None = None
        self._level = 0.8
        self._told_latency = 0.0
        self._clock = QTimer(self, interval=TICK)
        self._clock.timeout.connect(self._tick)
        self._watch = QTimer(self, interval=WATCH)
        self._watch.timeout.connect(self._look_for_a_device)
        self._ended_in_feeder.connect(self._on_ended)
        self._lost_in_feeder.connect(self._on_lost)
        self._devices_in_feeder.connect(self._on_devices)

    # -- the device ------------------------------------------------------------------------------------------------

    def open(self, device: str = "") -> None:
        """Make core's player, which looks for `device` (its id; empty for the default) in a thread of its own."""
        from core.playback import Player

        self.attach(Player(device or None))

    def attach(self, core: Player) -> None:
        """Use `core` from now on; it is closed with this adapter."""
        self.core = core
        core.level = self._level
        core.loop = self._loop
        # Called in the player's own thread: signals carry them over.
        core.on_ended = self._ended_in_feeder.emit
        core.on_device_lost = self._lost_in_feeder.emit
        core.on_failed = self._lost_in_feeder.emit
        core.on_devices_changed = self._devices_in_feeder.emit
        self._watch.start()
        self._on_devices()

    @property
    def available(self) -> bool:
        """Whether sound can be heard; `status` says why not."""
        return self.core is not None and self.core.available

    @property
    def status(self) -> str:
        """One sentence: where the sound goes, or why there is none."""
        return self.core.status if self.core is not None else _("Looking for a sound device…")

    @property
    def looking(self) -> bool:
        """Whether it is not yet known if there is a device."""
        return self.core is None or not self.core.wait_ready(0)

    @property
    def rate(self) -> int:
        """Rate of the device in Hz; sources of this rate are played as they are, others are resampled."""
        return self.core.rate if self.core is not None else DEFAULT_RATE

    @property
    def latency(self) -> float:
        """Seconds from a sample's hand-over to the loudspeaker; 0 before the first sound."""
        return self.core.latency if self.core is not None else 0.0

    @property
    def starvations(self) -> int:
        return self.core.starvations if self.core is not None else 0

    def devices(self) -> list[Device]:
        return self.core.devices() if self.core is not None else []

    def choose(self, device: str | None) -> None:
        """Play on `device` (its id; None or empty for the system's default), at the same position."""
        if self.core is not None:
            self.core.choose(device or None)

    def refresh(self) -> None:
        """Look for devices that came or went; `devices_changed` follows."""
        if self.core is not None:
            self.core.refresh_devices(timeout=0.0)

    # -- playing ---------------------------------------------------------------------------------------------------

    @property
    def playing(self) -> bool:
        return self.core is not None and self.core.playing

    @property
    def seconds(self) -> float:
        """Position in the source: heard now, or where play will begin."""
        if self.playing and self.core is not None and self.source is not None:
            return self.core.position / self.source.rate
        return self._start

    @property
    def duration(self) -> float:
        """Length of the loaded source in seconds; 0 without one."""
        return self.source.frames / self.source.rate if self.source is not None else 0.0

    def load(self, source: Source | None, *, title: str = "", start: float = 0.0) -> None:
        """Make `source` what the transport plays, without playing it yet; what plays now is stopped."""
        self.stop()
        self.source, self.title, self._region = source, title, None
        self._start = self._inside(start)
        self.state_changed.emit()
        self.position.emit(self._start)

    def play(
        self, source: Source | None = None, *, start: float | None = None, loop: bool | None = None, title: str = ""
    ) -> None:
        """Play `source` (or what is loaded) from `start` seconds (or from where it was stopped)."""
        if source is not None and source is not self.source:
            self.source, self.title, self._start, self._region = source, title, 0.0, None
        elif title:
            self.title = title
        if self.source is None:
            return
        if loop is not None:
            self._loop = loop
        if start is not None:
            self._start = self._inside(start)
        if self._start >= self.duration:
            self._start = 0.0
        if self.core is not None:
            self.core.play(self.source, self._start * self.source.rate, self._loop, region=self._frames(self._region))
            self._clock.start()
        self.state_changed.emit()
        self.position.emit(self._start)

    def stop(self) -> None:
        """Stop, and remember where."""
        if self.playing and self.core is not None:
            self._start = self._inside(self.seconds)
            self.core.stop()
        self._clock.stop()
        self.state_changed.emit()

    def toggle(self) -> None:
        if self.playing:
            self.stop()
        else:
            self.play()

    def seek(self, seconds: float) -> None:
        self._start = self._inside(seconds)
        if self.playing and self.core is not None and self.source is not None:
            self.core.seek(self._start * self.source.rate)
        self.position.emit(self._start)

    def changed(self, note: str = "") -> int:
        """The source sounds different from now on (a slider moved): rewrite what is not yet heard.

        Returns the change's id in core's record of evidence, 0 without a player.
        """
        return self.core.changed(note) if self.core is not None else 0

    @property
    def loop(self) -> bool:
        return self._loop

    @loop.setter
    def loop(self, value: bool) -> None:
        self._loop = value
        if self.core is not None:
            self.core.loop = value
        self.state_changed.emit()

    @property
    def region(self) -> tuple[float, float] | None:
        """Seconds of the source that a loop repeats; None for all of it, as it is for every newly loaded source."""
        return self._region

    @region.setter
    def region(self, region: tuple[float, float] | None) -> None:
        if region != self._region:
            self._region = region
            if self.core is not None:
                self.core.region = self._frames(region)

    def looped(self, seconds: float) -> float:
        """Where in the source a moment lies that is counted on over the end of a loop."""
        begin, end = self._region or (0.0, self.duration)
        if not self._loop or seconds < end or end <= begin:
            return min(seconds, self.duration)
        return begin + (seconds - begin) % (end - begin)

    @property
    def level(self) -> float:
        """Amplitude, 0 to 1."""
        return self._level

    @level.setter
    def level(self, value: float) -> None:
        self._level = min(1.0, max(0.0, value))
        if self.core is not None:
            self.core.level = self._level

    # -- A/B ---------------------------------------------------------------------------------------------------------

    @property
    def sides(self) -> int:
        """How many sources an A/B can choose from; 1 for anything else."""
        switch = self._switch()
        return len(switch.sources) if switch is not None else 1

    @property
    def side(self) -> int:
        switch = self._switch()
        return switch.selected if switch is not None else 0

    def select_side(self, index: int) -> None:
        """Hear source `index` of an A/B from now on, at the same sample."""
        switch = self._switch()
        if switch is None or not 0 <= index < self.sides or index == switch.selected:
            return
        self._other = switch.selected
        switch.select(index)
        self.changed(f"side {index}")
        self.side_changed.emit(index)
        self.state_changed.emit()

    def toggle_side(self) -> None:
        """A to B and back: the side that was heard before this one, else the next."""
        if self.sides > 1:
            known = self._other != self.side and self._other < self.sides
            self.select_side(self._other if known else (self.side + 1) % self.sides)

    def _switch(self) -> SwitchSource | None:
        return self.source if hasattr(self.source, "select") else None  # type: ignore[return-value]

    def close(self) -> None:
        self._clock.stop()
        self._watch.stop()
        self.source = None
        if self.core is not None:
            core, self.core = self.core, None
            core.close()

    # -- what comes from the feeder thread ---------------------------------------------------------------------------

    def _tick(self) -> None:
        if not self.playing:
            self._clock.stop()
            self.state_changed.emit()
            return
        if self.latency != self._told_latency:  # the stream is opened in the feeder's thread, after play
            self._told_latency = self.latency
            self.state_changed.emit()
        self.position.emit(self.seconds)

    def _on_ended(self) -> None:
        # A play that began meanwhile is not the one that ended.
        if self.playing:
            return
        self._clock.stop()
        self._start = 0.0
        self.state_changed.emit()
        self.position.emit(0.0)
        self.ended.emit()

    def _on_lost(self, sentence: str) -> None:
        self._on_devices()
        if sentence and self.core is not None:
            self.trouble.emit(sentence)

    def _on_devices(self) -> None:
        if self.core is None:  # closed since it was told
            return
        if not self.playing:
            self._clock.stop()
        self.devices_changed.emit()
        self.state_changed.emit()

    def _look_for_a_device(self) -> None:
        # With a device there, the list is read when the chooser opens: looking interrupts what plays.
        if not self.available and not self.looking:
            self.refresh()

    def _frames(self, region: tuple[float, float] | None) -> tuple[float, float] | None:
        if region is None or self.source is None:
            return None
        return region[0] * self.source.rate, region[1] * self.source.rate

    def _inside(self, seconds: float) -> float:
        return max(0.0, min(seconds, self.duration))
