"""What was heard, kept in a file: without the silence before it, limited, and broken off without a click."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.audio import read_clip
from core.playback import Recording


def test_blocks_come_back_from_the_first_sound_on(tmp_path: Path) -> None:
    recording = Recording(44_100, frame=500)
    sound = np.repeat(np.linspace(0.1, 0.5, 4000, dtype=np.float32)[:, None], 2, axis=1)
    recording.add(0, np.full((400, 2), 0.9, np.float32), 44_100)  # before it began
    recording.add(400, np.concatenate([np.full((100, 2), 0.9), np.zeros((300, 2))]).astype(np.float32), 44_100)
    for begin in range(0, 4000, 1000):
        recording.add(800 + begin, sound[begin : begin + 1000], 44_100)
    assert recording.frames == 4300
    recording.end()
    seconds = recording.save(tmp_path / "heard.wav", subtype="FLOAT")
    recording.close()
    clip = read_clip(tmp_path / "heard.wav")
    assert seconds == pytest.approx(4000 / 44_100)
    fade = round(0.005 * 44_100)
    np.testing.assert_array_equal(clip.samples[:, :-fade], sound.T[:, :-fade])
    assert np.abs(clip.samples[:, -1]).max() < 1e-6


def test_what_is_too_loud_is_limited_and_another_rate_fits_in(tmp_path: Path) -> None:
    recording = Recording(44_100)
    recording.add(0, np.full((4410, 2), 3.0, np.float32), 44_100)
    recording.add(4410, np.full((2205, 2), 0.25, np.float32), 22_050)
    recording.end()
    recording.save(tmp_path / "heard.wav")
    recording.close()
    clip = read_clip(tmp_path / "heard.wav")
    assert clip.frames == 8820
    assert np.abs(clip.samples).max() <= 1.0
    assert clip.samples[0, 7000] == pytest.approx(0.25, abs=1e-3)


def test_an_empty_one_is_an_empty_file(tmp_path: Path) -> None:
    recording = Recording(44_100)
    recording.end()
    assert recording.save(tmp_path / "nothing.wav") == 0.0
    recording.close()
    recording.close()
