"""F1: every command with its key, in one searchable list."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QTreeWidget, QTreeWidgetItem, QWidget

from core.i18n import _
from musicae_gui import theme
from musicae_gui.actions import COMMANDS
from musicae_gui.views.boxes import vbox


class CommandList(QDialog):
    """Modal and small; Esc closes it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("commands")
        self.setWindowTitle(_("All commands"))
        self.resize(720, 600)
        self.search = QLineEdit(placeholderText=_("Search commands"))
        self.search.setObjectName("commands.search")
        self.search.setAccessibleName(_("Search commands"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.tree = QTreeWidget(columnCount=3)
        self.tree.setObjectName("commands.list")
        self.tree.setAccessibleName(_("All commands"))
        self.tree.setHeaderLabels([_("Command"), _("Key"), _("What it does")])
        self.tree.setRootIsDecorated(False)
        self.tree.setItemsExpandable(False)
        self.tree.setIndentation(12)
        self.tree.setUniformRowHeights(True)
        self._fill()
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        column = vbox(theme.GRID, self)
        column.setContentsMargins(16, 16, 16, 16)
        column.addWidget(self.search)
        column.addWidget(self.tree, 1)
        column.addWidget(close)

    def _fill(self) -> None:
        groups: dict[str, QTreeWidgetItem] = {}
        for command in COMMANDS.values():
            group = groups.get(command.where)
            if group is None:
                group = groups[command.where] = QTreeWidgetItem(self.tree, [_(command.where)])
                font = group.font(0)
                font.setBold(True)
                group.setFont(0, font)
                group.setFlags(Qt.ItemFlag.ItemIsEnabled)
            words = [_(command.text), command.key_text, _(command.help) if command.help else ""]
            QTreeWidgetItem(group, words)
        self.tree.expandAll()
        self.tree.setColumnWidth(0, 230)
        self.tree.setColumnWidth(1, 150)

    def _filter(self, text: str) -> None:
        words = text.casefold().split()
        for number in range(self.tree.topLevelItemCount()):
            group = self.tree.topLevelItem(number)
            assert group is not None
            shown = 0
            for row in range(group.childCount()):
                item = group.child(row)
                assert item is not None
                content = " ".join(item.text(column) for column in range(3)).casefold()
                hidden = not all(word in content for word in words)
                item.setHidden(hidden)
                shown += not hidden
            group.setHidden(shown == 0)
