"""New latents by recipe. A recipe is plain data; making it again, today or after a restart, gives the same values.

latent = make(Recipe("arithmetic", model=codec.hash, parts=(a, b, c)), pantry)
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from core.errors import UsageError
from core.i18n import _, marked
from core.latents.edits import Edit, edited
from core.latents.latent import Latent, LatentError
from core.latents.model import LatentModel
from core.latents.parts import Part
from core.latents.plain import from_plain, to_plain
from core.latents.prior import Prior

KINDS = {
    "song": marked("A song as it is"),
    "average": marked("Average of songs"),
    "random": marked("Random latent"),
    "prior": marked("From the prior"),
    "arithmetic": marked("A - B + C"),
    "around": marked("Random around a song"),
    "continue": marked("A song continued"),
}
"""Every kind of recipe, with its English name for `_`."""
UNIFORM, NORMAL, MATCHED = "uniform", "normal", "matched"
DISTRIBUTIONS = (UNIFORM, NORMAL, MATCHED)
LONGEST_SECONDS = 3600.0
_PARTS_WANTED = {"song": 1, "arithmetic": 3, "around": 1, "continue": 1, "random": 0, "prior": 0}


@dataclass(frozen=True)
class Recipe:
    """How a latent is made.

    Args:
        kind: one of `KINDS`.
        model: hash of the model that it is for.
        parts: the songs, or pieces of songs, that go into it: one for "song", "around" and "continue", A, B and C for
            "arithmetic", any number for "average".
        seed: of all chance in it; the kinds without chance ignore it.
        seconds: length of "random" and "prior", and what "continue" adds. The others are as long as their shortest
            part.
        distribution: of "random": "uniform" (-1 to 1), "normal" (standard), or "matched" (each channel with the mean
            and deviation of the prior's latents).
        amount: of "around": 0 is the song, 1 as far away as another one.
        temperature: of "prior" and "continue": 0 is the likeliest, 1 the collection's variety.
        prior: `Prior.digest` of the prior used by "prior", "continue" and "matched"; "around" without one takes the
            song's own statistics.
        edits: made to the result, in order.
        note: words for people, such as the genre that an average is of; they change nothing.
    """

    kind: str
    model: str
    parts: tuple[Part, ...] = ()
    seed: int = 0
    seconds: float = 5.0
    distribution: str = NORMAL
    amount: float = 0.3
    temperature: float = 1.0
    prior: str = ""
    edits: tuple[Edit, ...] = ()
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return to_plain(self)

    @classmethod
    def from_dict(cls, values: object) -> Recipe:
        """What `to_dict` gave; raises UsageError for anything else."""
        return from_plain(cls, values, {"parts": Part, "edits": Edit})

    def check(self) -> None:
        """Raises UsageError where nothing can be made by it."""
        if self.kind not in KINDS:
            raise UsageError(_("There is no recipe {name!r}.").format(name=self.kind))
        wanted = _PARTS_WANTED.get(self.kind)
        if (wanted is None and not self.parts) or (wanted is not None and len(self.parts) != wanted):
            raise UsageError(
                _("The recipe {name} does not go with {count} songs.").format(
                    name=_(KINDS[self.kind]), count=len(self.parts)
                )
            )
        if self.distribution not in DISTRIBUTIONS:
            raise UsageError(_("There is no distribution {name!r}.").format(name=self.distribution))
        if not 0 < self.seconds <= LONGEST_SECONDS:
            raise UsageError(_("A creation is up to an hour long, and longer than nothing."))
        if not 0 <= self.amount <= 1 or not 0 <= self.temperature <= 10 or self.seed < 0:
            raise UsageError(_("The amount goes from 0 to 1, the temperature from 0 to 10, the seed from 0 on."))
        for part in self.parts:
            part.check()
        for edit in self.edits:
            edit.check()

    def variations(self, count: int) -> list[Recipe]:
        """The same with `count` other seeds, those that follow."""
        return [dataclasses.replace(self, seed=self.seed + 1 + number) for number in range(count)]

    @property
    def needs_prior(self) -> bool:
        return self.kind in ("prior", "continue") or (self.kind == "random" and self.distribution == MATCHED)


class Pantry(Protocol):
    """Where the ingredients come from."""

    @property
    def model(self) -> LatentModel: ...
    def latent(self, part: Part) -> Latent:
        """The encoded part; raises MusicaeError where the song is gone."""
        ...

    def prior(self, digest: str) -> Prior:
        """The prior of that name; raises MusicaeError where it is gone."""
        ...


def make(recipe: Recipe, pantry: Pantry) -> Latent:
    """The latent of `recipe`, edits included: always the same values.

    Raises:
        UsageError: nothing can be made by it.
        LatentError: it is for another model than the pantry's, or a prior is.
        MusicaeError: an ingredient is gone.
    """
    recipe.check()
    if recipe.model != pantry.model.hash:  # another size of the same model would draw other numbers
        raise LatentError(_("This recipe is for another model; choose the one that it was made with."))
    latent = _WAYS[recipe.kind](recipe, pantry)
    return edited(latent, recipe.edits, pantry.model, pantry.latent)


def _song(recipe: Recipe, pantry: Pantry) -> Latent:
    return pantry.latent(recipe.parts[0])


def _average(recipe: Recipe, pantry: Pantry) -> Latent:
    """Frame by frame, over the length of the shortest; songs are read one at a time."""
    total: np.ndarray | None = None
    shortest: Latent | None = None
    for part in recipe.parts:
        latent = pantry.latent(part)
        shortest = latent if shortest is None or latent.frames < shortest.frames else shortest
        values = latent.values.astype(np.float64)
        total = values if total is None else total[:, : values.shape[1]] + values[:, : total.shape[1]]
    assert total is not None
    assert shortest is not None
    return Latent(total / len(recipe.parts), shortest.model, shortest.samples)


def _arithmetic(recipe: Recipe, pantry: Pantry) -> Latent:
    a, b, c = (pantry.latent(part) for part in recipe.parts)
    shortest = min((a, b, c), key=lambda latent: latent.frames)
    one, less, more = (latent.values[:, : shortest.frames] for latent in (a, b, c))
    return Latent(one - less + more, shortest.model, shortest.samples)


def _random(recipe: Recipe, pantry: Pantry) -> Latent:
    samples, frames = _length(recipe, pantry)
    random = np.random.default_rng(recipe.seed)
    shape = (pantry.model.channels, frames)
    if recipe.distribution == UNIFORM:
        return Latent(random.uniform(-1, 1, shape), pantry.model.hash, samples)
    values = random.standard_normal(shape, dtype=np.float32)
    if recipe.distribution == MATCHED:
        prior = _prior(recipe, pantry)
        values = values * prior.channel_deviations[:, None] + prior.channel_means[:, None]
    return Latent(values, pantry.model.hash, samples)


def _from_prior(recipe: Recipe, pantry: Pantry) -> Latent:
    samples, frames = _length(recipe, pantry)
    prior = _prior(recipe, pantry)
    nothing = np.zeros((prior.channels, 0), np.float32)
    random = np.random.default_rng(recipe.seed)
    values = prior.extend(nothing, frames, random, temperature=recipe.temperature)
    return Latent(values, pantry.model.hash, samples)


def _around(recipe: Recipe, pantry: Pantry) -> Latent:
    """m + √(1 - a²) (x - m) + a n, n another latent's deviations from the mean m: as lively at any amount a."""
    latent = pantry.latent(recipe.parts[0])
    random = np.random.default_rng(recipe.seed)
    if recipe.prior:
        prior = _prior(recipe, pantry)
        mean = prior.channel_means[:, None]
        other = prior.extend(np.zeros((prior.channels, 0), np.float32), latent.frames, random) - mean
    else:
        mean = latent.values.mean(axis=1, keepdims=True)
        deviation = latent.values.std(axis=1, keepdims=True)
        other = deviation * random.standard_normal(latent.values.shape, dtype=np.float32)
    kept = math.sqrt(1 - recipe.amount**2)
    values = mean + np.float32(kept) * (latent.values - mean) + np.float32(recipe.amount) * other
    return Latent(latent.values if recipe.amount == 0 else values, latent.model, latent.samples)


def _continued(recipe: Recipe, pantry: Pantry) -> Latent:
    """The part, then as many seconds that may follow; the part's last frame, half of it silence, is made anew."""
    latent = pantry.latent(recipe.parts[0])
    model = pantry.model
    samples = latent.samples + max(1, round(recipe.seconds * model.rate))
    kept = max(1, min(latent.samples // model.hop, latent.frames))
    frames = model.design.frames(samples)
    random = np.random.default_rng(recipe.seed)
    prior = _prior(recipe, pantry)
    known = latent.values[:, :kept]
    added = prior.extend(known, frames - kept, random, temperature=recipe.temperature)
    return Latent(np.concatenate([known, added], axis=1), latent.model, samples)


_WAYS: dict[str, Callable[[Recipe, Pantry], Latent]] = {
    "song": _song,
    "average": _average,
    "random": _random,
    "prior": _from_prior,
    "arithmetic": _arithmetic,
    "around": _around,
    "continue": _continued,
}


def _length(recipe: Recipe, pantry: Pantry) -> tuple[int, int]:
    """Samples and frames of `seconds`."""
    samples = max(1, round(recipe.seconds * pantry.model.rate))
    return samples, pantry.model.design.frames(samples)


def _prior(recipe: Recipe, pantry: Pantry) -> Prior:
    if not recipe.prior:
        raise UsageError(_("This recipe needs a prior; fit one to your songs first."))
    prior = pantry.prior(recipe.prior)
    if prior.model != pantry.model.hash or prior.channels != pantry.model.channels:
        raise LatentError(_("The prior is of another model than the recipe; fit one with this model."))
    return prior
