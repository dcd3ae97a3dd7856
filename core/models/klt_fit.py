"""Fitting the KLT: the strongest directions of a collection's MDCT frames, in one pass and closed form.

    python -m core.models.klt_fit SONG_OR_FOLDER... --out klt.musicae [--index INDEX.tsv]

writes a model file with its card: the songs' checksums and, from the index, their titles, authors and licences.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from core.audio import find_audio, read_clip
from core.errors import MusicaeError, TrainingError, UsageError
from core.i18n import _
from core.models.card import Credit, ModelCard
from core.models.checkpoint import save_model
from core.models.design import MODEL_RATE, KltDesign
from core.models.klt import KltNetwork, mdct

BLOCK_SECONDS = 5.0
"""Stretch of sound that counts as one, however loud it is."""


class KltFit:
    """Gathers the second moment of MDCT frames, uncentred so that silence stays the zero latent.

    Every stretch of `BLOCK_SECONDS` is scaled to the same energy first: SI-SDR does not know loudness, and a few
    loud songs would otherwise choose the directions for all.
    """

    def __init__(self, design: KltDesign | None = None) -> None:
        self.design = design or KltDesign()
        self.moment = torch.zeros(self.design.hop, self.design.hop, dtype=torch.float64)
        self.frames = 0

    def add(self, samples: np.ndarray) -> None:
        """Take in mono float32 samples (frames,) at the design's rate; silence teaches nothing and is passed over."""
        size = max(1, round(BLOCK_SECONDS * self.design.rate / self.design.hop)) * self.design.hop
        for start in range(0, len(samples), size):
            block = np.asarray(samples[start : start + size], dtype=np.float32)
            power = float(np.square(block, dtype=np.float64).mean())
            if not np.isfinite(power):
                raise TrainingError(_("The sound holds values that are not numbers; nothing can be learned from it."))
            if power < 1e-8 or len(block) < self.design.hop:
                continue
            scaled = torch.from_numpy(block / np.float32(np.sqrt(power)))
            frames = mdct(scaled[None, None], self.design.hop, self.design.window)[0, 1:-1]
            self.moment += (frames.T @ frames).double()
            self.frames += len(frames)

    def network(self) -> KltNetwork:
        """The network of the strongest directions so far, strongest first.

        Raises:
            TrainingError: there was no sound to learn from.
        """
        if self.frames == 0:
            raise TrainingError(_("There is no sound to fit the transform on: all songs are silent or too short."))
        __, directions = torch.linalg.eigh(self.moment)
        projection = directions.flip(1)[:, : self.design.channels].T
        # A direction's sign is arbitrary: its largest entry is made positive, so that fits can be compared.
        largest = projection.gather(1, projection.abs().argmax(1, keepdim=True))
        network = KltNetwork(self.design)
        network.set_projection((projection * largest.sign()).float())
        return network.eval()

    def explained(self) -> float:
        """Fraction of the energy that the kept directions hold, 0 to 1."""
        values = torch.linalg.eigvalsh(self.moment)
        return float(values[-self.design.channels :].sum() / values.sum())


def fit_klt(
    songs: Iterable[np.ndarray],
    *,
    channels: int = 64,
    hop: int = 1024,
    window: str = "sine",
    rate: int = MODEL_RATE,
) -> KltNetwork:
    """The KLT of `songs`, each mono float32 (frames,) at `rate`.

    Raises:
        TrainingError: nothing but silence, or samples that are not numbers.
        UsageError: an impossible size.
    """
    fit = KltFit(KltDesign(channels, hop, window, rate))
    for samples in songs:
        fit.add(samples)
    return fit.network()


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


def main(arguments: Sequence[str] | None = None) -> int:
    """The command of the module's docstring; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m core.models.klt_fit", description=_("Fit the linear transform."))
    parser.add_argument("songs", nargs="+", type=Path, metavar="SONG_OR_FOLDER")
    parser.add_argument("--out", type=Path, required=True, help=_("The model file to write."))
    parser.add_argument("--index", type=Path, help=_("A table of titles, authors, licences and checksums."))
    parser.add_argument("--channels", type=int, default=64)
    parser.add_argument("--hop", type=int, default=1024)
    given = parser.parse_args(arguments)
    try:
        _fit_files(given, lambda words: print(words, file=sys.stderr))  # noqa: T201 - a command speaks
    except UsageError as error:
        print(error.sentence, file=sys.stderr)  # noqa: T201
        return 2
    except MusicaeError as error:
        print(error.sentence, file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _fit_files(given: argparse.Namespace, say: Callable[[str], None]) -> None:
    known = read_credits(given.index) if given.index else {}
    fit = KltFit(KltDesign(given.channels, given.hop))
    used: list[Credit] = []
    for path, credit in _credited(find_audio(given.songs), known):
        try:
            fit.add(read_clip(path).mono().resampled(fit.design.rate).samples[0])
        except MusicaeError as error:
            say(error.sentence)
            continue
        used.append(credit)
        say(path.name)
    network = fit.network()
    card = ModelCard(
        name=given.out.stem,
        split={"train": tuple(each.checksum for each in used)},
        training={
            "method": "closed form",
            "songs": len(used),
            "seconds": round(fit.frames * fit.design.hop / fit.design.rate, 1),
            "energy_kept": round(fit.explained(), 5),
        },
        credits=tuple(used),
    )
    save_model(given.out, network, card)
    say(_("{count} songs, {path}").format(count=len(used), path=given.out))


def _credited(paths: Iterable[Path], known: dict[str, Credit]) -> Iterator[tuple[Path, Credit]]:
    for path in sorted(paths, key=lambda path: (path.name, str(path))):
        with path.open("rb") as file:
            checksum = hashlib.file_digest(file, "sha256").hexdigest()
        yield path, known.get(checksum, Credit(title=path.stem, checksum=checksum))


if __name__ == "__main__":
    sys.exit(main())
