"""`Chart`: the clips of a collection as points, and the way back from a point to a latent that can be decoded.

Points are principal components of the flattened latents, or of each channel's statistics over time; groups and
neighbours are looked for among the first of these components, which are kept in memory.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

import numpy as np

from core.errors import Cancelled, UsageError
from core.i18n import _
from core.latents.collection import LATENT, Collection
from core.latents.features import Features, Table, batches, sample_rows
from core.latents.latent import Latent
from core.latents.projection import Projection, fit_pca, tsne

PLANE, SPACE, TSNE = "plane", "space", "tsne"
LAYOUTS = (PLANE, SPACE, TSNE)
DIMS = 32
"""Components that are kept of every clip."""
FIT_SAMPLE = 8000
"""Clips that the components are fitted to; those of all others are computed with the same axes."""
BATCH = 1024
_SAME_TIME = 0.01  # seconds; models of different rates round differently
QUIETEST, LOUDEST = 1.0, 16.0
"""A place between clips is softer than they are; it is raised to the nearest one's level, by so much at most."""


@dataclass(frozen=True)
class Points:
    """Where clips are drawn.

    Args:
        values: (clips, 2 or 3) float32.
        drawn: (clips,) bool; t-SNE places a sample only.
        explained: each axis's share of the whole variance; none for t-SNE.
    """

    values: np.ndarray
    drawn: np.ndarray
    explained: tuple[float, ...] = ()

    @property
    def dims(self) -> int:
        return int(self.values.shape[1])


class Chart:
    """The clips of one collection by the components of one representation; `make_chart` makes it.

    Attributes:
        collection, representation, projection: what it is made of.
        components: (clips, dims) float32, the longest axis first.
    """

    def __init__(
        self, collection: Collection, representation: str, projection: Projection, components: np.ndarray
    ) -> None:
        self.collection = collection
        self.representation = representation
        self.projection = projection
        self.components = components
        self._lock = Lock()  # a collection keeps maps of files open, for one thread at a time

    def __len__(self) -> int:
        return len(self.components)

    @property
    def features(self) -> Features:
        """The components as a table to search and to cluster."""
        return Table(self.components)

    @property
    def covered(self) -> float:
        """The share of the whole variance that the components hold."""
        return float(self.projection.explained.sum())

    def points(self, layout: str, *, seed: int = 0) -> Points:
        """Where the clips are drawn: in the first two or three components, or by t-SNE, which takes seconds.

        Raises:
            UsageError: another layout, or t-SNE of fewer than four clips.
        """
        every = np.ones(len(self), bool)
        if layout in (PLANE, SPACE):
            dims = 2 if layout == PLANE else 3
            values = np.zeros((len(self), dims), np.float32)
            there = min(dims, self.components.shape[1])
            values[:, :there] = self.components[:, :there]
            shares = [float(share) for share in self.projection.explained[:there]]
            return Points(values, every, tuple(shares + [0.0] * (dims - there)))
        if layout != TSNE:
            raise UsageError(
                _("There is no layout {name!r}; choose one of {choices}.").format(
                    name=layout, choices=", ".join(LAYOUTS)
                )
            )
        rows, found = tsne(self.features, seed=seed)
        values = np.zeros((len(self), 2), np.float32)
        values[rows] = found
        drawn = ~every
        drawn[rows] = True
        return Points(values, drawn)

    def latent(self, row: int) -> Latent:
        """The latent of one clip; from any thread."""
        with self._lock:
            return self.collection.latent(row)

    def place(self, components: np.ndarray, near: int) -> Latent:
        """The latent at a place of the chart, to be heard.

        Flattened latents: the inverse of the principal components, with 0 on all axes that are not given. Statistics:
        many latents have those of a place; it is the one of the clip `near`, each of its channels shifted and
        stretched until its mean and deviation are the place's.

        Args:
            components: (any number up to dims,) the place on the first axes.
        """
        flat = self.projection.place(components[None].astype(np.float32))[0]
        if self.representation == LATENT:
            with self._lock:
                return self.collection.latent_at(flat)
        clip = self.latent(near)
        mean, deviation, _change = flat.reshape(3, -1)
        own = clip.values.std(axis=1, keepdims=True)
        shape = (clip.values - clip.values.mean(axis=1, keepdims=True)) / np.where(own > 0, own, 1.0)
        values = shape * np.maximum(deviation, 0)[:, None] + mean[:, None]
        return Latent(values, clip.model, clip.samples)

    def gain(self, place: Latent, near: int, silence: np.ndarray) -> float:
        """The factor that brings the sound of `place` to about the level of the clip `near`, 1 to 16.

        Args:
            silence: (channels,) the model's latent frame of silence, from which both are measured.
        """
        loud, soft = (
            float(np.square(each.values - silence[: each.channels, None]).mean()) for each in (self.latent(near), place)
        )
        return float(np.clip(np.sqrt(loud / soft), QUIETEST, LOUDEST)) if soft > 0 else QUIETEST


def make_chart(
    collection: Collection,
    representation: str,
    *,
    progress: Callable[[float], object] = lambda fraction: None,
    cancelled: Callable[[], bool] = lambda: False,
    seed: int = 0,
) -> Chart:
    """Fit the components to a sample of the clips and compute those of all; cancelled between two batches.

    Raises:
        UsageError: fewer than two clips, or another representation.
        LibraryError: latents are no longer on the disk.
        Cancelled: `cancelled` said so.
    """
    features = collection.features(representation)
    rows = sample_rows(len(features), FIT_SAMPLE, seed)
    fitted: Features = features if len(rows) == len(features) else Table(features.take(rows))
    projection = fit_pca(fitted, DIMS, seed=seed)
    components = np.empty((len(features), projection.dims), np.float32)
    for part, values in batches(features, BATCH):
        if cancelled():
            raise Cancelled(_("Cancelled."))
        components[part] = projection.project(values)
        progress((part[-1] + 1) / len(features))
    return Chart(collection, representation, projection, components)


def same_clips(clips: Collection, others: Collection) -> np.ndarray:
    """(clips,) the row in `others` of the clip at the same second of the same song, -1 where there is none."""
    found = np.full(len(clips), -1, np.int64)
    songs = {song.key: number for number, song in enumerate(others.songs)}
    for number, song in enumerate(clips.songs):
        other = songs.get(song.key)
        if other is None:
            continue
        # A song's clips lie together, in the order of their times.
        mine = slice(*np.searchsorted(clips.song, (number, number + 1)))
        first, last = np.searchsorted(others.song, (other, other + 1))
        times = others.seconds[first:last]
        places = np.clip(np.searchsorted(times, clips.seconds[mine] - _SAME_TIME), 0, last - first - 1)
        same = np.abs(times[places] - clips.seconds[mine]) <= _SAME_TIME
        found[mine] = np.where(same, places + first, -1)
    return found
