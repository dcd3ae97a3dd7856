"""The Library panel: rows fill while files are read, can be found, heard, changed and brought back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from core.library import Library, Song
from core.models.presets import DEFAULT_MODEL
from core.paths import resource
from musicae_gui.controllers.library import FAILED, KNOWN, FileRow, LibraryController
from musicae_gui.panels.library import LibraryPanel
from musicae_gui.services import Services
from musicae_gui.views.file_list import state_words
from musicae_gui.views.song_model import SongModel
from musicae_gui.window import Window
from tests.gui.conftest import Messages


class FakeView:
    def __init__(self) -> None:
        self.songs: list[Song] = []
        self.total = -1
        self.genres: list[str] = []
        self.heard = ""
        self.files: list[FileRow] = []
        self.reading: list[tuple[str, int, int, bool]] = []
        self.ever: dict[str, str] = {}

    def show_songs(self, songs: list[Song], total: int) -> None:
        self.songs, self.total = songs, total

    def show_genres(self, genres: list[str], current: str) -> None:
        self.genres = genres

    def show_heard(self, key: str) -> None:
        self.heard = key

    def show_files(self, files: Sequence[FileRow]) -> None:
        self.files = list(files)
        self.ever.update({file.path.name: file.state for file in files})

    def show_file(self, row: int, file: FileRow) -> None:
        self.files[row] = file
        self.ever[file.path.name] = file.state

    def show_reading(self, words: str, done: int, total: int, running: bool) -> None:
        self.reading.append((words, done, total, running))

    @property
    def titles(self) -> list[str]:
        return [song.title for song in self.songs]


@pytest.fixture
def view() -> FakeView:
    return FakeView()


@pytest.fixture
def controller(services: Services, view: FakeView) -> LibraryController:
    return LibraryController(view, services)


@pytest.fixture
def filled(controller: LibraryController, view: FakeView, short_songs: list[Path], qtbot: QtBot) -> FakeView:
    controller.add(short_songs)
    qtbot.waitUntil(lambda: not controller.reading and len(view.songs) == 3)
    return view


def panel_of(window: Window) -> LibraryPanel:
    return cast(LibraryPanel, window.panels["library"])


def drop(window: Window, paths: Sequence[Path]) -> None:
    """What a file manager sends."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(400, 300), copy, mime, left, none))
    QApplication.sendEvent(window, QDropEvent(QPointF(400, 300), copy, mime, left, none))


