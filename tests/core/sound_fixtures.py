"""Sound that can be found again in a recording, and tests that are run anew where the machine itself was late."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

from core.audio import Clip
from core.playback import ClipSource, Player
from tests.sound_server import RATE, NullSink, bare_underflows

FADE = round(0.015 * RATE)
EXACT = 2e-4  # the sink works in 16 bits
ATTEMPTS = 5

Test = Callable[[Player, NullSink], None]


def undisturbed(test: Test) -> Callable[[NullSink], None]:
    """Run `test` again where the device itself said that it was served too late.

    On a machine far beyond its capacity, or a virtual one that its host stops for longer than a stream's latency, a
    recording differs from what was queued without a fault of the player's. A failure without such a report stands,
    and so does one that comes every time although a bare stream on this machine is served in time.
    """

    def run(null_sink: NullSink) -> None:
        machine_late = 0
        for attempt in range(ATTEMPTS):
            player = Player(null_sink.device)
            try:
                assert player.wait_ready(20)
                assert player.available, player.status
                test(player, null_sink)
                return
            except AssertionError:
                player.close()
                if player.underflows == 0:
                    raise
                machine_late += bare_underflows()
                if attempt == ATTEMPTS - 1 and machine_late == 0:
                    raise
            finally:
                player.close()
        pytest.skip(f"this machine cannot play in time: a bare stream, too, was served late {machine_late} times")

    run.__name__ = test.__name__
    run.__doc__ = test.__doc__
    return run


def noise(seconds: float, seed: int, level: float = 0.3) -> np.ndarray:
    """Smooth noise, in which every sample can be told from its neighbours."""
    raw = np.random.default_rng(seed).standard_normal(round(seconds * RATE))
    smooth = np.convolve(raw, np.hanning(24), mode="same")
    return (level * smooth / np.abs(smooth).max()).astype(np.float32)


def clip_source(samples: np.ndarray, name: str = "clip") -> ClipSource:
    return ClipSource(Clip(samples, RATE), name=name)


def find(recording: np.ndarray, piece: np.ndarray) -> int:
    """Where `piece` begins in `recording` (one channel each), by correlation."""
    size = 1 << int(len(recording) + len(piece)).bit_length()
    spectrum = np.fft.rfft(recording, size) * np.fft.rfft(piece, size).conj()
    return int(np.argmax(np.fft.irfft(spectrum, size)[: len(recording)]))


def eventually(condition: Callable[[], bool], what: str, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.005)


def heard_at(player: Player, change: int) -> int:
    """Device frame of a change, once it is heard."""
    eventually(lambda: player.event(change).state not in ("pending",), "the change is taken up")
    event = player.event(change)
    assert event is not None
    assert event.state == "heard", event
    assert not event.late
    assert event.frame is not None
    return event.frame
