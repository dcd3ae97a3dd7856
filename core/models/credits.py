"""The music that the shipped models learned from, as their files say. Needs no torch."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import MusicaeError
from core.models.card import ModelCard
from core.models.checkpoint import read_model_header
from core.models.families import families


@dataclass(frozen=True)
class ShippedModel:
    """A model file that comes with the program, by the name of its family."""

    name: str
    card: ModelCard


def shipped_models() -> list[ShippedModel]:
    """Every shipped model once; a file that cannot be read is left out."""
    found = []
    for family in families():
        if family.whole.path is None:
            continue
        try:
            found.append(ShippedModel(family.name, read_model_header(family.whole.path).card))
        except MusicaeError:
            continue
    return found
