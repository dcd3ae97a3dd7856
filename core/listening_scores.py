"""What blind answers prove: counts with binomial p, mean ranks, and who is preferred to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeVar

from core.i18n import _
from core.listening import Abx, Heard, Ranking

T = TypeVar("T")
SURE = 0.05
"""Under this p a difference counts as heard."""


@dataclass(frozen=True)
class AbxScore:
    """How often X was told at one size; `p`: that guessing gives so many right answers or more."""

    sound: Heard
    right: int
    trials: int
    p: float
    songs: int

    @property
    def sentence(self) -> str:
        words = _("{name}: {right} of {trials} right, p = {p}.").format(
            name=self.sound.name, right=self.right, trials=self.trials, p=p_words(self.p)
        )
        return words + " " + (_("The difference was heard.") if self.p < SURE else _("It may have been guessed."))


@dataclass(frozen=True)
class RankScore:
    """Where a size stood among hidden ones: 1 is the best; `first` counts the rounds that it won."""

    sound: Heard
    rounds: int
    mean_rank: float
    first: int


@dataclass(frozen=True)
class PairScore:
    """In how many rounds one size was put before another; `p` is two-sided, for equal liking."""

    better: Heard
    worse: Heard
    wins: int
    rounds: int
    p: float


def abx_scores(answers: Sequence[Abx]) -> list[AbxScore]:
    """A row a size, the largest first."""
    found = []
    for sound, trials in _by_sound([(each.sound, each) for each in answers]):
        right = sum(each.right for each in trials)
        songs = len({each.place.song for each in trials})
        found.append(AbxScore(sound, right, len(trials), binomial_p(right, len(trials), "greater"), songs))
    return found


def rank_scores(rankings: Sequence[Ranking]) -> list[RankScore]:
    """A row a size, the best liked first."""
    placed = [(sound, place) for each in rankings for place, sound in enumerate(each.order, 1)]
    found = [
        RankScore(sound, len(places), sum(places) / len(places), places.count(1)) for sound, places in _by_sound(placed)
    ]
    return sorted(found, key=lambda score: score.mean_rank)


def pair_scores(rankings: Sequence[Ranking]) -> list[PairScore]:
    """Every two sizes that were ranked together, in the order of their mean ranks."""
    found = []
    for one, other in combinations([score.sound for score in rank_scores(rankings)], 2):
        rounds = [
            [sound.key for sound in each.order]
            for each in rankings
            if {one.key, other.key} <= {sound.key for sound in each.order}
        ]
        if rounds:
            wins = sum(keys.index(one.key) < keys.index(other.key) for keys in rounds)
            found.append(PairScore(one, other, wins, len(rounds), binomial_p(wins, len(rounds), "two-sided")))
    return found


def binomial_p(right: int, trials: int, alternative: str) -> float:
    """The exact binomial test against one half; 1 without a trial."""
    from scipy.stats import binomtest

    return float(binomtest(right, trials, 0.5, alternative=alternative).pvalue) if trials else 1.0


def p_words(p: float) -> str:
    """As tables print it: "0.055", or "< 0.001"."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def _by_sound(pairs: Sequence[tuple[Heard, T]]) -> list[tuple[Heard, list[T]]]:
    """Values by what they are about, called as it was called last; the original first, then the largest."""
    names: dict[str, Heard] = {}
    values: dict[str, list[T]] = {}
    for sound, value in pairs:
        names[sound.key] = sound
        values.setdefault(sound.key, []).append(value)
    order = sorted(names.values(), key=lambda sound: (bool(sound.model), -sound.kbit_per_second, sound.name))
    return [(sound, values[sound.key]) for sound in order]
