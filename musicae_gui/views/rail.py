"""The navigation rail: one button a panel, an icon over a word."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QToolButton, QVBoxLayout, QWidget

from core.i18n import _
from musicae_gui import theme

WIDTH = 96  # the longest word in any language, bold
# These stand at the rail's foot, away from the panels of daily use.
AT_THE_FOOT = ("settings",)


class Rail(QFrame):
    """`chosen` tells the key of the panel that the user wants; `select` marks the one that is shown."""

    chosen = Signal(str)

    def __init__(self, entries: Sequence[tuple[str, str, str]], parent: QWidget | None = None) -> None:
        """`entries` holds key, title and icon of each panel; the n-th has the key Ctrl+n."""
        super().__init__(parent)
        self.setObjectName("rail")
        self.setProperty("role", "rail")
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(_("Panels"))
        self._buttons: dict[str, QToolButton] = {}
        group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GRID, theme.GRID, theme.GRID, theme.GRID)
        column.setSpacing(theme.GRID // 2)
        top: list[QToolButton] = []
        foot: list[QToolButton] = []
        for number, (key, title, icon) in enumerate(entries, start=1):
            button = self._button(key, title, icon, f"Ctrl+{number}")
            group.addButton(button)
            self._buttons[key] = button
            (foot if key in AT_THE_FOOT else top).append(button)
        for button in top:
            column.addWidget(button)
        column.addStretch(1)
        for button in foot:
            column.addWidget(button)

    def select(self, key: str) -> None:
        if key in self._buttons:
            self._buttons[key].setChecked(True)

    def _button(self, key: str, title: str, icon: str, shortcut: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(f"rail.{key}")
        button.setText(title)
        button.setCheckable(True)
        button.setProperty("role", "rail")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setIconSize(QSize(24, 24))
        button.setFixedSize(WIDTH - 2 * theme.GRID, 64)
        button.setAccessibleName(title)
        button.setToolTip(f"{title} ({shortcut})")
        theme.set_icon(button, icon, role="muted", selected="accent")
        button.clicked.connect(lambda: self.chosen.emit(key))
        return button
