"""The story: songs dropped and heard, trained on, compared, glided between, looked for on the map, made anew."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication

from musicae_gui import theme
from musicae_gui.self_test.driver import Driver, StepError
from musicae_gui.self_test.memory import resident_megabytes
from musicae_gui.self_test.monitor import OutputMonitor
from musicae_gui.self_test.sound import SILENT, device_frame, require_heard
from musicae_gui.self_test.stalls import StallWatch
from musicae_gui.studio import Studio

NO_DEVICE = "no device"
PATIENCE = 20.0  # seconds for the device to take what a step listens to
PICTURE_SECONDS = 0.6  # strips are drawn anew in the background when the colours change


class Skipped(Exception):  # noqa: N818 - not an error: the reason why a step could not be tried
    """The step cannot be tried here; the text says why."""


class Story:
    """Tells itself step by step; a step that fails does not keep the later ones from being tried.

    Args:
        songs: a folder to drop; None waits for the demo songs.
        steps: those that are wanted; None is all.
        minutes: after the first round, what can be done again is done again until so much time has passed.
    """

    def __init__(
        self,
        studio: Studio,
        folder: Path,
        *,
        songs: Path | None,
        require_sound: bool,
        steps: Sequence[str] | None = None,
        minutes: float = 0.0,
    ) -> None:
        self.studio = studio
        self.services = studio.services
        self.songs = songs
        self.require_sound = require_sound
        self.driver = Driver(studio.window, folder)
        self.stalls = StallWatch(studio)
        self.monitor = OutputMonitor()
        self._folder = folder
        self._wanted = steps
        self._seconds = 60 * minutes
        self._rounds: list[dict[str, Any]] = []
        self._steps: list[dict[str, Any]] = []
        self._pictures: list[str] = []
        self._recorded = False

    def tell(self) -> None:
        begun = time.perf_counter()
        if not self._seconds:  # an hour of recording would be the largest thing in memory
            self.monitor.start()
        self._step("start", self._start)
        self._step("songs", self._find_songs)
        # Here, since the start is measured without them.
        from musicae_gui.self_test import comparing, creating, mapping, morphing, training

        while True:
            self._step("listen", self._listen)
            self._step("train", lambda: training.learn(self))
            self._step("compare", lambda: comparing.compare(self))
            self._step("morph", lambda: morphing.glide(self))
            self._step("map", lambda: mapping.explore(self))
            self._step("create", lambda: creating.create(self))
            self._step("settings", self._look_at_settings)
            seconds = time.perf_counter() - begun
            self._rounds.append({"seconds": seconds, "resident_megabytes": resident_megabytes()})
            if seconds >= self._seconds:
                break
        self._step("starvation", self._count_starvations)
        self.stalls.end()
        self._recorded = self.monitor.stop(self._folder / "heard.wav")

    def report(self) -> dict[str, Any]:
        core = self.services.player.core
        return {
            "passed": bool(self._steps) and all(step["state"] != "failed" for step in self._steps),
            "songs": str(self.songs) if self.songs else "demo",
            "paint_seconds": self.studio.paint_seconds,
            "ready_seconds": self.studio.ready_seconds,
            "longest_stall_seconds": max(self.stalls.longest.values(), default=0.0),
            "stall_seconds": self.stalls.longest,
            "starvations": self.services.player.starvations,
            "steps": self._steps,
            "rounds": self._rounds,
            "pictures": list(dict.fromkeys(self._pictures)),
            "recording": "heard.wav" if self._recorded else None,
            "sound": {
                "available": self.services.player.available,
                "status": self.services.player.status,
                "rate": self.services.player.rate,
                **(core.evidence.to_dict() if core is not None else {}),
            },
        }

    # -- for the steps -----------------------------------------------------------------------------------------------

    def show(self, panel: str) -> None:
        """Go to a panel by its button in the rail."""
        from PySide6.QtWidgets import QToolButton

        self.driver.click(self.driver.find(QToolButton, f"rail.{panel}"))
        self.driver.pause(0.1)

    def picture(self, name: str) -> None:
        """Keep the window as it is now, light and dark."""
        with self.stalls.paused():
            for colours, file in (("light", name), ("dark", f"{name}-dark")):
                theme.apply(colours)
                self.driver.pause(PICTURE_SECONDS)
                self._pictures.append(self.driver.picture(file))
            theme.apply("light")
            self.driver.pause(0.1)

    def need_sound(self) -> None:
        """Raises Skipped (or StepError where sound is required) when nothing can be played."""
        if not self.services.player.available:
            raise (StepError if self.require_sound else Skipped)(NO_DEVICE)

    def play_for(self, seconds: float, play: Callable[[], None]) -> dict[str, Any]:
        """Call `play`, listen for a while, stop; returns the evidence that it was heard.

        Raises:
            StepError: it was not.
        """
        player = self.services.player
        since, mark = device_frame(player), self.monitor.mark()
        play()
        self.driver.until(lambda: player.playing, 5, "the playback to begin")
        self.driver.pause(seconds)
        late = time.monotonic() + PATIENCE  # a busy machine opens a stream late
        while player.playing and device_frame(player) - since < seconds * player.rate and time.monotonic() < late:
            self.driver.pause(0.05)
        recorded = self.monitor.rms_since(mark)
        player.stop()
        self.driver.pause(0.3)
        heard = require_heard(player, since, 0.8 * seconds)
        if recorded is not None and recorded < SILENT:
            raise StepError("the recording of the output is silent while sound was played")
        return {**heard, "recorded_rms": recorded}

    def _step(self, name: str, live: Callable[[], dict[str, Any]]) -> None:
        if self._wanted is not None and name not in self._wanted:
            return
        begun = time.perf_counter()
        self.stalls.begin(name)
        step: dict[str, Any] = {"name": name, "state": "passed", "why": "", "evidence": {}}
        try:
            step["evidence"] = live()
        except Skipped as reason:
            step["state"] = "skipped"
            step["why"] = str(reason)
        except StepError as error:
            step["state"] = "failed"
            step["why"] = str(error)
        except Exception as error:
            step["state"] = "failed"
            step["why"] = f"{type(error).__name__}: {error}"
            step["traceback"] = traceback.format_exc()
        step["seconds"] = time.perf_counter() - begun
        if not self._rounds or step["state"] == "failed" or name == "starvation":
            self._steps.append(step)
        QApplication.processEvents()

    # -- steps of their own ------------------------------------------------------------------------------------------

    def _start(self) -> dict[str, Any]:
        self.driver.until(lambda: self.studio.ready_seconds > 0, 60, "the model to be ready")
        core = self.services.player.core
        if core is not None:
            core.wait_ready(10)
            self.driver.pause(0.2)
        return {"paint_seconds": self.studio.paint_seconds, "ready_seconds": self.studio.ready_seconds}

    def _find_songs(self) -> dict[str, Any]:
        from musicae_gui.panels.library import LibraryPanel

        library = self.services.library
        self.show("library")
        if self.songs is not None:
            self.driver.drop([self.songs])
        panel = self.driver.find(LibraryPanel, "library")
        self.driver.until(lambda: library.count(state="ready") > 0, 120, "a first song")
        self.driver.until(lambda: not panel.controller.reading, 900, "all songs to be read")
        songs = library.songs()
        ready = [song for song in songs if song.state == "ready"]
        if len(ready) < 2:
            raise StepError(f"{len(ready)} song could be read; the story needs two")
        self.driver.pause(0.5)
        self.picture("library")
        return {
            "found": len(songs),
            "ready": len(ready),
            "genres": library.genres(),
            "seconds": sum(song.seconds for song in ready),
        }

    def _listen(self) -> dict[str, Any]:
        from PySide6.QtCore import Qt

        from musicae_gui.views.song_table import SongTable

        self.need_sound()
        self.show("library")
        table = self.driver.find(SongTable, "library.table")
        table.setFocus()
        return self.play_for(2.0, lambda: self.driver.key(table, Qt.Key.Key_Space, " "))

    def _look_at_settings(self) -> dict[str, Any]:
        self.show("settings")
        self.picture("settings")
        return {}

    def _count_starvations(self) -> dict[str, Any]:
        self.need_sound()
        starved = self.services.player.starvations
        if starved:
            raise StepError(f"the device ran out of sound {starved} times")
        return {"starvations": starved}
