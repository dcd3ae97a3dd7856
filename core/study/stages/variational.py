"""The second report's network in its five configurations and with beta 200, and what goes wrong in it, measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.data.splits import Split
from core.i18n import _
from core.models.diagnostics import diagnose
from core.models.vae_design import ResnetVaeDesign
from core.study.study import Study
from core.study.training import trained
from core.training.crops import TrainingSong
from core.training.suited import suited_settings

NAME = "variational"
BATCH = 8
CLIPS = 64
"""Blocks of each side that diagnosis and distances look at."""


@dataclass(frozen=True)
class Configuration:
    """A row of the report's table: `fid` are its distances on test and train, None where it gives none.

    Args:
        clips: blocks, one a song, that it learns from; 0 for all.
        rate: of the sound; a block has as many values at any rate, so that it is shorter at a higher one.
    """

    dropout: bool
    beta: float
    latent: int
    fid: tuple[float, float] | None = None
    clips: int = 0
    rate: int = ResnetVaeDesign.rate

    @property
    def name(self) -> str:
        words = f"resnet-vae-{self.latent} beta {self.beta:g}{'' if self.dropout else ' without dropout'}"
        if self.clips:
            words += f" {self.clips} clips"
        return words if self.rate == ResnetVaeDesign.rate else f"{words} {self.rate} Hz"

    @property
    def design(self) -> ResnetVaeDesign:
        return ResnetVaeDesign(self.latent, dropout=0.3 if self.dropout else 0.0, rate=self.rate)


CONFIGURATIONS = (
    Configuration(False, 1, 2, (101, 23)),
    Configuration(True, 1, 2, (68.55, 8.6)),
    Configuration(True, 1, 20, (14.6, 49.3)),
    Configuration(True, 10, 10, (111.5, 61.1)),
    Configuration(True, 100, 10, (96, 20.1)),
    Configuration(True, 200, 10),
)
JUDGE = CONFIGURATIONS[2]
"""Its encoder, of latent 20, is the fixed one that the report's distance looks through."""
MORE = (
    Configuration(True, 1, 20, clips=20),
    Configuration(True, 1, 20, clips=80),
    Configuration(True, 1, 20, rate=22_050),
)
"""What the report tells of without numbers: few clips, which were easy, many, and short ones at a higher rate."""


def title() -> str:
    return _("The variational network")


def run(study: Study) -> dict[str, Any]:
    """Key: `models`, what `core.study.training.trained` gives by name, with `diagnosis`, `beta`, `dropout`, `latent`
    and `reported` (its FID on test and train)."""
    models = {}
    for each in configurations(study):
        made = study.tried(
            each.name,
            lambda each=each: study.part(NAME, each.name, lambda: _trained(study, each)),  # type: ignore[misc]
        )
        if made is not None:
            models[each.name] = made
    return {"models": models}


def configurations(study: Study) -> tuple[Configuration, ...]:
    """All for which there are songs, in a quick study the one whose encoder is the judge; none for 0 epochs."""
    if not study.config.variational:
        return ()
    if study.config.quick:
        return (JUDGE,)
    songs = len(study.split.train)
    return CONFIGURATIONS + tuple(each for each in MORE if each.clips <= songs)


def blocks(songs: list[TrainingSong], samples: int) -> np.ndarray:
    """(n, samples) float32: the beginnings of at most 64 songs, padded by silence."""
    return np.stack([song.stored.read(0, samples) for song in songs[:CLIPS]])


def taught_songs(study: Study, configuration: Configuration) -> tuple[str, ...]:
    """The content keys that a configuration learns from: all training songs, or so many of them by chance."""
    keys = study.split.train
    if not configuration.clips:
        return keys
    chosen = np.random.default_rng(study.config.seed).permutation(len(keys))[: configuration.clips]
    return tuple(keys[place] for place in sorted(chosen))


def _trained(study: Study, configuration: Configuration) -> dict[str, Any]:
    design, taught = configuration.design, taught_songs(study, configuration)
    songs = study.songs_at(design.rate)
    used = set(taught) | set(study.split.validation)
    settings = {
        **suited_settings(f"resnet-vae-{JUDGE.latent}"),
        "epochs": study.config.variational,
        "minutes": 0.0,
        "batch": BATCH,
        # One block a song and epoch, as the report had it.
        "steps_per_epoch": max(1, -(-len(taught) // BATCH)),
        "kl": configuration.beta,
    }
    made = trained(
        study,
        configuration.name,
        design,
        songs=[song for song in songs if song.key in used],
        split=Split(taught, study.split.validation, ()),
        **settings,
    )
    if made["model"]:
        heard = [song for song in songs if song.key not in study.split.train] or songs
        network = study.codec(configuration.name).network
        if len(heard) > 1:
            made["diagnosis"] = diagnose(network, blocks(heard, design.hop)).to_dict()
    return {
        **made,
        "beta": configuration.beta,
        "dropout": configuration.dropout,
        "latent": configuration.latent,
        "rate": configuration.rate,
        "taught": list(taught),
        "reported": configuration.fid,
    }
