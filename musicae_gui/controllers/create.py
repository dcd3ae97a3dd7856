"""Create: what is wished for, by which model, and its making, one or twenty at once. No widgets, no torch."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from core.creations.maker import tidy
from core.creations.making import Ingredients, New, make_one
from core.creations.wish import CHANCE, HIGHEST_SEED, Wish
from core.errors import MusicaeError
from core.i18n import _, ngettext
from core.models.families import families
from core.models.presets import DEFAULT_MODEL
from musicae_gui.controllers.create_editor import CreationEditor
from musicae_gui.controllers.create_files import CreationFiles
from musicae_gui.controllers.create_history import CreationHistory, model_title, recipe_in
from musicae_gui.controllers.create_view import CreateView
from musicae_gui.controllers.create_work import Makers, make_variations
from musicae_gui.controllers.model_choices import ModelChoice, choice_of, model_choices, size_text
from musicae_gui.controllers.song_list import ready_songs

if TYPE_CHECKING:
    from core.creations.maker import Maker
    from core.library import Creation, Library, Song
    from core.models.codec import Codec
    from musicae_gui.services import Services
    from musicae_gui.tasks import TaskContext

Made = TypeVar("Made")

KEY = "create"
VARIATIONS = 20


class CreateController:
    """Joins a `CreateView` to the library, the models and the player.

    Attributes:
        history: of all that was created.
        editor: the one that is open.
        files: its ways out.
    """

    def __init__(self, view: CreateView, services: Services) -> None:
        self._view = view
        self._services = services
        self._makers = Makers(services.library, services.data_dir)
        self._choices: list[ModelChoice] = []
        self._known: list[Song] = []
        self._model = ""
        self.is_making = False
        self._number = 0  # of the work begun last
        self._tidied = False
        self._spent: Wish | None = None  # made last: the same once more takes the next seed
        self.editor = CreationEditor(view, services, self._makers, lambda: self.history)
        self.history = CreationHistory(view, services, self._open)
        self.files = CreationFiles(services, self.editor)
        self.wish = Wish.from_dict(self._own.get("wish"))
        services.session.model_changed.connect(self._model_changed)
        services.session.open_in.connect(self._open_in)

    @property
    def model(self) -> str:
        return self._model

    @property
    def locked(self) -> bool:
        """Whether the seed stays what it is."""
        return self._own.get("locked") is True

    def refresh(self) -> None:
        """Look at library and models again."""
        self._choose_available_model()
        self.history.refresh()
        if not self._tidied:
            self._tidied = True
            self._tidy()
            last = self._own.get("open")
            if isinstance(last, int) and self.history.current is None:
                self.history.choose(last)
        ready_songs(self._services, self._refreshed, "create.songs")

    def _refreshed(self, songs: list[Song]) -> None:
        self._known = songs
        keys, library = {song.key for song in songs}, self._services.library
        # A song whose file is gone stays chosen: it may come back.
        kept = tuple(key for key in self.wish.songs if key in keys or library.song(key) is not None)
        if not kept and songs:
            kept = tuple(dict.fromkeys(songs[place * len(songs) // 3].key for place in range(3)))
        genres = self._services.library.genres()
        genre = self.wish.genre if self.wish.genre in genres else (genres[0] if genres else "")
        self._view.show_songs(songs, genres)
        self._keep(dataclasses.replace(self.wish, songs=kept, genre=genre))
        if not songs:
            self._view.show_status(_("No songs yet: drop some on the window. Random latents need none."))

    # The form.

    def set_wish(self, wish: Wish) -> None:
        """The form has changed."""
        if wish != self.wish:
            self._keep(wish)

    def set_locked(self, locked: bool) -> None:
        self._own["locked"] = locked
        self._view.show_wish(self.wish, self.locked)

    def take_selection(self) -> None:
        """Average the songs that are selected in the library."""
        known = {song.key for song in self._known}
        keys = tuple(key for key in self._services.session.state.selected if key in known)
        if keys:
            self._keep(dataclasses.replace(self.wish, songs=keys))

    def choose_model(self, key: str) -> None:
        """Make by another model; it becomes the current model everywhere."""
        self._services.session.set_model(key)

    # Making.

    def make(self) -> None:
        """One creation of the form's recipe, heard at once; where the seed is free, another one than last time."""
        if self.is_making:
            return
        if self.wish == self._spent and self.wish.kind in CHANCE and not self.locked:
            self._keep(dataclasses.replace(self.wish, seed=_after(self.wish.seed)))
        wish, model, library = self.wish, self._model, self._services.library

        def made(new: New) -> None:
            self._spent = wish
            self.editor.play_when_ready()
            self.history.add(new.title, model, new.seconds, new.recipe)

        self._start(lambda maker, context: make_one(wish, maker, Ingredients.of(wish, library), context), done=made)

    def next_seed(self) -> None:
        """The seed after this one, made at once."""
        if not self.is_making:
            self._spent = None
            self._keep(dataclasses.replace(self.wish, seed=_after(self.wish.seed)))
            self.make()

    def make_variations(self) -> None:
        """Twenty others like it, into the history."""
        if self.is_making:
            return
        wish, model, library = self.wish, self._model, self._services.library
        first: list[Creation] = []
        open_before = self.history.current

        def report(new: New) -> None:
            added = self.history.add(new.title, model, new.seconds, new.recipe, choose=False)
            if added is not None and not first:
                first.append(added)

        def done(count: int) -> None:
            now = self.history.current
            if first and (now.key if now else None) == (open_before.key if open_before else None):
                self.history.choose(first[0].key)  # not where the user has gone on to something else
            words = ngettext("{n} variation was made.", "{n} variations were made.", count).format(n=count)
            self._services.session.say(words)

        self._start(
            lambda maker, context: make_variations(wish, VARIATIONS, maker, library, context),
            done=done,
            report=report,
        )

    def cancel(self) -> None:
        """Give up what is being made; what is finished stays."""
        self._services.tasks.cancel("create.model")
        self._services.tasks.cancel("create.make")
        self._end(self._number)

    def _start(
        self,
        work: Callable[[Maker, TaskContext], Made],
        *,
        done: Callable[[Made], None],
        report: Callable[[Any], None] | None = None,
    ) -> None:
        """Load the model, then do the work, both in the background."""
        if not self._model:
            self._view.show_status(_("No trained model is here yet; train one first."), "warning")
            return
        self._number += 1
        self.is_making, number = True, self._number
        self._view.show_status("")
        self._view.show_work(_("Loading {model}…").format(model=model_title(self._model)))

        def failed(error: MusicaeError) -> None:
            self._view.show_status(error.sentence, "error")
            self._end(number)

        def ready(codec: Codec) -> None:
            maker = self._makers.of(codec)
            self._services.tasks.run(
                lambda context: work(maker, context),
                done=done,
                failed=failed,
                progress=lambda share, text: self._view.show_work(text, share),
                report=report,
                ended=lambda: self._end(number),
                group="create.make",
                title=_("Creating"),
            )

        self._services.models.codec(self._model, ready, failed, group="create.model")

    def _end(self, number: int) -> None:
        """The end of one piece of work; another may have begun since it was cancelled."""
        if number == self._number and self.is_making:
            self.is_making = False
            self._view.show_work("")

    # What happens elsewhere.

    def _open(self, creation: Creation | None) -> None:
        """What is open is open at the next start, too."""
        self._own["open"] = creation.key if creation is not None else 0
        self.editor.open(creation)

    def _model_changed(self, _name: str) -> None:
        self._choose_available_model()

    def _open_in(self, panel: str, keys: list[str]) -> None:
        if panel == KEY and keys:
            self._keep(dataclasses.replace(self.wish, songs=tuple(keys)))

    def _choose_available_model(self) -> None:
        """The session's model, else the default, else any that there is."""
        self._choices = create_models(self._services.library)
        named = (self._services.session.model, DEFAULT_MODEL, *(choice.key for choice in self._choices))
        self._model = next((key for key in named if choice_of(key, self._choices) or _is_file(key)), "")
        if self._model and choice_of(self._model, self._choices) is None:
            self._choices.append(ModelChoice(self._model, Path(self._model).stem, "", "file"))
        self._view.show_models(self._choices, self._model)

    def _tidy(self) -> None:
        recipes = []
        for creation in self.history.all:
            try:
                recipes.append(recipe_in(creation))
            except MusicaeError:
                return  # of a newer version: who knows what it needs
        folder = self._services.data_dir
        self._services.tasks.run(lambda _context: tidy(folder, recipes), failed=lambda _error: None)

    def _keep(self, wish: Wish) -> None:
        self.wish = wish
        self._own["wish"] = wish.to_dict()
        self._view.show_wish(wish, self.locked)

    @property
    def _own(self) -> dict[str, Any]:
        own: dict[str, Any] = self._services.session.state.panels.setdefault(KEY, {})
        return own


def create_models(library: Library) -> list[ModelChoice]:
    """Every trained model, each size of a nested one by its own name: a seed means another latent in each of them."""
    sizes = [
        ModelChoice(member.name, member.name, size_text(member.floats_per_second), "preset")
        for family in families()
        for member in family.members
        if member.trained
    ]
    return [*sizes, *(choice for choice in model_choices(library) if choice.group != "preset")]


def _after(seed: int) -> int:
    return seed + 1 if seed < HIGHEST_SEED else 0


def _is_file(key: str) -> bool:
    return bool(key) and Path(key).is_absolute() and Path(key).exists()
