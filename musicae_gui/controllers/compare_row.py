"""One row of Compare: what is known of the original or of a reconstruction. No widgets, no torch."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from core.audio import Clip
from core.models.families import Sizes


@dataclass(eq=False)
class Row:
    """One row: the original (`key` "") or a reconstruction."""

    key: str
    title: str
    detail: str = ""
    state: str = "waiting"  # "waiting", "working", "ready" or "failed"
    fraction: float = -1.0
    text: str = ""  # what is going on, or why it failed
    clip: Clip | None = None  # mono, for the pictures
    original: Clip | None = None  # what it is compared with; None for the original itself
    latent: np.ndarray | None = None
    frame_rate: float = 1.0  # latent frames a second
    seconds: float = 0.0  # compute time
    facts: dict[str, float | None] = field(default_factory=dict)  # measures, as far as they are known
    judged: bool = False
    sizes: Sizes | None = None  # of a nested model
    channels: int = 0  # kept of the latent's
    bits: int = 16  # of each float
    floats_per_second: float = 0.0  # of the latent that is kept
    model: str = ""  # content hash
    is_stale: bool = False  # `clip` is still that of another size
    known: dict[tuple[int, int], dict[str, float | None]] = field(default_factory=dict)  # measures by (channels, bits)

    @property
    def is_finished(self) -> bool:
        """`clip` is what the row's model makes of the original at its present size."""
        return self.state == "ready" and self.clip is not None and not self.is_stale
