"""The tools above the rows of Compare: views, scales, layout, zoom, A/B."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QToolButton

from core.i18n import _
from musicae_gui import actions
from musicae_gui.views.ab_switch import AbSwitch
from musicae_gui.views.compare_row import VIEWS, view_words
from musicae_gui.views.named import icon_button, named
from musicae_gui.views.picture_scale import PictureScale
from musicae_gui.views.time_axis import TimeAxis

SPANS = (40, 60, 80, 100, 120)  # dB


class CompareTools(QFrame):
    """Acts on the shared axis and scales; what only the panel can do comes as signals."""

    models_shown = Signal(bool)
    view_toggled = Signal(str, bool)
    beside_toggled = Signal(bool)
    blind_wanted = Signal()

    def __init__(self, axis: TimeAxis, scale: PictureScale) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        self.models = icon_button("compare.show_models", "models", _("Show the list of models"), checkable=True)
        self.models.toggled.connect(self.models_shown)
        self._row.addWidget(self.models)
        self._gap()
        self.views: dict[str, QToolButton] = {}
        for name in VIEWS:
            words = _("{view} in all rows").format(view=view_words()[name])
            self.views[name] = button = icon_button(f"compare.view.{name}", name, words, checkable=True)
            button.toggled.connect(lambda on, name=name: self.view_toggled.emit(name, on))
            self._row.addWidget(button)
        self._gap()
        self.beside = icon_button("compare.beside", "side-by-side", _("Rows side by side"), checkable=True)
        self.beside.toggled.connect(self.beside_toggled)
        self._row.addWidget(self.beside)
        self._gap()
        for name, icon, words, act in (
            ("zoom_out", "zoom-out", _("Zoom out (−)"), lambda: axis.zoom(1.6, (axis.start + axis.end) / 2)),
            ("zoom_in", "zoom-in", _("Zoom in (+)"), lambda: axis.zoom(1 / 1.6, (axis.start + axis.end) / 2)),
            ("fit", "zoom-fit", _("Show everything (F)"), axis.fit),
        ):
            button = icon_button(f"compare.{name}", icon, words)
            button.clicked.connect(act)
            self._row.addWidget(button)
        self._gap()
        self._add_scales(scale)
        self._row.addStretch(1)
        self.blind = icon_button("compare.blind", "blind", _("Blind test"))
        actions.explain(self.blind, "compare.blind")
        self.blind.clicked.connect(self.blind_wanted)
        self._row.addWidget(self.blind)
        self._gap()
        self.ab = AbSwitch("compare.ab")
        self._row.addWidget(self.ab)

    def show_views(self, views: set[str]) -> None:
        for name, button in self.views.items():
            button.blockSignals(True)
            button.setChecked(name in views)
            button.blockSignals(False)

    def _add_scales(self, scale: PictureScale) -> None:
        span = named(QComboBox(), "compare.range", _("Range of levels"), _("dB from first to last colour"))
        for decibels in SPANS:
            span.addItem(_("{n} dB").format(n=decibels), float(decibels))
        span.setCurrentIndex(span.findData(float(scale.span)))
        span.activated.connect(lambda: scale.set_span(float(span.currentData())))
        self._row.addWidget(span)
        frequency = named(QComboBox(), "compare.scale", _("Frequency scale"), _("How frequencies are spread"))
        for name, words in (("mel", _("mel")), ("log", _("log")), ("linear", _("linear"))):
            frequency.addItem(words, name)
        frequency.setCurrentIndex(frequency.findData(scale.frequency))
        frequency.activated.connect(lambda: scale.set_frequency(frequency.currentData()))
        self._row.addWidget(frequency)

    def _gap(self) -> None:
        self._row.addSpacing(8)
