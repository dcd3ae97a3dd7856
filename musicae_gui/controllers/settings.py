"""Joins the preferences, as they are declared in core, to a form; a change holds at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject

from core.errors import MusicaeError
from core.i18n import LANGUAGES, _
from core.preferences import Preferences

if TYPE_CHECKING:
    from core.settings import SettingSpec
    from musicae_gui.services import Services


GROUP = "settings.compute"


@dataclass(frozen=True)
class Field:
    """One row of the form; `choices` holds values with their words, empty for a number or a switch."""

    spec: SettingSpec
    label: str
    help: str
    value: object
    choices: tuple[tuple[str, str], ...] = ()


class SettingsView(Protocol):
    def show_fields(self, fields: Sequence[Field]) -> None: ...
    def show_value(self, name: str, value: object) -> None: ...
    def show_choices(self, name: str, choices: Sequence[tuple[str, str]], value: object) -> None: ...
    def show_note(self, name: str, text: str) -> None: ...


class SettingsController(QObject):
    """One a Settings panel."""

    def __init__(self, view: SettingsView, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._services = services
        self._preferences = services.preferences
        # These choices depend on the machine and on what was trained, not on the declaration.
        self._sources: dict[str, Callable[[], list[tuple[str, str]]]] = {"device": self._devices, "model": self._models}
        view.show_fields(self.fields())
        services.preferences.changed.connect(self._changed)
        services.player.devices_changed.connect(self.refresh_choices)

    def _changed(self, name: str, value: object) -> None:
        self._view.show_value(name, value)

    def fields(self) -> list[Field]:
        """The visible preferences, in the order in which they are declared."""
        return [
            Field(spec, _(spec.label), _(spec.help), getattr(self._preferences.values, spec.name), self._choices(spec))
            for spec in Preferences.specs()
            if not spec.hidden
        ]

    def change(self, name: str, value: object) -> None:
        """Take a value from the form; one that does not fit is explained and put back."""
        try:
            self._preferences.set(name, value)
        except MusicaeError as error:
            self._services.notify(error)
            self._view.show_value(name, getattr(self._preferences.values, name))
            return
        if name == "model":
            self._services.session.set_model(str(value))
        elif name == "compute":
            self.refresh_device()

    def refresh_choices(self) -> None:
        """Devices came or went, or a model was trained."""
        for name, source in self._sources.items():
            self._view.show_choices(name, source(), getattr(self._preferences.values, name))

    def refresh_device(self) -> None:
        """Say where models run, why there, and how to have them run elsewhere; torch may have to be loaded for it."""
        compute = self._preferences.values.compute
        self._services.tasks.run(
            lambda _context: _device_words(compute),
            done=lambda sentences: self._view.show_note("compute", " ".join(sentences)),
            group=GROUP,
        )

    def close_down(self) -> None:
        """The panel goes away; what is still asked for has nobody to show it."""
        self._services.tasks.cancel(GROUP)

    def _choices(self, spec: SettingSpec) -> tuple[tuple[str, str], ...]:
        if spec.name in self._sources:
            return tuple(self._sources[spec.name]())
        return tuple((choice, choice_words(spec.name, choice)) for choice in spec.choices)

    def _devices(self) -> list[tuple[str, str]]:
        known = [(device.id, device.name) for device in self._services.player.devices()]
        chosen = self._preferences.values.device
        if chosen and chosen not in [key for key, _name in known]:
            known.append((chosen, _("{device} (absent)").format(device=chosen)))
        return [("", _("System default")), *known]

    def _models(self) -> list[tuple[str, str]]:
        from core.models.families import families

        known = [(family.whole.name, family.name) for family in families() if family.whole.trained]
        known += [
            (str(run.folder), _("{preset} trained in {folder}").format(preset=run.preset, folder=run.folder.name))
            for run in self._services.library.runs()
            if (run.folder / "best.musicae").is_file()
        ]
        chosen = self._preferences.values.model
        if chosen and chosen not in [key for key, _name in known]:
            known.append((chosen, chosen))
        return [("", _("Musicae's default")), *known]


def choice_words(name: str, choice: str) -> str:
    """How a declared choice reads in the form."""
    if name == "language":
        return LANGUAGES.get(choice, _("As the system"))
    words = {
        "system": _("As the system"),
        "light": _("Light"),
        "dark": _("Dark"),
        "auto": _("Automatic"),
        "cpu": _("Processor (CPU)"),
        "cuda": _("NVIDIA graphics card (CUDA)"),
        "mps": _("Apple graphics (MPS)"),
        "PCM_16": _("16 bit"),
        "PCM_24": _("24 bit"),
        "FLOAT": _("32 bit float"),
    }
    return words.get(choice, choice)


def _device_words(compute: str) -> list[str]:
    from core.devices import device_words

    return device_words(compute)
