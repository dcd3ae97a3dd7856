"""What the map plays: one spot that may change while it is heard, or clips in a row. No widgets, no torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from core.i18n import _
from musicae_gui.controllers.map_clips import clip_title, sound_of
from musicae_gui.controllers.map_sound import InARow, Sound, Spot, source_of

if TYPE_CHECKING:
    from core.latents.map_chart import Chart
    from core.models.codec import Codec, Latent
    from core.playback import SwitchSource
    from musicae_gui.controllers.map_view import MapView
    from musicae_gui.services import Services


class MapPlayer:
    """Joins the map to the player; the side of A/B chosen last is kept from clip to clip.

    Attributes:
        row_changed: called with the row of the clip that is heard now, while clips play in a row.
    """

    def __init__(self, view: MapView, services: Services) -> None:
        self._view = view
        self._services = services
        self._chart: Chart | None = None
        self._codec: Codec | None = None
        self._spot: Spot | None = None
        self._source: SwitchSource | None = None
        self._row: np.ndarray | None = None  # clips in a row
        self._clip = 0
        self.side = 0
        self.row_changed: Callable[[int], None] = lambda row: None
        services.player.side_changed.connect(self._side_changed)
        services.player.position.connect(self._moved)

    def set_chart(self, chart: Chart, codec: Codec) -> None:
        """Other clips: what was loaded of those before plays on until something else is heard."""
        self._chart, self._codec = chart, codec
        self._spot = self._row = None
        self._clip = chart.latent(0).samples

    @property
    def plays_here(self) -> bool:
        return self._source is not None and self._services.player.source is self._source

    @property
    def is_playing(self) -> bool:
        return self.plays_here and self._services.player.playing

    @property
    def seconds(self) -> float:
        """Length of a clip."""
        return self._clip / self._codec.rate if self._codec is not None else 0.0

    def hear(self, row: int) -> None:
        """Play a clip from its beginning."""
        if self._chart is not None and row >= 0:
            self._play(sound_of(self._chart, row), clip_title(self._chart, row), restart=True)

    def scrub(self, row: int) -> None:
        """Another clip from the next sample on."""
        if self._chart is not None and row >= 0:
            self._play(sound_of(self._chart, row), clip_title(self._chart, row), restart=False)

    def hear_place(self, components: np.ndarray, near: int, title: str = "") -> None:
        """A place between the clips, as loud as the clip nearest to it; from the next sample on."""
        if self._chart is None or self._codec is None:
            return
        latent = self._chart.place(components, near)
        gain = self._chart.gain(latent, near, self._codec.silence)
        self._play(Sound(latent, gain), title or _("A place on the map"), restart=False)

    def hear_latent(self, latent: Latent, title: str) -> None:
        """An average, or the centre of a cluster."""
        self._play(Sound(latent), title, restart=True)

    def hear_rows(self, rows: np.ndarray) -> None:
        """Clips one after the other."""
        chart, codec = self._chart, self._codec
        if chart is None or codec is None or not len(rows):
            return
        heard = InARow(codec, lambda number: sound_of(chart, int(rows[number])), len(rows), self._clip)
        self._spot, self._row = None, rows
        self._source = source_of(heard, codec.rate, self._services.player.rate, self.side)
        self._services.player.play(self._source, title=_("{n} clips in a row").format(n=len(rows)))

    def _play(self, sound: Sound, title: str, *, restart: bool) -> None:
        player, codec = self._services.player, self._codec
        if codec is None:
            return
        self._row = None
        if self._spot is None or self._source is None or self._source.rate != player.rate or not self.plays_here:
            self._spot = Spot(codec, sound)
            self._source = source_of(self._spot, codec.rate, player.rate, self.side)
            player.play(self._source, title=title)
            return
        self._spot.sound = sound
        player.title = title
        if restart or not player.playing:
            player.play(start=0.0)
        else:
            player.changed(title)
            player.state_changed.emit()

    def _side_changed(self, side: int) -> None:
        if self.plays_here:
            self.side = side

    def _moved(self, seconds: float) -> None:
        if self._row is not None and self.is_playing and self.seconds:
            self.row_changed(int(self._row[min(int(seconds / self.seconds), len(self._row) - 1)]))
