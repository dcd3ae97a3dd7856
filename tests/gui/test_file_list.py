"""The list of files being read: quick however many there are, and in step with what it is told."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from musicae_gui.controllers.library import FileRow
from musicae_gui.views.file_list import MOST_ROWS, FileList


def test_a_thousand_files_are_looked_at_a_few_times_and_the_last_one_is_in_sight(qtbot: QtBot) -> None:
    files, looks = FileList(), []
    qtbot.addWidget(files)
    files.resize(600, 300)
    files.show_files([FileRow(Path(f"{number}.wav"), "waiting", "") for number in range(1000)])
    files.show()
    files.model.dataChanged.connect(lambda first, last: looks.append((first.row(), last.row())))
    for number in range(900):
        files.show_file(number, FileRow(Path(f"{number}.wav"), "added", ""))
    qtbot.waitUntil(lambda: bool(looks))
    assert looks == [(0, 899)]
    assert files.model.index(899).data().startswith("899.wav: ")
    shown = files.list.indexAt(files.list.viewport().rect().center()).row()
    assert abs(shown - 899) <= MOST_ROWS
