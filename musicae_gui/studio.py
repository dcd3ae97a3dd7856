"""The running program: services and window made, what is slow loaded after the first paint, all ended in order."""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import os
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QLibraryInfo, QLocale, QObject, Qt, QTimer, QTranslator, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from core import i18n
from core.errors import MusicaeError
from core.i18n import _
from core.library import Library
from core.session import SessionState
from core.training import warm_up
from musicae_gui import theme
from musicae_gui.controllers.missing_songs import GROUP as MISSING_GROUP
from musicae_gui.controllers.missing_songs import MissingSongs
from musicae_gui.controllers.session_files import GROUP as OPENING_GROUP
from musicae_gui.controllers.session_files import SessionFiles
from musicae_gui.models_cache import ModelCache
from musicae_gui.panels import panel_spec
from musicae_gui.player import PlayerAdapter
from musicae_gui.preferences import PreferenceStore
from musicae_gui.services import Services
from musicae_gui.session import Session
from musicae_gui.tasks import TaskContext, Tasks
from musicae_gui.tasks.window_tasks import WindowTasks
from musicae_gui.views.crash_dialog import CrashDialog
from musicae_gui.views.find_song import ask_for_song
from musicae_gui.views.notifications import Notifications
from musicae_gui.views.session_dialogs import (
    ask_for_session,
    ask_to_save_changes,
    ask_to_stop,
    ask_where_to_save,
)
from musicae_gui.window import Window, is_model

WARM_UP_AFTER = 1500  # ms from being ready: first come what the user does at once, and a window closed again soon

_imported = time.monotonic()


class Application(QApplication):
    """Tells which files the system wants opened: macOS sends an event where others start the program once more."""

    files_opened = Signal(list)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent) and event.url().isLocalFile():
            self.files_opened.emit([Path(event.url().toLocalFile())])
            return True
        return super().event(event)


def application(arguments: Sequence[str]) -> QApplication:
    """The one QApplication."""
    qt = QApplication.instance() or Application(list(arguments))
    assert isinstance(qt, QApplication)
    qt.setApplicationName("Musicae")
    qt.setApplicationDisplayName("Musicae")
    qt.setDesktopFileName("musicae")
    return qt


def seconds_since_launch() -> float:
    """Since the process began, where the system tells (Linux), else since this module was imported."""
    with contextlib.suppress(OSError, ValueError, IndexError, AttributeError):
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        return time.clock_gettime(time.CLOCK_BOOTTIME) - int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return time.monotonic() - _imported


