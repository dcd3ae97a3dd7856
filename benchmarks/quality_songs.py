"""What quality is measured on: which songs a model may have learned from, and clips of those that none has heard."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.audio import Clip, is_silent
from core.data.splits import split_songs
from core.data.store import SampleStore
from core.demo import write_demo
from core.errors import UsageError
from core.models.card import ModelCard
from core.models.design import CLIP_SAMPLES, MODEL_RATE
from core.training.crops import Samples, TrainingSong
from core.training.songs import songs_from_paths

ALL, MAIN, OTHERS = "all", "by the main author", "by others"
INDEX = "INDEX.tsv"
SHARE = 0.8
"""Of a training song, this first share is learned from where its rest is to be judged on."""


@dataclass(frozen=True, eq=False)
class Excerpt:
    """Five seconds of a song: mono (110250,) at 22,050 Hz from frame `start` on."""

    song: TrainingSong
    start: int
    samples: np.ndarray

    @property
    def key(self) -> str:
        return f"{self.song.key[:16]}+{self.start}"

    @property
    def clip(self) -> Clip:
        return Clip(self.samples[None], MODEL_RATE)


@dataclass(frozen=True)
class Material:
    """Songs to learn from, and clips of songs held out.

    Args:
        origin: a sentence on who divided the songs.
        main_author: the one of most songs, in small letters; empty where no author is known.
    """

    training: tuple[TrainingSong, ...]
    clips: tuple[Excerpt, ...]
    origin: str
    main_author: str = ""

    def groups(self) -> dict[str, list[int]]:
        """Numbers of the clips by author group; "all" alone where no author is known or one made everything."""
        found = {ALL: list(range(len(self.clips)))}
        by_main = [plain_author(clip.song.author) == self.main_author for clip in self.clips]
        if self.main_author and any(by_main) and not all(by_main):
            found[MAIN] = [number for number, theirs in enumerate(by_main) if theirs]
            found[OTHERS] = [number for number, theirs in enumerate(by_main) if not theirs]
        return found


def gather(folder: Path | None, cache: Path, card: ModelCard | None, count: int) -> Material:
    """The songs of `folder`, decoded once into `cache`, divided as the card's model was trained.

    Args:
        folder: demo songs are composed where there is none.
        card: its "train" and "test" keys divide the songs; without one they are divided by chance, seed 0.
        count: clips, evenly spread over the held-out songs.

    Raises:
        UsageError: no song that can be read, or none left to test on.
    """
    if folder is None:
        folder = cache / "demo"
        if not folder.is_dir():
            write_demo(folder, per_style=2)
    songs = songs_from_paths([folder], SampleStore(cache / "samples", MODEL_RATE)).songs
    if not songs:
        raise UsageError(f"There is no song that can be read in {folder}.")
    songs = _with_authors(songs, folder)
    held_out = set(card.split.get("test", ())) if card else set()
    test = [song for song in songs if song.key in held_out]
    if card and test:
        taught = set(card.split.get("train", ()))
        training = [song for song in songs if song.key in taught]
        origin = f"{len(test)} songs that {card.name} holds out for its test, of {len(songs)}"
    else:
        split = split_songs([song.key for song in songs], seed=0)
        test = [song for song in songs if song.key in split.test]
        training = [song for song in songs if song.key in split.train]
        origin = f"{len(test)} songs held out by chance (no model's card names its own), of {len(songs)}"
    if not test or not training:
        raise UsageError(f"{folder} holds too few songs to hold some out; three are the least.")
    authors = Counter(plain_author(song.author) for song in songs if song.author)
    main = authors.most_common(1)[0][0] if authors else ""
    return Material(tuple(training), tuple(excerpts(test, count)), origin, main)


def excerpts(songs: Sequence[TrainingSong], count: int, *, first: float = 0.0) -> list[Excerpt]:
    """At most `count` clips that are not silent and do not overlap, as equally many of each song as there are.

    Args:
        first: the share at the beginning of each song that is passed over.
    """
    found = [list(_windows(song, first)) for song in songs]
    limit = next((most for most in range(1, count + 1) if sum(min(most, len(each)) for each in found) >= count), count)
    chosen = [each[int(place)] for each in found for place in _spread(len(each), limit)]
    return [chosen[int(place)] for place in _spread(len(chosen), count)]


def first_part(song: TrainingSong) -> TrainingSong:
    """The song without its last fifth, which is then unheard."""
    return replace(song, stored=_FirstPart(song.stored))


def plain_author(author: str) -> str:
    """One author spelled in several ways: "Kevin MacLeod (incompetech.com)" is "kevin macleod"."""
    return re.sub(r"\s*[(\[].*?[)\]]", "", author).strip().casefold()


def identity(keys: Sequence[str]) -> str:
    """A short name for a set of songs or clips, for folders of the cache."""
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()[:12]


class _FirstPart:
    def __init__(self, stored: Samples) -> None:
        self._stored = stored
        self.rate = getattr(stored, "rate", MODEL_RATE)
        self.frames = int(SHARE * stored.frames)
        self.peak = stored.peak

    def read(self, start: int, count: int) -> np.ndarray:
        samples = np.zeros(count, np.float32)
        inside = max(0, min(count, self.frames - start))
        samples[:inside] = self._stored.read(start, inside)
        return samples


def _windows(song: TrainingSong, first: float) -> Iterator[Excerpt]:
    begin = int(np.ceil(first * song.stored.frames))
    for start in range(begin, song.stored.frames - CLIP_SAMPLES + 1, CLIP_SAMPLES):
        samples = song.stored.read(start, CLIP_SAMPLES)
        if not is_silent(Clip(samples[None], MODEL_RATE)) and np.sqrt(np.mean(np.square(samples))) > 1e-3:
            yield Excerpt(song, start, samples)


def _spread(available: int, wanted: int) -> np.ndarray:
    """At most `wanted` of the numbers below `available`, evenly."""
    return np.floor((np.arange(min(wanted, available)) + 0.5) * max(available / max(wanted, 1), 1)).astype(int)


def _with_authors(songs: Sequence[TrainingSong], folder: Path) -> list[TrainingSong]:
    """Authors and titles from a table INDEX.tsv in the folder or above it, by the files' places."""
    index = next((path for path in (folder / INDEX, folder.parent / INDEX) if path.is_file()), None)
    if index is None:
        return list(songs)
    with index.open(encoding="utf-8", newline="") as file:
        rows = {(index.parent / row["file"]).resolve(): row for row in csv.DictReader(file, delimiter="\t")}
    named = []
    for song in songs:
        row = rows.get(Path(song.path).resolve())
        named.append(replace(song, title=row["title"], author=row["author"]) if row else song)
    return named
