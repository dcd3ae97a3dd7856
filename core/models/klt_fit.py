"""Fitting the KLT: the strongest directions of a collection's MDCT frames, in one pass and closed form.

`core.models.make_klt` is the command that fits the shipped file.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import torch

from core.errors import TrainingError
from core.i18n import _
from core.models.design import MODEL_RATE, KltDesign
from core.models.klt import KltNetwork, mdct

BLOCK_SECONDS = 5.0
"""Stretch of sound that counts as one, however loud it is."""


class KltFit:
    """Gathers the second moment of MDCT frames, uncentred so that silence stays the zero latent.

    Every stretch of `BLOCK_SECONDS` is scaled to the same energy first: SI-SDR does not know loudness, and a few
    loud songs would otherwise choose the directions for all.
    """

    def __init__(self, design: KltDesign | None = None) -> None:
        self.design = design or KltDesign()
        self.moment = torch.zeros(self.design.hop, self.design.hop, dtype=torch.float64)
        self.frames = 0

    def add(self, samples: np.ndarray) -> None:
        """Take in mono float32 samples (frames,) at the design's rate; silence teaches nothing and is passed over."""
        size = max(1, round(BLOCK_SECONDS * self.design.rate / self.design.hop)) * self.design.hop
        for start in range(0, len(samples), size):
            block = np.asarray(samples[start : start + size], dtype=np.float32)
            power = float(np.square(block, dtype=np.float64).mean())
            if not np.isfinite(power):
                raise TrainingError(_("The sound holds values that are not numbers; nothing can be learned from it."))
            if power < 1e-8 or len(block) < self.design.hop:
                continue
            scaled = torch.from_numpy(block / np.float32(np.sqrt(power)))
            frames = mdct(scaled[None, None], self.design.hop, self.design.window)[0, 1:-1]
            self.moment += (frames.T @ frames).double()
            self.frames += len(frames)

    def network(self) -> KltNetwork:
        """The network of the strongest directions so far, strongest first.

        Raises:
            TrainingError: there was no sound to learn from.
        """
        if self.frames == 0:
            raise TrainingError(_("There is no sound to fit the transform on: all songs are silent or too short."))
        __, directions = torch.linalg.eigh(self.moment)
        projection = directions.flip(1)[:, : self.design.channels].T
        # A direction's sign is arbitrary: its largest entry is made positive, so that fits can be compared.
        largest = projection.gather(1, projection.abs().argmax(1, keepdim=True))
        network = KltNetwork(self.design)
        network.set_projection((projection * largest.sign()).float())
        return network.eval()

    def explained(self) -> float:
        """Fraction of the energy that the kept directions hold, 0 to 1."""
        values = torch.linalg.eigvalsh(self.moment)
        return float(values[-self.design.channels :].sum() / values.sum())


def fit_klt(
    songs: Iterable[np.ndarray],
    *,
    channels: int = 64,
    hop: int = 1024,
    window: str = "sine",
    rate: int = MODEL_RATE,
) -> KltNetwork:
    """The KLT of `songs`, each mono float32 (frames,) at `rate`.

    Raises:
        TrainingError: nothing but silence, or samples that are not numbers.
        UsageError: an impossible size.
    """
    fit = KltFit(KltDesign(channels, hop, window, rate))
    for samples in songs:
        fit.add(samples)
    return fit.network()
