"""One time for all strips: the axis, and the wheel and mouse that move along it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.audio import Clip
from musicae_gui.views.picture_builder import DirectBuilder
from musicae_gui.views.picture_scale import PictureScale
from musicae_gui.views.spectrogram import SpectrogramStrip
from musicae_gui.views.strips import GUTTER
from musicae_gui.views.time_axis import TimeAxis, clock, ticks, time_ticks
from musicae_gui.views.waveform import WaveformStrip
from tests.gui.strip_fixtures import axis, noise, settle, show

__all__ = ["axis", "noise", "show"]


def test_the_axis_stays_inside_the_clip(axis: TimeAxis) -> None:
    axis.show_range(2, 4)
    axis.pan(100)
    assert (axis.start, axis.end) == (8, 10)
    axis.pan(-100)
    assert (axis.start, axis.end) == (0, 2)
    axis.zoom(1e-9, 1)
    assert axis.span == pytest.approx(0.004)
    axis.zoom(1e9, 1)
    assert axis.is_fitted


def test_the_axis_turns_the_page_for_the_playhead(axis: TimeAxis) -> None:
    axis.show_range(2, 4)
    axis.reveal(3)
    assert axis.start == 2
    axis.reveal(4.5)
    assert axis.start < 4.5 < axis.end
    assert axis.span == pytest.approx(2)


def test_ticks_are_round_and_clocks_exact() -> None:
    assert ticks(0, 1, 6) == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    assert ticks(-80, 0, 5) == pytest.approx([-80, -60, -40, -20, 0])
    assert time_ticks(3, 95, 4) == [30, 60, 90]
    assert clock(125) == "2:05"
    assert clock(59.9996, 0.001) == "1:00.000"
    assert clock(1.5, 0.5) == "0:01.5"


def turn(strip: QWidget, at: QPointF, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> bool:
    """Two notches of the wheel away from the user; whether the strip took them."""
    wheel = QWheelEvent(
        at, strip.mapToGlobal(at), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        keys, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    return QApplication.sendEvent(strip, wheel) and wheel.isAccepted()


def test_the_wheel_zooms_with_ctrl_at_the_mouse_and_moves_all_strips(
    show: Callable[..., QWidget], axis: TimeAxis, noise: Clip
) -> None:
    builder, scale = DirectBuilder(), PictureScale()
    first, second = WaveformStrip(axis, builder, scale), SpectrogramStrip(axis, builder, scale)
    show(first, second)
    first.set_clip(noise)
    second.set_clip(noise)
    at = QPointF(GUTTER + 200, 30)
    before = first.seconds_at(at.x())
    assert turn(first, at, Qt.KeyboardModifier.ControlModifier)
    assert axis.span == pytest.approx(6.4)
    assert first.seconds_at(at.x()) == pytest.approx(before)
    assert second.seconds_at(at.x()) == pytest.approx(before)
    settle(axis)
    assert first.is_drawn
    assert second.is_drawn


def test_the_wheel_alone_is_left_to_the_list_of_rows_and_shift_moves_in_time(
    show: Callable[..., QWidget], axis: TimeAxis, noise: Clip
) -> None:
    strip = WaveformStrip(axis, DirectBuilder(), PictureScale())
    show(strip)
    strip.set_clip(noise)
    axis.show_range(4, 6)
    at = QPointF(GUTTER + 200, 30)
    turn(strip, at)
    assert (axis.start, axis.end) == (4, 6)
    assert turn(strip, at, Qt.KeyboardModifier.ShiftModifier)
    assert (axis.start, axis.end) == (pytest.approx(3.6), pytest.approx(5.6))
    settle(axis)


def test_a_click_seeks_and_a_drag_pans(qtbot: QtBot, show: Callable[..., QWidget], axis: TimeAxis, noise: Clip) -> None:
    strip = WaveformStrip(axis, DirectBuilder(), PictureScale())
    show(strip)
    strip.set_clip(noise)
    sought: list[float] = []
    strip.sought.connect(sought.append)
    middle = QPoint(GUTTER + strip.plot().width() // 2, 40)
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=middle)
    assert sought == [pytest.approx(5.0, abs=0.02)]
    axis.show_range(4, 6)
    qtbot.mousePress(strip, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(strip, middle + QPoint(strip.plot().width() // 4, 0))
    qtbot.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=middle + QPoint(strip.plot().width() // 4, 0))
    assert axis.start == pytest.approx(3.5, abs=0.05)
    assert len(sought) == 1


def test_the_mouse_over_one_strip_marks_the_time_in_all(
    qtbot: QtBot, show: Callable[..., QWidget], axis: TimeAxis, noise: Clip
) -> None:
    scale, builder = PictureScale(), DirectBuilder()
    first, second = WaveformStrip(axis, builder, scale), WaveformStrip(axis, builder, scale)
    show(first, second)
    first.set_clip(noise)
    second.set_clip(noise)
    before = second.grab().toImage()
    with qtbot.waitSignal(first.read):
        qtbot.mouseMove(first, QPoint(GUTTER + 150, 30))
    x = GUTTER + 150
    column = [second.grab().toImage().pixel(x, y) for y in range(10, 40)]
    assert column != [before.pixel(x, y) for y in range(10, 40)]
