"""Packages that import what they offer when it is first asked for.

A window that only lists songs must not wait for the libraries that decode them. A package says in a table which of
its modules holds which name; for tools that read the source, the same imports stand beside it under `TYPE_CHECKING`.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any


def lazily(package: str, modules: Mapping[str, tuple[str, ...]]) -> Callable[[str], Any]:
    """A `__getattr__` for `package` (PEP 562).

    Args:
        modules: the names that each of its modules offers. None may be called like a module of the package, which
            Python puts there by itself as soon as it is imported.
    """
    places = {name: module for module, names in modules.items() for name in names}

    def find(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(f"{package}.{places[name]}"), name)
        setattr(sys.modules[package], name, value)  # later questions do not come here
        return value

    return find
