"""The files that are being taken in, a row each with its state; what failed stays until it is dismissed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QListView,
    QProgressBar,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from core.i18n import _
from musicae_gui import theme
from musicae_gui.views.boxes import hbox, vbox
from musicae_gui.views.elided import ElidedLabel

if TYPE_CHECKING:
    from musicae_gui.controllers.library import FileRow

ROW = 26
MOST_ROWS = 5  # in sight; more are scrolled
REFRESH = 50  # ms between two looks at files that are read
SIGNS = {"reading": ("refresh", "accent"), "added": ("good", "good"), "known": ("info", "muted"),
         "moved": ("good", "good"), "failed": ("error", "error"), "waiting": ("more", "muted")}  # fmt: skip
NO_INDEX = QModelIndex()


class FileList(QFrame):
    """A card over the songs, there only while it has something to say."""

    cancel_clicked = Signal()
    dismiss_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("library.files")
        self.setProperty("role", "card")
        self.words = QLabel()
        self.words.setObjectName("library.files.words")
        self.words.setProperty("role", "heading")
        self.bar = QProgressBar(textVisible=False)
        self.bar.setObjectName("library.files.progress")
        self.bar.setAccessibleName(_("Progress of reading"))
        self.cancel = QPushButton(_("Cancel"))
        self.cancel.setObjectName("library.files.cancel")
        self.cancel.setToolTip(_("Stop reading; songs that were read stay"))
        self.cancel.clicked.connect(self.cancel_clicked)
        self.dismiss = QPushButton(_("Dismiss"))
        self.dismiss.setObjectName("library.files.dismiss")
        self.dismiss.setToolTip(_("Put this list away"))
        self.dismiss.clicked.connect(self.dismiss_clicked)
        self.model = FileModel()
        self._latest = 0  # the row that changed last
        self._refresh = QTimer(self, singleShot=True, interval=REFRESH)
        self._refresh.timeout.connect(self._look)
        self.list = QListView(uniformItemSizes=True)
        self.list.setObjectName("library.files.list")
        self.list.setAccessibleName(_("Files being read"))
        self.list.setModel(self.model)
        self.list.setItemDelegate(FileDelegate(self.list))
        self.list.setProperty("role", "plain")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.count = ElidedLabel()
        self.count.setObjectName("library.files.count")
        self.count.setProperty("role", "muted")
        head = hbox(theme.GRID)
        for widget in (self.words, self.count):
            head.addWidget(widget, 1 if widget is self.count else 0)
        head.addWidget(self.bar, 1)
        head.addWidget(self.cancel)
        head.addWidget(self.dismiss)
        column = vbox(theme.GRID, self)
        column.setContentsMargins(16, 10, 10, 10)
        column.addLayout(head)
        column.addWidget(self.list)
        self.hide()

    def show_files(self, files: Sequence[FileRow]) -> None:
        self.model.set_files(files)
        rows = min(MOST_ROWS, len(files))
        self.list.setVisible(rows > 0)
        self.list.setFixedHeight(rows * ROW + 4)

    def show_file(self, row: int, file: FileRow) -> None:
        """Another state of a file, seen within `REFRESH` ms: the list lays out all of its rows for each look."""
        self.model.set_file(row, file)
        self._latest = row
        if not self._refresh.isActive():
            self._refresh.start()

    def _look(self) -> None:
        self.model.tell()
        # Two rows ahead, so that the list reads on by itself; not while the user looks around in it.
        if not self.list.underMouse():
            self.list.scrollTo(self.model.index(min(self._latest + 2, self.model.rowCount() - 1)))

    def show_reading(self, words: str, done: int, total: int, running: bool) -> None:
        self.setVisible(bool(words))
        self.words.setText(words)
        self.count.setText(_("{done} of {total}").format(done=done, total=total) if running and total else "")
        self.bar.setVisible(running)
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self.cancel.setVisible(running)
        self.dismiss.setVisible(not running)


class FileModel(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self._files: list[FileRow] = []
        self._changed: set[int] = set()

    def set_files(self, files: Sequence[FileRow]) -> None:
        self.beginResetModel()
        self._files = list(files)
        self._changed.clear()
        self.endResetModel()

    def set_file(self, row: int, file: FileRow) -> None:
        """Another state of a file, of which views hear with the next `tell`."""
        self._files[row] = file
        self._changed.add(row)

    def tell(self) -> None:
        if self._changed:
            self.dataChanged.emit(self.index(min(self._changed)), self.index(max(self._changed)))
            self._changed.clear()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._files)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        file = self._files[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return file
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{file.path.name}: {state_words(file)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return file.words or str(file.path)
        return None


class FileDelegate(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        file: FileRow = index.data(Qt.ItemDataRole.UserRole)
        rect = option.rect.adjusted(0, 0, -8, 0)
        icon, color = SIGNS[file.state]
        theme.icon(icon, getattr(theme.colors(), color)).paint(painter, rect.left(), rect.top() + 5, 16, 16)
        left = rect.adjusted(24, 0, -rect.width() * 6 // 10, 0)
        right = rect.adjusted(rect.width() * 4 // 10 + 8, 0, 0, 0)
        metrics = painter.fontMetrics()
        middle = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.setPen(theme.color("text"))
        painter.drawText(left, middle, metrics.elidedText(file.path.name, Qt.TextElideMode.ElideMiddle, left.width()))
        painter.setPen(theme.color(color if file.state == "failed" else "muted"))
        painter.drawText(
            right, middle, metrics.elidedText(state_words(file), Qt.TextElideMode.ElideRight, right.width())
        )


def state_words(file: FileRow) -> str:
    words = {
        "waiting": _("Waiting"),
        "reading": _("Reading…"),
        "added": _("Added"),
        "known": _("In the library already"),
        "moved": _("Found at its new place"),
        "failed": _("Not readable"),
    }
    # The row begins with the file's name: its folder would push what is wrong with it out of sight.
    return file.words.replace(str(file.path), file.path.name) or words[file.state]
