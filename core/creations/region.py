"""A rectangle of a latent, channels over frames, that edits change."""

from __future__ import annotations

from dataclasses import dataclass

from core.latents.edits import Edit
from core.latents.parts import Part


@dataclass(frozen=True)
class Region:
    """Frames [first, last) of the channels [low, high), neither of them empty."""

    first: int
    last: int
    low: int
    high: int

    @classmethod
    def between(cls, a: tuple[int, int], b: tuple[int, int]) -> Region:
        """All from one (frame, channel) to another, both included."""
        frames, channels = sorted((a[0], b[0])), sorted((a[1], b[1]))
        return cls(frames[0], frames[1] + 1, channels[0], channels[1] + 1)

    @classmethod
    def whole(cls, channels: int, frames: int) -> Region:
        return cls(0, frames, 0, channels)

    def inside(self, channels: int, frames: int) -> Region:
        """The same kept within a latent of that shape."""
        first, low = min(max(self.first, 0), frames - 1), min(max(self.low, 0), channels - 1)
        return Region(first, min(max(self.last, first + 1), frames), low, min(max(self.high, low + 1), channels))

    def moved(self, by_frames: int, by_channels: int, channels: int, frames: int) -> Region:
        """As large, elsewhere; it stops at the edges of a latent of that shape."""
        by_frames = min(max(by_frames, -self.first), frames - self.last)
        by_channels = min(max(by_channels, -self.low), channels - self.high)
        return Region(self.first + by_frames, self.last + by_frames, self.low + by_channels, self.high + by_channels)

    def grown(self, by_frames: int, by_channels: int, channels: int, frames: int) -> Region:
        """Its far corner moved."""
        return Region(self.first, self.last + by_frames, self.low, self.high + by_channels).inside(channels, frames)

    def edit(
        self, kind: str, channels: int, frames: int, *, amount: float = 1.0, seed: int = 0, source: Part | None = None
    ) -> Edit:
        """The edit of this region of a latent of that shape; whole sides stay open, a stretch takes all channels."""
        every = kind == "stretch" or (kind != "solo" and self.high - self.low >= channels)
        return Edit(
            kind,
            None if every else tuple(range(self.low, self.high)),
            self.first,
            None if self.last >= frames else self.last,
            amount,
            seed,
            source,
        )