class Studio(QObject):
    """Services, window, and their life from start to end.

    Attributes:
        paint_seconds, ready_seconds: from launch to the first paint and to the first model being ready; 0 before.
    """

    painted = Signal()
    ready = Signal()

    def __init__(self, folder: Path, *, language: str | None = None, theme: str | None = None) -> None:
        """Raises LibraryError where the library in `folder` cannot be used."""
        super().__init__()
        self.paint_seconds = 0.0
        self.ready_seconds = 0.0
        self._notifications: Notifications | None = None
        self._translator: QTranslator | None = None
        self._last_crash = ""
        self._paths: list[Path] = []
        self._warming = QTimer(self, singleShot=True, interval=WARM_UP_AFTER)
        preferences = PreferenceStore(folder, language=language, theme=theme)
        self._speak(preferences.values.language)
        self._color(preferences.values.theme)
        tasks = Tasks(self.notify)
        library = Library(folder)
        session = Session(folder)
        session.state.model = session.state.model or preferences.values.model
        self.services = Services(
            data_dir=folder,
            preferences=preferences,
            library=library,
            player=PlayerAdapter(),
            session=session,
            tasks=tasks,
            models=ModelCache(tasks, preferences),
            notify=self.notify,
        )
        preferences.changed.connect(self._preference_changed)
        preferences.save_failed.connect(
            lambda reason: self.notify(_("The preferences cannot be saved."), "warning", details=reason)
        )
        self._warming.timeout.connect(self._warm_up)
        self.sessions = SessionFiles(self.services, self, self)
        self.sessions.changed.connect(self._name_session)
        self.window = self._make_window()
        self._crash_dialog = CrashDialog(self.window)
        self._missing = MissingSongs(
            self.services, lambda song: ask_for_song(song, self.window, self._folders), lambda: self.window.refresh()
        )

    def start(self, paths: Sequence[Path] = (), last_crash: str = "") -> None:
        """Show the window; what is slow begins when it is painted."""
        self._paths = [path.absolute() for path in paths]
        self._last_crash = last_crash
        self.window.painted.connect(self._painted)
        self.window.show()
        self.window.content.setFocus()
        if not panel_spec(self.services.session.state.panel).needs:
            self.window.show_panel(self.services.session.state.panel)

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Come to the front and take in the files of a later start; those that come before the paint wait for it."""
        if not self.paint_seconds:
            self._paths += paths
            return
        window = self.window
        window.setWindowState((window.windowState() & ~Qt.WindowState.WindowMinimized) | Qt.WindowState.WindowActive)
        window.show()
        window.raise_()
        window.activateWindow()
        if paths:
            window.open_paths(list(paths))

    def close(self) -> bool:
        """End everything; False when a worker did not stop in time."""
        self._warming.stop()
        self.sessions.end()
        self.window.put_away()
        self.services.session.state.model_loading = ""
        return self.services.close()

    def notify(
        self,
        message: str | MusicaeError,
        level: str = "",
        *,
        details: str = "",
        action: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        """Tell the user something in the window's corner."""
        if self._notifications is not None:
            self._notifications.notify(message, level, details=details, action=action)

    def show_fault(self, text: str) -> None:
        """Show a fault of the program itself."""
        self._crash_dialog.show(text)

    # -- after the first paint ---------------------------------------------------------------------------------------

    def _painted(self) -> None:
        self.paint_seconds = seconds_since_launch()
        if self.window.panel is None:
            self.window.show_panel(self.services.session.state.panel)
        services = self.services
        services.player.trouble.connect(self._sound_trouble)
        services.player.open(services.preferences.values.device)
        self._load_model()
        if services.library.notice:
            self.notify(services.library.notice, "warning")
        if self._last_crash:
            self.notify(_("Musicae ended unexpectedly the last time."), "warning", details=self._last_crash)
        no_songs = all(is_model(path) for path in self._paths)
        if no_songs and services.preferences.values.demo_songs and services.library.count() == 0:
            self.window.add_demo_songs()  # a model needs songs
        if self._paths:
            self.window.open_paths(self._paths)
        self.sessions.begin()
        self._missing.look()
        self.painted.emit()

    def _sound_trouble(self, sentence: str) -> None:
        # The transport bar shows the player's status as long as there is no device: once is enough.
        if self.services.player.available or sentence != self.services.player.status:
            self.notify(sentence, "warning")

    def _load_model(self) -> None:
        """Load torch and the last model; one that broke the last start is left alone."""
        session = self.services.session
        broken = session.state.model_loading
        if broken:
            session.state.model = ""
            self.notify(
                _("Musicae ended while it loaded the model {model}, which is left out this time.").format(model=broken),
                "warning",
            )
        name = session.model
        session.state.model_loading = name
        session.save()
        session.say(_("Loading PyTorch…"), stays=True)

        def load(context: TaskContext) -> None:
            import core.models.codec  # noqa: F401 - this is what takes long

            context.report(_("Loading the model {model}…").format(model=name))

        def loaded(_nothing: None) -> None:
            if name == broken:
                self._ready()
            else:
                self.services.models.codec(name, lambda _codec: self._ready(), self._model_failed)

        self.services.tasks.run(load, done=loaded, report=partial(session.say, stays=True), failed=self._model_failed)

    def _model_failed(self, error: MusicaeError) -> None:
        """Say so, and go on with the default model, or with none."""
        session = self.services.session
        self.notify(error)
        if session.state.model and self.services.models.loaded(session.model) is None:
            session.state.model = ""
            session.model_changed.emit(session.model)
            self.services.models.codec(session.model, lambda _codec: self._ready(), self._model_failed)
        else:
            self._ready()

    def _ready(self) -> None:
        session = self.services.session
        session.state.model_loading = ""
        session.save()
        self.ready_seconds = seconds_since_launch()
        session.say(_("Ready."))
        self._warming.start()
        self.ready.emit()

    def _warm_up(self) -> None:
        """Load what the first training needs, which would hold the window up while it begins; not while one listens."""
        if self.services.player.playing:
            self._warming.start()
            return
        # A fault here meets the user again, with a sentence, where it matters: in the training itself.
        self.services.tasks.run(lambda context: warm_up(context.cancelled), failed=lambda _error: None)

    # -- preferences that concern the whole program --------------------------------------------------------------------

    def _preference_changed(self, name: str, value: object) -> None:
        if name == "theme":
            self._color(str(value))
        elif name == "language":
            self._change_language(str(value))

    def _color(self, choice: str) -> None:
        theme.apply(choice)

    def _speak(self, language: str) -> None:
        chosen = i18n.install(language)
        QLocale.setDefault(QLocale(chosen))
        qt = QApplication.instance()
        assert qt is not None
        if self._translator is not None:
            qt.removeTranslator(self._translator)
            self._translator = None
        if chosen != "en":
            translator = QTranslator(self)
            if translator.load(f"qtbase_{chosen}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
                qt.installTranslator(translator)
                self._translator = translator

    def _change_language(self, language: str) -> None:
        """Words are read when a widget is made, so that the window is made anew; not while a panel is at work."""
        if self.window.busy():
            self.notify(_("The language changes when Musicae is started again, because work is going on."))
            return
        self._speak(language)
        self._renew_window()

    def _renew_window(self) -> None:
        old = self.window
        geometry, shown = old.saveGeometry(), old.isVisible()
        old.remember()
        self.services.session.forget_listeners()
        self._tasks.retire(keep=(MISSING_GROUP, OPENING_GROUP))
        self.window = self._make_window()
        self.window.restoreGeometry(geometry)
        self._crash_dialog = CrashDialog(self.window)
        self.window.show_panel(self.services.session.state.panel)
        if shown:
            self.window.show()
        # Its controllers live until the collector finds them, and would hear what happens without having widgets.
        old.destroyed.connect(lambda: QTimer.singleShot(0, self, gc.collect))
        old.put_away()

    def _make_window(self) -> Window:
        self._tasks = WindowTasks(self.services.tasks)
        window = Window(dataclasses.replace(self.services, tasks=self._tasks))
        self._notifications = window.notifications
        window.session_wanted.connect(self.sessions.open)
        window.saving_wanted.connect(lambda other: self.sessions.save_as() if other else self.sessions.save())
        self._name_session(window)
        return window

    # -- sessions' files: the questions, and the window of another one -------------------------------------------------

    @property
    def _folders(self) -> dict[str, str]:
        return self.services.session.state.folders

    def _name_session(self, window: Window | None = None) -> None:
        files = self.sessions
        (window or self.window).show_session(files.name, files.path, modified=files.modified)

    def which(self) -> Path | None:
        return ask_for_session(self.window, self._folders)

    def where(self, proposed: Path) -> Path | None:
        return ask_where_to_save(self.window, self._folders, proposed)

    def save_changes(self, name: str) -> str:
        return ask_to_save_changes(self.window, name)

    def may_stop(self) -> bool:
        questions = self.window.busy()
        return not questions or ask_to_stop(self.window, questions)

    def switch(self, state: SessionState) -> None:
        """Another session: the panels end their work over the old one, and are made anew over `state`."""
        self.window.end()
        self.services.player.load(None)
        model = state.model
        gone = Path(model).is_absolute() and not Path(model).exists()
        if gone:
            state.model = ""
        state.model = state.model or self.services.preferences.values.model
        self.services.session.replace(state)
        self._renew_window()
        if gone:
            words = _("The model {model} of this session is not here; another one is taken.")
            self.notify(words.format(model=model), "warning")
        self._missing.look(opened=True)
