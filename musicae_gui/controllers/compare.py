"""Compare: which song, which models, what is computed when, and which of them is heard. No widgets, no torch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from core.audio import Clip, write_wav
from core.errors import MusicaeError
from core.files import file_name
from core.i18n import _
from core.models.families import whole_model
from core.models.presets import DEFAULT_MODEL
from core.session import texts
from musicae_gui.controllers.compare_hearing import CompareHearing
from musicae_gui.controllers.compare_row import Row
from musicae_gui.controllers.compare_rows import RowWork
from musicae_gui.controllers.compare_shown import ShownRows, model_of
from musicae_gui.controllers.compare_work import Original, read_original
from musicae_gui.controllers.model_choices import ModelChoice, choice_of, is_run, model_choices
from musicae_gui.controllers.song_list import ready_songs

if TYPE_CHECKING:
    from core.library import Song
    from musicae_gui.services import Services

KEY = "compare"
DEFAULT_SECONDS = 30.0
WHOLE_UP_TO = 60.0  # seconds: shorter songs are compared whole unless the user says otherwise
LOAD = "compare.load"


class CompareView(Protocol):
    """What the controller asks of the panel."""

    def show_songs(self, songs: list[Song], current: str) -> None: ...

    def show_models(self, choices: list[ModelChoice], chosen: list[str]) -> None: ...

    def show_clip(self, song_seconds: float, start: float, seconds: float, *, whole: bool) -> None:
        """The stretch that is compared, within the song."""

    def show_scales(self, top: float, amplitude: float, highest: float) -> None: ...

    def show_rows(self, rows: list[Row]) -> None:
        """Other rows, or another order."""

    def update_row(self, row: Row) -> None: ...

    def show_heard(self, key: str) -> None: ...

    def show_message(self, text: str, *, busy: bool = False) -> None:
        """Instead of the rows; empty for none."""


class CompareController:
    """Joins a `CompareView` to the library, the models and the player."""

    def __init__(self, view: CompareView, services: Services) -> None:
        self._view = view
        self._services = services
        self._song: Song | None = None
        self._original: Original | None = None
        self._loaded_range: list[float] = []  # seconds of the song
        self._choices: list[ModelChoice] = []
        self.rows: list[Row] = []
        self._shown = ShownRows(services.session.state)
        self._work = RowWork(services, view.update_row, self._sides_changed, self._shown.size)
        services.session.open_in.connect(self._open_in)
        self._hearing = CompareHearing(services.player, view.show_heard)

    # What the user chooses.

    @property
    def song(self) -> Song | None:
        return self._song

    @property
    def chosen_models(self) -> list[str]:
        return self._shown.models

    def refresh(self) -> None:
        """Look at library and models again, as they may have changed; begin with defaults at the first time."""
        ready_songs(self._services, self._refreshed, "compare.songs")

    def _refreshed(self, songs: list[Song]) -> None:
        self._choices = model_choices(self._services.library, self._files)
        self._begin_with_defaults()
        self._view.show_models(self._choices, self.chosen_models)
        wanted = self._state.compare_song
        if not any(song.key == wanted for song in songs):
            wanted = songs[0].key if songs else ""
        self._view.show_songs(songs, wanted)
        if not songs:
            self._clear()
            self._view.show_message(_("No songs yet: drop some on the window, or add them in the Library."))
        elif self._song is None or self._song.key != wanted:
            missing = self._services.library.song(self._state.compare_song)
            kept = self._state.compare_song, self._state.compare_range
            self.choose_song(wanted)
            if missing is not None and missing.state == "missing":  # it stays chosen: it may come back
                self._state.compare_song, self._state.compare_range = kept
        else:
            self._set_rows()
            self._hearing.offer()

    def _begin_with_defaults(self) -> None:
        """The default model and the one that the user prefers, else whatever is there."""
        there = [choice.key for choice in self._choices if choice.available]
        wanted = [whole_model(name)[0] for name in (DEFAULT_MODEL, self._services.session.model)]
        self._shown.begin([key for key in wanted if key in there] or there[:1])

    def choose_song(self, key: str) -> None:
        song = self._services.library.song(key)
        if song is None or (self._song is not None and song.key == self._song.key):
            return
        self._song = song
        if self._state.compare_song != key:
            self._state.compare_song, self._state.compare_range = key, []
        self._load()

    def choose_clip(self, start: float, seconds: float | None) -> None:
        """Compare `seconds` of the song from `start` on; None for all of it."""
        if self._song is None:
            return
        whole = seconds is None or seconds >= self._song.seconds
        length = self._song.seconds if seconds is None else min(seconds, self._song.seconds)
        start = 0.0 if whole else min(max(0.0, start), self._song.seconds - length)
        if [start, start + length] != self._clip_range():
            self._state.compare_range = [start, start + length]
            self._load()

    def set_model(self, model: str, shown: bool) -> None:
        """Show the reconstruction by a model, or hide all of its rows."""
        if not shown:
            self._shown.hide(model)
        elif self._is_available(model):
            self._shown.show(model, [choice.key for choice in self._choices])
        self._rows_changed()

    def remove(self, key: str) -> None:
        """Take one row away."""
        self._shown.remove(key)
        self._rows_changed()

    def add_again(self, key: str) -> None:
        """Another row of the same model: the plain one beside a refined one, else the next smaller marked size.

        Of a model that is not nested, which has one size, the refined one.
        """
        row = self._row(key)
        if row is None or not row.channels:
            return
        channels, refine = row.channels, False
        if row.sizes is None:
            refine = not row.refine
        elif not row.refine:
            smaller = [mark for mark in row.sizes.marks if mark < row.channels]
            channels = smaller[-1] if smaller else row.sizes.channels
        self._shown.add_again(key, channels, row.bits, refine=refine)
        self._rows_changed()

    def resize(self, key: str, channels: int, bits: int) -> None:
        """Keep so many channels of a nested model's latent, in so many bits a float; while it plays it is heard."""
        row = self._row(key)
        if row is None or not row.channels:
            return
        self._shown.set_size(key, channels, bits)
        self._work.resize(row, channels, bits)
        if self.plays_here and self._services.player.playing and self.heard != key:
            self.hear(key)
        else:
            self._hearing.changed(key, f"{channels} channels, {bits} bits")

    def refine(self, key: str, on: bool) -> None:
        """Search the latent that the row's decoder turns into the song best, or hear the plain one again."""
        row = self._row(key)
        if row is None or not row.key or row.refine == on:
            return
        before = row.refined
        self._shown.set_refine(key, on)
        self._work.refine(row, on)
        if row.refined != before:
            self._hearing.changed(key, "refined" if on else "plain")

    def add_model_file(self, path: Path) -> None:
        """Offer a .musicae file or run folder of the user's and show it."""
        files = self._own["files"] = self._files
        if str(path) not in files:
            files.append(str(path))
        self._choices = model_choices(self._services.library, files)
        self._begin_with_defaults()
        self.set_model(str(path), True)

    def train(self, key: str) -> None:
        """Go to Train for a preset that was never trained."""
        self._services.session.train_size(key)

    # Hearing.

    @property
    def plays_here(self) -> bool:
        """What the transport has loaded is this comparison."""
        return self._hearing.plays_here

    @property
    def heard(self) -> str:
        """Key of the row that is heard."""
        return self._hearing.heard

    def hear(self, key: str, *, play: bool = False, at: float | None = None) -> None:
        """Hear a row at the same sample; `play` starts the sound where it rests, `at` goes to a time (seconds)."""
        self._hearing.hear(key, play=play, at=at)

    def cancel(self, key: str) -> None:
        """Give up computing a row, or refining it; it can be asked for again."""
        row = self._row(key)
        if row is not None and row.is_refining:
            self.refine(key, False)
        elif row is not None:
            self._work.cancel(row)

    def retry(self, key: str) -> None:
        if (row := self._row(key)) is not None:
            self._work.retry(row)

    def export(self, key: str, path: Path) -> None:
        """Write a row's sound as WAV: the original as it is in the file, a reconstruction at the model's rate."""
        sound = self.sound_of(key)
        if sound is None:
            return
        subtype = self._services.preferences.values.wav_format
        self._services.tasks.run(
            lambda _context: write_wav(path, sound(), subtype=subtype),  # type: ignore[arg-type]
            done=lambda _none: self._services.notify(_("Saved {path}.").format(path=path), "good"),
        )

    def export_name(self, key: str) -> str:
        """A file name that says what it is."""
        song = self._song.title if self._song is not None else "song"
        row = self._row(key)
        if row is None or not key:
            return file_name(song, ".wav")
        size = f" {row.floats_per_second:.0f}" if row.sizes is not None else ""
        refined = " " + _("refined") if row.refined else ""
        return file_name(f"{song} - {row.title}{size}{refined}", ".wav")

    def sound_of(self, key: str) -> Callable[[], Clip] | None:
        """What makes the sound of a row as it is heard, for another thread; None while it is not finished."""
        if key or self._original is None:
            return self._work.sound(key)
        clip = self._original.clip
        return lambda: clip

    # Loading the original.

    def _load(self) -> None:
        """Read the song's stretch; everything computed of another one is dropped."""
        assert self._song is not None
        self._clear()
        song, (start, end) = self._song, self._clip_range()
        self._loaded_range = [start, end]
        whole = end - start >= song.seconds
        self._view.show_clip(song.seconds, start, end - start, whole=whole)
        self._view.show_message(_("Reading {song}…").format(song=song.title), busy=True)
        self._services.tasks.run(
            lambda context: read_original(song.path, start, None if whole else end - start, context),
            done=self._loaded,
            failed=self._load_failed,
            group=LOAD,
        )

    def _loaded(self, original: Original) -> None:
        self._original = original
        self._view.show_message("")
        self._view.show_scales(original.top, original.mono.peak, original.mono.rate / 2)
        self._hearing.set_original(original, self._song.title if self._song is not None else "")
        self._set_rows()
        self._hearing.offer()
        self._view.show_heard(self.heard)

    def _load_failed(self, error: MusicaeError) -> None:
        self._view.show_message(error.sentence)

    def _clear(self) -> None:
        self._services.tasks.cancel(LOAD)
        self._work.clear()
        self._hearing.clear()
        self._original = None
        self.rows = []
        self._view.show_rows([])

    def _clip_range(self) -> list[float]:
        assert self._song is not None
        stored = self._state.compare_range
        if len(stored) == 2 and 0 <= stored[0] < stored[1] <= self._song.seconds + 1e-3:
            return list(stored)
        whole = self._song.seconds <= WHOLE_UP_TO
        return [0.0, self._song.seconds if whole else DEFAULT_SECONDS]

    # Rows.

    def _set_rows(self) -> None:
        if self._original is None or self._song is None:
            return
        kept = {row.key: row for row in self.rows}
        rows = [kept.get("") or self._original_row()]
        for key in self._shown.keys:
            model = model_of(key)
            choice = choice_of(model, self._choices) or ModelChoice(model, Path(model).name, "", "file")
            fresh = Row(key, choice.title, choice.detail, original=self._original.mono, refine=self._shown.refine(key))
            rows.append(kept.get(key) or fresh)
        if [row.key for row in rows] != [row.key for row in self.rows]:
            self.rows = rows
            self._view.show_rows(rows)
            self._work.set_rows(self._original, rows)
            self._sides_changed()

    def _original_row(self) -> Row:
        assert self._original is not None
        clip = self._original.clip
        channels = {1: _("mono"), 2: _("stereo")}.get(clip.channels, _("{n} channels").format(n=clip.channels))
        detail = _("{channels}, {rate} kHz, as it is in the file").format(
            channels=channels, rate=f"{clip.rate / 1000:g}"
        )
        return Row("", _("Original"), detail, state="ready", clip=self._original.mono, judged=True)

    def _rows_changed(self) -> None:
        self._view.show_models(self._choices, self.chosen_models)
        self._set_rows()

    def _sides_changed(self) -> None:
        self._hearing.set_sounds(self.rows, self._work.made, self._work.live)

    def _open_in(self, panel: str, keys: list[str]) -> None:
        """From the Library with songs, from Train or Study with a run that is the current model.

        The run may have learnt more since it was shown.
        """
        if panel != KEY:
            return
        model = self._services.session.model
        choices = model_choices(self._services.library, self._files)
        groups = {choice.key: choice.group for choice in choices}
        if groups.get(model) == "run":
            self._choices = choices
            self._shown.hide(model)
            self._set_rows()
            self.set_model(model, True)
        elif model not in groups and is_run(Path(model)):  # of a study that was made elsewhere
            self.add_model_file(Path(model))
        if keys:
            self.choose_song(keys[0])
            if self._song is not None and self._loaded_range != self._clip_range():
                self._load()  # the same song was sent with another stretch of it
        self.refresh()

    # Small things.

    @property
    def _state(self) -> Any:
        return self._services.session.state

    @property
    def _own(self) -> dict[str, Any]:
        own: dict[str, Any] = self._state.panels.setdefault(KEY, {})
        return own

    @property
    def _files(self) -> list[str]:
        """Models that the user has added from anywhere."""
        return texts(self._own.get("files"))

    def _is_available(self, key: str) -> bool:
        choice = choice_of(key, self._choices)
        return choice is not None and choice.available

    def _row(self, key: str) -> Row | None:
        return next((row for row in self.rows if row.key == key), None)
