"""Which runs are listed and drawn, in which colour; the one under way first, runs of before behind it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from musicae_gui.controllers.train_runs import PastRun, run_words
from musicae_gui.views.loss_curve import LossCurve
from musicae_gui.views.rows import Row

if TYPE_CHECKING:
    from musicae_gui.controllers.train_view import ProgressView

PAST_SHOWN = 3  # runs of before that are drawn without being asked for


class DrawnRuns:
    """Keeps each run's colour and whether the user wants to see it; shows list and curves in `view`."""

    def __init__(self, view: ProgressView) -> None:
        self._view = view
        self._runs: dict[str, PastRun] = {}
        self._series: dict[str, int] = {}
        self._hidden: set[str] = set()

    def get(self, key: str) -> PastRun | None:
        return self._runs.get(key)

    @property
    def newest(self) -> PastRun | None:
        return next(iter(self._runs.values()), None)

    def take(self, runs: Sequence[PastRun]) -> None:
        """The runs as they lie on the disk now, newest first."""
        for key in set(self._runs) - {run.key for run in runs}:
            self._view.remove_curve(key)
        fresh = [run.key for run in runs if run.key not in self._runs and run.key not in self._series]
        self._hidden.update(fresh[PAST_SHOWN:])
        self._runs = {run.key: run for run in runs}
        for run in reversed(runs):  # the oldest first, so that a run has its colour at the next start, too
            self._series.setdefault(run.key, len(self._series))

    def set_shown(self, key: str, shown: bool) -> None:
        if shown:
            self._hidden.discard(key)
        else:
            self._hidden.add(key)

    def forget(self, key: str) -> None:
        self._runs.pop(key, None)
        self._view.remove_curve(key)

    def show(self, current: LossCurve | None, heard: Path | None) -> None:
        """List and draw everything; `current` is the run under way, `heard` the one that is listened to."""
        rows = []
        if current is not None:
            rows.append(self._row(current, run_words("running", current)))
        past = [run for run in self._runs.values() if current is None or run.key != current.key]
        rows += [self._row(run.curve, run_words(run.state, run.curve)) for run in past]
        self._view.show_runs(rows, str(heard) if heard is not None else "")

    def _row(self, curve: LossCurve, detail: str) -> Row:
        series = self._series.setdefault(curve.key, len(self._series))
        shown = curve.key not in self._hidden
        self._view.show_curve(curve, series, shown)
        return Row(curve.key, curve.title, detail, series=series, shown=shown)
