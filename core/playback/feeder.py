"""The thread that keeps sound queued: it reads sources, writes the timeline, and owns the device.

Reading a source may be slow (it may decode). Meanwhile the lock is free, so that stop and level act at once from
any thread, and the device plays on from the queue.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from core.errors import MusicaeError, PlaybackError
from core.i18n import _
from core.playback.device import Output
from core.playback.evidence import Change, Evidence, Span, StreamRecord
from core.playback.passes import Loop
from core.playback.priority import raised_priority
from core.playback.recording import Recording
from core.playback.requests import Listeners, Request, Track
from core.playback.route import Route
from core.playback.timeline import Timeline

log = logging.getLogger(__name__)

LEAD_SECONDS = 0.75  # sound queued at least, while playing
WINDOW_SECONDS = 0.25  # read at a time
FIRST_SECONDS = 0.12  # read first after a change: short, so that a slow source is heard early
SLOW_SHARE = 0.3  # of its length; a first window that took longer to read is followed by a longer one
GUARD_SECONDS = 0.010  # between what the device may take next and what we change
POLL_SECONDS = 0.010
IDLE_SECONDS = 20.0  # silence after which the stream is closed


class Feeder(threading.Thread):
    """The thread behind a `Player`, and what both share under `lock`.

    Attributes:
        playing: whether something is to be heard.
        rested: position in frames of the source while nothing is heard.
        timeline, output: the open stream, or None.
        starvations, late, underflows: counts over all streams.
    """

    def __init__(self, route: Route, evidence: Evidence, listeners: Listeners) -> None:
        super().__init__(name="playback", daemon=True)
        self.lock = threading.Condition(threading.RLock())
        self.ready = threading.Event()
        self.route = route
        self.evidence = evidence
        self.output: Output | None = None
        self.timeline: Timeline | None = None
        self.recording: Recording | None = None
        self.playing = False
        self.level = 1.0
        self.rested = 0.0
        self.starvations = self.late = self.underflows = 0
        self._listeners = listeners
        self._track: Track | None = None
        self._request: Request | None = None
        self._calls: deque[Callable[[], None]] = deque()
        self._told: deque[Callable[[], None]] = deque()
        self._closing = False
        self._epoch = 0  # counts stops and streams; what was read before one is not played after it
        self._cursor = 0  # frame of the track that follows the timeline's head
        self._ends_at: int | None = None  # device frame at which the track ends
        self._next_frame = 0  # first device frame of the next stream
        self._heard = 0.0
        self._newest = 0  # id of the change heard last
        self._since = 0  # first change since the last stop
        self._idle_since = time.perf_counter()

    # From any thread

    def submit(self, request: Request) -> None:
        """Let `request` be heard as soon as possible; what waits is superseded."""
        with self.lock:
            if request.source is not None and not self.playing:
                self.playing = True
                self.rested = request.start or 0.0
                self._since = request.changes[-1].id
            self._request = request.after(self._request)
            self.lock.notify_all()

    def silence(self, change: Change | None = None) -> None:
        """Fade out now and play nothing."""
        with self.lock:
            self.rested = self.position()
            self.playing = False
            self._epoch += 1
            self._idle_since = time.perf_counter()
            if self._request is not None:
                self._request.drop()
                self._request = None
            frame = None
            if self.timeline is not None:
                self.timeline.feeding = False
                frame = self.timeline.silence()
            if change is not None:
                change.frame, change.state = frame, "dropped" if frame is None else "heard"
            self.lock.notify_all()

    def set_level(self, level: float, change: Change) -> None:
        with self.lock:
            self.level = level
            change.state = "dropped"
            if self.timeline is not None:
                change.frame, change.state = self.timeline.set_level(level), "heard"

    def call(self, function: Callable[[], Any], wait: float) -> None:
        """Run `function` in this thread; waits up to `wait` seconds for its end."""
        if threading.current_thread() is self:
            function()
            return
        done = threading.Event()

        def run() -> None:
            try:
                function()
            finally:
                done.set()

        with self.lock:
            if self._closing:
                return
            self._calls.append(run)
            self.lock.notify_all()
        done.wait(wait)

    def close(self) -> None:
        self.silence()
        with self.lock:
            self._closing = True
            self.lock.notify_all()
        if threading.current_thread() is not self:
            self.join(timeout=10.0)

    def record(self, recording: Recording | None) -> Recording | None:
        """Keep what is heard from now on in `recording`, or in none; returns the one before."""
        with self.lock:
            before, self.recording = self.recording, recording
            return before

    def clock(self) -> float:
        """Device frames taken by now."""
        with self.lock:
            if self.output is None or self.timeline is None:
                return float(self._next_frame)
            return self.timeline.first + self.output.clock()

    def position(self) -> float:
        """Frame of the source that is heard now."""
        with self.lock:
            timeline, output, track = self.timeline, self.output, self._track
            if not self.playing or timeline is None or output is None or track is None:
                return self.rested
            self._heard = max(self._heard, self.clock() - output.latency * output.rate)
            heard = [span for span in timeline.spans if span.change >= self._since and span.frame <= self._heard]
            if not heard:
                return self.rested
            span = heard[-1]
            frame = span.source_frame + min(self._heard - span.frame, float(span.length))
            frame = track.passes.place(frame)
            return float(min(frame / track.factor, track.original.frames))

    # This thread

    def run(self) -> None:
        self.route.look(again=False)
        self.ready.set()
        self._tell(self._listeners.on_devices_changed)
        while not self._closing:
            self._deliver()
            with self.lock:
                call = self._calls.popleft() if self._calls else None
            try:
                if call is not None:
                    call()
                elif not self._step():
                    self._rest()
            except Exception as error:
                if not isinstance(error, MusicaeError):
                    log.exception("playing")
                self._fail(_("Playing has stopped: {reason}").format(reason=error))
        self._close_output()

    def look_again(self) -> None:
        """Read the list of devices anew; what plays goes on at the same position."""
        self._restart(again=True)

    def choose(self, device_id: str | None) -> None:
        """Play through another device from now on, at the same position; None for the system's default."""
        self.route.chosen = device_id
        self._restart(again=self.route.device is None)

    def _step(self) -> bool:
        """Do one thing that is due; False when nothing is."""
        with self.lock:
            request, self._request = self._request, None
        if request is not None:
            self._apply(request)
            return True
        if self.output is None:
            return False
        if self.output.lost:
            self._lose()
            return True
        if self.output.dropped:
            log.warning("the stream was not fed for seconds and is opened again")
            self._restart(again=None)
            return True
        with self.lock:
            self._advance()
            timeline = self.timeline
            if not self.playing or timeline is None or self._finish() or self._ends_at is not None:
                return False
            due = timeline.head < timeline.end or timeline.end - timeline.taken < LEAD_SECONDS * timeline.rate
        return due and self._top_up()

    def _rest(self) -> None:
        with self.lock:
            if self._request is not None or self._calls or self._told or self._closing:
                return
            pause = None if self.output is None else POLL_SECONDS if self.playing else 10 * POLL_SECONDS
            self.lock.wait(pause)
            idle = not self.playing and time.perf_counter() - self._idle_since > IDLE_SECONDS
        if idle:
            self._close_output()

    def _advance(self) -> None:
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

    def _finish(self) -> bool:
        """Whether the end of the track has been heard by now."""
        if self._ends_at is None or self._track is None or self.output is None:
            return False
        if self.clock() - self.output.latency * self.output.rate < self._ends_at:
            return False
        self.playing = False
        self.rested = float(self._track.original.frames)
        self._idle_since = time.perf_counter()
        self._tell(self._listeners.on_ended)
        return True

    # Sound

    def _apply(self, request: Request) -> None:
        if self.output is None and self.playing:
            self._open()
        with self.lock:
            epoch = self._epoch
            track = self._wanted_track(request)
            if self.timeline is None or not self.playing or track is None:
                request.drop()
                self.playing = self.playing and self.timeline is not None
                return
            self._advance()
        self._render_first(self.timeline, track, request, epoch)

    def _wanted_track(self, request: Request) -> Track | None:
        """The track to play after `request`; None when there is nothing or nowhere to play."""
        if self.output is None:
            return None
        if request.source is not None:
            return Track.of(request.source, self.output.rate, request.loop or Loop())
        track = self._track
        if track is None or request.loop is None or request.loop == track.loop:
            return track
        return Track.of(track.original, self.output.rate, request.loop)

    def _render_first(self, timeline: Timeline, track: Track, request: Request, epoch: int) -> None:
        """Read and place the first window of `request`, as early as the device allows.

        Into sound that plays a change comes as early as it can. Out of silence nothing hurries: a source that is
        slow to read begins a little later, with enough in hand for its next window not to come too late.
        """
        spare = track.cost
        patient = False
        while True:
            with self.lock:
                at, frame = self._meeting(timeline, timeline.soonest() + round(GUARD_SECONDS * timeline.rate))
                silent = at >= timeline.end
                aligned = request.start is None and not silent
                if request.start is not None:
                    frame = round(max(0.0, request.start) * track.factor)
                elif self._track is not None and self._track is not track:
                    frame = round(self._track.passes.place(frame))
            count = min(round((FIRST_SECONDS + 2 * spare) * timeline.rate), timeline.size // 4)
            begun = time.perf_counter()
            span, samples = self._window(track, at, frame, count, request.changes[-1].id)
            seconds = time.perf_counter() - begun
            track.cost = 0.5 * track.cost + 0.5 * min(1.0, seconds)
            slow = seconds > spare and seconds > SLOW_SHARE * FIRST_SECONDS
            with self.lock:
                if self._epoch != epoch:
                    request.drop()
                    return
                if slow and silent and not patient and self._request is None:
                    spare, patient = min(1.0, seconds), True
                    continue
                if self._place(track, span, samples, aligned, request):
                    return
                if self._request is not None:  # too slow a source; do not wait for what nobody wants any more
                    self._request.after(request)
                    return
            spare = 2 * max(spare, seconds)

    def _top_up(self) -> bool:
        """Read and place the next window behind the head."""
        with self.lock:
            timeline, track, epoch = self.timeline, self._track, self._epoch
            if timeline is None or track is None:
                return False
            at, frame = timeline.head, self._cursor
            if at < timeline.soonest():
                at, frame = self._meeting(timeline, timeline.soonest() + round(GUARD_SECONDS * timeline.rate))
            aligned = at < timeline.end
            count = min(round(WINDOW_SECONDS * timeline.rate), timeline.taken + timeline.size - at)
            change = self._newest
        span, samples = self._window(track, at, frame, count, change)
        with self.lock:
            if self._epoch == epoch:
                self._place(track, span, samples, aligned)
        return True

    def _meeting(self, timeline: Timeline, at: int) -> tuple[int, int]:
        """Where new sound can be placed from `at` on, and the frame of the track that belongs there."""
        if at < timeline.head:
            frame = timeline.source_frame(at)
            if frame is not None:
                return at, frame
            ahead = [span for span in timeline.spans if span.frame >= at]
            if ahead:
                return ahead[0].frame, ahead[0].source_frame
        # While older sound goes on behind the head, so does the time of the track; in silence it waits.
        return at, self._cursor + max(0, min(at, timeline.end) - timeline.head)

    def _window(self, track: Track, at: int, frame: int, count: int, change: int) -> tuple[Span, np.ndarray]:
        name = track.name
        samples = track.passes.read(frame, count)
        left = track.passes.left(frame)
        sounding = count if left is None else min(left, count)
        return Span(at, name, frame, sounding, track.passes.frames, change), samples

    def _place(
        self, track: Track, span: Span, samples: np.ndarray, aligned: bool, request: Request | None = None
    ) -> bool:
        """Put a window on the timeline; False when it came too late for any of it to be heard."""
        timeline = self.timeline
        if timeline is None:
            return False
        self._advance()
        left = track.passes.left(span.source_frame)
        ends = left is not None and left <= len(samples)
        placed = timeline.place(span.frame, samples, span, aligned=aligned, cut=ends)
        if placed is None:
            return False
        self.late += placed.late
        self._track = track
        self._cursor = span.source_frame + placed.skipped + timeline.head - placed.frame
        self._ends_at = placed.frame + max(0, span.length - placed.skipped) if ends else None
        timeline.feeding = not ends
        self._newest = span.change
        if request is not None:
            request.heard(placed.frame, placed.late)
        return True

    # Device

    def _open(self) -> None:
        """Open the device, after a new look where there was none; without success `output` stays None."""
        if self.route.device is None:
            self.route.look(again=True)
            self._tell(self._listeners.on_devices_changed)
        if self.route.device is None:
            self._tell(self._listeners.on_failed, self.route.status)
            return
        try:
            with raised_priority():
                output = Output(self.route.device)
        except PlaybackError as error:
            self.route.give_up(error.sentence)
            self._tell(self._listeners.on_failed, error.sentence)
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
                evidence=self.evidence,
                level=self.level,
            )
            self._epoch += 1
            self._ends_at = None
            record = StreamRecord(first, output.device.name, output.rate, output.latency, output.block)
            self.evidence.streams.append(record)

    def _close_output(self) -> None:
        with self.lock:
            output, timeline = self.output, self.timeline
            if output is None or timeline is None:
                return
            self._advance()
            self._next_frame = timeline.taken
            self.output = self.timeline = None
            self._epoch += 1
        output.close()

    def _restart(self, *, again: bool | None) -> None:
        """Close the stream, choose a device (see `Route.look`; None keeps it), go on at the position heard last."""
        with self.lock:
            self.rested = position = self.position()
            track = self._track if self.playing else None
        self._close_output()
        if again is not None:
            self.route.look(again=again)
            self._tell(self._listeners.on_devices_changed)
        if track is None or self.route.device is None:
            return
        with self.lock:
            moved = self.evidence.change("moved", self.route.device.name, self.clock())
            self._since = moved.id
            older = Request(track.original, position, track.loop, [moved])
            self._request = older if self._request is None else self._request.after(older)

    def _lose(self) -> None:
        """The device is gone: go on through another one, or stop."""
        name = self.route.device.name if self.route.device is not None else ""
        self._restart(again=True)
        other = self.route.device
        if other is None:
            self.silence()
            sentence = _("The sound device {device} is gone and there is no other one; playing has stopped.")
            sentence = sentence.format(device=name)
            self.route.give_up(sentence)
        else:
            sentence = _("The sound device {device} was lost; sound now goes to {other}.")
            sentence = sentence.format(device=name, other=other.name)
        self._tell(self._listeners.on_device_lost, sentence)

    # Telling

    def _fail(self, sentence: str) -> None:
        self.silence()
        self._tell(self._listeners.on_failed, sentence)

    def _tell(self, listener: Callable[..., None] | None, *words: str) -> None:
        if listener is not None:
            self._told.append(lambda: listener(*words))

    def _deliver(self) -> None:
        while self._told:
            try:
                self._told.popleft()()
            except Exception:
                log.exception("a listener of the player failed")
