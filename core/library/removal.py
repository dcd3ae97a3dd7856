"""Songs taken off the library, and brought back exactly as they were."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from core.data.store import SampleStore
from core.errors import LibraryError
from core.library.database import Database
from core.library.peaks import PeakFiles
from core.library.places import Stamp, remember_file
from core.library.songs import Song, path_from_value, put_song, read_song

Place = tuple[Path, Stamp]


class Removal:
    """Removes songs; what was computed of those that may come back is kept until `forget`."""

    def __init__(self, database: Database, peaks: PeakFiles, samples: SampleStore) -> None:
        self._database = database
        self._peaks = peaks
        self._samples = samples
        self._lock = threading.Lock()
        self._kept: dict[str, list[Place]] = {}  # where the files of removed songs were seen

    def remove(self, keys: Sequence[str], *, restorable: bool) -> None:
        with self._database.writing() as connection:
            for key in keys:
                if restorable:
                    rows = connection.execute("SELECT path, size, mtime_ns FROM files WHERE key = ?", (key,)).fetchall()
                    places = [(path_from_value(path), Stamp(size, time)) for path, size, time in rows]
                    if read_song(connection, key) is not None:
                        with self._lock:
                            self._kept[key] = places
                connection.execute("DELETE FROM songs WHERE key = ?", (key,))
        if not restorable:
            self._drop(keys)

    def restore(self, songs: Iterable[Song]) -> None:
        """Put the rows back in one transaction; what was known of their files, too."""
        with self._database.writing() as connection:
            for song in songs:
                put_song(connection, song)
                with self._lock:
                    places = self._kept.pop(song.key, [])
                for path, stamp in places:
                    remember_file(connection, path, stamp, song.key)

    def forget(self) -> None:
        """Delete waveforms and samples of the songs that did not come back."""
        with self._lock:
            keys, self._kept = list(self._kept), {}
        # With a database that cannot be read it is not known which came back; then all stays.
        with contextlib.suppress(LibraryError):
            self._drop([key for key in keys if not self._database.rows("SELECT 1 FROM songs WHERE key = ?", (key,))])

    def _drop(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._peaks.remove(key)
            self._samples.remove(key)
