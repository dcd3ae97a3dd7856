"""Make a KLT model file from songs, with its card:

    python -m core.models.make_klt SONG_OR_FOLDER... --out klt.musicae [--index INDEX.tsv] [--card klt.md]

The model is fitted on all songs. Its scores are those of a second fit that has not heard every fifth song, on
clips of these. The index gives titles, authors and licences for the credits, by the files' SHA-256.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.audio import Clip, find_audio, read_clip
from core.errors import MusicaeError, UsageError
from core.files import write_text_atomically
from core.i18n import _
from core.models.card import Credit, ModelCard
from core.models.checkpoint import save_model
from core.models.codec import Codec
from core.models.design import KltDesign
from core.models.klt_fit import KltFit
from core.models.scorecard import (
    CLIPS_A_SONG,
    Scores,
    clips_of,
    credit_lines,
    credit_of,
    judged,
    plain_scores,
    read_credits,
    score_lines,
)

HELD_OUT_EVERY = 5


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
            material.clips.append(list(clips_of(clip)))
        else:
            material.without_held_out.add(clip.samples[0])
        material.credits.append(credit_of(path, known))
        _say(path.name)
    return material


def make(material: Material, out: Path, card_file: Path | None = None, *, with_visqol: bool = True) -> None:
    """Fit, judge, and write the model and its card."""
    network = material.everything.network()
    scores: Scores = {}
    if material.clips and material.without_held_out.frames:
        judge = Codec(material.without_held_out.network())
        scores = judged(judge, material.clips, visqol_clips=int(with_visqol))
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
            "held_out": plain_scores(scores),
        },
        credits=tuple(material.credits),
    )
    save_model(out, network, card)
    if card_file is not None:
        write_text_atomically(card_file, markdown(card, design, scores))
    _say(_("{count} songs, {path}").format(count=len(material.credits), path=out))


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
        *score_lines(design, scores),
        "",
        "## Music",
        "",
        *credit_lines(card.credits),
    ]
    return "\n".join(lines) + "\n"


def _say(words: str) -> None:
    print(words, file=sys.stderr)  # noqa: T201 - a command speaks


if __name__ == "__main__":
    sys.exit(main())
