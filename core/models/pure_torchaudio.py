"""`torchaudio`, imported so that it works beside any torch: everything takes it from here.

torchaudio's wheel checks its native extension against torch's CUDA at import, which fails beside a CPU build of
torch. Only its Python part is needed, so where the real import fails the extension is left out.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

EXTENSION = "torchaudio._extension"


def _without_extension() -> ModuleType:
    stub = ModuleType(EXTENSION)
    stub.__path__ = []  # a package, since torchaudio looks for submodules in it

    def fail_if_no_align(function: Callable[..., Any]) -> Callable[..., Any]:
        return function

    stub.fail_if_no_align = fail_if_no_align  # type: ignore[attr-defined]
    stub._IS_TORCHAUDIO_EXT_AVAILABLE = False  # type: ignore[attr-defined]
    return stub


def _imported() -> ModuleType:
    try:
        return importlib.import_module("torchaudio")
    except (OSError, RuntimeError):
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchaudio"]:
            del sys.modules[name]
    sys.modules[EXTENSION] = _without_extension()
    return importlib.import_module("torchaudio")


torchaudio = _imported()
