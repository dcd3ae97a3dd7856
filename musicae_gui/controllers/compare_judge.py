"""Measuring the rows of Compare: first what takes no time, then ViSQOL; one at a time. No widgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from core.audio import Clip
from core.errors import MusicaeError
from musicae_gui.controllers.compare_row import Row
from musicae_gui.controllers.compare_work import measure, opinion

if TYPE_CHECKING:
    from musicae_gui.services import Services

GROUP = "compare.judge"


class RowJudge:
    """Fills the rows' `facts`; `on_row` hears of each.

    What is about to be refined is only measured: ViSQOL would not be ready before it is heard no more.
    """

    def __init__(self, services: Services, on_row: Callable[[Row], None]) -> None:
        self._services = services
        self._on_row = on_row
        self._judging: Row | None = None
        self._original: Clip | None = None
        self._rows: Sequence[Row] = ()

    def judge(self, original: Clip, rows: Sequence[Row]) -> None:
        """Judge what of `rows` is finished and not judged yet; measure all of them before ViSQOL, which is slow."""
        self._original, self._rows = original, rows
        if self._judging is not None and not any(row is self._judging for row in rows):
            self.stop(self._judging)
        if self._judging is None:
            self._next()

    def stop(self, row: Row | None = None) -> None:
        """Do not go on with `row`, which has changed or is gone; None: with none of them."""
        if row is None:
            self._rows = ()
        if self._judging is not None and (row is None or row is self._judging):
            self._services.tasks.cancel(GROUP)
            self._judging = None

    def _next(self) -> None:
        waiting = [row for row in self._rows if row.is_finished and row.original is not None and not row.judged]
        settled = (row for row in waiting if row.is_settled)
        row = next((row for row in waiting if "si_sdr" not in row.facts), None) or next(settled, None)
        if row is None or row.clip is None or self._original is None:
            return
        original, made, judged, quick = self._original, row.clip, row, "si_sdr" not in row.facts
        self._judging = row

        def known(facts: dict[str, Any]) -> None:
            judged.facts.update(facts)
            self._on_row(judged)

        def over() -> None:
            self._judging = None
            judged.judged = judged.judged or not quick
            if judged.judged:
                judged.known[judged.kind] = dict(judged.facts)
            self._on_row(judged)
            self._next()

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
            group=GROUP,
        )
