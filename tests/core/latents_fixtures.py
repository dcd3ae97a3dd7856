"""Songs in memory for the tests of latents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RATE = 22050


@dataclass(frozen=True)
class MemorySong:
    """A song whose samples are in memory."""

    key: str
    samples: np.ndarray
    genre: str = ""
    author: str = ""
    rate: int = RATE

    @property
    def title(self) -> str:
        return self.key

    @property
    def stored(self) -> MemorySong:
        return self

    @property
    def frames(self) -> int:
        return len(self.samples)

    def read(self, start: int, count: int) -> np.ndarray:
        part = self.samples[start : start + count]
        return np.pad(part, (0, count - len(part)))
