"""The songs, models and creation that a session names: gathered when it is saved, found again when it is opened."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import AudioFileError, MusicaeError
from core.library.songs import READY
from core.session import SessionState, texts
from core.session_file import OF_THE_WINDOW, NamedSong, SessionFile

if TYPE_CHECKING:
    from core.library import Creation, Library, Song

MOST_SELECTED = 500
"""Songs of a selection that a session's file names; who has selected more has selected the library."""


def used_songs(state: SessionState, creation: Creation | None = None) -> list[str]:
    """Content keys of the songs that panels had chosen, and that the open creation is made of, each once."""
    morph, create = (state.panels.get(key) for key in ("morph", "create"))
    keys: list[Any] = [state.compare_song, state.morph_a, state.morph_b]
    if isinstance(morph, dict) and morph.get("pad") is True:
        keys += [morph.get("c"), morph.get("d")]
    wish = create.get("wish") if isinstance(create, dict) else None
    if isinstance(wish, dict):
        keys += texts(wish.get("songs"))
    if creation is not None:
        keys += _parts_of(creation.recipe)
    return list(dict.fromkeys(key for key in keys if isinstance(key, str) and key))


def open_creation(state: SessionState, library: Library) -> Creation | None:
    """The creation that is open in Create."""
    create = state.panels.get("create")
    key = create.get("open") if isinstance(create, dict) else None
    return library.creations.get(key) if isinstance(key, int) and 0 < key < 1 << 62 else None


def gathered(state: SessionState, library: Library) -> SessionFile:
    """`state` with all that another library needs to know of the songs in it; the state is copied."""
    creation = open_creation(state, library)
    keys = dict.fromkeys([*used_songs(state, creation), *state.selected[:MOST_SELECTED]])
    songs = [song for key in keys if (song := library.song(key)) is not None]
    return SessionFile(_copy(state), tuple(NamedSong(song) for song in songs), creation)


def settled(
    session: SessionFile,
    path: Path,
    library: Library,
    *,
    progress: Callable[[float], object] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> SessionState:
    """The state of the session in `path`, its songs taken into `library` and its creation into the history.

    A song that `library` has is left alone where its file is there. One that lies where it lay, or beside the
    session's file, is taken in; one that does not is listed as missing where a panel uses it. Models that lie
    beside the session's file are taken from there where they have moved.

    Raises:
        LibraryError: the library cannot be written.
        Cancelled: `cancelled()` became true.
    """
    folder = path.absolute().parent
    state = _relocated(session.state, folder)
    used = set(used_songs(state, session.creation))
    wanted = [named for named in session.songs if not _is_here(library.song(named.song.key))]
    nowhere = []
    for number, named in enumerate(wanted):
        progress(number / len(wanted))
        found = _found(named, folder, cancelled)
        if found is None or not _taken(library, named.song, found):
            nowhere.append(named.song)
    if any(song.demo for song in nowhere):
        library.add_demo_songs(cancelled=cancelled)
    library.expect(song for song in nowhere if song.key in used)
    create = state.panels.get("create")
    if create is not None:
        create.pop("open", None)
    if session.creation is not None:
        from core.latents.recipes import Recipe  # a session without a creation needs no numpy

        with contextlib.suppress(MusicaeError):  # a recipe that no version can make
            Recipe.from_dict(session.creation.recipe).check()
            taken = library.creations.take(session.creation)
            state.panels.setdefault("create", {})["open"] = taken.key
    return state


def essence(state: SessionState) -> dict[str, Any]:
    """What makes one session another: all but what is of the window, of the moment, and measured of the computer."""
    values = dataclasses.asdict(state)
    for name in (*OF_THE_WINDOW, "panel", "selected", "search", "genre", "sort", "descending", "loop"):
        del values[name]
    panels = values["panels"]
    for panel, names in {"create": ("open",), "train": ("speeds",), "study": ("pace",)}.items():
        for name in names:
            panels.get(panel, {}).pop(name, None)
    if panels.get("morph", {}).get("follows") is True:  # the curve moves the slider
        values["morph_at"] = panels["morph"]["down"] = 0.0
    values["panels"] = {key: own for key, own in panels.items() if own}
    return values


def _copy(state: SessionState) -> SessionState:
    return SessionState(**dataclasses.asdict(state))


def _is_here(song: Song | None) -> bool:
    return song is not None and song.state == READY and song.path.exists()


def _found(named: NamedSong, folder: Path, cancelled: Callable[[], bool]) -> Path | None:
    """The file that holds the song."""
    from core.library.keys import content_key  # the window asks which songs are used before it is painted

    for place in named.places(folder):
        with contextlib.suppress(AudioFileError, OSError, ValueError):
            if place.is_file() and content_key(place, cancelled=cancelled) == named.song.key:
                return place
    return None


def _taken(library: Library, wanted: Song, path: Path) -> bool:
    """Whether the song in `path` is in the library now, with the words that it had in the other one."""
    known = library.song(wanted.key)
    try:
        song = library.add(path)
    except AudioFileError:
        return False
    if song.key != wanted.key:  # written to since
        return False
    if known is None:
        library.set_title(song.key, wanted.title)
        library.set_author([song.key], wanted.author)
        library.set_genre([song.key], wanted.genre)
    return True


def _parts_of(recipe: object) -> list[str]:
    """The songs that a recipe names, those pasted by its edits included."""
    if isinstance(recipe, Mapping):
        own = [recipe["song"]] if isinstance(recipe.get("song"), str) else []
        return own + [key for value in recipe.values() for key in _parts_of(value)]
    if isinstance(recipe, list | tuple):
        return [key for value in recipe for key in _parts_of(value)]
    return []


def _relocated(state: SessionState, folder: Path) -> SessionState:
    """A copy in which models that are not where they were, but lie in `folder`, are named by their new place."""
    named: list[object] = [state.model, *state.compare_models]
    for key, name in (("compare", "files"), ("map", "beside")):
        own = state.panels.get(key, {}).get(name)
        named += own if isinstance(own, list) else [own]
    moved = dict(_moves(named, folder))

    def new(value: Any) -> Any:
        if isinstance(value, str):
            name, tab, rest = value.partition("\t")  # Compare numbers several rows of a model
            return moved.get(name, name) + tab + rest
        if isinstance(value, dict):
            return {new(key): new(each) for key, each in value.items()}
        return [new(each) for each in value] if isinstance(value, list) else value

    copied: dict[str, Any] = new(dataclasses.asdict(state)) if moved else dataclasses.asdict(state)
    return SessionState(**copied)


def _moves(named: Iterable[object], folder: Path) -> Iterable[tuple[str, str]]:
    for name in named:
        path = name.partition("\t")[0] if isinstance(name, str) else ""
        last = path.replace("\\", "/").rpartition("/")
        if last[1] and last[2] and "\0" not in path and not Path(path).exists() and (folder / last[2]).exists():
            yield path, str(folder / last[2])
