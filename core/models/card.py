"""`ModelCard`: what a model file says about where it comes from. Needs no torch."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Credit:
    """A recording that a model was made from; `checksum` is the SHA-256 of its file, or a content key."""

    title: str
    author: str = ""
    licence: str = ""
    source: str = ""
    checksum: str = ""


@dataclass(frozen=True)
class ModelCard:
    """Origin of a model.

    Args:
        name: what to call it (a preset's name).
        split: "train", "validation" and "test", each a tuple of song keys.
        training: summary of the training or fit: numbers and words for JSON.
        credits: the recordings.
    """

    name: str = ""
    split: dict[str, tuple[str, ...]] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)
    credits: tuple[Credit, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ModelCard:
        """A card from JSON; what does not fit is left out, since a card never keeps a model from working."""
        split = values.get("split")
        training = values.get("training")
        credits_ = values.get("credits")
        return cls(
            name=_text(values.get("name")),
            split={
                _text(part): tuple(_text(key) for key in keys)
                for part, keys in (split if isinstance(split, Mapping) else {}).items()
                if isinstance(keys, list | tuple)
            },
            training=dict(training) if isinstance(training, Mapping) else {},
            credits=tuple(
                Credit(**{name.name: _text(each.get(name.name)) for name in dataclasses.fields(Credit)})
                for each in (credits_ if isinstance(credits_, list | tuple) else ())
                if isinstance(each, Mapping)
            ),
        )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