def test_a_bad_file_gets_its_sentence_and_the_others_are_added(
    controller: LibraryController,
    view: FakeView,
    messages: Messages,
    short_songs: list[Path],
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    bad = tmp_path / "broken.wav"
    bad.write_bytes(b"RIFF no sound at all")
    controller.add([*short_songs, bad, short_songs[0]])
    qtbot.waitUntil(lambda: not controller.reading and any("could not be read" in row[0] for row in view.reading))
    assert view.ever["broken.wav"] == FAILED
    assert [file.path.name for file in view.files] == ["broken.wav"]
    assert "broken.wav" in view.files[0].words
    assert messages.words == "", "the list above the songs says it"
    qtbot.waitUntil(lambda: len([song for song in view.songs if song.state == "ready"]) == 3)


def test_a_bad_file_is_told_to_a_user_who_has_gone_to_another_panel(
    controller: LibraryController, services: Services, messages: Messages, tmp_path: Path, qtbot: QtBot
) -> None:
    bad = tmp_path / "broken.wav"
    bad.write_bytes(b"RIFF no sound at all")
    services.session.state.panel = "compare"
    controller.add([bad])
    qtbot.waitUntil(lambda: not controller.reading)
    assert "1 file could not be read" in messages.words


def test_a_file_dropped_twice_is_one_song(filled: FakeView, controller: LibraryController, qtbot: QtBot) -> None:
    controller.add([filled.songs[0].path])
    qtbot.waitUntil(lambda: not controller.reading)
    assert filled.ever[filled.songs[0].path.name] == KNOWN
    assert filled.total == 3


def test_words_and_genre_narrow_the_list(filled: FakeView, controller: LibraryController, qtbot: QtBot) -> None:
    assert filled.genres == ["blues", "classical", "country"]
    controller.set_query(genre="classical")
    qtbot.waitUntil(lambda: len(filled.songs) == 1)
    assert filled.songs[0].genre == "classical"
    controller.set_query(genre="", search="no such words")
    qtbot.waitUntil(lambda: filled.songs == [] and filled.total == 3)


def test_a_changed_genre_can_be_undone(
    filled: FakeView, controller: LibraryController, services: Services, qtbot: QtBot
) -> None:
    keys = [song.key for song in filled.songs]
    before = {song.key: song.genre for song in filled.songs}
    controller.set_genre(keys, "polka")
    assert services.library.genres() == ["polka"]
    services.session.undo_stack.undo()
    assert {key: _song(services, key).genre for key in keys} == before
    services.session.undo_stack.redo()
    assert services.library.genres() == ["polka"]
    qtbot.waitUntil(lambda: filled.genres == ["polka"])


def test_a_removed_song_comes_back_with_its_words(
    filled: FakeView, controller: LibraryController, services: Services, qtbot: QtBot
) -> None:
    key = filled.songs[0].key
    controller.set_title(key, "My own title")
    controller.remove([key])
    assert services.library.song(key) is None
    services.session.undo_stack.undo()
    qtbot.waitUntil(lambda: services.library.song(key) is not None and not services.tasks.live)
    assert _song(services, key).title == "My own title"
    assert services.library.peaks(key, columns=8).any()


def test_pre_listening_loads_the_song_and_stops_at_the_second_press(
    filled: FakeView, controller: LibraryController, services: Services, qtbot: QtBot
) -> None:
    key = filled.songs[1].key
    controller.listen(key)
    qtbot.waitUntil(lambda: filled.heard == key)
    assert services.player.duration == pytest.approx(4.0, abs=0.01)
    assert filled.songs[1].title in services.player.title
    controller.listen(key, at=2.0)
    assert services.player.seconds == pytest.approx(2.0)
    services.player.load(None)
    assert filled.heard == ""


def test_the_demo_songs_are_composed_once(
    controller: LibraryController, services: Services, view: FakeView, qtbot: QtBot
) -> None:
    controller.add_demo_songs()
    qtbot.waitUntil(lambda: services.library.count() >= 1, timeout=30000)
    controller.stop_reading()  # the others would only cost time here
    qtbot.waitUntil(lambda: not controller.reading, timeout=30000)
    song = services.library.songs()[0]
    assert song.demo
    assert json.loads(song.path.with_suffix(".json").read_text())["style"] == song.genre


def test_a_new_list_keeps_selection_and_tells_only_differences(
    services: Services, short_songs: list[Path], qtbot: QtBot
) -> None:
    song = services.library.add(short_songs[0])
    songs = [replace(song, key=f"{number:05}", title=f"Song {number}") for number in range(1000)]
    model = SongModel(lambda _key, _genre: None, lambda _key, _title: None)
    model.set_songs(songs[::2])
    told: list[str] = []
    model.rowsInserted.connect(lambda *_where: told.append("inserted"))
    model.rowsRemoved.connect(lambda *_where: told.append("removed"))
    model.modelReset.connect(lambda: told.append("reset"))
    model.dataChanged.connect(lambda *_where: told.append("changed"))
    wanted = [*songs[:4:2], songs[3], replace(songs[4], genre="x"), *songs[6:900:2]]
    assert model.set_songs(wanted)
    assert list(model.songs) == wanted
    assert told == ["removed", "inserted", "changed"]
    assert model.row("00003") == 2
    assert not model.set_songs(wanted[::-1])
    assert list(model.songs) == wanted[::-1]


def test_a_dropped_folder_fills_the_rows(window: Window, short_songs: list[Path], qtbot: QtBot) -> None:
    panel = panel_of(window)
    drop(window, [short_songs[0].parent.parent])
    qtbot.waitUntil(lambda: panel.model.rowCount() == 3 and not panel.controller.reading)
    assert panel.count.text() == "3 songs"
    panel.table.viewport().repaint()
    qtbot.waitUntil(lambda: panel.waveforms.peaks(panel.model.song(0).key) is not None)
    assert cast(np.ndarray, panel.waveforms.peaks(panel.model.song(0).key)).max() > 0.01


def test_an_empty_library_says_what_to_do(window: Window, qtbot: QtBot) -> None:
    panel = panel_of(window)
    qtbot.waitUntil(lambda: panel.pages.currentWidget() is panel.empty)
    assert panel.open_first.isVisible()
    assert "Drop" in panel.empty.sentence.text()


def test_while_the_first_songs_are_read_nothing_says_that_there_are_none(window: Window) -> None:
    panel = panel_of(window)
    panel.show_reading("Composing demo songs", 0, 10, True)
    panel.show_songs([], 0)
    assert panel.pages.currentWidget() is panel.table
    panel.show_reading("", 0, 0, False)
    assert panel.pages.currentWidget() is panel.empty


def test_escape_leaves_the_search_and_shows_all_songs(window: Window, short_songs: list[Path], qtbot: QtBot) -> None:
    panel = panel_of(window)
    window.add_songs(short_songs)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 3 and not panel.controller.reading)
    panel.search.setFocus()
    qtbot.keyClicks(panel.search, panel.model.song(0).title)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    qtbot.keyClick(panel.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 3)
    assert panel.table.hasFocus()


