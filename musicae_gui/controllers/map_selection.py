"""The clips within the lasso: their average, all of them in a row, their files. No widgets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QUndoCommand

from core.errors import MusicaeError
from core.i18n import _
from core.latents.pantry import SongPantry
from musicae_gui.controllers.map_clips import MOST_AVERAGED, average_recipe, averaged, write_clips, write_table

if TYPE_CHECKING:
    from core.latents.map_chart import Chart, Points
    from core.latents.recipes import Recipe
    from core.models.codec import Codec, Latent
    from musicae_gui.controllers.map_player import MapPlayer
    from musicae_gui.controllers.map_view import MapView
    from musicae_gui.services import Services

AVERAGE = "map.average"
PRIORS = "priors"


class MapSelection:
    """Selected rows of one chart; every change can be undone.

    Attributes:
        model: name or path of the chart's model, which the history of creations keeps.
        rows: the clips, sorted.
        recipe: of the average that was made last.
    """

    def __init__(self, view: MapView, services: Services, sound: MapPlayer) -> None:
        self._view, self._services, self._sound = view, services, sound
        self._chart: Chart | None = None
        self._points: Points | None = None
        self._codec: Codec | None = None
        self._pantry: SongPantry | None = None
        self.model = ""
        self.rows = np.zeros(0, np.int64)
        self.recipe: Recipe | None = None

    def set_chart(self, chart: Chart, codec: Codec) -> None:
        self._chart = chart
        if self._codec is not codec:
            store = self._services.library.samples(codec.rate)
            self._pantry = SongPantry(codec, store.get, self._services.data_dir / PRIORS)
        self._codec = codec
        self.set_rows(chart, self.rows[:0])

    def set_points(self, points: Points) -> None:
        self._points = points

    def select(self, rows: np.ndarray, *, add: bool = False) -> None:
        """Other clips, or more of them; can be undone."""
        chosen = np.union1d(self.rows, rows) if add else np.unique(rows)
        if self._chart is not None and not np.array_equal(chosen, self.rows):
            self._services.session.undo_stack.push(_Select(self, self._chart, chosen))

    def set_rows(self, chart: Chart, rows: np.ndarray) -> None:
        """Select without a way back; nothing happens where the clips are another chart's."""
        if chart is self._chart:
            self.rows = rows.astype(np.int64)
            self._view.show_selection(self.rows)

    def play(self) -> None:
        """All of them in a row."""
        self._sound.hear_rows(self.rows)

    def average(self) -> None:
        """Make their average and play it."""
        chart, codec, pantry = self._chart, self._codec, self._pantry
        if chart is None or codec is None or pantry is None or not len(self.rows):
            return
        if len(self.rows) > MOST_AVERAGED:
            self._services.notify(
                _("An average is made of {n} clips at most; draw a smaller line.").format(n=MOST_AVERAGED), "warning"
            )
            return
        recipe = average_recipe(chart, map(int, self.rows), codec.hash, self._sound.seconds)
        self.recipe = recipe

        seconds, library = self._sound.seconds, self._services.library

        def done(latent: Latent) -> None:
            self._sound.hear_latent(latent, recipe.note)
            library.creations.add(recipe.note, self.model, seconds, recipe.to_dict())
            self._view.show_status(_("Kept in the history of Create"), "good")

        self._services.tasks.run(
            lambda context: averaged(recipe, pantry, context),
            done=done,
            group=AVERAGE,
            title=_("Averaging {n} clips").format(n=len(self.rows)),
        )

    def export_clips(self, folder: Path) -> None:
        """Each as a WAV file, as it is heard: the model's version, or the original."""
        chart, codec, rows, side = self._chart, self._codec, self.rows, self._sound.side
        subtype = self._services.preferences.values.wav_format
        if chart is None or codec is None:
            return
        self._services.tasks.run(
            lambda context: write_clips(chart, rows, codec, side, folder, subtype, context),
            done=lambda count: self._services.notify(
                _("Saved {n} clips in {path}.").format(n=count, path=folder), "good"
            ),
            title=_("Saving {n} clips").format(n=len(rows)),
        )

    def export_table(self, path: Path, columns: dict[str, list[str]]) -> None:
        """What is known of each as a CSV table; of all clips where none is selected."""
        chart, points = self._chart, self._points
        if chart is None or points is None:
            return
        rows = self.rows if len(self.rows) else np.flatnonzero(points.drawn)

        def write() -> None:
            try:
                write_table(chart, points, rows, columns, path)
            except OSError as error:
                sentence = _("The table cannot be written to {path}: {reason}.").format(
                    path=path, reason=error.strerror or str(error)
                )
                raise MusicaeError(sentence) from error

        self._services.tasks.run(
            lambda _context: write(),
            done=lambda _none: self._services.notify(_("Saved {path}.").format(path=path), "good"),
        )


class _Select(QUndoCommand):
    def __init__(self, selection: MapSelection, chart: Chart, rows: np.ndarray) -> None:
        super().__init__(_("Select clips"))
        self._selection, self._chart = selection, chart
        self._before, self._after = selection.rows, rows

    def redo(self) -> None:
        self._selection.set_rows(self._chart, self._after)

    def undo(self) -> None:
        self._selection.set_rows(self._chart, self._before)
