"""The right side of Study: the study at work, and the report of the one that is looked at, chapter by chapter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QProgressBar, QPushButton, QScrollArea, QVBoxLayout, QWidget

from core.i18n import _
from core.study.report.document import Block
from musicae_gui import theme
from musicae_gui.controllers.study_view import HeadShown, StatusShown
from musicae_gui.views.boxes import hbox, vbox
from musicae_gui.views.empty_state import EmptyState
from musicae_gui.views.named import icon_button, named
from musicae_gui.views.settings_form import Chooser
from musicae_gui.views.study_blocks import Figure, block_widget


class StudyStatus(QFrame):
    """How far the study is, and what can be done with it."""

    pause_wanted = Signal()
    stop_wanted = Signal()
    resume_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._title = named(QLabel(), "study.status", _("Study at work"))
        self._title.setProperty("role", "heading")
        self._sentence = named(QLabel(wordWrap=True), "study.words", _("What it does"))
        self._sentence.setProperty("role", "muted")
        self._warnings = named(QLabel(wordWrap=True), "study.warnings", _("Warnings"))
        self._warnings.setProperty("role", "warning")
        self._bar = named(QProgressBar(), "study.progress", _("Progress of the study"))
        self._bar.setTextVisible(False)
        self.pause = named(QPushButton(), "study.pause", _("Pause"), _("Hold the study after this step."))
        self.stop = named(QPushButton(_("Stop")), "study.stop", _("Stop"), _("What is done stays; it can go on later."))
        self.resume = named(QPushButton(_("Go on")), "study.resume", _("Go on"), _("Go on where it was stopped."))
        theme.set_icon(self.stop, "stop")
        theme.set_icon(self.resume, "play")
        self.pause.clicked.connect(self.pause_wanted)
        self.stop.clicked.connect(self.stop_wanted)
        self.resume.clicked.connect(self.resume_wanted)
        head = hbox(theme.GRID)
        head.addWidget(self._title, 1)
        for button in (self.pause, self.stop, self.resume):
            head.addWidget(button)
        column = vbox(6, self)
        column.setContentsMargins(16, 12, 16, 12)
        column.addLayout(head)
        for widget in (self._bar, self._sentence, self._warnings):
            column.addWidget(widget)

    def show_status(self, status: StatusShown | None) -> None:
        self.setVisible(status is not None)
        if status is None:
            return
        self._title.setText(status.title)
        self._sentence.setText(status.sentence)
        self._warnings.setText("\n".join(f"⚠ {words}" for words in status.warnings))
        self._warnings.setVisible(bool(status.warnings))
        # Range 0 to 0 is Qt's "busy".
        self._bar.setRange(0, 0 if status.fraction < 0 else 1000)
        if status.fraction >= 0:
            self._bar.setValue(round(1000 * status.fraction))
        for button in (self.pause, self.stop):
            button.setVisible(status.running)
            button.setEnabled(not status.stopping)
        self.resume.setVisible(not status.running)
        self.pause.setText(_("Go on") if status.paused else _("Pause"))
        theme.set_icon(self.pause, "play" if status.paused else "pause")


class StudyReader(QWidget):
    """A chapter of the report at a time, with what can be done with all of it above."""

    chapter_chosen = Signal(int)
    rewrite_wanted = Signal()

    def __init__(self, play: Callable[[Path, str], None]) -> None:
        super().__init__()
        self._play = play
        self._figures: dict[int, Figure] = {}
        self._shown = -1
        self._make()
        self._lay_out()
        self.show_chapters([], -1)
        self.show_head(None)

    def show_head(self, head: HeadShown | None) -> None:
        self._title.setText(head.title if head else "")
        self._sentence.setText(head.sentence if head else "")
        for widget in (self._title, self._sentence, self._scroll):
            widget.setVisible(head is not None)
        self._empty.setVisible(head is None)
        readers: tuple[QWidget, ...] = (self.browser, self.html, self.pdf)
        for button in readers:
            button.setEnabled(head is not None and head.has_report)
        self.folder.setEnabled(head is not None)
        self.again.setEnabled(head is not None and head.can_rewrite)
        self.compare.setEnabled(head is not None and bool(head.winner))
        self.train.setEnabled(head is not None and bool(head.winner))
        self.overrule.setEnabled(head is not None and head.can_overrule)
        self._tools.setVisible(head is not None)

    def show_chapters(self, titles: Sequence[str], current: int) -> None:
        with QSignalBlocker(self.chapter):
            if [self.chapter.itemText(row) for row in range(self.chapter.count())] != list(titles):
                self.chapter.clear()
                self.chapter.addItems(list(titles))
            self.chapter.setCurrentIndex(current)
        self._chapters.setVisible(bool(titles))
        self._turned()

    def show_blocks(self, blocks: Sequence[Block]) -> None:
        """A chapter's content; the same chapter keeps its place when it is shown again with more in it."""
        bar = self._scroll.verticalScrollBar()
        kept = bar.value() if self.chapter.currentIndex() == self._shown else 0
        self._shown = self.chapter.currentIndex()
        self._figures.clear()
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, theme.GRID, theme.GRID, theme.GRID)
        column.setSpacing(2 * theme.GRID)
        for number, block in enumerate(blocks):
            widget = block_widget(number, block, self._play)
            figure = widget.findChild(Figure)
            if figure is not None:
                self._figures[number] = figure
            column.addWidget(widget)
        column.addStretch(1)
        self._scroll.setWidget(inside)
        bar.setValue(kept)

    def show_picture(self, number: int, png: bytes, sentence: str) -> None:
        if number in self._figures:
            self._figures[number].show_picture(png, sentence)

    @property
    def figures(self) -> list[Figure]:
        return list(self._figures.values())

    def _make(self) -> None:
        self._title = named(QLabel(), "study.title", _("Study"))
        self._title.setProperty("role", "heading")
        self._sentence = QLabel(wordWrap=True)
        self._sentence.setProperty("role", "muted")
        self.browser = icon_button("study.browser", "report", _("Open the report in the browser"))
        self.html = _button("study.html", _("HTML…"), _("Save the report as one HTML file, with its sounds"))
        self.pdf = _button("study.pdf", _("PDF…"), _("Save the report as PDF, for paper"))
        self.folder = icon_button("study.folder_open", "folder", _("Open the study's folder"))
        self.again = icon_button(
            "study.again",
            "refresh",
            _("Write the report again"),
            _("Write the report again, with the blind tests answered since and in the program's language."),
        )
        self.compare = _button("study.compare", _("To Compare"), _("Hear and see the chosen size in Compare"))
        self.train = _button("study.train", _("To Train"), _("Take the chosen size to Train"))
        self.overrule = _button(
            "study.overrule", _("Another size…"), _("Overrule the proposed size, with a written reason")
        )
        self.chapter = named(Chooser(), "study.chapter", _("Chapter"))
        self.back = icon_button("study.back", "chevron-back", _("Chapter before"))
        self.on = icon_button("study.on", "chevron-on", _("Next chapter"))
        self._scroll = QScrollArea()
        self._scroll.setObjectName("study.report")
        self._scroll.setAccessibleName(_("Report"))
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._empty = EmptyState(
            "study",
            _("No study yet"),
            _("Choose songs on the left and start one: the report grows here as it works."),
            [],
        )
        self.again.clicked.connect(self.rewrite_wanted)
        self.chapter.activated.connect(self.chapter_chosen)
        self.back.clicked.connect(lambda: self.chapter_chosen.emit(self.chapter.currentIndex() - 1))
        self.on.clicked.connect(lambda: self.chapter_chosen.emit(self.chapter.currentIndex() + 1))
        self.chapter_chosen.connect(self._went_to)

    def _lay_out(self) -> None:
        self._tools = QWidget()
        tools = hbox(6, self._tools)
        tools.setContentsMargins(0, 0, 0, 0)
        left: tuple[QWidget, ...] = (self.compare, self.train, self.overrule)
        right: tuple[QWidget, ...] = (self.html, self.pdf, self.browser, self.folder)
        for button in left:
            tools.addWidget(button)
        tools.addStretch(1)
        for button in right:
            tools.addWidget(button)
        self._chapters = QWidget()
        chapters = hbox(6, self._chapters)
        chapters.setContentsMargins(0, 0, 0, 0)
        chapters.addWidget(self.back)
        chapters.addWidget(self.chapter, 1)
        chapters.addWidget(self.on)
        chapters.addWidget(self.again)
        column = vbox(theme.GRID, self)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (self._title, self._sentence, self._tools, self._chapters):
            column.addWidget(widget)
        column.addWidget(self._scroll, 1)
        column.addWidget(self._empty, 1)

    def _went_to(self, number: int) -> None:
        with QSignalBlocker(self.chapter):
            self.chapter.setCurrentIndex(number)
        self._turned()

    def _turned(self) -> None:
        number, count = self.chapter.currentIndex(), self.chapter.count()
        self.back.setEnabled(number > 0)
        self.on.setEnabled(0 <= number < count - 1)


def _button(name: str, text: str, words: str) -> QPushButton:
    button = named(QPushButton(text), name, words)
    button.setAutoDefault(False)
    return button
