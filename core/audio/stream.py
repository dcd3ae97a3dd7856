"""The face that all decoders share: a file opened for reading in blocks, so that a long one never fills the memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Self

import numpy as np

from core.audio.clip import AudioInfo

BLOCK_FRAMES = 1 << 16


class NotDecodable(Exception):  # noqa: N818 - passed between decoders, never shown
    """This decoder cannot read the file; the next one may."""


class AudioStream(ABC):
    """A sound file being read.

    Attributes:
        info: what its header says.
        tags: "title", "artist" and "genre", where the file has them.
    """

    info: AudioInfo
    tags: Mapping[str, str]

    @abstractmethod
    def blocks(self, start: int = 0, frames: int | None = None) -> Iterator[np.ndarray]:
        """Yield (channels, n) float32 blocks from frame `start` on, `frames` in all or to the end.

        To be called once. Raises NotDecodable where the content cannot be decoded.
        """

    @abstractmethod
    def close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def within(blocks: Iterator[np.ndarray], start: int, frames: int | None) -> Iterator[np.ndarray]:
    """The frames [start, start + frames) of a sound that `blocks` gives from its first frame on."""
    position = 0
    end = None if frames is None else start + frames
    for block in blocks:
        first = max(start - position, 0)
        last = block.shape[1] if end is None else min(end - position, block.shape[1])
        if first < last:
            yield block[:, first:last]
        position += block.shape[1]
        if end is not None and position >= end:
            return
