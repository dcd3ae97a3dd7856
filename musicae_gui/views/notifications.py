"""Messages over the panel's lower right corner: they inform, can be copied, and never stop the user."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from core.errors import Cancelled, MusicaeError
from core.i18n import _
from musicae_gui import theme
from musicae_gui.views.boxes import hbox, vbox

MOST = 4
WIDTH = 400
# Long enough to read twice; warnings and errors stay until they are closed.
SECONDS = {"info": 7.0, "good": 5.0}
WITH_ACTION = 20.0  # seconds: time to decide


class Notifications(QWidget):
    """A column of cards in a corner of `area`; as high as its cards, so that it never takes clicks from the panel."""

    def __init__(self, area: QWidget) -> None:
        super().__init__(area)
        self.setObjectName("notifications")
        self._area = area
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.GRID)
        self.cards: list[Card] = []
        area.installEventFilter(self)
        self.hide()

    def notify(
        self,
        message: str | MusicaeError,
        level: str = "",
        *,
        details: str = "",
        action: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        """Show a sentence; `level` is "info" (the default for words), "good", "warning" or "error" (for errors).

        `action` is the text of a button under the sentence and what it does; a message with one stays longer.
        """
        if isinstance(message, Cancelled):
            return
        if isinstance(message, MusicaeError):
            level, details, sentence = level or "error", details or message.details, message.sentence
        else:
            level, sentence = level or "info", message
        for card in self.cards:
            if card.sentence == sentence:
                card.repeat(details, action)
                return
        while len(self.cards) >= MOST:
            self.remove(self.cards[0])
        card = Card(sentence, level, details, action)
        card.done.connect(lambda: self.remove(card))
        card.closed.clicked.connect(lambda: self.remove(card))
        self.cards.append(card)
        self._column.addWidget(card)
        if level in SECONDS:
            card.expire(WITH_ACTION if action else SECONDS[level], lambda: self.remove(card))
        self.show()
        self._place()

    def remove(self, card: Card) -> None:
        if card in self.cards:
            self.cards.remove(card)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.setVisible(bool(self.cards))
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._area and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _place(self) -> None:
        margin = 2 * theme.GRID
        width = min(WIDTH, self._area.width() - 2 * margin)
        for card in self.cards:
            card.setFixedWidth(width)
        height = sum(card.heightForWidth(width) for card in self.cards) + theme.GRID * max(0, len(self.cards) - 1)
        self.setGeometry(self._area.width() - width - margin, self._area.height() - height - margin, width, height)
        self.raise_()


class Card(QFrame):
    """One message with its icon, its action and "copy details" where there are any, and a close button."""

    done = Signal()  # the action was taken

    def __init__(
        self, sentence: str, level: str, details: str, action: tuple[str, Callable[[], object]] | None = None
    ) -> None:
        super().__init__()
        self.setObjectName("notification")
        self.sentence, self.details = sentence, details
        self.setProperty("role", "toast")
        self.setProperty("level", level)
        self.setAccessibleName(sentence)
        self._timer: QTimer | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 10, 8, 10)
        row.setSpacing(theme.GRID)
        sign = QToolButton()
        sign.setEnabled(True)
        sign.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        sign.setProperty("role", "sign")
        sign.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.set_icon(sign, level, role="accent" if level == "info" else level)
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        self._text = QLabel(sentence, wordWrap=True)
        self._text.setObjectName("notification.text")
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        text = vbox(4)
        text.addWidget(self._text)
        self._copy = QPushButton(_("Copy details"), self)
        self._copy.setObjectName("notification.copy")
        self._copy.setProperty("role", "link")
        self._copy.setToolTip(_("Copy the message and its technical details, to put them into a report."))
        self._copy.clicked.connect(self._copy_details)
        self._copy.setVisible(bool(details))
        self._act: Callable[[], object] | None = None
        self._action = QPushButton(self)
        self._action.setObjectName("notification.action")
        self._action.setProperty("role", "link")
        self._action.clicked.connect(self._take_action)
        self._offer(action)
        buttons = hbox(4)
        buttons.addWidget(self._action)
        buttons.addWidget(self._copy)
        buttons.addStretch(1)
        text.addLayout(buttons)
        row.addLayout(text, 1)
        self.closed = QToolButton()
        self.closed.setObjectName("notification.close")
        self.closed.setToolTip(_("Close"))
        self.closed.setAccessibleName(_("Close this message"))
        theme.set_icon(self.closed, "close", role="muted")
        row.addWidget(self.closed, 0, Qt.AlignmentFlag.AlignTop)

    def expire(self, seconds: float, then: object) -> None:
        self._timer = QTimer(self, singleShot=True, interval=round(1000 * seconds))
        self._timer.timeout.connect(then)
        self._timer.start()

    def repeat(self, details: str, action: tuple[str, Callable[[], object]] | None = None) -> None:
        """The same message came again: it stays up, with the newest details and action."""
        self.details = details or self.details
        self._offer(action)
        if self._timer is not None:
            self._timer.start()

    def _offer(self, action: tuple[str, Callable[[], object]] | None) -> None:
        words, self._act = action or ("", None)
        self._action.setText(words)
        self._action.setAccessibleName(words)
        self._action.setToolTip(words)
        self._action.setVisible(action is not None)

    def _take_action(self) -> None:
        if self._act is not None:
            self._act()
        self.done.emit()

    def _copy_details(self) -> None:
        QApplication.clipboard().setText(f"{self.sentence}\n\n{self.details}")
        self._copy.setText(_("Copied"))
