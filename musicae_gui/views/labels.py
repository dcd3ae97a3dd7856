"""Labels as the two sides of the Train panel use them."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel


def words(name: str, role: str) -> QLabel:
    """A sentence that wraps, filled by whoever shows it."""
    label = QLabel()
    label.setObjectName(name)
    label.setProperty("role", role)
    label.setWordWrap(True)
    return label


def heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "heading")
    return label
