"""The widgets of Morph and where they stand."""

from __future__ import annotations

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from core.i18n import _
from core.latents.ways import WAYS
from musicae_gui import actions, theme
from musicae_gui.controllers.morph_view import ENDS, SIDES
from musicae_gui.views.elided import ElidedLabel
from musicae_gui.views.loop_ruler import LoopRuler
from musicae_gui.views.morph_curve import CurveStrip
from musicae_gui.views.morph_pad import MorphPad
from musicae_gui.views.morph_side import MorphSide
from musicae_gui.views.morph_slider import MorphSlider
from musicae_gui.views.morph_tools import MorphTools
from musicae_gui.views.named import icon_button, named
from musicae_gui.views.picture_builder import PictureBuilder
from musicae_gui.views.picture_scale import PictureScale
from musicae_gui.views.size_slider import SizeControl
from musicae_gui.views.spectrogram import SpectrogramStrip
from musicae_gui.views.strips import Strip
from musicae_gui.views.time_axis import TimeAxis
from musicae_gui.views.waveform import WaveformStrip


class MorphWidgets(QWidget):
    """Songs above, then slider and tools, then what is heard over time, with the pad beside it."""

    def __init__(self, builder: PictureBuilder) -> None:
        super().__init__()
        self.axis = TimeAxis(self)
        self.scale = PictureScale(self)
        self._builder = builder
        self._make()
        self._lay_out()

    @property
    def _strips(self) -> tuple[Strip, ...]:
        """What shows the blend over time."""
        return self._ruler, self.curve, self._waveform, self._spectrogram

    def _make(self) -> None:
        self.sides = {
            side: MorphSide(side, self.axis, self._builder, self.scale, brief=side not in ENDS) for side in SIDES
        }
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
        self._record = named(QToolButton(), "morph.record", _("Record"))
        self._record.setCheckable(True)
        actions.explain(self._record, "morph.record")
        theme.set_icon(self._record, "record", selected="error")
        self.tools = MorphTools()
        self.pad = MorphPad()
        self.curve = CurveStrip(self.axis)
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
        self._export = icon_button("morph.export", "save", _("Save the blend as WAV"))
        self._ruler = LoopRuler(self.axis)
        self._ruler.setObjectName("morph.ruler")
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
        lower = QHBoxLayout()
        lower.setSpacing(theme.GRID)
        lower.addWidget(self.sides["c"], 1)
        lower.addSpacing(self._swap.sizeHint().width() + theme.GRID)
        lower.addWidget(self.sides["d"], 1)
        place = QVBoxLayout()
        place.setSpacing(0)
        place.addWidget(self._percent)
        place.addWidget(self._place)
        self._percent.setMinimumWidth(110)
        knob = QHBoxLayout()
        knob.setSpacing(2 * theme.GRID)
        knob.addWidget(self._play)
        knob.addWidget(self._loop)
        knob.addWidget(self._record)
        knob.addWidget(self._way)
        knob.addWidget(self.slider, 1)
        knob.addLayout(place)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * theme.GRID, theme.GRID + 4, 2 * theme.GRID, 4)
        column.setSpacing(theme.GRID - 2)
        column.addLayout(top)
        column.addLayout(songs, 4)
        column.addLayout(lower)
        column.addLayout(knob)
        column.addWidget(self.tools)
        self._waveform.setMinimumHeight(32)
        self._spectrogram.setMinimumHeight(56)
        over_time = QVBoxLayout()
        over_time.setSpacing(theme.GRID - 2)
        over_time.addWidget(self._ruler)
        over_time.addWidget(self.curve, 3)
        over_time.addWidget(self._waveform, 2)
        over_time.addWidget(self._spectrogram, 4)
        field = QHBoxLayout()
        field.addWidget(self.pad, 1)
        field.addLayout(over_time, 3)
        column.addLayout(field, 7)
        bottom = QHBoxLayout()
        bottom.addWidget(self._values)
        bottom.addWidget(self._status, 1)
        column.addLayout(bottom)
