"""Where a song is whose file is gone: the question to the user."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.i18n import _

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from core.library import Song


def ask_for_song(song: Song, parent: QWidget, folders: dict[str, str]) -> Path | None:
    """The file that the user chooses; its folder is remembered in `folders`."""
    from PySide6.QtWidgets import QFileDialog  # the window is painted without dialogs

    kinds = _("Files like it ({kinds})").format(kinds=f"*{song.path.suffix}") + ";;" + _("All files (*)")
    question = _("Where is “{title}”?").format(title=song.title)
    name, _kind = QFileDialog.getOpenFileName(parent, question, folders.get("open", ""), kinds)
    if not name:
        return None
    folders["open"] = str(Path(name).parent)
    return Path(name)
