"""The songs and runs that Musicae knows: one SQLite file in the data folder, with peaks and samples beside it."""

from typing import TYPE_CHECKING

from core.lazily import lazily

if TYPE_CHECKING:
    from core.library.creations import Creation
    from core.library.keys import content_key
    from core.library.library import Library
    from core.library.runs import Run
    from core.library.scan import ScanEvent, ScanReport
    from core.library.songs import ORDERS, Song

__getattr__ = lazily(
    __name__,
    {
        "creations": ("Creation",),
        "keys": ("content_key",),
        "library": ("Library",),
        "runs": ("Run",),
        "scan": ("ScanEvent", "ScanReport"),
        "songs": ("ORDERS", "Song"),
    },
)

__all__ = ["ORDERS", "Creation", "Library", "Run", "ScanEvent", "ScanReport", "Song", "content_key"]
