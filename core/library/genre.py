"""Which genre a song has, by the folders that it lies in (the layout of GTZAN: genre/song) and by its tags."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from core.audio.decode import shown
from core.library.songs import folded

GENRES = frozenset(
    {"blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock"}  # GTZAN
    | {"acoustic", "ambient", "bachata", "bluegrass", "bolero", "bossanova", "celtic", "chill", "choral", "clasica"}
    | {"cumbia", "dance", "downtempo", "drumandbass", "dub", "dubstep", "easylistening", "edm", "electro", "electronic"}
    | {"electronica", "experimental", "fado", "flamenco", "folk", "folclore", "funk", "fusion", "gospel", "grunge"}
    | {"hardrock", "heavymetal", "house", "indie", "instrumental", "jpop", "kpop", "latin", "lofi", "merengue"}
    | {"newage", "opera", "oldtime", "punk", "rap", "rnb", "randb", "rocknroll", "salsa", "samba", "singersongwriter"}
    | {"ska", "soul", "soundtrack", "swing", "synthpop", "synthwave", "tango", "techno", "trance", "trap", "world"}
)
"""Folder names that are taken for genres, in the spelling of `_plain`."""


class GenreGuess:
    """Genres of a batch of files, judged together: a folder most of whose subfolders are genres is a genre tree."""

    def __init__(self, roots: Iterable[Path], files: Iterable[Path]) -> None:
        folders: dict[Path, set[Path]] = defaultdict(set)
        for file in files:
            folders[file.parent.parent].add(file.parent)
        self._trees = {
            parent
            for parent, children in folders.items()
            if 2 * sum(_is_genre(child.name) for child in children) >= len(children)
        }
        # A dropped folder of folders is believed to be sorted by genre, too, where no tag contradicts.
        self._plausible = {root for root in roots if len(folders.get(root, ())) >= 2}

    def genre(self, path: Path, tags: Mapping[str, str]) -> str:
        """The genre of the song `path`, "" where nothing tells."""
        folder = path.parent
        if folder.parent in self._trees or _is_genre(folder.name):
            return shown(Path(folder.name))
        if tags.get("genre"):
            return tags["genre"]
        return shown(Path(folder.name)) if folder.parent in self._plausible else ""


def _is_genre(name: str) -> bool:
    return _plain(name) in GENRES


def _plain(name: str) -> str:
    """ "Hip-Hop" and "hip hop" are "hiphop"."""
    return "".join(sign for sign in folded(name).replace("&", "and") if sign.isalnum())
