"""Beside a map: what its colours mean, how many clusters there are, and the neighbours of the chosen clip."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.i18n import _
from core.latents.map_groups import CLUSTER, GENRE, POSITION, SONG, Groups
from musicae_gui import theme
from musicae_gui.controllers.map_view import Near
from musicae_gui.views.map_curves import MapCurves
from musicae_gui.views.map_legend import MapLegend
from musicae_gui.views.named import named
from musicae_gui.views.row_list import RowList
from musicae_gui.views.rows import Row

WIDTH = 236


class MapSide(QWidget):
    """A column; the curves are there while clips are coloured by cluster."""

    kind_chosen = Signal(str)
    near_heard = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(WIDTH)
        self.kinds = named(QComboBox(), "map.colour", _("Colour by"), _("What the colours of the dots mean"))
        for key, words in (
            (GENRE, _("genre")),
            (SONG, _("song")),
            (POSITION, _("position")),
            (CLUSTER, _("cluster")),
        ):
            self.kinds.addItem(words, key)
        self.kinds.activated.connect(lambda _place: self.kind_chosen.emit(str(self.kinds.currentData())))
        self.legend = MapLegend()
        self.curves = MapCurves()
        self.centre = named(
            QPushButton(_("Hear the centre")),
            "map.centre",
            _("Hear the centre of the selected cluster"),
            _("Hear the centre of the cluster that is selected in the list (Enter)"),
        )
        theme.set_icon(self.centre, "listen")
        self.others = named(
            QCheckBox(_("other songs only")),
            "map.others",
            _("Neighbours in other songs only"),
            _("Leave out the clips of the same song"),
        )
        self.near = RowList(
            "map.near",
            _("Nearest clips"),
            _("The clips most like the chosen one; click to hear one"),
            empty=_("Choose a clip on the map to see those most like it."),
        )
        self._lay_out()
        self.near.clicked.connect(lambda _index: self._hear_near())
        self.near.activated_row.connect(lambda _key: self._hear_near())

    def show_kind(self, kind: str) -> None:
        with QSignalBlocker(self.kinds):
            self.kinds.setCurrentIndex(self.kinds.findData(kind))
        for widget in (self.curves, self.centre):
            widget.setVisible(kind == CLUSTER)

    def show_groups(self, groups: Groups, colours: np.ndarray, hidden: set[int]) -> None:
        kind = str(self.kinds.currentData())
        if kind == CLUSTER and groups.names != ("",):
            names = tuple(_("cluster {n}").format(n=name) for name in groups.names)
            groups = Groups(names, groups.ids, groups.ordered)
        self.legend.show_groups(groups, colours, hidden, _("no genre") if kind == GENRE else "…")

    def show_near(self, near: list[Near]) -> None:
        self.near.set_rows([Row(str(each.row), each.title, each.detail) for each in near])

    def show_current(self, there: bool) -> None:
        """Whether a clip is chosen, of which there are neighbours."""
        self.others.setEnabled(there)

    def enable_centre(self, on: bool) -> None:
        self.centre.setEnabled(on)

    def _hear_near(self) -> None:
        if self.near.current_key:
            self.near_heard.emit(int(self.near.current_key))

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        label = QLabel(_("Colour by"))
        label.setProperty("role", "muted")
        top.addWidget(label)
        top.addWidget(self.kinds, 1)
        title = QLabel(_("Nearest clips"))
        title.setProperty("role", "field")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID - 2)
        column.addLayout(top)
        column.addWidget(self.legend, 3)
        column.addWidget(self.curves)
        column.addWidget(self.centre)
        column.addWidget(title)
        column.addWidget(self.others)
        column.addWidget(self.near, 3)
