"""What Create has done in worker threads: variations made, creations opened and edited. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.creations.maker import Maker
from core.creations.making import Ingredients, make_others
from core.creations.wish import Wish
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
class Ready:
    """A creation to be heard and edited: its latent without edits and with them."""

    creation: Creation
    maker: Maker
    base: Latent
    latent: Latent
    song: Song | None  # that it began with


def make_variations(wish: Wish, count: int, maker: Maker, library: Library, context: TaskContext) -> int:
    """Report `count` others like it, one by one; returns how many."""
    for new in make_others(wish, count, maker, Ingredients.of(wish, library), context):
        context.report(new)
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
