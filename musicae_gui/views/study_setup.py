"""The left side of Study: the study that is about to begin, and those of before."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QFrame,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.i18n import _, ngettext
from musicae_gui import actions, theme
from musicae_gui.controllers.study_setup import FOLDER
from musicae_gui.controllers.study_view import SetupShown
from musicae_gui.views.boxes import hbox, vbox
from musicae_gui.views.elided import ElidedLabel
from musicae_gui.views.named import link_button, named
from musicae_gui.views.number_field import DecimalField, WholeField
from musicae_gui.views.row_list import RowList
from musicae_gui.views.settings_form import Chooser


class StudyChoices(QScrollArea):
    """Shows what the controller tells; wishes leave as signals."""

    chosen = Signal(str, object)  # a setting and its value
    folder_wanted = Signal()
    outside_wanted = Signal()
    outside_cleared = Signal()
    place_wanted = Signal()  # another folder for the results

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("study.choices")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._make_fields()
        inside = QWidget()
        self._column = vbox(theme.GRID, inside)
        self._column.setContentsMargins(2 * theme.GRID, theme.GRID + 4, 2 * theme.GRID, theme.GRID)
        self._lay_out()
        self.setWidget(inside)
        self._connect()

    def show_setup(self, setup: SetupShown) -> None:
        fields = (self.source, self.quick, self.full, self.sizes, self.epochs, self.minutes, self.notebook)
        blockers = [QSignalBlocker(field) for field in fields]
        if [self.source.itemText(row) for row in range(self.source.count())] != [words for _k, words in setup.sources]:
            self.source.clear()
            for key, words in setup.sources:
                self.source.addItem(words, key)
        self.source.setCurrentIndex(max(0, self.source.findData(setup.source)))
        self._folder_row.setVisible(setup.source == FOLDER)
        self.folder.setText(setup.folder or _("none chosen yet"))
        self.quick.setChecked(setup.quick)
        self.full.setChecked(not setup.quick)
        self._details.setVisible(not setup.quick)
        if not self.sizes.hasFocus():
            self.sizes.setText(setup.sizes)
        self.epochs.setValue(setup.epochs)
        self.epochs.setEnabled(not setup.minutes)
        self.minutes.setValue(setup.minutes)
        count = len(setup.outside)
        self._outside_words.setText(
            ngettext("{n} file of new music", "{n} files of new music", count).format(n=count)
            if count
            else _("No new music")
        )
        self._outside_words.setToolTip("\n".join(setup.outside))
        self.outside_clear.setVisible(bool(count))
        self.notebook.setChecked(setup.notebook)
        self.place.setText(setup.out)
        self.estimate.setText(setup.estimate)
        self.estimate.setProperty("role", "error" if setup.problem else "muted")
        self.estimate.style().polish(self.estimate)
        self.start.setEnabled(setup.can_start)
        del blockers

    def _make_fields(self) -> None:
        self.source = named(Chooser(), "study.source", _("Songs"), _("Which songs are studied."))
        self.folder = named(ElidedLabel(), "study.folder", _("Folder"))
        self.browse = link_button("study.browse", _("Choose…"), _("Choose the folder with songs"))
        self.quick = named(
            QRadioButton(_("Quick")), "study.quick", _("Quick"), _("A little of everything, within some minutes.")
        )
        self.full = named(
            QRadioButton(_("Full")), "study.full", _("Full"), _("All sizes and repetitions: some hours, unattended.")
        )
        self.sizes = named(
            QLineEdit(),
            "study.sizes",
            _("Sizes"),
            _("Floats in a clip of 5 s, with spaces between."),
        )
        self.epochs = named(WholeField(), "study.epochs", _("Epochs"), _("Of each training."))
        self.epochs.setRange(1, 100_000)
        self.minutes = named(
            DecimalField(),
            "study.minutes",
            _("Minutes"),
            _("Of each training, in the place of epochs."),
        )
        self.minutes.setRange(0.0, 10_000.0)
        self.minutes.setSpecialValueText("–")
        self._outside_words = QLabel()
        self.outside = link_button("study.outside", _("Add…"), _("Add new music to try"), _("Songs of any kind."))
        self.outside_clear = link_button("study.outside_clear", _("None"), _("Leave new music out"))
        self.notebook = named(
            QCheckBox(_("Write a notebook, too")),
            "study.notebook",
            _("Write a notebook, too"),
            _("study.ipynb runs this study, with its parameters on top."),
        )
        self.place = named(ElidedLabel(), "study.place", _("Results go to"))
        self.place_change = link_button("study.place_change", _("Change…"), _("Choose where the results go"))
        self.estimate = named(QLabel(wordWrap=True), "study.estimate", _("Expected time"))
        self.start = named(QPushButton(_("Start the study")), "study.start", _("Start the study"))
        self.start.setProperty("role", "primary")
        theme.set_icon(self.start, "play", role="on_accent")
        actions.explain(self.start, "study.start")

    def _lay_out(self) -> None:
        title = QLabel(_("Study"))
        title.setProperty("role", "title")
        words = QLabel(
            _("Both student reports on your songs: sizes trained and judged, latents explored, one report."),
            wordWrap=True,
        )
        words.setProperty("role", "muted")
        self._folder_row = _beside(self.folder, self.browse)
        self._details = QWidget()
        form = QFormLayout(self._details)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(6)
        form.setHorizontalSpacing(12)
        for name, field in ((_("Sizes"), self.sizes), (_("Epochs"), self.epochs), (_("Minutes"), self.minutes)):
            label = QLabel(name)
            label.setBuddy(field)
            form.addRow(label, field)
        extent = QWidget()
        row = hbox(2 * theme.GRID, extent)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.quick)
        row.addWidget(self.full)
        row.addStretch(1)
        where = QLabel(_("Results"))
        where.setProperty("role", "field")
        for widget in (
            title,
            words,
            self.source,
            self._folder_row,
            extent,
            self._details,
            _beside(self._outside_words, self.outside, self.outside_clear),
            self.notebook,
            where,
            _beside(self.place, self.place_change),
            self.estimate,
            self.start,
        ):
            self._column.addWidget(widget)
        self._column.addStretch(1)

    def _connect(self) -> None:
        self.source.activated.connect(lambda _row: self.chosen.emit("source", self.source.currentData()))
        self.quick.toggled.connect(lambda on: self.chosen.emit("quick", on))
        self.sizes.editingFinished.connect(lambda: self.chosen.emit("sizes", self.sizes.text()))
        self.epochs.valueChanged.connect(lambda value: self.chosen.emit("epochs", value))
        self.minutes.valueChanged.connect(lambda value: self.chosen.emit("minutes", value))
        self.notebook.toggled.connect(lambda on: self.chosen.emit("notebook", on))
        self.browse.clicked.connect(self.folder_wanted)
        self.outside.clicked.connect(self.outside_wanted)
        self.outside_clear.clicked.connect(self.outside_cleared)
        self.place_change.clicked.connect(self.place_wanted)


class StudyList(QWidget):
    """The studies of before, and one at work."""

    open_wanted = Signal()
    forget_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        title = QLabel(_("Studies"))
        title.setProperty("role", "heading")
        self.rows = RowList(
            "study.list",
            _("Studies"),
            _("Studies of before: select one to read it."),
            empty=_("Finished studies stand here, and those that can go on."),
        )
        self.open = link_button("study.open", _("Open a folder…"), _("Open a study that lies elsewhere"))
        self.forget = link_button(
            "study.forget",
            _("Forget"),
            _("Take the study off the list"),
            _("One that lies elsewhere; it stays there."),
        )
        self.open.clicked.connect(self.open_wanted)
        self.forget.clicked.connect(self.forget_wanted)
        head = hbox(theme.GRID)
        head.addWidget(title, 1)
        head.addWidget(self.open)
        head.addWidget(self.forget)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * theme.GRID, theme.GRID, 2 * theme.GRID, theme.GRID)
        column.addLayout(head)
        column.addWidget(self.rows, 1)


def _beside(*widgets: QWidget) -> QWidget:
    """A line of widgets, the first of which takes what room there is."""
    line = QWidget()
    row = hbox(theme.GRID, line)
    row.setContentsMargins(0, 0, 0, 0)
    for number, widget in enumerate(widgets):
        row.addWidget(widget, 0 if number else 1)
    return line
