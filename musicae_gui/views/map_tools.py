"""The controls above and below a map: model, songs, layout, what the hand does; what the lasso holds."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from core.i18n import _, ngettext
from core.latents.collection import LATENT, STATISTICS
from core.latents.map_chart import PLANE, SPACE, TSNE
from musicae_gui import theme
from musicae_gui.controllers.model_choices import ModelChoice
from musicae_gui.views.map_canvas import HEAR, LASSO, PLACE, TURN
from musicae_gui.views.named import icon_button, named

_TIP_ROLE = 3  # Qt.ToolTipRole


class MapTools(QWidget):
    """Two rows: what is mapped, and how."""

    model_chosen = Signal(str)
    beside_chosen = Signal(str)
    source_chosen = Signal(str)
    layout_chosen = Signal(str)
    representation_chosen = Signal(str)
    mode_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._make()
        self._lay_out()
        for box, signal in (
            (self.model, self.model_chosen),
            (self.beside, self.beside_chosen),
            (self.songs, self.source_chosen),
            (self.layouts, self.layout_chosen),
            (self.by, self.representation_chosen),
        ):
            box.activated.connect(lambda _place, box=box, signal=signal: signal.emit(str(box.currentData())))

    def show_models(self, choices: list[ModelChoice], current: str, beside: str) -> None:
        entries = [(choice.key, choice.title, choice.detail) for choice in choices]
        _fill(self.model, entries, current)
        others = [entry for entry in entries if entry[0] != current]
        _fill(self.beside, [("", _("no other model"), ""), *others], beside)
        self.beside.setCurrentIndex(max(self.beside.currentIndex(), 0))

    def show_sources(self, sources: list[tuple[str, str]], current: str) -> None:
        _fill(self.songs, [(key, words, "") for key, words in sources], current)

    def show_layout(self, layout: str, representation: str) -> None:
        self.layouts.setCurrentIndex(self.layouts.findData(layout))
        self.by.setCurrentIndex(self.by.findData(representation))
        self._modes[TURN].setEnabled(layout == SPACE)
        self._modes[PLACE].setEnabled(layout != TSNE)
        if not self.mode_button.isEnabled():
            self._modes[HEAR].click()

    def set_ready(self, ready: bool) -> None:
        """Whether there is a map."""
        for widget in (self.layouts, self.by, self.fit, self.closer, self.farther, *self._modes.values()):
            widget.setEnabled(ready)
        if ready:
            self.show_layout(str(self.layouts.currentData()), str(self.by.currentData()))

    @property
    def mode_button(self) -> QWidget:
        """The button of the mode in use."""
        return next(button for button in self._modes.values() if button.isChecked())

    def _make(self) -> None:
        self.model = named(QComboBox(), "map.model", _("Model"), _("The model whose latents are mapped"))
        self.songs = named(QComboBox(), "map.songs", _("Songs"), _("Which songs are mapped"))
        self.beside = named(
            QComboBox(), "map.beside", _("Beside"), _("Another model, whose map of the same clips lies beside")
        )
        for box in (self.model, self.beside, self.songs):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.layouts = named(QComboBox(), "map.layout", _("Layout"), _("How clips become points"))
        for key, words, tip in (
            (PLANE, _("PCA, flat"), _("The two directions in which clips differ most")),
            (SPACE, _("PCA, in space"), _("Three directions; drag with the right button to turn them")),
            (TSNE, _("t-SNE"), _("Neighbours stay neighbours; distances tell little. Of a sample of 2,000 clips")),
        ):
            self.layouts.addItem(words, key)
            self.layouts.setItemData(self.layouts.count() - 1, tip, _TIP_ROLE)
        self.by = named(QComboBox(), "map.by", _("Compared by"), _("What of a latent makes two clips alike"))
        for key, words, tip in (
            (STATISTICS, _("statistics"), _("Mean, deviation and change of each channel: how it sounds")),
            (LATENT, _("every value"), _("The flattened latent: the same sound at the same time")),
        ):
            self.by.addItem(words, key)
            self.by.setItemData(self.by.count() - 1, tip, _TIP_ROLE)
        self._group = QButtonGroup(self)
        self._modes = {
            HEAR: icon_button("map.hear", "listen", _("Hear clips"), _("Click or drag over dots to hear clips")),
            PLACE: icon_button(
                "map.place", "place", _("Hear places"), _("Drag anywhere to hear the place itself, decoded (Ctrl+drag)")
            ),
            LASSO: icon_button("map.lasso", "lasso", _("Draw around clips"), _("Draw around clips (Shift+drag)")),
            TURN: icon_button("map.turn", "turn", _("Turn"), _("Turn the map in space (drag with the right button)")),
        }
        for mode, button in self._modes.items():
            button.setCheckable(True)
            self._group.addButton(button)
            button.clicked.connect(lambda _on, mode=mode: self.mode_chosen.emit(mode))
        self._modes[HEAR].setChecked(True)
        self.fit = icon_button("map.fit", "zoom-fit", _("Show everything"), _("Show everything (F)"))
        self.closer = icon_button("map.closer", "zoom-in", _("Zoom in"), _("Zoom in (+, wheel)"))
        self.farther = icon_button("map.farther", "zoom-out", _("Zoom out"), _("Zoom out (-, wheel)"))

    def _lay_out(self) -> None:
        title = QLabel(_("Map"))
        title.setProperty("role", "title")
        top = _row(title, (_("Model"), self.model), (_("beside"), self.beside), (_("Songs"), self.songs))
        top.addStretch(1)
        below = _row((_("Layout"), self.layouts), (_("by"), self.by))
        below.addStretch(1)
        for button in (*self._modes.values(), None, self.farther, self.closer, self.fit):
            if button is None:
                below.addSpacing(theme.GRID)
            else:
                below.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID - 2)
        column.addLayout(top)
        column.addLayout(below)


class SelectionBar(QWidget):
    """How many clips the lasso holds and what can be done with them; hidden while it holds none."""

    clips_wanted = Signal()
    table_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("map.selection")
        self.count = 0
        self._label = QLabel()
        self.play = named(QPushButton(_("Play in a row")), "map.row", _("Play the selected clips in a row"))
        theme.set_icon(self.play, "play")
        self.average = named(QPushButton(_("Average")), "map.average", _("Hear the average of the selected clips"))
        self.export = named(QPushButton(_("Save")), "map.export", _("Save the selected clips"))
        menu = QMenu(self.export)
        menu.addAction(_("As WAV files…"), self.clips_wanted.emit)
        menu.addAction(_("As a table…"), self.table_wanted.emit)
        self.export.setMenu(menu)
        self.clear = icon_button("map.clear", "close", _("Select nothing"), _("Select nothing (Esc)"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GRID)
        row.addWidget(self._label)
        row.addStretch(1)
        for widget in (self.play, self.average, self.export, self.clear):
            row.addWidget(widget)
        self.hide()

    def show_count(self, count: int) -> None:
        self.count = count
        self._label.setText(ngettext("{n} clip selected", "{n} clips selected", count).format(n=f"{count:,}"))
        self.setVisible(count > 0)


def _row(*parts: QWidget | tuple[str, QWidget]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme.GRID)
    for part in parts:
        if isinstance(part, tuple):
            label = QLabel(part[0])
            label.setProperty("role", "muted")
            row.addWidget(label)
            row.addWidget(part[1])
        else:
            row.addWidget(part)
            row.addSpacing(theme.GRID)
    return row


def _fill(box: QComboBox, entries: list[tuple[str, str, str]], current: str) -> None:
    with QSignalBlocker(box):
        if [(box.itemData(row), box.itemText(row)) for row in range(box.count())] != [entry[:2] for entry in entries]:
            box.clear()
            for key, words, tip in entries:
                box.addItem(words, key)
                box.setItemData(box.count() - 1, tip or words, _TIP_ROLE)
        box.setCurrentIndex(box.findData(current))
