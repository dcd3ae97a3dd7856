"""The Create panel: something new by a recipe, its latent edited by hand and ear, and the history of it all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QWidget,
)

from core.creations.export import FORMATS
from core.creations.wish import Wish
from core.i18n import _
from core.latents.parts import Part
from core.pictures import loudest_db
from musicae_gui import actions, theme
from musicae_gui.controllers.create import VARIATIONS, CreateController
from musicae_gui.controllers.create_view import Opened
from musicae_gui.views.boxes import hbox, vbox
from musicae_gui.views.create_bar import OpenedBar
from musicae_gui.views.create_form import CreateForm
from musicae_gui.views.create_history import HistoryList
from musicae_gui.views.create_latent import EditableLatent
from musicae_gui.views.create_tools import EditTools
from musicae_gui.views.elided import ElidedLabel
from musicae_gui.views.empty_state import EmptyState
from musicae_gui.views.named import icon_button, named
from musicae_gui.views.picture_builder import BackgroundBuilder
from musicae_gui.views.picture_scale import PictureScale
from musicae_gui.views.rows import Row
from musicae_gui.views.spectrogram import SpectrogramStrip
from musicae_gui.views.time_axis import TimeAxis
from musicae_gui.views.time_ruler import TimeRuler
from musicae_gui.views.waveform import WaveformStrip

if TYPE_CHECKING:
    from core.audio import Clip
    from core.latents.latent import Latent
    from core.library import Song
    from musicae_gui.controllers.model_choices import ModelChoice
    from musicae_gui.services import Services

_LEFT = 300  # px of the form at first


class CreatePanel(QWidget):
    """View of `CreateController`."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.setObjectName("create")
        self._services = services
        self.axis = TimeAxis(self)
        self.scale = PictureScale(self)
        self._builder = BackgroundBuilder(services.tasks)
        self._latent: Latent | None = None
        self._frame_rate = 1.0
        self._opened: Opened | None = None
        self._started = False
        self._make()
        self._lay_out()
        self.controller = CreateController(self, services)
        self._connect()
        self.show_opened(None)

    def shown(self) -> None:
        """The window has brought this panel to the front."""
        if self._started:
            self.controller.refresh()

    def play(self) -> None:
        """Space with nothing loaded: what is open, else something new."""
        if self.controller.editor.latent is not None:
            self.controller.editor.toggle()
        else:
            self.controller.make()

    def about_to_close(self) -> str | None:
        return _("Creations are still being made.") if self.controller.is_making else None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Work begins after the first picture is on the screen, so that nothing heavy delays it."""
        super().paintEvent(event)
        if not self._started:
            self._started = True
            QTimer.singleShot(0, self, self.controller.refresh)

    # CreateView

    def show_songs(self, songs: list[Song], genres: list[str]) -> None:
        self.form.show_songs(songs, genres)
        self.tools.show_songs(songs)

    def show_models(self, choices: list[ModelChoice], current: str) -> None:
        with QSignalBlocker(self._models):
            self._models.clear()
            for choice in choices:
                self._models.addItem(choice.title, choice.key)
                self._models.setItemData(self._models.count() - 1, choice.detail, Qt.ItemDataRole.ToolTipRole)
            self._models.setCurrentIndex(self._models.findData(current))

    def show_wish(self, wish: Wish, locked: bool) -> None:
        self.form.show_wish(wish, locked)

    def show_work(self, text: str, fraction: float = -1.0) -> None:
        busy = bool(text)
        self._create.setVisible(not busy)
        self._twenty.setVisible(not busy)
        self._work.setVisible(busy)
        self._work_text.setText(text)
        self._progress.setRange(0, 1000 if fraction >= 0 else 0)
        if fraction >= 0:
            self._progress.setValue(round(1000 * fraction))

    def show_history(self, rows: Sequence[Row], current: str) -> None:
        with QSignalBlocker(self.history):
            self.history.set_rows(rows)
            self.history.select(current)
            self.history.scrollTo(self.history.currentIndex())
        self._history_title.setText(_("History") if not rows else _("History · {n}").format(n=len(rows)))

    def show_opened(self, opened: Opened | None) -> None:
        self._opened = opened
        self.bar.show_opened(opened)
        self.tools.show_edits(opened.edits if opened is not None else "")
        for button in (self._copy, self._delete):
            button.setEnabled(opened is not None)
        self._pages.setCurrentIndex(0 if opened is None else 1)

    def show_latent(self, latent: Latent | None, frame_rate: float = 1.0, *, rate: int = 1, keep: bool = False) -> None:
        self._latent, self._frame_rate = latent, frame_rate
        if latent is not None and (not keep or latent.samples / rate != self.axis.duration):
            self.axis.set_duration(latent.samples / rate)
        self.latent.show_latent(latent, frame_rate, keep=keep)
        self._show_region(self.latent.region)
        self.tools.setEnabled(latent is not None)
        self.bar.show_ready(latent is not None)
        self._show_playing()

    def show_clip(self, clip: Clip | None) -> None:
        self.bar.show_decoded(clip is not None)
        if clip is not None:
            top = max(5.0 * math.ceil(loudest_db(clip.samples[0]) / 5.0), -60.0)
            self.scale.set_levels(top=top, amplitude=clip.peak, highest=clip.rate / 2)
        self._waveform.set_clip(clip, keep=True)
        self._spectrogram.set_clip(clip, keep=True)

    def show_sides(self, heard: str, source_ready: bool) -> None:
        self.bar.show_sides(heard, source_ready)

    def show_status(self, text: str, level: str = "") -> None:
        self._status.setText(text)
        self._status.setProperty("role", level or "muted")
        self._status.style().polish(self._status)

    # How it is built.

    def _make(self) -> None:
        self._models = named(QComboBox(), "create.model", _("Model"), _("The model whose latents are made and decoded"))
        self._models.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.form = CreateForm()
        self._create = named(
            QPushButton(_("Create")), "create.make", _("Create"), _("Make it and hear it (Ctrl+Return)")
        )
        self._create.setProperty("role", "primary")
        self._twenty = named(
            QPushButton(_("{n} variations").format(n=VARIATIONS)),
            "create.variations",
            _("Make {n} variations").format(n=VARIATIONS),
            _("As many others like it, into the history: other seeds, or, where there is no chance, some noise"),
        )
        self._work_text = named(ElidedLabel(), "create.work", _("What is being made"))
        self._progress = named(QProgressBar(), "create.progress", _("How far it is"))
        self._progress.setTextVisible(False)
        self._cancel = named(QPushButton(_("Cancel")), "create.cancel", _("Cancel"), _("What is finished stays"))
        self._history_title = QLabel(_("History"))
        self._history_title.setProperty("role", "heading")
        self._only_starred = icon_button("create.only_starred", "star", _("Only those with a star"), checkable=True)
        self._copy = icon_button("create.copy", "copy", _("Copy"), _("The same once more, to go on from"))
        self._delete = icon_button("create.delete", "remove", _("Remove"), _("Off the history; Ctrl+Z brings it back"))
        self.history = HistoryList(self._file_to_drag)
        self.bar = OpenedBar(self._file_to_drag)
        self._ruler = TimeRuler(self.axis)
        self._waveform = WaveformStrip(self.axis, self._builder, self.scale, color="accent")
        self._spectrogram = SpectrogramStrip(self.axis, self._builder, self.scale)
        self.latent = EditableLatent(self.axis, self._builder)
        for strip, name in (
            (self._waveform, "create.waveform"),
            (self._spectrogram, "create.spectrogram"),
            (self.latent, "create.latent"),
        ):
            strip.setObjectName(name)
        self.tools = EditTools()
        self._values = named(QLabel(" "), "create.values", _("Values under the mouse"))
        self._values.setToolTip("")
        self._values.setFont(theme.mono_font(0.95))
        self._values.setProperty("role", "muted")
        self._status = named(ElidedLabel(), "create.status", _("What happened"))

    def _lay_out(self) -> None:
        title = QLabel(_("Create"))
        title.setProperty("role", "title")
        model = QLabel(_("Model"))
        model.setProperty("role", "muted")
        top = hbox(theme.GRID)
        top.addWidget(title)
        top.addSpacing(theme.GRID)
        top.addWidget(model)
        top.addWidget(self._models)
        top.addStretch(1)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setObjectName("create.split")
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(1)
        self._split.addWidget(self._left())
        sentence = _(
            "Choose a recipe and press Create. Each result is kept in the history, and its latent can be edited."
        )
        self._pages = QStackedWidget()
        self._pages.addWidget(EmptyState("create", _("Nothing is open yet"), sentence, []))
        self._pages.addWidget(self._right())
        right = QWidget()
        rows = vbox(theme.GRID - 2, right)
        rows.setContentsMargins(2 * theme.GRID, 4, 0, 0)
        rows.addWidget(self._pages, 1)
        bottom = hbox(theme.GRID)
        bottom.addWidget(self._values)
        bottom.addWidget(self._status, 1)
        rows.addLayout(bottom)
        self._split.addWidget(right)
        self._split.setStretchFactor(1, 1)
        self._split.setSizes([_LEFT, 3 * _LEFT])
        column = vbox(theme.GRID - 2, self)
        column.setContentsMargins(2 * theme.GRID, theme.GRID + 4, 2 * theme.GRID, 4)
        column.addLayout(top)
        column.addWidget(self._split, 1)

    def _left(self) -> QWidget:
        left = QWidget()
        left.setMinimumWidth(264)
        buttons = hbox(theme.GRID)
        buttons.addWidget(self._create, 1)
        buttons.addWidget(self._twenty)
        self._work = QWidget()
        work = vbox(4, self._work)
        work.setContentsMargins(0, 0, 0, 0)
        line = hbox(theme.GRID)
        line.addWidget(self._work_text, 1)
        line.addWidget(self._cancel)
        work.addLayout(line)
        work.addWidget(self._progress)
        self._work.hide()
        head = hbox(4)
        head.addWidget(self._history_title)
        head.addStretch(1)
        for button in (self._copy, self._delete, self._only_starred):
            head.addWidget(button)
        column = vbox(theme.GRID, left)
        column.setContentsMargins(0, 4, 2 * theme.GRID, 4)
        column.addWidget(self.form)
        column.addLayout(buttons)
        column.addWidget(self._work)
        column.addLayout(head)
        column.addWidget(self.history, 1)
        return left

    def _right(self) -> QWidget:
        right = QWidget()
        column = vbox(theme.GRID - 2, right)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.bar)
        column.addWidget(self._ruler)
        for strip, least, share in ((self._waveform, 40, 2), (self._spectrogram, 72, 3), (self.latent, 110, 6)):
            strip.setMinimumHeight(least)
            column.addWidget(strip, share)
        column.addWidget(self.tools)
        return right

    def _connect(self) -> None:
        controller, player = self.controller, self._services.player
        editor, history = controller.editor, controller.history
        self._models.activated.connect(lambda: controller.choose_model(str(self._models.currentData())))
        self.form.changed.connect(controller.set_wish)
        self.form.locked.connect(controller.set_locked)
        self.form.next_seed_wanted.connect(controller.next_seed)
        self.form.selection_wanted.connect(controller.take_selection)
        self._create.clicked.connect(controller.make)
        self._twenty.clicked.connect(controller.make_variations)
        self._cancel.clicked.connect(controller.cancel)
        self._only_starred.toggled.connect(history.show_starred)
        self.history.selected.connect(lambda key: history.choose(int(key)) if key else None)
        self.history.activated_row.connect(lambda _key: editor.toggle())
        self.history.remove_wanted.connect(self._remove)
        self.history.rename_wanted.connect(self.bar.edit_name)
        self.history.menu_wanted.connect(self._menu)
        bar = self.bar
        bar.play_wanted.connect(editor.toggle)
        bar.named_so.connect(lambda title: history.rename(self._key, title))
        bar.done_with_name.connect(lambda: self.history.setFocus(Qt.FocusReason.OtherFocusReason))
        bar.star_wanted.connect(lambda: history.star(self._key))
        bar.heard.connect(editor.hear)
        bar.compare_wanted.connect(lambda: controller.files.send("compare"))
        bar.morph_wanted.connect(lambda: controller.files.send("morph"))
        self._copy.clicked.connect(lambda: history.copy(self._key))
        bar.save_wanted.connect(self._ask_where_to_save)
        self._delete.clicked.connect(self._remove)
        self.latent.chosen.connect(self._show_region)
        self.latent.delete_wanted.connect(lambda: editor.apply("mute", self.latent.region))
        self.tools.everything_wanted.connect(lambda: self.latent.choose(None))
        self.tools.reset_wanted.connect(editor.reset)
        self.tools.wanted.connect(self._apply)
        for strip in (self._ruler, self._waveform, self._spectrogram, self.latent):
            strip.sought.connect(editor.seek)
            strip.read.connect(lambda text: self._values.setText(text or " "))
        player.position.connect(self._move_playhead)
        player.state_changed.connect(self._show_playing)
        actions.bind("create.make", self, controller.make)
        actions.bind("view.fit", self, self.axis.fit)
        actions.bind("view.in", self, lambda: self.axis.zoom(1 / 1.6, (self.axis.start + self.axis.end) / 2))
        actions.bind("view.out", self, lambda: self.axis.zoom(1.6, (self.axis.start + self.axis.end) / 2))

    # What the user does.

    @property
    def _key(self) -> int:
        return self._opened.creation.key if self._opened is not None else 0

    def _apply(self, kind: str, amount: float, song: str, start: float) -> None:
        region = self.latent.region
        source = None
        if kind == "paste" and song and self._latent is not None:
            frames = (region.last - region.first) if region is not None else self._latent.frames
            source = Part(song, start, frames / self._frame_rate)
        seed = self.controller.wish.seed if kind == "noise" else 0
        self.controller.editor.apply(kind, region, amount=amount, seed=seed, source=source)

    def _show_region(self, _region: object) -> None:
        if self._latent is not None:
            latent = self._latent
            self.tools.show_region(self.latent.region, latent.channels, latent.frames, self._frame_rate)

    def _remove(self) -> None:
        self.controller.history.remove([self._key])

    def _file_to_drag(self) -> Path | None:
        return self.controller.files.to_drag()

    def _menu(self, position: QPoint) -> None:
        menu = self.make_menu()
        menu.exec(position)
        menu.deleteLater()

    def make_menu(self) -> QMenu:
        """What can be done with the creation that is open."""
        controller = self.controller
        menu = QMenu(self)
        menu.addAction(_("Play or stop"), controller.editor.toggle)
        menu.addAction(_("Star"), lambda: controller.history.star(self._key))
        menu.addAction(_("Rename…"), self.bar.edit_name)
        menu.addAction(_("Copy"), lambda: controller.history.copy(self._key))
        menu.addSeparator()
        menu.addAction(_("Open in Compare"), lambda: controller.files.send("compare"))
        menu.addAction(_("Set as Morph A"), lambda: controller.files.send("morph"))
        menu.addAction(_("Set as Morph B"), lambda: controller.files.send("morph", 1))
        menu.addAction(_("Save…"), self._ask_where_to_save)
        menu.addSeparator()
        menu.addAction(_("Remove"), self._remove)
        return menu

    def _ask_where_to_save(self) -> None:
        folders = self._services.session.state.folders
        kind = self._services.preferences.values.wav_format
        folder = Path(folders.get("export", str(Path.home())))
        filters = {f"{name} (*{suffix})": key for key, (name, suffix) in FORMATS.items()}
        first = next(words for words, key in filters.items() if key == kind)
        proposed = str(folder / self.controller.files.name(kind))
        file, chosen = QFileDialog.getSaveFileName(self, _("Save the creation"), proposed, ";;".join(filters), first)
        if file:
            folders["export"] = str(Path(file).parent)
            self.controller.files.save(Path(file), filters.get(chosen, kind))

    # The player.

    def _move_playhead(self, seconds: float) -> None:
        here = seconds if self.controller.editor.plays_here else None
        if here is not None and self._services.player.playing:
            self.axis.reveal(here)
        for strip in (self._ruler, self._waveform, self._spectrogram, self.latent):
            strip.set_playhead(here)

    def _show_playing(self) -> None:
        playing = self.controller.editor.is_playing if self._started else False
        self.bar.show_playing(playing)
        self._move_playhead(self._services.player.seconds)
