"""The panels of the window, in the order of the rail.

A panel is a QWidget made with the services. It may have `shown()` (called when it comes to the front),
`about_to_close() -> str | None` (a question to the user while work goes on), `close_down()` (called before the
window goes) and `play()` (asked for sound when Space is pressed and nothing is loaded).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.i18n import _

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from musicae_gui.services import Services


@dataclass(frozen=True)
class PanelSpec:
    """A panel's place in the rail; its module is imported when it is first shown.

    `needs` are slow modules made of Qt classes. They are imported in the GUI thread before the panel is made:
    in another thread, while this one uses Qt, PySide crashes in about one start of five.
    """

    key: str
    title: Callable[[], str]
    icon: str
    needs: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        return f"musicae_gui.panels.{self.key}"

    def create(self, services: Services) -> QWidget:
        for name in self.needs:
            importlib.import_module(name)
        panel = getattr(importlib.import_module(self.module), f"{self.key.capitalize()}Panel")
        widget: QWidget = panel(services)
        return widget


PANELS: tuple[PanelSpec, ...] = (
    PanelSpec("library", lambda: _("Library"), "library"),
    PanelSpec("train", lambda: _("Train"), "train", needs=("pyqtgraph",)),
    PanelSpec("compare", lambda: _("Compare"), "compare"),
    PanelSpec("morph", lambda: _("Morph"), "morph"),
    PanelSpec("map", lambda: _("Map"), "map"),
    PanelSpec("create", lambda: _("Create"), "create"),
    PanelSpec("study", lambda: _("Study"), "study"),
    PanelSpec("settings", lambda: _("Settings"), "settings"),
)


def panel_spec(key: str) -> PanelSpec:
    """The panel `key`, or the first one where there is none (a session of another version)."""
    return next((spec for spec in PANELS if spec.key == key), PANELS[0])
