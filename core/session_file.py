"""A session as a file of the user's own: the state, and the songs and the creation that it names, as versioned JSON.

Songs are named by their content keys. What the library knows of each stands beside, and where its file lay, so that
another library can take the song in, or ask for it by its title.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import core
from core.errors import SessionError
from core.files import write_text_atomically
from core.i18n import _
from core.library.creations import Creation
from core.library.songs import MISSING, Song, printable
from core.session import SessionState

SUFFIX = ".musicae-session"
FORMAT, VERSION = "musicae-session", 1
MOST_BYTES = 32 << 20
MOST_SONGS = 10_000
LONGEST_SECONDS = 7 * 24 * 3600.0
OF_THE_WINDOW = ("geometry", "layout", "folders", "model_loading", "file")
"""Fields of the state that are of one window on one computer."""
_KEY = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class NamedSong:
    """A song that a session uses; `song.path` is where its file lay, `beside` the same from the session's folder."""

    song: Song
    beside: str = ""

    def places(self, folder: Path) -> list[Path]:
        """Where its file may lie when the session's file lies in `folder`, the likeliest first."""
        name = re.split(r"[\\/]", str(self.song.path))[-1]  # it may have been saved under another system
        beside = [folder / name] if name else []
        return list(dict.fromkeys([self.song.path, *([folder / self.beside] if self.beside else []), *beside]))


@dataclass(frozen=True)
class SessionFile:
    """What a session's file holds; its `state` has no `OF_THE_WINDOW`, and `creation` is the one that was open."""

    state: SessionState
    songs: tuple[NamedSong, ...] = ()
    creation: Creation | None = None


def is_session(path: Path) -> bool:
    """Whether what was dropped or named is a session's file."""
    return path.suffix.lower() == SUFFIX and not path.is_dir()


def write_session(path: Path, session: SessionFile) -> None:
    """Write `session` to `path`, the whole or nothing.

    Raises:
        SessionError: the file cannot be written.
    """
    state = {name: value for name, value in session.state.to_dict().items() if name not in OF_THE_WINDOW}
    document = {
        "format": FORMAT,
        "version": VERSION,
        "program": core.__version__,
        "state": state,
        "songs": [_song_to_dict(named, path.parent) for named in session.songs],
        "creation": None if session.creation is None else _creation_to_dict(session.creation),
    }
    try:
        write_text_atomically(path, json.dumps(document, indent=1) + "\n")
    except OSError as error:
        words = _("The session cannot be saved as {path}: {reason}. Choose another place.")
        raise SessionError(words.format(path=path, reason=error.strerror or error), path=path) from error


def read_session(path: Path) -> SessionFile:
    """What the file `path` holds; single values that do not fit become defaults, as in `SessionState.from_dict`.

    Raises:
        SessionError: it cannot be read, is no session, is damaged, or of a newer version.
    """
    document = _document(path)
    version = document.get("version")
    if isinstance(version, int) and version > VERSION:
        words = _("The session {path} was saved by a newer version of Musicae. Install that version to open it.")
        raise SessionError(words.format(path=path), path=path)
    if not isinstance(document.get("state"), dict):
        raise _damaged(path, "no state")
    known = {name: value for name, value in document["state"].items() if name not in OF_THE_WINDOW}
    listed = document.get("songs")
    named = [_named_song(each) for each in listed[:MOST_SONGS]] if isinstance(listed, list) else []
    songs = tuple(each for each in named if each is not None)
    return SessionFile(SessionState.from_dict(known), songs, _creation(document.get("creation")))


def _document(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        words = _("The session {path} cannot be read: {reason}.")
        raise SessionError(words.format(path=path, reason=reason), path=path, details=repr(error)) from error
    foreign = SessionError(_("{path} is not a session of Musicae.").format(path=path), path=path)
    if len(content) > MOST_BYTES or (content.strip() and not content.lstrip().startswith(b"{")):
        raise foreign
    try:
        document = json.loads(content.decode("utf-8"), parse_int=_whole)
    except (ValueError, RecursionError) as error:
        raise _damaged(path, repr(error)) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise foreign
    return document


def _whole(digits: str) -> float:
    """An integer that any number's checks can bear: `math.isfinite` does not take one of 400 digits."""
    return int(digits) if len(digits) < 19 else float(digits)


def _damaged(path: Path, details: str) -> SessionError:
    words = _("The session {path} is damaged and cannot be opened. Open another copy of it.")
    return SessionError(words.format(path=path), path=path, details=details)


def _song_to_dict(named: NamedSong, folder: Path) -> dict[str, Any]:
    song = named.song
    beside = song.path.relative_to(folder).as_posix() if song.path.is_relative_to(folder) else ""
    return {
        "key": song.key,
        "title": song.title,
        "author": song.author,
        "genre": song.genre,
        "path": str(song.path),
        "beside": beside,
        "seconds": song.seconds,
        "rate": song.rate,
        "channels": song.channels,
        "format": song.format,
        "peak": song.peak,
        "added": song.added,
        "demo": song.demo,
    }


def _named_song(values: object) -> NamedSong | None:
    """The song as the library knew it, without its file; None where that is no song."""
    if not isinstance(values, dict):
        return None
    words = {name: _text(values, name) for name in ("key", "title", "author", "genre", "path", "format", "added")}
    if not _KEY.fullmatch(words["key"]) or not words["title"] or not _is_path(words["path"]):
        return None
    song = Song(
        key=words["key"],
        path=Path(words["path"]),
        title=words["title"],
        author=words["author"],
        genre=words["genre"],
        seconds=_number(values, "seconds", LONGEST_SECONDS),
        rate=round(_number(values, "rate", 1e6)),
        channels=round(_number(values, "channels", 1000)),
        format=printable(words["format"]),
        peak=_number(values, "peak", 1e6),
        added=printable(words["added"]),
        state=MISSING,
        error="",
        demo=values.get("demo") is True,
    )
    beside = _text(values, "beside")
    return NamedSong(song, beside if _is_path(beside) else "")


def _is_path(text: str) -> bool:
    """Whether a file could be called so; stray bytes of a name are kept, half a character is none."""
    try:
        return bool(text) and b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False


def _creation_to_dict(creation: Creation) -> dict[str, Any]:
    return {
        "title": creation.title,
        "starred": creation.starred,
        "created": creation.created,
        "model": creation.model,
        "seconds": creation.seconds,
        "recipe": dict(creation.recipe),
    }


def _creation(values: object) -> Creation | None:
    if not isinstance(values, dict) or not isinstance(recipe := values.get("recipe"), Mapping):
        return None
    title, created, model = (_text(values, name) for name in ("title", "created", "model"))
    seconds = _number(values, "seconds", LONGEST_SECONDS)
    return Creation(
        0, printable(title), values.get("starred") is True, printable(created), printable(model), seconds, recipe
    )


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _number(values: Mapping[str, Any], name: str, most: float) -> float:
    value = values.get(name)
    fits = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return min(max(float(value), 0.0), most) if fits else 0.0  # type: ignore[arg-type]
