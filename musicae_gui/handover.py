"""One window a data folder: a start while another one runs hands its files to that one.

The first window listens on a local socket in its data folder, as soon as it is painted; until then it keeps a lock that
later starts wait for. A later start connects, says which files it was given, and ends when the first has answered.
Without an answer in time (the first hangs, or was killed and left its socket
behind) the later start goes on by itself and takes the socket over, so that nothing ever keeps a window from opening.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QLockFile, QObject, Signal

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

SOCKET = "window.socket"
LOCK = "window.lock"
ANSWER = b"taken\n"
CONNECT_MS = 500
ANSWER_MS = 4000  # the first window may be starting itself, and its event loop begins when it is painted
LOCK_MS = CONNECT_MS + ANSWER_MS + 500  # a start that is held up longer loses its lock, and there may be two windows
LONGEST_NAME = 100  # bytes; the system allows 104 (macOS) or 108 for a socket's path
LONGEST_MESSAGE = 16 << 20
TOKENS = ("XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID")  # by which a desktop lets a window come to the front


class Handover(QObject):
    """`reach` the first window, or become it; after `listen`, `received` brings the files of later starts.

    Needs the application to exist. A list without files asks the window to come to the front.
    """

    received = Signal(list)

    def __init__(self, data_dir: Path) -> None:
        super().__init__()
        self._data_dir = data_dir
        self._address = address(data_dir)
        self._server: QLocalServer | None = None
        self._lock = QLockFile(str(data_dir / LOCK))

    def reach(self, paths: Sequence[Path]) -> bool:
        """Hand `paths` to the window that runs already: True when it took them, else this start is the first now.

        The first one is to `listen` soon: later starts wait for it.
        """
        # Two starts at the same moment: the second one waits here until the first can be reached. Where no lock can
        # be had, there may be two windows, as there may be with a folder on a file system without sockets.
        self._lock.tryLock(LOCK_MS)
        if self._hand_over(paths):
            self._lock.unlock()
            return True
        return False

    def listen(self) -> None:
        """Be reached from now on."""
        from PySide6.QtNetwork import QLocalServer  # here and below: the first window is painted without sockets

        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._greet)
        QLocalServer.removeServer(self._address)  # left by a window that was killed, or one that hangs
        if not self._server.listen(self._address):
            self._server = None
        self._lock.unlock()

    def close(self) -> None:
        """Be no longer the one to reach; later starts open a window of their own."""
        self._lock.unlock()
        if self._server is not None:
            self._server.close()
            self._server = None

    # -- the later start -----------------------------------------------------------------------------------------------

    def _hand_over(self, paths: Sequence[Path]) -> bool:
        if sys.platform != "win32" and not Path(self._address).exists():
            return False  # nobody listens; where a window was killed, its socket is there
        from PySide6.QtNetwork import QLocalSocket

        socket = QLocalSocket()
        socket.connectToServer(self._address)
        if not socket.waitForConnected(CONNECT_MS):
            return False
        _allow_front()
        tokens = {name: os.environ[name] for name in TOKENS if name in os.environ}
        message = {"paths": [str(path.absolute()) for path in paths], "tokens": tokens}
        socket.write(QByteArray(json.dumps(message).encode() + b"\n"))
        answer = b""
        while len(answer) < len(ANSWER) and socket.waitForReadyRead(ANSWER_MS):
            answer += socket.readAll().data()
        return answer == ANSWER

    # -- the first window ----------------------------------------------------------------------------------------------

    def _greet(self) -> None:
        while self._server is not None and (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            socket.readyRead.connect(lambda socket=socket: self._read(socket))
            self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > LONGEST_MESSAGE:
                socket.abort()
            return
        paths, tokens = understood(bytes(socket.readLine().data()))
        if paths is None:
            socket.abort()
            return
        socket.write(QByteArray(ANSWER))
        socket.flush()
        socket.disconnectFromServer()
        os.environ.update(tokens)  # Qt takes them from there when the window is activated
        self.received.emit(paths)
        for name in tokens:
            os.environ.pop(name, None)


def address(data_dir: Path) -> str:
    """Where the first window of `data_dir` listens: the path of a socket, or the name of a pipe on Windows."""
    folder = data_dir.resolve()
    socket = folder / SOCKET
    key = hashlib.sha256(os.fsencode(folder)).hexdigest()[:24]
    if sys.platform == "win32":
        return f"musicae-{key}"
    if len(os.fsencode(socket)) <= LONGEST_NAME:
        return str(socket)
    return str(Path(tempfile.gettempdir()) / f"musicae-{os.getuid()}-{key}")


def understood(line: bytes) -> tuple[list[Path] | None, dict[str, str]]:
    """Files and activation tokens of a message; no list at all where it is not one."""
    with contextlib.suppress(ValueError):
        message: Any = json.loads(line)
        if isinstance(message, dict) and isinstance(paths := message.get("paths"), list):
            tokens = message.get("tokens")
            known = tokens if isinstance(tokens, dict) else {}
            return (
                [Path(path) for path in paths if isinstance(path, str)],
                {name: known[name] for name in TOKENS if isinstance(known.get(name), str)},
            )
    return None, {}


def _allow_front() -> None:
    """Windows lets only the program in front bring another one to the front; this start is it, and lends the right."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.AllowSetForegroundWindow(-1)  # any process
