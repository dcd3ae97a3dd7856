"""What making something new costs: each recipe of Create, each edit, and the first sound after an edit.

    python -m benchmarks create [--create-model studio-1378] [--create-seconds 10] [--create-times 3]

From demo songs in a library of the benchmark's own. What was kept of a recipe is deleted each time, so that it is made
again; its songs are encoded and the prior is learned once before, as in a window that has been open for a while.
`heard` is the decoding of the tenth of a second that is played next after an edit; the longest of some is told, too.
"""

from __future__ import annotations

import argparse
import dataclasses
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.figure import Figure
from core.creations.maker import Maker, tidy
from core.creations.making import Ingredients, make_one
from core.creations.region import Region
from core.creations.wish import KINDS, SLOTS, SONG, Wish
from core.latents.edits import NAMES
from core.library import Library
from core.models.codec import load_codec

HELP = "making and editing in Create: every recipe, every edit, and the sound after it"
HEARD_SECONDS = 0.1


def add_options(parser: argparse._ArgumentGroup) -> None:
    parser.add_argument("--create-model", default="studio-1378", help="name, file or run folder [studio-1378]")
    parser.add_argument("--create-seconds", type=float, default=10.0, help="length of a creation [10]")
    parser.add_argument("--create-times", type=int, default=3, help="each recipe is made so often [3]")


def run(options: argparse.Namespace) -> Iterator[Figure]:
    codec = load_codec(options.create_model)
    with tempfile.TemporaryDirectory() as folder, Library(Path(folder)) as library:
        library.add_demo_songs()
        songs = library.songs(state="ready")
        maker = Maker(codec, library, Path(folder))
        for kind in KINDS:
            keys = tuple(song.key for song in songs[: SLOTS.get(kind, 3)])
            wish = Wish(kind, keys, songs[0].genre, seconds=options.create_seconds, more=options.create_seconds)
            yield _recipe(wish, maker, library, Path(folder), options.create_times)
        wish = Wish(SONG, (songs[0].key,), seconds=options.create_seconds)
        yield from _edits(wish, maker, library)


def _recipe(wish: Wish, maker: Maker, library: Library, folder: Path, times: int) -> Figure:
    ingredients = Ingredients.of(wish, library)
    make_one(wish, maker, ingredients, _Nobody())  # encodes the songs and learns the prior
    spent = []
    for _time in range(times):
        tidy(folder, [])
        spent.append(_seconds(lambda: make_one(wish, maker, ingredients, _Nobody())))
    return Figure(f"make/{wish.kind}", 1000 * float(np.median(spent)), "ms", details={"seconds": wish.seconds})


def _edits(wish: Wish, maker: Maker, library: Library) -> Iterator[Figure]:
    recipe = make_one(wish, maker, Ingredients.of(wish, library), _Nobody()).recipe
    base = maker.base(recipe)
    channels, frames = base.values.shape
    region = Region(frames // 4, frames // 2, 0, channels)
    heard = []
    for kind in NAMES:
        amount = 4.0 if kind == "quantise" else 1.5
        source = recipe.parts[0] if kind == "paste" else None
        edit = region.edit(kind, channels, frames, amount=amount, source=source)
        changed = dataclasses.replace(recipe, edits=(edit,))
        yield Figure(f"edit/{kind}", 1000 * _seconds(lambda: maker.with_edits(base, changed)), "ms")  # noqa: B023
        latent, count = maker.with_edits(base, changed), round(HEARD_SECONDS * maker.model.rate)
        heard.append(_seconds(lambda: maker.sound(latent, latent.samples // 3, count)))  # noqa: B023
    yield Figure("heard/median", 1000 * float(np.median(heard)), "ms")
    yield Figure("heard/longest", 1000 * max(heard), "ms")


class _Nobody:
    """Waits for no word."""

    def progress(self, fraction: float, text: str = "") -> None: ...
    def check(self) -> None: ...


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
