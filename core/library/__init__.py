"""The songs and runs that Musicae knows: one SQLite file in the data folder, with peaks and samples beside it."""

from core.library.creations import Creation
from core.library.keys import content_key
from core.library.library import Library
from core.library.runs import Run
from core.library.scan import ScanEvent, ScanReport
from core.library.songs import ORDERS, Song

__all__ = ["ORDERS", "Creation", "Library", "Run", "ScanEvent", "ScanReport", "Song", "content_key"]
