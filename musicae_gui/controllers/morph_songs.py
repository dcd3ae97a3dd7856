"""Which songs Morph goes between and in which model's latent; each song is encoded once. No widgets, no torch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import MusicaeError
from core.i18n import _
from core.models.families import Sizes, whole_model
from core.models.presets import DEFAULT_MODEL
from musicae_gui.controllers.model_choices import ModelChoice, choice_of, model_choices
from musicae_gui.controllers.morph_sound import Encoded, encode_song
from musicae_gui.controllers.morph_state import MorphState
from musicae_gui.controllers.morph_view import SIDES, MorphView, Side
from musicae_gui.controllers.song_list import ready_songs

if TYPE_CHECKING:
    from core.library import Song
    from core.models.codec import Codec
    from musicae_gui.services import Services

KEPT = 6  # encoded songs


class MorphSongs:
    """Songs, model and latents.

    Args:
        ready: called when every song is there as a latent of the model.
        gone: called when one of them cannot be had.
    """

    def __init__(
        self,
        view: MorphView,
        services: Services,
        state: MorphState,
        ready: Callable[[], None],
        gone: Callable[[], None],
    ) -> None:
        self._view = view
        self._services = services
        self._state = state
        self._ready = ready
        self._gone = gone
        self._songs: dict[Side, Song | None] = dict.fromkeys(SIDES)
        self._encoded: dict[Side, Encoded | None] = dict.fromkeys(SIDES)
        self._kept: dict[tuple[str, str], Encoded] = {}
        self._known: list[Song] = []
        self._choices: list[ModelChoice] = []
        self.codec: Codec | None = None
        self.model = ""
        services.session.model_changed.connect(self._model_changed)

    def song(self, side: Side) -> Song | None:
        return self._songs[side]

    def encoded(self, side: Side) -> Encoded | None:
        """A song's latent, once it is there."""
        return self._encoded[side]

    @property
    def sizes(self) -> Sizes | None:
        return Sizes.of(self.codec.design) if self.codec is not None else None

    @property
    def channels(self) -> int:
        """Channels of the model that are kept."""
        assert self.codec is not None
        sizes = self.sizes
        return self.codec.channels if sizes is None else self._state.channels(self.model, sizes)

    @property
    def title(self) -> str:
        a, b = self._songs["a"], self._songs["b"]
        return _("{a} to {b}").format(a=a.title, b=b.title) if a is not None and b is not None else ""

    def refresh(self) -> None:
        """Look at library and models again; begin with two different songs at the first time."""
        ready_songs(self._services, self._refreshed, "morph.songs")

    def choose(self, side: Side, key: str) -> None:
        if key and key != self._state.key(side):
            self._state.set_key(side, key)
            self.encode()

    def swap(self) -> None:
        a, b = self._state.key("a"), self._state.key("b")
        self._state.set_key("a", b)
        self._state.set_key("b", a)
        self._show()
        self.encode()

    def encode(self) -> None:
        """Have all songs as latents of the model."""
        library = self._services.library
        for side in SIDES:
            self._songs[side] = library.song(self._state.key(side))
        if any(self._songs[side] is None for side in SIDES):
            self._gone()
            return
        if not self.model:
            self._gone()
            self._view.show_status(_("No trained model is here yet; train one first."), "warning")
            return
        self._view.show_status(_("Loading {model}…").format(model=self.model))
        self._services.models.codec(self.model, self._codec_ready, self._failed, group="morph.codec")

    def _refreshed(self, songs: list[Song]) -> None:
        self._known = songs
        keys = [song.key for song in songs]
        a = self._state.key("a") if self._state.key("a") in keys else (keys[0] if keys else "")
        others = [song.key for song in songs if song.key != a]
        b = self._state.key("b") if self._state.key("b") in keys else (others[len(others) // 2] if others else a)
        self._state.set_key("a", a)
        self._state.set_key("b", b)
        self._show()
        self._look_for_models()
        if not songs:
            self._view.show_status(_("No songs yet: drop some on the window, or add them in the Library."))
        self.encode()

    def _show(self) -> None:
        self._view.show_songs(self._known, self._state.key("a"), self._state.key("b"))

    # The model.

    def _look_for_models(self) -> None:
        """Take the session's model, else the default, else any that there is."""
        self._choices = [choice for choice in model_choices(self._services.library) if choice.available]
        named = (self._services.session.model, DEFAULT_MODEL)
        wanted = (*(whole_model(name)[0] for name in named), *(choice.key for choice in self._choices))
        self.model = next((key for key in wanted if choice_of(key, self._choices) is not None or _is_file(key)), "")
        if self.model and choice_of(self.model, self._choices) is None:
            self._choices.append(ModelChoice(self.model, Path(self.model).stem, "", "file"))
        self._view.show_models(self._choices, self.model)

    def _model_changed(self, _name: str) -> None:
        before = self.model
        self._look_for_models()
        if self.model != before and any(self._songs.values()):
            self.encode()

    def _codec_ready(self, codec: Codec) -> None:
        self.codec = codec
        self._view.show_size(self.sizes, self.channels)
        for side in SIDES:
            song = self._songs[side]
            if song is None:
                return
            kept = self._kept.get((song.key, codec.hash))
            if kept is not None:
                self._services.tasks.cancel(f"morph.encode.{side}")
                self._encoded_side(side, kept)
            else:
                self._start_encoding(side, song, codec)

    # Encoding.

    def _start_encoding(self, side: Side, song: Song, codec: Codec) -> None:
        self._encoded[side] = None  # the blend before is heard on until this one is there
        self._view.show_side(side, song.title, None, _("Encoding {song}…").format(song=song.title))

        def failed(error: MusicaeError) -> None:
            self._gone()
            self._view.show_side(side, song.title, None, error.sentence)
            self._view.show_status(error.sentence, "error")

        self._services.tasks.run(
            lambda context: encode_song(song, codec, context),
            done=lambda encoded: self._encoded_side(side, encoded),
            failed=failed,
            progress=lambda share, _text: self._view.show_side(
                side, song.title, None, _("Encoding {song}… {n} %").format(song=song.title, n=round(100 * share))
            ),
            group=f"morph.encode.{side}",
        )

    def _encoded_side(self, side: Side, encoded: Encoded) -> None:
        self._kept[encoded.song, encoded.model] = encoded
        while len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]
        song = self._songs[side]
        if song is None or song.key != encoded.song:
            return
        if self._encoded[side] is not encoded:
            self._encoded[side] = encoded
            self._view.show_side(side, song.title, encoded.clip, "")
        if all(self._fits(side, encoded.model) for side in SIDES):
            self._ready()

    def _fits(self, side: Side, model: str) -> bool:
        """Whether a side's latent is the chosen song's, by that model."""
        song, encoded = self._songs[side], self._encoded[side]
        return song is not None and encoded is not None and (encoded.song, encoded.model) == (song.key, model)

    def _failed(self, error: MusicaeError) -> None:
        self._gone()
        self._view.show_status(error.sentence, "error")


def _is_file(key: str) -> bool:
    return bool(key) and Path(key).is_absolute() and Path(key).exists()
