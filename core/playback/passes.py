"""A source played once, or over and over, whole or between two loop points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.playback.sources import Source, finite, raised_cosine

SHORT_LOOP = 2048  # frames


@dataclass(frozen=True)
class Loop:
    """Whether a source is repeated, and which part of it, in frames of the source; `end` is None at its end."""

    on: bool = False
    begin: float = 0.0
    end: float | None = None

    def switched(self, on: bool) -> Loop:
        return Loop(on, self.begin, self.end)

    def scaled(self, factor: float) -> Loop:
        """In frames of another rate."""
        return Loop(self.on, self.begin * factor, None if self.end is None else self.end * factor)


class Passes:
    """A source played once, or round and round: frames count on from pass to pass.

    The first pass may begin before the loop; every other is exactly as long as the loop. Where its end does not run
    on into its beginning, what follows it (its mirror image at the source's own end) is cross-faded for `fade` frames
    into the beginning, so that the joint does not click; where it does (silence, whole periods), the joint is exact.
    """

    def __init__(self, source: Source, loop: Loop, fade: int) -> None:
        self.source = source
        self.frames = source.frames
        end = self.frames if loop.end is None else min(max(round(loop.end), 1), self.frames)
        self.begin, self.end = min(max(round(loop.begin), 0), max(end - 1, 0)), end
        self.loop = loop.on and source.frames > 0
        self._length = self.end - self.begin
        self._fade = min(fade, (self._length if self.loop else self.frames) // 2)

    def left(self, start: int) -> int | None:
        """Frames from `start` to the end; None when there is none."""
        return None if self.loop else max(0, self.frames - start)

    def place(self, frame: float) -> float:
        """The frame of the source that is heard at a frame counted over all passes."""
        if not self.loop or frame < self.end:
            return frame
        return self.begin + (frame - self.begin) % self._length

    def read(self, start: int, count: int) -> np.ndarray:
        """Frames [start, start + count), counted over all passes, float32 (count, 2), zeros past the end."""
        if not self.loop:
            return self._ended(finite(self.source.read(start, count)), start)
        if self._length < SHORT_LOOP:
            return self._cycled(start, count)
        pieces = []
        while count > 0:
            again = start >= self.end
            offset = round(self.place(start))
            length = min(count, self.end - offset)
            piece = finite(self.source.read(offset, length))
            if again and offset - self.begin < self._fade:
                piece = self._joined(piece, offset - self.begin)
            pieces.append(piece)
            start += length
            count -= length
        return np.concatenate(pieces) if pieces else np.zeros((0, 2), np.float32)

    def _cycled(self, start: int, count: int) -> np.ndarray:
        """As `read`, for a loop so short that going from pass to pass would take too long."""
        before = max(0, min(self.begin - start, count))
        first = finite(self.source.read(self.begin, self._length))
        both = np.concatenate([first, self._joined(first, 0)])
        frames = np.arange(start + before, start + count) - self.begin
        looped = both[np.where(frames < self._length, frames, self._length + frames % self._length)]
        return np.concatenate([finite(self.source.read(start, before)), looped]) if before else looped

    def _ended(self, piece: np.ndarray, start: int) -> np.ndarray:
        """`piece` with the last fifth of the fade's length brought to silence, lest the end clicks."""
        fade = self._fade // 5
        begin = self.frames - fade
        if fade == 0 or start + len(piece) <= begin:
            return piece
        fall = np.zeros(max(0, begin - start) + fade + len(piece), np.float32)
        fall[: max(0, begin - start)] = 1.0
        part = raised_cosine(fade)[::-1][max(0, start - begin) :]
        fall[max(0, begin - start) :][: len(part)] = part
        return piece * fall[: len(piece), None]

    def _joined(self, piece: np.ndarray, offset: int) -> np.ndarray:
        if self._fade == 0:
            return piece
        tail = finite(self.source.read(self.end - self._fade, self._fade))
        head = finite(self.source.read(self.begin, 2))
        steps = np.abs(np.diff(tail, axis=0)).max(axis=0, initial=0.0)
        if np.all(np.abs(head[0] - tail[-1]) <= 1.5 * steps + 1e-3):
            return piece
        inside = self.end + self._fade <= self.frames
        onward = finite(self.source.read(self.end, self._fade)) if inside else tail[::-1]
        count = min(len(piece), self._fade - offset)
        rise = raised_cosine(self._fade)[offset : offset + count, None]
        joined = piece.copy()
        joined[:count] = piece[:count] * rise + onward[offset : offset + count] * (1 - rise)
        return joined
