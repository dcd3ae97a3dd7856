"""Joins the library's view to the songs: what is listed, read, heard and changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoCommand

from core.errors import MusicaeError
from core.i18n import _, ngettext

if TYPE_CHECKING:
    from core.library import ScanEvent, ScanReport, Song
    from core.playback import ClipSource
    from musicae_gui.services import Services
    from musicae_gui.tasks import Task, TaskContext

WAITING, READING, ADDED, KNOWN, MOVED, FAILED = "waiting", "reading", "added", "known", "moved", "failed"

REFRESH_SECONDS = 0.4  # between two questions for the list while files are being read


@dataclass(frozen=True)
class Query:
    """What the list shows."""

    search: str = ""
    genre: str = ""
    order: str = "title"
    descending: bool = False


@dataclass(frozen=True)
class FileRow:
    """A file that is being taken in; `words` is the sentence of one that failed."""

    path: Path
    state: str = WAITING
    words: str = ""


class LibraryView(Protocol):
    def show_songs(self, songs: list[Song], total: int) -> None: ...
    def show_genres(self, genres: list[str], current: str) -> None: ...
    def show_heard(self, key: str) -> None: ...
    def show_files(self, files: Sequence[FileRow]) -> None: ...
    def show_file(self, row: int, file: FileRow) -> None: ...
    def show_reading(self, words: str, done: int, total: int, running: bool) -> None: ...


class LibraryController(QObject):
    """One a Library panel."""

    def __init__(self, view: LibraryView, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._services = services
        self._library = services.library
        state = services.session.state
        self.query = Query(state.search, state.genre, state.sort, state.descending)
        self._files: list[FileRow] = []
        self._reading: Task | None = None
        self._waiting: list[list[Path]] = []
        self._source: ClipSource | None = None
        self._heard = ""
        self._shown: list[Song] = []
        self._total = -1
        self._refreshed = 0.0
        self._composing = False
        services.player.state_changed.connect(self._player_changed)

    # -- the list ----------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Ask for the songs anew; the newest question wins."""
        query, library, shown = self.query, self._library, self._shown
        self._refreshed = time.monotonic()

        def ask(_context: TaskContext) -> tuple[list[Song], int, list[str]]:
            songs = library.songs(
                search=query.search, genre=query.genre, order=query.order, descending=query.descending
            )
            # Compared here, so that the same ten thousand songs are not compared again in the GUI thread.
            return shown if songs == shown else songs, library.count(), library.genres()

        def answer(found: tuple[list[Song], int, list[str]]) -> None:
            songs, total, genres = found
            if query.genre and query.genre not in genres and query == self.query:
                self.set_query(genre="")  # its last song has gone
                return
            changed = total != self._total
            if songs is not self._shown or changed:
                self._shown, self._total = songs, total
                self._view.show_songs(songs, total)
            self._view.show_genres(genres, query.genre)
            if changed:
                self._services.session.songs_changed.emit()

        self._services.tasks.run(ask, done=answer, group="library.query")

    def set_query(
        self,
        *,
        search: str | None = None,
        genre: str | None = None,
        order: str | None = None,
        descending: bool | None = None,
    ) -> None:
        """Change what is listed; None leaves that part as it is."""
        given = {"search": search, "genre": genre, "order": order, "descending": descending}
        query = replace(self.query, **{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
        if query == self.query:
            return
        self.query = query
        state = self._services.session.state
        state.search, state.genre, state.sort, state.descending = (
            query.search,
            query.genre,
            query.order,
            query.descending,
        )
        self.refresh()

    def check_files(self) -> None:
        """Find out in the background which songs' files are gone or back."""

        def checked(changed: list[str]) -> None:
            if changed:
                self.refresh()

        library = self._library
        self._services.tasks.run(
            lambda context: library.check_files(cancelled=context.cancelled), done=checked, group="library.check"
        )

    # -- taking songs in ---------------------------------------------------------------------------------------------

    @property
    def reading(self) -> bool:
        return self._reading is not None

    @property
    def reading_for_the_user(self) -> bool:
        """Whether leaving now would lose work: demo songs are gone on with at the next start."""
        return self._reading is not None and not self._composing

    def add(self, paths: Sequence[Path]) -> None:
        """Read files and folders; while others are being read, these wait for them."""
        if self._reading is not None:
            self._waiting.append(list(paths))
            return
        library = self._library

        def read(context: TaskContext) -> ScanReport:
            from core.audio import find_audio

            context.report([FileRow(path) for path in find_audio(paths)])
            return library.scan(paths, on_song=context.report, cancelled=context.cancelled)

        self._read(read, _("Reading songs"))

    def add_demo_songs(self) -> None:
        """Compose the demo songs, the first time that this is called for a library."""
        library = self._library
        self._read(
            lambda context: library.add_demo_songs(on_song=context.report, cancelled=context.cancelled),
            _("Composing demo songs"),
            composing=True,
        )

    def stop_reading(self) -> None:
        """Keep what was read; the rest is left out."""
        self._waiting.clear()
        if self._reading is not None:
            self._reading.cancel()

    def dismiss_files(self) -> None:
        """Put the list of read files away."""
        if self._reading is None:
            self._files = []
            self._view.show_files([])

    def _read(self, work: Callable[[TaskContext], ScanReport], words: str, *, composing: bool = False) -> None:
        self._files = []
        self._composing = composing
        self._view.show_files([])
        self._view.show_reading(words, 0, 0, True)

        def report(item: object) -> None:
            if isinstance(item, list):
                self._files = item
                self._view.show_files(item)
            else:
                self._file_read(item, words)  # type: ignore[arg-type]

        self._reading = self._services.tasks.run(work, done=self._read_through, report=report, ended=self._read_ended)

    def _file_read(self, event: ScanEvent, words: str) -> None:
        file = FileRow(event.path, _state_of(event), event.error)
        row = event.done - 1
        if row < len(self._files) and self._files[row].path == event.path:
            self._files[row] = file
            self._view.show_file(row, file)
        else:  # composed just now, or it came into the folder while that was read
            self._files.append(file)
            self._view.show_files(self._files)
        if row + 1 < len(self._files) and self._files[row + 1].state == WAITING:
            self._files[row + 1] = replace(self._files[row + 1], state=READING)
            self._view.show_file(row + 1, self._files[row + 1])
        self._view.show_reading(words, event.done, event.total, True)
        if time.monotonic() - self._refreshed > REFRESH_SECONDS:
            self.refresh()

    def _read_through(self, report: ScanReport) -> None:
        self._services.session.say(_summary(report))
        if report.failed and self._services.session.state.panel != "library":  # there they are in sight
            count = len(report.failed)
            words = ngettext("{n} file could not be read; it is listed above the songs.",
                             "{n} files could not be read; they are listed above the songs.", count)  # fmt: skip
            self._services.notify(words.format(n=count), "warning")
        if not report.total and not report.cancelled:
            self._services.notify(_("No sound files were found there."), "warning")

    def _read_ended(self) -> None:
        self._reading = None
        failed = [file for file in self._files if file.state == FAILED]
        self._files = failed
        self._view.show_files(failed)
        words = ngettext("{n} file could not be read", "{n} files could not be read", len(failed)).format(n=len(failed))
        self._view.show_reading(words if failed else "", 0, 0, False)
        self.refresh()
        if self._waiting:
            self.add(self._waiting.pop(0))

    # -- hearing -----------------------------------------------------------------------------------------------------

    def listen(self, key: str, *, at: float | None = None) -> None:
        """Hear a song from `at` seconds on; the one that is being heard stops instead, unless `at` is given."""
        player = self._services.player
        if self._source is not None and player.source is self._source and self._heard == key:
            if at is not None:
                player.seek(at)
                if not player.playing:
                    player.play()
            else:
                player.toggle()
            return
        song = self._library.song(key)
        if song is None:
            return
        rate = player.rate

        def read(_context: TaskContext) -> ClipSource:
            from core.audio import read_clip
            from core.playback import ClipSource

            return ClipSource(read_clip(song.path), rate, name=song.key)

        def heard(source: ClipSource) -> None:
            self._source, self._heard = source, key
            player.play(source, start=at or 0.0, title=song_title(song))

        self._services.tasks.run(read, done=heard, group="library.listen")

    def _player_changed(self) -> None:
        heard = self._heard if self._source is not None and self._services.player.source is self._source else ""
        if not heard and self._services.player.source is not None:
            self._source = None  # another panel plays: let the clip's memory go
        self._view.show_heard(heard)

    # -- changes, which can be undone --------------------------------------------------------------------------------

    def set_genre(self, keys: Sequence[str], genre: str) -> None:
        songs = [song for key in keys if (song := self._library.song(key)) is not None]
        if any(song.genre != genre.strip() for song in songs):
            self._services.session.undo_stack.push(SetGenre(self, songs, genre.strip()))

    def set_title(self, key: str, title: str) -> None:
        song = self._library.song(key)
        if song is not None and title.strip() and title.strip() != song.title:
            self._services.session.undo_stack.push(SetTitle(self, song, title.strip()))

    def remove(self, keys: Sequence[str]) -> None:
        """Take songs off the library; their files stay, and Ctrl+Z brings them back."""
        songs = [song for key in keys if (song := self._library.song(key)) is not None]
        if not songs:
            return
        self._services.session.undo_stack.push(Remove(self, songs))
        words = ngettext("{n} song was removed from the library; its file stays. Ctrl+Z brings it back.",
                         "{n} songs were removed from the library; their files stay. Ctrl+Z brings them back.",
                         len(songs))  # fmt: skip
        self._services.notify(words.format(n=len(songs)), "info")

    def write_genres(self, genres: dict[str, str]) -> None:
        """For the undo stack: give each song its genre."""
        for genre in set(genres.values()):
            self._try(lambda genre=genre: self._library.set_genre([k for k, g in genres.items() if g == genre], genre))  # type: ignore[misc]
        self.refresh()

    def write_title(self, key: str, title: str) -> None:
        """For the undo stack."""
        self._try(lambda: self._library.set_title(key, title))
        self.refresh()

    def forget(self, songs: Sequence[Song]) -> None:
        """For the undo stack: remove songs."""
        if self._heard in [song.key for song in songs]:
            self._services.player.load(None)
        self._try(lambda: self._library.remove([song.key for song in songs], restorable=True))
        self.refresh()

    def bring_back(self, songs: Sequence[Song]) -> None:
        """For the undo stack: take removed songs in again, as they were."""
        self._try(lambda: self._library.restore(songs))
        self.refresh()

    def _try(self, change: Callable[[], None]) -> None:
        try:
            change()
        except MusicaeError as error:
            self._services.notify(error)


class SetGenre(QUndoCommand):
    def __init__(self, controller: LibraryController, songs: Sequence[Song], genre: str) -> None:
        super().__init__(_("Change the genre"))
        self._controller = controller
        self._before = {song.key: song.genre for song in songs}
        self._after = {song.key: genre for song in songs}

    def redo(self) -> None:
        self._controller.write_genres(self._after)

    def undo(self) -> None:
        self._controller.write_genres(self._before)


class SetTitle(QUndoCommand):
    def __init__(self, controller: LibraryController, song: Song, title: str) -> None:
        super().__init__(_("Change the title"))
        self._controller, self._song, self._title = controller, song, title

    def redo(self) -> None:
        self._controller.write_title(self._song.key, self._title)

    def undo(self) -> None:
        self._controller.write_title(self._song.key, self._song.title)


class Remove(QUndoCommand):
    def __init__(self, controller: LibraryController, songs: Sequence[Song]) -> None:
        super().__init__(_("Remove songs"))
        self._controller, self._songs = controller, songs

    def redo(self) -> None:
        self._controller.forget(self._songs)

    def undo(self) -> None:
        self._controller.bring_back(self._songs)


def song_title(song: Song) -> str:
    return f"{song.title} · {song.author}" if song.author else song.title


def _state_of(event: ScanEvent) -> str:
    if event.error:
        return FAILED
    if event.duplicate:
        return KNOWN
    return MOVED if event.moved else ADDED


def _summary(report: ScanReport) -> str:
    words = [ngettext("{n} song added", "{n} songs added", len(report.added)).format(n=len(report.added))]
    if report.moved:
        words.append(_("{n} found at a new place").format(n=len(report.moved)))
    if report.duplicates:
        words.append(_("{n} known already").format(n=report.duplicates))
    if report.failed:
        words.append(_("{n} could not be read").format(n=len(report.failed)))
    if report.cancelled:
        words.append(_("cancelled"))
    return ", ".join(words) + "."
