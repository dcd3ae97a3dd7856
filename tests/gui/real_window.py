"""The real program in a window of its own on a private screen, worked by a real mouse and keyboard.

Nothing is slept through: a step is done when the program (asked by `tests.gui.probe`) says that it is.
"""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.gui.close_request import ask_to_close
from tests.screen import Screen

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0  # seconds that any step may take on a busy machine
LOOK = 0.05  # between two looks
SILENCE = 60.0  # seconds without an answer after which the program counts as hung

Facts = dict[str, Any]


class RealWindow:
    """`start` it, `click` and `key` in it, wait `until` something is so, `close` it.

    Args:
        screen: where it opens; without a window manager, so that it stands in the corner at its own size.
        data: the program's data folder.
        pictures: a folder for a picture of the window when a step fails.
    """

    def __init__(self, screen: Screen, data: Path, pictures: Path) -> None:
        self.screen = screen
        self.data = data
        self._pictures = pictures
        self._child: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._read = b""
        self._log = pictures / "program.log"

    # -- its life ----------------------------------------------------------------------------------------------------

    def start(self, *arguments: str | Path) -> None:
        """Start the program and wait until its first model is ready."""
        ours, theirs = socket.socketpair()
        ours.settimeout(SILENCE)
        command = [sys.executable, "-m", "tests.gui.probe", str(theirs.fileno()), "--", "--data-dir", str(self.data)]
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(
                [*command, *map(str, arguments)],
                env=self.screen.environment(LANGUAGE="en", LANG="C.UTF-8", PYTHONPATH=str(ROOT)),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[theirs.fileno()],
            )
        theirs.close()
        self._channel, self._read = ours, b""
        self.until(lambda facts: facts.get("ready"), "the program to be ready")
        self.focus()

    def close(self) -> int:
        """Ask the window to close, as its title bar does; returns the program's exit code."""
        assert self._child is not None
        ask_to_close(self.screen.display, self.facts()["window"])
        code = self._child.wait(PATIENCE)
        self._forget()
        return code

    def end(self) -> None:
        """End whatever still runs."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._forget()

    @property
    def log(self) -> str:
        """What the program wrote to its terminal."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def _forget(self) -> None:
        self._child = None
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    # -- eyes --------------------------------------------------------------------------------------------------------

    def facts(self) -> Facts:
        return self._ask({})

    def place(self, name: str, **part: Any) -> Facts:
        """Where the widget `name` is, or a part of it: see `probe.place`."""
        return self._ask({"widget": name, **part})

    def until(self, condition: Callable[[Facts], Any], what: str, seconds: float = PATIENCE) -> Facts:
        """Wait until `condition` holds for the facts; returns them.

        Raises:
            AssertionError: it did not within `seconds`, or the program ended; names `what` was waited for.
        """
        end = time.monotonic() + seconds
        while True:
            facts = self.facts()
            if "error" not in facts and condition(facts):
                return facts
            if time.monotonic() > end:
                raise AssertionError(f"waited in vain for {what}; {self._scene(facts)}")
            time.sleep(LOOK)

    def until_there(self, name: str, what: Callable[[Facts], Any] = lambda place: True, **part: Any) -> Facts:
        """Wait until the widget can be clicked (and `what` holds for its place); returns its place."""
        end = time.monotonic() + PATIENCE
        while True:
            place = self.place(name, **part)
            if place.get("visible") and place["enabled"] and place["whole"] and what(place):
                return place
            if time.monotonic() > end:
                raise AssertionError(f"{name} {part or ''} cannot be clicked: {place}; {self._scene(self.facts())}")
            time.sleep(LOOK)

    def _scene(self, facts: Facts) -> str:
        picture = self._pictures / "failed.png"
        with contextlib.suppress(AssertionError):
            self._ask({"picture": str(picture)})
        return f"picture: {picture}; facts: {facts}; log: {self.log[-2000:]}"

    def _ask(self, question: Facts) -> Facts:
        """Raises AssertionError when the program has ended or does not answer."""
        assert self._channel is not None, "the program is not started"
        try:
            self._channel.sendall(json.dumps(question).encode() + b"\n")
            while b"\n" not in self._read:
                data = self._channel.recv(1 << 16)
                if not data:
                    raise AssertionError(f"the program ended: {self.log[-4000:]}")
                self._read += data
        except OSError as error:
            raise AssertionError(f"the program does not answer ({error}): {self.log[-4000:]}") from error
        line, _newline, self._read = self._read.partition(b"\n")
        answer: Facts = json.loads(line)
        return answer

    # -- hands -------------------------------------------------------------------------------------------------------

    def focus(self) -> None:
        """Give the window the keyboard, as a window manager would at its start."""
        self.screen.do("windowfocus", "--sync", self.facts()["window"])
        self.until(lambda facts: facts["active"], "the window to have the keyboard")

    def click(self, name: str, **part: Any) -> Facts:
        place = self.until_there(name, **part)
        self.screen.click(place["x"], place["y"])
        return place

    def click_at(self, name: str, dx: int, **part: Any) -> None:
        """Click `dx` px right of the left edge, where a row has its check box."""
        place = self.until_there(name, **part)
        self.screen.click(place["left"] + dx, place["y"])

    def drag(self, name: str, start: tuple[float, float], end: tuple[float, float], *, steps: int = 12) -> None:
        """Drag within a widget; places are shares of its width and height, the end may lie outside."""
        self.until_there(name, spot=start)
        one, other = (self.place(name, spot=spot) for spot in (start, end))
        self.screen.drag((one["x"], one["y"]), (other["x"], other["y"]), steps=steps)

    def choose_in(self, name: str, words: str) -> None:
        """Take an entry of a list that opens below a box, by the beginning of its words."""
        self.click(name)
        self.until(lambda facts: facts["popup"], f"the list of {name}")
        self.screen.type(words)
        self.screen.key("Return")
        self.until(lambda facts: not facts["popup"], f"the list of {name} to close")
        self.until_there(name, lambda place: place["words"].startswith(words))

    def show(self, panel: str) -> None:
        """Go to a panel by its button in the rail."""
        self.click(f"rail.{panel}")
        self.until(lambda facts: facts["panel"] == panel, f"the panel {panel}")

    def drop(self, *paths: Path, taken: Callable[[Facts], Any]) -> Facts:
        """Drag files out of another program's window beside this one, drop them, and wait until they are `taken`."""
        middle = self.place("window")
        x, y = self.screen.width - 100, 20
        command = [sys.executable, "-m", "tests.drag_source", str(x), str(y), *map(str, paths)]
        source = subprocess.Popen(command, env=self.screen.environment(), cwd=ROOT, stdout=subprocess.PIPE)
        try:
            assert source.stdout is not None
            assert source.stdout.readline() == b"ready\n"
            self.screen.do("search", "--sync", "--onlyvisible", "--pid", source.pid)
            self.screen.drag((x + 30, y + 30), (middle["x"], middle["y"]))
            facts = self.until(taken, "the dropped files")
        finally:
            source.terminate()
            source.communicate()
        self.focus()  # the window that had the keyboard is gone
        return facts

    def choose(self, name: str, words: str) -> None:
        """Find a song in a chooser by typing a part of its name, and take it."""
        self.click(name)
        self.screen.key("ctrl+a")
        self.screen.type(words)
        self.until_there(name, lambda place: place["words"] == words)
        self.until(lambda facts: facts["popup"], f"the list below {name}")
        self.screen.key("Down", "Return")
