"""The Compare panel: a song and what models keep of it, seen and heard on one time axis."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from core.i18n import _
from core.session import texts
from musicae_gui import actions, theme
from musicae_gui.controllers.compare import KEY, CompareController
from musicae_gui.views.clip_chooser import ClipChooser
from musicae_gui.views.compare_row import CompareRow, letter
from musicae_gui.views.compare_tools import CompareTools
from musicae_gui.views.model_list import ModelList
from musicae_gui.views.named import named
from musicae_gui.views.picture_builder import BackgroundBuilder
from musicae_gui.views.picture_scale import PictureScale
from musicae_gui.views.song_chooser import SongChooser
from musicae_gui.views.time_axis import TimeAxis
from musicae_gui.views.time_ruler import TimeRuler

if TYPE_CHECKING:
    from core.library import Song
    from musicae_gui.controllers.compare_row import Row
    from musicae_gui.controllers.model_choices import ModelChoice
    from musicae_gui.services import Services

_DEFAULT_VIEWS = ("waveform", "spectrogram", "latent")
_BESIDE_WIDTH = 420  # px that a row needs beside others
_LIST_WIDTH = 210


class ComparePanel(QWidget):
    """View of `CompareController`; holds what only the eye needs: axis, scales, which strips are shown."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.setObjectName("compare")
        self._services = services
        self.axis = TimeAxis(self)
        self.scale = PictureScale(self)
        self._builder = BackgroundBuilder(services.tasks)
        self._rows: list[CompareRow] = []
        self._started = False
        self._remembered = services.session.state.panels.setdefault(KEY, {})
        self._restore()
        self._lay_out()
        self.controller = CompareController(self, services)
        self._connect()

    def shown(self) -> None:
        """The window has brought this panel to the front."""
        if self._started:
            self.controller.refresh()

    def add_model_file(self, path: Path) -> None:
        """Offer a model of the user's and show it."""
        self.controller.add_model_file(path)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Work begins after the first picture is on the screen, so that nothing heavy delays it."""
        super().paintEvent(event)
        if not self._started:
            self._started = True
            QTimer.singleShot(0, self, self.controller.refresh)

    # CompareView

    def show_songs(self, songs: list[Song], current: str) -> None:
        self._songs.show_songs(songs, current)

    def show_models(self, choices: list[ModelChoice], chosen: list[str]) -> None:
        self._models.show_choices(choices, chosen)

    def show_clip(self, song_seconds: float, start: float, seconds: float, *, whole: bool) -> None:
        self._clip.show_clip(song_seconds, start, seconds, whole=whole)
        self.axis.set_origin(start)
        self.axis.set_duration(seconds)

    def show_scales(self, top: float, amplitude: float, highest: float) -> None:
        self.scale.set_levels(top=top, amplitude=amplitude, highest=highest)

    def show_rows(self, rows: list[Row]) -> None:
        before = {view.key: view for view in self._rows}
        views = self._shown_views()
        self._rows = []
        for index, row in enumerate(rows):
            view = before.get(row.key)
            if view is None or view.letter != letter(index) or not row.key:
                view = self._new_row(index, row, view.views if view is not None else views)
            else:
                del before[row.key]
            self._rows.append(view)
        for gone in before.values():
            self._grid.removeWidget(gone)
            gone.setParent(None)
            gone.deleteLater()
        self._place_rows()
        self._show_sounds(rows)
        self._ruler.setVisible(bool(rows) and not self._tools.beside.isChecked())
        self.show_heard(self.controller.heard)

    def update_row(self, row: Row) -> None:
        for view in self._rows:
            if view.key == row.key:
                view.update_row(row)
        self._show_sounds(self.controller.rows)

    def show_heard(self, key: str) -> None:
        for view in self._rows:
            view.set_heard(view.key == key)
        self._tools.ab.show_heard(key)

    def show_message(self, text: str, *, busy: bool = False) -> None:
        self._message.setText(text)
        self._message.setVisible(bool(text))
        self._message.setProperty("role", "muted" if busy or not self.controller.song else "error")
        self._message.style().polish(self._message)

    # How it is built.

    def _lay_out(self) -> None:
        title = QLabel(_("Compare"))
        title.setProperty("role", "title")
        self._songs = SongChooser("compare.song", _("Song"))
        self._clip = ClipChooser("compare.clip")
        top = QHBoxLayout()
        top.setSpacing(theme.GRID)
        top.addWidget(title)
        top.addSpacing(theme.GRID)
        top.addWidget(self._songs, 1)
        top.addWidget(self._clip)
        self._tools = CompareTools(self.axis, self.scale)
        self._tools.show_views(self._shown_views())
        self._models = ModelList()
        self._models.setFixedWidth(_LIST_WIDTH)
        self._ruler = TimeRuler(self.axis)
        self._ruler.setContentsMargins(0, 0, 0, 0)
        self._message = named(QLabel(), "compare.message", _("Message"))
        self._message.setToolTip("")
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setWordWrap(True)
        self._message.hide()
        self._values = named(QLabel(" "), "compare.values", _("Values under the mouse"))
        self._values.setToolTip("")
        self._values.setFont(theme.mono_font(0.95))
        self._values.setProperty("role", "muted")
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._ruler_line())
        right.addWidget(self._message, 1)
        right.addWidget(self._scroller(), 10)
        right.addWidget(self._values)
        middle = QHBoxLayout()
        middle.setSpacing(theme.GRID)
        middle.addWidget(self._models)
        middle.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * theme.GRID, theme.GRID + 4, theme.GRID, 4)
        column.addLayout(top)
        column.addWidget(self._tools)
        column.addLayout(middle, 1)

    def _ruler_line(self) -> QWidget:
        """The ruler, indented as the strips in the rows are."""
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(11, 0, 8, 0)
        row.addWidget(self._ruler)
        self._ruler_margins = row
        return line

    def _scroller(self) -> QScrollArea:
        self._scroll = QScrollArea()
        self._scroll.setObjectName("compare.rows")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        inside = QWidget()
        self._grid = QGridLayout(inside)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(6)
        self._scroll.setWidget(inside)
        return self._scroll

    def _connect(self) -> None:
        controller, player = self.controller, self._services.player
        self._songs.chosen.connect(controller.choose_song)
        self._clip.chosen.connect(lambda start, seconds: controller.choose_clip(start, seconds or None))
        self._models.toggled.connect(controller.set_model)
        self._models.train_wanted.connect(controller.train)
        self._models.file_wanted.connect(self._ask_for_model)
        self._tools.models_shown.connect(self._show_models_list)
        self._tools.models.setChecked(self._remembered.get("list") is not False)
        self._show_models_list(self._tools.models.isChecked())
        self._tools.view_toggled.connect(self._view_toggled)
        self._tools.beside.setChecked(self._remembered.get("beside") is True)
        self._tools.beside_toggled.connect(self._beside_toggled)
        self._tools.blind_wanted.connect(self.open_blind_test)
        self._tools.ab.chosen.connect(lambda key: controller.hear(key, play=True))
        self._ruler.sought.connect(lambda at: controller.hear(controller.heard, at=at))
        self.scale.changed.connect(self._remember_scales)
        player.position.connect(self._move_playhead)
        player.state_changed.connect(self._player_changed)
        self._services.session.songs_changed.connect(self._songs_changed)
        actions.bind("compare.blind", self, self.open_blind_test)
        actions.bind("view.fit", self, self.axis.fit)
        actions.bind("view.in", self, lambda: self.axis.zoom(1 / 1.6, (self.axis.start + self.axis.end) / 2))
        actions.bind("view.out", self, lambda: self.axis.zoom(1.6, (self.axis.start + self.axis.end) / 2))

    def _new_row(self, index: int, row: Row, views: set[str]) -> CompareRow:
        view = CompareRow(index, row, self.axis, self._builder, self.scale, views)
        view.heard.connect(lambda key: self.controller.hear(key, play=True))
        view.sought.connect(lambda key, at: self.controller.hear(key, at=at))
        view.cancelled.connect(self.controller.cancel)
        view.retried.connect(self.controller.retry)
        view.removed.connect(self.controller.remove)
        view.resized.connect(self.controller.resize)
        view.refined.connect(self.controller.refine)
        view.again_wanted.connect(self.controller.add_again)
        view.save_wanted.connect(self._ask_where_to_save)
        view.read.connect(self._show_values)
        return view

    def _place_rows(self) -> None:
        beside = self._tools.beside.isChecked()
        columns = max(1, self._scroll.viewport().width() // _BESIDE_WIDTH) if beside else 1
        columns = min(columns, max(len(self._rows), 1))
        for index, view in enumerate(self._rows):
            self._grid.addWidget(view, index // columns, index % columns)
            view.set_compact(beside)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self._columns = columns

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._tools.beside.isChecked():
            self._place_rows()
        bar = self._scroll.verticalScrollBar().sizeHint().width()
        self._ruler_margins.setContentsMargins(11, 0, 8 + bar, 0)

    def _songs_changed(self) -> None:
        """The first songs may come while this panel waits for them."""
        if self._started and self.isVisible() and self.controller.song is None:
            self.controller.refresh()

    def open_blind_test(self) -> None:
        """Hear what is finished without knowing what it is; the comparison is loaded again afterwards."""
        from musicae_gui.controllers.blind import candidates
        from musicae_gui.views.blind_dialog import BlindDialog

        controller = self.controller
        sizes = candidates(controller.rows, controller.sound_of)
        original = next((row.clip for row in controller.rows if not row.key), None)
        if controller.song is None or original is None or not sizes:
            self._services.notify(_("A blind test needs a song and a finished reconstruction beside it."))
            return
        dialog = BlindDialog(self._services, controller.song, original, self.axis.origin, sizes, self)
        dialog.finished.connect(controller.refresh)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    # What the user does that concerns only the eye.

    def _player_changed(self) -> None:  # a lambda would outlive the window
        self._move_playhead(self._services.player.seconds)

    def _move_playhead(self, seconds: float) -> None:
        here = seconds if self.controller.plays_here else None
        if here is not None and self._services.player.playing:
            self.axis.reveal(here)
        self._ruler.set_playhead(here)
        for view in self._rows:
            view.set_playhead(here)

    def _show_values(self, text: str) -> None:
        self._values.setText(text or " ")

    def _show_sounds(self, rows: list[Row]) -> None:
        self._tools.ab.show_sounds(
            [(row.key, letter(index), row.full_title, row.state == "ready") for index, row in enumerate(rows)]
        )

    def _view_toggled(self, name: str, on: bool) -> None:
        views = self._shown_views()
        self._remembered["views"] = sorted(views | {name} if on else views - {name})
        for view in self._rows:
            view.set_views(view.views | {name} if on else view.views - {name})

    def _beside_toggled(self, on: bool) -> None:
        self._remembered["beside"] = on
        self._ruler.setVisible(bool(self._rows) and not on)
        self._place_rows()

    def _show_models_list(self, on: bool) -> None:
        self._remembered["list"] = on
        self._models.setVisible(on)

    def _ask_for_model(self) -> None:
        folders = self._services.session.state.folders
        file, _filter = QFileDialog.getOpenFileName(
            self, _("Open a model file"), folders.get("model", ""), _("Musicae models (*.musicae)")
        )
        if file:
            folders["model"] = str(Path(file).parent)
            self.controller.add_model_file(Path(file))

    def _ask_where_to_save(self, key: str) -> None:
        folders = self._services.session.state.folders
        proposed = str(Path(folders.get("export", str(Path.home()))) / self.controller.export_name(key))
        file, _filter = QFileDialog.getSaveFileName(self, _("Save as WAV"), proposed, _("WAV files (*.wav)"))
        if file:
            folders["export"] = str(Path(file).parent)
            self.controller.export(key, Path(file))

    def _shown_views(self) -> set[str]:
        views = self._remembered.get("views")
        return set(texts(views)) if isinstance(views, list) else set(_DEFAULT_VIEWS)

    def _restore(self) -> None:
        span, frequency = self._remembered.get("span"), self._remembered.get("frequency")
        if isinstance(span, int | float) and 20 <= span <= 140:
            self.scale.span = float(span)
        if frequency in ("mel", "log", "linear"):
            self.scale.frequency = frequency

    def _remember_scales(self) -> None:
        self._remembered["span"], self._remembered["frequency"] = self.scale.span, self.scale.frequency
