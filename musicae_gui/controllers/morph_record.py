"""Recording in Morph: the sound as it is heard becomes a WAV file, and what the hand did a curve."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import MusicaeError
from core.files import file_name
from core.i18n import _
from core.latents.ways import Curve, held
from musicae_gui.controllers.morph_hearing import MorphHearing
from musicae_gui.controllers.morph_view import MorphView

if TYPE_CHECKING:
    from core.playback import Recording
    from core.playback.evidence import Change
    from musicae_gui.services import Services

log = logging.getLogger(__name__)

FOLDER = "recordings"


Place = tuple[float, float]
"""From A (0) to B (1), and on the pad from the upper songs (0) to the lower ones (1)."""
Strokes = list[list[tuple[float, float]]]
"""(seconds, place on one axis) of the hand, pass by pass of a loop."""


@dataclass
class Move:
    """A place that the hand went to; `change` says when it was heard."""

    seconds: float  # of the source, heard when the hand moved
    place: Place
    change: Change | None


class MorphRecord:
    """One button.

    Args:
        stopped: called with the strokes of both axes when a recording has ended.
    """

    def __init__(
        self,
        view: MorphView,
        services: Services,
        hearing: MorphHearing,
        stopped: Callable[[Strokes, Strokes], None],
    ) -> None:
        self._view = view
        self._services = services
        self._hearing = hearing
        self._stopped = stopped
        self._moves: list[Move] = []
        self._title = ""
        self.is_on = False
        services.player.state_changed.connect(self._state_changed)

    def toggle(self, title: str, place: Place, *, follows: bool) -> None:
        """Begin (and play, if nothing plays), or end and keep. While the curve is followed the hand has not moved."""
        if self.is_on:
            self.stop()
            return
        player = self._services.player
        if player.core is None or not player.available:
            self._services.notify(_("Nothing can be recorded without a sound device: {why}").format(why=player.status))
            return
        player.core.record()
        self.is_on = True
        self._title = title
        if not self._hearing.is_playing:
            self._hearing.toggle()
        self._moves = [] if follows else [Move(player.seconds, place, None)]
        self._view.show_recording(True)

    def moved(self, place: Place, change: int) -> None:
        """The hand has moved; `change` is the player's number of that."""
        player = self._services.player
        if self.is_on and player.core is not None:
            self._moves.append(Move(player.seconds, place, player.core.event(change)))

    def stop(self) -> None:
        """End it: keep the sound as a file, and what the hand did."""
        player = self._services.player
        kept = self._taken()
        if kept is None:
            return
        end = player.seconds
        self._save(kept)
        if self._moves:
            self._stopped(self._strokes(end, axis=0), self._strokes(end, axis=1))

    def close(self) -> None:
        """The program ends: what is being recorded is written at once."""
        kept = self._taken()
        if kept is not None:
            try:
                self._write(kept, self._path())
            except (MusicaeError, OSError):
                log.exception("a recording is lost")

    def _taken(self) -> Recording | None:
        """What was recorded, of which there is no more from now on."""
        core = self._services.player.core
        if not self.is_on or core is None:
            return None
        self.is_on = False
        self._view.show_recording(False)
        return core.recorded()

    def _strokes(self, end: float, axis: int) -> Strokes:
        """What the hand did on one axis."""
        player = self._services.player
        points = [(self._heard(move), move.place[axis]) for move in self._moves]
        strokes = [[points[0]]]
        for before, after in pairwise([*points, (end, points[-1][1])]):
            if after[0] < before[0] - 0.05:  # round the loop, or sought
                last = player.region[1] if player.region is not None and player.loop else before[0]
                strokes[-1].append((max(last, before[0]), before[1]))
                strokes.append([after])
            else:
                strokes[-1].append((max(after[0], before[0]), after[1]))
        return strokes

    def _heard(self, move: Move) -> float:
        """Seconds of the source where a move was first heard."""
        player, change = self._services.player, move.change
        if change is None or change.frame is None:
            return move.seconds
        return player.looped(move.seconds + player.latency + (change.frame - change.requested_frame) / player.rate)

    def _save(self, kept: Recording) -> None:
        path = self._path()
        self._services.tasks.run(
            lambda _context: self._write(kept, path),
            done=lambda seconds: self._saved(path, seconds),
            title=_("Saving the recording"),
        )

    def _path(self) -> Path:
        name = file_name(f"{self._title} {time.strftime('%Y-%m-%d %H-%M-%S')}", ".wav")
        return self._services.data_dir / FOLDER / name

    def _write(self, kept: Recording, path: Path) -> float:
        """Seconds that were written; in any thread."""
        kept.end()
        try:
            return kept.save(path, subtype=self._services.preferences.values.wav_format)  # type: ignore[arg-type]
        finally:
            kept.close()

    def _saved(self, path: Path, seconds: float) -> None:
        words = _("Recorded {seconds} s: {path}").format(seconds=f"{seconds:.1f}", path=path)
        self._services.notify(words, "good", action=(_("Add to the library"), lambda: self._add(path)))

    def _add(self, path: Path) -> None:
        self._services.tasks.run(
            lambda _context: self._services.library.add(path),
            done=lambda _song: self._services.session.songs_changed.emit(),
        )

    def _state_changed(self) -> None:
        """What is recorded ends with the playing."""
        if self.is_on and not self._hearing.is_playing:
            self.stop()


def drawn_over(curve: Curve, strokes: Strokes) -> Curve:
    """The curve with the strokes over it, one after the other."""
    for stroke in strokes:
        curve = curve.drawn(held(stroke))
    return curve
