"""Imports beside Qt without a detour of PySide's.

Once PySide is loaded it reads the source of every module that is imported, to learn whether it may ask for one of
PySide's `__feature__`s (names in snake_case and the like). Musicae asks for none, and with torch more than a thousand
modules are imported: reading them takes a seventh of the time until the model is ready.
"""

from __future__ import annotations

import contextlib


def look_at_no_sources() -> None:
    """Load PySide and let it take all other modules as they are; where it does not let itself be told, do without."""
    import PySide6.QtCore  # noqa: F401 - with it comes what is changed here

    with contextlib.suppress(ImportError, AttributeError):
        from PySide6.support import feature  # type: ignore[attr-defined]

        if callable(feature._mod_uses_pyside):
            feature._mod_uses_pyside = lambda _module: False
