"""Reading what the user drops: every sound file of it becomes a song, is known already, or gets a sentence."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from core.audio import find_audio
from core.audio.decode import shown
from core.data.store import SampleStore
from core.errors import Cancelled
from core.library.database import Database
from core.library.genre import GenreGuess
from core.library.intake import Intake, Sound, take_in
from core.library.peaks import PeakFiles
from core.library.places import KnownFiles, forget_former_content, is_there, remember_file
from core.library.runs import now_iso
from core.library.songs import FAILED, READY, Song, put_song, read_song

_MOST_WORKERS = 4


@dataclass(frozen=True)
class ScanEvent:
    """One file was looked at.

    `error` is a sentence for a file that cannot be used; `duplicate` says that the library had its content already
    and `moved` that the song was known at another place, which is gone, and is now known here.
    """

    path: Path
    done: int
    total: int
    song: Song | None = None
    error: str = ""
    duplicate: bool = False
    moved: bool = False


@dataclass
class ScanReport:
    """What a scan found; `failed` holds (path, sentence)."""

    total: int = 0
    added: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    duplicates: int = 0
    failed: list[tuple[Path, str]] = field(default_factory=list)
    cancelled: bool = False

    def include(self, other: ScanReport) -> None:
        """Add what another scan found."""
        self.total += other.total
        self.added += other.added
        self.moved += other.moved
        self.duplicates += other.duplicates
        self.failed += other.failed
        self.cancelled = self.cancelled or other.cancelled


class Scanner:
    """Files are decoded in worker threads, two or more at once; the database is written by the calling thread alone,
    a short transaction a song, so that readers never wait and a crash loses one song at most.
    """

    def __init__(self, database: Database, peaks: PeakFiles, samples: SampleStore) -> None:
        self._database = database
        self._peaks = peaks
        self._samples = samples

    def scan(
        self,
        paths: Iterable[Path | str],
        *,
        genre: str | None = None,
        demo: bool = False,
        on_song: Callable[[ScanEvent], None] = lambda event: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> ScanReport:
        """Take in the sound files of `paths` (files and folders), in order; one event each.

        `genre` overrules the folder's. Cancelling keeps what was finished.
        """
        roots = [Path(path).absolute() for path in paths]
        files = []
        for path in find_audio(roots):
            if cancelled():
                return ScanReport(cancelled=True)
            files.append(path)
        guess = GenreGuess(roots, files)
        report = ScanReport(total=len(files))
        for done, intake in enumerate(self._taken_in(files, report, cancelled), start=1):
            chosen = genre if genre is not None else guess.genre(intake.path, intake.sound.tags if intake.sound else {})
            event = replace(self._record(intake, chosen, demo), done=done, total=len(files))
            _count(report, event)
            on_song(event)
        return report

    def _taken_in(self, files: list[Path], report: ScanReport, cancelled: Callable[[], bool]) -> Iterator[Intake]:
        """The files looked at by several threads, given in their order; ends when cancelled."""
        known = KnownFiles(self._database)
        stop = threading.Event()

        def work(path: Path) -> Intake:
            return take_in(
                path,
                key_of=known.key_of,
                is_known=lambda key: key in known.readable and key in self._peaks,
                peaks=self._peaks,
                samples=self._samples,
                cancelled=lambda: stop.is_set() or cancelled(),
            )

        workers = min(_MOST_WORKERS, os.cpu_count() or 1)
        with ThreadPoolExecutor(workers, thread_name_prefix="musicae-scan") as pool:
            try:
                ahead: deque[Future[Intake]] = deque()
                waiting = iter(files)
                while True:
                    while len(ahead) < 2 * workers and (path := next(waiting, None)) is not None:
                        ahead.append(pool.submit(work, path))
                    if not ahead:
                        return
                    yield ahead.popleft().result()
            except Cancelled:
                report.cancelled = True
            finally:
                stop.set()

    def _record(self, intake: Intake, genre: str, demo: bool) -> ScanEvent:
        """Write what was found; `done` and `total` of the event are left to the caller."""
        path, key = intake.path, intake.key
        with self._database.writing() as connection:
            before = read_song(connection, key) if key else None
            known = before if before is not None and before.state != FAILED else None
            moved = known is not None and known.path != path and not is_there(known.path)
            if key is None or intake.error:
                song = known
                if key is not None and known is None:
                    song = _failed_song(intake, key, genre, demo)
            elif known is not None:
                song = replace(known, path=path if moved else known.path, state=READY)
            elif intake.sound is not None:
                song = _new_song(intake, key, intake.sound, genre, demo)
            else:
                song = None  # removed by the user since it was looked at
            if song is not None and song != before:
                put_song(connection, song)
            if song is not None and intake.stamp is not None:
                remember_file(connection, path, intake.stamp, song.key)
            if intake.stamp is not None:
                forget_former_content(connection, path, key)
        if intake.error:
            return ScanEvent(path, 0, 0, song, error=intake.error)
        return ScanEvent(path, 0, 0, song, duplicate=known is not None and not moved, moved=moved)


def _new_song(intake: Intake, key: str, sound: Sound, genre: str, demo: bool) -> Song:
    return Song(
        key=key,
        path=intake.path,
        title=sound.tags.get("title") or shown(Path(intake.path.stem)),
        author=sound.tags.get("artist", ""),
        genre=genre,
        seconds=sound.seconds,
        rate=sound.rate,
        channels=sound.channels,
        format=sound.format,
        peak=sound.peak,
        added=now_iso(),
        state=READY,
        error="",
        demo=demo,
    )


def _failed_song(intake: Intake, key: str, genre: str, demo: bool) -> Song:
    """A row that says what is wrong with a file; it is tried again whenever it is scanned."""
    sound = Sound(seconds=0.0, rate=0, channels=0, format=intake.path.suffix.lstrip(".").upper(), peak=0.0)
    return replace(_new_song(intake, key, sound, genre, demo), state=FAILED, error=intake.error)


def _count(report: ScanReport, event: ScanEvent) -> None:
    if event.error:
        report.failed.append((event.path, event.error))
    elif event.duplicate:
        report.duplicates += 1
    elif event.song is not None:
        (report.moved if event.moved else report.added).append(event.song.key)
