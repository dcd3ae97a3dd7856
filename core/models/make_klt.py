"""Make a KLT model file from songs, with its card:

    python -m core.models.make_klt SONG_OR_FOLDER... --out klt.musicae [--index INDEX.tsv] [--card klt.md]

The model is fitted on all songs. Its scores are those of a second fit that has not heard every fifth song, on
clips of these. The index gives titles, authors and licences for the credits, by the files' SHA-256.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from core.audio import Clip, find_audio, is_silent, read_clip
from core.errors import MusicaeError, UsageError
from core.files import write_text_atomically
from core.i18n import _
from core.models.card import Credit, ModelCard
from core.models.checkpoint import save_model
from core.models.codec import Codec
from core.models.design import CLIP_SAMPLES, KltDesign, latent_floats
from core.models.klt_fit import KltFit
from core.quality import Summary, compare, summarise

HELD_OUT_EVERY = 5
CLIPS_A_SONG = 4
SHOWN = {"si_sdr": "SI-SDR (dB)", "mel": "mel", "stft": "STFT", "visqol": "ViSQOL"}

Scores = dict[int, dict[str, Summary | None]]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command of the module's docstring; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m core.models.make_klt", description=_("Fit the linear transform on songs.")
    )
    parser.add_argument("songs", nargs="+", type=Path, metavar="SONG_OR_FOLDER")
    parser.add_argument("--out", type=Path, required=True, help=_("The model file to write."))
    parser.add_argument("--index", type=Path, help=_("A table of titles, authors, licences and checksums."))
    parser.add_argument("--card", type=Path, help=_("Write the card as Markdown here, too."))
    parser.add_argument("--no-visqol", action="store_true", help=_("Leave out the slow metric."))
    given = parser.parse_args(arguments)
    try:
        known = read_credits(given.index) if given.index else {}
        material = gather(find_audio(given.songs), known)
        make(material, given.out, given.card, with_visqol=not given.no_visqol)
    except UsageError as error:
        _say(error.sentence)
        return 2
    except MusicaeError as error:
        _say(error.sentence)
        return 1
    return 0


@dataclass
class Material:
    """What one pass over the songs leaves: the two fits, the clips to judge by, and whom to thank."""

    everything: KltFit = field(default_factory=KltFit)
    without_held_out: KltFit = field(default_factory=KltFit)
    clips: list[list[Clip]] = field(default_factory=list)  # of each song held out
    credits: list[Credit] = field(default_factory=list)


def gather(paths: Iterable[Path], known: dict[str, Credit]) -> Material:
    """Read the songs once, in the order of their names; one that cannot be read is said and left out."""
    material = Material()
    for path in sorted(paths, key=lambda path: (path.name, str(path))):
        try:
            clip = read_clip(path).mono().resampled(material.everything.design.rate)
        except MusicaeError as error:
            _say(error.sentence)
            continue
        material.everything.add(clip.samples[0])
        if len(material.credits) % HELD_OUT_EVERY == HELD_OUT_EVERY - 1:
            material.clips.append(list(_clips(clip)))
        else:
            material.without_held_out.add(clip.samples[0])
        material.credits.append(_credit(path, known))
        _say(path.name)
    return material


def make(material: Material, out: Path, card_file: Path | None = None, *, with_visqol: bool = True) -> None:
    """Fit, judge, and write the model and its card."""
    network = material.everything.network()
    scores = judge(material, with_visqol=with_visqol) if material.clips and material.without_held_out.frames else {}
    design = network.design
    card = ModelCard(
        name=out.stem,
        split={"train": tuple(each.checksum for each in material.credits)},
        training={
            "method": "uncentred PCA of MDCT frames",
            "songs": len(material.credits),
            "seconds": round(material.everything.frames * design.hop / design.rate, 1),
            "energy_kept": round(material.everything.explained(), 4),
            "held_out_songs": len(material.clips),
            "held_out": {
                str(channels): {name: round(each.mean, 3) for name, each in row.items() if each is not None}
                for channels, row in scores.items()
            },
        },
        credits=tuple(material.credits),
    )
    save_model(out, network, card)
    if card_file is not None:
        write_text_atomically(card_file, markdown(card, design, scores))
    _say(_("{count} songs, {path}").format(count=len(material.credits), path=out))


def judge(material: Material, *, with_visqol: bool = True) -> Scores:
    """Scores by channels of the fit that has not heard the clips; ViSQOL, which is slow, on one clip a song."""
    codec = Codec(material.without_held_out.network())
    scores: Scores = {}
    for channels in (codec.channels, codec.channels // 2, codec.channels // 4):
        results = [
            compare(clip, codec.decode(codec.encode(clip, channels=channels)), with_visqol=with_visqol and index == 0)
            for song in material.clips
            for index, clip in enumerate(song)
        ]
        scores[channels] = summarise(results)
    return scores


def markdown(card: ModelCard, design: KltDesign, scores: Scores) -> str:
    """The card as a page: what it is, how it was made, how good it is, from whose music."""
    training = card.training
    lines = [
        f"# {card.name}",
        "",
        f"A linear transform (KLT): MDCT frames of {design.hop} coefficients at {design.rate} Hz, projected on the "
        f"{design.channels} strongest directions of the songs below. Nested: its first channels alone are a smaller "
        "model. The decoder is the transpose.",
        "",
        f"Fitted in closed form on {training['songs']} songs ({training['seconds'] / 3600:.1f} h), whose energy it "
        f"keeps to {100 * training['energy_kept']:.1f} %, every five seconds counting the same however loud:",
        "",
        "    python -m core.models.make_klt SONGS --index INDEX.tsv --out resources/models/klt.musicae "
        "--card resources/models/klt.md",
        "",
        "## Scores",
        "",
        f"Mean ± standard deviation on clips of 5 s from {training['held_out_songs']} songs (every fifth by name; at "
        f"most {CLIPS_A_SONG} clips a song, for ViSQOL one) that the judged fit had not heard, though it knew other "
        "songs by some of their authors. The shipped file is fitted on all songs.",
        "",
        "| channels | floats a clip | floats/s | " + " | ".join(SHOWN.values()) + " |",
        "|---" * (3 + len(SHOWN)) + "|",
    ]
    for channels, row in scores.items():
        cells = [_cell(row.get(name)) for name in SHOWN]
        sizes = f"{latent_floats(design, CLIP_SAMPLES, channels)} | {channels * design.rate / design.hop:.0f}"
        lines.append(f"| {channels} | {sizes} | " + " | ".join(cells) + " |")
    lines += ["", "## Music", "", "| title | author | licence | source | SHA-256 |", "|---|---|---|---|---|"]
    lines += [
        f"| {each.title} | {each.author} | {each.licence} | {each.source} | `{each.checksum}` |".replace("  ", " ")
        for each in card.credits
    ]
    return "\n".join(lines) + "\n"


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


def _clips(song: Clip) -> Iterator[Clip]:
    count = song.frames // CLIP_SAMPLES
    for index in np.unique(np.linspace(0, count - 1, min(count, CLIPS_A_SONG)).astype(int)):
        clip = Clip(song.samples[:, index * CLIP_SAMPLES : (index + 1) * CLIP_SAMPLES], song.rate)
        if not is_silent(clip):
            yield clip


def _credit(path: Path, known: dict[str, Credit]) -> Credit:
    with path.open("rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
    return known.get(checksum, Credit(title=path.stem, checksum=checksum))


def _cell(score: Summary | None) -> str:
    return "" if score is None else f"{score.mean:.2f} ± {score.deviation:.2f}"


def _say(words: str) -> None:
    print(words, file=sys.stderr)  # noqa: T201 - a command speaks


if __name__ == "__main__":
    sys.exit(main())
