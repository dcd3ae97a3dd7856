"""Sessions saved as files and opened again, in a whole window over real services."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from core.preferences import Preferences, save_preferences
from core.session import load_session
from core.session_file import SUFFIX
from musicae_gui import studio as studio_module
from musicae_gui.panels import PANELS
from musicae_gui.panels.morph import MorphPanel
from musicae_gui.studio import Studio
from musicae_gui.views.session_dialogs import ask_to_save_changes
from tests.tones import songs

__all__ = ["songs"]

Start = Callable[..., Studio]


@pytest.fixture
def start(qtbot: QtBot, tmp_path: Path) -> Iterator[Start]:
    """Starts the program over a data folder; one that runs is closed before the next and at the end."""
    running: list[Studio] = []

    def end() -> None:
        while running:
            assert running.pop().close()

    def begin(name: str, *paths: Path) -> Studio:
        end()
        folder = tmp_path / name
        if not folder.exists():
            folder.mkdir()
            save_preferences(folder, Preferences(demo_songs=False))
        studio = Studio(folder, language="en")
        running.append(studio)
        studio.start(paths)
        qtbot.waitUntil(lambda: studio.ready_seconds > 0, timeout=60_000)
        return studio

    yield begin
    end()


def told(studio: Studio) -> list[str]:
    return [card.sentence for card in studio.window.notifications.cards]


def morph(studio: Studio) -> MorphPanel:
    panel = studio.window.panels["morph"]
    assert isinstance(panel, MorphPanel)
    return panel


def worked(qtbot: QtBot, start: Start, songs: list[Path]) -> Studio:
    """A window in which Morph goes between two of the songs."""
    studio = start("first", *songs)
    library = studio.services.library
    qtbot.waitUntil(lambda: library.count(state="ready") == 3, timeout=30_000)
    keys = [song.key for song in library.songs()]
    state = studio.services.session.state
    state.morph_a, state.morph_b, state.compare_song = keys[2], keys[0], keys[1]
    studio.window.show_panel("morph")
    qtbot.waitUntil(lambda: morph(studio).controller.pair is not None, timeout=60_000)
    morph(studio).controller.set_at(0.25)
    morph(studio).controller.choose_way("bands")
    return studio


def test_another_computer_goes_on_where_the_session_was_saved(
    qtbot: QtBot, start: Start, songs: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = worked(qtbot, start, songs)
    path = tmp_path / f"Evening{SUFFIX}"
    monkeypatch.setattr(studio_module, "ask_where_to_save", lambda *_arguments: path)
    first.window.saving_wanted.emit(False)
    assert first.window.windowTitle() == "Evening[*] – Musicae"
    assert not first.window.isWindowModified()
    before = first.services.session.state
    second = start("second", path)
    qtbot.waitUntil(lambda: "Evening" in second.window.windowTitle(), timeout=30_000)
    qtbot.waitUntil(lambda: morph(second).controller.pair is not None, timeout=60_000)
    after = second.services.session.state
    assert after.panel == "morph"
    assert (after.morph_a, after.morph_b, after.morph_at) == (before.morph_a, before.morph_b, 0.25)
    assert after.compare_song == before.compare_song
    assert morph(second).controller.way == "bands"
    morph(second).controller.toggle()
    assert second.services.player.source is not None
    assert second.services.player.title == "550 Hz to 330 Hz"
    assert not second.sessions.modified
    morph(second).controller.set_at(0.75)
    qtbot.waitUntil(second.window.isWindowModified, timeout=20_000)


def test_a_file_that_is_no_session_changes_nothing(
    qtbot: QtBot, start: Start, songs: list[Path], tmp_path: Path
) -> None:
    studio = worked(qtbot, start, songs)
    state, window = studio.services.session.state, studio.window
    for name, content in ((f"broken{SUFFIX}", "{"), (f"foreign{SUFFIX}", "[]")):
        (tmp_path / name).write_text(content)
        studio.window.open_paths([tmp_path / name])
        assert any(name in sentence for sentence in told(studio))
    assert studio.services.session.state is state
    assert studio.window is window
    assert morph(studio).controller.pair is not None


def test_values_from_anywhere_stop_no_panel(qtbot: QtBot, start: Start, songs: list[Path], tmp_path: Path) -> None:
    studio = worked(qtbot, start, songs)
    path = tmp_path / f"odd{SUFFIX}"
    assert studio.sessions._write(path)
    document = json.loads(path.read_text())
    document["state"]["panels"] = {
        "compare": {"files": 5, "list": "x", "beside": 3, "views": 7, "sizes": [], "refine": None},
        "morph": {"curve": {}, "region": [None, "x"], "sizes": 5, "c": "\ud800", "pad": True, "stretches": [1]},
        "create": {"wish": {"songs": 5, "seed": "x"}},
        "study": {"epochs": "x", "minutes": 1e30, "outside": 5, "folders": [[1]], "quick": {}, "folder": 4},
        "train": {"speeds": 5},
        "map": {"songs": [], "by": {}, "beside": 7, "others": "x"},
    }
    path.write_text(json.dumps(document))
    studio.sessions.open(path)
    qtbot.waitUntil(lambda: studio.sessions.name == "odd", timeout=30_000)
    for spec in PANELS:
        studio.window.show_panel(spec.key)
        qtbot.waitUntil(lambda: not studio.services.tasks.live, timeout=60_000)
    assert not [sentence for sentence in told(studio) if "unexpected" in sentence]


def test_what_was_before_comes_back(qtbot: QtBot, start: Start, songs: list[Path], tmp_path: Path) -> None:
    studio = worked(qtbot, start, songs)
    assert studio.sessions._write(tmp_path / f"one{SUFFIX}")
    studio.services.session.state.file = ""  # another piece of work, never saved
    morph(studio).controller.set_at(0.9)
    studio.window.open_paths([tmp_path / f"one{SUFFIX}"])
    qtbot.waitUntil(lambda: studio.sessions.name == "one", timeout=30_000)
    assert studio.services.session.state.morph_at == 0.25
    card = next(card for card in studio.window.notifications.cards if "one" in card.sentence)
    card._action.click()
    assert studio.services.session.state.morph_at == 0.9
    assert studio.window.windowTitle() == "Musicae"
    qtbot.waitUntil(lambda: morph(studio).controller.pair is not None, timeout=60_000)
    studio.services.session.set_model("klt-1378")  # nothing of the windows before is left to stumble over it
    qtbot.waitUntil(lambda: morph(studio).controller.model == "klt-1378", timeout=60_000)


def test_changes_are_asked_about_before_another_session_comes(
    qtbot: QtBot, start: Start, songs: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = worked(qtbot, start, songs)
    one, two = tmp_path / f"one{SUFFIX}", tmp_path / f"two{SUFFIX}"
    assert studio.sessions._write(two)
    assert studio.sessions._write(one)
    answers, asked = ["cancel", "save"], []

    def ask(_parent: Any, name: str) -> str:
        asked.append(name)
        return answers.pop(0)

    monkeypatch.setattr(studio_module, "ask_to_save_changes", ask)
    morph(studio).controller.set_at(0.6)
    studio.sessions.open(two)
    assert (asked, studio.sessions.name) == (["one"], "one")
    studio.sessions.open(two)
    qtbot.waitUntil(lambda: studio.sessions.name == "two", timeout=30_000)
    assert studio.services.session.state.morph_at == 0.25
    studio.sessions.open(one)
    qtbot.waitUntil(lambda: studio.sessions.name == "one", timeout=30_000)
    assert studio.services.session.state.morph_at == 0.6
    assert not answers


def test_a_song_that_is_nowhere_is_asked_for_and_those_beside_it_are_found(
    qtbot: QtBot, start: Start, songs: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"one{SUFFIX}"
    assert worked(qtbot, start, songs).sessions._write(path)
    elsewhere = tmp_path / "elsewhere"
    shutil.move(tmp_path / "music", elsewhere)
    asked: list[str] = []

    def ask(song: Any, *_rest: object) -> Path:
        asked.append(song.title)
        return elsewhere / song.path.name

    monkeypatch.setattr(studio_module, "ask_for_song", ask)
    second = start("second", path)
    qtbot.waitUntil(lambda: any("3 songs" in sentence for sentence in told(second)), timeout=30_000)
    assert {song.state for song in second.services.library.songs()} == {"missing"}
    card = next(card for card in second.window.notifications.cards if "3 songs" in card.sentence)
    card._action.click()
    qtbot.waitUntil(lambda: second.services.library.count(state="ready") == 3, timeout=30_000)
    assert len(asked) == 1
    qtbot.waitUntil(lambda: morph(second).controller.pair is not None, timeout=60_000)


def test_the_open_session_is_open_at_the_next_start(
    qtbot: QtBot, start: Start, songs: list[Path], tmp_path: Path
) -> None:
    studio = worked(qtbot, start, songs)
    assert studio.sessions._write(tmp_path / f"one{SUFFIX}")
    studio.services.session.save()
    assert load_session(tmp_path / "first" / "session.json").file == str(tmp_path / f"one{SUFFIX}")
    again = start("first")
    assert again.window.windowTitle() == "one[*] – Musicae"
    assert not again.window.isWindowModified()


def test_the_question_about_changes_has_three_answers(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    from PySide6.QtWidgets import QMessageBox, QWidget

    parent = QWidget()
    qtbot.addWidget(parent)
    for words, answer in (("Save", "save"), ("Do not save", "discard"), ("Cancel", "cancel")):

        def click(box: QMessageBox, words: str = words) -> int:
            next(button for button in box.buttons() if button.text() == words).click()
            return 0

        monkeypatch.setattr(QMessageBox, "exec", click)
        assert ask_to_save_changes(parent, "one") == answer
