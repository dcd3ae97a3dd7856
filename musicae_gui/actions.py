"""Every command once: its name, key and help. F1 lists them, the window binds them.

A panel binds what it offers with `bind`; a single letter or Space is held back while a text field, a list or a
control reached by Tab has the focus, because there the key has a meaning of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from core.i18n import _


@dataclass(frozen=True)
class Command:
    """A thing the user can do. `where` groups the list of F1; `text` and `help` are translated when shown."""

    id: str
    where: str
    text: str
    shortcut: str = ""
    help: str = ""

    @property
    def key_text(self) -> str:
        """The shortcut as the platform writes it."""
        return QKeySequence(self.shortcut).toString(QKeySequence.SequenceFormat.NativeText)

    @property
    def is_plain(self) -> bool:
        """Whether the key is one that text fields and lists need for themselves."""
        return bool(self.shortcut) and "+" not in self.shortcut and not self.shortcut[1:].isdigit()


def _n(text: str) -> str:
    """Marks words for the catalogue at import time; they are translated where they are shown."""
    return text


_EVERYWHERE, _SOUND, _LIBRARY = _n("Everywhere"), _n("Sound"), _n("Library")
_TRAIN, _COMPARE, _MORPH = _n("Train"), _n("Compare"), _n("Morph")

COMMANDS: dict[str, Command] = {
    command.id: command
    for command in (
        Command("app.open", _EVERYWHERE, _n("Open songs"), "Ctrl+O", _n("Add sound files to the library.")),
        Command("app.open_folder", _EVERYWHERE, _n("Open a folder"), "Ctrl+Shift+O", _n("Add a folder of songs.")),
        Command("app.undo", _EVERYWHERE, _n("Undo"), "Ctrl+Z", _n("Take the last change back.")),
        Command("app.redo", _EVERYWHERE, _n("Redo"), "Ctrl+Shift+Z", _n("Make the change again.")),
        Command("app.help", _EVERYWHERE, _n("All commands"), "F1", _n("This list.")),
        Command("app.about", _EVERYWHERE, _n("About Musicae"), "", _n("Version, licences and credits.")),
        Command("app.quit", _EVERYWHERE, _n("Quit"), "Ctrl+Q", _n("Close the window.")),
        Command("panel.1", _EVERYWHERE, _n("Show Library"), "Ctrl+1"),
        Command("panel.2", _EVERYWHERE, _n("Show Train"), "Ctrl+2"),
        Command("panel.3", _EVERYWHERE, _n("Show Compare"), "Ctrl+3"),
        Command("panel.4", _EVERYWHERE, _n("Show Morph"), "Ctrl+4"),
        Command("panel.5", _EVERYWHERE, _n("Show Settings"), "Ctrl+5"),
        Command("sound.play", _SOUND, _n("Play or stop"), "Space", _n("Except in a text field or list.")),
        Command("sound.loop", _SOUND, _n("Loop"), "L", _n("Play over and over.")),
        Command("sound.side", _SOUND, _n("Switch A/B"), "X", _n("Hear the other version at the same sample.")),
        Command("sound.back", _SOUND, _n("5 seconds back"), "Left"),
        Command("sound.on", _SOUND, _n("5 seconds on"), "Right"),
        Command("sound.start", _SOUND, _n("To the beginning"), "Home"),
        Command("sound.end", _SOUND, _n("To the end"), "End"),
        Command("sound.save", _SOUND, _n("Save as WAV"), "Ctrl+S", _n("Write what is loaded to a file.")),
        Command("library.search", _LIBRARY, _n("Search"), "Ctrl+F", _n("Go to the search field.")),
        Command("library.listen", _LIBRARY, _n("Pre-listen"), "Space", _n("Hear the selected song.")),
        Command("library.compare", _LIBRARY, _n("Open in Compare"), "Return", _n("Also by a double click.")),
        Command("library.remove", _LIBRARY, _n("Remove from the library"), "Del", _n("The file itself stays.")),
        Command("view.fit", _COMPARE, _n("Show everything"), "F", _n("Zoom out to the whole song.")),
        Command("view.in", _COMPARE, _n("Zoom in"), "+"),
        Command("view.out", _COMPARE, _n("Zoom out"), "-"),
        Command("train.start", _TRAIN, _n("Start training"), "Ctrl+Return"),
        Command("morph.swap", _MORPH, _n("Swap A and B"), "S"),
    )
}


def bind(command: str, widget: QWidget, slot: Callable[[], object]) -> QShortcut:
    """Let the key of `command` call `slot` while `widget` (a panel or the window) is visible."""
    declared = COMMANDS[command]
    made = PlainKey if declared.is_plain else QShortcut
    shortcut = made(QKeySequence(declared.shortcut), widget)
    shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
    shortcut.activated.connect(slot)
    return shortcut


def explain(widget: QWidget, command: str, name: str = "") -> None:
    """Give a control its accessible name and a tooltip with the key."""
    declared = COMMANDS[command]
    words = name or _(declared.text)
    widget.setAccessibleName(words)
    lines = words + (f" ({declared.key_text})" if declared.shortcut else "")
    widget.setToolTip(lines + ("\n" + _(declared.help) if declared.help else ""))


class PlainKey(QShortcut):
    """A shortcut that is off while the focused widget needs its key.

    It listens to every change of focus itself: looking for shortcuts then (findChildren) would meet widgets that
    are just being destroyed, which PySide answers with an abort.
    """

    by_tab = False  # set by the window while Tab moves the focus

    def __init__(self, key: QKeySequence, parent: QWidget) -> None:
        super().__init__(key, parent)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_changed)

    def _focus_changed(self) -> None:
        self.setEnabled(is_free(self.key().toString(), QApplication.focusWidget(), by_tab=PlainKey.by_tab))


def is_free(key: str, focus: QWidget | None, *, by_tab: bool) -> bool:
    """Whether the plain `key` may act for the window while `focus` has the focus."""
    if isinstance(focus, QLineEdit | QTextEdit | QPlainTextEdit | QAbstractSpinBox | QAbstractItemView):
        return False
    if key == "Space":
        return not (by_tab and isinstance(focus, QAbstractButton | QComboBox))
    if isinstance(focus, QComboBox):
        return False
    if key in ("Left", "Right", "Home", "End", "+", "-"):
        return not isinstance(focus, QAbstractSlider)
    return True
