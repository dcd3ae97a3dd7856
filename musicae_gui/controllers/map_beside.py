"""The same clips by another model, on a map of their own beside the first one. No widgets, no torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import MusicaeError
from core.i18n import _
from core.latents.map_chart import TSNE, Chart, Points, same_clips
from musicae_gui.controllers.map_maker import MapMaker
from musicae_gui.controllers.map_player import MapPlayer

if TYPE_CHECKING:
    from core.models.codec import Codec
    from musicae_gui.controllers.map_view import MapView, Page
    from musicae_gui.services import Services

WORK, LAYOUT = "map.beside", "map.beside.layout"


class MapBeside:
    """A second map; rows of its own are told apart by their names from those of the first.

    Attributes:
        chart, points: of the second model; None while it has no map.
        first_rows: (its clips,) the same clip's row in the first map, -1 for none.
        own_rows: (clips of the first,) the other way round.
    """

    def __init__(self, view: MapView, services: Services, own: dict[str, Any]) -> None:
        self._view, self._services, self._own = view, services, own
        self._maker = MapMaker(_SecondPane(view), services, self._charted, group=WORK)
        self._first: Chart | None = None
        self._layout = ""
        self.sound = MapPlayer(view, services)
        self.chart: Chart | None = None
        self.points: Points | None = None
        self.first_rows = self.own_rows = np.zeros(0, np.int64)

    @property
    def model(self) -> str:
        """Name or path; "" where no second map is wanted."""
        model = self._own.get("beside")
        return model if isinstance(model, str) else ""

    def choose(self, model: str) -> None:
        """Another model, or "" for none; `make` follows."""
        self._own["beside"] = model
        if not model:
            self.drop()

    def drop(self) -> None:
        """Have no second map."""
        self._maker.drop()
        self._services.tasks.cancel(LAYOUT)
        self.chart = self.points = None
        self._view.show_beside(False)

    def make(self, title: str, keys: Sequence[str], representation: str) -> None:
        """Map the songs `keys` by the model chosen, called `title`."""
        if self.chart is not None and self.chart.representation != representation:
            self._maker.chart_again(self.chart.collection, representation)
        self._view.show_beside(True, title)
        self._maker.make(self.model, title, keys, representation)

    def start(self) -> None:
        """Encode what was offered."""
        self._maker.start()

    def cancel(self) -> None:
        """Stop making it."""
        self._maker.cancel()

    def set_first(self, chart: Chart) -> None:
        """The clips of the first map."""
        self._first = chart
        self._pair()

    def lay_out(self, layout: str) -> None:
        """As the first map is laid out."""
        self._layout = layout
        chart = self.chart
        if chart is None or not layout:
            return
        self._services.tasks.cancel(LAYOUT)
        if layout != TSNE:
            self._laid_out(chart.points(layout))
        else:
            self._services.tasks.run(
                lambda _context: chart.points(layout), done=self._laid_out, failed=self._layout_failed, group=LAYOUT
            )

    def own_row(self, first_row: int) -> int:
        """The clip of the first map here, -1 where it is not here."""
        return int(self.own_rows[first_row]) if 0 <= first_row < len(self.own_rows) else -1

    def first_row(self, own_row: int) -> int:
        """A clip of this map in the first one, -1 where it is not there."""
        return int(self.first_rows[own_row]) if 0 <= own_row < len(self.first_rows) else -1

    def _charted(self, chart: Chart, codec: Codec) -> None:
        self.chart = chart
        self.sound.set_chart(chart, codec)
        self._pair()
        self.lay_out(self._layout)
        self._view.show_beside_page("map")

    def _laid_out(self, points: Points) -> None:
        self.points = points
        self._view.show_beside_points(points)

    def _layout_failed(self, error: MusicaeError) -> None:
        self._view.show_status(error.sentence, "error")

    def _pair(self) -> None:
        if self.chart is not None and self._first is not None:
            self.first_rows = same_clips(self.chart.collection, self._first.collection)
            self.own_rows = same_clips(self._first.collection, self.chart.collection)


class _SecondPane:
    """What a maker says, said of the second map."""

    def __init__(self, view: MapView) -> None:
        self._view = view

    def show_page(self, page: Page, title: str = "", text: str = "", fraction: float = -1.0) -> None:
        self._view.show_beside_page(page, title, text, fraction)

    def show_status(self, text: str, level: str = "") -> None:
        self._view.show_status(_("Beside: {words}").format(words=text), level)
