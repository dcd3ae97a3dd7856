"""The history of creations: listed, renamed, starred, copied, removed; each change can be undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QUndoCommand

from core.creations.words import detail_of, edit_words
from core.errors import MusicaeError
from core.i18n import _
from core.latents.edits import Edit
from core.latents.recipes import Recipe
from core.models.families import family_of
from musicae_gui.controllers.create_view import CreateView
from musicae_gui.views.rows import Row
from musicae_gui.views.time_axis import clock

if TYPE_CHECKING:
    from core.library import Creation
    from musicae_gui.services import Services

STAR = "★ "


class CreationHistory:
    """Joins the list to the library's table.

    Args:
        opened: called with the creation that is to be open from now on, or None; also when its entry has changed.
    """

    def __init__(self, view: CreateView, services: Services, opened: Callable[[Creation | None], None]) -> None:
        self._view = view
        self._services = services
        self._table = services.library.creations
        self._opened = opened
        self._all: list[Creation] = []
        self._current: int | None = None
        self.only_starred = False

    @property
    def all(self) -> list[Creation]:
        """The newest first."""
        return list(self._all)

    @property
    def current(self) -> Creation | None:
        return self.find(self._current)

    def find(self, key: int | None) -> Creation | None:
        return next((each for each in self._all if each.key == key), None)

    def refresh(self) -> None:
        """Read the table anew."""
        self._all = self._try(self._table.all) or []
        if self.current is None and self._current is not None:
            self._current = None
            self._opened(None)
        self.show()

    def show(self) -> None:
        listed = [each for each in self._all if each.starred or not self.only_starred]
        self._view.show_history([_row(each) for each in listed], str(self._current or ""))

    def show_starred(self, only: bool) -> None:
        """List only what has a star."""
        self.only_starred = only
        self.show()

    def choose(self, key: int) -> None:
        """Open a creation; the one that is open stays as it is."""
        if key != self._current and (creation := self.find(key)) is not None:
            self._current = key
            self.show()
            self._opened(creation)

    def add(self, title: str, model: str, seconds: float, recipe: Recipe, *, choose: bool = True) -> Creation | None:
        """A new entry; with `choose` it is opened."""
        made = self._try(lambda: self._table.add(title, model, seconds, recipe.to_dict()))
        if made is not None:
            self._all.insert(0, made)
            if choose:
                self.choose(made.key)
            else:
                self.show()
        return made

    def copy(self, key: int) -> None:
        """The same once more, to go on from without losing it."""
        creation = self.find(key)
        if creation is not None:
            title = _("{title}, copy").format(title=creation.title)
            self.add(title, creation.model, creation.seconds, recipe_in(creation))

    def rename(self, key: int, title: str) -> None:
        creation, title = self.find(key), title.strip()
        if creation is not None and title and title != creation.title:
            self.push(Change(self, _("Rename a creation"), creation, replace(creation, title=title)))

    def star(self, key: int) -> None:
        """Give it a star, or take it away."""
        creation = self.find(key)
        if creation is not None:
            self.put([replace(creation, starred=not creation.starred)])

    def remove(self, keys: Sequence[int]) -> None:
        """Take creations off the history; undo brings them back."""
        found = [each for key in keys if (each := self.find(key)) is not None]
        if found:
            self.push(Remove(self, found))
            self._services.session.say(_("Removed; Ctrl+Z brings it back."))

    # For the undo stack.

    def push(self, command: QUndoCommand) -> None:
        self._services.session.undo_stack.push(command)

    def put(self, creations: Sequence[Creation]) -> None:
        """Write entries, those that were removed at their old places."""
        self._try(lambda: self._table.put(creations))
        keys = [each.key for each in creations]
        kept = [each for each in self._all if each.key not in keys]
        self._all = sorted([*kept, *creations], key=lambda each: -each.key)
        self.show()
        for each in creations:
            if each.key == self._current:
                self._opened(each)

    def take(self, keys: Sequence[int]) -> None:
        """Remove entries; the next older one is opened where the open one goes."""
        self._try(lambda: self._table.remove(keys))
        older = [each.key for each in self._all if each.key not in keys and each.key < (self._current or 0)]
        newer = [each.key for each in self._all if each.key not in keys]
        self._all = [each for each in self._all if each.key not in keys]
        if self._current in keys:
            self._current = None
            following = older[0] if older else newer[-1] if newer else None
            if following is None:
                self._opened(None)
            else:
                self.choose(following)
        self.show()

    def _try(self, change: Callable[[], Any]) -> Any:
        try:
            return change()
        except MusicaeError as error:
            self._services.notify(error)
            return None


class Change(QUndoCommand):
    """Other words or edits of one creation."""

    def __init__(self, history: CreationHistory, words: str, before: Creation, after: Creation) -> None:
        super().__init__(words)
        self._history, self._before, self._after = history, before, after

    def redo(self) -> None:
        self._write(self._after)

    def undo(self) -> None:
        self._write(self._before)

    def _write(self, wanted: Creation) -> None:
        """A star given meanwhile is no part of this."""
        now = self._history.find(wanted.key)
        if now is not None:
            self._history.choose(wanted.key)
            self._history.put([replace(wanted, starred=now.starred)])


class Remove(QUndoCommand):
    def __init__(self, history: CreationHistory, creations: Sequence[Creation]) -> None:
        super().__init__(_("Remove a creation"))
        self._history, self._creations = history, list(creations)

    def redo(self) -> None:
        self._history.take([each.key for each in self._creations])

    def undo(self) -> None:
        self._history.put(self._creations)
        self._history.choose(self._creations[0].key)


def recipe_in(creation: Creation) -> Recipe:
    """Its recipe, checked.

    Raises:
        UsageError: it is none.
    """
    return Recipe.from_dict(dict(creation.recipe))


def edits_in_words(edits: Sequence[Edit]) -> str:
    return ", ".join(edit_words(edit) for edit in edits)


def model_title(name: str) -> str:
    """What a model is called in the list: a preset's name, or that of its file."""
    return name if family_of(name) is not None else name.replace("\\", "/").rstrip("/").rpartition("/")[2]


def _row(creation: Creation) -> Row:
    try:
        detail = detail_of(recipe_in(creation))
    except MusicaeError as error:
        return Row(str(creation.key), creation.title, error.sentence, tone="error")
    words = [clock(creation.seconds, 0.1), model_title(creation.model), *([detail] if detail else [])]
    return Row(str(creation.key), (STAR if creation.starred else "") + creation.title, " · ".join(words))
