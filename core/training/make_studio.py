"""Make the shipped `studio` model, with its card, from a run that `musicae train` has made:

    python -m core.training.make_studio RUN SONG_OR_FOLDER... --out studio.musicae --index INDEX.tsv --card studio.md

The best weights of the run are judged on the songs of its split's test part and written as float16. The index gives
titles, authors and licences for the credits, by the files' SHA-256. A run without `--from-scratch` begins with the
shipped weights: `--after` names the runs that made these, so that the card tells the whole way.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.audio import Clip, find_audio, read_clip
from core.data.authors import author_identity
from core.errors import MusicaeError, UsageError
from core.files import write_text_atomically
from core.i18n import _
from core.library.keys import content_key
from core.models.card import Credit, ModelCard
from core.models.checkpoint import load_model, save_model
from core.models.codec import Codec
from core.models.design import Design
from core.models.network import Network, build_network
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
from core.models.studio_design import StudioDesign
from core.training.run import RunFolder
from core.training.suited import suited_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """The command of the module's docstring; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m core.training.make_studio", description=_("Judge a run of studio and write it as a model.")
    )
    parser.add_argument("run", type=Path, metavar="RUN")
    parser.add_argument("songs", nargs="+", type=Path, metavar="SONG_OR_FOLDER")
    parser.add_argument("--after", type=Path, action="append", default=[], metavar="RUN", help=_("An earlier run."))
    parser.add_argument("--out", type=Path, required=True, help=_("The model file to write."))
    parser.add_argument("--index", type=Path, help=_("A table of titles, authors, licences and checksums."))
    parser.add_argument("--card", type=Path, help=_("Write the card as Markdown here, too."))
    parser.add_argument("--corrections", type=int, metavar="N", help=_("Of the latent when encoding [the run's]."))
    parser.add_argument("--no-visqol", action="store_true", help=_("Leave out the slow metric."))
    given = parser.parse_args(arguments)
    try:
        runs = [*given.after, given.run]
        make(
            runs,
            given.songs,
            given.out,
            given.index,
            given.card,
            corrections=given.corrections,
            with_visqol=not given.no_visqol,
        )
    except UsageError as error:
        _say(error.sentence)
        return 2
    except MusicaeError as error:
        _say(error.sentence)
        return 1
    return 0


def make(
    runs: Sequence[Path],
    songs: Iterable[Path],
    out: Path,
    index: Path | None,
    card_file: Path | None,
    *,
    corrections: int | None = None,
    with_visqol: bool,
) -> None:
    """Judge the last run's best weights and write the model and its card.

    Raises:
        CheckpointError: the run has no model.
        UsageError: it is not one of studio, or the corrections are too many.
    """
    model = load_model(RunFolder(runs[-1]).best_file)
    network = _correcting(model.network, corrections)
    known = read_credits(index) if index else {}
    listening = _gathered(songs, model.card.split, known)
    codec = Codec(network)
    scores = _scores(codec, listening, with_visqol=with_visqol)
    card = ModelCard(
        name="studio",
        split=model.card.split,
        training=_summary(runs, listening) | {name: plain_scores(each) for name, each in scores.items()},
        credits=tuple(listening.credits),
    )
    save_model(out, network, card, half=True)
    if card_file is not None:
        write_text_atomically(card_file, _page(card, codec, scores, listening))
    _say(_("{count} songs, {path}").format(count=len(listening.credits), path=out))


def _correcting(network: Network, corrections: int | None) -> Network:
    """The same weights, encoding with so many corrections."""
    if corrections is None:
        return network
    if not isinstance(network.design, StudioDesign):
        raise UsageError(_("Only a studio model corrects its latents."))
    made = build_network(replace(network.design, corrections=corrections)).eval()
    made.load_weights(network.state_dict())
    return made


@dataclass(frozen=True)
class _Tested:
    """A song that the model has not heard, with its clips."""

    credit: Credit
    clips: list[Clip]


@dataclass(frozen=True)
class _Listening:
    credits: list[Credit]  # of the songs that the model was trained and its best weights chosen on
    tested: list[_Tested]
    rate: int

    @property
    def main_author(self) -> str:
        """The author of most songs, in the spelling that counts."""
        return Counter(author_identity(each.author) for each in self.credits).most_common(1)[0][0]

    def by_others(self) -> list[_Tested]:
        return [each for each in self.tested if author_identity(each.credit.author) != self.main_author]


def _gathered(songs: Iterable[Path], split: Mapping[str, Sequence[str]], known: Mapping[str, Credit]) -> _Listening:
    heard, tested = set(split.get("train", ())) | set(split.get("validation", ())), set(split.get("test", ()))
    found = _Listening([], [], 22_050)
    for path in sorted(find_audio(songs)):
        try:
            key = content_key(path)
            if key in heard:
                found.credits.append(credit_of(path, known))
            elif key in tested:
                song = read_clip(path).mono().resampled(found.rate)
                found.tested.append(_Tested(credit_of(path, known), list(clips_of(song))))
        except MusicaeError as error:
            _say(error.sentence)
    if not found.credits or not found.tested:
        raise UsageError(_("These are not the songs of the run: none was trained on, or none was held out."))
    return found


