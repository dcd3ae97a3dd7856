"""Morph: two songs, a model, and where between them we are; heard while it changes. No widgets, no torch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.audio import write_wav
from core.files import file_name
from core.i18n import _
from core.latents.blend import LENGTHS
from core.latents.ways import WAYS
from musicae_gui.controllers.morph_hearing import MorphHearing
from musicae_gui.controllers.morph_songs import MorphSongs
from musicae_gui.controllers.morph_sound import Blend, Pair, blended_clip, blended_whole
from musicae_gui.controllers.morph_state import KEY, MorphState, within
from musicae_gui.controllers.morph_view import SIDES, MorphView, Side

if TYPE_CHECKING:
    from core.library import Song
    from musicae_gui.services import Services

PICTURE_SECONDS = 120.0  # of a longer blend the picture shows the beginning: more would cost seconds a move


class MorphController:
    """Joins a `MorphView` to the library, the models and the player."""

    def __init__(self, view: MorphView, services: Services) -> None:
        self._view = view
        self._services = services
        self._state = MorphState(services.session)
        self._songs = MorphSongs(view, services, self._state, self._make_blend, self._drop)
        self._hearing = MorphHearing(view, services)
        self._blend: Blend | None = None
        services.session.open_in.connect(self._open_in)

    # What the user chooses.

    @property
    def at(self) -> float:
        """Where between A (0) and B (1) we are; from -0.2 to 1.2."""
        return self._state.at

    @property
    def model(self) -> str:
        return self._songs.model

    @property
    def length(self) -> str:
        return self._state.length

    @property
    def way(self) -> str:
        """How one song becomes the other: a name of `WAYS`."""
        return self._state.way

    @property
    def pair(self) -> Pair | None:
        """Both latents, once they are there."""
        return self._blend.pair if self._blend is not None else None

    def song(self, side: Side) -> Song | None:
        return self._songs.song(side)

    def refresh(self) -> None:
        """Look at library and models again; begin with two different songs at the first time."""
        self._view.show_length(self.length)
        self._view.show_way(self.way)
        self._view.show_at(self.at)
        self._songs.refresh()

    def choose(self, side: Side, key: str) -> None:
        self._songs.choose(side, key)

    def swap(self) -> None:
        """A becomes B and B becomes A; the sound stays, as the slider turns round with them."""
        self._state.at = 1.0 - self.at
        own_length = {"a": "b", "b": "a"}.get(self.length)
        if own_length:
            self._state.length = own_length
            self._view.show_length(own_length)
        self._view.show_at(self.at)
        self._songs.swap()

    def choose_model(self, key: str) -> None:
        """Blend in another model's latent; it becomes the current model everywhere."""
        self._services.session.set_model(key)

    def choose_channels(self, channels: int) -> None:
        """Keep so many channels of a nested model's latent: what is not yet heard is decoded anew."""
        sizes = self._songs.sizes
        if sizes is None or channels == self._songs.channels:
            return
        self._state.set_channels(self.model, channels)
        self._view.show_size(sizes, channels)
        if self._blend is None:
            return
        self._blend.pair = replace(self._blend.pair, channels=channels)
        self._hear(f"{channels} channels")

    def choose_length(self, length: str) -> None:
        if length in LENGTHS and length != self.length:
            self._state.length = length
            self._make_blend()

    def set_at(self, at: float) -> None:
        """Move to a place between the songs: what is not yet heard is decoded anew."""
        at = within(at)
        if at == self.at:
            return
        self._state.at = at
        self._view.show_at(at)
        if self._blend is None:
            return
        self._blend.at = at
        self._hear(f"{at:.3f}")

    def choose_way(self, name: str) -> None:
        """Go from A to B by another of `WAYS`: what is not yet heard is made anew."""
        if name not in WAYS or name == self.way:
            return
        self._state.way = name
        self._view.show_way(name)
        if self._blend is not None:
            self._blend.way = name
            self._hear(name)

    def _hear(self, change: str) -> None:
        """Have what changed heard, if it plays, and drawn."""
        self._hearing.changed(change)
        self._draw()

    # Hearing.

    @property
    def plays_here(self) -> bool:
        return self._hearing.is_loaded

    @property
    def is_playing(self) -> bool:
        return self._hearing.is_playing

    def toggle(self) -> None:
        """Play or stop the blend."""
        self._hearing.toggle()

    def seek(self, seconds: float) -> None:
        self._hearing.seek(seconds)

    def report_speed(self) -> None:
        """Say whether decoding keeps up; called now and then while it plays."""
        self._hearing.report_speed()

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
        words = f"{self._songs.title} {self.at * 100:.0f} %"
        return file_name(words, ".wav")

    # The blend.

    def _make_blend(self) -> None:
        a, b, codec = self._songs.encoded("a"), self._songs.encoded("b"), self._songs.codec
        if a is None or b is None or codec is None:
            return
        pair = Pair(codec, a.latent, b.latent, self.length, self._songs.channels)
        if self._blend is not None and self._blend.pair == pair:
            return
        self._blend = Blend(pair, self.at, self.way)
        self._view.show_duration(self._blend.seconds)
        self._view.show_ready(True)
        self._view.show_status(_("Ready: play, and drag the slider."))
        self._hearing.take(self._blend, self._songs.title)
        self._draw()

    def _drop(self) -> None:
        """There is nothing to hear for the moment."""
        if self._blend is None:
            return
        self._services.tasks.cancel("morph.picture")
        self._hearing.drop()
        self._blend = None
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

    def _open_in(self, panel: str, keys: list[str]) -> None:
        if panel == KEY:
            for side, key in zip(SIDES, keys, strict=False):
                if key:
                    self._state.set_key(side, key)
            self.refresh()
