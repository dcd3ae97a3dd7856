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

from core.i18n import _, marked


@dataclass(frozen=True)
class Command:
    """A thing the user can do. `where` groups the list of F1; `text` and `help` are translated when shown."""

    id: str
    where: str
    text: str
    shortcut: str = ""
    help: str = ""
    gesture: str = ""  # where there is no single key: what hand or keys do, only listed

    @property
    def key_text(self) -> str:
        """The shortcut as the platform writes it, or the gesture in words."""
        if self.gesture:
            return _(self.gesture)
        return QKeySequence(self.shortcut).toString(QKeySequence.SequenceFormat.NativeText)

    @property
    def is_plain(self) -> bool:
        """Whether the key is one that text fields and lists need for themselves."""
        return bool(self.shortcut) and "+" not in self.shortcut and not self.shortcut[1:].isdigit()


_EVERYWHERE, _SOUND, _LIBRARY = marked("Everywhere"), marked("Sound"), marked("Library")
_TRAIN, _COMPARE, _MORPH = marked("Train"), marked("Compare"), marked("Morph")
_BLIND, _CREATE = marked("Blind test"), marked("Create")

_STRIPS = marked("Over the waveforms and pictures, also in Morph.")
_SLIDER = marked("While the slider has the focus.")
_LATENT = marked("On the latent's heat map.")
_MAP, _DOTS, _ON_MAP = marked("Map"), marked("On the dots of the map."), marked("While the map has the focus.")
_HISTORY = marked("In the history of creations.")

