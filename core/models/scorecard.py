"""The card of a shipped model as a page: scores on songs held out, and whom to thank for the music."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from core.audio import Clip, is_silent
from core.errors import UsageError
from core.i18n import _
from core.models.card import Credit
from core.models.codec import Codec
from core.models.design import CLIP_SAMPLES, Design, floats_per_second, latent_floats
from core.quality import Summary, compare, summarise

CLIPS_A_SONG = 4
SHOWN = {"si_sdr": "SI-SDR (dB)", "mel": "mel", "stft": "STFT", "visqol": "ViSQOL"}

Scores = Mapping[int, Mapping[str, Summary | None]]


def clips_of(song: Clip, most: int = CLIPS_A_SONG) -> Iterator[Clip]:
    """At most `most` clips of 5 s, spread over a mono song at the model's rate; silent ones are left out."""
    count = song.frames // CLIP_SAMPLES
    for index in np.unique(np.linspace(0, count - 1, min(count, most)).astype(int)):
        clip = Clip(song.samples[:, index * CLIP_SAMPLES : (index + 1) * CLIP_SAMPLES], song.rate)
        if not is_silent(clip):
            yield clip


def judged(codec: Codec, songs: Iterable[Sequence[Clip]], *, visqol_clips: int) -> Scores:
    """Scores of a nested model by the channels kept: all, half and a quarter.

    Args:
        songs: the clips of each song.
        visqol_clips: how many clips of a song get this slow metric.
    """
    songs = list(songs)
    return {
        channels: summarise(
            compare(clip, codec.decode(codec.encode(clip, channels=channels)), with_visqol=place < visqol_clips)
            for song in songs
            for place, clip in enumerate(song)
        )
        for channels in (codec.channels, codec.channels // 2, codec.channels // 4)
    }


def score_lines(design: Design, scores: Scores) -> list[str]:
    """A Markdown table of mean ± standard deviation, a line for each size."""
    lines = [
        "| channels | floats a clip | floats/s | " + " | ".join(SHOWN.values()) + " |",
        "|---" * (3 + len(SHOWN)) + "|",
    ]
    for channels, row in scores.items():
        cells = [_cell(row.get(name)) for name in SHOWN]
        sizes = f"{latent_floats(design, CLIP_SAMPLES, channels)} | {floats_per_second(design, channels):.0f}"
        lines.append(f"| {channels} | {sizes} | " + " | ".join(cells) + " |")
    return lines


def plain_scores(scores: Scores) -> dict[str, dict[str, float]]:
    """The means, JSON-ready, by channels."""
    return {
        str(channels): {name: round(each.mean, 3) for name, each in row.items() if each is not None}
        for channels, row in scores.items()
    }


def credit_lines(credits_: Iterable[Credit]) -> list[str]:
    """The recordings as a Markdown table."""
    lines = ["| title | author | licence | source | SHA-256 |", "|---|---|---|---|---|"]
    return lines + [
        f"| {each.title} | {each.author} | {each.licence} | {each.source} | `{each.checksum}` |".replace("  ", " ")
        for each in credits_
    ]


def read_credits(index: Path) -> dict[str, Credit]:
    """Credits by checksum from a table of tab-separated columns `title`, `author`, `licence`, `source`, `sha256`.

    Raises:
        UsageError: the table cannot be read or lacks a column.
    """
    try:
        with index.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
        return {
            row["sha256"]: Credit(row["title"], row["author"], row["licence"], row["source"], row["sha256"])
            for row in rows
        }
    except (OSError, KeyError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(
            _("The index {path} is not a table with the columns title, author, licence, source and sha256.").format(
                path=index
            ),
            path=index,
            details=str(error),
        ) from error


def credit_of(path: Path, known: Mapping[str, Credit]) -> Credit:
    """Whom to thank for the file `path`; its name and checksum where it is not `known`."""
    with path.open("rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
    return known.get(checksum, Credit(title=path.stem, checksum=checksum))


def _cell(score: Summary | None) -> str:
    return "" if score is None else f"{score.mean:.2f} ± {score.deviation:.2f}"
