"""The benchmark of ways: what it counts is what is there, and a pair gives every number of every way."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.figure import Figure
from benchmarks.morph import FADE, MEASURES, TOLERANCE, outside, peaks_a_frame, table
from benchmarks.morph import _means as means
from benchmarks.morph import _pair as measured
from core.audio import Clip
from core.models.codec import load_codec

RATE = 22_050


def _tones(*frequencies: float) -> np.ndarray:
    time = np.arange(RATE) / RATE
    return sum(0.2 * np.sin(2 * np.pi * frequency * time) for frequency in frequencies)


def test_each_tone_is_one_peak_a_frame() -> None:
    assert peaks_a_frame(_tones(440)) == pytest.approx(1, abs=0.2)
    assert peaks_a_frame(_tones(440, 880, 1500)) == pytest.approx(3, abs=0.3)
    assert peaks_a_frame(np.zeros(RATE)) >= 0


def test_outside_is_the_distance_from_the_range() -> None:
    assert outside(3, 2, 4) == outside(2, 2, 4) == 0
    assert outside(6, 4, 2) == pytest.approx(2 / 3)
    assert outside(1, 2, 4) == pytest.approx(1 / 3)


def test_a_pair_gives_every_number_beside_the_cross_fade() -> None:
    clips = [Clip(_tones(*both).astype(np.float32)[None], RATE) for both in ((440, 700), (523, 1100))]
    found = dict(measured(load_codec("klt-1378"), *clips, ["straight"]))
    assert list(found) == [FADE, "straight"]
    fade = found[FADE].values
    assert set(fade) == set(found["straight"].values)
    assert fade["peaks/50%"] > max(fade["peaks/A"], fade["peaks/B"]) * (1 + TOLERANCE), "two musics at once"
    assert fade["dip_db"] == pytest.approx(3, abs=0.5)
    assert found["straight"].values["dip_db"] < 0.5
    figures = [figure for way in found for figure in means(way, [found[way]], [found[FADE]])]
    assert {f"mean/straight/{measure}/beats" for measure in MEASURES} <= {figure.name for figure in figures}
    assert all(isinstance(figure, Figure) for figure in figures)
    assert len(table(figures).splitlines()) == 4
