"""What stands in the map's place while there is none: a sentence, an offer to encode, or the work that goes on."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from core.i18n import _
from musicae_gui import theme
from musicae_gui.views.boxes import hbox
from musicae_gui.views.named import named

_WIDTH = 460


class MapPage(QWidget):
    """`start` and `cancel` are shown where they make sense; the object names begin with `name`."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(f"{name}.page")
        self.title = QLabel(wordWrap=True)
        self.title.setProperty("role", "heading")
        self.text = QLabel(wordWrap=True)
        self.text.setProperty("role", "muted")
        self.bar = named(QProgressBar(), f"{name}.progress", _("Progress of the map"))
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.start = named(QPushButton(_("Encode")), f"{name}.start", _("Encode the clips"))
        self.start.setProperty("role", "primary")
        self.cancel = named(QPushButton(_("Cancel")), f"{name}.cancel", _("Stop making the map"))
        inside = QVBoxLayout()
        inside.setSpacing(theme.GRID)
        for label in (self.title, self.text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            inside.addWidget(label)
        inside.addWidget(self.bar)
        buttons = hbox(theme.GRID)
        buttons.addStretch(1)
        buttons.addWidget(self.start)
        buttons.addWidget(self.cancel)
        buttons.addStretch(1)
        inside.addLayout(buttons)
        box = QWidget()
        box.setLayout(inside)
        box.setMaximumWidth(_WIDTH)
        column = QVBoxLayout(self)
        column.addStretch(2)
        across = hbox(0)  # as wide as there is room, up to its width
        across.addStretch(1)
        across.addWidget(box, 100)
        across.addStretch(1)
        column.addLayout(across)
        column.addStretch(3)

    def show_words(self, title: str, text: str) -> None:
        """A sentence alone."""
        self._show(title, text, bar=False, start=False, cancel=False)

    def show_offer(self, title: str, text: str) -> None:
        """Something that begins when the user says so."""
        self._show(title, text, bar=False, start=True, cancel=False)

    def show_work(self, title: str, text: str, fraction: float) -> None:
        """Work that goes on; `fraction` is negative while nobody knows."""
        self._show(title, text, bar=True, start=False, cancel=True)
        self.bar.setRange(0, 1000 if fraction >= 0 else 0)
        self.bar.setValue(round(1000 * max(fraction, 0.0)))

    def _show(self, title: str, text: str, *, bar: bool, start: bool, cancel: bool) -> None:
        self.title.setText(title)
        self.text.setText(text)
        for widget, shown in ((self.bar, bar), (self.start, start), (self.cancel, cancel)):
            widget.setVisible(shown)
