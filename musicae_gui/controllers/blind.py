"""The blind test: what is hidden, which answer was given, what is kept of it. No widgets, no torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from core.audio import Clip
from core.blind_test import SECONDS, AbxTrial, RankTrial, draw_abx, draw_ranking
from core.i18n import _
from core.listening import Abx, Answer, Heard, ListeningLog, Note, Place, Ranking
from core.playback import ClipSource, SwitchSource
from musicae_gui.controllers.blind_results import Results, read_results
from musicae_gui.controllers.model_choices import floats_text

if TYPE_CHECKING:
    from core.library import Song
    from musicae_gui.controllers.compare_row import Row
    from musicae_gui.services import Services

ABX, RANK = "abx", "rank"
MOST_RANKED = 9
"""Sounds in one ranking, the original among them: there is a key for each."""
GROUP = "blind"


@dataclass(frozen=True)
class Candidate:
    """A size that can be tested; `sound` makes all of it, in another thread."""

    key: str
    heard: Heard
    sound: Callable[[], Clip]


@dataclass(frozen=True)
class Trial:
    """What may be shown of a trial before it is answered; `number` counts from 1."""

    kind: str
    number: int
    total: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """What is shown once a trial was answered; `note` is what was written about this song and size before.

    `note` is None after a ranking, which is about several sizes.
    """

    right: bool | None
    title: str
    sentence: str
    note: str | None


class BlindView(Protocol):
    """What the controller asks of the dialog."""

    def show_busy(self, text: str) -> None:
        """Sounds are being made; an empty text ends it."""

    def show_trial(self, trial: Trial) -> None: ...

    def show_heard(self, place: int) -> None: ...

    def show_playing(self, playing: bool) -> None: ...

    def show_verdict(self, verdict: Verdict) -> None: ...

    def show_end(self, sentence: str) -> None: ...

    def show_results(self, results: Results) -> None: ...


def candidates(rows: Sequence[Row], sound_of: Callable[[str], Callable[[], Clip] | None]) -> list[Candidate]:
    """The reconstructions among Compare's rows that are finished."""
    found = []
    for row in rows:
        sound = sound_of(row.key) if row.key and row.is_finished else None
        if sound is not None:
            found.append(Candidate(row.key, _heard(row), sound))
    return found


