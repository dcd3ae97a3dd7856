"""A piece of a song by name: what recipes and edits refer to, so that they stay plain data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.errors import UsageError
from core.i18n import _
from core.latents.latent import Latent
from core.latents.plain import from_plain, to_plain


@dataclass(frozen=True)
class Part:
    """`seconds` from `start` on (None for the rest) of the song with that content key."""

    song: str
    start: float = 0.0
    seconds: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return to_plain(self)

    @classmethod
    def from_dict(cls, values: object) -> Part:
        """What `to_dict` gave; raises UsageError for anything else."""
        return from_plain(cls, values)

    def check(self) -> None:
        """Raises UsageError where no song can have such a part."""
        if not self.song or self.start < 0 or (self.seconds is not None and self.seconds <= 0):
            raise UsageError(_("A part of a song needs its key, a start from 0 on and a length above 0."))


PartReader = Callable[[Part], Latent]
"""Encodes a part; its errors (a song that is gone) are sentences."""
