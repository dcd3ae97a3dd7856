"""Frechet distance, as the second report has it and as it can be trusted: real against reconstructed and generated."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.audio import Clip
from core.errors import MusicaeError
from core.features import sound_features
from core.i18n import _
from core.latents.frechet import compare_sets, frechet_distance
from core.models.codec import Codec
from core.models.design import CLIP_SAMPLES
from core.models.diagnostics import diagnose, latent_means
from core.models.variational import sample_prior
from core.study.stages.variational import JUDGE, blocks
from core.study.study import Study

NAME = "frechet"
LEAST_CLIPS = 4


def title() -> str:
    return _("Distances between sets of clips")


def run(study: Study) -> dict[str, Any]:
    """Keys: `models` by name: {part {clips, judge, report {reconstructed, generated, zero}, trusted {...}}} for
    "test" (with validation songs) and "train" (the songs that the model learned from); `diagnoses` by name of the
    variational model that learns (`core.models.diagnostics.Diagnosis`; those of the others stand with them).

    `report`'s distance looks through the fixed encoder of latent 20; a model at another rate, which that encoder was
    not made for, is seen through its own. What the model that learns makes is brought to the rate and the blocks of
    that encoder, so that its distances are of the same kind."""
    trained = study.results["variational"]["models"]
    names = [name for name, facts in trained.items() if facts["model"]]
    judge = study.codec(JUDGE.name) if JUDGE.name in names else None
    learns = [study.config.vae] if study.config.vae in study.trained else []
    models, diagnoses = {}, {}
    for number, name in enumerate([*names, *learns]):
        study.progress(number / (len(names) + len(learns)), name)
        made = study.tried(
            name,
            lambda name=name: study.part(NAME, name, lambda: _distances(study, name, judge)),  # type: ignore[misc]
        )
        if made is not None:
            models[name] = made
    for name in learns:
        made = study.tried(
            name,
            lambda name=name: study.part(NAME, f"{name} diagnosis", lambda: _diagnosed(study, name)),  # type: ignore[misc]
        )
        if made:
            diagnoses[name] = made
    return {"models": models, "diagnoses": diagnoses}


def _distances(study: Study, name: str, judge: Codec | None) -> dict[str, Any]:
    codec = study.codec(name)
    rate, samples = (JUDGE.design.rate, JUDGE.design.hop) if codec.network.seamless else (codec.rate, codec.hop)
    if judge is not None and judge.rate != rate:
        judge = codec
    songs, heard = study.songs_at(rate), {song.key: song for song in study.songs_at(codec.rate)}
    taught = set(study.trained[name].get("taught") or study.split.train)
    found = {}
    for part in ("test", "train"):
        chosen = [
            song for song in songs if (song.key in taught if part == "train" else song.key not in study.split.train)
        ]
        if len(chosen) < LEAST_CLIPS:
            continue
        study.check()
        real = blocks(chosen, samples)
        originals = blocks([heard[song.key] for song in chosen], round(samples * codec.rate / rate))
        drawn = sample_prior(codec, len(real), study.config.seed, seconds=samples / rate)
        made = {
            "reconstructed": np.stack([_at(_through(codec, clip), rate, samples) for clip in originals]),
            "generated": np.stack([_at(codec.decode(each), rate, samples) for each in drawn]),
        }
        found[part] = {
            "clips": len(real),
            "judge": judge.name if judge is not None else "",
            "report": _as_reported(judge, real, made) if judge is not None else None,
            "trusted": _trusted(real, made, rate, study.config.seed),
        }
    return found


def _diagnosed(study: Study, name: str) -> dict[str, Any]:
    """Of clips of 5 s of the songs that it has not learned from; empty for fewer than two."""
    codec = study.codec(name)
    songs = study.songs_at(codec.rate)
    heard = [song for song in songs if song.key not in study.split.train] or songs
    return diagnose(codec.network, blocks(heard, CLIP_SAMPLES)).to_dict() if len(heard) > 1 else {}


def _through(codec: Codec, samples: np.ndarray) -> Clip:
    return codec.decode(codec.encode(Clip(samples[None], codec.rate)))


def _at(clip: Clip, rate: int, samples: int) -> np.ndarray:
    """(samples,) at `rate`: cut, or silent at its end."""
    made = clip.resampled(rate).samples[0][:samples]
    return np.pad(made, (0, samples - len(made)))


def _as_reported(judge: Codec, real: np.ndarray, made: dict[str, np.ndarray]) -> dict[str, float]:
    """Distances of the fixed encoder's latents, and that of two halves of the real clips as the zero line."""
    features = latent_means(judge.network, real).reshape(len(real), -1)
    distances = {
        kind: frechet_distance(features, latent_means(judge.network, clips).reshape(len(clips), -1))
        for kind, clips in made.items()
    }
    return {**distances, "zero": frechet_distance(features[::2], features[1::2])}


def _trusted(real: np.ndarray, made: dict[str, np.ndarray], rate: int, seed: int) -> dict[str, Any]:
    """Frechet and kernel distance on MFCC, delta and chroma, which no model of ours learned."""
    features = sound_features(real, rate)
    found = {}
    for kind, clips in made.items():
        try:
            found[kind] = compare_sets(features, sound_features(clips, rate), seed=seed).to_dict()
        except MusicaeError as error:
            found[kind] = {"note": error.sentence}
    return found
