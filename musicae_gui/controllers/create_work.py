"""What Create has done in worker threads: wishes turned into latents, creations opened and edited. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.creations.maker import Maker
from core.creations.wish import GENRE, MOST_SONGS, Wish, learned_parts, recipe_of, varied
from core.creations.words import title_of
from core.errors import LibraryError
from core.i18n import _
from core.latents.edits import Edit
from core.latents.latent import Latent
from core.latents.recipes import Recipe

if TYPE_CHECKING:
    from core.library import Creation, Library, Song
    from core.models.codec import Codec
    from musicae_gui.tasks import TaskContext


class Makers:
    """One `Maker` a model, so that what it has encoded is found again."""

    def __init__(self, library: Library, folder: Path) -> None:
        self._library, self._folder = library, folder
        self._made: dict[str, Maker] = {}

    def of(self, codec: Codec) -> Maker:
        maker = self._made.get(codec.hash)
        if maker is None or maker.model is not codec:
            maker = self._made[codec.hash] = Maker(codec, self._library, self._folder)
        return maker


@dataclass(frozen=True)
class New:
    """Something made, to be put into the history."""

    title: str
    seconds: float
    recipe: Recipe


@dataclass(frozen=True)
class Ready:
    """A creation to be heard and edited: its latent without edits and with them."""

    creation: Creation
    maker: Maker
    base: Latent
    latent: Latent
    song: Song | None  # that it began with


def recipe_for(wish: Wish, maker: Maker, library: Library, context: TaskContext) -> Recipe:
    """The recipe of a wish; a prior is fitted where it needs one.

    Raises:
        UsageError: what is missing, in a sentence.
        LibraryError: a song that was chosen is gone.
    """
    prior = ""
    if wish.needs_prior:
        words = _("Listening to your songs…")
        context.progress(0.0, words)
        parts = learned_parts(library.songs(state="ready"))
        prior = maker.prior(parts, progress=lambda share: context.progress(share, words), check=context.check)
    return recipe_of(wish, maker.model.hash, _songs(wish, library), prior)


def make_one(wish: Wish, maker: Maker, library: Library, context: TaskContext) -> New:
    """What the form asks for."""
    recipe = recipe_for(wish, maker, library, context)
    words = _("Making it…")
    context.progress(-1.0, words)
    latent = maker.latent(recipe, progress=lambda share: context.progress(share, words), check=context.check)
    return _new(recipe, latent, maker, library)


def make_variations(wish: Wish, count: int, maker: Maker, library: Library, context: TaskContext) -> int:
    """Report `count` others like it, one by one; returns how many."""
    recipes = varied(recipe_for(wish, maker, library, context), count)
    for number, recipe in enumerate(recipes):
        context.check()
        context.progress(number / count, _("{n} of {count}").format(n=number + 1, count=count))
        context.report(_new(recipe, maker.latent(recipe, check=context.check), maker, library))
    return count


def open_creation(creation: Creation, maker: Maker, library: Library) -> Ready:
    """Recall a creation.

    Raises:
        LatentError: its model has changed.
        MusicaeError: what it was made of is gone.
    """
    recipe = Recipe.from_dict(dict(creation.recipe))
    base = maker.base(recipe)
    song = library.song(recipe.parts[0].song) if recipe.parts else None
    return Ready(creation, maker, base, maker.with_edits(base, recipe), song)


def edit_once(maker: Maker, latent: Latent, recipe: Recipe, edit: Edit) -> Latent:
    """One more edit of a latent that has had those before.

    Raises:
        UsageError: the edit makes no sense there.
    """
    return maker.with_edits(latent, replace(recipe, edits=(edit,)))


def _new(recipe: Recipe, latent: Latent, maker: Maker, library: Library) -> New:
    return New(title_of(recipe, _names(library)), latent.samples / maker.model.rate, recipe)


def _names(library: Library) -> Callable[[str], str]:
    def name(key: str) -> str:
        song = library.song(key)
        return song.title if song is not None else _("a song")

    return name


def _songs(wish: Wish, library: Library) -> list[Song]:
    if wish.kind == GENRE:
        return library.songs(genre=wish.genre, state="ready", limit=MOST_SONGS) if wish.genre else []
    found = [library.song(key) for key in wish.songs]
    if None in found:
        raise LibraryError(_("A song that was chosen is no longer in the library; choose another one."))
    return [song for song in found if song is not None]
