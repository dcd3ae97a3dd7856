"""The small waveforms of the song table: read in the background as rows come into sight, and kept."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from core.errors import MusicaeError
from musicae_gui.tasks import TaskContext, Tasks

if TYPE_CHECKING:
    import numpy as np

    from core.library import Library

COLUMNS = 256
KEPT = 4000  # 4000 x 256 x 2 x 4 bytes: 8 MB
# A fast scroll passes more rows than are worth reading: only the last ones asked for are read.
MOST_ASKED = 60


class SongWaveforms(QObject):
    """`peaks` answers at once with what is there; `arrived` tells the keys of those that came later."""

    arrived = Signal(list)

    def __init__(self, library: Library, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._tasks = tasks
        self._kept: OrderedDict[str, np.ndarray] = OrderedDict()
        self._asked: dict[str, None] = {}
        self._busy = False
        self._soon = QTimer(self, singleShot=True, interval=15)
        self._soon.timeout.connect(self._read)

    def peaks(self, key: str) -> np.ndarray | None:
        """(COLUMNS, 2) least and largest samples, or None while they are being read."""
        found = self._kept.get(key)
        if found is None:
            self._asked.pop(key, None)
            self._asked[key] = None
            if not self._busy and not self._soon.isActive():
                self._soon.start()
            return None
        self._kept.move_to_end(key)
        return found

    def _read(self) -> None:
        keys = list(self._asked)[-MOST_ASKED:]
        self._asked.clear()
        if not keys:
            return
        self._busy = True

        def read(context: TaskContext) -> dict[str, np.ndarray]:
            import numpy as np  # here: the table is painted before it

            found = {}
            for key in keys:
                context.check()
                try:
                    found[key] = self._library.peaks(key, columns=COLUMNS)
                except MusicaeError:
                    found[key] = np.zeros((COLUMNS, 2), np.float32)  # a song that never could be read
            return found

        self._tasks.run(read, done=self._came, ended=self._ended)

    def _came(self, found: dict[str, np.ndarray]) -> None:
        self._kept.update(found)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        self.arrived.emit(list(found))

    def _ended(self) -> None:
        self._busy = False
        if self._asked:
            self._soon.start()
