"""The song chooser while it is typed into."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from core.library import Song
from musicae_gui.services import Services
from musicae_gui.views.song_chooser import SongChooser


def library_songs(services: Services, files: list[Path]) -> list[Song]:
    services.library.scan(files)
    return services.library.songs()


def test_a_list_that_is_read_anew_leaves_a_half_typed_name_alone(
    qtbot: QtBot, services: Services, short_songs: list[Path]
) -> None:
    songs = library_songs(services, short_songs)
    window, chooser, other = QWidget(), SongChooser("song", "Song"), QLineEdit()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    column.addWidget(chooser)
    column.addWidget(other)
    window.show()
    window.activateWindow()
    qtbot.waitExposed(window)
    chooser.show_songs(songs[:2], songs[0].key)
    shown, editor = chooser.currentText(), chooser.lineEdit()
    assert shown
    assert editor is not None
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    editor.selectAll()
    QTest.keyClicks(editor, "zz")
    chooser.show_songs(songs, songs[0].key)
    assert chooser.currentText() == "zz"
    other.setFocus()
    qtbot.waitUntil(lambda: chooser.currentText() == shown)
