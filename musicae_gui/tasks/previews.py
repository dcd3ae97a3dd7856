"""The validation clip after each epoch, kept as sound files in the run folder, so that it can be heard at any time."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from core.audio import read_clip, write_wav

if TYPE_CHECKING:
    from core.audio import Clip
    from core.training.callbacks import Preview

FOLDER = "previews"
# 5 s in 16 bits are 220 kB: two hundred of them stay under 45 MB however long the run.
MOST_KEPT = 200


class PreviewFolder:
    """`previews/original.wav` and `previews/epoch-0012.wav` of one run."""

    def __init__(self, run: Path) -> None:
        self.path = run / FOLDER
        self.original_file = self.path / "original.wav"

    def save(self, preview: Preview) -> None:
        """Keep the clip of one epoch; a later one of the same epoch takes its place.

        Raises:
            AudioFileError: it cannot be written.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        if not self.original_file.exists():
            write_wav(self.original_file, preview.original)
        write_wav(self.epoch_file(preview.epoch), preview.reconstruction)
        self._thin_out()

    def epochs(self) -> list[int]:
        """Epochs that can be heard, in order."""
        numbers = []
        for file in self.path.glob("epoch-*.wav"):
            with contextlib.suppress(ValueError):
                numbers.append(int(file.stem.removeprefix("epoch-")))
        return sorted(numbers)

    def load(self, epoch: int) -> tuple[Clip, Clip]:
        """Original and reconstruction.

        Raises:
            AudioFileError: one of the files is gone or damaged.
        """
        return read_clip(self.original_file), read_clip(self.epoch_file(epoch))

    def epoch_file(self, epoch: int) -> Path:
        return self.path / f"epoch-{epoch:04d}.wav"

    def keep_until(self, epoch: int) -> None:
        """Forget later epochs: the run goes on from `epoch`, or begins anew (0)."""
        for number in self.epochs():
            if number > epoch:
                self.epoch_file(number).unlink(missing_ok=True)

    def discard(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)

    def _thin_out(self) -> None:
        """Above the limit every second of the middle epochs goes; the first and the last stay."""
        epochs = self.epochs()
        if len(epochs) > MOST_KEPT:
            for epoch in epochs[1:-1:2]:
                self.epoch_file(epoch).unlink(missing_ok=True)
