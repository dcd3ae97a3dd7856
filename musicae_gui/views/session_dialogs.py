"""The questions about sessions' files: which one, where to, and what of changes that are not saved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.i18n import _
from core.session_file import SUFFIX
from musicae_gui.views.stop_question import may_stop

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

FOLDER = "session"  # under which the last folder is remembered


def ask_for_session(parent: QWidget, folders: dict[str, str]) -> Path | None:
    """The session that the user chooses."""
    from PySide6.QtWidgets import QFileDialog  # the window is painted without dialogs

    kinds = _kinds() + ";;" + _("All files (*)")
    name, _kind = QFileDialog.getOpenFileName(parent, _("Open session"), folders.get(FOLDER, ""), kinds)
    return _remembered(name, folders)


def ask_where_to_save(parent: QWidget, folders: dict[str, str], proposed: Path) -> Path | None:
    """The file that the user names, with the suffix of sessions; an existing one was asked about."""
    from PySide6.QtWidgets import QDialog, QFileDialog

    dialog = QFileDialog(parent, _("Save session as"), str(proposed.parent), _kinds())
    dialog.setObjectName("session.save")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(SUFFIX)  # before the dialog asks whether to replace the file
    dialog.selectFile(proposed.name)
    taken = dialog.exec() == QDialog.DialogCode.Accepted
    names = dialog.selectedFiles()
    dialog.deleteLater()
    return _remembered(names[0], folders) if taken and names else None


def ask_to_save_changes(parent: QWidget, name: str) -> str:
    """What is to become of the changes to the session `name`: "save", "discard" or "cancel"."""
    from PySide6.QtWidgets import QMessageBox

    box = QMessageBox(parent)
    box.setObjectName("session.changes")
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(_("Open another session?"))
    box.setText(_("The session “{name}” has changes that are not saved in its file.").format(name=name))
    save = box.addButton(_("Save"), QMessageBox.ButtonRole.AcceptRole)
    discard = box.addButton(_("Do not save"), QMessageBox.ButtonRole.DestructiveRole)
    box.setEscapeButton(box.addButton(_("Cancel"), QMessageBox.ButtonRole.RejectRole))
    box.setDefaultButton(save)
    box.exec()
    clicked = box.clickedButton()
    box.deleteLater()
    return "save" if clicked is save else "discard" if clicked is discard else "cancel"


def ask_to_stop(parent: QWidget, questions: list[str]) -> bool:
    """Whether work that goes on may be stopped for another session."""
    title, stop = _("Open another session?"), _("Stop and open")
    return may_stop(parent, questions, name="session.busy", title=title, stop=stop)


def _kinds() -> str:
    return _("Sessions of Musicae ({kinds})").format(kinds=f"*{SUFFIX}")


def _remembered(name: str, folders: dict[str, str]) -> Path | None:
    if not name:
        return None
    folders[FOLDER] = str(Path(name).parent)
    return Path(name)
