"""Where finished sound goes: the device, opened while something is to be heard, and the timeline that it plays."""

from __future__ import annotations

import threading

from core.errors import PlaybackError
from core.playback.device import Output
from core.playback.evidence import Change, Evidence, StreamRecord
from core.playback.listeners import News
from core.playback.priority import raised_priority
from core.playback.recording import Recording
from core.playback.route import Route
from core.playback.timeline import Timeline


class Sink:
    """The device that `route` leads to, as one row of frames over all the streams that are opened.

    The feeder's thread looks for devices, opens, advances and closes; all else may be called from any thread.

    Attributes:
        lock: to be held around the timeline and around what the feeder shares with other threads; notified when
            there is something for the feeder to do.
        output, timeline: the open stream, or None; both change together.
        level: amplitude, 0 to 1.
        recording: what keeps the sound that the device takes, or None.
        starvations, underflows: counts over all streams.
    """

    def __init__(self, route: Route, evidence: Evidence, news: News) -> None:
        self.lock = threading.Condition(threading.RLock())
        self.route = route
        self.output: Output | None = None
        self.timeline: Timeline | None = None
        self.level = 1.0
        self.recording: Recording | None = None
        self.starvations = self.underflows = 0
        self._evidence = evidence
        self._news = news
        self._next_frame = 0  # first device frame of the next stream

    # From any thread

    def clock(self) -> float:
        """Device frames taken by now."""
        with self.lock:
            if self.output is None or self.timeline is None:
                return float(self._next_frame)
            return self.timeline.first + self.output.clock()

    def heard(self) -> float:
        """Device frames heard by now, which is later than taken."""
        with self.lock:
            return self.clock() if self.output is None else self.clock() - self.output.latency * self.output.rate

    @property
    def latency(self) -> float:
        """Seconds from the device taking a frame to its being heard; 0 while no stream is open."""
        output = self.output
        return 0.0 if output is None else output.latency

    def set_level(self, level: float, change: Change) -> None:
        with self.lock:
            self.level = level
            change.state = "dropped"
            if self.timeline is not None:
                change.frame, change.state = self.timeline.set_level(level), "heard"

    def record(self, recording: Recording | None) -> Recording | None:
        """Keep what is heard from now on in `recording`, or in none; returns the one before."""
        with self.lock:
            before, self.recording = self.recording, recording
            return before

    # In the feeder's thread

    def look(self, *, again: bool) -> None:
        """Find the devices and choose one, see `Route.look`; no stream may be open."""
        self.route.look(again=again)
        self._news.devices_changed()

    def open(self) -> None:
        """Open the device, after a new look where there was none; without success `output` stays None."""
        if self.route.device is None:
            self.look(again=True)
        if self.route.device is None:
            self._news.failed(self.route.status)
            return
        try:
            with raised_priority():
                output = Output(self.route.device)
        except PlaybackError as error:
            self.route.give_up(error.sentence)
            self._news.failed(error.sentence)
            return
        with self.lock:
            first = self._next_frame
            self.output = output
            self.timeline = Timeline(
                output.memory,
                output.rate,
                first=first,
                taken_now=output.taken,
                margin=output.margin,
                evidence=self._evidence,
                level=self.level,
            )
            record = StreamRecord(first, output.device.name, output.rate, output.latency, output.block)
            self._evidence.streams.append(record)

    def advance(self) -> None:
        """Take note of what the device has taken, and let it go on; the caller holds the lock."""
        timeline, output = self.timeline, self.output
        if timeline is None or output is None:
            return
        before, begin = timeline.starvations, timeline.taken
        plain = timeline.advance()
        if self.recording is not None and len(plain):
            self.recording.add(begin, plain, output.rate)
        output.release(timeline.taken - timeline.first)
        self.starvations += timeline.starvations - before
        self.underflows += output.new_underflows()

    def close(self) -> None:
        with self.lock:
            output, timeline = self.output, self.timeline
            if output is None or timeline is None:
                return
            self.advance()
            self._next_frame = timeline.taken
            self.output = self.timeline = None
        output.close()
