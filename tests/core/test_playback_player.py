"""The player where there is nothing to play through, and what must hold before any sound."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from core.audio import Clip
from core.playback import ClipSource, Player

ROOT = Path(__file__).resolve().parent.parent.parent


def every_call(player: Player) -> None:
    source = ClipSource(Clip(np.zeros(44100, np.float32), 44100))
    assert player.devices() == []
    assert not player.available
    assert player.rate == 44100
    assert player.latency == 0.0
    failed = threading.Event()
    player.on_failed = lambda sentence: failed.set()
    change = player.play(source, start=1000, loop=True)
    assert failed.wait(20)
    event = player.event(change)
    assert event is not None
    assert event.state == "dropped"
    assert not player.playing
    player.seek(5)
    player.changed("x")
    player.loop = False
    player.level = 0.5
    player.level_db = -6.0
    assert player.level == pytest.approx(0.501, abs=0.001)
    player.choose("nothing")
    player.stop()
    assert player.refresh_devices() == []
    assert player.starvations == 0
    assert player.evidence.to_dict()["spans"] == []
    player.close()
    player.stop()
    player.close()


@pytest.mark.parametrize("module", ["rtmixer", "sounddevice"])
def test_without_portaudio_every_call_is_safe_and_the_status_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)  # import raises ImportError, as OSError is raised without PortAudio
    player = Player()
    assert player.wait_ready(20)
    assert "install" in player.status
    every_call(player)


def test_without_a_device_every_call_is_safe_and_the_status_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.playback.route.list_devices", lambda again: [])
    player = Player()
    assert player.wait_ready(20)
    assert "WAV" in player.status
    every_call(player)


def test_a_closed_player_leaves_no_thread() -> None:
    before = threading.active_count()
    player = Player()
    assert threading.active_count() == before + 1
    player.close()
    assert threading.active_count() == before


def test_importing_playback_loads_neither_portaudio_nor_torch() -> None:
    script = (
        "import sys, core.playback\n"
        "print(sorted({'sounddevice', 'rtmixer', 'torch', 'scipy', 'sklearn', 'PySide6'} & set(sys.modules)))"
    )
    made = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert made.stdout.strip() == "[]"
