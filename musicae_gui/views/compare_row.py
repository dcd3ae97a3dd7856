"""One row of Compare: what it is and how good, and its strips."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.i18n import _
from musicae_gui import theme
from musicae_gui.controllers.compare_work import BITS
from musicae_gui.views.compare_facts import explanation, facts_of
from musicae_gui.views.difference import DifferenceStrip, residual
from musicae_gui.views.elided import ElidedLabel
from musicae_gui.views.facts_line import FactsLine
from musicae_gui.views.latent import LatentStrip
from musicae_gui.views.named import icon_button, link_button, named
from musicae_gui.views.picture_builder import PictureBuilder
from musicae_gui.views.picture_scale import PictureScale
from musicae_gui.views.size_slider import SizeControl
from musicae_gui.views.spectrogram import SpectrogramStrip
from musicae_gui.views.strips import Strip
from musicae_gui.views.time_axis import TimeAxis
from musicae_gui.views.time_ruler import TimeRuler
from musicae_gui.views.waveform import WaveformStrip

if TYPE_CHECKING:
    from musicae_gui.controllers.compare_row import Row

VIEWS = ("waveform", "spectrogram", "difference", "latent")
# Smallest heights (px), which are also the strips' shares of what there is more.
_HEIGHTS = {"waveform": 44, "residual": 40, "spectrogram": 84, "difference": 84, "latent": 64}


def view_words() -> dict[str, str]:
    return {
        "waveform": _("Waveform"),
        "spectrogram": _("Spectrogram"),
        "difference": _("Difference from the original"),
        "latent": _("Latent and its histogram"),
    }


class CompareRow(QFrame):
    """A row; strips are made when they are first shown."""

    heard = Signal(str)  # listen to this row
    sought = Signal(str, float)  # listen to it from this time on
    save_wanted = Signal(str)
    cancelled = Signal(str)
    retried = Signal(str)
    removed = Signal(str)
    resized = Signal(str, int, int)  # keep so many channels, in so many bits a float
    refined = Signal(str, bool)  # refine its latent, or no longer
    again_wanted = Signal(str)  # another row of this model
    read = Signal(str)

    def __init__(
        self, index: int, row: Row, axis: TimeAxis, builder: PictureBuilder, scale: PictureScale, views: set[str]
    ) -> None:
        super().__init__()
        self.setObjectName(f"compare.row.{index}")
        self.key = row.key
        self._row = row
        self._axis, self._builder, self._scale = axis, builder, scale
        self._views = set(views)
        self._strips: dict[str, Strip] = {}
        self._shown_data: dict[str, object] = {}
        self._heard = False
        self._playhead: float | None = None
        self.letter = letter(index)
        self.setAccessibleName(_("Row {letter}: {title}").format(letter=self.letter, title=row.title))
        self._column = QVBoxLayout(self)
        self._column.setSpacing(2)
        self._column.setContentsMargins(8, 4, 8, 6)
        self._column.addLayout(self._header(index))
        self._latent_line = self._made_latent_line(index)
        self._column.addWidget(self._latent_line)
        self.ruler = TimeRuler(axis)
        self.ruler.sought.connect(lambda at: self.sought.emit(self.key, at))
        self.ruler.hide()
        self._column.addWidget(self.ruler)
        self._compact = False
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName(_("Progress of {title}").format(title=row.title))
        self._column.addWidget(self._progress)
        self._places = {name: self._place(height) for name, height in _HEIGHTS.items()}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.signals().changed.connect(self._restyle)
        self._restyle()
        self.update_row(row)

    # What is shown.

    def update_row(self, row: Row) -> None:
        """The row's state, pictures and measures have changed."""
        self._row = row
        busy = row.state in ("waiting", "working") or row.is_refining
        self._progress.setVisible(busy)
        fraction = row.searched if row.is_refining else row.fraction if row.state == "working" else 0.0
        self._progress.setRange(0, 1000 if fraction >= 0 else 0)
        self._progress.setValue(round(1000 * max(fraction, 0.0)))
        self._listen.setEnabled(row.state == "ready")
        self._save.setEnabled(row.state == "ready")
        self._stop.setVisible(busy and bool(row.key))
        self._again.setVisible(row.state == "failed")
        self._state.setText(_state_words(row))
        self._state.setProperty("role", "error" if row.state == "failed" else "muted")
        self._state.style().polish(self._state)
        self._state.setVisible(bool(self._state.text()))
        self._facts.set_facts(facts_of(row), explanation())
        self._facts.setVisible(row.state == "ready" and bool(row.key))
        self._latent_line.setVisible(row.channels > 0)
        self._more.setVisible(row.channels > 0)
        self._refine.setChecked(row.refine)
        if row.channels:
            self._size.show_size(row.sizes, row.channels, row.bits, row.floats_per_second)
        self._arrange()

    def set_views(self, views: set[str]) -> None:
        self._views = set(views)
        for name, button in self._view_buttons.items():
            button.setChecked(name in views)
        self._arrange()

    @property
    def views(self) -> set[str]:
        return set(self._views)

    def set_heard(self, heard: bool) -> None:
        if heard != self._heard:
            self._heard = heard
            for strip in (self.ruler, *self._strips.values()):
                strip.set_ground("raised" if heard else "background")
            self._restyle()
        self._listen.setChecked(heard)

    def set_playhead(self, seconds: float | None) -> None:
        self._playhead = seconds
        for strip in (self.ruler, *self._strips.values()):
            if strip.isVisible():
                strip.set_playhead(seconds)

    def set_compact(self, compact: bool) -> None:
        """Narrow rows beside one another have a ruler each."""
        self._compact = compact
        self.ruler.setVisible(compact)
        policy = self._latent_line.sizePolicy()
        policy.setRetainSizeWhenHidden(compact)
        self._latent_line.setSizePolicy(policy)
        for button in self._view_buttons.values():
            button.setVisible(not compact)
        self._arrange()

    @property
    def strips(self) -> dict[str, Strip]:
        return dict(self._strips)

    # How it is built.

    def _header(self, index: int) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(6)
        name, title = f"compare.row.{index}", self._row.title
        self._listen = named(
            QToolButton(),
            f"{name}.listen",
            _("Hear {title}").format(title=title),
            _("Hear {title} (X goes back and forth)").format(title=title),
        )
        self._listen.setCheckable(True)
        self._listen.setText(self.letter)
        theme.set_icon(self._listen, "listen", selected="accent")
        self._listen.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._listen.clicked.connect(self._clicked)
        heading = QLabel(title)
        heading.setProperty("role", "heading")
        self._state = ElidedLabel()
        self._facts = FactsLine()
        line.addWidget(self._listen)
        line.addWidget(heading)
        line.addWidget(self._state, 1)
        line.addWidget(self._facts, 2)
        self._stop = link_button(
            f"{name}.cancel",
            _("Cancel"),
            _("Cancel {title}").format(title=title),
            _("Stop computing this reconstruction."),
        )
        self._stop.clicked.connect(lambda: self.cancelled.emit(self.key))
        self._again = link_button(
            f"{name}.retry",
            _("Try again"),
            _("Compute {title} again").format(title=title),
            _("Compute this reconstruction again."),
        )
        self._again.clicked.connect(lambda: self.retried.emit(self.key))
        line.addWidget(self._stop)
        line.addWidget(self._again)
        self._view_buttons = {}
        for view in VIEWS:
            if self.key or view in ("waveform", "spectrogram"):
                words = _("{view} of {title}").format(view=view_words()[view], title=title)
                self._view_buttons[view] = button = icon_button(f"{name}.{view}", view, words, checkable=True)
                button.setProperty("role", "view")
                button.setChecked(view in self._views)
                button.toggled.connect(lambda on, view=view: self._switched(view, on))
                line.addWidget(button)
        self._save = icon_button(f"{name}.save", "save", _("Save {title} as WAV").format(title=title))
        self._save.clicked.connect(lambda: self.save_wanted.emit(self.key))
        line.addWidget(self._save)
        self._more = icon_button(
            f"{name}.again",
            "copy",
            _("Another row of {title} below this one").format(title=title),
            _("Add a row of the same model, to hear two sizes, or plain and refined, against each other."),
        )
        self._more.clicked.connect(lambda: self.again_wanted.emit(self.key))
        line.addWidget(self._more)
        if self.key:
            close = icon_button(f"{name}.remove", "close", _("Take {title} away").format(title=title))
            close.clicked.connect(lambda: self.removed.emit(self.key))
            line.addWidget(close)
        return line

    def _made_latent_line(self, index: int) -> QWidget:
        """What the user decides about the latent: its size, and whether it is refined."""
        title = self._row.title
        self._size = SizeControl(f"compare.row.{index}.size", title, BITS)
        self._size.changed.connect(lambda channels, bits: self.resized.emit(self.key, channels, bits))
        self._refine = named(
            QCheckBox(_("Refine")),
            f"compare.row.{index}.refine",
            _("Refine {title}").format(title=title),
            _(
                "Search the latent that this decoder turns into the song best; takes about as long as the song.\n"
                "The number of floats stays."
            ),
        )
        self._refine.clicked.connect(lambda on: self.refined.emit(self.key, on))
        place = QWidget()
        line = QHBoxLayout(place)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2 * theme.GRID)
        line.addWidget(self._size, 1)
        line.addWidget(self._refine)
        place.hide()
        return place

    def _place(self, height: int) -> QWidget:
        """Where a strip goes; beside other rows it stays empty where they have a strip, so that all line up."""
        place = QWidget()
        inside = QVBoxLayout(place)
        inside.setContentsMargins(0, 0, 0, 0)
        place.setMinimumHeight(height)
        place.hide()
        self._column.addWidget(place, height)
        return place

    def _arrange(self) -> None:
        """Show the strips that are wanted and have something to show."""
        wanted = self._views | ({"residual"} if "difference" in self._views else set())
        for name, place in self._places.items():
            ready = name in wanted and self._data(name) is not None
            if ready:
                strip = self._strips.get(name) or self._made(name)
                self._fill(name, strip)
                strip.set_playhead(self._playhead)
            place.setVisible(ready or (name in wanted and self._compact and self._row.state == "ready"))

    def _data(self, name: str) -> object:
        if name == "latent":
            return self._row.latent
        if name in ("difference", "residual") and self._row.original is None:
            return None
        return self._row.clip

    def _made(self, name: str) -> Strip:
        strip: Strip
        if name == "spectrogram":
            strip = SpectrogramStrip(self._axis, self._builder, self._scale)
        elif name == "difference":
            strip = DifferenceStrip(self._axis, self._builder, self._scale)
        elif name == "latent":
            strip = LatentStrip(self._axis, self._builder)
        else:
            color = "warning" if name == "residual" else "accent"
            strip = WaveformStrip(self._axis, self._builder, self._scale, color=color)
        if name == "residual":
            strip.setAccessibleName(_("Difference of the waveforms"))
            strip.setToolTip(_("Original minus reconstruction"))
        strip.setObjectName(f"{self.objectName()}.{name}.strip")
        strip.set_ground("raised" if self._heard else "background")
        strip.sought.connect(lambda at: self.sought.emit(self.key, at))
        strip.read.connect(self.read)
        inside = self._places[name].layout()
        assert inside is not None
        inside.addWidget(strip)
        self._strips[name] = strip
        return strip

    def _fill(self, name: str, strip: Strip) -> None:
        data = self._data(name)
        if self._shown_data.get(name) is data:
            return
        keep = self._shown_data.get(name) is not None  # another size: the picture glides, without a blank
        self._shown_data[name] = data
        row = self._row
        if isinstance(strip, LatentStrip):
            strip.set_latent(row.latent, row.frame_rate, row.sizes.channels if row.sizes else None, keep=keep)
        elif isinstance(strip, DifferenceStrip):
            strip.set_clips(row.original, row.clip, keep=keep)
        elif isinstance(strip, SpectrogramStrip):
            strip.set_clip(row.clip, keep=keep)
        elif isinstance(strip, WaveformStrip):
            both = name == "residual" and row.original is not None and row.clip is not None
            clip = residual(row.original, row.clip) if both and row.original and row.clip else row.clip
            strip.set_clip(clip, keep=keep)

    def _switched(self, name: str, on: bool) -> None:
        self._views = self._views | {name} if on else self._views - {name}
        self._arrange()

    def _clicked(self) -> None:
        self._listen.setChecked(self._heard)
        self.heard.emit(self.key)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the strips hears the row, too."""
        if event.button() == Qt.MouseButton.LeftButton and self._listen.isEnabled():
            self.heard.emit(self.key)

    def _restyle(self) -> None:
        colors = theme.colors()
        edge = colors.accent if self._heard else "transparent"
        ground = colors.raised if self._heard else "transparent"
        self.setStyleSheet(
            f"CompareRow {{ border: none; border-left: 3px solid {edge}; border-radius: 0; background: {ground}; }}"
            'QToolButton[role="view"]:checked { background: transparent; border-color: transparent; }'
        )


def letter(index: int) -> str:
    """A, B, C, … for rows; numbers after Z."""
    return chr(ord("A") + index) if index < 26 else str(index + 1)


def _state_words(row: Row) -> str:
    """What is going on, or why it failed; of the original, what it is."""
    if row.is_refining:
        return _("refining") if row.searched >= 0 else _("waiting")
    return row.text or (_("waiting") if row.state == "waiting" else "" if row.key else row.detail)