def _scores(codec: Codec, listening: _Listening, *, with_visqol: bool) -> dict[str, Scores]:
    parts = {"held_out": listening.tested, "held_out_by_others": listening.by_others()}
    return {
        name: judged(codec, [each.clips for each in part], visqol_clips=CLIPS_A_SONG if with_visqol else 0)
        for name, part in parts.items()
        if part
    }


def _summary(runs: Sequence[Path], listening: _Listening) -> dict[str, Any]:
    return {
        "method": "gradient descent from the songs' own KLT",
        "songs": len(listening.credits),
        "held_out_songs": len(listening.tested),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "runs": [_of_run(RunFolder(run)) for run in runs],
    }


def _of_run(folder: RunFolder) -> dict[str, Any]:
    """What led to the best weights of a run: its settings, steps and minutes up to the best epoch."""
    history = folder.history()
    best = min(range(len(history)), key=lambda place: float(history[place]["val_loss"]), default=-1)
    until = history[: best + 1]
    return {
        "settings": folder.document().get("train", {}),
        "corrections": folder.document().get("model", {}).get("corrections", 0),
        "steps": until[-1].get("step", 0) if until else 0,
        "minutes": round(sum(float(line.get("seconds", 0)) for line in until) / 60),
        "val_loss": until[-1]["val_loss"] if until else None,
    }


def _page(card: ModelCard, codec: Codec, scores: Mapping[str, Scores], listening: _Listening) -> str:
    """The card as Markdown."""
    training, design = card.training, codec.design
    clips = sum(len(each.clips) for each in listening.tested)
    lines = [
        "# studio",
        "",
        f"A spectral autoencoder of {design.parameters / 1e6:.1f} million parameters at {design.rate} Hz: a linear "
        "path that started as the KLT, and ConvNeXt blocks over complex spectra beside it. Nested: of the "
        f"{design.channels} channels, {design.rate / design.hop:.1f} times a second, the first ones alone are a "
        "smaller latent of the same model. Weights are stored as float16.",
        *_on_corrections(design),
        "",
        f"Trained on the songs below ({training['machine']}); of every run the best epoch by validation loss:",
        "",
        *(_run_line(each) for each in training["runs"]),
        "",
        *(f"    {line}" for line in _commands(training["runs"], design)),
        "",
        "## Scores",
        "",
        f"Mean ± standard deviation on {clips} clips of 5 s from {len(listening.tested)} songs that were held out.",
        "",
        *score_lines(design, scores["held_out"]),
    ]
    if "held_out_by_others" in scores:
        others = listening.by_others()
        lines += [
            "",
            "Of these, songs by others than the author of most of them ("
            + ", ".join(f"{each.credit.title} by {each.credit.author}" for each in others)
            + "):",
            "",
            *score_lines(design, scores["held_out_by_others"]),
        ]
    lines += ["", "## Music", "", *credit_lines(card.credits)]
    return "\n".join(lines) + "\n"


def _on_corrections(design: Design) -> list[str]:
    if not design.corrections:
        return []
    return [
        "",
        f"Encoding is corrected {design.corrections} times: the latent is decoded, the reconstruction encoded again, "
        "and the latent moved by what that lacks. The decoder is as fast as without.",
    ]


def _run_line(run: Mapping[str, Any]) -> str:
    settings = run["settings"]
    losses = ", ".join(f"{name} {settings[name]:g}" for name in _LOSSES if settings.get(name))
    planned = settings.get("epochs", 0) * settings.get("steps_per_epoch", 0)
    early = f" (of {planned} planned: stopped by hand)" if run["steps"] < planned else ""
    return (
        f"- {run['steps']} steps{early} of {settings.get('batch')} clips of {settings.get('clip_seconds')} s in "
        f"{run['minutes']} minutes. Losses: {losses}. Running mean of the weights: {settings.get('ema')}. "
        f"Corrections when encoding: {run['corrections']}."
    )


def _commands(runs: Sequence[Mapping[str, Any]], design: Design) -> Iterator[str]:
    """The lines that repeat the training."""
    usual = suited_settings("studio")
    for number, run in enumerate(runs, 1):
        settings = run["settings"]
        words = ["musicae train SONGS --model studio --split studio-split.csv"]
        words += ["--from-scratch"] if settings.get("from_scratch") else []
        for name in ("epochs", "steps_per_epoch", "learning_rate", "seed", *_LOSSES):
            value = settings.get(name)
            if value != usual.get(name, 0.0) and value is not None:
                words.append(f"--{name.replace('_', '-')} {value:g}")
        yield " ".join([*words, f"--out RUN{number}"])
        after = "".join(f" --after RUN{earlier}" for earlier in range(1, number))
        corrections = design.corrections if run is runs[-1] else run["corrections"]
        option = f" --corrections {corrections}" if corrections != run["corrections"] else ""
        yield (
            f"python -m core.training.make_studio RUN{number}{after} SONGS --index INDEX.tsv{option} "
            "--out resources/models/studio.musicae --card resources/models/studio.md"
        )


_LOSSES = ("mse", "wave", "magnitude", "stft", "complex", "mel", "similarity", "mixture")


def _say(words: str) -> None:
    print(words, file=sys.stderr)  # noqa: T201 - a command speaks


if __name__ == "__main__":
    sys.exit(main())
