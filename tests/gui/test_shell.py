"""The window as a whole: panels, messages, dialogs, what is remembered, and how it ends."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QShortcut
from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QApplication, QComboBox, QLineEdit, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from core.errors import AudioFileError, Cancelled
from core.session import load_session
from musicae_gui import theme
from musicae_gui.actions import COMMANDS
from musicae_gui.icons import icon
from musicae_gui.panels import PANELS
from musicae_gui.services import Services
from musicae_gui.session import FILE, Session
from musicae_gui.views.about import credits_text
from musicae_gui.views.command_list import CommandList
from musicae_gui.views.notifications import Notifications
from musicae_gui.views.status_line import StatusLine
from musicae_gui.window import Window

PAIRS = [
    ("text", "background"), ("text", "surface"), ("text", "raised"), ("text", "accent_soft"), ("muted", "background"),
    ("muted", "surface"), ("muted", "raised"), ("accent", "surface"), ("accent", "background"), ("accent", "raised"),
    ("accent", "accent_soft"), ("on_accent", "accent"), ("good", "surface"), ("warning", "raised"),
    ("warning", "surface"), ("error", "surface"), ("error", "background"),
]  # fmt: skip


@pytest.mark.parametrize("colors", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS, ids=lambda name: str(name))
def test_text_can_be_read_on_its_ground(colors: theme.Colors, ink: str, ground: str) -> None:
    assert contrast(getattr(colors, ink), getattr(colors, ground)) >= 4.5


@pytest.mark.parametrize("colors", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_curves_can_be_seen(colors: theme.Colors) -> None:
    assert all(contrast(color, colors.surface) >= 3 for color in colors.series)
    assert len(set(colors.series)) == 10


def contrast(first: str, second: str) -> float:
    """WCAG 2.2: (lighter + 0.05) / (darker + 0.05) of the relative luminances."""

    def luminance(color: str) -> float:
        channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_icons_follow_the_theme(qtbot: QtBot) -> None:
    button = QWidget()
    qtbot.addWidget(button)
    dark_on_light = icon("play", theme.LIGHT.text).pixmap(24, 24).toImage()
    light_on_dark = icon("play", theme.DARK.text).pixmap(24, 24).toImage()
    assert dark_on_light.pixelColor(12, 12).lightnessF() < 0.3 < 0.7 < light_on_dark.pixelColor(12, 12).lightnessF()


def test_the_theme_changes_while_the_window_is_open(window: Window, services: Services) -> None:
    changes: list[bool] = []
    theme.signals().changed.connect(lambda: changes.append(theme.is_dark()))
    try:
        theme.apply("dark")
        assert window.palette().window().color().lightnessF() < 0.2
    finally:
        theme.apply("light")
        theme.signals().changed.disconnect()
    assert changes == [True, False]


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
@pytest.mark.parametrize("entries", [3, 7])
def test_the_list_below_a_box_shows_all_its_entries(qtbot: QtBot, window: Window, entries: int) -> None:
    box = QComboBox(window)  # any window's child has the program's style
    box.addItems([f"Entry {number}" for number in range(entries)])
    box.move(20, 20)
    box.show()
    window.show()
    window.activateWindow()
    qtbot.waitExposed(window)
    box.setFocus()
    qtbot.waitUntil(box.hasFocus)
    box.showPopup()
    qtbot.waitUntil(box.view().isVisible)
    assert box.view().verticalScrollBar().maximum() == 0
    assert box.view().viewport().height() >= entries * box.view().sizeHintForRow(0)
    box.hidePopup()


def test_every_panel_opens_by_its_key(window: Window, services: Services, qtbot: QtBot) -> None:
    for number, spec in enumerate(PANELS, start=1):
        shortcut = next(each for each in window.findChildren(QShortcut) if each.key().toString() == f"Ctrl+{number}")
        shortcut.activated.emit()
        assert window.panel is window.panels[spec.key]
        assert services.session.state.panel == spec.key
    qtbot.waitUntil(lambda: not services.tasks.live, timeout=30000)


def test_every_control_says_what_it_is(window: Window, services: Services, qtbot: QtBot) -> None:
    for key in ("library", "settings"):
        window.show_panel(key)
    nameless = [
        widget.objectName() or repr(widget)
        for kind in (QAbstractButton, QComboBox, QLineEdit, QAbstractSlider)
        for widget in window.findChildren(kind)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not widget.objectName().startswith("qt_")
        and widget.isVisibleTo(window)
        and not (widget.accessibleName() or getattr(widget, "text", str)())
    ]
    assert nameless == []
    qtbot.waitUntil(lambda: not services.tasks.live)


def test_f1_lists_every_command_and_finds_one(window: Window, qtbot: QtBot) -> None:
    dialog = CommandList(window)
    qtbot.addWidget(dialog)
    rows = [
        dialog.tree.topLevelItem(group).child(row)  # type: ignore[union-attr]
        for group in range(dialog.tree.topLevelItemCount())
        for row in range(dialog.tree.topLevelItem(group).childCount())  # type: ignore[union-attr]
    ]
    assert len(rows) == len(COMMANDS)
    dialog.search.setText("loop")
    found = [row.text(0) for row in rows if row is not None and not row.isHidden()]
    assert "Loop" in found
    assert len(found) < 10
    assert all("loop" in words.lower() for words in found)
    dialog.search.setText("swap")
    assert len([row for row in rows if row is not None and not row.isHidden()]) == 1


def test_the_about_box_names_licences() -> None:
    text = credits_text()
    assert "PySide6" in text
    assert "LGPL" in text


def test_a_message_offers_what_can_be_done_and_goes_when_it_is(qtbot: QtBot) -> None:
    area = QWidget()
    qtbot.addWidget(area)
    area.resize(900, 500)
    area.show()
    notes, done = Notifications(area), []
    notes.notify("The training is done.", "good", action=("Open in Compare", lambda: done.append("opened")))
    notes.notify("Saved.", "good")
    button, hidden = (card.findChild(QAbstractButton, "notification.action") for card in notes.cards)
    assert button is not None
    assert hidden is not None
    assert button.isVisible()
    assert not hidden.isVisible()
    assert button.text() == "Open in Compare"
    button.click()
    assert done == ["opened"]
    assert [card.sentence for card in notes.cards] == ["Saved."]


def test_the_status_line_forgets_what_is_over_and_keeps_what_goes_on(qtbot: QtBot, window: Window) -> None:
    status, session = window.status, window.services.session
    session.say("10 songs added.")
    assert status.text.text() == "10 songs added."
    assert status.fading.isActive()
    status.fading.timeout.emit()
    assert status.text.text() == ""
    session.say("Loading…", stays=True)
    assert not status.fading.isActive()
    session.say("Ready.")
    assert status.fading.isActive()


def test_messages_stack_are_copied_and_closed(qtbot: QtBot) -> None:
    area = QWidget()
    qtbot.addWidget(area)
    area.resize(900, 500)
    area.show()
    notes = Notifications(area)
    notes.notify(AudioFileError("x.mp3 is empty.", details="decoder said no"))
    notes.notify("Saved.", "good")
    notes.notify(Cancelled("Cancelled."))
    notes.notify(AudioFileError("x.mp3 is empty."))
    assert [card.sentence for card in notes.cards] == ["x.mp3 is empty.", "Saved."]
    copy = notes.cards[0].findChild(QAbstractButton, "notification.copy")
    assert copy is not None
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert "decoder said no" in QApplication.clipboard().text()
    assert area.rect().contains(notes.geometry())
    for card in list(notes.cards):
        card.closed.click()
    assert not notes.isVisible()
    for number in range(9):
        notes.notify(f"Message {number}")
    assert [card.sentence for card in notes.cards] == [f"Message {number}" for number in (5, 6, 7, 8)]


def test_the_status_line_shows_and_cancels_long_work(services: Services, qtbot: QtBot) -> None:
    line = StatusLine(services.tasks)
    qtbot.addWidget(line)
    line.show()
    started = threading.Event()

    def work(context: object) -> None:
        started.set()
        while True:
            context.progress(0.5, "Half of it")  # type: ignore[attr-defined]
            context.check()  # type: ignore[attr-defined]

    services.tasks.run(work, title="A long work")
    assert started.wait(5)
    qtbot.waitUntil(lambda: line.activity.text() == "Half of it")
    assert line.bar.value() == 500
    line.cancel.click()
    qtbot.waitUntil(lambda: not line.bar.isVisible())


def test_only_files_may_be_dropped(window: Window) -> None:
    text, files = QMimeData(), QMimeData()
    text.setText("words")
    files.setUrls([QUrl.fromLocalFile("/music/a.wav")])
    answers = []
    for mime in (text, files):
        event = QDragEnterEvent(
            QPoint(9, 9), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
        event.ignore()
        QApplication.sendEvent(window, event)
        answers.append(event.isAccepted())
    assert answers == [False, True]


def test_closing_during_work_asks_and_can_be_taken_back(window: Window, qtbot: QtBot) -> None:
    panel = window.panels["library"]
    panel.about_to_close = lambda: "Songs are still being read."  # type: ignore[attr-defined]
    answers = ["Go on working", "Stop and close"]

    def answer() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        assert "still being read" in box.text()
        next(button for button in box.buttons() if button.text() == answers[0]).click()

    for closed in (False, True):
        QTimer.singleShot(0, window, answer)
        assert window.close() is closed
        answers.pop(0)


def test_layout_and_panel_are_remembered(window: Window, services: Services, qtbot: QtBot) -> None:
    window.show_panel("settings")
    window.resize(1000, 650)
    window.close()
    services.session.save()
    state = load_session(services.data_dir / FILE)
    assert state.panel == "settings"
    again = Window(services)
    assert again.height() == 650  # the offscreen screen is narrower than the window
    again.put_away()


def test_a_session_that_cannot_be_saved_is_no_alarm(tmp_path: Path, qtbot: QtBot) -> None:
    folder = tmp_path / "gone"
    session = Session(folder)
    folder.write_text("a file where the folder should be")
    session.save()


def test_open_songs_shows_the_panel_before_it_is_told(window: Window, services: Services, qtbot: QtBot) -> None:
    order: list[str] = []
    services.session.panel_requested.connect(lambda key: order.append(f"shown {window.services.session.state.panel}"))
    services.session.open_in.connect(lambda key, keys: order.append(f"told {key} {keys}"))
    services.session.open_songs("settings", ["k"])
    assert order == ["shown settings", "told settings ['k']"]
    qtbot.waitUntil(lambda: not services.tasks.live)
