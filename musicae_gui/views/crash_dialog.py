"""The dialog for a fault of the program itself; never more than one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from core.i18n import _

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMessageBox, QWidget


class CrashDialog:
    """Shows the first fault; those that come while it is open are added to what can be copied."""

    def __init__(self, parent: QWidget | None) -> None:
        self._parent = parent
        self._box: QMessageBox | None = None

    def show(self, text: str) -> None:
        from PySide6.QtWidgets import QApplication, QMessageBox  # here: hardly any start ever needs a dialog

        if self._box is not None:
            self._box.setDetailedText(self._box.detailedText() + "\n\n" + text)
            return
        box = QMessageBox(self._parent)
        box.setObjectName("crash")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle(_("Something went wrong"))
        box.setText(_("Musicae met a fault of its own. Your songs and models are safe, and you can go on working."))
        box.setInformativeText(_("If it happens again, please send a report with the details."))
        box.setDetailedText(text)
        copy = box.addButton(_("Copy details"), QMessageBox.ButtonRole.ActionRole)
        box.addButton(QMessageBox.StandardButton.Close)
        copy.clicked.connect(lambda: QApplication.clipboard().setText(box.detailedText()))
        box.finished.connect(self._closed)
        self._box = box
        box.open()

    def _closed(self) -> None:
        self._box = None
