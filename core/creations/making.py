"""From a wish to something made: the recipe with its songs and prior, one latent or many of its kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from core.creations.maker import Maker
from core.creations.wish import GENRE, MOST_SONGS, KnownSong, Wish, learned_parts, recipe_of, varied
from core.creations.words import title_of
from core.errors import LibraryError
from core.i18n import _
from core.latents.recipes import Recipe

if TYPE_CHECKING:
    from core.library import Library


class Work(Protocol):
    """Who waits for it: told how far it is, asked whether it is still wanted."""

    def progress(self, fraction: float, text: str = "") -> None:
        """`fraction` is below 0 where it is not known."""

    def check(self) -> None:
        """Raises Cancelled when it is no longer wanted."""


@dataclass(frozen=True)
class Ingredients:
    """The songs of a wish, and those that a prior learns from where the wish needs one."""

    songs: Sequence[KnownSong]
    learned: Sequence[KnownSong] = ()

    @classmethod
    def of(cls, wish: Wish, library: Library) -> Ingredients:
        """Those of the library.

        Raises:
            LibraryError: a song that was chosen is gone.
        """
        learned = library.songs(state="ready") if wish.needs_prior else []
        if wish.kind == GENRE:
            named = library.songs(genre=wish.genre, state="ready", limit=MOST_SONGS) if wish.genre else []
            return cls(named, learned)
        found = [library.song(key) for key in wish.songs]
        if None in found:
            raise LibraryError(_("A song that was chosen is no longer in the library; choose another one."))
        return cls([song for song in found if song is not None], learned)


@dataclass(frozen=True)
class New:
    """Something made."""

    title: str
    seconds: float
    recipe: Recipe


def make_one(wish: Wish, maker: Maker, ingredients: Ingredients, work: Work) -> New:
    """What the wish asks for; its latent is kept by the maker.

    Raises:
        UsageError: what is missing, in a sentence.
        MusicaeError: an ingredient is gone.
    """
    recipe = recipe_for(wish, maker, ingredients, work)
    words = _("Making it…")
    work.progress(-1.0, words)
    latent = maker.latent(recipe, progress=lambda share: work.progress(share, words), check=work.check)
    return _new(recipe, latent.samples, maker, ingredients)


def make_others(wish: Wish, count: int, maker: Maker, ingredients: Ingredients, work: Work) -> Iterator[New]:
    """`count` others like it, one by one; raises as `make_one`."""
    recipes = varied(recipe_for(wish, maker, ingredients, work), count)
    for number, recipe in enumerate(recipes):
        work.check()
        work.progress(number / count, _("{n} of {count}").format(n=number + 1, count=count))
        yield _new(recipe, maker.latent(recipe, check=work.check).samples, maker, ingredients)


def recipe_for(wish: Wish, maker: Maker, ingredients: Ingredients, work: Work) -> Recipe:
    """The recipe of a wish; a prior is fitted where it needs one."""
    prior = ""
    if wish.needs_prior:
        words = _("Listening to your songs…")
        work.progress(0.0, words)
        parts = learned_parts(ingredients.learned)
        prior = maker.prior(parts, progress=lambda share: work.progress(share, words), check=work.check)
    return recipe_of(wish, maker.model.hash, ingredients.songs, prior)


def _new(recipe: Recipe, samples: int, maker: Maker, ingredients: Ingredients) -> New:
    titles = {song.key: song.title for song in ingredients.songs}
    title = title_of(recipe, lambda key: titles.get(key, _("a song")))
    return New(title, samples / maker.model.rate, recipe)
