"""What a panel shows when there is nothing to show yet: a sign, a sentence, and the button that changes it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from musicae_gui import theme
from musicae_gui.views.boxes import hbox


class EmptyState(QWidget):
    """`buttons` are laid out in a row, the first being the one to press."""

    def __init__(self, icon: str, title: str, sentence: str, buttons: list[QPushButton]) -> None:
        super().__init__()
        self.setObjectName("empty")
        sign = QToolButton()
        sign.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        sign.setProperty("role", "sign")
        sign.setIconSize(QSize(48, 48))
        sign.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.set_icon(sign, icon, role="muted")
        self.title = QLabel(title)
        self.title.setProperty("role", "heading")
        self.sentence = QLabel(sentence, wordWrap=True)
        self.sentence.setProperty("role", "muted")
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.sentence.setMinimumWidth(380)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(theme.GRID)
        column.addStretch(1)
        for widget in (sign, self.title):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.sentence)  # as wide as there is room: aligned, it would be given too few lines
        row = hbox(theme.GRID)
        row.setContentsMargins(0, theme.GRID, 0, 0)
        row.addStretch(1)
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(2)
