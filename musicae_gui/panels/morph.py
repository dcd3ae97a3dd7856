"""The Morph panel: a slider between two songs, or a pad between four, heard and seen while it moves."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFileDialog

from core.i18n import _
from core.latents.ways import WAYS
from core.pictures import loudest_db
from musicae_gui import actions, theme
from musicae_gui.controllers.morph import MorphController
from musicae_gui.controllers.morph_view import SIDES, Side
from musicae_gui.views.morph_slider import mixed
from musicae_gui.views.morph_widgets import MorphWidgets
from musicae_gui.views.picture_builder import BackgroundBuilder

if TYPE_CHECKING:
    from core.audio import Clip
    from core.latents.ways import Curve
    from core.library import Song
    from core.models.families import Sizes
    from musicae_gui.controllers.model_choices import ModelChoice
    from musicae_gui.services import Services

_SPEED_EVERY = 500  # ms between two looks at how decoding keeps up


class MorphPanel(MorphWidgets):
    """View of `MorphController`."""

    def __init__(self, services: Services) -> None:
        super().__init__(BackgroundBuilder(services.tasks))
        self.setObjectName("morph")
        self._services = services
        self._tops: dict[str, float] = {}
        self._peaks: dict[str, float] = {}
        self._started = False
        self.controller = MorphController(self, services)
        self._connect()
        self.show_ready(False)
        theme.signals().changed.connect(self._color_percent)

    def shown(self) -> None:
        """The window has brought this panel to the front."""
        if self._started:
            self.controller.refresh()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Work begins after the first picture is on the screen, so that nothing heavy delays it."""
        super().paintEvent(event)
        if not self._started:
            self._started = True
            QTimer.singleShot(0, self, self.controller.refresh)

    def close_down(self) -> None:
        """The window closes."""
        self.controller.close_down()

    # MorphView

    def show_songs(self, songs: list[Song], keys: dict[Side, str]) -> None:
        for side, key in keys.items():
            self.sides[side].songs.show_songs(songs, key)
            self.sides[side].remove.setEnabled(bool(key))
        self.pad.show_corners({side for side, key in keys.items() if key})

    def show_models(self, choices: list[ModelChoice], current: str) -> None:
        self._models.clear()
        for choice in choices:
            self._models.addItem(choice.title, choice.key)
            self._models.setItemData(self._models.count() - 1, choice.detail, 3)  # Qt.ToolTipRole
        self._models.setCurrentIndex(self._models.findData(current))

    def show_size(self, sizes: Sizes | None, channels: int) -> None:
        self._size.setVisible(sizes is not None)
        if sizes is not None:
            self._size.show_size(sizes, channels)

    def show_length(self, length: str) -> None:
        self._length.setCurrentIndex(self._length.findData(length))

    def show_way(self, way: str) -> None:
        self._way.setCurrentIndex(self._way.findData(way))
        self._way.setToolTip(_(WAYS[way].help))

    def show_side(self, side: Side, title: str, clip: Clip | None, text: str) -> None:
        self.sides[side].show_clip(clip, text)
        if clip is not None:
            self._tops[side], self._peaks[side] = loudest_db(clip.samples[0]), clip.peak
            top = max(5.0 * math.ceil(max(self._tops.values()) / 5.0), -60.0)
            self.scale.set_levels(top=top, amplitude=max(self._peaks.values()), highest=clip.rate / 2)

    def show_stretch(self, side: Side, whole: Clip | None, begin: float, end: float) -> None:
        self.sides[side].show_part(whole, begin, end)

    def show_duration(self, seconds: float) -> None:
        if seconds != self.axis.duration:
            self.axis.set_duration(seconds)

    def show_at(self, at: float, down: float) -> None:
        self.pad.show_place(at, down)
        if round(at * 100) != self.slider.value():
            self.slider.show_at(at)
        percent = round(at * 100)
        words = f"{percent} %".replace("-", "−")
        self._percent.setText(words)
        self._color_percent()
        if percent < 0:
            place = _("beyond A")
        elif percent > 100:
            place = _("beyond B")
        else:
            place = {0: _("A alone"), 100: _("B alone")}.get(percent, _("of the way to B"))
        if self.pad.isVisibleTo(self):
            place = _("to B, {n} % down").format(n=f"{round(down * 100)}".replace("-", "−"))
        self._place.setText(place)

    def _color_percent(self) -> None:
        """As the slider's handle; the theme has its own colours for the songs."""
        self._percent.setStyleSheet(f"color: {mixed(self.slider.value() / 100).name()};")

    def show_pad(self, on: bool) -> None:
        self.tools.show_pad(on)
        self.pad.setVisible(on)
        self.show_at(*self.pad.place)
        for side in SIDES[2:]:
            self.sides[side].setVisible(on)

    def show_curve(self, curve: Curve, follows: bool) -> None:
        self.curve.show_curve(curve, follows)
        self.tools.show_curve(bool(curve), follows)

    def show_recording(self, on: bool) -> None:
        words = _("Stop recording") if on else _("Record")
        actions.explain(self._record, "morph.record", words)
        self._record.blockSignals(True)
        self._record.setChecked(on)
        self._record.blockSignals(False)

    def show_loop(self, region: tuple[float, float] | None, bars: int) -> None:
        self._ruler.show_region(region)
        self.tools.show_loop(region, bars)

    def show_in_time(self, on: bool, words: str) -> None:
        self.tools.show_in_time(on, words)

    def show_blend(self, clip: Clip | None) -> None:
        self._waveform.set_clip(clip, keep=True)
        self._spectrogram.set_clip(clip, keep=True)

    def show_blend_part(self, clip: Clip, begin: float, end: float) -> None:
        self._waveform.set_part(clip, begin, end)
        self._spectrogram.set_part(clip, begin, end)

    def show_status(self, text: str, level: str = "") -> None:
        self._status.setText(text)
        self._status.setProperty("role", level or "muted")
        self._status.style().polish(self._status)

    def show_ready(self, ready: bool) -> None:
        self.slider.setEnabled(ready)
        for widget in (self._play, self._export, self._record, self.pad, self.tools, self.curve):
            widget.setEnabled(ready)
        self._show_playing()

    def _connect(self) -> None:
        controller, player = self.controller, self._services.player
        for side in SIDES:
            view = self.sides[side]
            view.songs.chosen.connect(lambda key, side=side: controller.choose(side, key))
            view.sought.connect(controller.seek)
            view.read.connect(self._show_values)
            view.part.chosen.connect(lambda begin, end, side=side: controller.choose_part(side, begin, end))
            view.remove.clicked.connect(lambda _checked=False, side=side: controller.remove(side))
        self._swap.clicked.connect(controller.swap)
        self.slider.moved.connect(controller.set_at)
        self._play.clicked.connect(controller.toggle)
        self._loop.toggled.connect(self._set_loop)
        self._models.activated.connect(lambda: controller.choose_model(str(self._models.currentData())))
        self._size.changed.connect(lambda channels, _bits: controller.choose_channels(channels))
        self._length.activated.connect(lambda: controller.choose_length(str(self._length.currentData())))
        self._way.activated.connect(lambda: controller.choose_way(str(self._way.currentData())))
        self._export.clicked.connect(self._ask_where_to_save)
        for strip in self._strips:
            strip.sought.connect(controller.seek)
            strip.read.connect(self._show_values)
        self._record.clicked.connect(controller.record)
        self.pad.moved.connect(controller.set_place)
        self._ruler.looped.connect(controller.loop.choose)
        self.curve.edited.connect(controller.curve.edit)
        self.curve.point_wanted.connect(self._add_point)
        self.tools.bars_chosen.connect(controller.loop.choose_bars)
        self.tools.loop_cleared.connect(controller.loop.clear)
        self.tools.in_time_chosen.connect(controller.choose_in_time)
        self.tools.follow_chosen.connect(controller.curve.follow)
        self.tools.curve_cleared.connect(controller.clear_curve)
        self.tools.pad_chosen.connect(controller.choose_pad)
        player.position.connect(self._move_playhead)
        player.state_changed.connect(self._show_playing)
        self._speed = QTimer(self)
        self._speed.setInterval(_SPEED_EVERY)
        self._speed.timeout.connect(controller.report_speed)
        actions.bind("morph.swap", self, controller.swap)
        actions.bind("morph.record", self, controller.record)
        actions.bind("morph.follow", self, lambda: controller.curve.follow(not controller.curve.follows))
        actions.bind("morph.loop_begin", self, controller.loop.begin_here)
        actions.bind("morph.loop_end", self, controller.loop.end_here)
        actions.bind("view.fit", self, self.axis.fit)
        actions.bind("view.in", self, lambda: self.axis.zoom(1 / 1.6, (self.axis.start + self.axis.end) / 2))
        actions.bind("view.out", self, lambda: self.axis.zoom(1.6, (self.axis.start + self.axis.end) / 2))

    # The player.

    def _move_playhead(self, seconds: float) -> None:
        here = seconds if self.controller.plays_here else None
        if here is not None and self._services.player.playing:
            self.axis.reveal(here)
        for strip in self._strips:
            strip.set_playhead(here)
        for side in self.sides.values():
            side.set_playhead(here)

    def _show_playing(self) -> None:
        player = self._services.player
        playing = self.controller.is_playing
        self._play.setText(_("Stop") if playing else _("Play"))
        theme.set_icon(self._play, "stop" if playing else "play", role="on_accent")
        self._loop.blockSignals(True)
        self._loop.setChecked(player.loop)
        self._loop.blockSignals(False)
        if playing:
            self._speed.start()
        else:
            self._speed.stop()
        self._move_playhead(player.seconds)

    def _add_point(self) -> None:
        self.controller.add_point()
        self.curve.choose_near(self._services.player.seconds)

    def _set_loop(self, on: bool) -> None:
        self._services.player.loop = on

    def _show_values(self, text: str) -> None:
        self._values.setText(text or " ")

    def _ask_where_to_save(self) -> None:
        folders = self._services.session.state.folders
        proposed = str(Path(folders.get("export", str(Path.home()))) / self.controller.export_name())
        file, _filter = QFileDialog.getSaveFileName(self, _("Save as WAV"), proposed, _("WAV files (*.wav)"))
        if file:
            folders["export"] = str(Path(file).parent)
            self.controller.export(Path(file))
