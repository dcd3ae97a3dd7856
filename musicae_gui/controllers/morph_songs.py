"""Which songs Morph goes between and in which model's latent; each song is encoded once. No widgets, no torch."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import MusicaeError
from core.i18n import _
from core.models.families import Sizes, whole_model
from core.models.presets import DEFAULT_MODEL
from musicae_gui.controllers.model_choices import ModelChoice, choice_of, model_choices
from musicae_gui.controllers.morph_sound import Encoded, Pair, Warp, encode_song, finished
from musicae_gui.controllers.morph_state import WHOLE, MorphState, Stretch
from musicae_gui.controllers.morph_tempo import MorphTempo
from musicae_gui.controllers.morph_view import ENDS, SIDES, MorphView, Side
from musicae_gui.controllers.song_list import ready_songs

if TYPE_CHECKING:
    from core.library import Song
    from core.models.codec import Codec
    from musicae_gui.services import Services

KEPT = 10  # encoded songs


class MorphSongs:
    """Songs, model and latents.

    Args:
        ready: called when every song is there as a latent of the model.
        better: called when the songs that are there have better latents.
        gone: called when one of them cannot be had.
    """

    def __init__(
        self,
        view: MorphView,
        services: Services,
        state: MorphState,
        ready: Callable[[], None],
        better: Callable[[], None],
        gone: Callable[[], None],
    ) -> None:
        self._view = view
        self._services = services
        self._state = state
        self._ready = ready
        self._better = better
        self._gone = gone
        self._songs: dict[Side, Song | None] = dict.fromkeys(SIDES)
        self._encoded: dict[Side, Encoded | None] = dict.fromkeys(SIDES)
        self._shown: dict[Side, Stretch] = dict.fromkeys(SIDES, WHOLE)  # the part that is to be seen
        self._finishing: Encoded | None = None  # a draft
        self._kept: dict[tuple[str, str, Warp | None], Encoded] = {}
        self._known: list[Song] = []
        self._choices: list[ModelChoice] = []
        self.codec: Codec | None = None
        self.model = ""
        self.tempo = MorphTempo(services)
        services.session.model_changed.connect(self._model_changed)

    def song(self, side: Side) -> Song | None:
        return self._songs[side]

    @property
    def sides(self) -> tuple[Side, ...]:
        """The corners at which there is a song."""
        more = [side for side in SIDES[2:] if self._state.pad and self._state.key(side)]
        return (*ENDS, *more)

    def pair(self) -> Pair | None:
        """What is heard, once every song is there. Of three songs the third has both lower corners."""
        encoded = [self._encoded[side] for side in self.sides]
        if self.codec is None or any(one is None for one in encoded):
            return None
        latents = [one.latent for one in encoded if one is not None]
        stretches = [self._taken(side) for side in self.sides]
        lower = (latents[2], latents[-1]) if len(latents) > 2 else None
        if len(latents) == 3:
            stretches.append(stretches[2])
        return Pair(self.codec, latents[0], latents[1], self._state.length, self.channels, tuple(stretches), lower)

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

    def remove(self, side: Side) -> None:
        """Take a lower song away; there is no fourth without a third."""
        fourth = self._state.key("d") if side == "c" else ""
        self._state.set_key("c", fourth if side == "c" else self._state.key("c"))
        self._state.set_key("d", "")
        self._show()
        self.encode()

    def fill(self) -> None:
        """Give the lower corners songs that are not yet taken."""
        for side in SIDES[2:]:
            taken = [self._state.key(each) for each in SIDES]
            free = [song.key for song in self._known if song.key not in taken]
            if not self._state.key(side) and free:
                self._state.set_key(side, free[len(free) // 3])
        self._show()
        self.encode()

    def swap(self) -> None:
        """The state has changed A and B for each other."""
        self._show()
        self.encode()

    def take(self, side: Side, stretch: Stretch) -> None:
        """Take only a part of a song."""
        self._state.set_stretch(side, stretch)
        if self._state.in_time:
            self.encode()
        elif self._encoded[side] is not None:
            self._show_side(side)
            self._ready()

    def encode(self) -> None:
        """Have all songs as latents of the model."""
        library = self._services.library
        for side in SIDES:
            self._songs[side] = library.song(self._state.key(side)) if side in self.sides else None
            if self._songs[side] is None:
                self._encoded[side] = None
                self._services.tasks.cancel(f"morph.encode.{side}")
        if any(self._songs[side] is None for side in self.sides):
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
        mine = [self._state.key(side) for side in SIDES]  # a song whose file is gone stays chosen: it may come back
        keys += [key for key in mine if key and key not in keys and self._services.library.song(key) is not None]
        a = self._state.key("a") if self._state.key("a") in keys else (keys[0] if keys else "")
        others = [song.key for song in songs if song.key != a]
        b = self._state.key("b") if self._state.key("b") in keys else (others[len(others) // 2] if others else a)
        self._state.set_key("a", a)
        self._state.set_key("b", b)
        for side in SIDES[2:]:
            if self._state.key(side) not in keys:
                self._state.set_key(side, "")
        if self._state.key("d") and not self._state.key("c"):
            self._state.set_key("c", self._state.key("d"))
            self._state.set_key("d", "")
        self._show()
        self._look_for_models()
        if not songs:
            self._view.show_status(_("No songs yet: drop some on the window, or add them in the Library."))
        self.encode()

    def _show(self) -> None:
        self._view.show_songs(self._known, {side: self._state.key(side) for side in SIDES})

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
        songs = [song for song in self._songs.values() if song is not None]
        if self._state.in_time:
            self._view.show_status(_("Looking for beats…"))
            self.tempo.want(songs, self._encode_all, self._failed)
        else:
            self._encode_all()

    # Encoding.

    def _encode_all(self) -> None:
        a, b = self._state.key("a"), self._state.key("b")
        self._view.show_in_time(self._state.in_time, self.tempo.words(a, b))
        codec = self.codec
        for side in self.sides:
            song = self._songs[side]
            if song is None or codec is None:
                return
            warp = self._warp(side)
            kept = self._kept.get((song.key, codec.hash, warp))
            if kept is not None:
                self._services.tasks.cancel(f"morph.encode.{side}")
                self._encoded_side(side, kept)
            else:
                self._start_encoding(side, song, codec, warp)

    def _warp(self, side: Side) -> Warp | None:
        """What is done to a side's song before it is encoded."""
        if side == "a" or not self._state.in_time or self.codec is None:
            return None
        begin, end = self._state.stretch("a")
        hop = self.codec.hop / self.codec.rate
        snapped = round(begin / hop) * hop  # as the part of A is cut
        keys = self._state.key("a"), self._state.key(side)
        return self.tempo.warp(*keys, (snapped, end), self._state.stretch(side))

    def _taken(self, side: Side) -> Stretch:
        """Seconds that are taken of what was encoded."""
        encoded, stretch = self._encoded[side], self._state.stretch(side)
        if encoded is None or encoded.warp is None:
            return stretch
        return encoded.warp.stretch(stretch)

    def _start_encoding(self, side: Side, song: Song, codec: Codec, warp: Warp | None) -> None:
        self._encoded[side] = None  # the blend before is heard on until this one is there
        self._view.show_side(side, song.title, None, _("Encoding {song}…").format(song=song.title))

        def failed(error: MusicaeError) -> None:
            self._gone()
            self._view.show_side(side, song.title, None, error.sentence)
            self._view.show_status(error.sentence, "error")

        self._services.tasks.run(
            lambda context: encode_song(song, codec, warp, context),
            done=lambda encoded: self._encoded_side(side, encoded),
            failed=failed,
            progress=lambda share, _text: self._view.show_side(
                side, song.title, None, _("Encoding {song}… {n} %").format(song=song.title, n=round(100 * share))
            ),
            group=f"morph.encode.{side}",
        )

    def _keep(self, encoded: Encoded) -> None:
        self._kept[encoded.song, encoded.model, encoded.warp] = encoded
        while len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]

    def _encoded_side(self, side: Side, encoded: Encoded) -> None:
        self._keep(encoded)
        song = self._songs[side]
        if song is None or song.key != encoded.song:
            return
        if self._encoded[side] is not encoded or self._shown[side] != self._state.stretch(side):
            self._encoded[side] = encoded
            self._show_side(side)
        if all(self._fits(each, encoded.model) for each in self.sides):
            self._ready()
            self._finish_drafts()

    def _finish_drafts(self) -> None:
        """Encode better what is heard by now, a song at a time; it takes the draft's place while it plays."""
        codec = self.codec
        drafts = [each for side in self.sides if (each := self._encoded[side]) is not None and each.draft]
        if codec is None or not drafts or self._finishing in drafts:
            return
        draft = self._finishing = drafts[0]
        self._services.tasks.run(
            partial(finished, draft, codec),
            done=partial(self._finished, draft),
            group="morph.finish",
        )

    def _finished(self, draft: Encoded, encoded: Encoded) -> None:
        self._finishing = None
        self._keep(encoded)
        for side in self.sides:  # they may have been swapped
            if self._encoded[side] is draft:
                self._encoded[side] = encoded  # the pictures stay: they show the song, not the latent
        self._better()
        self._finish_drafts()

    def _show_side(self, side: Side) -> None:
        """The pictures of what is taken of a song."""
        song, encoded = self._songs[side], self._encoded[side]
        if song is None or encoded is None:
            return
        begin, end = self._shown[side] = self._state.stretch(side)
        self._view.show_stretch(side, encoded.clip, begin, encoded.clip.seconds if end is None else end)
        taken, sound = self._taken(side), encoded.sound
        if taken != WHOLE:
            last = sound.seconds if taken[1] is None else taken[1]
            sound = sound.cut(taken[0], max(last - taken[0], 1 / sound.rate))
        self._view.show_side(side, song.title, sound, "")

    def _fits(self, side: Side, model: str) -> bool:
        """Whether a side's latent is the chosen song's, by that model."""
        song, encoded = self._songs[side], self._encoded[side]
        return (
            song is not None
            and encoded is not None
            and (encoded.song, encoded.model, encoded.warp) == (song.key, model, self._warp(side))
        )

    def _failed(self, error: MusicaeError) -> None:
        self._gone()
        self._view.show_status(error.sentence, "error")


def _is_file(key: str) -> bool:
    return bool(key) and Path(key).is_absolute() and Path(key).exists()
