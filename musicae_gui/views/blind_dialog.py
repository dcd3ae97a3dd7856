"""The blind test as a dialog: hidden sounds, answers by mouse or keyboard alone, results."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QStackedWidget, QWidget

from core.i18n import _
from musicae_gui import actions, theme
from musicae_gui.controllers.blind import ABX, MOST_RANKED, BlindController, Candidate, Trial, Verdict
from musicae_gui.controllers.blind_results import Results
from musicae_gui.views.blind_setup import BlindSetup
from musicae_gui.views.blind_trial import AbxPage, RankPage, TrialPage
from musicae_gui.views.boxes import hbox, vbox
from musicae_gui.views.named import named

if TYPE_CHECKING:
    from core.audio import Clip
    from core.library import Song
    from musicae_gui.services import Services


class BlindDialog(QDialog):
    """View of `BlindController`; closing it ends the test, answers stay."""

    def __init__(
        self,
        services: Services,
        song: Song,
        original: Clip,
        start: float,
        sizes: list[Candidate],
        parent: QWidget | None = None,
        *,
        seed: int | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("blind")
        self.setWindowTitle(_("Blind test: {song}").format(song=song.title))
        self.resize(620, 600)
        self.setup = BlindSetup([(size.key, size.heard.name) for size in sizes])
        self.abx, self.rank = AbxPage(), RankPage()
        self._stack = QStackedWidget()
        for page in (self.setup, self.abx, self.rank):
            self._stack.addWidget(page)
        self._message = named(QLabel(wordWrap=True), "blind.message", _("Message"))
        self._message.setToolTip("")
        self._message.setProperty("role", "field")
        self._message.hide()
        self._lay_out()
        self.controller = BlindController(self, services, song, original, start, sizes, seed=seed)
        self._connect()
        if not services.player.available and not services.player.looking:
            self._say(services.player.status)
        self.controller.show_results()

    # BlindView

    def show_busy(self, text: str) -> None:
        self.start.setEnabled(not text and self._can_start())
        self._say(text)

    def show_trial(self, trial: Trial) -> None:
        page: TrialPage = self.abx if trial.kind == ABX else self.rank
        self._show(page)
        page.show_trial(trial)

    def show_heard(self, place: int) -> None:
        if isinstance(page := self._stack.currentWidget(), TrialPage):
            page.show_heard(place)

    def show_playing(self, playing: bool) -> None:
        if isinstance(page := self._stack.currentWidget(), TrialPage):
            page.show_playing(playing)

    def show_verdict(self, verdict: Verdict) -> None:
        if isinstance(page := self._stack.currentWidget(), TrialPage):
            page.show_verdict(verdict)

    def show_end(self, sentence: str) -> None:
        self._show(self.setup)
        self._say(sentence)
        self.start.setFocus()

    def show_results(self, results: Results) -> None:
        self.setup.show_results(results)

    # How it is built.

    def _lay_out(self) -> None:
        self.start = named(QPushButton(_("Start")), "blind.start", _("Start the blind test"))
        self.start.setProperty("role", "primary")
        self.start.setDefault(True)
        self.leave = named(QPushButton(_("Close")), "blind.close", _("Close"), _("Answers stay"))
        self.leave.setAutoDefault(False)
        buttons = hbox(theme.GRID)
        buttons.addWidget(self.leave)
        buttons.addStretch(1)
        for button in (self.abx.next, self.rank.next, self.start):
            buttons.addWidget(button)
        column = vbox(2 * theme.GRID, self)
        column.setContentsMargins(24, 20, 24, 16)
        column.addWidget(self._message)
        column.addWidget(self._stack, 1)
        column.addLayout(buttons)
        self._show(self.setup)

    def _connect(self) -> None:
        controller = self.controller
        self.start.clicked.connect(self._start)
        self.leave.clicked.connect(self._leave)
        self.setup.changed.connect(lambda: self.start.setEnabled(self._can_start()))
        for page in (self.abx, self.rank):
            page.wanted.connect(controller.hear)
            page.play_wanted.connect(controller.play_or_stop)
            page.note_written.connect(controller.note)
            page.next_wanted.connect(controller.next)
        self.abx.said.connect(controller.answer)
        self.rank.ranked.connect(controller.rank)
        for place, key in enumerate("ABX"):
            self._bind(key, partial(self._hear_abx, place))
        for number in range(1, MOST_RANKED + 1):
            self._bind(str(number), partial(self._digit, number))
        self._bind("Up", partial(self._move, -1))
        self._bind("Down", partial(self._move, 1))
        self._bind("Space", controller.play_or_stop)
        self.start.setEnabled(self._can_start())

    def _bind(self, key: str, slot: Callable[[], object]) -> None:
        shortcut = actions.PlainKey(QKeySequence(key), self)
        shortcut.activated.connect(slot)

    def _can_start(self) -> bool:
        return bool(self.setup.keys)

    def _start(self) -> None:
        self._say("")
        setup = self.setup
        self.controller.begin(setup.kind, setup.keys, setup.trials, setup.seconds)

    def _leave(self) -> None:
        """Close; in the middle of a test, back to the first page."""
        if self._stack.currentWidget() is self.setup:
            self.reject()
        else:
            self.controller.stop()
            self._show(self.setup)

    def _show(self, page: QWidget) -> None:
        self._stack.setCurrentWidget(page)
        for each, button in ((self.setup, self.start), (self.abx, self.abx.next), (self.rank, self.rank.next)):
            button.setVisible(page is each)
        self.leave.setText(_("Close") if page is self.setup else _("End the test"))
        self._say("")

    def _say(self, text: str) -> None:
        self._message.setText(text)
        self._message.setVisible(bool(text))

    # Keys.

    def _hear_abx(self, place: int) -> None:
        if self._stack.currentWidget() is self.abx:
            self.controller.hear(place)

    def _digit(self, number: int) -> None:
        if isinstance(page := self._stack.currentWidget(), TrialPage):
            page.answer(number)

    def _move(self, step: int) -> None:
        if self._stack.currentWidget() is self.rank:
            self.rank.move_heard(step)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        page = self._stack.currentWidget()
        if isinstance(page, TrialPage) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            page.enter()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        actions.PlainKey.by_tab = True
        try:
            return super().focusNextPrevChild(forward)
        finally:
            actions.PlainKey.by_tab = False

    def done(self, result: int) -> None:
        self.controller.close()
        super().done(result)
