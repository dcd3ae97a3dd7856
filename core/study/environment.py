"""Versions and machine: what a reader needs to repeat a study. No torch."""

from __future__ import annotations

import platform
from importlib import metadata
from typing import Any

import core

PACKAGES = ("numpy", "scipy", "scikit-learn", "torch", "torchaudio", "soundfile", "soxr", "matplotlib", "visqol-python")


def environment() -> dict[str, Any]:
    """Musicae's version, Python's, the system's, and that of each package (None where it is not installed)."""
    versions: dict[str, str | None] = {}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            versions[name] = None
    return {
        "musicae": core.__version__,
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
        "machine": platform.machine(),
        "packages": versions,
    }
