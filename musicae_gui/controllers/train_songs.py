"""The songs to train on: gathered from the library for the set-up, decoded for the trainer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from core.errors import Cancelled, MusicaeError, TrainingError
from core.i18n import _, ngettext
from core.training.crops import TrainingSong
from musicae_gui.controllers.train_setup import ALL, FOLDER, GENRE, SELECTION, TrainSong

if TYPE_CHECKING:
    from core.library import Library, Song


def sources(library: Library, selected: Sequence[str]) -> list[tuple[str, str]]:
    """What can be trained on: key and words; the whole library, the selection, each genre, each folder.

    A folder that holds just the songs of the genre that it is named after, or all songs, is not told twice.
    """
    count = library.count(state="ready")
    found = [(ALL, ngettext("The whole library ({n} song)", "The whole library ({n} songs)", count).format(n=count))]
    if selected:
        words = ngettext("The selection ({n} song)", "The selection ({n} songs)", len(selected))
        found.append((SELECTION, words.format(n=len(selected))))
    genres = {genre: library.count(genre=genre, state="ready") for genre in library.genres()}
    for genre, n in genres.items():
        found.append((GENRE + genre, _("Genre {genre} ({n})").format(genre=genre, n=n)))
    for folder, n in library.folders().items():
        if n < count and genres.get(folder.name) != n:
            words = _("Folder {folder} ({n})").format(folder="/".join(folder.parts[-2:]), n=n)
            found.append((FOLDER + str(folder), words))
    return found


def songs_of(library: Library, source: str, selected: Sequence[str]) -> list[TrainSong]:
    """The songs of a source that can be learned from: not damaged, not silent, not missing."""
    if source == SELECTION:
        found: list[Song] = [song for key in selected if (song := library.song(key)) is not None]
    elif source.startswith(GENRE):
        found = library.songs(genre=source.removeprefix(GENRE))
    elif source.startswith(FOLDER):
        folder = source.removeprefix(FOLDER)
        found = [song for song in library.songs() if str(song.path.parent) == folder]
    else:
        found = library.songs()
    return [
        TrainSong(song.key, song.author, song.seconds) for song in found if song.state == "ready" and not song.silent
    ]


def decoded(
    library: Library,
    keys: Sequence[str],
    rate: int,
    say: Callable[[str], None],
    warn: Callable[[str], None],
    cancelled: Callable[[], bool],
) -> list[TrainingSong]:
    """The songs as the trainer reads them, decoded once into the library's store at `rate`. For the training thread.

    Raises:
        Cancelled: told so by `cancelled`.
        TrainingError: none of the songs can be read.
    """
    store = library.samples(rate)
    songs: list[TrainingSong] = []
    for number, key in enumerate(keys, 1):
        if cancelled():
            raise Cancelled(_("Training was stopped before it began."))
        song = library.song(key)
        if song is None:
            warn(_("A song that was removed from the library is left out."))
            continue
        say(_("Decoding song {number} of {count}: {title}").format(number=number, count=len(keys), title=song.title))
        try:
            stored = store.add(key, song.path)
        except MusicaeError as error:
            warn(error.sentence)
            continue
        songs.append(TrainingSong(key, song.title, song.author, stored, song.genre, str(song.path)))
    if not songs:
        raise TrainingError(_("None of the songs to train on can be read; see that their files are still there."))
    return songs
