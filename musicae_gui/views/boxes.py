"""Rows and columns of widgets with their spacing, in one expression."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget


def hbox(spacing: int, parent: QWidget | None = None) -> QHBoxLayout:
    """A row; within another layout it has no margins of its own."""
    layout = QHBoxLayout() if parent is None else QHBoxLayout(parent)
    layout.setSpacing(spacing)
    return layout


def vbox(spacing: int, parent: QWidget | None = None) -> QVBoxLayout:
    """A column; within another layout it has no margins of its own."""
    layout = QVBoxLayout() if parent is None else QVBoxLayout(parent)
    layout.setSpacing(spacing)
    return layout
