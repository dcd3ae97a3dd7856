"""The Study panel: both reports' experiments on the user's songs, begun, watched and read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QSplitter, QVBoxLayout, QWidget

from core.i18n import _
from core.study import StudyFolder
from musicae_gui import actions, theme
from musicae_gui.controllers.study import StudyController, is_trainable
from musicae_gui.controllers.study_view import HeadShown, SetupShown, StatusShown
from musicae_gui.views.study_overrule import OverruleDialog
from musicae_gui.views.study_report import StudyReader, StudyStatus
from musicae_gui.views.study_setup import StudyChoices, StudyList

if TYPE_CHECKING:
    from core.study.report.document import Block
    from musicae_gui.services import Services
    from musicae_gui.views.rows import Row

LEFT_WIDTH = 330


class StudyPanel(QWidget):
    """The view of StudyController."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("study")
        self._services = services
        self._head: HeadShown | None = None
        self.choices, self.list, self.status = StudyChoices(), StudyList(), StudyStatus()
        self.reader = StudyReader(lambda path, label: self.controller.report.play(path, label))
        self.status.hide()
        self._lay_out()
        self.controller = StudyController(self, services, self)
        self._connect()

    def shown(self) -> None:
        """The panel came to the front."""
        self.controller.refresh()

    def about_to_close(self) -> str | None:
        return self.controller.question()

    def close_down(self) -> None:
        self.controller.shut_down()

    # StudyView

    def show_setup(self, setup: SetupShown) -> None:
        self.choices.show_setup(setup)

    def show_studies(self, rows: Sequence[Row], current: str) -> None:
        self.list.rows.set_rows(rows)
        self.list.rows.select(current)

    def show_status(self, status: StatusShown | None) -> None:
        self.status.show_status(status)

    def show_head(self, head: HeadShown | None) -> None:
        self._head = head
        self.reader.show_head(head)
        self.list.forget.setEnabled(head is not None and head.can_forget)
        self.reader.train.setEnabled(head is not None and is_trainable(head.winner))

    def show_chapters(self, titles: Sequence[str], current: int) -> None:
        self.reader.show_chapters(titles, current)

    def show_blocks(self, blocks: Sequence[Block]) -> None:
        self.reader.show_blocks(blocks)

    def show_picture(self, number: int, png: bytes, sentence: str) -> None:
        self.reader.show_picture(number, png, sentence)

    # How it is built.

    def _lay_out(self) -> None:
        left = QSplitter(Qt.Orientation.Vertical)
        left.setObjectName("study.left")
        left.addWidget(self.choices)
        left.addWidget(self.list)
        left.setStretchFactor(0, 3)
        left.setStretchFactor(1, 2)
        left.setChildrenCollapsible(False)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(2 * theme.GRID, theme.GRID + 4, theme.GRID, theme.GRID)
        column.setSpacing(2 * theme.GRID)
        column.addWidget(self.status)
        column.addWidget(self.reader, 1)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setObjectName("study.splitter")
        both.addWidget(left)
        both.addWidget(right)
        both.setStretchFactor(0, 0)
        both.setStretchFactor(1, 1)
        both.setSizes([LEFT_WIDTH, 3 * LEFT_WIDTH])
        both.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(both)

    def _connect(self) -> None:
        controller, choices, reader = self.controller, self.choices, self.reader
        choices.chosen.connect(controller.setup.choose)
        choices.folder_wanted.connect(self._choose_folder)
        choices.outside_wanted.connect(self._add_outside)
        choices.outside_cleared.connect(controller.setup.clear_outside)
        choices.place_wanted.connect(self._choose_place)
        choices.start.clicked.connect(controller.start)
        actions.bind("study.start", self, choices.start.click)
        self.list.rows.selected.connect(self._select)
        self.list.open_wanted.connect(self._open)
        self.list.forget_wanted.connect(controller.forget)
        self.status.pause_wanted.connect(controller.work.pause_or_resume)
        self.status.stop_wanted.connect(controller.work.stop)
        self.status.resume_wanted.connect(controller.resume)
        reader.chapter_chosen.connect(controller.report.choose)
        reader.compare.clicked.connect(controller.compare_winner)
        reader.train.clicked.connect(controller.train_winner)
        reader.overrule.clicked.connect(self._overrule)
        reader.rewrite_wanted.connect(controller.resume)
        reader.browser.clicked.connect(lambda: self._open_file(self._folder.report_file))
        reader.folder.clicked.connect(lambda: self._open_file(self._folder.path))
        reader.html.clicked.connect(lambda: self._save("html"))
        reader.pdf.clicked.connect(lambda: self._save("pdf"))

    # Dialogs.

    @property
    def _folder(self) -> StudyFolder:
        return StudyFolder(Path(self.controller.current))

    def _select(self, key: str) -> None:
        if key and key != self.controller.current:
            self.controller.select(key)

    def _choose_folder(self) -> None:
        if name := self._ask_folder("study", _("A folder of songs, sorted by genre")):
            self.controller.setup.choose("folder", name)

    def _choose_place(self) -> None:
        if name := self._ask_folder("study_out", _("A folder for the study")):
            path = Path(name)
            # A folder that holds things already gets one of the study's own in it.
            empty = not any(path.iterdir()) if path.is_dir() else True
            self.controller.setup.out = path if empty else path / Path(self.controller.setup.folder).name
            self.controller.setup.look()

    def _open(self) -> None:
        if name := self._ask_folder("study_out", _("Open a study")):
            self.controller.open(Path(name))

    def _ask_folder(self, kind: str, title: str) -> str:
        folders = self._services.session.state.folders
        name = QFileDialog.getExistingDirectory(self, title, folders.get(kind, ""))
        if name:
            folders[kind] = name
        return name

    def _add_outside(self) -> None:
        from core.audio import AUDIO_SUFFIXES

        folders = self._services.session.state.folders
        kinds = " ".join(f"*{suffix}" for suffix in sorted(AUDIO_SUFFIXES))
        pattern = _("Sound files ({kinds})").format(kinds=kinds)
        names, _kind = QFileDialog.getOpenFileNames(self, _("New music"), folders.get("open", ""), pattern)
        if names:
            folders["open"] = str(Path(names[0]).parent)
            self.controller.setup.add_outside(names)

    def _overrule(self) -> None:
        if self._head is None:
            return
        dialog = OverruleDialog(self._head.sizes, self._head.winner, self)
        dialog.accepted.connect(lambda: self.controller.overrule(dialog.chosen, dialog.words))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _open_file(self, path: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self._services.notify(_("Nothing on this computer opens {path}.").format(path=path), "warning")

    def _save(self, kind: str) -> None:
        folders = self._services.session.state.folders
        start = Path(folders.get("export", str(Path.home()))) / f"{self._folder.path.name}.{kind}"
        pattern = _("HTML files (*.html)") if kind == "html" else _("PDF files (*.pdf)")
        name, _kind = QFileDialog.getSaveFileName(self, _("Save the report"), str(start), pattern)
        if name:
            folders["export"] = str(Path(name).parent)
            self.controller.report.export(kind, Path(name).with_suffix(f".{kind}"))
