"""Overruling the rule: another size, and why."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QPlainTextEdit, QWidget

from core.i18n import _
from musicae_gui import theme
from musicae_gui.views.boxes import vbox
from musicae_gui.views.named import named
from musicae_gui.views.settings_form import Chooser


class OverruleDialog(QDialog):
    """Accepted only with a reason, or with the rule's own proposal."""

    def __init__(self, sizes: Sequence[str], current: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("study.overrule_dialog")
        self.setWindowTitle(_("Another size"))
        self.resize(460, 320)
        words = QLabel(
            _(
                "The rule's proposal stands in the report beside your choice. Half and double, and all that depends "
                "on the size, are made anew."
            ),
            wordWrap=True,
        )
        words.setProperty("role", "muted")
        self.size_chooser = named(Chooser(), "study.other_size", _("Size"))
        self.size_chooser.addItem(_("as the rule proposes"), "")
        for size in sizes:
            self.size_chooser.addItem(size, size)
        self.size_chooser.setCurrentIndex(max(0, self.size_chooser.findData(current)))
        self.reason = named(QPlainTextEdit(), "study.reason", _("Reason"), _("Stands in the report."))
        self.reason.setTabChangesFocus(True)
        self.reason.setPlaceholderText(_("What you heard or need that the rule does not know"))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        form = QFormLayout()
        form.addRow(_("Size"), self.size_chooser)
        form.addRow(_("Reason"), self.reason)
        column = vbox(2 * theme.GRID, self)
        column.setContentsMargins(24, 20, 24, 16)
        column.addWidget(words)
        column.addLayout(form, 1)
        column.addWidget(self.buttons)
        self.size_chooser.currentIndexChanged.connect(self._changed)
        self.reason.textChanged.connect(self._changed)
        self._changed()

    @property
    def chosen(self) -> str:
        return str(self.size_chooser.currentData() or "")

    @property
    def words(self) -> str:
        return self.reason.toPlainText().strip()

    def _changed(self) -> None:
        ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setEnabled(not self.chosen or bool(self.words))
