"""Morph: two songs, a model, and where between them we are; heard while it changes. No widgets, no torch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.audio import write_wav
from core.errors import MusicaeError
from core.files import file_name
from core.i18n import _
from core.latents.blend import HIGHEST, LENGTHS, LOWEST
from core.latents.ways import DEFAULT_WAY, WAYS
from core.models.families import Sizes, whole_model
from core.models.presets import DEFAULT_MODEL
from core.playback import LiveSource
from musicae_gui.controllers.model_choices import ModelChoice, choice_of, model_choices
from musicae_gui.controllers.morph_sound import Blend, Encoded, Pair, blended_clip, blended_whole, encode_song
from musicae_gui.controllers.morph_view import SIDES, MorphView, Side
from musicae_gui.controllers.song_list import ready_songs

if TYPE_CHECKING:
    from core.library import Song
    from core.models.codec import Codec
    from musicae_gui.services import Services

KEY = "morph"
PICTURE_SECONDS = 120.0  # of a longer blend the picture shows the beginning: more would cost seconds a move


class MorphController:
    """Joins a `MorphView` to the library, the models and the player."""

    def __init__(self, view: MorphView, services: Services) -> None:
        self._view = view
        self._services = services
        self._songs: dict[Side, Song | None] = {"a": None, "b": None}
        self._encoded: dict[Side, Encoded | None] = {"a": None, "b": None}
        self._kept: dict[tuple[str, str], Encoded] = {}
        self._known: list[Song] = []
        self._choices: list[ModelChoice] = []
        self._codec: Codec | None = None
        self._model = ""
        self._blend: Blend | None = None
        self._source: LiveSource | None = None
        self._starved = 0
        services.session.open_in.connect(self._open_in)
        services.session.model_changed.connect(self._model_changed)
        services.player.devices_changed.connect(self._device_changed)

    # What the user chooses.

    @property
    def at(self) -> float:
        """Where between A (0) and B (1) we are; from -0.2 to 1.2."""
        return min(max(float(self._state.morph_at), LOWEST), HIGHEST)

    @property
    def model(self) -> str:
        return self._model

    @property
    def length(self) -> str:
        length = self._own.get("length")
        return length if length in LENGTHS else "shorter"

    @property
    def way(self) -> str:
        """How one song becomes the other: a name of `WAYS`."""
        way = self._own.get("way")
        return way if way in WAYS else DEFAULT_WAY

    @property
    def pair(self) -> Pair | None:
        """Both latents, once they are there."""
        return self._blend.pair if self._blend is not None else None

    def song(self, side: Side) -> Song | None:
        return self._songs[side]

    def refresh(self) -> None:
        """Look at library and models again; begin with two different songs at the first time."""
        ready_songs(self._services, self._refreshed, "morph.songs")

    def _refreshed(self, songs: list[Song]) -> None:
        self._known = songs
        keys = [song.key for song in songs]
        a = self._state.morph_a if self._state.morph_a in keys else (keys[0] if keys else "")
        others = [song.key for song in songs if song.key != a]
        b = self._state.morph_b if self._state.morph_b in keys else (others[len(others) // 2] if others else a)
        self._state.morph_a, self._state.morph_b = a, b
        self._choices = [choice for choice in model_choices(self._services.library) if choice.available]
        self._view.show_songs(songs, a, b)
        self._view.show_length(self.length)
        self._view.show_way(self.way)
        self._view.show_at(self.at)
        self._choose_available_model()
        if not songs:
            self._view.show_status(_("No songs yet: drop some on the window, or add them in the Library."))
        self._encode()

    def choose(self, side: Side, key: str) -> None:
        if key and key != getattr(self._state, f"morph_{side}"):
            setattr(self._state, f"morph_{side}", key)
            self._encode()

    def swap(self) -> None:
        """A becomes B and B becomes A; the sound stays, as the slider turns round with them."""
        state = self._state
        state.morph_a, state.morph_b = state.morph_b, state.morph_a
        state.morph_at = 1.0 - self.at
        own_length = {"a": "b", "b": "a"}.get(self.length)
        if own_length:
            self._own["length"] = own_length
            self._view.show_length(own_length)
        self._view.show_songs(self._known, state.morph_a, state.morph_b)
        self._view.show_at(self.at)
        self._encode()

    def choose_model(self, key: str) -> None:
        """Blend in another model's latent; it becomes the current model everywhere."""
        self._services.session.set_model(key)

    def choose_channels(self, channels: int) -> None:
        """Keep so many channels of a nested model's latent: what is not yet heard is decoded anew."""
        if self._sizes is None or channels == self._channels:
            return
        self._remembered_sizes[self._model] = channels
        self._view.show_size(self._sizes, channels)
        if self._blend is None:
            return
        self._blend.pair = replace(self._blend.pair, channels=channels)
        self._hear(f"{channels} channels")

    def choose_length(self, length: str) -> None:
        if length in LENGTHS and length != self.length:
            self._own["length"] = length
            self._make_blend()

    def set_at(self, at: float) -> None:
        """Move to a place between the songs: what is not yet heard is decoded anew."""
        at = min(max(at, LOWEST), HIGHEST)
        if at == self.at:
            return
        self._state.morph_at = at
        self._view.show_at(at)
        if self._blend is None:
            return
        self._blend.at = at
        self._hear(f"{at:.3f}")

    def choose_way(self, name: str) -> None:
        """Go from A to B by another of `WAYS`: what is not yet heard is made anew."""
        if name not in WAYS or name == self.way:
            return
        self._own["way"] = name
        self._view.show_way(name)
        if self._blend is not None:
            self._blend.way = name
            self._hear(name)

    def _hear(self, change: str) -> None:
        """Have what changed heard, if it plays, and drawn."""
        if self.plays_here:
            self._services.player.changed(change)
        self._draw()

    # Hearing.

    @property
    def plays_here(self) -> bool:
        return self._source is not None and self._services.player.source is self._source

    @property
    def is_playing(self) -> bool:
        return self.plays_here and self._services.player.playing

    def toggle(self) -> None:
        """Play or stop the blend."""
        player = self._services.player
        if self._source is None:
            return
        if self.is_playing:
            player.stop()
        elif self.plays_here:
            player.play()
        else:
            player.play(self._source, title=self._title())
        self.report_speed()

    def seek(self, seconds: float) -> None:
        if self._source is None:
            return
        if not self.plays_here:
            self._services.player.load(self._source, title=self._title(), start=seconds)
        else:
            self._services.player.seek(seconds)

    def report_speed(self) -> None:
        """Say whether decoding keeps up; called now and then while it plays."""
        if self._blend is None or not self.is_playing:
            return
        starved = self._services.player.starvations
        if starved > self._starved:
            self._view.show_status(_("Decoding came too late: the sound before went on."), "warning")
        elif self._blend.speed > 0:
            words = _("Decoded in time, {speed}× faster than it plays.").format(speed=f"{self._blend.speed:.0f}")
            late = self._blend.speed < 1.5
            self._view.show_status(
                _("Decoding hardly keeps up with playing.") if late else words, "warning" if late else "good"
            )
        self._starved = starved

    # Saving.

    def export(self, path: Path) -> None:
        """Write the blend at the slider's place as WAV."""
        if self._blend is None:
            return
        pair, way, at, subtype = self._blend.pair, self.way, self.at, self._services.preferences.values.wav_format
        self._services.tasks.run(
            lambda context: write_wav(path, blended_whole(pair, way, at, context), subtype=subtype),  # type: ignore[arg-type]
            done=lambda _none: self._services.notify(_("Saved {path}.").format(path=path), "good"),
            title=_("Saving the blend"),
        )

    def export_name(self) -> str:
        words = f"{self._title()} {self.at * 100:.0f} %"
        return file_name(words, ".wav")

    # Encoding.

    def _choose_available_model(self) -> None:
        """The session's model, else the default, else any that there is."""
        named = (self._services.session.model, DEFAULT_MODEL)
        wanted = (*(whole_model(name)[0] for name in named), *(choice.key for choice in self._choices))
        self._model = next((key for key in wanted if choice_of(key, self._choices) is not None or _is_file(key)), "")
        if self._model and choice_of(self._model, self._choices) is None:
            self._choices.append(ModelChoice(self._model, Path(self._model).stem, "", "file"))
        self._view.show_models(self._choices, self._model)

    def _encode(self) -> None:
        """Have both songs as latents of the model; each is encoded once."""
        library = self._services.library
        for side in SIDES:
            self._songs[side] = library.song(getattr(self._state, f"morph_{side}"))
        if any(self._songs[side] is None for side in SIDES):
            self._drop()
            return
        if not self._model:
            self._drop()
            self._view.show_status(_("No trained model is here yet; train one first."), "warning")
            return
        self._view.show_status(_("Loading {model}…").format(model=self._model))
        self._services.models.codec(self._model, self._codec_ready, self._failed, group="morph.codec")

    def _codec_ready(self, codec: Codec) -> None:
        self._codec = codec
        self._view.show_size(self._sizes, self._channels)
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

    def _start_encoding(self, side: Side, song: Song, codec: Codec) -> None:
        self._encoded[side] = None  # the blend before is heard on until this one is there
        self._view.show_side(side, song.title, None, _("Encoding {song}…").format(song=song.title))

        def failed(error: MusicaeError) -> None:
            self._drop()
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
        while len(self._kept) > 6:
            del self._kept[next(iter(self._kept))]
        song = self._songs[side]
        if song is None or song.key != encoded.song:
            return
        if self._encoded[side] is not encoded:
            self._encoded[side] = encoded
            self._view.show_side(side, song.title, encoded.clip, "")
        a, b = self._encoded["a"], self._encoded["b"]
        keys = tuple(getattr(self._songs[each], "key", "") for each in SIDES)
        if a and b and a.model == b.model == encoded.model and (a.song, b.song) == keys:
            self._make_blend()

    def _failed(self, error: MusicaeError) -> None:
        self._drop()
        self._view.show_status(error.sentence, "error")

    # The blend and its sound.

    def _make_blend(self) -> None:
        a, b = self._encoded["a"], self._encoded["b"]
        if a is None or b is None or self._codec is None:
            return
        pair = Pair(self._codec, a.latent, b.latent, self.length, self._channels)
        if self._blend is not None and self._blend.pair == pair:
            return
        player = self._services.player
        here, was_playing, position = self.plays_here, self.is_playing, player.seconds
        self._blend = Blend(pair, self.at, self.way)
        self._source = LiveSource(self._blend.decode, pair.samples, pair.codec.rate, player.rate, name="morph")
        self._view.show_duration(pair.samples / pair.codec.rate)
        self._view.show_ready(True)
        self._view.show_status(_("Ready: play, and drag the slider."))
        if was_playing:
            player.play(self._source, start=min(position, pair.samples / pair.codec.rate), title=self._title())
        elif here or not player.playing:
            player.load(self._source, title=self._title())
        self._draw()

    def _drop(self) -> None:
        """There is nothing to hear for the moment."""
        if self._blend is None:
            return
        self._services.tasks.cancel("morph.picture")
        if self.plays_here:
            self._services.player.load(None)
        self._blend = self._source = None
        self._view.show_ready(False)
        self._view.show_blend(None)

    def _draw(self) -> None:
        """Have the picture of the blend drawn; while the slider moves only the latest is finished."""
        if self._blend is None:
            return
        pair, way, at = self._blend.pair, self.way, self.at
        count = min(pair.samples, round(PICTURE_SECONDS * pair.codec.rate))
        self._services.tasks.run(
            lambda context: blended_clip(pair, way, at, 0, count, context),
            done=self._view.show_blend,
            group="morph.picture",
        )

    # What happens elsewhere.

    def _device_changed(self) -> None:
        player = self._services.player
        if self._blend is None or self._source is None or self._source.rate == player.rate:
            return
        here, pair = self.plays_here or player.source is None, self._blend.pair
        self._source = LiveSource(self._blend.decode, pair.samples, pair.codec.rate, player.rate, name="morph")
        if here:
            player.load(self._source, title=self._title())

    def _model_changed(self, _name: str) -> None:
        before = self._model
        self._choices = [choice for choice in model_choices(self._services.library) if choice.available]
        self._choose_available_model()
        if self._model != before and any(self._songs.values()):
            self._encode()

    def _open_in(self, panel: str, keys: list[str]) -> None:
        if panel == KEY:
            for side, key in zip(SIDES, keys, strict=False):
                if key:
                    setattr(self._state, f"morph_{side}", key)
            self.refresh()

    @property
    def _state(self) -> Any:
        return self._services.session.state

    @property
    def _own(self) -> dict[str, Any]:
        own: dict[str, Any] = self._state.panels.setdefault(KEY, {})
        return own

    @property
    def _sizes(self) -> Sizes | None:
        return Sizes.of(self._codec.design) if self._codec is not None else None

    @property
    def _channels(self) -> int:
        """Channels that are kept: those chosen last for this model, else all."""
        assert self._codec is not None
        if self._sizes is None:
            return self._codec.channels
        return self._sizes.clamped(self._remembered_sizes.get(self._model))

    @property
    def _remembered_sizes(self) -> dict[str, Any]:
        sizes = self._own.get("sizes")
        if not isinstance(sizes, dict):
            sizes = self._own["sizes"] = {}
        whole, channels = whole_model(self._services.session.model)
        if channels is not None:  # the smaller size was chosen by its name
            sizes.setdefault(whole, channels)
        return sizes

    def _title(self) -> str:
        a, b = self._songs["a"], self._songs["b"]
        return _("{a} to {b}").format(a=a.title, b=b.title) if a is not None and b is not None else ""


def _is_file(key: str) -> bool:
    return bool(key) and Path(key).is_absolute() and Path(key).exists()
