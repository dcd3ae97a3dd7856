"""How the map is coloured, what is hidden, and the clusters. No widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.i18n import _
from core.latents.clusters import Clustering
from core.latents.map_chart import Chart, Points
from core.latents.map_groups import (
    CLUSTER,
    GENRE,
    POSITION,
    SONG,
    Groups,
    KScore,
    by_cluster,
    by_genre,
    by_position,
    by_song,
    cluster_scores,
    clusters_of_all,
    suggested_k,
)

if TYPE_CHECKING:
    from musicae_gui.controllers.map_view import MapView
    from musicae_gui.services import Services
    from musicae_gui.tasks import TaskContext

CLUSTERS = "map.clusters"
AT_ONCE = 20_000  # clips whose clusters are found within some milliseconds
KINDS = (GENRE, SONG, POSITION, CLUSTER)


class GroupChooser:
    """Colours of one chart.

    Attributes:
        groups: those shown now.
        clustering: the clusters in use; None before they are asked for.
        scores: inertia and silhouette for each k.
    """

    def __init__(self, view: MapView, services: Services, own: dict[str, Any]) -> None:
        self._view, self._services, self._own = view, services, own
        self._chart: Chart | None = None
        self._points: Points | None = None
        self.groups: Groups | None = None
        self.clustering: Clustering | None = None
        self.scores: list[KScore] = []
        self._hidden: dict[str, set[int]] = {}

    @property
    def kind(self) -> str:
        kind = self._own.get("colour")
        return kind if kind in KINDS else GENRE

    @property
    def hidden(self) -> set[int]:
        return self._hidden.setdefault(self.kind, set())

    def choose(self, kind: str) -> None:
        if kind in KINDS and kind != self.kind:
            self._own["colour"] = kind
            self._show()

    def set_chart(self, chart: Chart) -> None:
        self._services.tasks.cancel(CLUSTERS)
        self._chart, self.clustering, self.scores = chart, None, []
        self._hidden.clear()
        self._show()

    def set_points(self, points: Points) -> None:
        self._points = points
        self._show_centres()

    def set_hidden(self, group: int, hidden: bool) -> None:
        """Hide a group, or show it again."""
        (self.hidden.add if hidden else self.hidden.discard)(group)
        if self.groups is not None:
            self._view.show_groups(self.groups, self.kind, self.hidden)

    def only(self, group: int) -> None:
        """Show this group alone, or all where it is alone already."""
        if self.groups is None:
            return
        others = {number for number in range(len(self.groups.names)) if number != group}
        self._hidden[self.kind] = set() if self.hidden == others else others
        self._view.show_groups(self.groups, self.kind, self.hidden)

    def words(self, row: int) -> str:
        """The group of a clip in words."""
        if self.groups is None:
            return ""
        name = self.groups.names[int(self.groups.ids[row])]
        return _("cluster {n}").format(n=name) if self.kind == CLUSTER and self.clustering is not None else name

    def columns(self) -> dict[str, list[str]]:
        """What a table of clips says of them besides their songs."""
        if self.clustering is None:
            return {}
        return {"cluster": [str(label + 1) for label in self.clustering.labels.tolist()]}

    def choose_k(self, k: int) -> None:
        """Use so many clusters, and remember it."""
        self._own["k"] = k
        self._use(k)

    def centre(self, cluster: int) -> tuple[np.ndarray, int] | None:
        """A cluster's centre among the chart's components, and the clip nearest to it."""
        if self._chart is None or self.clustering is None or not 0 <= cluster < self.clustering.k:
            return None
        centre = self.clustering.centres[cluster].astype(np.float32)
        away = np.square(self._chart.components - centre).sum(axis=1)
        return centre, int(away.argmin())

    def _show(self) -> None:
        chart = self._chart
        if chart is None:
            return
        if self.kind == CLUSTER and self.clustering is None:
            self.groups = Groups(("",), np.zeros(len(chart), np.int32))
            self._score(chart)
        elif self.kind == CLUSTER and self.clustering is not None:
            self.groups = by_cluster(self.clustering)
        else:
            self.groups = {GENRE: by_genre, SONG: by_song, POSITION: by_position}[self.kind](chart.collection)
        self._view.show_groups(self.groups, self.kind, self.hidden)
        self._view.show_scores(self.scores, self.clustering.k if self.clustering is not None else 0)
        self._show_centres()

    def _score(self, chart: Chart) -> None:
        """Work out the curves in the background; then the k that was used last, or the best one, is used."""

        def work(context: TaskContext) -> list[KScore]:
            return cluster_scores(chart.features, progress=context.progress, cancelled=context.cancelled)

        self._services.tasks.run(work, done=self._scored, group=CLUSTERS, title=_("Finding clusters"))

    def _scored(self, scores: list[KScore]) -> None:
        self.scores = scores
        wanted = self._own.get("k")
        known = [score.k for score in scores]
        self._use(wanted if wanted in known else suggested_k(scores))

    def _use(self, k: int) -> None:
        chart, score = self._chart, next((each for each in self.scores if each.k == k), None)
        if chart is None or score is None:
            return
        if len(chart) <= AT_ONCE:
            self._clustered(clusters_of_all(chart.features, score))
        else:
            self._services.tasks.run(
                lambda _context: clusters_of_all(chart.features, score), done=self._clustered, group=CLUSTERS
            )

    def _clustered(self, clustering: Clustering) -> None:
        self.clustering = clustering
        self._hidden.pop(CLUSTER, None)
        if self.kind == CLUSTER:
            self._show()

    def _show_centres(self) -> None:
        points, clustering = self._points, self.clustering
        if points is None or clustering is None or self.kind != CLUSTER or not points.explained:
            self._view.show_centres(None)
        else:
            there = np.zeros((clustering.k, points.dims), np.float32)
            dims = min(points.dims, clustering.centres.shape[1])
            there[:, :dims] = clustering.centres[:, :dims]
            self._view.show_centres(there)
