"""The main window: navigation rail, panel stack, transport bar, status line, notifications."""

from __future__ import annotations

import base64
import contextlib
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QIcon, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QWidget,
)

from core.i18n import _
from core.models.names import SUFFIX
from core.paths import resource
from core.session_file import is_session
from musicae_gui import actions
from musicae_gui.controllers.transport import TransportController
from musicae_gui.panels import PANELS, panel_spec
from musicae_gui.services import Services
from musicae_gui.views.boxes import hbox, vbox
from musicae_gui.views.drop_veil import DropVeil
from musicae_gui.views.notifications import Notifications
from musicae_gui.views.rail import Rail
from musicae_gui.views.session_menu import SessionMenu
from musicae_gui.views.status_line import StatusLine
from musicae_gui.views.stop_question import may_stop
from musicae_gui.views.transport import TransportBar

MINIMUM = (900, 600)
FIRST_SIZE = (1280, 800)


class Window(QMainWindow):
    """Panels are made when they are first shown; their state lives on while another one is in front."""

    painted = Signal()  # the window's content is on the screen for the first time
    session_wanted = Signal(object)  # path of a session's file that is to be opened, None to be asked for one
    saving_wanted = Signal(bool)  # the session's file is to be written; whether another one is to be asked for

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.services = services
        self.panels: dict[str, QWidget] = {}
        self._was_painted = False
        self._ended = False
        self.setObjectName("window")
        self.setWindowIcon(QIcon(str(resource("icons", "app.svg"))))
        self.setMinimumSize(*MINIMUM)
        self.setAcceptDrops(True)
        self.rail = Rail([(spec.key, spec.title(), spec.icon) for spec in PANELS])
        self.stack = QStackedWidget()
        self.stack.setObjectName("panels")
        self.transport = TransportBar()
        self.status = StatusLine(services.tasks)
        self.session_menu = SessionMenu()
        self.status.add(self.session_menu)
        self._lay_out()
        self.notifications = Notifications(self.stack)
        self.controller = TransportController(self.transport, services, self._play_panel, self)
        self._veil = DropVeil(self.content)
        self._connect()
        self._bind()
        self._restore()
        self.show_session("", None, modified=False)

    def _lay_out(self) -> None:
        top = hbox(0)
        top.addWidget(self.rail)
        top.addWidget(self.stack, 1)
        self.content = QWidget()
        column = vbox(0, self.content)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(top, 1)
        column.addWidget(self.transport)
        column.addWidget(self.status)
        # Takes the focus from a field when the ground is clicked, so that Space plays again.
        self.content.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setCentralWidget(self.content)

    def _connect(self) -> None:
        session, bar, controller = self.services.session, self.transport, self.controller
        self.rail.chosen.connect(self.show_panel)
        session.panel_requested.connect(self.show_panel)
        session.status_changed.connect(self.status.say)
        bar.play_clicked.connect(controller.play_or_stop)
        bar.loop_clicked.connect(controller.toggle_loop)
        bar.side_clicked.connect(controller.toggle_side)
        bar.seek_wanted.connect(controller.seek)
        bar.level_wanted.connect(controller.set_level)
        bar.device_wanted.connect(controller.choose_device)
        bar.devices_opened.connect(controller.refresh_devices)
        bar.save_clicked.connect(self.save_sound)
        self.session_menu.open_wanted.connect(lambda: self.session_wanted.emit(None))
        self.session_menu.save_wanted.connect(self.saving_wanted)

    def _bind(self) -> None:
        controller, undo = self.controller, self.services.session.undo_stack
        for number, spec in enumerate(PANELS, start=1):
            actions.bind(f"panel.{number}", self, partial(self.show_panel, spec.key))
        for command, slot in {
            "app.open": self.open_files,
            "app.open_folder": self.open_folder,
            "session.open": lambda: self.session_wanted.emit(None),
            "session.save": lambda: self.saving_wanted.emit(False),
            "session.save_as": lambda: self.saving_wanted.emit(True),
            "app.undo": undo.undo,
            "app.redo": undo.redo,
            "app.help": self.show_help,
            "app.quit": self.close,
            "sound.play": controller.play_or_stop,
            "sound.loop": controller.toggle_loop,
            "sound.side": controller.toggle_side,
            "sound.back": lambda: controller.step(-1),
            "sound.on": lambda: controller.step(1),
            "sound.start": controller.to_start,
            "sound.end": controller.to_end,
            "sound.save": self.save_sound,
        }.items():
            actions.bind(command, self, slot)

    # -- panels ------------------------------------------------------------------------------------------------------

    def show_panel(self, key: str) -> None:
        """Bring a panel to the front, making it first when it was never shown; an unknown key shows the first."""
        spec = panel_spec(key)
        panel = self.panels.get(spec.key)
        if panel is None:
            panel = spec.create(self.services)
            self.panels[spec.key] = panel
            self.stack.addWidget(panel)
            self._restore_layout(panel)
        if self.panel is not panel:
            self.stack.setCurrentWidget(panel)
            self._free_keys(panel)
        self.rail.select(spec.key)
        self.services.session.state.panel = spec.key
        self.notifications.raise_()
        _ask(panel, "shown")

    def refresh(self) -> None:
        """Let the panel in front look at the library again."""
        if self.panel is not None:
            _ask(self.panel, "shown")

    @property
    def panel(self) -> QWidget | None:
        """The panel in front."""
        return self.stack.currentWidget()

    def _free_keys(self, panel: QWidget) -> None:
        """Qt passes the focus on to the first field of the panel that comes; there Space would be typed, not play."""
        focus = QApplication.focusWidget()
        if isinstance(focus, QLineEdit | QAbstractSpinBox | QComboBox) and panel.isAncestorOf(focus):
            panel.setFocus(Qt.FocusReason.OtherFocusReason)

    def _play_panel(self) -> None:
        if self.panel is not None:
            _ask(self.panel, "play")

    # -- files -------------------------------------------------------------------------------------------------------

    def open_files(self) -> None:
        from PySide6.QtWidgets import QFileDialog  # here and below: the window is painted without dialogs

        from core.audio import AUDIO_SUFFIXES

        folders = self.services.session.state.folders
        kinds = " ".join(f"*{suffix}" for suffix in sorted(AUDIO_SUFFIXES))
        pattern = _("Sound files ({kinds})").format(kinds=kinds) + ";;" + _("All files (*)")
        names, _kind = QFileDialog.getOpenFileNames(self, _("Open songs"), folders.get("open", ""), pattern)
        if names:
            folders["open"] = str(Path(names[0]).parent)
            self.open_paths([Path(name) for name in names])

    def open_folder(self) -> None:
        from PySide6.QtWidgets import QFileDialog

        folders = self.services.session.state.folders
        name = QFileDialog.getExistingDirectory(self, _("Open a folder of songs"), folders.get("open", ""))
        if name:
            folders["open"] = name
            self.add_songs([Path(name)])

    def open_paths(self, paths: list[Path]) -> None:
        """Take in what was dropped or named at the start: models go to Compare, all but sessions to the library."""
        models = [path for path in paths if is_model(path)]
        sessions = [path for path in paths if is_session(path)]
        songs = [path for path in paths if path not in models and path not in sessions]
        if songs:
            self.add_songs(songs)
        if models:
            self.show_panel("compare")
            for path in models:
                self.panels["compare"].add_model_file(path)  # type: ignore[attr-defined]
        if sessions:
            self.session_wanted.emit(sessions[-1])  # last: it makes the window anew

    def add_songs(self, paths: list[Path]) -> None:
        """Read files and folders into the library, whose panel comes to the front to show it."""
        self.show_panel("library")
        self.panels["library"].add_paths(paths)  # type: ignore[attr-defined]

    def add_demo_songs(self) -> None:
        """Compose the ten demo songs."""
        self.show_panel("library")
        self.panels["library"].add_demo_songs()  # type: ignore[attr-defined]

    def save_sound(self) -> None:
        from PySide6.QtWidgets import QFileDialog

        if not self.controller.can_save:
            self.services.notify(_("Nothing is loaded yet; play a song first, then save it."))
            return
        folders = self.services.session.state.folders
        start = Path(folders.get("save", "")) / self.controller.suggested_name()
        name, _kind = QFileDialog.getSaveFileName(self, _("Save as WAV"), str(start), _("WAV files (*.wav)"))
        if name:
            folders["save"] = str(Path(name).parent)
            self.controller.save(Path(name).with_suffix(".wav"))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            self._veil.appear()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._veil.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._veil.hide()
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            # The file manager waits for the answer to its drop, so that the work begins after it.
            QTimer.singleShot(0, self, lambda: self.open_paths(paths))

    def show_session(self, name: str, path: Path | None, *, modified: bool) -> None:
        """Name the open session in the title bar; empty for the one without a file."""
        self.setWindowTitle(f"{name}[*] – Musicae" if name else "Musicae")
        self.setWindowModified(modified and bool(name))
        self.session_menu.show_session(name, path, modified=modified)

    # -- dialogs -----------------------------------------------------------------------------------------------------

    def show_help(self) -> None:
        from musicae_gui.views.command_list import CommandList

        CommandList(self).exec()

    def show_about(self) -> None:
        from musicae_gui.views.about import AboutBox

        box = AboutBox(self.services.tasks, self.services.preferences.values.compute, self)
        box.exec()
        box.deleteLater()

    # -- Qt ----------------------------------------------------------------------------------------------------------

    def focusNextPrevChild(self, forward: bool) -> bool:
        actions.PlainKey.by_tab = True
        try:
            return super().focusNextPrevChild(forward)
        finally:
            actions.PlainKey.by_tab = False

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            # After this event the backing store is on the screen.
            QTimer.singleShot(0, self, self.painted.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        questions = self.busy()
        if questions and not self._confirmed(questions):
            event.ignore()
            return
        self.end()
        event.accept()

    def busy(self) -> list[str]:
        """What the panels would ask before the window closes, because work goes on."""
        questions = [_ask(panel, "about_to_close") for panel in self.panels.values()]
        return [str(question) for question in questions if question]

    def put_away(self) -> None:
        """Leave without a question, at the program's end or for another window with the same services."""
        self.end()
        self.hide()
        self.deleteLater()

    def end(self) -> None:
        """Once: remember the layout and let the panels end their work."""
        if not self._ended:
            self._ended = True
            self.remember()
            for panel in self.panels.values():
                _ask(panel, "close_down")

    def _confirmed(self, questions: list[str]) -> bool:
        title, stop = _("Close Musicae?"), _("Stop and close")
        return may_stop(self, questions, name="close.question", title=title, stop=stop)

    # -- layout remembered ---------------------------------------------------------------------------------------------

    def remember(self) -> None:
        """Put geometry and splitters into the session."""
        state = self.services.session.state
        state.geometry = _text(self.saveGeometry())
        for splitter in self.findChildren(QSplitter):
            if splitter.objectName():
                state.layout[splitter.objectName()] = _text(splitter.saveState())

    def _restore(self) -> None:
        state = self.services.session.state
        if not (state.geometry and self.restoreGeometry(_bytes(state.geometry))):
            self.resize(*FIRST_SIZE)

    def _restore_layout(self, panel: QWidget) -> None:
        layout = self.services.session.state.layout
        for splitter in [panel, *panel.findChildren(QSplitter)]:
            if isinstance(splitter, QSplitter) and splitter.objectName() in layout:
                splitter.restoreState(_bytes(layout[splitter.objectName()]))


def _ask(panel: QWidget, method: str) -> object:
    """Call an optional method of a panel."""
    function = getattr(panel, method, None)
    return function() if function is not None else None


def _text(state: QByteArray) -> str:
    return base64.b64encode(state.data()).decode()


def _bytes(text: str) -> QByteArray:
    with contextlib.suppress(ValueError):
        return QByteArray(base64.b64decode(text, validate=True))
    return QByteArray()


def is_model(path: Path) -> bool:
    """Whether what was dropped or named at the start is a model's file rather than sound."""
    return path.suffix.lower() == SUFFIX and path.is_file()
