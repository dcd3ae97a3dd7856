"""Songs that the last session used and whose files are gone: they are asked for, by their content. No widgets."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import LibraryError
from core.i18n import _

if TYPE_CHECKING:
    from core.library import Library, Song
    from core.session import SessionState
    from musicae_gui.services import Services
    from musicae_gui.tasks import TaskContext


class MissingSongs:
    """Looks for them once, in the background.

    Args:
        ask: gives the file that the user says holds a song, None for none.
        found: called when songs are there again, or known to be gone.
    """

    def __init__(self, services: Services, ask: Callable[[Song], Path | None], found: Callable[[], object]) -> None:
        self._services = services
        self._ask = ask
        self._found = found

    def look(self) -> None:
        """Ask for what is gone, a message a song."""
        library, keys = self._services.library, used_songs(self._services.session.state)

        def looked(context: TaskContext) -> tuple[list[Song], bool]:
            if not gone(library, keys):
                return [], False
            changed = library.check_files(cancelled=context.cancelled)  # it may lie where it lay before
            return gone(library, keys), bool(changed)

        self._services.tasks.run(looked, done=self._tell, group="songs.missing")

    def _tell(self, looked: tuple[list[Song], bool]) -> None:
        songs, changed = looked
        if changed:
            self._changed()
        for song in songs:
            words = _("“{title}”, with which you worked last, is no longer where it was: {path}")
            self._services.notify(
                words.format(title=song.title, path=song.path),
                "warning",
                action=(_("Say where it is…"), partial(self._ask_for, song)),
            )

    def _ask_for(self, song: Song) -> None:
        path = self._ask(song)
        if path is not None:
            library = self._services.library
            self._services.tasks.run(
                lambda _context: taken_from(library, song, path), done=lambda _song: self._changed(), group=song.key
            )

    def _changed(self) -> None:
        self._services.session.songs_changed.emit()
        self._found()


def gone(library: Library, keys: list[str]) -> list[Song]:
    """Those of the songs whose files are not there."""
    return [song for key in keys if (song := library.song(key)) is not None and not song.path.exists()]


def used_songs(state: SessionState) -> list[str]:
    """Content keys of the songs that panels had chosen, each once."""
    morph, create = (state.panels.get(key) for key in ("morph", "create"))
    keys: list[Any] = [state.compare_song, state.morph_a, state.morph_b]
    if isinstance(morph, dict) and morph.get("pad") is True:
        keys += [morph.get("c"), morph.get("d")]
    wish = create.get("wish") if isinstance(create, dict) else None
    if isinstance(wish, dict) and isinstance(wish.get("songs"), list):
        keys += wish["songs"]
    return list(dict.fromkeys(key for key in keys if isinstance(key, str) and key))


def taken_from(library: Library, song: Song, path: Path) -> Song:
    """The song, found again in `path`.

    Raises:
        AudioFileError: the file cannot be read.
        LibraryError: it holds something else.
    """
    from core.library.keys import content_key

    if content_key(path) != song.key:
        raise LibraryError(_("{path} is not “{title}”, but another file.").format(path=path, title=song.title))
    return library.add(path)
