"""Songs that a session uses and whose files are gone: they are asked for, by their content. No widgets."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import AudioFileError, LibraryError
from core.i18n import _
from core.session_songs import open_creation, used_songs

if TYPE_CHECKING:
    from core.library import Library, Song
    from musicae_gui.services import Services
    from musicae_gui.tasks import TaskContext

GROUP = "songs.missing"
ONE_BY_ONE = 2  # of more songs a single message tells


class MissingSongs:
    """Looks for them in the background, at the start and whenever a session was opened.

    Args:
        ask: gives the file that the user says holds a song, None for none.
        found: called when songs are there again, or known to be gone.
    """

    def __init__(self, services: Services, ask: Callable[[Song], Path | None], found: Callable[[], object]) -> None:
        self._services = services
        self._ask = ask
        self._found = found

    def look(self, *, opened: bool = False) -> None:
        """Ask for what is gone: a message a song, one for all where they are many.

        `opened` says that the session comes from a file of its own; else it goes on from the last start.
        """
        library, state = self._services.library, self._services.session.state
        keys = used_songs(state, open_creation(state, library))

        def looked(context: TaskContext) -> tuple[list[Song], bool]:
            if not gone(library, keys):
                return [], False
            changed = library.check_files(cancelled=context.cancelled)  # it may lie where it lay before
            return gone(library, keys), bool(changed)

        def told(found: tuple[list[Song], bool]) -> None:
            songs, changed = found
            if changed:
                self._changed()
            self._tell(songs, opened)

        self._services.tasks.run(looked, done=told, group=GROUP)

    def _tell(self, songs: list[Song], opened: bool) -> None:
        if len(songs) > ONE_BY_ONE:
            titles = ", ".join(f"“{song.title}”" for song in songs[:3]) + (" …" if len(songs) > 3 else "")
            words = _("{n} songs of this session are not where they were: {titles}").format(n=len(songs), titles=titles)
            ask = partial(self._ask_for, songs[0], songs[1:], in_a_row=True)
            self._services.notify(words, "warning", action=(_("Say where they are…"), ask))
            return
        for song in songs:
            if opened:
                words = _("“{title}” of this session is not where it was: {path}")
            else:
                words = _("“{title}”, with which you worked last, is no longer where it was: {path}")
            others = [other for other in songs if other is not song]
            self._services.notify(
                words.format(title=song.title, path=song.path),
                "warning",
                action=(_("Say where it is…"), partial(self._ask_for, song, others)),
            )

    def _ask_for(self, song: Song, others: Sequence[Song], *, in_a_row: bool = False) -> None:
        """Ask for a song; `others` that lie beside it are found with it, else asked for next where `in_a_row`."""
        library = self._services.library

        def go_on() -> None:
            if in_a_row and others:
                self._ask_for(others[0], others[1:], in_a_row=True)

        if not gone(library, [song.key]):  # found meanwhile, or taken off the list
            go_on()
            return
        path = self._ask(song)
        if path is None:
            return

        def found(_song: Song) -> None:
            self._changed()
            go_on()

        self._services.tasks.run(
            lambda context: taken_from(library, song, path, others, context.cancelled), done=found, group=song.key
        )

    def _changed(self) -> None:
        self._services.session.songs_changed.emit()
        self._found()


def gone(library: Library, keys: list[str]) -> list[Song]:
    """Those of the songs whose files are not there."""
    return [song for key in keys if (song := library.song(key)) is not None and not song.path.exists()]


def taken_from(
    library: Library,
    song: Song,
    path: Path,
    others: Sequence[Song] = (),
    cancelled: Callable[[], bool] = lambda: False,
) -> Song:
    """The song, found again in `path`; `others` that lie in the same folder under their old names are, too.

    Raises:
        AudioFileError: the file cannot be read.
        LibraryError: it holds something else.
        Cancelled: `cancelled()` became true.
    """
    from core.library.keys import content_key

    if content_key(path, cancelled=cancelled) != song.key:
        raise LibraryError(_("{path} is not “{title}”, but another file.").format(path=path, title=song.title))
    taken = library.add(path)
    for other in others:
        beside = path.with_name(other.path.name)
        with contextlib.suppress(AudioFileError):
            if beside.is_file() and content_key(beside, cancelled=cancelled) == other.key:
                library.add(beside)
    return taken
