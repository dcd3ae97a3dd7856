"""The Map panel: every clip of the library as a point to be heard."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from core.i18n import _
from core.latents.map_groups import Groups, KScore
from musicae_gui import actions, theme
from musicae_gui.controllers.map import MapController
from musicae_gui.views.elided import ElidedLabel
from musicae_gui.views.map_colours import group_colours
from musicae_gui.views.map_pane import MapPane
from musicae_gui.views.map_side import MapSide
from musicae_gui.views.map_tools import MapTools, SelectionBar
from musicae_gui.views.named import named

if TYPE_CHECKING:
    from core.latents.map_chart import Points
    from musicae_gui.controllers.map_view import Near, Page
    from musicae_gui.controllers.model_choices import ModelChoice
    from musicae_gui.services import Services


_CLOSER = 1.5


class MapPanel(QWidget):
    """View of `MapController`."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.setObjectName("map")
        self._services = services
        self._started = False
        self._groups: Groups | None = None
        self._hidden: set[int] = set()
        self._points: Points | None = None
        self._near: list[int] = []
        self._names: dict[str, str] = {}  # of models, by their keys
        self.pane = MapPane("map", _("Map of clips"))
        self.beside = MapPane("map.second", _("Map of the same clips by another model"))
        self.canvas = self.pane.canvas
        self.tools = MapTools()
        self.side = MapSide()
        self.bar = SelectionBar()
        self._lay_out()
        self.controller = MapController(self, services)
        self._connect()
        theme.signals().changed.connect(self._recolour)

    def shown(self) -> None:
        """The window has brought this panel to the front."""
        if self._started:
            self.controller.refresh()

    def play(self) -> None:
        """Space with nothing loaded: hear the current clip."""
        self.controller.toggle()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Work begins after the first picture is on the screen, so that nothing heavy delays it."""
        super().paintEvent(event)
        if not self._started:
            self._started = True
            QTimer.singleShot(0, self, self.controller.refresh)

    # MapView

    def show_models(self, choices: list[ModelChoice], current: str, beside: str) -> None:
        self.tools.show_models(choices, current, beside)
        self._names = {choice.key: choice.title for choice in choices}

    def show_sources(self, sources: list[tuple[str, str]], current: str) -> None:
        self.tools.show_sources(sources, current)

    def show_page(self, page: Page, title: str = "", text: str = "", fraction: float = -1.0) -> None:
        self.pane.show_page(page, title, text, fraction)
        ready = page == "map"
        self.side.setVisible(ready)
        self.tools.set_ready(ready)
        self.bar.setVisible(ready and self.bar.count > 0)
        self._words.setVisible(ready)
        self._status.setVisible(ready)

    def show_points(self, points: Points) -> None:
        self._points = points
        self.canvas.set_points(points)
        self._color_groups()
        self.canvas.set_selected(self.controller.selection.rows)
        self.tools.show_layout(self.controller.layout, self.controller.representation)

    def show_groups(self, groups: Groups, kind: str, hidden: set[int]) -> None:
        self._groups, self._hidden = groups, hidden
        self.side.show_kind(kind)
        self._color_groups()
        self._pointed(self.canvas.marks.hover)  # the words tell the group

    def show_current(self, row: int, words: str) -> None:
        self.canvas.set_current(row)
        self.beside.canvas.set_current(self.controller.beside.own_row(row))
        self.canvas.setAccessibleDescription(words)
        self._words.setText(words or _hint())
        self.side.show_current(row >= 0)
        self._show_playing()

    def show_place(self, place: np.ndarray | None, *, beside: bool = False) -> None:
        self.canvas.set_place(None if beside else place)
        self.beside.canvas.set_place(place if beside else None)
        if place is not None:
            self._words.setText(_("A place between the clips"))

    def show_near(self, near: list[Near]) -> None:
        self.side.show_near(near)
        self._near = [each.row for each in near]
        self.canvas.set_marks(near=self._near)
        self._mark_near_beside()

    def show_scores(self, scores: list[KScore], k: int) -> None:
        self.side.curves.show_scores(scores, k)
        self.side.enable_centre(k > 0)

    def show_centres(self, centres: np.ndarray | None) -> None:
        self.canvas.set_centres(centres)

    def show_selection(self, rows: np.ndarray) -> None:
        self.bar.show_count(len(rows))
        self.canvas.set_selected(rows)
        self.beside.canvas.set_selected(np.flatnonzero(np.isin(self.controller.beside.first_rows, rows)))

    def show_status(self, text: str, level: str = "") -> None:
        self._status.setText(text)
        self._status.setProperty("role", level or "muted")
        self._status.style().polish(self._status)

    def show_beside(self, on: bool, title: str = "") -> None:
        self.beside.setVisible(on)
        self.beside.canvas.title = title
        self.canvas.title = self._names.get(self.controller.model, "") if on else ""
        self.canvas.update()

    def show_beside_page(self, page: Page, title: str = "", text: str = "", fraction: float = -1.0) -> None:
        self.beside.show_page(page, title, text, fraction)

    def show_beside_points(self, points: Points) -> None:
        self.beside.canvas.set_points(points)
        self._color_groups()
        self.show_selection(self.controller.selection.rows)
        self.beside.canvas.set_current(self.controller.beside.own_row(self.controller.current))
        self._mark_near_beside()

    # How it is built.

    def _lay_out(self) -> None:
        maps = QHBoxLayout()
        maps.setSpacing(theme.GRID - 2)
        maps.addWidget(self.pane, 1)
        maps.addWidget(self.beside, 1)
        self.beside.hide()
        self._words = named(ElidedLabel(), "map.words", _("The chosen clip"))
        self._words.setToolTip("")
        self._status = named(QLabel(), "map.status", _("What the map shows"))
        self._status.setToolTip("")
        bottom = QHBoxLayout()
        bottom.addWidget(self._words, 1)
        bottom.addWidget(self._status)
        left = QVBoxLayout()
        left.setSpacing(theme.GRID - 2)
        left.addLayout(maps, 1)
        left.addWidget(self.bar)
        left.addLayout(bottom)
        middle = QHBoxLayout()
        middle.setSpacing(theme.GRID)
        middle.addLayout(left, 1)
        middle.addWidget(self.side)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * theme.GRID, theme.GRID + 4, theme.GRID + 4, 4)
        column.setSpacing(theme.GRID - 2)
        column.addWidget(self.tools)
        column.addLayout(middle, 1)

    def _connect(self) -> None:
        controller, canvas, tools, side = self.controller, self.canvas, self.tools, self.side
        tools.model_chosen.connect(controller.choose_model)
        tools.beside_chosen.connect(controller.choose_beside)
        tools.source_chosen.connect(controller.choose_source)
        tools.layout_chosen.connect(controller.choose_layout)
        tools.representation_chosen.connect(controller.choose_representation)
        tools.mode_chosen.connect(self._set_mode)
        tools.fit.clicked.connect(self._fit)
        tools.closer.clicked.connect(lambda: self._zoom(_CLOSER))
        tools.farther.clicked.connect(lambda: self._zoom(1 / _CLOSER))
        self.pane.page.start.clicked.connect(controller.start)
        self.pane.page.cancel.clicked.connect(controller.cancel)
        canvas.heard.connect(controller.hear)
        canvas.scrubbed.connect(controller.scrub)
        canvas.walked.connect(controller.walk)
        canvas.toggled.connect(controller.toggle)
        canvas.place_heard.connect(controller.hear_place)
        canvas.lassoed.connect(self._lassoed)
        canvas.opened.connect(lambda row, at: self.menu(row).popup(at))
        canvas.pointed.connect(self._pointed)
        side.kind_chosen.connect(controller.groups.choose)
        side.legend.toggled.connect(controller.groups.set_hidden)
        side.legend.only_wanted.connect(controller.groups.only)
        side.legend.centre_wanted.connect(self._hear_centre)
        side.centre.clicked.connect(lambda: self._hear_centre(max(side.legend.current_group, 0)))
        side.curves.chosen.connect(controller.groups.choose_k)
        side.near_heard.connect(controller.hear)
        side.others.toggled.connect(controller.set_others_only)
        side.others.setChecked(controller.others_only)
        self.bar.average.clicked.connect(controller.selection.average)
        self.bar.play.clicked.connect(controller.selection.play)
        self.bar.clear.clicked.connect(lambda: controller.selection.select(np.zeros(0, np.int64)))
        self.bar.clips_wanted.connect(self._ask_for_folder)
        self.bar.table_wanted.connect(self._ask_for_table)
        self._connect_beside()
        actions.bind("view.fit", self, self._fit)
        actions.bind("view.in", self, lambda: self._zoom(_CLOSER))
        actions.bind("view.out", self, lambda: self._zoom(1 / _CLOSER))
        self._services.player.state_changed.connect(self._show_playing)
        self._services.session.songs_changed.connect(self._songs_changed)

    def _connect_beside(self) -> None:
        """The second map does the same with its own rows and its own model."""
        controller, beside, canvas = self.controller, self.controller.beside, self.beside.canvas
        self.beside.page.start.clicked.connect(beside.start)
        self.beside.page.cancel.clicked.connect(beside.cancel)
        canvas.heard.connect(controller.hear_beside)
        canvas.scrubbed.connect(lambda row: controller.hear_beside(row, scrub=True))
        canvas.walked.connect(lambda row: controller.choose(beside.first_row(row)))
        canvas.toggled.connect(lambda: controller.hear_beside(canvas.marks.current))
        canvas.place_heard.connect(lambda place, near: controller.hear_place(place, near, beside=True))
        canvas.lassoed.connect(lambda rows, add: self._lassoed(_known(beside.first_rows[rows]), add))
        canvas.opened.connect(lambda row, at: self.menu(beside.first_row(row)).popup(at))
        canvas.pointed.connect(lambda row: self._pointed(beside.first_row(row)))

    # What concerns only the eye.

    def _set_mode(self, mode: str) -> None:
        self.canvas.mode = self.beside.canvas.mode = mode

    def _fit(self) -> None:
        for pane in (self.pane, self.beside):
            pane.canvas.fit()

    def _zoom(self, factor: float) -> None:
        for pane in (self.pane, self.beside):
            pane.canvas.zoom(factor)

    def _color_groups(self) -> None:
        groups, points = self._groups, self._points
        if groups is None or points is None or len(points.values) != len(groups.ids):
            return
        colours = group_colours(len(groups.names), ordered=groups.ordered)
        shown = points.drawn.copy()
        if self._hidden:
            shown &= ~np.isin(groups.ids, list(self._hidden))
        self.canvas.set_groups(groups.ids, colours, shown)
        self.side.show_groups(groups, colours, self._hidden)
        rows, other = self.controller.beside.first_rows, self.controller.beside.points
        if other is not None and len(rows) == len(other.values) == len(self.beside.canvas.picture):
            self.beside.canvas.set_groups(groups.ids[rows], colours, other.drawn & (rows >= 0) & shown[rows])

    def _mark_near_beside(self) -> None:
        self.beside.canvas.set_marks(near=[self.controller.beside.own_row(row) for row in self._near])

    def _recolour(self) -> None:
        self._color_groups()

    def _show_playing(self) -> None:
        self.canvas.set_marks(playing=self.controller.sound.is_playing)
        self.beside.canvas.set_marks(playing=self.controller.beside.sound.is_playing)

    def _pointed(self, row: int) -> None:
        words = self.controller.words(row if row >= 0 else self.controller.current)
        self._words.setText(words or _hint())

    def _songs_changed(self) -> None:
        if self._started and self.isVisible():
            self.controller.refresh()

    def _lassoed(self, rows: np.ndarray, add: bool) -> None:
        self.controller.selection.select(rows, add=add)

    def _hear_centre(self, cluster: int) -> None:
        self.controller.hear_centre(cluster)

    def menu(self, row: int) -> QMenu:
        """What can be done with a clip."""
        menu = QMenu(self)
        menu.setObjectName("map.menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for words, panel, side in (
            (_("Open in Compare"), "compare", ""),
            (_("Morph: as song A"), "morph", "a"),
            (_("Morph: as song B"), "morph", "b"),
            (_("Create from its song"), "create", ""),
        ):
            menu.addAction(words, partial(self.controller.open_in, panel, row, side))
        menu.addSeparator()
        menu.addAction(_("Select the clips of this song"), partial(self.controller.select_song, row))
        return menu

    def _ask_for_folder(self) -> None:
        folders = self._services.session.state.folders
        folder = QFileDialog.getExistingDirectory(self, _("Save the clips as WAV"), folders.get("export", ""))
        if folder:
            folders["export"] = folder
            self.controller.selection.export_clips(Path(folder))

    def _ask_for_table(self) -> None:
        folders = self._services.session.state.folders
        proposed = str(Path(folders.get("export", str(Path.home()))) / "map.csv")
        file, _filter = QFileDialog.getSaveFileName(self, _("Save as a table"), proposed, _("CSV files (*.csv)"))
        if file:
            folders["export"] = str(Path(file).parent)
            self.controller.selection.export_table(Path(file), self.controller.groups.columns())


def _hint() -> str:
    return _("Click or drag over dots to hear them; drag over empty ground to hear the place itself.")


def _known(rows: np.ndarray) -> np.ndarray:
    """Those that are rows, -1 being none."""
    return rows[rows >= 0]
