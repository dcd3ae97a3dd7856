"""The rows of Compare, computed one after the other in the order in which they are shown, then judged. No widgets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from core.audio import Clip
from core.errors import MusicaeError
from core.i18n import _
from musicae_gui.controllers.compare_work import Made, Original, measure, opinion, reconstruct
from musicae_gui.controllers.model_choices import size_text

if TYPE_CHECKING:
    from core.models.codec import Codec
    from musicae_gui.services import Services

WORK, JUDGE = "compare.work", "compare.judge"


@dataclass
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


class RowWork:
    """Fills rows in the background.

    Args:
        on_row: a row has changed.
        on_made: there is one more sound to hear, in `made`.
    """

    def __init__(self, services: Services, on_row: Callable[[Row], None], on_made: Callable[[], None]) -> None:
        self._services = services
        self._on_row = on_row
        self._on_made = on_made
        self._original: Original | None = None
        self._rows: list[Row] = []
        self._working: Row | None = None
        self._judging: Row | None = None
        self.made: dict[str, Made] = {}  # by model

    def set_rows(self, original: Original, rows: list[Row]) -> None:
        """Work on these rows from now on; what runs for a row that is gone is cancelled."""
        self._original, self._rows = original, rows
        keys = {row.key for row in rows}
        self.made = {key: made for key, made in self.made.items() if key in keys}
        if self._working is not None and self._working not in rows:
            self._services.tasks.cancel(WORK)
            self._working = None
        if self._judging is not None and self._judging not in rows:
            self._services.tasks.cancel(JUDGE)
            self._judging = None
        self._next()

    def clear(self) -> None:
        for group in (WORK, JUDGE):
            self._services.tasks.cancel(group)
        self._original = self._working = self._judging = None
        self._rows = []
        self.made = {}

    def cancel(self, row: Row) -> None:
        if row.state not in ("waiting", "working"):
            return
        if row is self._working:
            self._services.tasks.cancel(WORK)
            self._working = None
        row.state, row.text = "failed", _("Cancelled.")
        self._on_row(row)
        self._next()

    def retry(self, row: Row) -> None:
        if row.state == "failed":
            row.state, row.text, row.fraction = "waiting", "", -1.0
            self._on_row(row)
            self._next()

    def _next(self) -> None:
        if self._working is not None or self._original is None:
            return
        row = next((row for row in self._rows if row.state == "waiting"), None)
        if row is None:
            self._judge_next()
            return
        self._working = row
        row.state, row.text = "working", _("loading the model")
        self._on_row(row)
        self._services.models.codec(
            row.key, lambda codec: self._codec_ready(row, codec), lambda error: self._failed(row, error), group=WORK
        )

    def _codec_ready(self, row: Row, codec: Codec) -> None:
        if self._original is None or row is not self._working:
            return
        mono = self._original.mono if self._original.mono.rate == codec.rate else self._original.clip.mono()
        self._services.tasks.run(
            lambda context: reconstruct(codec, mono, context),
            done=lambda made: self._finished(row, made),
            failed=lambda error: self._failed(row, error),
            progress=lambda share, text: self._progressed(row, share, text),
            group=WORK,
        )

    def _progressed(self, row: Row, fraction: float, text: str) -> None:
        if row is self._working:
            row.fraction, row.text = fraction, text
            self._on_row(row)

    def _finished(self, row: Row, made: Made) -> None:
        self._working = None
        self.made[row.key] = made
        row.state, row.text, row.seconds = "ready", "", made.seconds
        row.clip, row.latent = made.clip, made.latent.values
        row.frame_rate = made.codec.rate / made.codec.hop
        row.detail = size_text(made.codec.floats_per_second)
        self._on_row(row)
        self._on_made()
        self._next()

    def _failed(self, row: Row, error: MusicaeError) -> None:
        self._working = None
        row.state, row.text = "failed", error.sentence
        self._on_row(row)
        self._next()

    def _judge_next(self) -> None:
        """Measure all rows, then let ViSQOL, which is slow, judge them; one at a time."""
        if self._judging is not None or self._original is None:
            return
        ready = [row for row in self._rows if row.clip is not None and row.original is not None and not row.judged]
        row = next((row for row in ready if "si_sdr" not in row.facts), ready[0] if ready else None)
        if row is None or row.clip is None:
            return
        original, made, judged, quick = self._original.mono, row.clip, row, "si_sdr" not in row.facts
        self._judging = row

        def known(facts: dict[str, Any]) -> None:
            judged.facts.update(facts)
            self._on_row(judged)

        def over() -> None:
            self._judging = None
            judged.judged = judged.judged or not quick
            self._on_row(judged)
            self._judge_next()

        def done(facts: dict[str, Any]) -> None:
            judged.facts.update(facts)
            over()

        def failed(error: MusicaeError) -> None:
            judged.text, judged.judged = error.sentence, True
            over()

        self._services.tasks.run(
            lambda context: measure(original, made) if quick else opinion(original, made, context),
            done=done,
            failed=failed,
            report=known,
            group=JUDGE,
        )
