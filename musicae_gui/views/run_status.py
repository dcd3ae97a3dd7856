"""The run under way: what it does, how far it is, its figures, its warnings, and the buttons that steer it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from core.i18n import _
from musicae_gui import theme
from musicae_gui.controllers.train_view import Controls
from musicae_gui.controllers.train_watch import Watched

# A figure stays in one line with its name and unit.
NO_BREAK, WORD_JOINER = "\u00a0", "\u2060"


class RunStatus(QWidget):
    """Shows what a controller tells; wishes leave as signals."""

    pause_requested = Signal()
    stop_requested = Signal()
    discard_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = self._label("train.status", "heading")
        self._sentence = self._label("train.words", "muted")
        self._figures = self._label("train.figures", "muted")
        self._figures.setFont(theme.mono_font())
        self._warnings = self._label("train.warnings", "warning")
        self._bar = QProgressBar()
        self._bar.setObjectName("train.progress")
        self._bar.setAccessibleName(_("Progress of the training"))
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._pause = self._button(
            "train.pause", "pause", _("Pause"), _("Hold the training after this step, and go on later.")
        )
        self._stop = self._button(
            "train.stop", "stop", _("Stop and keep"), _("End this run now; its best epoch stays and it can be resumed.")
        )
        self._discard = self._button(
            "train.discard", "remove", _("Discard"), _("End this run now and delete what it has learned.")
        )
        self._pause.clicked.connect(self.pause_requested)
        self._stop.clicked.connect(self.stop_requested)
        self._discard.clicked.connect(self.discard_requested)
        buttons = QHBoxLayout()
        for button in (self._pause, self._stop, self._discard):
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for widget in (self._title, self._bar, self._sentence, self._figures, self._warnings):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        self.show_watched(None)
        self.show_warnings([])

    def show_watched(self, watched: Watched | None) -> None:
        if watched is None:
            watched = Watched(
                _("Nothing is being trained"),
                _("Tick one or more sizes on the left and press the button below them."),
                fraction=0.0,
            )
        self._title.setText(watched.title)
        self._sentence.setText(watched.sentence)
        figures = [f"{name} {value}".replace(" ", NO_BREAK) for name, value in watched.figures]
        self._figures.setText("   ".join(figures).replace("/", "/" + WORD_JOINER))
        self._figures.setVisible(bool(watched.figures))
        # Range 0 to 0 is Qt's "busy": the run has begun, but not its first step.
        self._bar.setRange(0, 0 if watched.fraction < 0 else 1000)
        if watched.fraction >= 0:
            self._bar.setValue(round(1000 * watched.fraction))

    def show_warnings(self, warnings: Sequence[str]) -> None:
        self._warnings.setText("\n".join(f"⚠ {words}" for words in warnings))
        self._warnings.setVisible(bool(warnings))

    def show_controls(self, controls: Controls) -> None:
        for button in (self._pause, self._stop, self._discard):
            button.setEnabled(controls.running and not controls.stopping)
        self._pause.setText(_("Go on") if controls.paused else _("Pause"))
        theme.set_icon(self._pause, "play" if controls.paused else "pause")

    @staticmethod
    def _label(name: str, role: str) -> QLabel:
        label = QLabel()
        label.setObjectName(name)
        label.setProperty("role", role)
        label.setWordWrap(True)
        return label

    @staticmethod
    def _button(name: str, icon: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(text)
        button.setToolTip(tip)
        theme.set_icon(button, icon)
        return button
