"""What the Map controller asks of the panel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from core.latents.map_chart import Points
from core.latents.map_groups import Groups, KScore
from musicae_gui.controllers.model_choices import ModelChoice

Page = Literal["empty", "offer", "busy", "map"]


@dataclass(frozen=True)
class Near:
    """A clip in the list of neighbours."""

    row: int
    title: str
    detail: str


class MapView(Protocol):
    """Shows what it is told; implemented by the panel, and by a fake in tests."""

    def show_models(self, choices: list[ModelChoice], current: str, beside: str) -> None:
        """The models to choose from, the one in use, and the one beside it, "" for none."""

    def show_sources(self, sources: list[tuple[str, str]], current: str) -> None:
        """Which songs can be chosen: key and words."""

    def show_page(self, page: Page, title: str = "", text: str = "", fraction: float = -1.0) -> None:
        """The map itself, or what stands in its place: nothing yet, an offer to encode, work going on."""

    def show_points(self, points: Points) -> None:
        """Another layout; everything else shown on the map stays."""

    def show_groups(self, groups: Groups, kind: str, hidden: set[int]) -> None: ...

    def show_current(self, row: int, words: str) -> None:
        """The clip that is chosen, -1 for none."""

    def show_place(self, place: np.ndarray | None, *, beside: bool = False) -> None:
        """A place between the clips that is heard, on the first map or on the one beside."""

    def show_near(self, near: list[Near]) -> None: ...

    def show_scores(self, scores: list[KScore], k: int) -> None:
        """Inertia and silhouette over k, and the k in use; empty while they are not known."""

    def show_centres(self, centres: np.ndarray | None) -> None:
        """(k, 2 or 3) where the clusters' centres are drawn; None for none."""

    def show_selection(self, rows: np.ndarray) -> None:
        """The clips within the lasso."""

    def show_status(self, text: str, level: str = "") -> None: ...

    # The same clips by another model, on a map beside the first.

    def show_beside(self, on: bool, title: str = "") -> None:
        """Whether there is a second map, and the name of its model."""

    def show_beside_page(self, page: Page, title: str = "", text: str = "", fraction: float = -1.0) -> None: ...

    def show_beside_points(self, points: Points) -> None: ...
