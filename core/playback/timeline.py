"""Finished samples in a ring that C code reads, rewritten in place while they play.

Frames are counted as the device counts them, from the first frame that it took. The device may take frame after
frame at any moment; all that is asked of us is that what lies ahead of it is complete. Four marks follow each other:

    taken <= head <= end <= taken + size

Up to `head` the sound is the newest that was asked for. From `head` to `end` lies older sound, which goes on being
played when the newest does not come in time. Behind `end` the ring holds silence.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from core.playback.evidence import Evidence, Span, Starvation
from core.playback.sources import raised_cosine

FADE_SECONDS = 0.015
ONSET_SECONDS = 0.003  # out of silence: short, so that an attack stays one


@dataclass(frozen=True)
class Placed:
    """Where samples are heard."""

    frame: int  # device frame of the first one
    skipped: int  # samples at their beginning that came too late
    late: bool  # the device took the first ones before they were complete: a click is possible


class Timeline:
    """The queue between a source and a device.

    Not thread-safe in itself; the player holds its lock around every call.

    Args:
        memory: the ring, float32 (size, channels) and C-contiguous, one or two channels; frame f is row
            (f - first) % size.
        rate: frames a second.
        first: number of the first frame that the device will take.
        taken_now: how many frames the device has taken at this moment, counted from `first` (any thread).
        margin: frames that the device may take in one go; nothing nearer than that is written to.
        evidence: where played spans and starvations are recorded.
        level: factor for all samples at the start.
    """

    def __init__(
        self,
        memory: np.ndarray,
        rate: int,
        *,
        first: int = 0,
        taken_now: Callable[[], int],
        margin: int,
        evidence: Evidence | None = None,
        level: float = 1.0,
    ) -> None:
        self.size = memory.shape[0]
        self.rate = rate
        self.first = first
        self.taken = first
        self.head = first
        self.end = first
        self.margin = margin
        self.fade = round(FADE_SECONDS * rate)
        self.feeding = False  # a source is playing, so that an empty queue is a starvation
        self.starvations = 0
        self.late = 0  # placements that the device overtook
        self.evidence = Evidence() if evidence is None else evidence
        self._memory = memory
        # Bytes are assigned through a memoryview: unlike numpy's assignment that never lets another thread run
        # in the middle of it.
        self._bytes = memory.data.cast("B")
        self._row = memory.strides[0]
        self._plain = np.zeros((self.size, 2), np.float32)  # before the level
        self.taken_now = taken_now
        self.spans: deque[Span] = deque()
        self._ramp = (first, level, level)  # level before this frame, level after the fade that begins there
        self._starved_until = -1

    def place(
        self, at: int, samples: np.ndarray, span: Span, *, aligned: bool = True, cut: bool = False
    ) -> Placed | None:
        """Let `samples` (count, 2) be heard from frame `at` on; `span` says what they are.

        At `head` they run on from what is there. Elsewhere they are cross-faded from what was queued. Where the
        device has come too near, they are heard later; `aligned` samples then lose their beginning, so that each
        stays at its frame. Older sound behind them goes on after a fade, or with `cut` is silenced. Of the samples
        `span.length` belong to the source, the rest is the silence after it. Returns where they are heard, or None
        when the device was faster than all of them.
        """
        joins = at == self.head and at >= self.soonest()
        shift = 0 if joins else max(0, self.soonest() - at)
        # A few times at most: each round costs well under a block.
        for _round in range(4):
            begin, skipped = at + shift, shift if aligned else 0
            if skipped >= max(1, len(samples) - (0 if joins else self.fade)):
                return None
            mixed, behind = self._mixed(begin, samples[skipped:], joins, cut)
            levelled = self._levelled(begin, mixed)
            if joins or begin >= self.soonest():
                break
            shift = self.soonest() - at
        self._write(begin, levelled)
        late = self.taken_now() + self.first > begin
        self.late += late
        self._keep(begin, mixed)
        end = begin + len(mixed)
        if cut:
            self._clear(end, self.end)
        if self.feeding and begin > self.end:
            self._note_starvation(self.end, begin - self.end)
        self.head = end - min(self.fade, len(mixed)) if behind and not cut else end
        self.end = end if cut else max(self.end, end)
        sounding = max(0, min(len(mixed), span.length - skipped))
        self._record(begin, sounding, replace(span, source_frame=span.source_frame + skipped))
        if cut:
            self._trim(begin + sounding)
        return Placed(begin, skipped, late)

    def silence(self) -> int | None:
        """Fade out what is queued as soon as possible; returns the frame where the fade begins, None if in silence."""
        at = self.soonest()
        if at >= self.end:
            return None
        count = min(self.fade, self.end - at)
        faded = self._read(at, count) * raised_cosine(count)[::-1, None]
        self._write(at, self._levelled(at, faded))
        self._keep(at, faded)
        self._clear(at + count, self.end)
        self.head = self.end = at + count
        self._trim(self.end)
        return at

    def set_level(self, level: float) -> int:
        """Ramp the level (a factor) to `level` in what is queued and in what comes; returns where the ramp begins."""
        at = self.soonest()
        self._ramp = (at, self.level_at(at), level)
        for begin in range(at, self.end, self.size // 4):
            count = min(self.size // 4, self.end - begin)
            self._write(begin, self._levelled(begin, self._read(begin, count)))
        return at

    def level_at(self, frame: int) -> float:
        return float(self._gains(frame, 1)[0, 0])

    def advance(self) -> np.ndarray:
        """Take note of what the device has taken; returns that, before the level, float32 (count, 2)."""
        taken = self.taken_now() + self.first
        plain = self._read(self.taken, min(taken - self.taken, self.size))
        if taken == self.taken:
            return plain
        self._weigh(taken)
        self._look_for_starvation(taken)
        self._clear(self.taken, min(taken, self.taken + self.size))
        self.taken = taken
        self.head = max(self.head, taken)
        self.end = max(self.end, taken)
        while self.spans and self.spans[0].end < taken - 4 * self.rate:
            self.spans.popleft()  # still in the record; kept so long to say what is heard now
        return plain

    def source_frame(self, frame: int) -> int | None:
        """Which frame of its source is (or was) heard at device frame `frame`; None between spans."""
        span = self.span_at(frame)
        return None if span is None else span.source_frame + frame - span.frame

    def span_at(self, frame: int) -> Span | None:
        for span in reversed(self.spans):
            if span.frame <= frame < span.end:
                return span
        return None

    def soonest(self) -> int:
        """The first frame that the device cannot take before we have written it."""
        return self.taken_now() + self.first + self.margin

    def _mixed(self, at: int, samples: np.ndarray, joins: bool, cut: bool) -> tuple[np.ndarray, bool]:
        """`samples` with their fades, and whether older sound lies behind them."""
        mixed = samples.astype(np.float32, copy=True)
        behind = self.end > at + len(samples)
        if not joins:
            queued = at < self.end
            fade = min(self.fade if queued else round(ONSET_SECONDS * self.rate), len(mixed))
            rise = raised_cosine(fade)[:, None]
            mixed[:fade] = mixed[:fade] * rise + (self._read(at, fade) * (1 - rise) if queued else 0.0)
        if behind and not cut:
            fade = min(self.fade, len(mixed))
            rise = raised_cosine(fade)[:, None]
            begin = at + len(mixed) - fade
            mixed[-fade:] = mixed[-fade:] * (1 - rise) + self._read(begin, fade) * rise
        return mixed, behind

    def _gains(self, at: int, count: int) -> np.ndarray:
        start, before, after = self._ramp
        if before == after or at >= start + self.fade:
            return np.full((count, 1), after, np.float32)
        gains = np.full(count, after, np.float32)
        offset = start - at
        gains[: max(0, offset)] = before
        lo, hi = max(0, offset), min(count, offset + self.fade)
        if lo < hi:
            rise = raised_cosine(self.fade)[lo - offset : hi - offset]
            gains[lo:hi] = before + (after - before) * rise
        return gains[:, None]

    def _levelled(self, at: int, samples: np.ndarray) -> np.ndarray:
        """What the device gets for `samples`: level, ±1, and one channel where it has but one."""
        levelled = np.clip(samples * self._gains(at, len(samples)), -1.0, 1.0)
        if self._memory.shape[1] == 1:
            levelled = levelled.mean(axis=1, keepdims=True)
        return np.ascontiguousarray(levelled, dtype=np.float32)

    def _write(self, at: int, levelled: np.ndarray) -> None:
        row = (at - self.first) % self.size
        data = levelled.data.cast("B") if levelled.size else memoryview(b"")
        begin, length, whole = row * self._row, len(data), self.size * self._row
        if begin + length <= whole:
            self._bytes[begin : begin + length] = data
        else:
            split = whole - begin
            self._bytes[begin:whole] = data[:split]
            self._bytes[: length - split] = data[split:]

    def _pieces(self, at: int, count: int) -> list[tuple[slice, slice]]:
        """The one or two stretches of the ring that hold [at, at + count), each with its place in that."""
        row = (at - self.first) % self.size
        head = min(count, self.size - row)
        pieces = [(slice(row, row + head), slice(0, head))]
        return pieces if head == count else [*pieces, (slice(0, count - head), slice(head, count))]

    def _read(self, at: int, count: int) -> np.ndarray:
        return np.concatenate([self._plain[rows] for rows, _part in self._pieces(at, count)])

    def _keep(self, at: int, plain: np.ndarray) -> None:
        for rows, part in self._pieces(at, len(plain)):
            self._plain[rows] = plain[part]

    def _clear(self, begin: int, end: int) -> None:
        if begin < end:
            for rows, _part in self._pieces(begin, end - begin):
                self._memory[rows] = 0.0
                self._plain[rows] = 0.0

    def _look_for_starvation(self, taken: int) -> None:
        begin = max(self.end, self.taken)
        if self.feeding and taken > begin:
            self._note_starvation(begin, taken - begin)

    def _note_starvation(self, begin: int, length: int) -> None:
        records = self.evidence.starvations
        if self._starved_until == begin and records:
            records[-1].length += length
        else:
            self.starvations += 1
            records.append(Starvation(begin, length))
        self._starved_until = begin + length

    def _weigh(self, taken: int) -> None:
        """Record the spans in [self.taken, taken) with the energy of what the device found in the ring."""
        for span in self.spans:
            begin, end = max(span.frame, self.taken), min(span.end, taken)
            if begin >= end:
                continue
            energy = sum(
                float(np.square(self._memory[rows], dtype=np.float32).mean(axis=1).sum())
                for rows, _part in self._pieces(begin, min(end - begin, self.size))
            )
            source_frame = span.source_frame + begin - span.frame
            last = self.evidence.spans[-1] if self.evidence.spans else None
            if last is not None and _continues(last, begin, source_frame, span):
                last.length += end - begin
                last.energy += energy
            else:
                played = replace(span, frame=begin, source_frame=source_frame, length=end - begin, energy=energy)
                self.evidence.spans.append(played)

    def _record(self, begin: int, count: int, span: Span) -> None:
        if count == 0:
            return
        self._trim(begin, end=begin + count)
        # Spans are kept in the order of their frames; behind the new one lies older sound, if any.
        behind = [self.spans.pop() for _ in range(len(self.spans)) if self.spans[-1].frame >= begin]
        last = self.spans[-1] if self.spans else None
        if last is not None and _continues(last, begin, span.source_frame, span):
            last.length += count
        else:
            self.spans.append(replace(span, frame=begin, length=count))
        self.spans.extend(reversed(behind))

    def _trim(self, begin: int, end: int | None = None) -> None:
        """Take [begin, end) out of the spans; what they hold after `end` stays."""
        kept: list[Span] = []
        while self.spans and self.spans[-1].end > begin:
            span = self.spans.pop()
            if end is not None and span.end > end:
                offset = max(0, end - span.frame)
                kept.append(
                    replace(
                        span,
                        frame=span.frame + offset,
                        source_frame=span.source_frame + offset,
                        length=span.length - offset,
                    )
                )
            if span.frame < begin:
                span.length = begin - span.frame
                self.spans.append(span)
                break
        self.spans.extend(reversed(kept))


def _continues(last: Span, begin: int, source_frame: int, span: Span) -> bool:
    return (
        last.end == begin
        and last.source_frame + last.length == source_frame
        and (last.source, last.change) == (span.source, span.change)
    )
