"""Sessions saved as files of the user's own and opened again. No widgets."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from core.errors import MusicaeError
from core.files import file_name
from core.i18n import _
from core.session_file import OF_THE_WINDOW, SUFFIX, read_session, write_session
from core.session_songs import essence, gathered, settled

if TYPE_CHECKING:
    from core.session import SessionState
    from musicae_gui.services import Services
    from musicae_gui.tasks import TaskContext

GROUP = "session.open"
LOOK = 1500  # ms between two looks whether the open session differs from its file


class SessionQuestions(Protocol):
    """What the user is asked, and what becomes of the window."""

    def which(self) -> Path | None: ...
    def where(self, proposed: Path) -> Path | None: ...
    def save_changes(self, name: str) -> str:
        """ "save", "discard" or "cancel"."""

    def may_stop(self) -> bool:
        """Whether work that goes on may be stopped, or nothing is at work."""

    def switch(self, state: SessionState) -> None:
        """Go on with `state`, in a window made anew."""


class SessionFiles(QObject):
    """The open session's file; without one, the session is only the one that goes on from start to start."""

    changed = Signal()  # another file, or it differs from the session now, or no longer

    def __init__(self, services: Services, ask: SessionQuestions, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._ask = ask
        self._saved: dict[str, Any] = {}
        self.modified = False
        self._looking = QTimer(self, interval=LOOK)
        self._looking.timeout.connect(self._look)

    @property
    def path(self) -> Path | None:
        """The open session's file."""
        file = self._services.session.state.file
        return Path(file) if file else None

    @property
    def name(self) -> str:
        """What the title bar calls the session; empty for the one without a file."""
        return self.path.name.removesuffix(SUFFIX) if self.path is not None else ""

    def begin(self) -> None:
        """After the start: the file of the last time is open again, with whatever was changed since."""
        if self.path is not None:
            try:
                self._compare_with(read_session(self.path).state)
            except MusicaeError:
                self._saved, self.modified = {}, True  # gone: what was in it is in the session that goes on
                self._looking.start()
        self.changed.emit()

    def end(self) -> None:
        """The program closes."""
        self._looking.stop()

    # Saving.

    def save(self) -> bool:
        """Into the session's file; asks for one where there is none. Whether it was saved."""
        return self._write(self.path) if self.path is not None else self.save_as()

    def save_as(self) -> bool:
        """Into another file, which is the session's from now on."""
        folder = self._services.session.state.folders.get("session") or str(Path.home())
        proposed = self.path or Path(folder) / file_name(_("Session"), SUFFIX)
        path = self._ask.where(proposed)
        return path is not None and self._write(path)

    def _write(self, path: Path) -> bool:
        session = self._services.session
        try:
            write_session(path, gathered(session.state, self._services.library))
        except MusicaeError as error:
            self._services.notify(error)
            return False
        session.state.file = str(path.absolute())
        session.save()
        self._compare_with(session.state)
        session.say(_("Saved as {path}.").format(path=path))
        self.changed.emit()
        return True

    # Opening.

    def open(self, path: Path | None = None) -> None:
        """Go on with the session in `path`, or ask for one. Nothing of the present one is lost if that fails."""
        path = path or self._ask.which()
        if path is None:
            return
        path, library = path.absolute(), self._services.library
        try:
            session = read_session(path)
        except MusicaeError as error:
            self._services.notify(error)
            return
        if not self._may_leave():
            return

        def work(context: TaskContext) -> SessionState:
            words = _("Looking for the songs of {session}").format(session=path.name)
            return settled(
                session,
                path,
                library,
                progress=lambda share: context.progress(share, words),
                cancelled=context.cancelled,
            )

        self._services.tasks.run(
            work,
            # When all have heard that this work is done: some would begin other work in the window that goes.
            done=lambda state: QTimer.singleShot(0, self, lambda: self._opened(state, path)),
            group=GROUP,
            title=_("Opening {name}").format(name=path.name),
        )

    def _may_leave(self) -> bool:
        """Whether the present session may make room for another one."""
        self._look()
        if self.path is not None and self.modified:
            answer = self._ask.save_changes(self.name)
            return answer == "discard" or (answer == "save" and self.save())
        return True

    def _opened(self, state: SessionState, path: Path) -> None:
        if not self._ask.may_stop():
            return
        before = self._services.session.state
        self._go_on_with(state, str(path))
        self._compare_with(state)

        def back() -> None:
            if self._ask.may_stop():
                self._go_on_with(before, before.file)
                self.begin()

        words = _("The session “{name}” is open.").format(name=self.name)
        self._services.notify(words, "good", action=(_("Back to what was before"), back))

    def _go_on_with(self, state: SessionState, file: str) -> None:
        """Make `state` the session's, with what is of this window."""
        old = self._services.session.state
        kept = {name: getattr(old, name) for name in OF_THE_WINDOW}
        self._saved, self.modified = {}, False
        self._looking.stop()
        self._ask.switch(dataclasses.replace(state, **{**kept, "file": file}))
        self._services.session.save()
        self.changed.emit()

    # Whether it differs from its file.

    def _compare_with(self, state: SessionState) -> None:
        self._saved = essence(state)
        self._looking.start()
        self._look()

    def _look(self) -> None:
        if self.path is None:
            return
        modified = essence(self._services.session.state) != self._saved
        if modified != self.modified:
            self.modified = modified
            self.changed.emit()
