"""The songs that can be chosen from: at once from a small library, in the background from a large one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.library import Song
    from musicae_gui.services import Services

AT_ONCE = 500  # songs that are read within some milliseconds; 10,000 take a quarter of a second


def ready_songs(services: Services, done: Callable[[list[Song]], None], group: str) -> None:
    """Hand `done` all songs that can be read, in the GUI thread; of one `group` only the latest answer comes."""
    library = services.library
    if library.count(state="ready") <= AT_ONCE:
        services.tasks.cancel(group)
        done(library.songs(state="ready"))
    else:
        services.tasks.run(lambda _context: library.songs(state="ready"), done=done, group=group)
