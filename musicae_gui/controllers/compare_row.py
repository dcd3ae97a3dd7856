"""One row of Compare: what is known of the original or of a reconstruction. No widgets, no torch."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from core.audio import Clip
from core.i18n import _
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
    refine: bool = False  # the latent's values are to be searched
    refined: bool = False  # they are: what is heard and seen is the refined latent
    searched: float = -1.0  # finished fraction of the search; negative before it begins
    known: dict[tuple[int, int, bool], dict[str, float | None]] = field(default_factory=dict)  # measures by `kind`

    @property
    def is_finished(self) -> bool:
        """`clip` is what the row's model makes of the original at its present size."""
        return self.state == "ready" and self.clip is not None and not self.is_stale

    @property
    def kind(self) -> tuple[int, int, bool]:
        """Which of all that its model can make the row is at present: channels, bits, refined."""
        return self.channels, self.bits, self.refined

    @property
    def is_refining(self) -> bool:
        """It is there, and its refined latent is searched or waits for that."""
        return self.state == "ready" and self.refine and not self.refined

    @property
    def is_settled(self) -> bool:
        """It is finished, and nothing better is under way."""
        return self.is_finished and not self.is_refining

    @property
    def full_title(self) -> str:
        """The title, with what tells a refined latent from a plain one of the same size."""
        return _("{title}, refined").format(title=self.title) if self.refined else self.title
