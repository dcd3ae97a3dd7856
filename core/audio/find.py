"""Finding sound files in what a user drops: files, folders, whole disks."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

AUDIO_SUFFIXES = frozenset(
    {".aac", ".aif", ".aifc", ".aiff", ".alac", ".ape", ".au", ".caf", ".flac", ".m4a", ".m4b", ".mka", ".mp2", ".mp3"}
    | {".mpc", ".oga", ".ogg", ".opus", ".rf64", ".snd", ".tta", ".w64", ".wav", ".wave", ".wma", ".wv"}
)


def find_audio(paths: Iterable[Path | str]) -> Iterator[Path]:
    """Yield the sound files of `paths`, each once, folders expanded in the order of their names.

    In folders the suffix decides, and hidden files (macOS leaves `._song.mp3`) are left out; a path that was
    named itself is given in any case, so that the reader can say what is wrong with it. Links are followed, but
    no folder is entered twice, which ends directory loops. Folders that cannot be listed are passed over.
    """
    seen_files: set[tuple[int, int] | str] = set()
    seen_folders: set[tuple[int, int]] = set()
    for named in map(Path, paths):
        for path in _walk(named, seen_folders) if is_folder(named) else [named]:
            identity = _identity(path)
            if identity not in seen_files:
                seen_files.add(identity)
                yield path


def is_folder(path: Path) -> bool:
    """Whether `path` is a folder; False also for what the system refuses to look at, such as too long a name."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _walk(root: Path, seen: set[tuple[int, int]]) -> Iterator[Path]:
    """Depth first with a stack of its own: a tree may be deeper than Python's."""
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            facts = folder.stat()
            if (facts.st_dev, facts.st_ino) in seen:
                continue
            seen.add((facts.st_dev, facts.st_ino))
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError:
            continue
        folders = []
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if _is_folder_entry(entry):
                folders.append(Path(entry.path))
            elif Path(entry.name).suffix.lower() in AUDIO_SUFFIXES and _is_regular(entry):
                yield Path(entry.path)
        waiting += reversed(folders)


def _is_folder_entry(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _is_regular(entry: os.DirEntry[str]) -> bool:
    """Whether it is a file to read, which a pipe or a dangling link is not."""
    try:
        return entry.is_file()
    except OSError:
        return False


def _identity(path: Path) -> tuple[int, int] | str:
    try:
        facts = path.stat()
    except OSError:
        return str(path.absolute())
    return (facts.st_dev, facts.st_ino)
