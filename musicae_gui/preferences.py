"""The user's preferences with a signal: a change is saved and applied at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from core.preferences import Preferences, load_preferences, save_preferences


class PreferenceStore(QObject):
    """`values` holds the preferences; `set` validates, saves and tells."""

    changed = Signal(str, object)  # name, new value
    save_failed = Signal(str)

    def __init__(self, folder: Path, parent: QObject | None = None, **overrides: Any) -> None:
        """`overrides` (of the command line) hold for this session and are not saved."""
        super().__init__(parent)
        self.folder = folder
        self._saved = load_preferences(folder)
        self._overrides = {name: value for name, value in overrides.items() if value is not None}
        self.values: Preferences = self._saved.replace(**self._overrides)

    def set(self, name: str, value: object) -> None:
        """Change one preference.

        Raises:
            UsageError: the value is of a wrong type or out of range.
        """
        values = self.values.replace(**{name: value})
        if values == self.values:
            return
        self._overrides.pop(name, None)
        self._saved = self._saved.replace(**{name: value})
        self.values = values
        try:
            save_preferences(self.folder, self._saved)
        except OSError as error:
            self.save_failed.emit(str(error))
        self.changed.emit(name, value)
