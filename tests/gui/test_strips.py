"""Strips: drawn once, true in their values, and cheap while the playhead moves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.audio import Clip
from musicae_gui import theme
from musicae_gui.views.difference import DifferenceStrip, residual
from musicae_gui.views.latent import LatentStrip
from musicae_gui.views.picture_builder import DirectBuilder
from musicae_gui.views.picture_scale import PictureScale
from musicae_gui.views.spectrogram import SpectrogramStrip
from musicae_gui.views.strips import Strip
from musicae_gui.views.time_axis import TimeAxis
from musicae_gui.views.time_ruler import TimeRuler
from musicae_gui.views.waveform import WaveformStrip
from tests.gui.strip_fixtures import RATE, CountingBuilder, HeldBuilder, axis, noise, settle, show

__all__ = ["axis", "noise", "show"]


def test_a_picture_is_drawn_once_for_its_data_range_and_size(
    show: Callable[..., QWidget], axis: TimeAxis, noise: Clip
) -> None:
    builder = CountingBuilder()
    strip = SpectrogramStrip(axis, builder, PictureScale())
    window = show(strip)
    strip.set_clip(noise)
    assert builder.drawn == 1
    for position in np.linspace(0, 10, 50):
        strip.set_playhead(position)
        axis.set_hover(position)
        QApplication.processEvents()
    settle(axis)
    assert builder.drawn == 1
    axis.zoom(0.5, 5)
    assert builder.drawn == 1, "while the wheel turns nothing is computed"
    settle(axis)
    assert builder.drawn == 2
    window.resize(800, 200)
    QApplication.processEvents()
    settle(axis)
    assert builder.drawn >= 3


def test_the_playhead_paints_a_few_columns(show: Callable[..., QWidget], axis: TimeAxis, noise: Clip) -> None:
    painted: list[int] = []

    class Watched(WaveformStrip):
        def paintEvent(self, event: QPaintEvent) -> None:
            painted.append(sum(area.width() for area in event.region()))  # type: ignore[attr-defined]
            super().paintEvent(event)

    strip = Watched(axis, DirectBuilder(), PictureScale())
    show(strip)
    strip.set_clip(noise)
    strip.set_playhead(2.0)
    QApplication.processEvents()
    painted.clear()
    for position in (2.5, 7.0, 9.9):
        strip.set_playhead(position)
        QApplication.processEvents()
    assert len(painted) == 3
    assert max(painted) <= 10
    strip.set_playhead(9.9001)
    QApplication.processEvents()
    assert len(painted) == 3, "a step within a pixel paints nothing"


def test_until_the_new_picture_comes_the_old_one_is_shown_stretched(
    show: Callable[..., QWidget], axis: TimeAxis
) -> None:
    builder = HeldBuilder()
    strip = WaveformStrip(axis, builder, PictureScale())
    show(strip)
    half = np.zeros(10 * RATE, np.float32)
    half[: 5 * RATE] = 0.9 * np.sign(np.sin(np.arange(5 * RATE)))
    strip.set_clip(Clip(half, RATE))
    builder.release()
    axis.show_range(2.5, 7.5)
    shown = strip.grab().toImage()
    plot = strip.plot()
    ground = theme.color("surface").rgb()
    y = plot.top() + plot.height() // 4
    assert shown.pixel(plot.left() + plot.width() // 4, y) != ground
    assert shown.pixel(plot.left() + 3 * plot.width() // 4, y) == ground
    assert not strip.is_drawn
    settle(axis)
    builder.release()
    assert strip.is_drawn


def test_a_size_that_a_strip_had_for_a_moment_leaves_it_the_picture_of_its_own(
    show: Callable[..., QWidget], axis: TimeAxis, noise: Clip
) -> None:
    builder = HeldBuilder()
    strip = WaveformStrip(axis, builder, PictureScale())
    window = show(strip)
    strip.set_clip(noise)
    builder.release()
    for height in (90, 120):
        window.resize(700, height)
        QApplication.processEvents()
    assert strip.is_drawn
    builder.release()
    assert strip.is_drawn, "what was asked for in between came too late"


def test_equal_levels_have_equal_colours_in_all_strips(
    show: Callable[..., QWidget], axis: TimeAxis, tone: Callable[..., np.ndarray]
) -> None:
    scale = PictureScale()
    scale.set_levels(top=0, amplitude=1, highest=RATE / 2)
    loud, soft = (SpectrogramStrip(axis, DirectBuilder(), scale) for _ in range(2))
    show(loud, soft)
    clip = Clip(tone(1000, 10.0, RATE, 0.5), RATE)
    loud.set_clip(clip)
    soft.set_clip(Clip(clip.samples * 0.01, RATE))
    brightest = []
    for strip in (loud, soft):
        image, plot = strip.grab().toImage(), strip.plot()
        column = [image.pixelColor(plot.center().x(), y).lightness() for y in range(plot.top(), plot.bottom())]
        distance = [abs(value - theme.color("surface").lightness()) for value in column]
        brightest.append(max(distance))
    assert brightest[0] > brightest[1] + 60, "40 dB softer is a visibly other colour"


def test_values_under_the_mouse(qtbot: QtBot, axis: TimeAxis, tone: Callable[..., np.ndarray]) -> None:
    scale, builder = PictureScale(), DirectBuilder()
    clip = Clip(tone(1000 * 0.98, 10.0, RATE, 0.5), RATE)
    spectrogram = SpectrogramStrip(axis, builder, scale)
    spectrogram.set_clip(clip)
    text = spectrogram.values_at(5.0, scale.height(980.0))
    assert text.startswith("0:05.000   980 Hz")
    assert float(text.split()[-2].replace("−", "-")) == pytest.approx(-6, abs=1.5)
    latent = LatentStrip(axis, builder)
    values = np.arange(8 * 100, dtype=np.float32).reshape(8, 100)
    latent.set_latent(values, 10.0)
    assert latent.values_at(5.05, 1 - 2.5 / 8) == "0:05.050   channel 2   frame 50   value +250"
    difference = DifferenceStrip(axis, builder, scale)
    difference.set_clips(clip, Clip(clip.samples * 0.5, RATE))
    assert "-6.0 dB" in difference.values_at(5.0, scale.height(980.0))
    waveform = WaveformStrip(axis, builder, scale)
    waveform.set_clip(Clip(np.full(10 * RATE, 0.25, np.float32), RATE))
    assert "+0.250" in waveform.values_at(3.0, 0.5)


def test_the_residual_is_what_is_missing(noise: Clip) -> None:
    shorter = Clip(noise.samples[:, :-100] * 0.75, RATE)
    rest = residual(noise, shorter)
    assert rest.frames == shorter.frames
    assert rest.samples == pytest.approx(noise.samples[:, :-100] * 0.25, abs=1e-6)


@pytest.mark.parametrize("samples", [np.zeros(0, np.float32), np.zeros(5, np.float32), np.zeros(RATE, np.float32)])
def test_empty_short_and_silent_clips_are_drawn(
    show: Callable[..., QWidget], axis: TimeAxis, samples: np.ndarray
) -> None:
    scale, builder, clip = PictureScale(), DirectBuilder(), Clip(samples, RATE)
    waveform, spectrogram = WaveformStrip(axis, builder, scale), SpectrogramStrip(axis, builder, scale)
    difference, latent = DifferenceStrip(axis, builder, scale), LatentStrip(axis, builder)
    show(TimeRuler(axis), waveform, spectrogram, difference, latent)
    for seconds in (clip.seconds, 3.0):
        axis.set_duration(seconds)
        waveform.set_clip(clip)
        spectrogram.set_clip(clip)
        difference.set_clips(clip, clip)
        latent.set_latent(np.zeros((4, 1), np.float32), 21.5)
        for strip in (waveform, spectrogram, difference, latent):
            strip.set_playhead(0.0)
            assert not strip.grab().isNull()
            assert isinstance(strip.values_at(0.0, 0.5), str)


def test_strips_follow_the_theme(show: Callable[..., QWidget], axis: TimeAxis, noise: Clip) -> None:
    builder = CountingBuilder()
    strip = WaveformStrip(axis, builder, PictureScale())
    show(strip)
    strip.set_clip(noise)
    light = strip.grab().toImage()
    theme.apply("dark")
    try:
        QApplication.processEvents()
        assert builder.drawn == 2
        assert strip.grab().toImage() != light
    finally:
        theme.apply("light")


@pytest.mark.parametrize("kind", [WaveformStrip, SpectrogramStrip])
def test_a_clip_that_grows_is_drawn_block_by_block_and_looks_as_if_drawn_at_once(
    show: Callable[..., QWidget], kind: type[WaveformStrip | SpectrogramStrip]
) -> None:
    noise = np.random.default_rng(0).normal(0, 0.2, (1, 3 * RATE)).astype(np.float32)
    axis, builder = TimeAxis(), CountingBuilder()
    axis.set_duration(3.0)
    growing, at_once = kind(axis, builder, PictureScale()), kind(axis, DirectBuilder(), PictureScale())
    show(growing, at_once)
    clip = Clip(np.zeros_like(noise), RATE)
    seen = []
    for second in range(3):
        clip.samples[:, second * RATE : (second + 1) * RATE] = noise[:, second * RATE : (second + 1) * RATE]
        growing.set_part(clip, second, second + 1)
        assert growing.is_drawn
        seen.append(picture_of(growing))
    assert builder.drawn == 3
    at_once.set_clip(Clip(noise, RATE))
    whole = picture_of(at_once)
    third = whole.shape[1] // 3
    assert (seen[0][:, : third - 8] == whole[:, : third - 8]).all()
    assert (seen[0][:, third + 8 :] != whole[:, third + 8 :]).any()
    assert np.mean(seen[2] != whole) < 0.01, "the columns at a seam may differ by a sample"


def test_parts_that_come_while_one_is_drawn_or_the_range_changes_are_not_lost(show: Callable[..., QWidget]) -> None:
    axis, builder = TimeAxis(), HeldBuilder()
    axis.set_duration(4.0)
    strip, at_once = WaveformStrip(axis, builder, PictureScale()), WaveformStrip(axis, DirectBuilder(), PictureScale())
    show(strip, at_once)
    clip = Clip(np.zeros((1, 4 * RATE), np.float32), RATE)
    for second in range(4):
        clip.samples[:, second * RATE : (second + 1) * RATE] = 0.1 * (second + 1)
        strip.set_part(clip, second, second + 1)
        if second == 2:
            builder.release()  # the first second
            axis.show_range(0.0, 3.9)
            axis.settled.emit()
    for _round in range(4):
        builder.release()
    at_once.set_clip(clip)
    assert strip.is_drawn
    assert (picture_of(strip) == picture_of(at_once)).all()


def picture_of(strip: Strip) -> np.ndarray:
    """(rows, columns) pixels of the plot as they are seen."""
    image = strip.grab(strip.plot()).toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)
    return pixels[:, : image.width()].copy()
