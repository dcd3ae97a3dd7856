"""The Settings panel: made from the declared preferences; a change is checked, saved and holds at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from core.preferences import Preferences, load_preferences
from musicae_gui.controllers.settings import Field, SettingsController, choice_words
from musicae_gui.panels.settings import SettingsPanel
from musicae_gui.preferences import PreferenceStore
from musicae_gui.services import Services
from tests.gui.conftest import Messages


class FakeView:
    def __init__(self) -> None:
        self.fields: list[Field] = []
        self.values: dict[str, object] = {}
        self.choices: dict[str, list[tuple[str, str]]] = {}
        self.notes: dict[str, str] = {}

    def show_fields(self, fields: Sequence[Field]) -> None:
        self.fields = list(fields)

    def show_value(self, name: str, value: object) -> None:
        self.values[name] = value

    def show_choices(self, name: str, choices: Sequence[tuple[str, str]], value: object) -> None:
        self.choices[name] = list(choices)

    def show_note(self, name: str, text: str) -> None:
        self.notes[name] = text


@pytest.fixture
def view() -> FakeView:
    return FakeView()


@pytest.fixture
def controller(services: Services, view: FakeView) -> SettingsController:
    return SettingsController(view, services)


def test_every_visible_preference_has_a_field_with_words(view: FakeView, controller: SettingsController) -> None:
    declared = [spec.name for spec in Preferences.specs() if not spec.hidden]
    assert [field.spec.name for field in view.fields] == declared
    assert all(field.label and field.help for field in view.fields)
    for field in view.fields:
        for choice, words in field.choices:
            assert words, (field.spec.name, choice)


def test_a_change_is_saved_and_told(
    view: FakeView, controller: SettingsController, services: Services, data_dir: Path
) -> None:
    controller.change("theme", "dark")
    assert load_preferences(data_dir).theme == "dark"
    assert view.values == {"theme": "dark"}


def test_a_value_out_of_range_is_explained_and_put_back(
    view: FakeView, controller: SettingsController, messages: Messages, data_dir: Path
) -> None:
    controller.change("level", -1.0)
    assert "level is -1" in messages.words
    assert view.values["level"] == Preferences().level
    assert load_preferences(data_dir) == Preferences()


def test_the_command_line_overrides_for_one_start_only(data_dir: Path, qtbot: QtBot) -> None:
    data_dir.mkdir()
    store = PreferenceStore(data_dir, theme="dark", language=None)
    assert store.values.theme == "dark"
    store.set("wav_format", "PCM_24")
    saved = load_preferences(data_dir)
    assert (saved.theme, saved.wav_format) == ("system", "PCM_24")


def test_the_form_edits_the_preferences(services: Services, qtbot: QtBot) -> None:
    panel = SettingsPanel(services)
    qtbot.addWidget(panel)
    chooser = panel.form.editors["wav_format"]
    assert isinstance(chooser, QComboBox)
    chooser.setCurrentIndex(chooser.findData("FLOAT"))
    chooser.activated.emit(chooser.currentIndex())
    assert services.preferences.values.wav_format == "FLOAT"
    services.preferences.set("wav_format", "PCM_24")
    assert chooser.currentData() == "PCM_24"
    for editor in panel.form.editors.values():
        assert editor.accessibleName()
        assert editor.toolTip()
    qtbot.waitUntil(lambda: not services.tasks.live)


def test_choices_read_as_words() -> None:
    assert choice_words("language", "es") == "Español"
    assert choice_words("theme", "dark") == "Dark"


def test_the_device_in_use_is_named_with_the_reason(
    view: FakeView, controller: SettingsController, qtbot: QtBot
) -> None:
    from core.devices import choose_device, device_words

    controller.change("compute", "cpu")
    qtbot.waitUntil(lambda: view.notes.get("compute") == " ".join(device_words("cpu")), timeout=60_000)
    assert "processor" in view.notes["compute"]
    absent = next(name for name in ("mps", "cuda") if name != choose_device("auto").type)
    controller.change("compute", absent)
    qtbot.waitUntil(lambda: f"no {absent.upper()} device" in view.notes["compute"], timeout=60_000)
    controller.change("compute", "auto")
    qtbot.waitUntil(lambda: view.notes["compute"] == " ".join(device_words("auto")), timeout=60_000)


def test_the_panel_shows_the_device_below_its_field(services: Services, qtbot: QtBot) -> None:
    panel = SettingsPanel(services)
    qtbot.addWidget(panel)
    note = panel.form.notes["compute"]
    assert note.isHidden()
    panel.shown()
    qtbot.waitUntil(lambda: "Models run on" in note.text(), timeout=60_000)
    assert not note.isHidden()
