"""Whether work that goes on may be stopped: the question before what would end it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.i18n import _

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def may_stop(parent: QWidget, questions: Sequence[str], *, name: str, title: str, stop: str) -> bool:
    """The user's answer; going on with the work is the one that Return gives.

    Args:
        questions: what each part of the program would lose.
        name: the dialog's, for screen readers and tests.
        stop: words of the button that ends the work.
    """
    from PySide6.QtWidgets import QMessageBox  # the window is painted without dialogs

    box = QMessageBox(parent)
    box.setObjectName(name)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(title)
    box.setText("\n\n".join(questions))
    ending = box.addButton(stop, QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(box.addButton(_("Go on working"), QMessageBox.ButtonRole.RejectRole))
    box.exec()
    stopped = box.clickedButton() is ending
    box.deleteLater()
    return stopped
