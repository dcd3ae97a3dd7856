"""Tempo in Morph: beats found once a song and kept in the library, bars for the loop, songs stretched to A's time."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from core.audio import read_clip
from core.errors import LibraryError, MusicaeError
from core.i18n import _
from core.tempo import VERSION, Beats, aligned_start, factor_between, find_beats
from musicae_gui.controllers.morph_sound import Warp
from musicae_gui.controllers.morph_state import Stretch

if TYPE_CHECKING:
    from core.library import Library, Song
    from musicae_gui.services import Services
    from musicae_gui.tasks import TaskContext

RATE = 22_050  # at which beats are looked for
MEASURE = "beats"


class MorphTempo:
    """The beats of songs, found in the background when they are first wanted."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._beats: dict[str, Beats] = {}

    def beats(self, key: str) -> Beats | None:
        """A song's beats, once they were wanted."""
        return self._beats.get(key)

    def want(
        self,
        songs: Iterable[Song],
        done: Callable[[], None],
        failed: Callable[[MusicaeError], None],
        *,
        group: str = "morph.tempo",
    ) -> None:
        """Call `done` when the beats of all `songs` are known: at once, or after looking for them.

        Of one `group` only the latest call is answered.
        """
        library, missing = self._services.library, []
        for song in songs:
            if song.key not in self._beats:
                kept = _kept(library, song)
                if kept is None:
                    missing.append(song)
                else:
                    self._beats[song.key] = kept
        if not missing:
            done()
            return

        def found(beats: dict[str, Beats]) -> None:
            self._beats.update(beats)
            done()

        self._services.tasks.run(
            lambda context: _looked_for(missing, library, context),
            done=found,
            failed=failed,
            group=group,
            title=_("Looking for beats"),
        )

    def warp(self, a: str, other: str, stretch_a: Stretch, stretch: Stretch) -> Warp | None:
        """What brings another song into A's time; None while the beats of one are not known."""
        beats_a, beats = self.beats(a), self.beats(other)
        if beats_a is None or beats is None:
            return None
        factor = factor_between(beats_a, beats)
        return Warp(factor, aligned_start(beats_a, beats, factor, stretch_a[0], stretch[0]))

    def words(self, a: str, b: str) -> str:
        """The tempos, as far as they are known."""
        beats_a, beats_b = self.beats(a), self.beats(b)
        if beats_a is None or beats_b is None:
            return ""
        if not beats_a.bpm or not beats_b.bpm:
            return _("no steady beat")
        bpm_b = beats_a.bpm if beats_b.bpm else 0.0
        return _("{b} → {a} BPM").format(a=f"{bpm_b:.0f}", b=f"{beats_b.bpm:.0f}")


def _kept(library: Library, song: Song) -> Beats | None:
    """The beats that were found at an earlier start."""
    try:
        values = library.measured.get(song.key, MEASURE, VERSION)
        return None if values is None else Beats.from_plain(values)
    except (LibraryError, ValueError):
        return None


def _looked_for(songs: list[Song], library: Library, context: TaskContext) -> dict[str, Beats]:
    found = {}
    for number, song in enumerate(songs):
        context.check()
        context.progress(number / len(songs), _("Looking for beats: {song}").format(song=song.title))
        clip = read_clip(song.path).mono().resampled(RATE)
        context.check()
        found[song.key] = beats = find_beats(clip.samples[0], RATE)
        with contextlib.suppress(LibraryError):  # on a full disk they are found again at the next start
            library.measured.put(song.key, MEASURE, VERSION, beats.to_plain())
    return found
