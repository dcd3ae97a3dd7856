"""Morph: two songs, a model, and where between them we are; heard while it changes. No widgets, no torch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

from core.audio import write_wav
from core.files import file_name
from core.i18n import _
from core.latents.blend import LENGTHS
from core.latents.ways import WAYS, Curve
from musicae_gui.controllers.morph_curve import MorphCurve
from musicae_gui.controllers.morph_hearing import MorphHearing
from musicae_gui.controllers.morph_loop import MorphLoop
from musicae_gui.controllers.morph_record import MorphRecord, Strokes, drawn_over
from musicae_gui.controllers.morph_songs import MorphSongs
from musicae_gui.controllers.morph_sound import Blend, Pair, Setting, blended_clip, blended_whole, make_ahead
from musicae_gui.controllers.morph_state import KEY, MorphState, within
from musicae_gui.controllers.morph_view import ENDS, MorphView, Side

if TYPE_CHECKING:
    from core.audio import Clip
    from core.library import Song
    from musicae_gui.services import Services

PICTURE_SECONDS = 120.0  # of a longer blend the picture shows the beginning: more would cost seconds a move


class MorphController:
    """Joins a `MorphView` to the library, the models and the player."""

    def __init__(self, view: MorphView, services: Services) -> None:
        self._view = view
        self._services = services
        self._state = MorphState(services.session)
        self._songs = MorphSongs(view, services, self._state, self._make_blend, self._make_better, self._drop)
        self._hearing = MorphHearing(view, services)
        self._blend: Blend | None = None
        self._drawn: Clip | None = None  # what the picture shows
        self._change = 0  # the player's number of the change that was asked for last
        self.curve = MorphCurve(view, services, self._state, self._hear)
        self.loop = MorphLoop(view, services, self._state, self._songs, self._hearing)
        self._record = MorphRecord(view, services, self._hearing, self._keep_moves)
        services.player.position.connect(self._follow)
        services.session.open_in.connect(self._open_in)

    # What the user chooses.

    @property
    def at(self) -> float:
        """Where between A (0) and B (1) we are; from -0.2 to 1.2."""
        return self._state.at

    @property
    def down(self) -> float:
        """Where on the pad between the upper songs (0) and the lower ones (1) we are."""
        return self._state.down

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
        self._view.show_at(self.at, self.down)
        self._view.show_pad(self._state.pad)
        self._view.show_in_time(self._state.in_time, "")
        self.curve.show()
        self.loop.show()
        self._songs.refresh()

    def choose(self, side: Side, key: str) -> None:
        self._songs.choose(side, key)

    def swap(self) -> None:
        """A becomes B and B becomes A; the sound stays, as slider and curve turn round with them. It can be undone."""
        self._services.session.undo_stack.push(Swap(self))

    def turn_round(self) -> None:
        """For undo and redo, which are the same: swap without a trace."""
        self._state.swap()
        self._view.show_length(self.length)
        self._view.show_at(self.at, self.down)
        self.curve.take(self.curve.curve.turned(), self.curve.down, self._state.follows)
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

    def choose_part(self, side: Side, begin: float, end: float | None) -> None:
        """Take only a part of a song, in seconds."""
        self._songs.take(side, (begin, end))

    def choose_pad(self, on: bool) -> None:
        """Go between up to four songs, or between two."""
        if on == self._state.pad:
            return
        self._state.pad = on
        self._view.show_pad(on)
        if on and not self._state.key("c"):
            self._songs.fill()
        else:
            self._songs.encode()

    def remove(self, side: Side) -> None:
        """Take a song away from the pad."""
        self._songs.remove(side)

    def choose_in_time(self, on: bool) -> None:
        """Stretch the other songs to A's tempo, bars on bars, or leave them as they are."""
        if on != self._state.in_time:
            self._state.in_time = on
            self._view.show_in_time(on, "")
            self._songs.encode()

    def set_at(self, at: float) -> None:
        """Move to a place between the songs: what is not yet heard is decoded anew."""
        self.set_place(at, self.down)

    def set_place(self, at: float, down: float) -> None:
        """As `set_at`, on the pad: `down` is from the upper songs (0) to the lower ones (1). A curve is left."""
        at, down = within(at), within(down)
        if (at, down) == (self.at, self.down) and not self.curve.follows:
            return
        self._state.at, self._state.down = at, down
        self._view.show_at(at, down)
        if self.curve.follows:
            self.curve.follow(False)  # which has it heard
        else:
            self._hear(f"{at:.3f}" if not self._state.pad else f"{at:.3f} {down:.3f}")
        self._record.moved((at, down), self._change)

    def choose_way(self, name: str) -> None:
        """Go from A to B by another of `WAYS`: what is not yet heard is made anew."""
        if name not in WAYS or name == self.way:
            return
        self._state.way = name
        self._view.show_way(name)
        self._hear(name)

    def _hear(self, change: str) -> None:
        """Have what changed heard, if it plays, and drawn."""
        if self._blend is None:
            return
        self._blend.setting = self._setting
        self._change = self._hearing.changed(change)
        self._draw()

    @property
    def _setting(self) -> Setting:
        curve, down_curve = self.curve.heard
        if not self._state.pad:
            return Setting(self.way, self.at, 0.0, curve)
        return Setting(self.way, self.at, self.down, curve, down_curve)

    # Over time.

    def record(self) -> None:
        """Begin or end keeping the sound as it is heard, and what the hand does."""
        if self._blend is not None or self._record.is_on:
            self._record.toggle(self._songs.title, (self.at, self.down), follows=self.curve.follows)

    def close_down(self) -> None:
        """The window closes; a recording that goes on is kept."""
        self._record.close()

    def add_point(self) -> None:
        """Put the slider's place into the curve, at the moment that is heard."""
        seconds = self._services.player.seconds if self.plays_here else 0.0
        at = self.curve.curve.at(seconds) if self.curve.follows else self.at
        self.curve.edit(self.curve.curve.with_point(round(seconds, 3), at), _("Add a point to the curve"))

    def clear_curve(self) -> None:
        """Take the curve away, in a step that can be undone."""
        self.curve.edit(Curve(), _("Clear the curve"))

    def _keep_moves(self, strokes: Strokes, down: Strokes) -> None:
        """What was recorded goes over the curve, and where there is a pad its other axis, too."""
        other = drawn_over(self.curve.down, down) if self._state.pad else None
        self.curve.edit(drawn_over(self.curve.curve, strokes), _("Record the slider"), down=other)
        if not self.curve.follows:
            self.curve.follow(True)

    def _follow(self, seconds: float) -> None:
        """The slider shows where the curve is."""
        if self.curve.follows and self.plays_here:
            self._state.at = self.curve.curve.at(seconds)
            if self._state.pad and self.curve.down:
                self._state.down = self.curve.down.at(seconds)
            self._view.show_at(self.at, self.down)

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
        pair, setting, subtype = self._blend.pair, self._setting, self._services.preferences.values.wav_format
        self._services.tasks.run(
            lambda context: write_wav(path, blended_whole(pair, setting, context), subtype=subtype),  # type: ignore[arg-type]
            done=lambda _none: self._services.notify(_("Saved {path}.").format(path=path), "good"),
            title=_("Saving the blend"),
        )

    def export_name(self) -> str:
        place = _("curve") if self.curve.follows else f"{self.at * 100:.0f} %"
        words = f"{self._songs.title} {place}"
        return file_name(words, ".wav")

    # The blend.

    def _make_blend(self) -> None:
        pair = self._songs.pair()
        if pair is None or (self._blend is not None and self._blend.pair == pair):
            return
        self._blend = Blend(pair, self._setting)
        self._view.show_duration(self._blend.seconds)
        self._view.show_ready(True)
        self._view.show_status(_("Ready: play, and drag the slider."))
        self._hearing.take(self._blend, self._songs.title)
        self._draw()

    def _make_better(self) -> None:
        """The same songs by better latents: once what is heard next is made of them, the blend goes on in them."""
        pair, setting = self._songs.pair(), self._setting
        if self._blend is None or pair is None or pair == self._blend.pair:
            return
        start = round(self._services.player.seconds * pair.codec.rate) if self.plays_here else 0

        def take_over(_none: None) -> None:
            if self._songs.pair() != pair:  # another size, part or song meanwhile
                self._make_better()
            elif self._blend is not None and self._blend.samples == pair.samples and self._blend.pair != pair:
                self._blend.pair = pair
                self._hear("better latents")

        self._services.tasks.run(
            lambda context: make_ahead(pair, setting, start, context), done=take_over, group="morph.better"
        )

    def _drop(self) -> None:
        """There is nothing to hear for the moment."""
        if self._blend is None:
            return
        self._services.tasks.cancel("morph.picture")
        self._hearing.drop()
        self._blend = None
        self._drawn = None
        self._view.show_ready(False)
        self._view.show_blend(None)

    def _draw(self) -> None:
        """Have the picture of the blend drawn; while the slider moves only the latest is finished."""
        if self._blend is None:
            return
        pair, setting, before = self._blend.pair, self._setting, self._drawn
        count = min(pair.samples, round(PICTURE_SECONDS * pair.codec.rate))

        def part(made: tuple[Clip, float, float]) -> None:
            self._drawn = made[0]
            self._view.show_blend_part(*made)

        self._services.tasks.run(
            lambda context: blended_clip(pair, setting, count, before, context),
            done=self._view.show_blend,
            report=part,
            group="morph.picture",
        )

    def _open_in(self, panel: str, keys: list[str]) -> None:
        if panel == KEY:
            for side, key in zip(ENDS, keys, strict=False):
                if key:
                    self._state.set_key(side, key)
            self.refresh()


class Swap(QUndoCommand):
    """A and B changed for each other, which is undone by doing it again."""

    def __init__(self, owner: MorphController) -> None:
        super().__init__(_("Swap A and B"))
        self._owner = owner

    def redo(self) -> None:
        self._owner.turn_round()

    def undo(self) -> None:
        self._owner.turn_round()
