"""Refining the latents of Compare's rows, one after the other in the background. No widgets, no torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from core.errors import MusicaeError
from musicae_gui.controllers.compare_row import Row
from musicae_gui.controllers.compare_work import Made, Original, Whole, search_again

if TYPE_CHECKING:
    from musicae_gui.services import Services
    from musicae_gui.tasks import Task

Refined = tuple[Whole, Made]
"""The searched latent, and the reconstruction from it in as many bits a float as the row had when it began."""


class RowRefiner:
    """Refines one row at a time, as each takes about as long as the sound.

    Args:
        on_row: the search has come further, or is over.
        on_refined: a row of the size that it still has is refined.
        on_end: another one may begin: `look` is expected.
    """

    def __init__(
        self,
        services: Services,
        on_row: Callable[[Row], None],
        on_refined: Callable[[Row, Refined], None],
        on_end: Callable[[], None],
    ) -> None:
        self._services = services
        self._on_row, self._on_refined, self._on_end = on_row, on_refined, on_end
        self._row: Row | None = None
        self._channels = 0
        self._task: Task | None = None

    def look(self, original: Original, rows: Sequence[Row], made: Mapping[str, Made]) -> None:
        """Give up what is no longer wanted, and begin with the next one when every row is there to be heard."""
        if self._task is not None:
            if not self._is_wanted(rows):
                self.stop()
            return
        if any(row.state in ("waiting", "working") for row in rows):
            return
        row = next((row for row in rows if row.is_finished and row.is_refining), None)
        if row is not None:
            self._begin(row, made[row.key], original)

    def stop(self) -> None:
        """Give up; the next one begins when this one has ended, so that a moving slider starts no crowd of them."""
        if self._task is not None:
            self._task.cancel()

    def _is_wanted(self, rows: Sequence[Row]) -> bool:
        """The size is still the same; fewer bits are another rounding of the same search."""
        row = self._row
        return row in rows and row is not None and row.is_refining and row.channels == self._channels

    def _begin(self, row: Row, made: Made, original: Original) -> None:
        self._row, self._channels = row, row.channels
        sound = original.sound_for(made.codec)

        def progressed(share: float, _text: str) -> None:
            row.searched = share
            self._on_row(row)

        def failed(error: MusicaeError) -> None:
            row.refine = False
            self._services.notify(error)

        def ended() -> None:
            self._row = self._task = None
            row.searched = -1.0
            self._on_row(row)
            self._on_end()

        self._task = self._services.tasks.run(
            lambda context: search_again(made, sound, context),
            done=lambda refined: self._on_refined(row, refined),
            failed=failed,
            progress=progressed,
            ended=ended,
        )
