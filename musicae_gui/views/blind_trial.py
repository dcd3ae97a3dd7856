"""The pages of the blind test on which a trial is heard and answered."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QLayout, QLineEdit, QPushButton, QToolButton, QWidget

from core.i18n import _
from musicae_gui import theme
from musicae_gui.controllers.blind import Trial, Verdict
from musicae_gui.views.boxes import hbox, vbox
from musicae_gui.views.named import named


class TrialPage(QWidget):
    """How far the test is, what can be heard (a subclass lays that out), and what it was once it is answered.

    The button `next` is laid out by whoever shows the page.
    """

    wanted = Signal(int)  # hear what is hidden at this place
    play_wanted = Signal()
    note_written = Signal(str)
    next_wanted = Signal()

    def __init__(self, question: str) -> None:
        super().__init__()
        self.answered = False
        self._progress = named(QLabel(), "blind.progress", _("Trial"))
        self._progress.setProperty("role", "muted")
        self._question = QLabel(question, wordWrap=True)
        self._question.setProperty("role", "heading")
        self._play = named(QPushButton(), "blind.play", _("Play or stop"), _("Play or stop (Space)"))
        self._play.setAutoDefault(False)
        self._play.clicked.connect(self.play_wanted)
        self._title = named(QLabel(wordWrap=True), "blind.verdict", _("Answer"))
        self._title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByKeyboard)
        self._sentence = named(QLabel(wordWrap=True), "blind.reveal", _("What was hidden"))
        self._note_label = QLabel(_("&Note"))
        self._note = named(
            QLineEdit(placeholderText=_("What gives it away? A note on this song at this size")),
            "blind.note",
            _("Note on this song and size"),
        )
        self._note_label.setBuddy(self._note)
        self._note.editingFinished.connect(lambda: self.note_written.emit(self._note.text()))
        self.next = named(QPushButton(_("Next")), "blind.next", _("Next trial"), _("Next trial (Enter)"))
        self.next.setProperty("role", "primary")
        self.next.setAutoDefault(False)
        self.next.clicked.connect(self._go_on)
        head = hbox(theme.GRID)
        head.addWidget(self._progress, 1)
        head.addWidget(self._play)
        note = hbox(theme.GRID)
        note.addWidget(self._note_label)
        note.addWidget(self._note, 1)
        column = vbox(2 * theme.GRID, self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(self._question)
        self._body = vbox(theme.GRID)
        column.addLayout(self._body)
        column.addWidget(self._title)
        column.addWidget(self._sentence)
        column.addLayout(note)
        column.addStretch(1)
        self.show_playing(False)

    def show_trial(self, trial: Trial) -> None:
        self.answered = False
        self._progress.setText(_("Trial {number} of {total}").format(number=trial.number, total=trial.total))
        self.next.setText(_("Next") if trial.number < trial.total else _("Finish"))
        self._show_verdict(None)

    def show_verdict(self, verdict: Verdict) -> None:
        self.answered = True
        self._show_verdict(verdict)
        # A screen reader reads what gets the focus, not a label that changes.
        self.next.setAccessibleDescription(f"{verdict.title} {verdict.sentence}")
        self.next.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_heard(self, place: int) -> None:
        raise NotImplementedError

    def show_playing(self, playing: bool) -> None:
        self._play.setText(_("Stop") if playing else _("Play"))
        theme.set_icon(self._play, "stop" if playing else "play")

    def answer(self, number: int) -> None:
        """A digit was pressed."""

    def enter(self) -> None:
        """Enter was pressed."""
        if self.answered:
            self._go_on()

    def _show_verdict(self, verdict: Verdict | None) -> None:
        self._title.setText(verdict.title if verdict else " ")
        self._sentence.setText(verdict.sentence if verdict else " ")
        role = "" if verdict is None or verdict.right is None else "good" if verdict.right else "error"
        self._title.setProperty("role", role or "field")
        self._title.style().polish(self._title)
        has_note = verdict is not None and verdict.note is not None
        for widget in (self._note, self._note_label):
            widget.setVisible(has_note)
        self._note.setText((verdict.note or "") if verdict else "")
        self.next.setEnabled(verdict is not None)

    def _go_on(self) -> None:
        if self._note.isVisible():
            self.note_written.emit(self._note.text())
        self.next_wanted.emit()


class AbxPage(TrialPage):
    """A, B, X and the two answers."""

    said = Signal(int)

    def __init__(self) -> None:
        super().__init__(_("Is X the same as A, or as B?"))
        self._sounds = [_sound(name, name) for name in "ABX"]
        for place, button in enumerate(self._sounds):
            button.clicked.connect(partial(self.wanted.emit, place))
        self._body.addLayout(_row(self._sounds))
        self._answers = []
        for number, name in enumerate("AB"):
            words = _("X is {name}").format(name=name)
            answer = named(
                QPushButton(f"{words}   ({number + 1})"), f"blind.x_is_{name}", words, f"{words} ({number + 1})"
            )
            answer.setAutoDefault(False)
            answer.clicked.connect(partial(self.said.emit, number))
            self._answers.append(answer)
        self._body.addLayout(_row(self._answers))

    def show_trial(self, trial: Trial) -> None:
        super().show_trial(trial)
        self._sounds[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def show_heard(self, place: int) -> None:
        for number, button in enumerate(self._sounds):
            button.setChecked(number == place)

    def answer(self, number: int) -> None:
        if number in (1, 2) and not self.answered:
            self.said.emit(number - 1)

    def _show_verdict(self, verdict: Verdict | None) -> None:
        super()._show_verdict(verdict)
        for button in getattr(self, "_answers", []):
            button.setEnabled(verdict is None)


class RankPage(TrialPage):
    """The hidden sounds in the order that the listener gives them, the best on top."""

    ranked = Signal(list)  # the hidden places, the best first

    def __init__(self) -> None:
        super().__init__(_("Put them in order, the best on top: hear with the digits, move with the arrows."))
        self._order: list[int] = []
        self._heard = 0
        self._rows: list[QToolButton] = []
        self._up = named(QPushButton(_("Better")), "blind.better", _("Better"), _("Move up what is heard (Up)"))
        self._down = named(QPushButton(_("Worse")), "blind.worse", _("Worse"), _("Move down what is heard (Down)"))
        self._done = named(
            QPushButton(_("This is my order")), "blind.done", _("This is my order"), _("Keep this order (Enter)")
        )
        theme.set_icon(self._up, "up")
        theme.set_icon(self._down, "down")
        self._done.setAutoDefault(False)
        for button, act in ((self._up, partial(self.move_heard, -1)), (self._down, partial(self.move_heard, 1))):
            button.setAutoDefault(False)
            button.clicked.connect(act)
        self._done.clicked.connect(self.finish)
        self._list = vbox(4)
        self._body.addLayout(self._list)
        self._body.addLayout(_row([self._up, self._down, self._done]))

    @property
    def order(self) -> list[int]:
        """The hidden places, the best first."""
        return list(self._order)

    def show_trial(self, trial: Trial) -> None:
        self._order = list(range(len(trial.names)))
        for row in self._rows:
            self._list.removeWidget(row)
            row.deleteLater()
        self._rows = []
        for place in self._order:
            button = _sound("", str(place + 1))
            button.setMinimumHeight(34)
            button.clicked.connect(partial(self._row_clicked, place))
            self._rows.append(button)
            self._list.addWidget(button)
        super().show_trial(trial)
        self._place_rows()
        self._rows[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def show_heard(self, place: int) -> None:
        self._heard = place
        self._place_rows()

    def answer(self, number: int) -> None:
        if 1 <= number <= len(self._order):
            self.wanted.emit(number - 1)

    def enter(self) -> None:
        if self.answered:
            super().enter()
        else:
            self.finish()

    def move_heard(self, step: int) -> None:
        """Put what is heard one place up (-1) or down (1)."""
        if self.answered or self._heard not in self._order:
            return
        at = self._order.index(self._heard)
        to = min(max(at + step, 0), len(self._order) - 1)
        self._order.insert(to, self._order.pop(at))
        self._place_rows()

    def finish(self) -> None:
        if not self.answered and self._order:
            self.ranked.emit(self.order)

    def _row_clicked(self, place: int) -> None:
        self.wanted.emit(place)

    def _place_rows(self) -> None:
        for rank, place in enumerate(self._order, 1):
            button = self._rows[place]
            words = _("Sound {n}").format(n=place + 1)
            button.setText(words)
            button.setAccessibleName(_("{words}, place {n}").format(words=words, n=rank))
            button.setChecked(place == self._heard)
            self._list.removeWidget(button)
            self._list.insertWidget(rank - 1, button)
        for before, after in zip(self._order, self._order[1:], strict=False):
            QWidget.setTabOrder(self._rows[before], self._rows[after])

    def _show_verdict(self, verdict: Verdict | None) -> None:
        super()._show_verdict(verdict)
        for button in (getattr(self, name, None) for name in ("_up", "_down", "_done")):
            if button is not None:
                button.setEnabled(verdict is None)


def _sound(text: str, name: str) -> QToolButton:
    """A wide button that stays pressed while its sound is heard."""
    button = named(
        QToolButton(), f"blind.hear.{name}", _("Hear {title}").format(title=name), _("Hear it (key {n})").format(n=name)
    )
    button.setText(text)
    button.setCheckable(True)
    button.setProperty("role", "hear")
    button.setMinimumHeight(64)
    policy = button.sizePolicy()
    policy.setHorizontalPolicy(policy.Policy.Expanding)
    button.setSizePolicy(policy)
    return button


def _row(widgets: Sequence[QWidget]) -> QLayout:
    row = hbox(theme.GRID)
    for widget in widgets:
        row.addWidget(widget, 1)
    return row