def test_a_file_that_cannot_be_read_is_named_without_its_folder(tmp_path: Path) -> None:
    file = tmp_path / "notes.mp3"
    words = state_words(FileRow(file, FAILED, f"{file} is damaged."))
    assert words == "notes.mp3 is damaged."


def test_a_dropped_model_is_shown_in_compare_beside_the_first_ones(window: Window, qtbot: QtBot) -> None:
    file = resource("models", "klt.musicae")
    drop(window, [file])
    qtbot.waitUntil(lambda: window.services.session.state.panel == "compare")
    shown = window.services.session.state.compare_models
    assert str(file) in shown
    assert DEFAULT_MODEL in shown
    assert window.services.library.count() == 0


def test_keys_in_the_table_listen_and_open(window: Window, short_songs: list[Path], qtbot: QtBot) -> None:
    panel, session = panel_of(window), window.services.session
    window.add_songs(short_songs)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 3 and not panel.controller.reading)
    opened: list[tuple[str, list[str]]] = []
    session.panel_requested.disconnect()  # the other panel is not this test's matter
    session.open_in.connect(lambda name, keys: opened.append((name, keys)))
    panel.table.selectRow(1)
    panel.table.setFocus()
    key = panel.model.song(1).key
    assert session.state.selected == [key]
    qtbot.keyClick(panel.table, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: panel.table.heard == key)
    qtbot.keyClick(panel.table, Qt.Key.Key_Return)
    assert opened == [("compare", [key])]
    menu = panel.make_menu()
    next(action for action in menu.actions() if action.text() == "Set as Morph B").trigger()
    assert opened[-1] == ("morph", ["", key])


def test_a_genre_typed_into_a_row_holds_for_the_selection(
    window: Window, short_songs: list[Path], qtbot: QtBot
) -> None:
    panel = panel_of(window)
    window.add_songs(short_songs)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 3 and not panel.controller.reading)
    panel.table.selectAll()
    panel.table.edit_genre()
    editor = panel.table.findChild(QComboBox, "library.genre_editor")
    assert editor is not None
    line = editor.lineEdit()
    assert line is not None
    line.selectAll()
    qtbot.keyClicks(line, "polka")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.services.library.genres() == ["polka"])


def test_ten_thousand_songs_are_listed_searched_and_scrolled(
    window: Window, short_songs: list[Path], qtbot: QtBot
) -> None:
    services, panel = window.services, panel_of(window)
    _fill(services.library, services.library.add(short_songs[0]), 10_000)
    panel.controller.refresh()
    qtbot.waitUntil(lambda: panel.model.rowCount() == 10_001, timeout=20000)
    panel.table.scrollToBottom()
    panel.table.selectRow(10_000)
    panel.search.setText("number 9999")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1, timeout=20000)
    assert panel.model.song(0).title == "Song number 9999"
    assert panel.count.text() == "1 of 10,001 songs"


def _fill(library: Library, song: Song, count: int) -> None:
    """Rows as a scan writes them, without ten thousand files."""
    from core.library.songs import put_song

    with library._database.writing() as connection:
        for number in range(count):
            put_song(connection, replace(song, key=f"{number:064}", title=f"Song number {number}"))


def _song(services: Services, key: str) -> Song:
    song = services.library.song(key)
    assert song is not None
    return song
