"""The A/B switch: one button a sound, the one that is heard pressed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton

from core.i18n import _
from musicae_gui.views.named import named


class AbSwitch(QFrame):
    """`chosen` gives the key of the sound that the user wants to hear."""

    chosen = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        named(self, name, _("A/B switch"), _("Hear another at the same sample, equally loud (X: back and forth)"))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2)
        self._buttons: dict[str, QToolButton] = {}
        self._heard = ""

    def show_sounds(self, sounds: Sequence[tuple[str, str, str, bool]]) -> None:
        """Offer (key, letter, title, ready) each."""
        if list(self._buttons) != [key for key, *_rest in sounds]:
            for button in self._buttons.values():
                self._row.removeWidget(button)
                button.setParent(None)
                button.deleteLater()
            self._buttons = {key: self._button(key, text, title) for key, text, title, _ready in sounds}
        for key, _text, title, ready in sounds:
            button, words = self._buttons[key], _("Hear {title}").format(title=title)
            button.setEnabled(ready)
            if button.accessibleName() != words:
                named(button, button.objectName(), words)
        self.show_heard(self._heard)

    def show_heard(self, key: str) -> None:
        self._heard = key
        for each, button in self._buttons.items():
            button.setChecked(each == key)

    def _button(self, key: str, text: str, title: str) -> QToolButton:
        button = named(QToolButton(), f"{self.objectName()}.{text}", _("Hear {title}").format(title=title))
        button.setText(text)
        button.setCheckable(True)
        button.clicked.connect(lambda: self._clicked(key))
        self._row.addWidget(button)
        return button

    def _clicked(self, key: str) -> None:
        self.show_heard(self._heard)
        self.chosen.emit(key)
