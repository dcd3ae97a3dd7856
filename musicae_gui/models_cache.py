"""Models, loaded in the background and kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.errors import MusicaeError

if TYPE_CHECKING:
    from core.models.codec import Codec
    from musicae_gui.preferences import PreferenceStore
    from musicae_gui.tasks import Task, Tasks

CODECS_KEPT = 8


class ModelCache(QObject):
    """One a window; all callbacks run in the GUI thread."""

    def __init__(self, tasks: Tasks, preferences: PreferenceStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._preferences = preferences
        self._codecs: OrderedDict[tuple[str, str], Codec] = OrderedDict()

    def loaded(self, name: str) -> Codec | None:
        """The codec `name` if it is in memory."""
        return self._codecs.get(self._codec_key(name))

    def codec(
        self,
        name: str,
        done: Callable[[Codec], None],
        failed: Callable[[MusicaeError], None] | None = None,
        *,
        group: str = "",
    ) -> Task | None:
        """Hand `done` the codec `name`: at once when it is in memory, else after loading it in the background."""
        codec = self.loaded(name)
        if codec is not None:
            done(codec)
            return None
        return self._tasks.run(lambda _context: self._load(name), done=done, failed=failed, group=group)

    def forget(self, name: str) -> None:
        """Load `name` anew when it is next asked for (its file was written again)."""
        for key in [key for key in self._codecs if key[0] == name]:
            del self._codecs[key]

    def close(self) -> None:
        self._codecs.clear()

    # -- in worker threads -------------------------------------------------------------------------------------------

    def _codec_key(self, name: str) -> tuple[str, str]:
        return name, self._preferences.values.compute

    def _load(self, name: str) -> Codec:
        from core.models.codec import load_codec

        key = self._codec_key(name)
        codec = self._codecs.get(key)
        if codec is None:
            codec = load_codec(name, device=key[1])
            self._codecs[key] = codec
            while len(self._codecs) > CODECS_KEPT:
                self._codecs.popitem(last=False)
        return codec
