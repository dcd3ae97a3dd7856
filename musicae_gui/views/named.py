"""What every control has besides its looks: an object name for tests, an accessible name, a tooltip."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from musicae_gui import theme

W = TypeVar("W", bound=QWidget)


def named(widget: W, name: str, words: str, tip: str = "") -> W:
    """`widget`, findable as `name`, read out as `words`, explained by `tip` (else by `words`)."""
    widget.setObjectName(name)
    widget.setAccessibleName(words)
    widget.setToolTip(tip or words)
    return widget


def icon_button(name: str, icon: str, words: str, tip: str = "", *, checkable: bool = False) -> QToolButton:
    """A flat button with a line icon that follows the theme."""
    button = named(QToolButton(), name, words, tip)
    button.setCheckable(checkable)
    theme.set_icon(button, icon, role="text" if checkable else "muted", selected="accent")
    return button


def link_button(name: str, text: str, words: str, tip: str = "") -> QPushButton:
    """A button that looks like a link."""
    button = named(QPushButton(text), name, words, tip)
    button.setProperty("role", "link")
    return button
