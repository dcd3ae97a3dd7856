"""The ingredients of recipes for one model: parts of stored songs, encoded when asked for, and priors kept in files."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Protocol

from core.audio import Clip
from core.errors import LibraryError, UsageError
from core.i18n import _
from core.latents.collection import StoredSamples
from core.latents.latent import Latent
from core.latents.model import Encoder, LatentModel
from core.latents.parts import Part
from core.latents.prior import Prior

SUFFIX = ".prior"
KEPT_FLOATS = 16 << 20
_DIGEST = re.compile(r"[0-9a-f]{32}")


class EncodingModel(LatentModel, Encoder, Protocol):
    """A `Codec`."""


class SongPantry:
    """`core.latents.recipes.Pantry` over decoded songs; usable from several threads.

    Args:
        samples: gives a song's decoded samples by its key, such as `SampleStore.get`.
        folder: where priors lie; made when the first one is kept.
    """

    def __init__(self, model: EncodingModel, samples: Callable[[str], StoredSamples], folder: Path) -> None:
        self.model = model
        self._samples = samples
        self._folder = folder
        self._encoded: OrderedDict[Part, Latent] = OrderedDict()
        self._priors: dict[str, Prior] = {}
        self._lock = Lock()

    def latent(self, part: Part) -> Latent:
        """The encoded part; those asked for lately are kept.

        Raises:
            LibraryError: the song is not stored any more.
            UsageError: the part lies outside of the song.
        """
        with self._lock:
            if part in self._encoded:
                self._encoded.move_to_end(part)
                return self._encoded[part]
        latent = self.model.encode(self._clip(part))
        with self._lock:
            self._encoded[part] = latent
            while len(self._encoded) > 1 and sum(each.size for each in self._encoded.values()) > KEPT_FLOATS:
                self._encoded.popitem(last=False)
        return latent

    def keep_prior(self, prior: Prior) -> str:
        """Write a prior to a file and return the digest that recipes name it by.

        Raises:
            LibraryError: the folder cannot be written.
        """
        path = self._path(prior.digest)
        try:
            if not path.exists():
                prior.save(path)
        except OSError as error:
            raise LibraryError(
                _("The prior cannot be kept in {path}: {reason}.").format(path=path, reason=error.strerror or error),
                path=path,
                details=str(error),
            ) from error
        self._priors[prior.digest] = prior
        return prior.digest

    def prior(self, digest: str) -> Prior:
        """The prior of that digest.

        Raises:
            LatentError: its file is gone or damaged.
            UsageError: that is no digest.
        """
        if digest not in self._priors:
            self._priors[digest] = Prior.load(self._path(digest))
        return self._priors[digest]

    def _clip(self, part: Part) -> Clip:
        song = self._samples(part.song)
        first = round(part.start * song.rate)
        count = song.frames - first if part.seconds is None else round(part.seconds * song.rate)
        if count < 1 or first >= song.frames:
            raise UsageError(
                _("The song is {seconds:.1f} s long; there is nothing from {start:.1f} s on.").format(
                    seconds=song.frames / song.rate, start=part.start
                )
            )
        return Clip(song.read(first, min(count, song.frames - first)), song.rate)

    def _path(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):  # it may come from a file of somebody else's
            raise UsageError(_("{name!r} is not the name of a prior.").format(name=digest[:40]))
        return self._folder / f"{digest}{SUFFIX}"
