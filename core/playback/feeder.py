"""The thread that keeps sound queued: it reads sources, writes the timeline, and goes on when the device changes.

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

from core.errors import MusicaeError
from core.i18n import _
from core.playback.evidence import Change, Evidence, Span
from core.playback.listeners import News
from core.playback.passes import Loop
from core.playback.requests import Request, Track
from core.playback.sink import Sink
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
    """The thread behind a `Player`: what is asked of it comes to be heard through `sink`.

    Attributes:
        lock: the sink's, held around what this thread shares with others.
        ready: set when devices have been looked for.
        playing: whether something is to be heard.
        rested: position in frames of the source while nothing is heard.
        late: how many changes the device overtook, over all streams.
    """

    def __init__(self, sink: Sink, evidence: Evidence, news: News) -> None:
        super().__init__(name="playback", daemon=True)
        self.lock = sink.lock
        self.ready = threading.Event()
        self.playing = False
        self.rested = 0.0
        self.late = 0
        self._sink = sink
        self._evidence = evidence
        self._news = news
        self._track: Track | None = None
        self._request: Request | None = None
        self._calls: deque[Callable[[], None]] = deque()
        self._closing = False
        self._epoch = 0  # counts stops and streams; what was read before one is not played after it
        self._cursor = 0  # frame of the track that follows the timeline's head
        self._ends_at: int | None = None  # device frame at which the track ends
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
            timeline = self._sink.timeline
            if timeline is not None:
                timeline.feeding = False
                frame = timeline.silence()
            if change is not None:
                change.frame, change.state = frame, "dropped" if frame is None else "heard"
            self.lock.notify_all()

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

    def position(self) -> float:
        """Frame of the source that is heard now."""
        with self.lock:
            timeline, track = self._sink.timeline, self._track
            if not self.playing or timeline is None or track is None:
                return self.rested
            self._heard = max(self._heard, self._sink.heard())
            heard = [span for span in timeline.spans if span.change >= self._since and span.frame <= self._heard]
            if not heard:
                return self.rested
            span = heard[-1]
            frame = span.source_frame + min(self._heard - span.frame, float(span.length))
            frame = track.passes.place(frame)
            return float(min(frame / track.factor, track.original.frames))

    # This thread

    def run(self) -> None:
        self._sink.look(again=False)
        self.ready.set()
        while not self._closing:
            self._news.deliver()
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
                self.silence()
                self._news.failed(_("Playing has stopped: {reason}").format(reason=error))
        self._close_stream()

    def look_again(self) -> None:
        """Read the list of devices anew; what plays goes on at the same position."""
        self._restart(again=True)

    def choose(self, device_id: str | None) -> None:
        """Play through another device from now on, at the same position; None for the system's default."""
        self._sink.route.chosen = device_id
        self._restart(again=self._sink.route.device is None)

    def _step(self) -> bool:
        """Do one thing that is due; False when nothing is."""
        with self.lock:
            request, self._request = self._request, None
        if request is not None:
            self._apply(request)
            return True
        output = self._sink.output
        if output is None:
            return False
        if output.lost:
            self._lose()
            return True
        if output.dropped:
            log.warning("the stream was not fed for seconds and is opened again")
            self._restart(again=None)
            return True
        with self.lock:
            self._sink.advance()
            timeline = self._sink.timeline
            if not self.playing or timeline is None or self._finish() or self._ends_at is not None:
                return False
            due = timeline.head < timeline.end or timeline.end - timeline.taken < LEAD_SECONDS * timeline.rate
        return due and self._top_up()

    def _rest(self) -> None:
        with self.lock:
            if self._request is not None or self._calls or self._news or self._closing:
                return
            pause = None if self._sink.output is None else POLL_SECONDS if self.playing else 10 * POLL_SECONDS
            self.lock.wait(pause)
            idle = not self.playing and time.perf_counter() - self._idle_since > IDLE_SECONDS
        if idle:
            self._close_stream()

    def _finish(self) -> bool:
        """Whether the end of the track has been heard by now."""
        if self._ends_at is None or self._track is None or self._sink.heard() < self._ends_at:
            return False
        self.playing = False
        self.rested = float(self._track.original.frames)
        self._idle_since = time.perf_counter()
        self._news.ended()
        return True

    # Sound

    def _apply(self, request: Request) -> None:
        if self._sink.output is None and self.playing:
            self._sink.open()
        with self.lock:
            epoch = self._epoch
            timeline, track = self._sink.timeline, self._wanted_track(request)
            if timeline is None or not self.playing or track is None:
                request.drop()
                self.playing = self.playing and timeline is not None
                return
            self._sink.advance()
        self._render_first(timeline, track, request, epoch)

    def _wanted_track(self, request: Request) -> Track | None:
        """The track to play after `request`; None when there is nothing or nowhere to play."""
        timeline = self._sink.timeline
        if timeline is None:
            return None
        if request.source is not None:
            return Track.of(request.source, timeline.rate, request.loop or Loop())
        track = self._track
        if track is None or request.loop is None or request.loop == track.loop:
            return track
        return Track.of(track.original, timeline.rate, request.loop)

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
            timeline, track, epoch = self._sink.timeline, self._track, self._epoch
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
        timeline = self._sink.timeline
        if timeline is None:
            return False
        self._sink.advance()
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

    def _close_stream(self) -> None:
        """Close the stream; what was read for it is played through no other."""
        with self.lock:
            self._epoch += 1
            self._ends_at = None
        self._sink.close()

    def _restart(self, *, again: bool | None) -> None:
        """Close the stream, choose a device (see `Route.look`; None keeps it), go on at the position heard last."""
        with self.lock:
            self.rested = position = self.position()
            track = self._track if self.playing else None
        self._close_stream()
        if again is not None:
            self._sink.look(again=again)
        device = self._sink.route.device
        if track is None or device is None:
            return
        with self.lock:
            moved = self._evidence.change("moved", device.name, self._sink.clock())
            self._since = moved.id
            older = Request(track.original, position, track.loop, [moved])
            self._request = older if self._request is None else self._request.after(older)

    def _lose(self) -> None:
        """The device is gone: go on through another one, or stop."""
        route = self._sink.route
        name = route.device.name if route.device is not None else ""
        self._restart(again=True)
        if route.device is None:
            self.silence()
            sentence = _("The sound device {device} is gone and there is no other one; playing has stopped.")
            sentence = sentence.format(device=name)
            route.give_up(sentence)
        else:
            sentence = _("The sound device {device} was lost; sound now goes to {other}.")
            sentence = sentence.format(device=name, other=route.device.name)
        self._news.device_lost(sentence)
