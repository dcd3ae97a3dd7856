"""core's Player as a QObject: signals in the GUI thread, a clock while it plays, and what is loaded now.

The sound device is opened after the window is painted, so that the player may be without one for a moment or
for good; `available` and `status` tell, and every method may be called all the same.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from core.errors import MusicaeError
from core.i18n import _

if TYPE_CHECKING:
    from core.playback import Device, Player, Source

TICK = 33  # ms between two positions while playing: about 30 pictures a second
DEFAULT_RATE = 44100


class PlayerAdapter(QObject):
    """The one player of the window; panels give it sources, the transport shows and steers it."""

    state_changed = Signal()  # playing or not, another source, loop, device, availability
    position = Signal(float)  # seconds of the source that is heard now, while playing and after a seek
    devices_changed = Signal()
    ended = Signal()  # the source played to its end
    side_changed = Signal(int)  # which source of an A/B is heard
    _ended_in_feeder = Signal()
    _lost_in_feeder = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.core: Player | None = None
        self.source: Source | None = None
        self.title = ""
        self._start = 0
        self._other = 0
        self._loop = False
        self._level = 0.8
        self._clock = QTimer(self, interval=TICK)
        self._clock.timeout.connect(self._tick)
        self._ended_in_feeder.connect(self._on_ended)
        self._lost_in_feeder.connect(self._on_lost)
        self.status = _("Looking for a sound device…")

    # -- the device ------------------------------------------------------------------------------------------------

    def attach(self, core: Player) -> None:
        """Take the opened player; called once, in the GUI thread."""
        self.core = core
        core.level = self._level
        core.loop = self._loop
        core.on_ended = self._ended_in_feeder.emit
        core.on_device_lost = self._device_lost
        self.status = core.status
        self.devices_changed.emit()
        self.state_changed.emit()

    @property
    def available(self) -> bool:
        """Whether sound can be heard; `status` says why not."""
        return self.core is not None and self.core.available

    @property
    def rate(self) -> int:
        """Rate of the device in Hz, at which sources must be made."""
        return self.core.rate if self.core is not None else DEFAULT_RATE

    @property
    def latency(self) -> float:
        """Seconds from a sample's hand-over to the loudspeaker."""
        return self.core.latency if self.core is not None else 0.0

    @property
    def starvations(self) -> int:
        return self.core.starvations if self.core is not None else 0

    def devices(self) -> list[Device]:
        return self.core.devices() if self.core is not None else []

    def choose(self, device: str | None) -> None:
        """Play on `device` (its id; None or empty for the system's default) from now on."""
        if self.core is None:
            return
        playing, here = self.playing, self.seconds
        self.core.stop()
        self.core.choose(device or None)
        self._device_changed(playing, here)

    def refresh(self) -> None:
        """Look for devices that came or went."""
        if self.core is not None:
            self.core.refresh_devices()
            self.status = self.core.status
            self.devices_changed.emit()
            self.state_changed.emit()

    # -- playing ---------------------------------------------------------------------------------------------------

    @property
    def playing(self) -> bool:
        return self.core is not None and self.core.playing

    @property
    def seconds(self) -> float:
        """Position in the source: heard now, or where play will begin."""
        if self.core is not None and self.core.playing:
            return self.core.position / self.rate
        return self._start / self.rate

    @property
    def duration(self) -> float:
        """Length of the loaded source in seconds; 0 without one."""
        return self.source.frames / self.source.rate if self.source is not None else 0.0

    def load(self, source: Source | None, *, title: str = "", start: float = 0.0) -> None:
        """Make `source` what the transport plays, without playing it yet; what plays now is stopped."""
        self.stop()
        self.source, self.title = source, title
        self._start = self._frame(start)
        self.state_changed.emit()
        self.position.emit(self.seconds)

    def play(
        self, source: Source | None = None, *, start: float | None = None, loop: bool | None = None, title: str = ""
    ) -> None:
        """Play `source` (or what is loaded) from `start` seconds (or from where it was stopped)."""
        if source is not None and source is not self.source:
            self.source, self.title, self._start = source, title, 0
        elif title:
            self.title = title
        if self.source is None:
            return
        if loop is not None:
            self._loop = loop
        if start is not None:
            self._start = self._frame(start)
        if self._start >= self.source.frames:
            self._start = 0
        if self.available and self.core is not None:
            self.core.play(self.source, self._start, self._loop)
            self._clock.start()
        self.state_changed.emit()
        self.position.emit(self.seconds)

    def stop(self) -> None:
        """Stop, and remember where."""
        if self.core is not None and self.core.playing:
            self._start = self._clamped(self.core.position)
            self.core.stop()
        self._clock.stop()
        self.state_changed.emit()

    def toggle(self) -> None:
        if self.playing:
            self.stop()
        else:
            self.play()

    def seek(self, seconds: float) -> None:
        self._start = self._frame(seconds)
        if self.core is not None and self.core.playing:
            self.core.seek(self._start)
        self.position.emit(self._start / self.rate)

    def changed(self) -> None:
        """The source sounds different from now on (a slider moved): rewrite what is not yet heard."""
        if self.core is not None and self.core.playing:
            self.core.changed()

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
    def level(self) -> float:
        return self._level

    @level.setter
    def level(self, value: float) -> None:
        self._level = min(1.0, max(0.0, value))
        if self.core is not None:
            self.core.level = self._level

    @property
    def sides(self) -> int:
        """How many sources an A/B can choose from; 1 for anything else."""
        return len(getattr(self.source, "sources", ())) or 1

    @property
    def side(self) -> int:
        return int(getattr(self.source, "selected", 0))

    def select_side(self, index: int) -> None:
        """Hear source `index` of an A/B from now on, at the same sample."""
        if self.source is None or not 0 <= index < self.sides or index == self.side:
            return
        self._other = self.side
        self.source.select(index)  # type: ignore[attr-defined]
        self.changed()
        self.side_changed.emit(index)
        self.state_changed.emit()

    def toggle_side(self) -> None:
        """A to B and back: the side heard before this one."""
        if self.sides > 1:
            other = self._other if self._other != self.side else (self.side + 1) % self.sides
            self.select_side(other)

    def close(self) -> None:
        self._clock.stop()
        self.source = None
        if self.core is not None:
            core, self.core = self.core, None
            with contextlib.suppress(MusicaeError):
                core.close()

    # -- what comes from the feeder thread ---------------------------------------------------------------------------

    def _tick(self) -> None:
        if self.core is None or not self.core.playing:
            self._clock.stop()
            self.state_changed.emit()
            return
        self.position.emit(self.seconds)

    def _on_ended(self) -> None:
        # A play that began meanwhile is not the one that ended.
        if self.playing:
            return
        self._clock.stop()
        self._start = 0
        self.state_changed.emit()
        self.position.emit(0.0)
        self.ended.emit()

    def _device_lost(self, *facts: object) -> None:
        self._lost_in_feeder.emit(str(facts[0]) if facts else "")

    def _on_lost(self, sentence: str) -> None:
        self.status = sentence or (self.core.status if self.core is not None else self.status)
        if not self.playing:
            self._clock.stop()
        self.devices_changed.emit()
        self.state_changed.emit()

    def _device_changed(self, playing: bool, here: float) -> None:
        assert self.core is not None
        self.status = self.core.status
        if self.source is not None and self.source.rate != self.rate:
            self.source, self.title, self._start = None, "", 0
        elif playing:
            self.play(start=here)
        self.devices_changed.emit()
        self.state_changed.emit()

    def _frame(self, seconds: float) -> int:
        return self._clamped(round(seconds * self.rate))

    def _clamped(self, frame: int) -> int:
        return max(0, min(frame, self.source.frames if self.source is not None else 0))
