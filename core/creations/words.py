"""What a creation is called before its user names it, and how it was made in a line."""

from __future__ import annotations

from collections.abc import Callable

from core.i18n import _, ngettext
from core.latents.edits import NAMES, Edit
from core.latents.recipes import Recipe

NameOf = Callable[[str], str]
"""The title of the song with that content key."""


def title_of(recipe: Recipe, name_of: NameOf) -> str:
    """A first title."""
    songs = [name_of(part.song) for part in recipe.parts]
    if recipe.kind == "average":
        if recipe.note:
            return _("Average of {genre}").format(genre=recipe.note)
        if len(songs) > 2:
            return _("Average of {a} and {n} more").format(a=songs[0], n=len(songs) - 1)
        return _("Average of {songs}").format(songs=" + ".join(songs))
    if recipe.kind == "arithmetic":
        a, b, c = songs
        return f"{a} − {b} + {c}"
    words = {
        "song": "{song}",
        "around": _("Around {song}"),
        "continue": _("{song}, continued"),
        "prior": _("Like your songs"),
        "random": _("Random"),
    }[recipe.kind]
    return words.format(song=songs[0] if songs else "")


def detail_of(recipe: Recipe) -> str:
    """What besides its songs matters: the seed and how many edits there are."""
    words = []
    if recipe.kind == "around":
        words.append(_("{n} %").format(n=round(100 * recipe.amount)))
    if recipe.kind in ("around", "random", "prior", "continue"):
        words.append(_("seed {n}").format(n=recipe.seed))
    if recipe.edits:
        words.append(ngettext("{n} edit", "{n} edits", len(recipe.edits)).format(n=len(recipe.edits)))
    return " · ".join(words)


def edit_words(edit: Edit) -> str:
    """An edit for the undo list: "Scale × 1.5"."""
    amount = {
        "scale": "× {amount:g}",
        "stretch": "× {amount:g}",
        "noise": "{amount:g}",
        "shift": "{amount:+g}",
        "quantise": _("{amount:g} bits"),
    }.get(edit.kind, "")
    return f"{_(NAMES[edit.kind])} {amount.format(amount=edit.amount)}".strip()
