"""Generation as the first report tried it: means of latents and random latents, for every size, to be heard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.audio import Clip
from core.i18n import _, marked
from core.latents.pantry import SongPantry
from core.latents.parts import Part
from core.latents.prior import fit_prior
from core.latents.recipes import DISTRIBUTIONS, MATCHED, Recipe, make
from core.models.design import CLIP_SECONDS
from core.models.variational import sample_prior
from core.quality import MEL_HOP
from core.structure import log_mel
from core.study.clips import excerpts
from core.study.sound import write_sound
from core.study.study import KLT, STUDIO, Study
from core.training.crops import TrainingSong, root_mean_square

NAME = "generation"
THREE = 3
MOST_OF_A_GENRE = 50
PRIOR_SONGS = 40
FRAMES, DIMS = 2, 8
"""Of the prior, of which only each channel's mean and deviation are used."""
NAMES = {
    "mean-three": marked("mean of three songs"),
    "mean-three-of-genre": marked("mean of three songs of a genre"),
    "mean-genre": marked("mean of a genre"),
    "random-uniform": marked("random, uniform from -1 to 1"),
    "random-normal": marked("random, standard normal"),
    "random-matched": marked("random, matched to the training latents"),
    "prior-1": marked("sampled from the prior, first"),
    "prior-2": marked("sampled from the prior, second"),
    "prior-3": marked("sampled from the prior, third"),
}
"""English names of what is made, for `_`."""
FAVOURITE = "jazz"
"""The report's genre, where it is there; else the one with most songs."""


def title() -> str:
    return _("Generation")


def run(study: Study) -> dict[str, Any]:
    """Keys: `genre`, and `models` by name: [{name, kind, recipe, rms, nearest_mel}] with a sound for each.

    Variational models are sampled from their prior, the others make means and random latents."""
    names = [name for name in [*study.sizes, KLT] if name in study.trained]
    models = {}
    for number, name in enumerate([*names, *([STUDIO] if study.has_studio else [])]):
        study.progress(number / (len(names) + 1), name)
        made = study.tried(name, lambda name=name: study.part(NAME, name, lambda: _generated(study, name)))  # type: ignore[misc]
        if made is not None:
            models[name] = made["made"]
    for name in study.variational:
        made = study.tried(name, lambda name=name: study.part(NAME, name, lambda: _sampled(study, name)))  # type: ignore[misc]
        if made is not None:
            models[name] = made["made"]
    return {"genre": _genre(study), "models": models}


def _generated(study: Study, name: str) -> dict[str, Any]:
    codec = study.codec(name)
    pantry = SongPantry(codec, study.store.get, study.folder.path / "cache" / "priors")
    parts = [_part(song) for song in study.songs_of("train")[:PRIOR_SONGS]]
    latents = [pantry.latent(part) for part in parts]
    prior = pantry.keep_prior(fit_prior(latents, frames=FRAMES, dims=DIMS, seed=study.config.seed))
    known = [log_mel(each.samples, codec.rate, MEL_HOP) for each in excerpts(study.songs_of("train"), 2 * THREE)]
    rows = []
    for recipe in _recipes(study, codec.hash, prior):
        study.check()
        sound = codec.decode(make(recipe, pantry))
        write_sound(study.folder.sound(f"made {name} {recipe.note}"), sound)
        rows.append(
            {
                "name": recipe.note,
                "kind": recipe.kind,
                "recipe": recipe.to_dict(),
                "rms": root_mean_square(sound.samples[0]),
                "nearest_mel": _nearest(known, sound),
            }
        )
    return {"made": rows}


def _sampled(study: Study, name: str) -> dict[str, Any]:
    """Sounds of a variational model from the distribution that its latents were pulled towards."""
    codec = study.codec(name)
    clips = [each.clip.resampled(codec.rate) for each in excerpts(study.songs_of("train"), 2 * THREE)]
    known = [log_mel(clip.samples[0], clip.rate, MEL_HOP) for clip in clips]
    rows = []
    for number, latent in enumerate(sample_prior(codec, THREE, study.config.seed), 1):
        study.check()
        sound = codec.decode(latent)
        write_sound(study.folder.sound(f"made {name} prior-{number}"), sound)
        rows.append(
            {
                "name": f"prior-{number}",
                "kind": "prior",
                "recipe": None,
                "rms": root_mean_square(sound.samples[0]),
                "nearest_mel": _nearest(known, sound),
            }
        )
    return {"made": rows}


def _nearest(known: Sequence[np.ndarray], made: Clip) -> float:
    """`core.quality.mel_distance` to the nearest clip, whose log-mel frames are known.

    It is taken over the length that both have: blocks of some models are longer than a clip, of others shorter.
    """
    ours = log_mel(made.samples[0], made.rate, MEL_HOP)
    return min(float(np.abs(each[: len(ours)] - ours[: len(each)]).mean()) for each in known)


def _recipes(study: Study, model: str, prior: str) -> list[Recipe]:
    """The means and the random latents; `note` names each."""
    songs, genre = study.songs, _genre(study)
    of_genre = [song for song in songs if song.genre == genre]
    means = {
        "mean-three": songs[:THREE],
        "mean-three-of-genre": of_genre[:THREE],
        "mean-genre": of_genre[:MOST_OF_A_GENRE],
    }
    made = [
        Recipe("average", model, tuple(_part(song) for song in chosen), note=note) for note, chosen in means.items()
    ]
    return made + [
        Recipe(
            "random",
            model,
            seed=study.config.seed,
            seconds=CLIP_SECONDS,
            distribution=each,
            prior=prior if each == MATCHED else "",
            note=f"random-{each}",
        )
        for each in DISTRIBUTIONS
    ]


def _genre(study: Study) -> str:
    genres = [song.genre for song in study.songs]
    names, counts = np.unique(genres, return_counts=True)
    return FAVOURITE if FAVOURITE in genres else str(names[counts.argmax()])


def _part(song: TrainingSong) -> Part:
    """Five seconds from the middle of a song."""
    seconds = song.stored.frames / 22_050
    return Part(song.key, max(0.0, (seconds - CLIP_SECONDS) / 2), float(CLIP_SECONDS))
