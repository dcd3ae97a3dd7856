"""Compare in the player: which of its sounds is heard, at the same sample and as loud as the others. No widgets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from musicae_gui.controllers.compare_row import Row
from musicae_gui.controllers.compare_sound import CompareSource, LiveSide, Side
from musicae_gui.controllers.compare_work import Made, Original

if TYPE_CHECKING:
    from musicae_gui.player import PlayerAdapter


class CompareHearing:
    """The sounds of one stretch of a song; `on_heard` gets the key of the row that is heard from now on."""

    def __init__(self, player: PlayerAdapter, on_heard: Callable[[str], None]) -> None:
        self._player = player
        self._on_heard = on_heard
        self._original: Side | None = None
        self._source: CompareSource | None = None
        self._made: list[Side] = []
        self._title = ""
        player.devices_changed.connect(self._device_changed)
        player.side_changed.connect(self._side_changed)

    def set_original(self, original: Original, title: str) -> None:
        """Another stretch, or song called `title`; nothing is made of it yet."""
        self._original, self._title = Side("", original.clip, original.loudness), title
        self._source = CompareSource(self._original, self._player.rate)

    def clear(self) -> None:
        """Forget it; what the transport has loaded of it is taken away."""
        if self.plays_here:
            self._player.load(None)
        self._original = self._source = None
        self._made = []

    @property
    def plays_here(self) -> bool:
        """What the transport has loaded is this comparison."""
        return self._source is not None and self._player.source is self._source

    @property
    def heard(self) -> str:
        """Key of the row that is heard."""
        return self._source.selected_key if self._source is not None else ""

    def hear(self, key: str, *, play: bool = False, at: float | None = None) -> None:
        """Hear a row at the same sample; `play` starts the sound where it rests, `at` goes to a time (seconds)."""
        if self._source is None or (index := self._source.index(key)) is None:
            return
        player = self._player
        if not self.plays_here:
            self._source.select(index)
            was_playing = player.playing
            player.load(self._source, title=self._title, start=at or 0.0)
            self._on_heard(key)
            if play or was_playing:
                player.play()
            return
        player.select_side(index)
        self._on_heard(key)
        if at is not None:
            player.seek(at)
        if play and not player.playing:
            player.play()

    def changed(self, key: str, note: str) -> None:
        """A row sounds different from now on."""
        if self.plays_here and self._player.playing and self.heard == key:
            self._player.changed(note)

    def set_sounds(self, rows: Sequence[Row], made: Mapping[str, Made], live: Mapping[str, LiveSide]) -> None:
        """What there is to hear beside the original, in the order of `rows`."""
        self._made = [Side(row.key, live[row.key], made[row.key].loudness) for row in rows if row.key in live]
        if self._source is None or self._original is None:
            return
        before = self._source.selected_key
        self._source.set_sides([self._original, *self._made])
        if self.plays_here:
            self._player.changed()
            self._player.state_changed.emit()
        if self._source.selected_key != before:
            self._on_heard(self.heard)

    def offer(self) -> None:
        """Give the transport this comparison, unless something else is being heard."""
        if self._source is not None and not self.plays_here and not self._player.playing:
            self._player.load(self._source, title=self._title)

    def _device_changed(self) -> None:
        """Another device may want another rate; sources are made for one."""
        player = self._player
        if self._source is None or self._original is None or self._source.rate == player.rate:
            return
        heard, here = self._source.selected_key, self.plays_here or player.source is None
        self._source = CompareSource(self._original, player.rate)
        self._source.set_sides([self._original, *self._made])
        self._source.select(self._source.index(heard) or 0)
        if here:
            player.load(self._source, title=self._title)

    def _side_changed(self, _index: int) -> None:
        if self.plays_here:
            self._on_heard(self.heard)
