"""Listening to a run learn: a slider over its epochs, and the validation clip before and after the model."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QSlider, QWidget

from core.i18n import _
from musicae_gui import theme


class EpochPlayer(QWidget):
    """The slider goes over the epochs that were kept, not over all that were trained."""

    epoch_chosen = Signal(int)
    play_requested = Signal(int)  # 0 the original, 1 the reconstruction
    preview_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._epochs: list[int] = []
        self._title = QLabel()
        self._title.setObjectName("train.listen_title")
        self._title.setProperty("role", "heading")
        self._title.setWordWrap(True)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setObjectName("train.listen_epoch")
        self._slider.setAccessibleName(_("Epoch to listen to"))
        self._slider.setToolTip(_("Choose after which epoch the model is heard."))
        self._slider.setPageStep(5)
        self._slider.valueChanged.connect(self._moved)
        self._play = [
            self._button("train.play_original", _("Original"), _("Play the validation clip as it is.")),
            self._button(
                "train.play_reconstruction",
                _("Reconstruction"),
                _("Play the clip as the model gave it back after this epoch; X switches to the original and back."),
            ),
        ]
        for side, button in enumerate(self._play):
            button.clicked.connect(lambda _checked=False, side=side: self.play_requested.emit(side))
        self._preview = QPushButton(_("Preview now"))
        self._preview.setObjectName("train.preview")
        self._preview.setToolTip(_("Put the clip through the network as it is at this moment, without waiting."))
        self._preview.clicked.connect(self.preview_requested)
        buttons = QHBoxLayout()
        for button in (*self._play, self._preview):
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._title, 0, 0)
        layout.addWidget(self._slider, 1, 0)
        layout.addLayout(buttons, 2, 0)
        self.show_epochs("", [], -1)
        self.set_running(False)

    def show_epochs(self, run: str, epochs: Sequence[int], current: int) -> None:
        self._epochs = list(epochs)
        there = bool(self._epochs)
        self._slider.blockSignals(True)
        self._slider.setRange(0, max(0, len(self._epochs) - 1))
        if current in self._epochs:
            self._slider.setValue(self._epochs.index(current))
        self._slider.blockSignals(False)
        self._slider.setEnabled(len(self._epochs) > 1)
        for button in self._play:
            button.setEnabled(there)
        if there and current == 0:
            self._title.setText(_("Listen: {run} before training").format(run=run))
        elif there:
            self._title.setText(_("Listen: {run} after epoch {epoch}").format(run=run, epoch=current))
        else:
            self._title.setText(_("Listen: after the first epoch you can hear what the model keeps"))

    def set_running(self, running: bool) -> None:
        """A preview of this moment exists only while a run is under way."""
        self._preview.setEnabled(running)

    def _moved(self, position: int) -> None:
        if 0 <= position < len(self._epochs):
            self.epoch_chosen.emit(self._epochs[position])

    @staticmethod
    def _button(name: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setToolTip(tip)
        theme.set_icon(button, "play")
        return button
