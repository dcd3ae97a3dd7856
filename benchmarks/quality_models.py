"""The models that quality is measured of: the KLT fitted and the convolutions trained on the very same songs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.quality_songs import identity
from core.errors import MusicaeError
from core.models.card import ModelCard
from core.models.checkpoint import save_model
from core.models.codec import Codec, load_codec
from core.models.klt_fit import fit_klt
from core.models.presets import presets
from core.training.config import TrainConfig
from core.training.crops import TrainingSong
from core.training.run import RunFolder
from core.training.trainer import train

KLT_CHANNELS = 505
"""505 channels are 55,045 floats a clip, as many as the largest convolution's; smaller sizes are its first ones."""
RATES = (0.0007, 0.002, 0.005, 0.01, 0.02)
SEARCH_EPOCHS = 4
AS_GOOD = 1.02
"""Losses within 2 % of the lowest are as good, and of their rates the smallest is taken: it stays safe for longer."""


@dataclass(frozen=True)
class Recipe:
    """How a convolution is trained.

    Its latent frames read 144 samples at most, so that many short clips teach what few long ones do: after 4,000
    steps of 16 clips of half a second the loss falls no more.
    """

    epochs: int = 40
    steps_per_epoch: int = 100
    batch: int = 16
    clip_seconds: float = 0.5
    rates: tuple[float, ...] = RATES

    def config(self, model: str, rate: float, epochs: int) -> TrainConfig:
        return TrainConfig(
            model=model,
            learning_rate=rate,
            epochs=epochs,
            steps_per_epoch=self.steps_per_epoch,
            batch=self.batch,
            clip_seconds=self.clip_seconds,
            device="cpu",
            precision="float32",
            threads=1,
            retries=0,  # each learning rate stands for itself
        )


@dataclass(frozen=True)
class Reference:
    """A convolution at its best learning rate: `losses` are the lowest validation losses of the search by rate."""

    name: str
    codec: Codec
    rate: float
    losses: dict[float, float]
    epochs: int
    seconds: float

    def facts(self) -> dict[str, Any]:
        search = {f"{rate:g}": loss if math.isfinite(loss) else None for rate, loss in self.losses.items()}
        return {"validation_loss": search, "epochs": self.epochs, "seconds": self.seconds}


def fitted_klt(songs: Sequence[TrainingSong], cache: Path) -> Codec:
    """The KLT of the songs, fitted once."""
    path = cache / "klt" / f"{identity([_part(song) for song in songs])}.musicae"
    if not path.is_file():
        network = fit_klt((song.stored.read(0, song.stored.frames) for song in songs), channels=KLT_CHANNELS)
        save_model(path, network, ModelCard(name="klt", split={"train": tuple(song.key for song in songs)}))
    return load_codec(path)


def trained_conv(
    name: str,
    songs: Sequence[TrainingSong],
    cache: Path,
    recipe: Recipe,
    say: Callable[[str], object] = print,
) -> Reference:
    """The preset at the best of the recipe's learning rates, found in a few epochs and then trained in all.

    Every run lies in the cache: what is done is taken from there, what was stopped goes on.
    """
    folder = cache / "conv" / identity([_part(song) for song in songs]) / _named(recipe) / name
    losses = {}
    for rate in recipe.rates:
        losses[rate] = _trained(folder / f"search-{rate:g}", recipe.config(name, rate, SEARCH_EPOCHS), songs)[0]
    best = min(rate for rate, loss in losses.items() if loss <= AS_GOOD * min(losses.values()))
    listed = ", ".join(f"{rate:g}: {loss:.6f}" for rate, loss in losses.items())
    say(f"  {name}: validation loss by learning rate after {SEARCH_EPOCHS} epochs: {listed}; best {best:g}")
    run = folder / f"best-{best:g}"
    loss, seconds = _trained(run, recipe.config(name, best, recipe.epochs), songs)
    say(f"  {name}: {recipe.epochs} epochs at {best:g}: validation loss {loss:.6f}, {seconds:.0f} s")
    return Reference(name, load_codec(run), best, losses, recipe.epochs, seconds)


def conv_names() -> list[str]:
    return [each.name for each in presets() if each.kind == "conv"]


def _trained(folder: Path, config: TrainConfig, songs: Sequence[TrainingSong]) -> tuple[float, float]:
    """Lowest validation loss and seconds of a run; infinite where it failed."""
    try:
        summary = train(config, songs, RunFolder(folder), resume=True)
    except MusicaeError:
        return math.inf, 0.0
    return (math.inf if summary.best_val_loss is None else summary.best_val_loss), summary.seconds


def _named(recipe: Recipe) -> str:
    return f"{recipe.epochs}x{recipe.steps_per_epoch}x{recipe.batch}x{recipe.clip_seconds:g}s"


def _part(song: TrainingSong) -> str:
    return f"{song.key} {song.stored.frames}"
