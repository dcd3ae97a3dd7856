"""Settings declared once: type, default, range, words and help in the dataclass field itself.

The form in the window, the option of the command line and the validation are all made from that
declaration. A class of settings is a frozen dataclass whose fields are made by `setting`:

>>> @dataclass(frozen=True)
... class Example(Settings):
...     epochs: int = setting(40, help="Passes over the training songs.", low=1, high=100_000)
>>> Example().epochs
40
>>> Example.specs()[0].option
'--epochs'
>>> Example(epochs=0)
Traceback (most recent call last):
core.errors.UsageError: epochs is 0; it must be at least 1.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from core.errors import UsageError
from core.files import write_text_atomically
from core.i18n import _

SettingsT = typing.TypeVar("SettingsT", bound="Settings")


@dataclass(frozen=True)
class SettingSpec:
    """What one setting is; `kind` is bool, int, float or str, `low` and `high` are inclusive."""

    name: str
    kind: type
    default: Any
    help: str
    label: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""
    hidden: bool = False  # remembered, but shown in no form and no option (window geometry)

    @property
    def option(self) -> str:
        return "--" + self.name.replace("_", "-")

    def check(self, value: Any) -> Any:
        """`value` as this setting's type.

        Raises:
            UsageError: wrong type, not finite, out of range, or not one of the choices.
        """
        if self.kind is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        right: bool = isinstance(value, self.kind) and not (self.kind is int and isinstance(value, bool))
        if not right:
            raise UsageError(
                _("{name} is {value!r}; it must be of type {kind}.").format(
                    name=self.name, value=value, kind=self.kind.__name__
                )
            )
        if self.kind is float and not math.isfinite(value):
            raise UsageError(_("{name} is {value}; it must be a finite number.").format(name=self.name, value=value))
        if self.low is not None and value < self.low:
            raise UsageError(
                _("{name} is {value}; it must be at least {low}.").format(name=self.name, value=value, low=self.low)
            )
        if self.high is not None and value > self.high:
            raise UsageError(
                _("{name} is {value}; it must be at most {high}.").format(name=self.name, value=value, high=self.high)
            )
        if self.choices and value not in self.choices:
            raise UsageError(
                _("{name} is {value!r}; choose one of {choices}.").format(
                    name=self.name, value=value, choices=", ".join(repr(choice) for choice in self.choices)
                )
            )
        return value


def setting(
    default: Any,
    *,
    help: str,  # noqa: A002 - the field's standard word, as in argparse
    label: str = "",
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    unit: str = "",
    hidden: bool = False,
) -> Any:
    """A dataclass field that carries its `SettingSpec`; `label` is its short name in a form."""
    facts = {"help": help, "label": label, "low": low, "high": high, "choices": choices, "unit": unit, "hidden": hidden}
    return dataclasses.field(default=default, metadata={"setting": facts})


@dataclass(frozen=True)
class Settings:
    """Base of the settings classes: validated when made, saved as versioned JSON."""

    def __post_init__(self) -> None:
        for spec in self.specs():
            object.__setattr__(self, spec.name, spec.check(getattr(self, spec.name)))

    @classmethod
    def specs(cls) -> list[SettingSpec]:
        """The declared settings, in the order of the class."""
        kinds = typing.get_type_hints(cls)
        return [
            SettingSpec(field.name, kinds[field.name], field.default, **field.metadata["setting"])
            for field in dataclasses.fields(cls)
            if "setting" in field.metadata
        ]

    def replace(self, **changes: Any) -> Self:
        return dataclasses.replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], *, strict: bool = False) -> Self:
        """Settings from saved values.

        What is unknown or out of range falls back to its default, so that a file of another version never
        blocks a start; with `strict` it raises UsageError.
        """
        known: dict[str, Any] = {}
        specs = {spec.name: spec for spec in cls.specs()}
        for name, value in values.items():
            if name not in specs:
                if strict:
                    raise UsageError(_("{name} is not a setting here.").format(name=name))
                continue
            try:
                known[name] = specs[name].check(value)
            except UsageError:
                if strict:
                    raise
        return cls(**known)


def add_arguments(parser: argparse.ArgumentParser, settings: type[Settings], *, skip: tuple[str, ...] = ()) -> None:
    """Give `parser` one option for each visible setting; absent options stay out of the parsed namespace."""
    for spec in settings.specs():
        if spec.hidden or spec.name in skip:
            continue
        words = _(spec.help) + (f" [{spec.default}]" if spec.default not in ("", None) else "")
        if spec.kind is bool:
            parser.add_argument(
                spec.option,
                action=argparse.BooleanOptionalAction,
                default=argparse.SUPPRESS,
                help=words.replace("%", "%%"),
            )
        else:
            parser.add_argument(
                spec.option,
                type=spec.kind,
                default=argparse.SUPPRESS,
                choices=spec.choices or None,
                metavar=spec.unit.upper() or None,
                help=words.replace("%", "%%"),
            )


def given_arguments(namespace: argparse.Namespace, settings: type[Settings]) -> dict[str, Any]:
    """The settings that the user gave on the command line."""
    names = {spec.name for spec in settings.specs()}
    return {name: value for name, value in vars(namespace).items() if name in names}


def save(path: Path, settings: Settings, *, version: int) -> None:
    """Write `settings` as JSON under a temporary name, synced, then renamed."""
    write_text_atomically(path, json.dumps({"version": version, **settings.to_dict()}, indent=2) + "\n")


def load(path: Path, kind: type[SettingsT]) -> SettingsT:
    """Settings from `path`; a missing, damaged or older file gives defaults for what it does not hold."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return kind()
    return kind.from_dict(values) if isinstance(values, dict) else kind()
