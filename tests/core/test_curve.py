"""A curve over time: points, strokes of a hand, what a slider did; and sound that follows it."""

from __future__ import annotations

import numpy as np
import pytest

from core.latents.ways import Curve, along, held
from core.latents.ways.along import FADE, STEP
from core.latents.ways.curve import EDGE, TOLERANCE, simplified


def test_it_is_straight_between_points_and_level_beyond_them() -> None:
    curve = Curve().with_point(4, 1.0).with_point(2, 0.0)
    assert [curve.at(seconds) for seconds in (0, 2, 3, 4, 9)] == [0, 0, 0.5, 1, 1]
    assert curve.with_point(2, 0.5).points == ((2, 0.5), (4, 1.0))
    assert not Curve()


def test_a_moved_point_stays_between_its_neighbours_and_in_range() -> None:
    curve = Curve(((1, 0.0), (2, 0.5), (3, 1.0)))
    assert curve.moved(1, 9, 7).points[1] == (3, 1.2)
    assert curve.moved(0, -1, -7).points[0] == (0, -0.2)
    assert curve.without(1).points == ((1, 0.0), (3, 1.0))


def test_a_stroke_changes_only_what_is_under_it() -> None:
    curve = Curve(((0, 0.0), (10, 1.0)))
    drawn = curve.drawn([(4, 0.9), (5, 0.9), (6, 0.9)])
    assert drawn.at(5) == pytest.approx(0.9)
    for seconds in (1, 4 - EDGE, 6 + EDGE, 8):
        assert drawn.at(seconds) == pytest.approx(curve.at(seconds))
    assert Curve().drawn([(1, 0.3), (2, 0.5)]).points == ((1, 0.3), (2, 0.5))


def test_what_the_hand_draws_later_counts() -> None:
    forth = [(number / 10, 0.2) for number in range(11)]
    back = [(number / 10, 0.8) for number in range(9, 4, -1)]
    again = [(number / 10, 0.5) for number in range(5, 8)]
    curve = Curve().drawn(forth + back + again)
    values = [curve.at(seconds) for seconds in (0.2, 0.6, 0.75, 0.85, 1.0)]
    assert values == pytest.approx([0.2, 0.5, 0.65, 0.8, 0.2], abs=0.1)
    assert list(curve.points) == sorted(curve.points)


def test_a_long_stroke_is_kept_by_few_points_within_the_tolerance() -> None:
    seconds = np.linspace(0, 10, 1001)
    stroke = list(zip(seconds.tolist(), (0.5 + 0.5 * np.sin(seconds)).tolist(), strict=True))
    curve = Curve().drawn(stroke)
    assert len(curve.points) < 60
    assert np.abs(curve.places(seconds) - [at for _seconds, at in stroke]).max() <= TOLERANCE + 1e-9
    assert simplified([(0, 0.1), (1, 0.1), (2, 0.1)]) == [(0, 0.1), (2, 0.1)]


def test_a_slider_that_rested_holds_its_place_until_it_jumps() -> None:
    curve = Curve().drawn(held([(0, 0.0), (5, 1.0), (5.03, 0.9)]))
    assert [curve.at(seconds) for seconds in (2, 4.9, 5)] == pytest.approx([0, 0, 1])
    assert curve.at(5.015) == pytest.approx(0.95)


def test_it_comes_back_from_a_file_and_nonsense_is_left_out() -> None:
    curve = Curve(((0.5, 0.25), (2.0, 1.2)))
    assert Curve.from_list(curve.to_list()) == curve
    assert Curve.from_list([[3, 9], [1, 0.5], "x", [1], [float("nan"), 1], [2, True]]).points == ((1, 0.5), (3, 1.2))
    assert Curve.from_list({"a": 1}) == Curve()
    assert curve.turned().points == pytest.approx(np.array([(0.5, 0.75), (2.0, -0.2)]))


def _constant(place: tuple[float, ...], _start: int, count: int) -> np.ndarray:
    return np.full(count, place[0], np.float32)


def _path(curve: Curve, rate: int = 22050):  # type: ignore[no-untyped-def]
    return lambda samples: curve.places(samples / rate)[:, None]


def test_sound_follows_the_curve_without_a_jump() -> None:
    curve = Curve(((0, 0.0), (1, 1.0)))
    sound = along(_constant, _path(curve), 0, 22050)
    assert np.abs(sound - np.arange(22050) / 22050).max() < STEP / 22050
    assert np.abs(np.diff(sound)).max() < 4 * STEP / 22050 / FADE
    windows = [along(_constant, _path(curve), start, 700) for start in range(0, 21_700, 700)]
    np.testing.assert_allclose(np.concatenate(windows), sound[: 31 * 700], atol=1e-6)


def test_a_curve_at_rest_is_made_in_one_piece() -> None:
    asked: list[tuple[float, int, int]] = []

    def render(place: tuple[float, ...], start: int, count: int) -> np.ndarray:
        asked.append((place[0], start, count))
        return np.zeros(count, np.float32)

    along(render, _path(Curve(((0, 0.3),))), 1000, 30_000)
    assert asked == [(0.3, 1000, 30_000)]