class BlindController:
    """One test of one song.

    Args:
        original: the stretch that is compared, mono as the models got it; `start` is its beginning in the song
            in seconds.
        seed: None draws from the system's entropy.
    """

    def __init__(
        self,
        view: BlindView,
        services: Services,
        song: Song,
        original: Clip,
        start: float,
        sizes: Sequence[Candidate],
        *,
        seed: int | None = None,
    ) -> None:
        self._view, self._services, self._song = view, services, song
        self._original, self._offset = original, start
        self.sizes = list(sizes)
        self.log = ListeningLog(services.data_dir)
        self._random = np.random.default_rng(seed)
        self._kind, self._total, self._frames = ABX, 0, 0
        self._chosen: list[Candidate] = []
        self._sounds: list[Clip] = []
        self._trial: AbxTrial | RankTrial | None = None
        self._number = self._right = 0
        self._answered = False
        self._source: SwitchSource | None = None
        self._looped = services.player.loop
        services.player.state_changed.connect(self._state_changed)

    # -- what the user does ------------------------------------------------------------------------------------------

    def begin(self, kind: str, keys: Sequence[str], trials: int, seconds: float = SECONDS) -> None:
        """Make the sounds of these sizes, then show the first of `trials` trials."""
        self._kind, self._total = kind, trials
        self._frames = min(round(seconds * self._original.rate), self._original.frames)
        self._chosen = [size for size in self.sizes if size.key in keys][: MOST_RANKED - 1]
        self._number = self._right = 0
        self._view.show_busy(_("Making the sounds…"))
        rate, chosen = self._original.rate, list(self._chosen)
        self._services.tasks.run(
            lambda context: [_made(size, rate, context.check) for size in chosen],
            done=self._begun,
            ended=lambda: self._view.show_busy(""),
            group=GROUP,
        )

    def hear(self, place: int) -> None:
        """Hear what is hidden at a place, at the same sample."""
        player = self._services.player
        if self._source is None or not 0 <= place < len(self._source.sources):
            return
        if player.source is not self._source:
            player.load(self._source, title=_("Blind test"))
        player.select_side(place)
        if not player.playing:
            player.play(loop=True)
        self._view.show_heard(place)

    def play_or_stop(self) -> None:
        if self._source is not None:
            self._services.player.toggle()

    @property
    def heard(self) -> int:
        """The place that is heard."""
        return self._source.selected if self._source is not None else 0

    def answer(self, said: int) -> None:
        """ABX: 0 for "X is A", 1 for "X is B"."""
        trial = self._trial
        if self._answered or not isinstance(trial, AbxTrial):
            return
        size, right = self._chosen[trial.chosen].heard, trial.is_right(said)
        if not self._keep(Abx(self._place(trial.start), size, right)):
            return
        self._right += right
        sides = (_("A was the original, B was {size}."), _("A was {size}, B was the original."))
        self._view.show_verdict(
            Verdict(
                right,
                (_("Right: X was {name}.") if right else _("Wrong: X was {name}.")).format(name="AB"[trial.x]),
                sides[trial.original].format(size=size.name),
                self.log.read().note(self._song.key, size),
            )
        )

    def rank(self, places: Sequence[int]) -> None:
        """Ranking: the hidden places, the best first."""
        trial = self._trial
        if self._answered or not isinstance(trial, RankTrial) or sorted(places) != list(range(len(trial.order))):
            return
        order = tuple(self._heard_at(trial, place) for place in places)
        if not self._keep(Ranking(self._place(trial.start), order)):
            return
        listed = "   ".join(
            f"{rank}. {each.name}" + _(" (sound {n})").format(n=places[rank - 1] + 1)
            for rank, each in enumerate(order, 1)
        )
        self._view.show_verdict(Verdict(None, _("From the best to the worst, you put:"), listed, None))

    def note(self, text: str) -> None:
        """Keep a note on this song at the size that was just answered."""
        trial = self._trial
        if self._answered and isinstance(trial, AbxTrial):
            size = self._chosen[trial.chosen].heard
            if text.strip() != self.log.read().note(self._song.key, size):
                self._written(Note(self._place(trial.start), size, text.strip()))

    def next(self) -> None:
        """The next trial, or the end."""
        if self._trial is not None and not self._answered:
            return
        if self._number >= self._total:
            self._end()
            return
        self._number, self._answered = self._number + 1, False
        if self._kind == ABX:
            trial = draw_abx(self._random, self._original, len(self._sounds), self._frames)
            clips, names = trial.clips(self._original, self._sounds, self._frames), tuple("ABX")
            self._trial = trial
        else:
            ranking = draw_ranking(self._random, self._original, len(self._sounds) + 1, self._frames)
            clips = ranking.clips([self._original, *self._sounds], self._frames)
            names = tuple(str(number) for number in range(1, len(clips) + 1))
            self._trial = ranking
        rate = self._services.player.rate
        self._source = SwitchSource([ClipSource(clip, rate, name="hidden") for clip in clips])
        self._view.show_trial(Trial(self._kind, self._number, self._total, names))
        self.hear(0)

    def stop(self) -> None:
        """Leave the test; what was answered stays."""
        self._services.tasks.cancel(GROUP)
        self._silence()
        self._trial = None
        self.show_results()

    def close(self) -> None:
        """Give the player back as it was."""
        self._services.tasks.cancel(GROUP)
        self._services.player.state_changed.disconnect(self._state_changed)
        self._silence()
        self._services.player.loop = self._looped

    def show_results(self) -> None:
        """Count all answers so far, in the background, as the first count loads scipy."""
        self._services.tasks.run(
            lambda _context: read_results(self.log, self._song.key), done=self._view.show_results, group=GROUP
        )

    # -- how it goes on ----------------------------------------------------------------------------------------------

    def _begun(self, sounds: list[Clip]) -> None:
        self._sounds, self._trial = sounds, None
        self.next()

    def _end(self) -> None:
        self._silence()
        self._trial = None
        if self._kind == ABX:
            sentence = _("{right} of {total} right in this test.").format(right=self._right, total=self._total)
        else:
            sentence = _("{total} rankings were kept.").format(total=self._total)
        self._view.show_end(sentence)
        self.show_results()

    def _keep(self, answer: Answer) -> bool:
        if not self._written(answer):
            return False
        self._answered = True
        return True

    def _written(self, answer: Answer) -> bool:
        from core.errors import MusicaeError

        try:
            self.log.add(answer)
        except MusicaeError as error:
            self._services.notify(error)
            return False
        return True

    def _place(self, start: int) -> Place:
        rate = self._original.rate
        return Place(
            self._song.key, self._song.title, round(self._offset + start / rate, 3), round(self._frames / rate, 3)
        )

    def _heard_at(self, trial: RankTrial, place: int) -> Heard:
        number = trial.order[place]
        return Heard(_("original")) if number == 0 else self._chosen[number - 1].heard

    def _silence(self) -> None:
        player = self._services.player
        if self._source is not None and player.source is self._source:
            player.load(None)
        self._source = None

    def _state_changed(self) -> None:
        if self._source is not None:
            self._view.show_playing(self._services.player.playing)


def _made(size: Candidate, rate: int, check: Callable[[], None]) -> Clip:
    check()
    clip = size.sound().mono()
    return clip if clip.rate == rate else clip.resampled(rate)


def _heard(row: Row) -> Heard:
    name = f"{row.title} {floats_text(row.floats_per_second)}" if row.sizes is not None else row.title
    if row.bits != 16:
        name = _("{name}, {n} bits").format(name=name, n=row.bits)
    if row.refined:
        name = _("{title}, refined").format(title=name)
    return Heard(name, row.model, row.channels, row.bits, row.floats_per_second, row.refined)
