"""Widgets found by their names, as tests and screen readers know them."""

from __future__ import annotations

from typing import TypeVar, overload

from PySide6.QtWidgets import QWidget

WidgetT = TypeVar("WidgetT", bound=QWidget)


@overload
def child(parent: QWidget, name: str) -> QWidget: ...
@overload
def child(parent: QWidget, name: str, kind: type[WidgetT]) -> WidgetT: ...
def child(parent: QWidget, name: str, kind: type[QWidget] = QWidget) -> QWidget:
    """The widget of that name and kind in `parent`; of several, as pages have one each, the one that is seen."""
    found = parent.findChildren(kind, name)
    assert found, f"no {kind.__name__} called {name}"
    return next((each for each in found if each.isVisible()), found[0])
