"""The open session's name in the status line, with what can be done about its file below it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from core.i18n import _
from musicae_gui import theme
from musicae_gui.actions import COMMANDS

LONGEST = 240  # px of a name


class SessionMenu(QToolButton):
    """Names the session and opens a menu."""

    open_wanted = Signal()
    save_wanted = Signal(bool)  # into another file

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("session.menu")
        self.setProperty("role", "menu")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        theme.set_icon(self, "save", role="muted")
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for command, slot in (
            ("session.open", self.open_wanted.emit),
            ("session.save", lambda: self.save_wanted.emit(False)),
            ("session.save_as", lambda: self.save_wanted.emit(True)),
        ):
            declared = COMMANDS[command]
            action = menu.addAction(_(declared.text) + ("" if command == "session.save" else "…"), slot)
            action.setObjectName(command)
            action.setToolTip(_(declared.help))
            # Shown only: the window has the shortcut, and two of the same key would do nothing.
            action.setShortcut(QKeySequence(declared.shortcut))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.setMenu(menu)

    def show_session(self, name: str, path: Path | None, *, modified: bool) -> None:
        words = name or _("Session")
        shown = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, LONGEST)
        self.setText(shown + (" *" if modified and name else ""))
        if path is None:
            self.setToolTip(_("What you do goes on at the next start; save it as a session to come back to it later"))
        elif modified:
            self.setToolTip(_("{path}, with changes that are not saved").format(path=path))
        else:
            self.setToolTip(str(path))
        self.setAccessibleName(_("Session: {name}").format(name=words) if name else _("Session"))
