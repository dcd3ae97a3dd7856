"""The Create panel: something new by a recipe, its latent edited by hand and ear, and the history of it all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton

from core.creations.export import FORMATS
from core.creations.wish import Wish
from core.i18n import _
from core.latents.parts import Part
from core.pictures import loudest_db
from musicae_gui import actions
from musicae_gui.controllers.create import CreateController
from musicae_gui.controllers.create_view import Opened
from musicae_gui.views.create_widgets import CreateWidgets
from musicae_gui.views.picture_builder import BackgroundBuilder
from musicae_gui.views.rows import Row

if TYPE_CHECKING:
    from core.audio import Clip
    from core.latents.latent import Latent
    from core.library import Song
    from musicae_gui.controllers.model_choices import ModelChoice
    from musicae_gui.services import Services


class CreatePanel(CreateWidgets):
    """View of `CreateController`."""

    def __init__(self, services: Services) -> None:
        super().__init__(BackgroundBuilder(services.tasks), self._file_to_drag)
        self.setObjectName("create")
        self._services = services
        self._latent: Latent | None = None
        self._frame_rate = 1.0
        self._opened: Opened | None = None
        self._started = False
        self._pressed: QPushButton | None = None  # which button began the work
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
        pressed = next((button for button in (self._create, self._twenty) if button.hasFocus()), None)
        if busy and pressed is not None:  # a button that hides would leave the keys to whatever comes next
            self._pressed = pressed
            self._work.show()
            self._cancel.setFocus(Qt.FocusReason.OtherFocusReason)
        back = self._pressed if not busy and self._cancel.hasFocus() else None
        self._create.setVisible(not busy)
        self._twenty.setVisible(not busy)
        if back is not None:
            back.setFocus(Qt.FocusReason.OtherFocusReason)
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