COMMANDS: dict[str, Command] = {
    command.id: command
    for command in (
        Command("app.open", _EVERYWHERE, marked("Open songs"), "Ctrl+O", marked("Add sound files to the library.")),
        Command(
            "app.open_folder", _EVERYWHERE, marked("Open a folder"), "Ctrl+Shift+O", marked("Add a folder of songs.")
        ),
        Command(
            "session.open",
            _EVERYWHERE,
            marked("Open session"),
            "Ctrl+Alt+O",
            marked("Go on with everything as it was when the session was saved."),
        ),
        Command(
            "session.save",
            _EVERYWHERE,
            marked("Save session"),
            "Ctrl+Alt+S",
            marked("Write what is chosen in all panels into the session's file."),
        ),
        Command(
            "session.save_as",
            _EVERYWHERE,
            marked("Save session as"),
            "Ctrl+Shift+S",
            marked("Write it into another file, which is the session's from now on."),
        ),
        Command("app.undo", _EVERYWHERE, marked("Undo"), "Ctrl+Z", marked("Take the last change back.")),
        Command("app.redo", _EVERYWHERE, marked("Redo"), "Ctrl+Shift+Z", marked("Make the change again.")),
        Command("app.help", _EVERYWHERE, marked("All commands"), "F1", marked("This list.")),
        Command("app.about", _EVERYWHERE, marked("About Musicae"), "", marked("Version, licences and credits.")),
        Command("app.quit", _EVERYWHERE, marked("Quit"), "Ctrl+Q", marked("Close the window.")),
        Command("panel.1", _EVERYWHERE, marked("Show Library"), "Ctrl+1"),
        Command("panel.2", _EVERYWHERE, marked("Show Train"), "Ctrl+2"),
        Command("panel.3", _EVERYWHERE, marked("Show Compare"), "Ctrl+3"),
        Command("panel.4", _EVERYWHERE, marked("Show Morph"), "Ctrl+4"),
        Command("panel.5", _EVERYWHERE, marked("Show Map"), "Ctrl+5"),
        Command("panel.6", _EVERYWHERE, marked("Show Create"), "Ctrl+6"),
        Command("panel.7", _EVERYWHERE, marked("Show Study"), "Ctrl+7"),
        Command("panel.8", _EVERYWHERE, marked("Show Settings"), "Ctrl+8"),
        Command("sound.play", _SOUND, marked("Play or stop"), "Space", marked("Except in a text field or list.")),
        Command("sound.loop", _SOUND, marked("Loop"), "L", marked("Play over and over.")),
        Command("sound.side", _SOUND, marked("Switch A/B"), "X", marked("Hear the other version at the same sample.")),
        Command("sound.back", _SOUND, marked("5 seconds back"), "Left"),
        Command("sound.on", _SOUND, marked("5 seconds on"), "Right"),
        Command("sound.start", _SOUND, marked("To the beginning"), "Home"),
        Command("sound.end", _SOUND, marked("To the end"), "End"),
        Command("sound.save", _SOUND, marked("Save as WAV"), "Ctrl+S", marked("Write what is loaded to a file.")),
        Command("library.search", _LIBRARY, marked("Search"), "Ctrl+F", marked("Go to the search field.")),
        Command("library.listen", _LIBRARY, marked("Pre-listen"), "Space", marked("Hear the selected song.")),
        Command("library.compare", _LIBRARY, marked("Open in Compare"), "Return", marked("Also by a double click.")),
        Command("library.remove", _LIBRARY, marked("Remove from the library"), "Del", marked("The file itself stays.")),
        Command("view.fit", _COMPARE, marked("Show everything"), "F", marked("Zoom out to the whole song.")),
        Command("view.in", _COMPARE, marked("Zoom in"), "+"),
        Command("view.out", _COMPARE, marked("Zoom out"), "-"),
        Command("view.zoom", _COMPARE, marked("Zoom at the mouse"), gesture=marked("Ctrl+wheel"), help=_STRIPS),
        Command("view.pan", _COMPARE, marked("Move in time"), gesture=marked("drag, Shift+wheel"), help=_STRIPS),
        Command("view.seek", _COMPARE, marked("Go to a place"), gesture=marked("click"), help=_STRIPS),
        Command("view.scroll", _COMPARE, marked("Scroll the rows"), gesture=marked("wheel")),
        Command(
            "compare.blind",
            _COMPARE,
            marked("Blind test"),
            "Ctrl+B",
            marked("Hear without knowing what it is: is there a difference, and which size sounds best?"),
        ),
        Command("blind.hear", _BLIND, marked("Hear A, B, X"), gesture=marked("A, B, X")),
        Command("blind.answer", _BLIND, marked("X is A, X is B"), gesture=marked("1, 2")),
        Command("blind.rank", _BLIND, marked("Hear a sound of the ranking"), gesture=marked("1 … 9")),
        Command("blind.move", _BLIND, marked("Put it higher or lower"), gesture=marked("Up, Down")),
        Command("train.start", _TRAIN, marked("Start training"), "Ctrl+Return"),
        Command("study.start", marked("Study"), marked("Start the study"), "Ctrl+Return"),
        Command("morph.swap", _MORPH, marked("Swap A and B"), "S"),
        Command(
            "morph.record", _MORPH, marked("Record"), "R", marked("Keep the sound as heard, and the slider as a curve.")
        ),
        Command("morph.follow", _MORPH, marked("Follow the curve"), "C", marked("Or leave the slider to the hand.")),
        Command("morph.loop_begin", _MORPH, marked("The loop begins here"), "[", marked("At what is heard now.")),
        Command("morph.loop_end", _MORPH, marked("The loop ends here"), "]", marked("At what is heard now.")),
        Command("morph.step", _MORPH, marked("Move the slider by 1 %"), gesture=marked("arrows, wheel"), help=_SLIDER),
        Command(
            "morph.page", _MORPH, marked("Move the slider by 10 %"), gesture=marked("Page Up, Page Down"), help=_SLIDER
        ),
        Command("morph.tens", _MORPH, marked("Set the slider to 0, 10, … 90 %"), gesture=marked("0 … 9"), help=_SLIDER),
        Command("morph.ends", _MORPH, marked("Song A alone, song B alone"), gesture=marked("Home, End"), help=_SLIDER),
        Command("map.hear", _MAP, marked("Hear a clip"), gesture=marked("click"), help=_DOTS),
        Command("map.scrub", _MAP, marked("Scrub over clips"), gesture=marked("drag"), help=_DOTS),
        Command("map.place", _MAP, marked("Hear a place itself"), gesture=marked("drag over empty ground, Ctrl+drag")),
        Command("map.move", _MAP, marked("Move the map"), gesture=marked("right or middle button")),
        Command("map.lasso", _MAP, marked("Draw around clips"), gesture=marked("Shift+drag")),
        Command("map.turn", _MAP, marked("Turn in space"), gesture=marked("right button, Shift+arrows")),
        Command("map.walk", _MAP, marked("Walk to the next clip"), gesture=marked("arrows"), help=_ON_MAP),
        Command("map.play", _MAP, marked("Play the clip"), gesture=marked("Enter, Space"), help=_ON_MAP),
        Command("map.open", _MAP, marked("Send it to another panel"), gesture=marked("double click, Menu"), help=_DOTS),
        Command("create.make", _CREATE, marked("Create"), "Ctrl+Return", marked("Make the recipe and hear it.")),
        Command("create.region", _CREATE, marked("Choose a region"), gesture=marked("drag"), help=_LATENT),
        Command(
            "create.channels", _CREATE, marked("Choose channels"), gesture=marked("drag in the margin"), help=_LATENT
        ),
        Command("create.move", _CREATE, marked("Move the region"), gesture=marked("arrows"), help=_LATENT),
        Command("create.grow", _CREATE, marked("Make the region larger"), gesture=marked("Shift+arrows"), help=_LATENT),
        Command("create.everything", _CREATE, marked("Choose everything"), gesture=marked("Ctrl+A"), help=_LATENT),
        Command("create.nothing", _CREATE, marked("Choose nothing"), gesture=marked("Esc"), help=_LATENT),
        Command("create.mute", _CREATE, marked("Mute the region"), gesture=marked("Del"), help=_LATENT),
        Command("create.rename", _CREATE, marked("Rename"), gesture=marked("F2"), help=_HISTORY),
        Command("create.remove", _CREATE, marked("Remove"), gesture=marked("Del"), help=_HISTORY),
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
