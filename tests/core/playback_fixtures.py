"""`null_sink`: a sound server for the tests of one file, found by PortAudio in this process."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest

from tests.sound_server import NullSink


@pytest.fixture(scope="module")  # the tests of other files find the machine as it is
def null_sink() -> Iterator[NullSink]:
    """A running `NullSink`. Skips where its programs are missing, but fails where CI is set."""
    missing = NullSink.missing()
    if missing:
        words = f"no sound server: {', '.join(missing)} missing"
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
    sink = NullSink()
    sink.start()
    _look_again()
    yield sink
    sink.stop()
    _look_again()


def _look_again() -> None:
    """PortAudio keeps the list of devices of its start."""
    sounddevice = sys.modules.get("sounddevice")
    if sounddevice is not None:
        sounddevice._terminate()
        sounddevice._initialize()
