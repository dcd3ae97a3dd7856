"""A map, or what stands in its place while there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget

from musicae_gui.views.map_canvas import MapCanvas
from musicae_gui.views.map_page import MapPage

if TYPE_CHECKING:
    from musicae_gui.controllers.map_view import Page


class MapPane(QStackedWidget):
    """The object names begin with `name`."""

    def __init__(self, name: str, words: str) -> None:
        super().__init__()
        self.canvas = MapCanvas()
        self.canvas.setObjectName(f"{name}.canvas")
        self.canvas.setAccessibleName(words)
        self.page = MapPage(name)
        self.addWidget(self.page)
        self.addWidget(self.canvas)

    @property
    def is_ready(self) -> bool:
        """The map is there."""
        return self.currentWidget() is self.canvas

    def show_page(self, page: Page, title: str = "", text: str = "", fraction: float = -1.0) -> None:
        if page == "offer":
            self.page.show_offer(title, text)
        elif page == "busy":
            self.page.show_work(title, text, fraction)
        elif page == "empty":
            self.page.show_words(title, text)
        self.setCurrentWidget(self.canvas if page == "map" else self.page)
