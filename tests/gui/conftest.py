"""A window without a screen, with real services around it; what a test leaves behind fails it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core import i18n
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
from tests.demo_songs import write_songs


class PatientBot(QtBot):
    """Waits longer than pytest-qt's five seconds: a machine may be busy with other things."""

    LONG = 60_000  # ms; no expectation, only the end of a test that would never end

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = LONG) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = LONG, **options: Any) -> Any:
        return super().waitSignal(signal, timeout=timeout, **options)

    def waitExposed(self, widget: QWidget, *, timeout: int = LONG) -> Any:
        return super().waitExposed(widget, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


class Messages:
    """Takes what would be shown in the window's corner."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []

    def __call__(
        self,
        message: str | MusicaeError,
        level: str = "",
        *,
        details: str = "",
        action: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        self.seen.append((str(message), level or ("error" if isinstance(message, MusicaeError) else "info")))

    @property
    def words(self) -> str:
        return "\n".join(words for words, _level in self.seen)


@pytest.fixture(scope="session", autouse=True)
def _appearance(qapp: QApplication) -> None:
    i18n.install("en")
    theme.apply("light")


@pytest.fixture(autouse=True)
def nothing_left(nothing_left: None, qapp: QApplication) -> Iterator[None]:
    """So do running timers and windows."""
    gc.collect()
    gc.freeze()  # what was there before the test need not be looked through after it
    windows = set(_windows())
    yield
    gc.collect()
    for _round in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        qapp.processEvents()
    left = [words for place, words in _windows().items() if place not in windows]
    left += [repr(timer) for timer in _timers()]
    assert not left, f"left behind: {left}"


def _windows() -> dict[int, str]:
    """Top-level widgets by their address: Python's wrappers of them come and go."""
    return {shiboken6.getCppPointer(widget)[0]: repr(widget) for widget in QApplication.topLevelWidgets()}


def _timers() -> list[QTimer]:
    """Running timers that Python made since the test began; one of a deleted object is none any more."""
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
    return write_songs(tmp_path_factory.mktemp("songs"), count=3, seconds=4.0)


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
        models=ModelCache(tasks, preferences),
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
