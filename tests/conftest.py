"""What every test may use: its own data folder, tones, the real files in all formats."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.core.playback_fixtures import null_sink

__all__ = ["null_sink"]

# Set before Qt or OpenMP are loaded: no screen is needed, and idle threads must not spin on a small machine.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

ROOT = Path(__file__).resolve().parent.parent
CHANGING = {"PYTEST_CURRENT_TEST"}


@pytest.fixture(autouse=True)
def data_dir(nothing_left: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own; the user's is never touched."""
    folder = tmp_path / "data"
    monkeypatch.setenv("MUSICAE_DATA", str(folder))
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.setenv("LANG", "C.UTF-8")
    return folder


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """Threads and changes of the environment that a test leaves behind fail it."""
    threads, environment = set(threading.enumerate()), dict(os.environ)
    yield
    left = [thread.name for thread in threading.enumerate() if thread not in threads and thread.is_alive()]
    # Variables that were not there before are those of libraries, which set some when they are imported.
    left += [name for name, value in environment.items() if name not in CHANGING and os.environ.get(name) != value]
    assert not left, f"left behind: {left}"


@pytest.fixture(scope="session")
def music() -> Path:
    """Real songs beside the checkout (never part of it): `songs/<genre>/*.opus` and `formats/*`."""
    folder = Path(os.environ.get("MUSICAE_MUSIC", ROOT.parent / "shared" / "music"))
    if not folder.is_dir():
        pytest.skip("no real music here; set MUSICAE_MUSIC to a folder with songs/ and formats/")
    return folder


@pytest.fixture(scope="session")
def formats(music: Path) -> Path:
    return music / "formats"


@pytest.fixture
def tone() -> Callable[..., np.ndarray]:
    """A sine: tone(frequency, seconds, rate=22050, level=0.5) gives float32 samples (frames,)."""

    def make(frequency: float, seconds: float, rate: int = 22050, level: float = 0.5) -> np.ndarray:
        time = np.arange(round(seconds * rate)) / rate
        return (level * np.sin(2 * np.pi * frequency * time)).astype(np.float32)

    return make
