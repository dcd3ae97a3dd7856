"""`Library`: the songs and runs of one data folder, for the window, the command line and any number of threads."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import AudioFileError
from core.i18n import _
from core.library.creations import CreationTable
from core.library.database import Database
from core.library.measured import MeasuredTable
from core.library.places import check_places
from core.library.rescue import rescue, runs_in_folders
from core.library.runs import Run, RunTable
from core.library.songs import Song, SongTable

if TYPE_CHECKING:
    import numpy as np

    from core.data.store import SampleStore
    from core.library.scan import ScanEvent, ScanReport
    from core.library.sounds import Sounds

DATABASE_NAME = "library.sqlite"
RUNS = "runs"  # the folder that the window trains into


class Library:
    """The library in `folder`: `library.sqlite`, `peaks/` and `samples/`.

    Attributes:
        creations: the history of what was created.
        measured: what was measured of songs.
        notice: a sentence for the user where something happened while it was opened (a damaged file was set aside),
            else "".

    Raises:
        LibraryError: the file cannot be opened, or was made by a newer version.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self._database = Database(self.folder / DATABASE_NAME)
        self._songs = SongTable(self._database)
        self._runs = RunTable(self._database)
        self.creations = CreationTable(self._database)
        self.measured = MeasuredTable(self._database)
        self._made_sounds: Sounds | None = None
        self._making = threading.Lock()
        self.notice = ""
        if self._database.set_aside is not None:
            rescued = rescue(self._database.set_aside, self._database)
            known = {run.folder for run in self._runs.runs()}
            found = [run for run in runs_in_folders(self.folder / RUNS) if run[0].absolute() not in known]
            for path, preset, state, summary in found:
                self._runs.put(path, preset, state, summary)
            self.notice = _(
                "The library was damaged. It was kept as {path}; {songs} songs and {runs} runs were taken over into a "
                "new one. Drop your folders again to find the rest."
            ).format(path=self._database.set_aside, songs=rescued.songs, runs=rescued.runs + len(found))

    # Songs

    def songs(
        self,
        *,
        search: str = "",
        genre: str = "",
        state: str = "",
        order: str = "title",
        descending: bool = False,
        offset: int = 0,
        limit: int | None = None,
    ) -> list[Song]:
        """A page of the songs that hold every word of `search`; `order` is a key of `ORDERS`.

        "" stands for any genre and any state; without a limit all songs come, the failed ones too.
        """
        return self._songs.songs(
            search=search, genre=genre, state=state, order=order, descending=descending, offset=offset, limit=limit
        )

    def count(self, *, search: str = "", genre: str = "", state: str = "") -> int:
        return self._songs.count(search=search, genre=genre, state=state)

    def song(self, key: str) -> Song | None:
        return self._songs.song(key)

    def genres(self) -> list[str]:
        """The genres in use, sorted."""
        return self._songs.genres()

    def folders(self) -> dict[Path, int]:
        """The folders in which songs that can be read lie, and how many do."""
        return self._songs.folders()

    def set_genre(self, keys: Iterable[str], genre: str) -> None:
        self._songs.set_genre(keys, genre)

    def set_title(self, key: str, title: str) -> None:
        """A title of nothing but space leaves the old one."""
        self._songs.set_title(key, title)

    def set_author(self, keys: Iterable[str], author: str) -> None:
        self._songs.set_author(keys, author)

    def remove(self, keys: Iterable[str], *, restorable: bool = False) -> None:
        """Forget songs with their waveforms and samples; the user's own files stay.

        With `restorable` waveforms and samples go when the library is closed: until then `restore` finds them.
        """
        self._sounds.removal.remove(list(keys), restorable=restorable)

    def restore(self, songs: Iterable[Song]) -> None:
        """Bring removed songs back as they were, every mark included, without reading their files."""
        self._sounds.removal.restore(songs)

    # Taking songs in

    def expect(self, songs: Iterable[Song]) -> None:
        """List songs that are to be here and whose files are elsewhere: they are missing until their content is found.

        What is listed stays as it is.
        """
        self._songs.expect(songs)

    def add(self, path: Path | str, *, genre: str | None = None) -> Song:
        """The song in the file `path`, taken in where it was not known.

        Raises:
            AudioFileError: it cannot be used.
        """
        path = Path(path)
        if path.is_dir():
            raise AudioFileError(_("{path} is a folder, not a sound file.").format(path=path), path=path)
        events: list[ScanEvent] = []
        self.scan([path], genre=genre, on_song=events.append)
        song = events[0].song
        if events[0].error or song is None:
            raise AudioFileError(events[0].error or _("{path} was not taken in.").format(path=path), path=path)
        return song

    def scan(
        self,
        paths: Iterable[Path | str],
        *,
        genre: str | None = None,
        on_song: Callable[[ScanEvent], None] = lambda event: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> ScanReport:
        """Take in every sound file of `paths`, folders expanded; one event a file, in order.

        A file that cannot be used is an event with a sentence and never ends the scan. `genre` overrules what folders
        and tags say. `on_song` is called in the calling thread. Cancelling keeps what was finished.

        Raises:
            LibraryError: the library itself cannot be written.
        """
        return self._sounds.scanner().scan(paths, genre=genre, on_song=on_song, cancelled=cancelled)

    def check_files(self, *, cancelled: Callable[[], bool] = lambda: False) -> list[str]:
        """Find out which songs' files are gone or back again; returns the keys of the songs that changed."""
        return check_places(self._database, cancelled)

    def add_demo_songs(
        self,
        *,
        on_song: Callable[[ScanEvent], None] = lambda event: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> ScanReport:
        """Compose the demo songs, one a style, into the data folder and take them in, at the first call only.

        A later call does nothing, so that demo songs which the user removed stay away.
        """
        from core.demo import STYLES, write_demo  # here: who only opens a library needs no synthesiser
        from core.library.scan import ScanReport

        if self._fact("demo"):
            return ScanReport()
        scanner = self._sounds.scanner()
        total = ScanReport()
        for done, style in enumerate(STYLES, start=1):
            if cancelled():
                total.cancelled = True
                return total
            written = write_demo(self.folder / "demo", styles=(style,))

            def tell(event: ScanEvent, done: int = done) -> None:
                on_song(replace(event, done=done, total=len(STYLES)))

            total.include(scanner.scan(written, demo=True, genre=style, on_song=tell, cancelled=cancelled))
        if not total.cancelled:
            self._set_fact("demo", datetime.date.today().isoformat())
        return total

    # Waveforms and samples

    def peaks(self, key: str, *, columns: int, start: float = 0.0, seconds: float | None = None) -> np.ndarray:
        """(columns, 2) float32, the least and the largest sample of each of `columns` equal parts.

        They cover `seconds` from `start` on (the whole song without), of the mono mix; zeros lie outside the song.

        Raises:
            LibraryError: no waveform is stored for `key`.
        """
        return self._sounds.peaks(key, columns=columns, start=start, seconds=seconds)

    def samples(self, rate: int | None = None) -> SampleStore:
        """The decoded samples, mono at `rate` Hz (22,050 without); `samples().add(song.key, song.path)` decodes what
        is not there.
        """
        return self._sounds.samples if rate is None else self._sounds.samples_at(rate)

    # Training runs

    def runs(self) -> list[Run]:
        """The training runs known, the newest first."""
        return self._runs.runs()

    def add_run(self, folder: Path, *, preset: str, state: str, summary: Mapping[str, Any] | None = None) -> Run:
        """List the run in `folder`, or bring its state and summary (JSON) up to date."""
        return self._runs.put(Path(folder), preset, state, summary or {})

    def remove_run(self, folder: Path) -> None:
        """Take a run off the list; its folder stays."""
        self._runs.remove(Path(folder))

    def close(self) -> None:
        """Close the database in all threads; nothing of the library may be in use."""
        if not self._database.closed and self._made_sounds is not None:
            self._made_sounds.removal.forget()
        self._database.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def _sounds(self) -> Sounds:
        """Made when it is first wanted: a window that lists songs is painted before what decodes them is loaded."""
        with self._making:
            if self._made_sounds is None:
                from core.library.sounds import Sounds

                self._made_sounds = Sounds(self.folder, self._database)
            return self._made_sounds

    def _fact(self, name: str) -> str:
        rows = self._database.rows("SELECT value FROM facts WHERE name = ?", (name,))
        return rows[0][0] if rows else ""

    def _set_fact(self, name: str, value: str) -> None:
        with self._database.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))
