"""The Morph panel: the slider between two songs, heard and seen while it moves."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QFont, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.i18n import _
from core.latents.ways import WAYS
from core.pictures import loudest_db
from musicae_gui import actions, theme
from musicae_gui.controllers.morph import MorphController
from musicae_gui.controllers.morph_view import SIDES, Side
from musicae_gui.views.elided import ElidedLabel
from musicae_gui.views.morph_side import MorphSide
from musicae_gui.views.morph_slider import MorphSlider, mixed
from musicae_gui.views.named import icon_button, named
from musicae_gui.views.picture_builder import BackgroundBuilder
from musicae_gui.views.picture_scale import PictureScale
from musicae_gui.views.size_slider import SizeControl
from musicae_gui.views.spectrogram import SpectrogramStrip
from musicae_gui.views.time_axis import TimeAxis
from musicae_gui.views.time_ruler import TimeRuler
from musicae_gui.views.waveform import WaveformStrip

if TYPE_CHECKING:
    from core.audio import Clip
    from core.library import Song
    from core.models.families import Sizes
    from musicae_gui.controllers.model_choices import ModelChoice
    from musicae_gui.services import Services

_SPEED_EVERY = 500  # ms between two looks at how decoding keeps up


class MorphPanel(QWidget):
    """View of `MorphController`."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.setObjectName("morph")
        self._services = services
        self.axis = TimeAxis(self)
        self.scale = PictureScale(self)
        self._builder = BackgroundBuilder(services.tasks)
        self._tops: dict[str, float] = {}
        self._peaks: dict[str, float] = {}
        self._started = False
        self._make()
        self._lay_out()
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

    # MorphView

    def show_songs(self, songs: list[Song], a: str, b: str) -> None:
        for side, key in zip(SIDES, (a, b), strict=True):
            self.sides[side].songs.show_songs(songs, key)

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

    def show_duration(self, seconds: float) -> None:
        if seconds != self.axis.duration:
            self.axis.set_duration(seconds)

    def show_at(self, at: float) -> None:
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
        self._place.setText(place)

    def _color_percent(self) -> None:
        """As the slider's handle; the theme has its own colours for the songs."""
        self._percent.setStyleSheet(f"color: {mixed(self.slider.value() / 100).name()};")

    def show_blend(self, clip: Clip | None) -> None:
        self._waveform.set_clip(clip, keep=True)
        self._spectrogram.set_clip(clip, keep=True)

    def show_status(self, text: str, level: str = "") -> None:
        self._status.setText(text)
        self._status.setProperty("role", level or "muted")
        self._status.style().polish(self._status)

    def show_ready(self, ready: bool) -> None:
        self.slider.setEnabled(ready)
        for button in (self._play, self._export):
            button.setEnabled(ready)
        self._show_playing()

    # How it is built.

    def _make(self) -> None:
        self.sides = {side: MorphSide(side, self.axis, self._builder, self.scale) for side in SIDES}
        self._swap = icon_button("morph.swap", "swap", _("Swap A and B"))
        actions.explain(self._swap, "morph.swap")
        self.slider = MorphSlider()
        self._percent = QLabel()
        big = QFont(theme.mono_font(2.0))
        big.setWeight(QFont.Weight.DemiBold)
        self._percent.setFont(big)
        self._place = QLabel()
        self._place.setProperty("role", "muted")
        self._play = named(
            QPushButton(_("Play")), "morph.play", _("Play the blend"), _("Hear it while you drag (Space)")
        )
        self._play.setProperty("role", "primary")
        theme.set_icon(self._play, "play", role="on_accent")
        self._loop = named(QToolButton(), "morph.loop", _("Loop"), _("Play over and over (L)"))
        self._loop.setCheckable(True)
        theme.set_icon(self._loop, "loop", selected="accent")
        self._models = named(QComboBox(), "morph.model", _("Model"), _("The model whose latent is blended"))
        self._models.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._size = SizeControl("morph.size", _("the blend"), brief=True)
        self._size.hide()
        self._length = named(QComboBox(), "morph.length", _("Length"), _("How long the blend is"))
        for key, words in (
            ("shorter", _("as the shorter")),
            ("longer", _("as the longer")),
            ("a", _("as A")),
            ("b", _("as B")),
        ):
            self._length.addItem(words, key)
        self._way = named(QComboBox(), "morph.way", _("Way from A to B"), _("How one song becomes the other"))
        for name, way in WAYS.items():
            self._way.addItem(_(way.label), name)
            self._way.setItemData(self._way.count() - 1, _(way.help), 3)  # Qt.ToolTipRole
        self._export = named(QPushButton(_("Save as WAV…")), "morph.export", _("Save the blend as WAV"))
        theme.set_icon(self._export, "save")
        self._ruler = TimeRuler(self.axis)
        self._waveform = WaveformStrip(self.axis, self._builder, self.scale, color="text")
        self._spectrogram = SpectrogramStrip(self.axis, self._builder, self.scale)
        self._waveform.setObjectName("morph.blend.waveform")
        self._spectrogram.setObjectName("morph.blend.spectrogram")
        self._waveform.setAccessibleName(_("Waveform of the blend"))
        self._spectrogram.setAccessibleName(_("Spectrogram of the blend"))
        self._status = named(ElidedLabel(), "morph.status", _("How decoding keeps up"))
        self._values = named(QLabel(" "), "morph.values", _("Values under the mouse"))
        self._values.setToolTip("")
        self._values.setFont(theme.mono_font(0.95))
        self._values.setProperty("role", "muted")

    def _lay_out(self) -> None:
        title = QLabel(_("Morph"))
        title.setProperty("role", "title")
        top = QHBoxLayout()
        top.setSpacing(theme.GRID)
        top.addWidget(title)
        top.addSpacing(theme.GRID)
        for words, box in ((_("Model"), self._models), (_("Length"), self._length)):
            label = QLabel(words)
            label.setProperty("role", "muted")
            top.addWidget(label)
            top.addWidget(box)
            if box is self._models:
                top.addWidget(self._size, 1)
        top.addWidget(self._export)
        songs = QHBoxLayout()
        songs.setSpacing(theme.GRID)
        songs.addWidget(self.sides["a"], 1)
        swap = QVBoxLayout()
        swap.addWidget(self._swap)
        swap.addStretch(1)
        songs.addLayout(swap)
        songs.addWidget(self.sides["b"], 1)
        place = QVBoxLayout()
        place.setSpacing(0)
        place.addWidget(self._percent)
        place.addWidget(self._place)
        self._percent.setMinimumWidth(110)
        knob = QHBoxLayout()
        knob.setSpacing(2 * theme.GRID)
        knob.addWidget(self._play)
        knob.addWidget(self._loop)
        knob.addWidget(self._way)
        knob.addWidget(self.slider, 1)
        knob.addLayout(place)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * theme.GRID, theme.GRID + 4, 2 * theme.GRID, 4)
        column.setSpacing(theme.GRID - 2)
        column.addLayout(top)
        column.addLayout(songs, 4)
        column.addLayout(knob)
        column.addWidget(self._ruler)
        self._waveform.setMinimumHeight(40)
        self._spectrogram.setMinimumHeight(84)
        column.addWidget(self._waveform, 2)
        column.addWidget(self._spectrogram, 5)
        bottom = QHBoxLayout()
        bottom.addWidget(self._values)
        bottom.addWidget(self._status, 1)
        column.addLayout(bottom)

    def _connect(self) -> None:
        controller, player = self.controller, self._services.player
        for side in SIDES:
            view = self.sides[side]
            view.songs.chosen.connect(lambda key, side=side: controller.choose(side, key))
            view.sought.connect(controller.seek)
            view.read.connect(self._show_values)
        self._swap.clicked.connect(controller.swap)
        self.slider.moved.connect(controller.set_at)
        self._play.clicked.connect(controller.toggle)
        self._loop.toggled.connect(self._set_loop)
        self._models.activated.connect(lambda: controller.choose_model(str(self._models.currentData())))
        self._size.changed.connect(lambda channels, _bits: controller.choose_channels(channels))
        self._length.activated.connect(lambda: controller.choose_length(str(self._length.currentData())))
        self._way.activated.connect(lambda: controller.choose_way(str(self._way.currentData())))
        self._export.clicked.connect(self._ask_where_to_save)
        for strip in (self._ruler, self._waveform, self._spectrogram):
            strip.sought.connect(controller.seek)
            strip.read.connect(self._show_values)
        player.position.connect(self._move_playhead)
        player.state_changed.connect(self._show_playing)
        self._speed = QTimer(self)
        self._speed.setInterval(_SPEED_EVERY)
        self._speed.timeout.connect(controller.report_speed)
        actions.bind("morph.swap", self, controller.swap)
        actions.bind("view.fit", self, self.axis.fit)
        actions.bind("view.in", self, lambda: self.axis.zoom(1 / 1.6, (self.axis.start + self.axis.end) / 2))
        actions.bind("view.out", self, lambda: self.axis.zoom(1.6, (self.axis.start + self.axis.end) / 2))

    # The player.

    def _move_playhead(self, seconds: float) -> None:
        here = seconds if self.controller.plays_here else None
        if here is not None and self._services.player.playing:
            self.axis.reveal(here)
        for strip in (self._ruler, self._waveform, self._spectrogram):
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
