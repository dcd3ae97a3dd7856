"""The widgets of Create and where they stand."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QProgressBar,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QWidget,
)

from core.i18n import _
from musicae_gui import theme
from musicae_gui.controllers.create import VARIATIONS
from musicae_gui.views.boxes import hbox, vbox
from musicae_gui.views.create_bar import OpenedBar
from musicae_gui.views.create_form import CreateForm
from musicae_gui.views.create_history import FileOf, HistoryList
from musicae_gui.views.create_latent import EditableLatent
from musicae_gui.views.create_tools import EditTools
from musicae_gui.views.elided import ElidedLabel
from musicae_gui.views.empty_state import EmptyState
from musicae_gui.views.named import icon_button, named
from musicae_gui.views.picture_builder import PictureBuilder
from musicae_gui.views.picture_scale import PictureScale
from musicae_gui.views.spectrogram import SpectrogramStrip
from musicae_gui.views.time_axis import TimeAxis
from musicae_gui.views.time_ruler import TimeRuler
from musicae_gui.views.waveform import WaveformStrip

_LEFT = 300  # px of the form at first


class CreateWidgets(QWidget):
    """Recipe and history at the left; what is open, as sound and as latent, with its tools at the right.

    Args:
        file_of: gives the file that is dragged out.
    """

    def __init__(self, builder: PictureBuilder, file_of: FileOf) -> None:
        super().__init__()
        self.axis = TimeAxis(self)
        self.scale = PictureScale(self)
        self._builder = builder
        self._file_of = file_of
        self._make()
        self._lay_out()

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
        self.history = HistoryList(self._file_of)
        self.bar = OpenedBar(self._file_of)
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
