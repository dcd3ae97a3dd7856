"""Recipes and edits as plain data: dataclasses to dicts without their defaults, and checked on the way back."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any, Protocol, TypeVar, cast

from core.errors import UsageError
from core.i18n import _

Made = TypeVar("Made")


class _Checked(Protocol):
    def check(self) -> None: ...


def to_plain(thing: Any) -> dict[str, Any]:
    """A JSON-ready dict of a dataclass; values at their default are left out."""
    values: dict[str, Any] = {}
    for entry in dataclasses.fields(thing):
        value = getattr(thing, entry.name)
        if entry.default is dataclasses.MISSING or value != entry.default:
            values[entry.name] = _plain(value)
    return values


def from_plain(kind: type[Made], values: object, parts: Mapping[str, type] | None = None) -> Made:
    """A `kind` from what `to_plain` gave, or from any JSON.

    Args:
        parts: fields that hold a dataclass, or a tuple of them.

    Raises:
        UsageError: it is something else.
    """
    if not isinstance(values, Mapping):
        raise _not_fitting(kind.__name__)
    known = {entry.name: entry for entry in dataclasses.fields(cast(Any, kind))}
    made: dict[str, Any] = {}
    for name, value in values.items():
        entry = known.get(name)
        if entry is None:
            raise _not_fitting(kind.__name__, str(name))
        made[name] = _restored(value, str(entry.type), (parts or {}).get(name), kind.__name__, name)
    if any(name not in made and entry.default is dataclasses.MISSING for name, entry in known.items()):
        raise _not_fitting(kind.__name__)
    thing = kind(**made)
    cast(_Checked, thing).check()
    return thing


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return to_plain(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value


def _restored(value: Any, declared: str, part: type | None, kind: str, name: str) -> Any:
    if value is None and "None" in declared:
        return None
    if part is not None:
        if declared.startswith("tuple"):
            if not isinstance(value, list):
                raise _not_fitting(kind, name)
            return tuple(cast(Any, part).from_dict(each) for each in value)
        return cast(Any, part).from_dict(value)
    if declared.startswith("tuple"):
        if not isinstance(value, list) or not all(type(each) is int for each in value):
            raise _not_fitting(kind, name)
        return tuple(value)
    if declared.startswith("str") and isinstance(value, str):
        return value
    if declared.startswith("int") and type(value) is int:
        return value
    if declared.startswith("float") and type(value) in (int, float) and math.isfinite(value):
        return float(value)
    raise _not_fitting(kind, name)


def _not_fitting(kind: str, name: str = "") -> UsageError:
    return UsageError(
        _("This is not something that Musicae wrote: {what} does not fit.").format(what=f"{kind} {name}".strip())
    )
