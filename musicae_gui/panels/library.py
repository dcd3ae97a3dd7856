"""The Library panel: the songs, and the way to all that can be done with them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QInputDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedWidget,
    QWidget,
)

from core.i18n import _, ngettext
from musicae_gui import actions, theme
from musicae_gui.controllers.library import FileRow, LibraryController
from musicae_gui.services import Services
from musicae_gui.views.boxes import hbox, vbox
from musicae_gui.views.empty_state import EmptyState
from musicae_gui.views.file_list import FileList
from musicae_gui.views.song_model import SongModel
from musicae_gui.views.song_table import SongTable
from musicae_gui.views.song_waveforms import SongWaveforms

if TYPE_CHECKING:
    from core.library import Song

TYPING_PAUSE = 150  # ms after the last letter before the search begins


class LibraryPanel(QWidget):
    """Shows what its controller tells it."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("library")
        self._services = services
        self._genres: list[str] = []
        self._total = 0
        self._reading = False
        self._restored = False
        self._checked = False
        self._make()
        self._lay_out()
        self.controller = LibraryController(self, services, self)
        self._connect()
        self.controller.refresh()

    # -- what the window asks ----------------------------------------------------------------------------------------

    def shown(self) -> None:
        if not self.search.hasFocus():
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def play(self) -> None:
        """Space with nothing loaded: the current song, or the first."""
        key = self.table.current_key or (self.model.song(0).key if self.model.rowCount() else "")
        if key:
            self.controller.listen(key)

    def add_paths(self, paths: Sequence[Path]) -> None:
        self.controller.add(paths)

    def add_demo_songs(self) -> None:
        self.controller.add_demo_songs()

    def about_to_close(self) -> str | None:
        return _("Songs are still being read.") if self.controller.reading_for_the_user else None

    def close_down(self) -> None:
        self.controller.stop_reading()

    # -- LibraryView -------------------------------------------------------------------------------------------------

    def show_songs(self, songs: list[Song], total: int) -> None:
        self.table.show_songs(songs)
        self._total = total
        if len(songs) == total:
            words = ngettext("{n} song", "{n} songs", total).format(n=f"{total:,}")
        else:
            words = _("{n} of {total} songs").format(n=f"{len(songs):,}", total=f"{total:,}")
        self.count.setText(words)
        self._choose_page()
        if songs and not self._restored:
            self._restored = True
            selected = self._services.session.state.selected
            self.table.select(set(selected) or {songs[0].key}, selected[0] if selected else songs[0].key)
        if not self._checked:
            self._checked = True
            self.controller.check_files()

    def show_genres(self, genres: list[str], current: str) -> None:
        self._genres = genres
        with QSignalBlocker(self.genre):
            self.genre.clear()
            self.genre.addItem(_("All genres"), "")
            for genre in genres:
                self.genre.addItem(genre, genre)
            self.genre.setCurrentIndex(max(0, self.genre.findData(current)))

    def show_heard(self, key: str) -> None:
        self.table.show_heard(key)

    def show_files(self, files: Sequence[FileRow]) -> None:
        self.files.show_files(files)

    def show_file(self, row: int, file: FileRow) -> None:
        self.files.show_file(row, file)

    def show_reading(self, words: str, done: int, total: int, running: bool) -> None:
        self.files.show_reading(words, done, total, running)
        if running != self._reading:
            self._reading = running
            self._choose_page()

    def _choose_page(self) -> None:
        """Songs, or why there are none; while some are being read, the empty table waits for them."""
        if self.model.rowCount() or (self._reading and not self._total):
            self.pages.setCurrentWidget(self.table)
        else:
            self.pages.setCurrentWidget(self.nothing_found if self._total else self.empty)

    # -- made --------------------------------------------------------------------------------------------------------

    def _make(self) -> None:
        services = self._services
        self.count = QLabel()
        self.count.setObjectName("library.count")
        self.count.setProperty("role", "muted")
        self.search = QLineEdit(placeholderText=_("Search title, author, genre"))
        self.search.setObjectName("library.search")
        self.search.setClearButtonEnabled(True)
        actions.explain(self.search, "library.search", _("Search songs"))
        self.search.setText(services.session.state.search)
        self.genre = QComboBox()
        self.genre.setObjectName("library.genre")
        self.genre.setAccessibleName(_("Genre filter"))
        self.genre.setToolTip(_("Show only songs of one genre"))
        self.genre.addItem(_("All genres"), "")
        self.genre.setMinimumWidth(136)
        self.add = QPushButton(_("Add songs"))
        self.add.setObjectName("library.add")
        self.add.setProperty("role", "primary")
        self.add.setAccessibleName(_("Add songs"))
        self.add.setToolTip(_("Add sound files or a folder; you can also drop them anywhere on the window"))
        menu = QMenu(self.add)
        menu.addAction(_("Sound files… (Ctrl+O)"), lambda: self._window("open_files"))
        menu.addAction(_("A folder… (Ctrl+Shift+O)"), lambda: self._window("open_folder"))
        self.add.setMenu(menu)
        self.model = SongModel(self._genre_edited, lambda key, title: self.controller.set_title(key, title), self)
        self.waveforms = SongWaveforms(services.library, services.tasks, self)
        self.table = SongTable(self.model, self.waveforms, lambda: self._genres)
        self.table.show_order(services.session.state.sort, services.session.state.descending)
        self.files = FileList()
        self.typing = QTimer(self, singleShot=True, interval=TYPING_PAUSE)
        self.open_first = QPushButton(_("Add songs…"))
        self.open_first.setObjectName("library.empty.add")
        self.open_first.setProperty("role", "primary")
        self.demo_first = QPushButton(_("Compose demo songs"))
        self.demo_first.setObjectName("library.empty.demo")
        self.demo_first.setToolTip(_("Ten short songs in ten styles, made by Musicae itself"))
        sentence = _("Drop sound files or folders anywhere on this window: wav, flac, ogg, opus, mp3, aiff, m4a.")
        self.empty = EmptyState("library", _("No songs yet"), sentence, [self.open_first, self.demo_first])
        self.clear_search = QPushButton(_("Show all songs"))
        self.clear_search.setObjectName("library.show_all")
        self.nothing_found = EmptyState(
            "search", _("Nothing found"), _("No song matches this search and genre."), [self.clear_search]
        )

    def _lay_out(self) -> None:
        title = QLabel(_("Library"))
        title.setProperty("role", "title")
        head = hbox(theme.GRID)
        head.addWidget(title)
        head.addWidget(self.count, 0, Qt.AlignmentFlag.AlignBottom)
        head.addStretch(1)
        self.search.setMaximumWidth(320)
        self.search.setMinimumWidth(180)
        head.addWidget(self.search, 2)
        head.addWidget(self.genre)
        head.addWidget(self.add)
        self.pages = QStackedWidget()
        for page in (self.empty, self.nothing_found, self.table):
            self.pages.addWidget(page)
        self.pages.setCurrentWidget(self.table)
        column = vbox(2 * theme.GRID, self)
        column.setContentsMargins(24, 16, 24, 16)
        column.addLayout(head)
        column.addWidget(self.files)
        column.addWidget(self.pages, 1)

    def _connect(self) -> None:
        controller, session, table = self.controller, self._services.session, self.table
        self.search.textChanged.connect(lambda _text: self.typing.start())
        self.search.returnPressed.connect(table.setFocus)
        self.typing.timeout.connect(lambda: controller.set_query(search=self.search.text()))
        self.genre.activated.connect(lambda row: controller.set_query(genre=self.genre.itemData(row)))
        self.open_first.clicked.connect(lambda: self._window("open_files"))
        self.demo_first.clicked.connect(controller.add_demo_songs)
        self.clear_search.clicked.connect(self._show_all)
        table.order_wanted.connect(lambda order, descending: controller.set_query(order=order, descending=descending))
        table.selection_changed.connect(session.select_songs)
        table.listen_wanted.connect(lambda key, at: controller.listen(key, at=at))
        table.open_wanted.connect(lambda: session.open_songs("compare", table.keys()))
        table.remove_wanted.connect(lambda: controller.remove(table.keys()))
        table.menu_wanted.connect(self._menu)
        self._services.player.position.connect(table.show_position)
        self.files.cancel_clicked.connect(controller.stop_reading)
        self.files.dismiss_clicked.connect(self._dismiss)
        actions.bind("library.search", self, self._to_search)
        leave = QShortcut(Qt.Key.Key_Escape, self.search, context=Qt.ShortcutContext.WidgetShortcut)
        leave.activated.connect(self._leave_search)

    def _dismiss(self) -> None:
        self.controller.dismiss_files()
        self.files.hide()

    def _to_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _leave_search(self) -> None:
        self.search.clear()
        self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show_all(self) -> None:
        self.search.clear()
        self.typing.stop()
        self.controller.set_query(search="", genre="")

    def _window(self, method: str) -> None:
        getattr(self.window(), method)()

    def _genre_edited(self, key: str, genre: str) -> None:
        """A genre typed into one of several selected rows holds for all of them."""
        keys = self.table.keys()
        self.controller.set_genre(keys if key in keys else [key], genre)

    # -- the context menu --------------------------------------------------------------------------------------------

    def _menu(self, position: QPoint) -> None:
        menu = self.make_menu()
        menu.exec(position)
        menu.deleteLater()

    def make_menu(self) -> QMenu:
        """What can be done with the selected songs."""
        session, keys = self._services.session, self.table.keys()
        menu = QMenu(self)
        one = len(keys) == 1
        listen = menu.addAction(_("Pre-listen"), lambda: self.controller.listen(keys[0]))
        listen.setEnabled(one)
        menu.addAction(_("Open in Compare"), lambda: session.open_songs("compare", keys))
        menu.addAction(_("Set as Morph A"), lambda: session.open_songs("morph", [keys[0], ""])).setEnabled(one)
        menu.addAction(_("Set as Morph B"), lambda: session.open_songs("morph", ["", keys[0]])).setEnabled(one)
        if len(keys) == 2:
            menu.addAction(_("Morph between these two"), lambda: session.open_songs("morph", keys))
        menu.addAction(_("Train on the selection"), lambda: session.open_songs("train", keys))
        menu.addSeparator()
        menu.addAction(_("Edit genre…"), self._ask_genre)
        menu.addAction(_("Rename…"), self.table.edit_title).setEnabled(one)
        menu.addAction(_("Show in its folder"), self._reveal).setEnabled(one)
        menu.addSeparator()
        menu.addAction(_("Remove from the library"), lambda: self.controller.remove(keys))
        return menu

    def _ask_genre(self) -> None:
        keys = self.table.keys()
        if len(keys) == 1:
            self.table.edit_genre()
            return
        words = ngettext("Genre of {n} song:", "Genre of {n} songs:", len(keys)).format(n=len(keys))
        genre, given = QInputDialog.getItem(self, _("Edit genre"), words, self._genres, editable=True)
        if given:
            self.controller.set_genre(keys, genre)

    def _reveal(self) -> None:
        song = self._services.library.song(self.table.current_key)
        if song is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(song.path.parent)))
