"""A window without a screen, with real services around it; what a test leaves behind fails it."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core import i18n
from core.audio import write_wav
from core.demo import STYLES, compose
from core.errors import MusicaeError
from core.library import Library
from musicae_gui import theme
from musicae_gui.models_cache import ModelCache
from musicae_gui.player import PlayerAdapter
from musicae_gui.preferences import PreferenceStore
from musicae_gui.services import Services
from musicae_gui.session import Session
from musicae_gui.tasks import Tasks
from musicae_gui.window import Window


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen screen complains about every window with a smallest size."""
    for item in items:
        item.add_marker(pytest.mark.qt_log_ignore("propagateSizeHints", extend=True))


class Messages:
    """Takes what would be shown in the window's corner."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []

    def __call__(self, message: str | MusicaeError, level: str = "", *, details: str = "") -> None:
        self.seen.append((str(message), level or ("error" if isinstance(message, MusicaeError) else "info")))

    @property
    def words(self) -> str:
        return "\n".join(words for words, _level in self.seen)


@pytest.fixture(scope="session", autouse=True)
def _appearance(qapp: QApplication) -> None:
    i18n.install("en")
    theme.apply("light")


@pytest.fixture(autouse=True)
def nothing_left(qapp: QApplication) -> Iterator[None]:
    """Threads, running timers and windows that a test leaves behind fail it."""
    threads, windows, timers = set(threading.enumerate()), set(_windows()), set(map(id, _timers()))
    yield
    gc.collect()
    for _round in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        qapp.processEvents()
    left = [thread.name for thread in threading.enumerate() if thread not in threads and thread.is_alive()]
    left += [words for place, words in _windows().items() if place not in windows]
    left += [repr(timer) for timer in _timers() if id(timer) not in timers]
    assert not left, f"left behind: {left}"


def _windows() -> dict[int, str]:
    """Top-level widgets by their address: Python's wrappers of them come and go."""
    return {shiboken6.getCppPointer(widget)[0]: repr(widget) for widget in QApplication.topLevelWidgets()}


def _timers() -> list[QTimer]:
    """Running timers that Python made; one of a deleted object is none any more."""
    found = []
    for thing in gc.get_objects():
        if type(thing) is QTimer:
            try:
                if thing.isActive():
                    found.append(thing)
            except RuntimeError:
                continue
    return found


@pytest.fixture(scope="session")
def short_songs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three songs of four seconds, in folders named after their style."""
    folder = tmp_path_factory.mktemp("songs")
    paths = []
    for style in STYLES[:3]:
        song = compose(style, 1)
        path = folder / style / f"{song.name}.wav"
        path.parent.mkdir(parents=True)
        write_wav(path, song.clip.cut(4.0, 4.0))
        paths.append(path)
    return paths


@pytest.fixture
def messages() -> Messages:
    return Messages()


@pytest.fixture
def services(data_dir: Path, messages: Messages, qtbot: QtBot) -> Iterator[Services]:
    """Real services over an empty library, without a sound device."""
    data_dir.mkdir(parents=True, exist_ok=True)
    library, preferences, session = Library(data_dir), PreferenceStore(data_dir), Session(data_dir)
    tasks = Tasks(messages)
    made = Services(
        data_dir=data_dir,
        preferences=preferences,
        library=library,
        player=PlayerAdapter(),
        session=session,
        tasks=tasks,
        models=ModelCache(data_dir, tasks, library, preferences, session),
        notify=messages,
    )
    yield made
    assert made.close(), "a task did not end"


@pytest.fixture
def window(services: Services, qtbot: QtBot) -> Iterator[Window]:
    """The main window over `services`, shown."""
    made = Window(services)
    made.resize(1280, 800)
    made.show_panel("library")
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.put_away()
