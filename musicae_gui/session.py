"""The state that panels share, as signals over core's dataclass; and the undo stack."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from core.models.names import DEFAULT_MODEL
from core.session import SessionState, load_session, save_session

FILE = "session.json"


class Session(QObject):
    """One a window. Change the state through the methods here when others should hear of it."""

    model_changed = Signal(str)  # name or path of the current model
    songs_selected = Signal(list)  # content keys, in the library's order
    songs_changed = Signal()  # the library holds more or fewer songs than before
    panel_requested = Signal(str)  # the window shows that panel (and makes it first, if need be)
    # Panel key and song keys. For "morph" always two entries: [a, b], "" leaves that side as it is.
    open_in = Signal(str, list)
    size_wanted = Signal(str)  # name of the preset that Train is to tick, alone, and to show
    status_changed = Signal(str, bool)  # what the status line says, and whether it stays until the next words

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.path = folder / FILE
        self.state: SessionState = load_session(self.path)
        self.undo_stack = QUndoStack(self)

    @property
    def model(self) -> str:
        """Name or path of the current model; the default model where none was chosen."""
        return self.state.model or DEFAULT_MODEL

    def set_model(self, name: str) -> None:
        if name != self.model:
            self.state.model = name
            self.model_changed.emit(name)

    def select_songs(self, keys: Sequence[str]) -> None:
        if list(keys) != self.state.selected:
            self.state.selected = list(keys)
            self.songs_selected.emit(list(keys))

    def replace(self, state: SessionState) -> None:
        """Go on with another state; for a window that is made anew, since panels keep parts of the old one."""
        self.state = state
        self.undo_stack.clear()  # its changes are to the old one

    def forget_listeners(self) -> None:
        """All of them are of a window, which is made anew: the old one is not to begin any work while it goes."""
        signals = (
            self.model_changed,
            self.songs_selected,
            self.songs_changed,
            self.panel_requested,
            self.open_in,
            self.size_wanted,
            self.status_changed,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that nobody listens to one of them
            for signal in signals:
                with contextlib.suppress(RuntimeError):
                    signal.disconnect()

    def show_panel(self, key: str) -> None:
        self.panel_requested.emit(key)

    def open_songs(self, panel: str, keys: Sequence[str]) -> None:
        """Show `panel` with these songs; it is made first when it was never shown, so that it hears `open_in`."""
        self.panel_requested.emit(panel)
        self.open_in.emit(panel, list(keys))

    def train_size(self, name: str) -> None:
        """Show Train with the size `name`, and no other, ticked and highlighted."""
        self.panel_requested.emit("train")
        self.size_wanted.emit(name)

    def say(self, text: str, *, stays: bool = False) -> None:
        """Put one line into the status line; it goes after some seconds unless it `stays`, as while work goes on."""
        self.status_changed.emit(text, stays)

    def save(self) -> None:
        """Write the state; a full disk or a read-only folder loses it quietly, as it is never worth an alarm."""
        try:
            save_session(self.path, self.state)
        except OSError:
            return
