"""The creation that is open: its latent edited, its sound heard at once and beside its song. No widgets, no torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from core.creations.region import Region
from core.creations.words import edit_words
from core.errors import MusicaeError
from core.i18n import _
from core.latents.edits import Edit
from core.latents.latent import Latent
from core.latents.parts import Part
from core.latents.recipes import Recipe
from musicae_gui.controllers.compare_sound import CompareSource, Side
from musicae_gui.controllers.create_history import Change, CreationHistory, edits_in_words, model_title, recipe_in
from musicae_gui.controllers.create_sound import (
    CREATION,
    SOURCE,
    Heard,
    SafeSide,
    ab_source,
    decode_whole,
    read_source,
    set_source,
)
from musicae_gui.controllers.create_view import CreateView, Opened
from musicae_gui.controllers.create_work import Makers, Ready, edit_once, open_creation

if TYPE_CHECKING:
    from core.library import Creation
    from core.models.codec import Codec
    from musicae_gui.services import Services

REST = 0.3  # seconds without another edit before all is decoded: until then the processor is the ear's


class CreationEditor:
    """Opens what the history says.

    Args:
        history: gives the history, which is made with this editor.
    """

    def __init__(
        self, view: CreateView, services: Services, makers: Makers, history: Callable[[], CreationHistory]
    ) -> None:
        self._view = view
        self._services = services
        self._makers = makers
        self._history = history
        self._creation: Creation | None = None
        self._ready: Ready | None = None
        self._latent: Latent | None = None
        self._live: SafeSide | None = None
        self._side: Side | None = None  # the song that it came from
        self._level = float("nan")  # LUFS of the creation, once all of it is decoded
        self._source: CompareSource | None = None
        self._pending: list[Edit] = []
        self._editing = self._recomputing = False
        self._edited: tuple[tuple[Edit, ...], Latent] | None = None
        self.heard: Heard | None = None
        self._plays_next = False
        services.player.devices_changed.connect(self._device_changed)
        services.player.side_changed.connect(self._show_sides)

    @property
    def creation(self) -> Creation | None:
        return self._creation

    @property
    def ready(self) -> Ready | None:
        """What is open, once its latent is there."""
        return self._ready

    @property
    def latent(self) -> Latent | None:
        """After all edits."""
        return self._latent

    # What the history opens.

    def open(self, creation: Creation | None) -> None:
        """Another creation, or the same with other words or edits."""
        before, self._creation = self._creation, creation
        if creation is None:
            self._drop()
            self._view.show_opened(None)
            return
        if before is None or creation.key != before.key:
            self._load(creation)
        elif creation.recipe != before.recipe and self._ready is not None:
            self._recompute(creation, self._ready)
        self._show_words()

    def play_when_ready(self) -> None:
        """Let what is opened next be heard at once."""
        self._plays_next = True

    def _load(self, creation: Creation) -> None:
        self._forget()
        self._view.show_latent(None)
        self._view.show_clip(None)
        self._view.show_status(_("Loading {model}…").format(model=model_title(creation.model)))
        self._services.models.codec(
            creation.model, lambda codec: self._codec_ready(creation, codec), self._failed, group="create.codec"
        )

    def _codec_ready(self, creation: Creation, codec: Codec) -> None:
        if creation is not self._creation:
            return
        maker, library = self._makers.of(codec), self._services.library
        self._services.tasks.run(
            lambda _context: open_creation(creation, maker, library),
            done=self._opened,
            failed=self._failed,
            group="create.open",
        )

    def _opened(self, ready: Ready) -> None:
        if self._creation is None or ready.creation.key != self._creation.key:
            return
        self._ready = ready
        self._take(ready.latent)
        self._show_words()
        if ready.song is not None:
            song, part = ready.song, recipe_in(ready.creation).parts[0]
            self._services.tasks.run(
                lambda context: read_source(song, part, context),
                done=self._song_read,
                failed=lambda _error: None,  # a file that is gone leaves the creation without its A/B
                group="create.source",
            )

    def _failed(self, error: MusicaeError) -> None:
        self._plays_next = False
        self._drop()
        self._view.show_status(error.sentence, "error")

    # Edits.

    def apply(
        self, kind: str, region: Region | None, *, amount: float = 1.0, seed: int = 0, source: Part | None = None
    ) -> None:
        """Change a region of the latent, or all of it; heard at once, drawn, undoable."""
        if self._latent is None:
            return
        channels, frames = self._latent.values.shape
        whole = region or Region.whole(channels, frames)
        edit = whole.inside(channels, frames).edit(kind, channels, frames, amount=amount, seed=seed, source=source)
        self._pending.append(edit)
        self._edit_next()

    def reset(self) -> None:
        """Take all edits back, as one step that can be undone."""
        if self._creation is not None and self._ready is not None and (recipe := recipe_in(self._creation)).edits:
            self._change(self._creation, _("Take all edits back"), replace(recipe, edits=()), self._ready.base)

    def _edit_next(self) -> None:
        """Edits are made one after the other, each on what the one before has left."""
        if self._editing or self._recomputing or not self._pending or self._ready is None or self._latent is None:
            return
        assert self._creation is not None
        self._editing = True
        creation, maker, latent, edit = self._creation, self._ready.maker, self._latent, self._pending[0]
        recipe = recipe_in(creation)

        def done(changed: Latent) -> None:
            if self._latent is latent and self._creation is creation:  # else it was undone meanwhile: made anew
                self._pending.pop(0)
                self._change(creation, edit_words(edit), replace(recipe, edits=(*recipe.edits, edit)), changed)

        def failed(error: MusicaeError) -> None:
            self._pending.pop(0)
            self._view.show_status(error.sentence, "error")

        def ended() -> None:
            self._editing = False
            self._edit_next()

        self._services.tasks.run(
            lambda _context: edit_once(maker, latent, recipe, edit), done=done, failed=failed, ended=ended
        )

    def _change(self, creation: Creation, words: str, recipe: Recipe, latent: Latent) -> None:
        assert self._ready is not None
        self._edited = recipe.edits, latent
        seconds = latent.samples / self._ready.maker.model.rate
        changed = replace(creation, recipe=recipe.to_dict(), seconds=seconds)
        self._history().push(Change(self._history(), words, creation, changed))

    def _recompute(self, creation: Creation, ready: Ready) -> None:
        """The latent after the edits that the entry has now: just made, or after an undo."""
        recipe = recipe_in(creation)
        if self._edited is not None and self._edited[0] == recipe.edits:
            self._take(self._edited[1])
            self._edited = None
            return
        self._recomputing = True
        self._services.tasks.run(
            lambda _context: ready.maker.with_edits(ready.base, recipe),
            done=lambda latent: self._take(latent) if self._creation is creation else None,
            failed=self._failed,
            group="create.open",
        )

    def _take(self, latent: Latent) -> None:
        """`latent` is what is heard and seen from now on."""
        assert self._ready is not None
        codec, player = self._ready.maker.model, self._services.player
        here, playing, at = self.plays_here, self.is_playing, player.seconds
        before, self._latent, self.heard = self._latent, latent, None
        self._view.show_latent(latent, codec.rate / codec.hop, rate=codec.rate, keep=before is not None)
        if self._live is not None and self._source is not None and before and before.samples == latent.samples:
            self._live.change(latent)
            if here:
                player.changed("edit")
        else:
            self._live = SafeSide(codec, latent, None)  # type: ignore[arg-type]
            self._source = ab_source(self._live, self._level, self._side, player.rate)
            self._offer(here, playing, at if before is not None else 0.0)
        self._view.show_status("")
        self._show_sides()
        self._recomputing = False
        self._edit_next()
        self._decode(0.0 if before is None else REST)

    def _decode(self, rest: float) -> None:
        assert self._ready is not None
        assert self._latent is not None
        maker, latent = self._ready.maker, self._latent
        self._services.tasks.run(
            lambda context: decode_whole(maker, latent, rest, context), done=self._decoded, group="create.clip"
        )

    def _decoded(self, heard: Heard) -> None:
        if heard.latent is not self._latent or self._live is None or self._source is None:
            return
        self.heard, self._level = heard, heard.loudness
        self._live.finish(heard.latent, heard.clip)
        self._view.show_clip(heard.clip)
        self._sides_changed()

    def _song_read(self, side: Side) -> None:
        self._side = side
        self._sides_changed()

    # Hearing.

    @property
    def plays_here(self) -> bool:
        return self._source is not None and self._services.player.source is self._source

    @property
    def is_playing(self) -> bool:
        return self.plays_here and self._services.player.playing

    def toggle(self) -> None:
        """Play or stop the creation."""
        player = self._services.player
        if self.is_playing:
            player.stop()
        elif self._source is not None:
            player.play(None if self.plays_here else self._source, title=self._title())

    def seek(self, seconds: float) -> None:
        player = self._services.player
        if self.plays_here:
            player.seek(seconds)
        elif self._source is not None:
            player.load(self._source, title=self._title(), start=seconds)

    def hear(self, key: str) -> None:
        """Hear the creation, or the song that it came from, at the same sample."""
        if self._source is None or (index := self._source.index(key)) is None:
            return
        if self.plays_here:
            self._services.player.select_side(index)
        else:
            self._source.select(index)
        self._show_sides()

    def _offer(self, here: bool, playing: bool, at: float) -> None:
        """Give the transport what is open now, unless something else is being heard there."""
        player, wanted = self._services.player, self._plays_next
        self._plays_next = False
        if playing or wanted:
            player.play(self._source, start=at, title=self._title())
        elif here or not player.playing:
            player.load(self._source, title=self._title(), start=at)

    def _sides_changed(self) -> None:
        if self._source is None or self._live is None:
            return
        set_source(self._source, self._live, self._level, self._side)
        if self.plays_here:
            self._services.player.changed()
            self._services.player.state_changed.emit()
        self._show_sides()

    def _show_sides(self, _side: int = 0) -> None:
        if self._source is None or self._latent is None:
            self._view.show_sides(CREATION, False)
        else:
            self._view.show_sides(self._source.selected_key, self._source.index(SOURCE) is not None)

    def _device_changed(self) -> None:
        player = self._services.player
        if self._source is None or self._live is None or self._source.rate == player.rate:
            return
        here = self.plays_here or player.source is None
        self._source = ab_source(self._live, self._level, self._side, player.rate)
        if here:
            player.load(self._source, title=self._title())

    # Words, and the end.

    def _show_words(self) -> None:
        assert self._creation is not None
        song = self._ready.song if self._ready is not None else None
        try:
            edits = edits_in_words(recipe_in(self._creation).edits)
        except MusicaeError:
            edits = ""
        self._view.show_opened(Opened(self._creation, song.title if song is not None else "", edits))
        self._show_sides()

    def _title(self) -> str:
        return self._creation.title if self._creation is not None else ""

    def _forget(self) -> None:
        """Nothing is open; what plays goes on until the next one is there."""
        for group in ("create.open", "create.clip", "create.source"):
            self._services.tasks.cancel(group)
        self._ready = self._latent = self._side = self.heard = self._edited = None
        self._level = float("nan")
        self._recomputing = False
        self._pending.clear()
        self._show_sides()

    def _drop(self) -> None:
        """There is nothing to hear."""
        self._forget()
        if self.plays_here:
            self._services.player.load(None)
        self._live = self._source = None
        self._view.show_latent(None)
        self._view.show_clip(None)
