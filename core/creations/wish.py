"""What a user chooses for a creation, as plain data, and the recipe that it becomes with the songs of a library."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from core.errors import UsageError
from core.i18n import _, marked
from core.latents.edits import Edit
from core.latents.parts import Part
from core.latents.recipes import DISTRIBUTIONS, MATCHED, NORMAL, Recipe

SONG, AVERAGE, GENRE, ARITHMETIC = "song", "average", "genre", "arithmetic"
AROUND, CONTINUE, PRIOR, RANDOM = "around", "continue", "prior", "random"
KINDS = {
    AVERAGE: marked("Average of songs"),
    GENRE: marked("Average of a genre"),
    AROUND: marked("Random around a song"),
    ARITHMETIC: marked("Arithmetic: A − B + C"),
    CONTINUE: marked("Continue a song"),
    PRIOR: marked("Random, like your songs"),
    RANDOM: marked("Random latent"),
    SONG: marked("A song's latent, to edit"),
}
"""Every kind of wish, with its English name for `_`."""
CHANCE = (AROUND, CONTINUE, PRIOR, RANDOM)
"""The kinds whose seed matters."""
SLOTS = {AROUND: 1, CONTINUE: 1, SONG: 1, ARITHMETIC: 3}
"""How many songs the kinds with a fixed number of them take."""
MOST_SONGS = 50
"""Of a genre: more would take minutes and sound the same."""
PRIOR_SONGS, PRIOR_SECONDS = 24, 20.0
"""What a prior learns from: the middle of so many songs, evenly spread over the library."""
VARIED_NOISE = 0.3
HIGHEST_SEED = 2**31 - 1


class KnownSong(Protocol):
    """A song of the library."""

    @property
    def key(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def seconds(self) -> float: ...


@dataclass(frozen=True)
class Wish:
    """What is chosen on the form.

    Args:
        kind: one of `KINDS`.
        songs: content keys: of "average" any number, of the kinds in `SLOTS` the first that many.
        genre: of "genre".
        start, seconds: which part of each song goes in, and how long a creation without songs is.
        more: seconds that "continue" adds.
        seed: of all chance.
        distribution: of "random".
        amount: of "around", from 0 to 1.
        temperature: of "prior" and "continue".
        like_songs: whether the chance of "around" is music as in the library, else plain noise.
    """

    kind: str = AROUND
    songs: tuple[str, ...] = ()
    genre: str = ""
    start: float = 5.0
    seconds: float = 10.0
    more: float = 10.0
    seed: int = 1
    distribution: str = NORMAL
    amount: float = 0.3
    temperature: float = 1.0
    like_songs: bool = True

    @property
    def needs_prior(self) -> bool:
        if self.kind == RANDOM:
            return self.distribution == MATCHED
        return self.kind in (PRIOR, CONTINUE) or (self.kind == AROUND and self.like_songs)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {**dataclasses.asdict(self), "songs": list(self.songs)}

    @classmethod
    def from_dict(cls, values: object) -> Wish:
        """What `to_dict` gave; whatever does not fit becomes its default."""
        given = values if isinstance(values, Mapping) else {}
        kept: dict[str, Any] = {}
        for entry in dataclasses.fields(cls):
            value = given.get(entry.name)
            if entry.name == "songs":
                kept["songs"] = tuple(key for key in value if isinstance(key, str)) if isinstance(value, list) else ()
            elif isinstance(entry.default, float):
                if isinstance(value, int | float) and math.isfinite(value):
                    kept[entry.name] = float(value)
            elif value is not None and type(value) is type(entry.default):
                kept[entry.name] = value
        wish = cls(**kept)
        fine = wish.kind in KINDS and wish.distribution in DISTRIBUTIONS and 0 <= wish.seed <= HIGHEST_SEED
        return wish if fine else cls()


def recipe_of(wish: Wish, model: str, songs: Sequence[KnownSong], prior: str = "") -> Recipe:
    """The recipe for a wish.

    Args:
        model: hash of the model.
        songs: those that go into it, found by the caller: the wish's own, or all of its genre.
        prior: digest of the prior, where the wish needs one.

    Raises:
        UsageError: a sentence about what is missing.
    """
    kind = AVERAGE if wish.kind == GENRE else wish.kind
    parts = _parts(wish, songs)
    note = wish.genre if wish.kind == GENRE else ""
    seconds = wish.more if wish.kind == CONTINUE else wish.seconds
    chance = wish.seed if wish.kind in CHANCE else 0
    recipe = Recipe(
        kind,
        model,
        parts,
        seed=chance,
        seconds=seconds,
        distribution=wish.distribution,
        amount=wish.amount,
        temperature=wish.temperature,
        prior=prior if wish.needs_prior else "",
        note=note,
    )
    recipe.check()
    return recipe


def varied(recipe: Recipe, count: int) -> list[Recipe]:
    """`count` others like it: with the seeds that follow, or, where there is no chance in it, with some noise."""
    free = {AROUND: recipe.amount > 0, CONTINUE: recipe.temperature > 0, PRIOR: recipe.temperature > 0, RANDOM: True}
    if free.get(recipe.kind, False):
        return recipe.variations(count)
    noises = [Edit("noise", amount=VARIED_NOISE, seed=number + 1) for number in range(count)]
    return [dataclasses.replace(recipe, edits=(*recipe.edits, noise)) for noise in noises]


def part_of(song: KnownSong, start: float, seconds: float) -> Part:
    """`seconds` of a song from `start` on; earlier where it ends too soon, all of it where it is too short."""
    begin = max(0.0, min(start, song.seconds - seconds))
    return Part(song.key, round(begin, 3), round(min(seconds, song.seconds), 3))


def learned_parts(songs: Sequence[KnownSong]) -> list[Part]:
    """The parts that a prior is fitted to: from the middles of songs, evenly spread.

    Raises:
        UsageError: there are no songs.
    """
    if not songs:
        raise UsageError(_("There are no songs to learn from: add some to the library first."))
    count = min(len(songs), PRIOR_SONGS)
    chosen = [songs[(2 * number + 1) * len(songs) // (2 * count)] for number in range(count)]
    return [part_of(song, (song.seconds - PRIOR_SECONDS) / 2, PRIOR_SECONDS) for song in chosen]


def _parts(wish: Wish, songs: Sequence[KnownSong]) -> tuple[Part, ...]:
    if wish.kind in SLOTS:
        wanted = SLOTS[wish.kind]
        if len(songs) < wanted:
            words = _("Choose a song first.") if wanted == 1 else _("Choose the songs A, B and C first.")
            raise UsageError(words)
        songs = songs[:wanted]
    elif wish.kind == AVERAGE:
        if not songs:
            raise UsageError(_("Add the songs to be averaged first."))
    elif wish.kind == GENRE:
        if not songs:
            raise UsageError(
                _("There are no songs of the genre {genre!r}; choose another one.").format(genre=wish.genre)
                if wish.genre
                else _("None of your songs has a genre: give them one in the Library.")
            )
        songs = songs[:MOST_SONGS]
    else:
        return ()
    return tuple(part_of(song, wish.start, wish.seconds) for song in songs)
