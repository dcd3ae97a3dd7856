"""What a library keeps of its songs' sound beside the database: waveforms and samples."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from core.data.store import RATE, SampleStore
from core.library.database import Database
from core.library.peaks import PeakFiles, column_edges, columns_of
from core.library.removal import Removal
from core.library.scan import Scanner


class Sounds:
    """`peaks/` and `samples/` of the library in `folder`.

    Attributes:
        samples: mono at `RATE` Hz.
        removal: takes songs off the library, their sound with them.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        self._folder = folder
        self._database = database
        self._peaks = PeakFiles(folder / "peaks")
        self.samples = SampleStore(folder / "samples", RATE)
        self.removal = Removal(database, self._peaks, self.samples)

    def scanner(self) -> Scanner:
        return Scanner(self._database, self._peaks, self.samples)

    def samples_at(self, rate: int) -> SampleStore:
        """The store of samples at `rate` Hz."""
        return self.samples if rate == RATE else SampleStore(self._folder / "samples", rate)

    def peaks(self, key: str, *, columns: int, start: float, seconds: float | None) -> np.ndarray:
        """See `Library.peaks`."""
        found = self._peaks.read(key, columns=columns, start=start, seconds=seconds)
        if not found.fine or key not in self.samples:
            return found.pairs
        song = self.samples.get(key)
        edges = column_edges(columns, start * song.rate, (song.seconds if seconds is None else seconds) * song.rate)
        first = int(np.floor(edges[0]))
        samples = song.read(first, int(np.ceil(edges[-1])) - first + 1)
        return columns_of(np.stack([samples, samples], axis=1), edges - first)
