"""Loop points in Morph: set by hand, or by bars where A's tempo is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.i18n import _
from musicae_gui.controllers.morph_hearing import MorphHearing
from musicae_gui.controllers.morph_songs import MorphSongs
from musicae_gui.controllers.morph_state import MorphState
from musicae_gui.controllers.morph_view import MorphView

if TYPE_CHECKING:
    from musicae_gui.services import Services

LEAST = 0.1  # seconds between two loop points


class MorphLoop:
    """Between which seconds of the blend the loop goes round."""

    def __init__(
        self, view: MorphView, services: Services, state: MorphState, songs: MorphSongs, hearing: MorphHearing
    ) -> None:
        self._view = view
        self._services = services
        self._state = state
        self._songs = songs
        self._hearing = hearing

    @property
    def region(self) -> tuple[float, float] | None:
        return self._state.region

    def show(self) -> None:
        self._view.show_loop(self.region, self._state.bars)
        self._hearing.repeat(self.region)

    def choose(self, begin: float, end: float) -> None:
        """Loop between two moments; nothing where they are the same."""
        begin, end = sorted((max(begin, 0.0), max(end, 0.0)))
        self._set((begin, end) if end - begin >= LEAST else None, 0)

    def begin_here(self) -> None:
        """The loop begins at what is heard now."""
        here = self._services.player.seconds
        end = self.region[1] if self.region is not None and self.region[1] > here + LEAST else self._end
        self.choose(here, end)

    def end_here(self) -> None:
        """The loop ends at what is heard now."""
        here = self._services.player.seconds
        begin = self.region[0] if self.region is not None and self.region[0] < here - LEAST else 0.0
        self.choose(begin, here)

    def clear(self) -> None:
        """The loop is the whole blend."""
        self._set(None, 0)

    def choose_bars(self, bars: int) -> None:
        """Loop so many bars of A from the one that is heard now, when its beats are found."""
        a = self._songs.song("a")
        if a is None:
            return
        begin, _end = self._state.stretch("a")
        here = self.region[0] if self.region is not None and self._state.bars else self._services.player.seconds

        def found() -> None:
            beats = self._songs.tempo.beats(a.key)
            if beats is None or not beats.bpm:
                self._services.notify(_("{song} has no steady beat; set the loop points by hand.").format(song=a.title))
                self.show()
                return
            first, last = beats.stretch(begin + here, bars)
            self._set((max(first - begin, 0.0), last - begin), bars)

        self._songs.tempo.want([a], found, self._services.notify, group="morph.bars")

    @property
    def _end(self) -> float:
        return self._services.player.duration

    def _set(self, region: tuple[float, float] | None, bars: int) -> None:
        self._state.region, self._state.bars = region, bars
        self.show()
        if region is not None and not self._services.player.loop:
            self._services.player.loop = True
