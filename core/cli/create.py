"""`musicae create`: new music by the recipes of the window, from songs of the library or from files."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.batch import check_output
from core.cli.coding import codec_for
from core.cli.console import Console
from core.cli.library import found_song, opened_library
from core.cli.options import DONE, Commands, add_model, number
from core.creations.wish import CHANCE, HIGHEST_SEED, KINDS, SLOTS, Wish
from core.errors import UsageError
from core.i18n import _
from core.latents.recipes import DISTRIBUTIONS

if TYPE_CHECKING:
    from core.creations.making import Ingredients, New
    from core.creations.wish import KnownSong
    from core.library import Library

SUFFIXES = {".wav": "PCM_16", ".flac": "FLAC"}
MOST = 1000
_DEFAULT = {field.name: field.default for field in fields(Wish)}


def add_parsers(commands: Commands) -> None:
    kinds = "\n".join(f"  {kind:12} {_(words)}" for kind, words in KINDS.items())
    parser = commands.add(
        "create",
        run,
        _("new music by a recipe: averages, arithmetic, random, continued"),
        _(
            "Make something new, as the window's Create does; the recipe is kept in the file.\n\n{kinds}\n\n"
            "What is like your songs is learned from the library, or, where it is empty, from the songs given."
        ).format(kinds=kinds),
    )
    parser.add_argument("recipe", choices=list(KINDS), metavar=_("RECIPE"), help=", ".join(KINDS))
    parser.add_argument(
        "songs",
        nargs="*",
        metavar=_("SONG"),
        help=_("sound files, or keys of the library's songs; A B C of arithmetic"),
    )
    parser.add_argument("--out", required=True, type=Path, metavar="X.wav", help=_("file for the sound, .wav or .flac"))
    parser.add_argument("--genre", default="", help=_("of the average of a genre, from the library"))
    for name, low, high, words in (
        ("start", 0.0, 36_000.0, _("second of each song to begin at [{default}]")),
        ("seconds", 0.1, 3600.0, _("how much of each song, and how long without songs [{default}]")),
        ("more", 0.1, 3600.0, _("seconds that `continue` adds [{default}]")),
        ("amount", 0.0, 1.0, _("of `around`: 0 is the song, 1 as far away as another one [{default}]")),
        ("temperature", 0.0, 10.0, _("of `prior` and `continue`: 0 is the likeliest [{default}]")),
    ):
        parser.add_argument(
            f"--{name}",
            type=number(float, low, high),
            default=_DEFAULT[name],
            metavar="X",
            help=words.format(default=f"{_DEFAULT[name]:g}"),
        )
    parser.add_argument(
        "--seed",
        type=number(int, 0, HIGHEST_SEED),
        default=_DEFAULT["seed"],
        metavar="S",
        help=_("of all chance; equal seeds give equal sound [{default}]").format(default=_DEFAULT["seed"]),
    )
    parser.add_argument(
        "--count",
        type=number(int, 1, MOST),
        default=1,
        metavar="N",
        help=_("make so many, with the seeds that follow, or with some noise: X-1.wav, X-2.wav, … [1]"),
    )
    parser.add_argument(
        "--distribution", choices=DISTRIBUTIONS, default=_DEFAULT["distribution"], help=_("of `random` [normal]")
    )
    parser.add_argument("--noise", action="store_true", help=_("let `around` add noise, not music like your songs"))
    add_model(parser, channels=False)


@dataclass(frozen=True)
class FileSong:
    """A sound file that is not in the library."""

    key: str
    title: str
    seconds: float


@dataclass(frozen=True)
class Told:
    """Tells the console how the work goes; it is wanted until the program is interrupted."""

    console: Console

    def progress(self, fraction: float, text: str = "") -> None:
        self.console.progress(max(fraction, 0.0), text)

    def check(self) -> None:
        pass


def run(options: argparse.Namespace, console: Console) -> int:
    from core.creations.export import About, export
    from core.creations.maker import Maker
    from core.paths import data_dir

    kind = SUFFIXES.get(options.out.suffix.lower())
    if kind is None:
        raise UsageError(_("{path} should end in .wav or .flac.").format(path=options.out), path=options.out)
    outs = _outs(options.out, options.count)
    for out in outs:
        check_output(out, *map(Path, options.songs))
    wanted = SLOTS.get(options.recipe)
    if wanted is not None and len(options.songs) != wanted:
        raise UsageError(
            _("The recipe {recipe} takes {wanted} songs, not {given}.").format(
                recipe=options.recipe, wanted=wanted, given=len(options.songs)
            )
        )
    with opened_library(console) as library:
        songs = [_song(library, name) for name in options.songs]
        wish = _wish(options, songs)
        codec = codec_for(options, console)
        maker = Maker(codec, library, data_dir())
        done = []
        for out, new in zip(
            outs, _made(options, wish, maker, _ingredients(wish, songs, library), console), strict=True
        ):
            clip = maker.clip(maker.latent(new.recipe))
            recipe = new.recipe.to_dict()
            export(out, clip, About(new.title, codec.name, recipe), kind)
            done.append({"out": str(out), "title": new.title, "seconds": new.seconds, "recipe": recipe})
            seed = _(", seed {n}").format(n=new.recipe.seed) if wish.kind in CHANCE else ""
            console.say(f"{out}: {new.title}{seed}")
    console.result({"model": codec.name, "done": done, "failed": []})
    return DONE


def _made(
    options: argparse.Namespace, wish: Wish, maker: Any, ingredients: Ingredients, console: Console
) -> Iterator[New]:
    """One by the wish; of several the first is that one, too."""
    from core.creations.making import make_one, make_others

    yield make_one(wish, maker, ingredients, Told(console))
    if options.count > 1:
        yield from make_others(wish, options.count - 1, maker, ingredients, Told(console))


def _wish(options: argparse.Namespace, songs: Sequence[KnownSong]) -> Wish:
    return Wish(
        kind=options.recipe,
        songs=tuple(song.key for song in songs),
        genre=options.genre,
        start=options.start,
        seconds=options.seconds,
        more=options.more,
        seed=options.seed,
        distribution=options.distribution,
        amount=options.amount,
        temperature=options.temperature,
        like_songs=not options.noise,
    )


def _ingredients(wish: Wish, songs: Sequence[KnownSong], library: Library) -> Ingredients:
    """The songs given; the library's where a genre, or something to learn from, is wanted."""
    from core.creations.making import Ingredients
    from core.creations.wish import GENRE

    if wish.kind == GENRE:
        return Ingredients.of(wish, library)
    learned = (library.songs(state="ready") or songs) if wish.needs_prior else ()
    return Ingredients(songs, learned)


def _song(library: Library, name: str) -> KnownSong:
    """A song of the library, else the sound file of that name: decoded into the store, the library stays as it is.

    Raises:
        UsageError: it is neither.
        AudioFileError: the file cannot be read.
    """
    path = Path(name).expanduser()
    if not path.is_file():
        return found_song(library, name)
    from core.library.keys import content_key

    key = content_key(path)
    known = library.song(key)
    if known is not None:
        return known
    stored = library.samples().add(key, path)
    return FileSong(key, path.stem, stored.seconds)


def _outs(out: Path, count: int) -> list[Path]:
    return [out] if count == 1 else [out.with_stem(f"{out.stem}-{place}") for place in range(1, count + 1)]
