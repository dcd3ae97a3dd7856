"""The sound of Morph in the player: what is loaded, played, sought, and whether decoding keeps up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.i18n import _
from core.playback import LiveSource
from musicae_gui.controllers.morph_sound import Blend
from musicae_gui.controllers.morph_view import MorphView

if TYPE_CHECKING:
    from musicae_gui.services import Services

SHORTEST = 0.02  # seconds of a loop


class MorphHearing:
    """One blend after the other in the window's player."""

    def __init__(self, view: MorphView, services: Services) -> None:
        self._view = view
        self._player = services.player
        self._source: LiveSource | None = None
        self._blend: Blend | None = None
        self._title = ""
        self._region: tuple[float, float] | None = None
        self._starved = 0
        self._player.devices_changed.connect(self._device_changed)

    @property
    def is_loaded(self) -> bool:
        """Whether the player's source is ours."""
        return self._source is not None and self._player.source is self._source

    @property
    def is_playing(self) -> bool:
        return self.is_loaded and self._player.playing

    def take(self, blend: Blend, title: str) -> None:
        """Another blend; what plays goes on in it at the same second."""
        here, was_playing, position = self.is_loaded, self.is_playing, self._player.seconds
        self._blend, self._title = blend, title
        self._source = self._made()
        if was_playing:
            self._player.play(self._source, start=min(position, blend.seconds), title=title)
        elif here or not self._player.playing:
            self._player.load(self._source, title=title, start=min(position, blend.seconds) if here else 0.0)
        self.repeat(self._region)

    def repeat(self, region: tuple[float, float] | None) -> None:
        """Between which seconds a loop goes round; None for all of the blend."""
        self._region = region
        if self._blend is None or not self.is_loaded:
            return
        if region is not None:
            end = min(region[1], self._blend.seconds)
            region = (region[0], end) if end - region[0] > SHORTEST else None
        self._player.region = region

    def drop(self) -> None:
        """There is nothing to hear for the moment."""
        if self.is_loaded:
            self._player.load(None)
        self._blend = self._source = None

    def changed(self, note: str) -> int:
        """What the blend sounds like has changed: if it plays, what is not yet heard is decoded anew.

        Returns the player's number of the change, 0 where it is not heard.
        """
        return self._player.changed(note) if self.is_loaded else 0

    def toggle(self) -> None:
        """Play or stop."""
        if self._source is None:
            return
        if self.is_playing:
            self._player.stop()
        elif self.is_loaded:
            self._player.play()
        else:
            self._player.play(self._source, title=self._title)
            self.repeat(self._region)
        self.report_speed()

    def seek(self, seconds: float) -> None:
        if self._source is None:
            return
        if self.is_loaded:
            self._player.seek(seconds)
        else:
            self._player.load(self._source, title=self._title, start=seconds)
            self.repeat(self._region)

    def report_speed(self) -> None:
        """Say whether decoding keeps up; called now and then while it plays."""
        if self._blend is None or not self.is_playing:
            return
        starved, speed = self._player.starvations, self._blend.speed
        if starved > self._starved:
            self._view.show_status(_("Decoding came too late: the sound before went on."), "warning")
        elif speed > 0:
            words = _("Decoded in time, {speed}× faster than it plays.").format(speed=f"{speed:.0f}")
            late = speed < 1.5
            self._view.show_status(
                _("Decoding hardly keeps up with playing.") if late else words, "warning" if late else "good"
            )
        self._starved = starved

    def _made(self) -> LiveSource:
        assert self._blend is not None
        blend = self._blend
        return LiveSource(
            blend.decode, blend.samples, blend.rate, self._player.rate, name="morph", prepare=blend.prepare
        )

    def _device_changed(self) -> None:
        if self._source is None or self._source.rate == self._player.rate:
            return
        here = self.is_loaded or self._player.source is None
        self._source = self._made()
        if here:
            self._player.load(self._source, title=self._title)
            self.repeat(self._region)
