"""ViSQOL in its own process: the same score, or gone at once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core import opinion
from core.errors import Cancelled

RATE = 22050


def test_the_other_process_says_what_this_one_would(tone: Callable[..., np.ndarray]) -> None:
    pytest.importorskip("visqol")
    from core.quality import visqol

    sound = tone(440, 1.2) * np.linspace(0, 1, round(1.2 * RATE), dtype=np.float32)
    noisy = (sound + np.random.default_rng(1).normal(0, 0.02, len(sound))).astype(np.float32)
    expected = visqol(sound, noisy, RATE)
    assert expected is not None
    assert opinion.predict_opinion(sound, noisy, RATE) == pytest.approx(expected, abs=1e-6)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's list of children")
def test_cancelling_ends_the_process(tone: Callable[..., np.ndarray]) -> None:
    def children() -> set[str]:
        tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
        return {pid for task in tasks for pid in task.read_text().split()}

    before, asked = children(), []
    started: set[str] = set()

    def cancelled() -> bool:
        asked.append(True)
        started.update(children() - before)
        return len(asked) > 2

    with pytest.raises(Cancelled):
        opinion.predict_opinion(tone(440, 3.0), tone(441, 3.0), RATE, cancelled)
    assert started
    assert not started & children()
