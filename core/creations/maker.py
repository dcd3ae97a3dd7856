"""`Maker`: the latents of recipes for one model and library, kept so that history plays at once, and priors."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from core.audio import Clip
from core.creations.level import Decoder, safe_clip, safe_range
from core.errors import LibraryError
from core.files import write_text_atomically
from core.i18n import _
from core.latents.edits import edited
from core.latents.latent import Latent, LatentError
from core.latents.pantry import EncodingModel, SongPantry
from core.latents.parts import Part
from core.latents.prior import fit_prior
from core.latents.recipes import Recipe, make

if TYPE_CHECKING:
    from core.data import StoredSong
    from core.library import Library

FOLDER = "creations"
SUFFIX = ".latent"
Check = Callable[[], object]
"""Raises Cancelled when the work is no longer wanted."""


class Model(EncodingModel, Decoder, Protocol):
    """A `Codec`."""

    @property
    def name(self) -> str: ...


class Maker:
    """Makes what recipes say; usable from several threads.

    Args:
        folder: the data folder; latents are kept in `creations/`, priors in `priors/`.
    """

    def __init__(self, model: Model, library: Library, folder: Path) -> None:
        self.model = model
        self._library = library
        self._kept = folder / FOLDER
        self._priors = folder / "priors"
        self._pantry = SongPantry(model, self._samples, self._priors)

    def latent(
        self, recipe: Recipe, *, progress: Callable[[float], object] = lambda share: None, check: Check = lambda: None
    ) -> Latent:
        """What the recipe makes, edits included.

        Raises:
            LatentError: it is for another model.
            MusicaeError: a song or a prior is gone, and its latent was not kept.
            Cancelled: `check` said so.
        """
        return self.with_edits(self.base(recipe, progress=progress, check=check), recipe)

    def base(
        self, recipe: Recipe, *, progress: Callable[[float], object] = lambda share: None, check: Check = lambda: None
    ) -> Latent:
        """What the recipe makes before its edits; read from its file where it was made before."""
        self._check_model(recipe)
        plain = dataclasses.replace(recipe, edits=())
        path = self._kept / kept_name(plain)
        with suppress(LatentError):  # not made before, or damaged: the recipe makes it again
            found = Latent.load(path)
            if found.model == self.model.hash:
                return found
        self._encode(plain.parts, progress, check)
        latent = make(plain, self._pantry)
        with suppress(LatentError):  # a full disk costs time at the next recall, nothing else
            latent.save(path)
        return latent

    def with_edits(self, base: Latent, recipe: Recipe) -> Latent:
        """`base` after the edits of `recipe`."""
        return edited(base, recipe.edits, self.model, self._pantry.latent)

    def clip(
        self,
        latent: Latent,
        *,
        progress: Callable[[float], object] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Clip:
        """Its sound, safe for ears."""
        return safe_clip(self.model, latent, progress=progress, cancelled=cancelled)

    def sound(self, latent: Latent, start: int, count: int) -> np.ndarray:
        """(count,) float32: a stretch of `clip`, for a player."""
        return safe_range(self.model, latent, start, count)

    def prior(
        self,
        parts: Sequence[Part],
        *,
        progress: Callable[[float], object] = lambda share: None,
        check: Check = lambda: None,
    ) -> str:
        """Digest of the prior of these parts: fitted once, then found again.

        Raises:
            UsageError: they are too few or too short to learn from.
            Cancelled: `check` said so.
        """
        named = json.dumps([self.model.hash, *(part.to_dict() for part in parts)])
        note = self._priors / f"{_digest(named)}.name"
        with suppress(OSError, LatentError):
            digest = note.read_text(encoding="utf-8").strip()
            self._pantry.prior(digest)
            return digest
        digest = self._pantry.keep_prior(fit_prior(self._encode(parts, progress, check)))
        with suppress(OSError):
            write_text_atomically(note, digest + "\n")
        return digest

    def _encode(self, parts: Sequence[Part], progress: Callable[[float], object], check: Check) -> list[Latent]:
        """The parts' latents, which the pantry keeps: what takes long is done in steps that can be given up."""
        latents = []
        for number, part in enumerate(parts):
            check()
            progress(number / len(parts))
            latents.append(self._pantry.latent(part))
        check()
        return latents

    def _check_model(self, recipe: Recipe) -> None:
        if recipe.model != self.model.hash:
            raise LatentError(
                _(
                    "This creation was made with another version of the model {name} than is here now, and only that "
                    "one can play it."
                ).format(name=self.model.name)
            )

    def _samples(self, key: str) -> StoredSong:
        store, song = self._library.samples(), self._library.song(key)
        if song is not None:
            return store.add(key, song.path)
        try:
            return store.get(key)
        except LibraryError as error:
            raise LibraryError(
                _("A song of this creation is no longer in the library: add it again, then try once more."),
                details=str(error),
            ) from error


def tidy(folder: Path, recipes: Iterable[Recipe]) -> None:
    """Delete the kept latents of the data folder that no recipe of `recipes` needs."""
    wanted = {kept_name(dataclasses.replace(recipe, edits=())) for recipe in recipes}
    for path in (folder / FOLDER).glob(f"*{SUFFIX}"):
        if path.name not in wanted:
            path.unlink(missing_ok=True)


def kept_name(recipe: Recipe) -> str:
    """Name of the file that keeps the latent of a recipe without edits; its words for people do not matter."""
    return _digest(json.dumps(dataclasses.replace(recipe, note="").to_dict(), sort_keys=True)) + SUFFIX


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
