"""Clips of a map in words, as sounds, as ingredients of an average, and in files. For any thread."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.audio import Clip, write_wav
from core.files import file_name, write_text_atomically
from core.i18n import _
from core.latents.parts import Part
from core.latents.prior import Prior
from core.latents.recipes import Recipe, make
from musicae_gui.controllers.map_sound import Sound, decoded

if TYPE_CHECKING:
    from core.latents.collection import CollectedSong
    from core.latents.map_chart import Chart, Points
    from core.latents.pantry import SongPantry
    from core.models.codec import Codec, Latent
    from musicae_gui.tasks import TaskContext

MOST_AVERAGED = 500
"""Clips that an average is made of, encoded anew from their songs; more would take minutes."""


def song_of(chart: Chart, row: int) -> CollectedSong:
    return chart.collection.songs[int(chart.collection.song[row])]


def clip_title(chart: Chart, row: int) -> str:
    """The song and where in it the clip begins."""
    return f"{song_of(chart, row).title} {clock(float(chart.collection.seconds[row]))}"


def clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def sound_of(chart: Chart, row: int) -> Sound:
    collection = chart.collection
    return Sound(chart.latent(row), song=song_of(chart, row).stored, start=int(collection.starts[row]))


def average_recipe(chart: Chart, rows: Iterable[int], model: str, seconds: float) -> Recipe:
    """The recipe for the average of clips of `seconds` seconds."""
    parts = [Part(song_of(chart, row).key, float(chart.collection.seconds[row]), seconds) for row in rows]
    return Recipe("average", model, tuple(parts), note=_("Average of {n} clips of the map").format(n=len(parts)))


class TellingPantry:
    """A pantry that tells how far the work is and stops when it is no longer wanted."""

    def __init__(self, pantry: SongPantry, parts: int, context: TaskContext) -> None:
        self.model = pantry.model
        self._pantry, self._parts, self._context = pantry, parts, context
        self._done = 0

    def latent(self, part: Part) -> Latent:
        self._context.check()
        self._context.progress(self._done / max(self._parts, 1))
        self._done += 1
        return self._pantry.latent(part)

    def prior(self, digest: str) -> Prior:
        return self._pantry.prior(digest)


def averaged(recipe: Recipe, pantry: SongPantry, context: TaskContext) -> Latent:
    """Raises LibraryError where a song is gone, and Cancelled."""
    return make(recipe, TellingPantry(pantry, len(recipe.parts), context))


def write_clips(
    chart: Chart, rows: np.ndarray, codec: Codec, side: int, folder: Path, subtype: str, context: TaskContext
) -> int:
    """Each clip as a WAV file in `folder`, as the model keeps it (side 0) or as it was; returns how many.

    No file that is there is overwritten.

    Raises:
        AudioFileError: a file cannot be written.
        Cancelled: the files written until then stay.
    """
    for done, row in enumerate(rows):
        context.check()
        context.progress(done / len(rows))
        sound = sound_of(chart, int(row))
        length = sound.latent.samples
        if side and sound.song is not None:
            samples = sound.song.read(sound.start, length)
        else:
            samples = decoded(codec, sound, 0, length)
        words = clip_title(chart, int(row)).replace(":", ".")
        write_wav(_free(folder, words), Clip(samples, codec.rate), subtype=subtype)  # type: ignore[arg-type]
    return len(rows)


def write_table(chart: Chart, points: Points, rows: np.ndarray, groups: dict[str, list[str]], path: Path) -> None:
    """The clips as CSV: song, author, genre, second, place on the map, and the columns of `groups`.

    Raises:
        OSError: the file cannot be written.
    """
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    axes = ("x", "y", "z")[: points.dims]
    out.writerow(["title", "author", "genre", "seconds", *axes, *groups])
    for row in map(int, rows):
        song = song_of(chart, row)
        place = [f"{value:.6g}" for value in points.values[row]]
        own = [values[row] for values in groups.values()]
        out.writerow([song.title, song.author, song.genre, f"{chart.collection.seconds[row]:.3f}", *place, *own])
    write_text_atomically(path, text.getvalue())


def _free(folder: Path, words: str) -> Path:
    path, number = folder / file_name(words, ".wav"), 1
    while path.exists():
        number += 1
        path = folder / file_name(f"{words} ({number})", ".wav")
    return path
