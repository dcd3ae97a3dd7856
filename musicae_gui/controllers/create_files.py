"""Creations on their way out: saved as files, dragged out of the window, sent to the other panels."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core.audio import Clip
from core.creations.export import FORMATS, About, export
from core.creations.maker import FOLDER
from core.errors import MusicaeError
from core.files import file_name
from core.i18n import _
from musicae_gui.controllers.create_editor import CreationEditor

if TYPE_CHECKING:
    from core.library import Creation, Song
    from musicae_gui.services import Services
    from musicae_gui.tasks import TaskContext

SOUNDS = "sounds"
"""Below the creations' folder: what was dragged out or sent. Other programs may play it from there, so it stays."""


class CreationFiles:
    """Files of the creation that is open."""

    def __init__(self, services: Services, editor: CreationEditor) -> None:
        self._services = services
        self._editor = editor

    def name(self, kind: str) -> str:
        """A file name for it in the format `kind` (of `FORMATS`)."""
        creation = self._editor.creation
        return file_name(creation.title if creation is not None else "creation", FORMATS[kind][1])

    def save(self, path: Path, kind: str) -> None:
        """Write it in the format `kind`."""
        creation = self._editor.creation
        if creation is None:
            return
        suffix, clip = FORMATS[kind][1], self._clip()
        known = path.suffix.lower() in [each for _name, each in FORMATS.values()]
        path = path.with_suffix(suffix) if known else path.with_name(path.name + suffix)
        self._services.tasks.run(
            lambda context: export(path, clip(context), _about(creation), kind),
            done=lambda _none: self._services.notify(_("Saved {path}.").format(path=path), "good"),
            title=_("Saving {title}").format(title=creation.title),
        )

    def to_drag(self) -> Path | None:
        """A WAV of it, at once; None while its sound is still being made."""
        creation, heard = self._editor.creation, self._editor.heard
        if creation is None:
            return None
        if heard is None:
            self._services.session.say(_("Its sound is still being made; drag it in a moment."))
            return None
        path = self._place(creation)
        try:
            if not path.exists():
                export(path, heard.clip, _about(creation), self._services.preferences.values.wav_format)
        except MusicaeError as error:
            self._services.notify(error)
            return None
        return path

    def send(self, panel: str, place: int = 0) -> None:
        """Take it into the library as a song and open it in `panel`: in Compare, or in Morph as A (0) or B (1)."""
        creation = self._editor.creation
        if creation is None:
            return
        path, clip, library = self._place(creation), self._clip(), self._services.library
        kind = self._services.preferences.values.wav_format

        def taken_in(context: TaskContext) -> Song:
            if not path.exists():
                export(path, clip(context), _about(creation), kind)
            song = library.add(path, genre=_("created"))
            library.set_title(song.key, creation.title)
            return song

        def done(song: Song) -> None:
            self._services.session.songs_changed.emit()
            keys = [song.key] if panel != "morph" else [song.key, ""] if place == 0 else ["", song.key]
            self._services.session.open_songs(panel, keys)

        self._services.tasks.run(taken_in, done=done, group="create.send")

    def _clip(self) -> Callable[[TaskContext], Clip]:
        """What gives the sound to a worker: as it was decoded, else decoded there."""
        heard, ready, latent = self._editor.heard, self._editor.ready, self._editor.latent

        def clip(context: TaskContext) -> Clip:
            if heard is not None:
                return heard.clip
            assert ready is not None
            assert latent is not None
            return ready.maker.clip(latent, progress=context.progress, cancelled=context.cancelled)

        return clip

    def _place(self, creation: Creation) -> Path:
        """One file for each state of a creation, by its title and what it was made by."""
        made = hashlib.sha256(json.dumps([creation.model, dict(creation.recipe)]).encode()).hexdigest()[:8]
        folder = self._services.data_dir / FOLDER / SOUNDS
        return folder / file_name(f"{creation.title[:60]} {made}", ".wav")


def _about(creation: Creation) -> About:
    return About(creation.title, creation.model, creation.recipe)
