"""Morph's own widgets offscreen: the curve strip, the pad, the loop ruler, the part of a song, by mouse and by keys."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.audio import Clip
from core.latents.ways import Curve
from musicae_gui.views.loop_ruler import LoopRuler
from musicae_gui.views.morph_curve import CurveStrip
from musicae_gui.views.morph_pad import MorphPad
from musicae_gui.views.part_bar import PartBar
from musicae_gui.views.time_axis import TimeAxis
from tests.gui.strip_fixtures import axis

__all__ = ["axis"]

LEFT = Qt.MouseButton.LeftButton


def drag(qtbot: QtBot, widget: QWidget, *places: QPointF) -> None:
    points = [place.toPoint() for place in places]
    qtbot.mousePress(widget, LEFT, pos=points[0])
    for point in points[1:]:
        qtbot.mouseMove(widget, point)
    qtbot.mouseRelease(widget, LEFT, pos=points[-1])


@pytest.fixture
def strip(qtbot: QtBot, axis: TimeAxis) -> CurveStrip:
    made = CurveStrip(axis)
    qtbot.addWidget(made)
    made.resize(640, 144)
    made.edited.connect(lambda curve, _words: made.show_curve(curve, True))
    made.show()
    return made


def place(strip: CurveStrip, seconds: float, at: float) -> QPointF:
    return QPointF(strip._x(seconds), strip._y(at))


def test_a_stroke_draws_and_a_click_adds_a_point(qtbot: QtBot, strip: CurveStrip) -> None:
    drag(qtbot, strip, *(place(strip, seconds / 4, seconds / 16) for seconds in range(4, 17)))
    assert strip.curve.at(2.0) == pytest.approx(0.5, abs=0.03)
    assert len(strip.curve.points) <= 4
    qtbot.mouseClick(strip, LEFT, pos=place(strip, 8.0, 0.2).toPoint())
    assert strip.curve.at(8.0) == pytest.approx(0.2, abs=0.02)


def test_a_point_is_dragged_and_taken_away(qtbot: QtBot, strip: CurveStrip) -> None:
    strip.show_curve(Curve(((2.0, 0.0), (5.0, 0.5), (8.0, 1.0))), True)
    drag(qtbot, strip, place(strip, 5.0, 0.5), place(strip, 5.5, 0.7), place(strip, 6.0, 0.9))
    assert strip.curve.points[1] == pytest.approx((6.0, 0.9), abs=0.03)
    qtbot.mouseClick(strip, Qt.MouseButton.RightButton, pos=place(strip, *strip.curve.points[1]).toPoint())
    assert [seconds for seconds, _at in strip.curve.points] == [2.0, 8.0]
    qtbot.mouseDClick(strip, LEFT, pos=place(strip, 8.0, 1.0).toPoint())
    assert len(strip.curve.points) == 1


def test_keys_go_from_point_to_point_and_change_them(qtbot: QtBot, strip: CurveStrip) -> None:
    strip.show_curve(Curve(((2.0, 0.0), (5.0, 0.5), (8.0, 1.0))), True)
    strip.setFocus()
    qtbot.keyClick(strip, Qt.Key.Key_Home)
    qtbot.keyClick(strip, Qt.Key.Key_Right)
    assert "2 of 3" in strip.accessibleDescription()
    qtbot.keyClick(strip, Qt.Key.Key_Up)
    assert strip.curve.points[1] == pytest.approx((5.0, 0.51))
    qtbot.keyClick(strip, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert strip.curve.points[1] == pytest.approx((5.1, 0.51))
    qtbot.keyClick(strip, Qt.Key.Key_3)
    assert strip.curve.points[1] == pytest.approx((5.1, 0.3))
    assert "30 %" in strip.accessibleDescription()
    qtbot.keyClick(strip, Qt.Key.Key_Delete)
    assert len(strip.curve.points) == 2
    with qtbot.waitSignal(strip.point_wanted):
        qtbot.keyClick(strip, Qt.Key.Key_Return)


def test_the_pad_goes_where_the_mouse_and_the_keys_say(qtbot: QtBot) -> None:
    pad = MorphPad()
    qtbot.addWidget(pad)
    pad.resize(228, 228)
    pad.show()
    moved: list[tuple[float, float]] = []
    pad.moved.connect(lambda at, down: moved.append((at, down)))
    drag(qtbot, pad, pad.point(0, 0), pad.point(0.5, 0.5), pad.point(1, 1))
    assert moved[-1] == pytest.approx((1.0, 1.0), abs=0.02)
    drag(qtbot, pad, pad.point(1, 1), QPointF(400, -50))
    assert moved[-1] == (1.2, -0.2)
    for key, modifier, expected in (
        (Qt.Key.Key_5, Qt.KeyboardModifier.NoModifier, (0.5, -0.2)),
        (Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier, (0.5, 0.3)),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, (0.51, 0.3)),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier, (0.51, 0.31)),
        (Qt.Key.Key_PageUp, Qt.KeyboardModifier.NoModifier, (0.51, 0.21)),
        (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier, (1.0, 0.21)),
    ):
        qtbot.keyClick(pad, key, modifier)
        assert moved[-1] == pytest.approx(expected), key
    assert "B 79 %" in pad.accessibleDescription()


def test_a_loop_is_dragged_over_the_ruler_and_its_ends_moved(qtbot: QtBot, axis: TimeAxis) -> None:
    ruler = LoopRuler(axis)
    qtbot.addWidget(ruler)
    ruler.resize(640, 24)
    ruler.show()
    looped: list[tuple[float, float]] = []
    sought: list[float] = []
    ruler.looped.connect(lambda begin, end: looped.append((begin, end)))
    ruler.sought.connect(sought.append)

    def x(seconds: float) -> QPointF:
        return QPointF(axis.to_x(seconds, ruler.plot().left(), ruler.plot().width()), 12)

    drag(qtbot, ruler, x(2), x(3), x(6))
    assert looped == [pytest.approx((2, 6), abs=0.03)]
    drag(qtbot, ruler, x(6), x(5), x(4))
    assert looped[-1] == pytest.approx((2, 4), abs=0.03)
    assert not sought
    qtbot.mouseClick(ruler, LEFT, pos=x(8).toPoint())
    assert sought == [pytest.approx(8, abs=0.03)]
    qtbot.mouseDClick(ruler, LEFT, pos=x(8).toPoint())
    assert looped[-1] == (0.0, 0.0)
    ruler.show_region(None)
    assert ruler.accessibleDescription()


def test_a_part_of_a_song_is_dragged_and_moved_by_keys(qtbot: QtBot) -> None:
    bar = PartBar("part", "Part of song A", "series:0")
    qtbot.addWidget(bar)
    bar.resize(400, 20)
    bar.show()
    bar.show_part(
        Clip(np.random.default_rng(0).standard_normal((1, 22_050 * 10)).astype(np.float32), 22_050), 0.0, 10.0
    )
    chosen: list[tuple[float, float | None]] = []
    bar.chosen.connect(lambda begin, end: chosen.append((begin, end)))
    drag(qtbot, bar, QPointF(0, 10), QPointF(50, 10), QPointF(80, 10))
    assert chosen[-1] == (pytest.approx(2.0, abs=0.06), None)
    drag(qtbot, bar, QPointF(399, 10), QPointF(300, 10), QPointF(240, 10))
    assert chosen[-1] == pytest.approx((2.0, 6.0), abs=0.06)
    drag(qtbot, bar, QPointF(160, 10), QPointF(180, 10), QPointF(200, 10))
    assert chosen[-1] == pytest.approx((3.0, 7.0), abs=0.1)
    bar.setFocus()
    qtbot.keyClick(bar, Qt.Key.Key_Right)
    assert chosen[-1] == pytest.approx((4.0, 8.0), abs=0.1)
    qtbot.keyClick(bar, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert chosen[-1] == pytest.approx((4.0, 7.0), abs=0.1)
    qtbot.mouseDClick(bar, LEFT, pos=QPoint(20, 10))
    assert chosen[-1] == (0.0, None)
