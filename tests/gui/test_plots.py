"""The loss plot and its curves: bounded, honest, drawn late and seldom."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from musicae_gui.views.loss_curve import GRADIENT, MOST_POINTS, LossCurve, smoothed
from musicae_gui.views.plot_ticks import loss_ticks, nice_step
from musicae_gui.views.plots import LossPlot


def test_a_long_run_keeps_a_bounded_number_of_points() -> None:
    curve = LossCurve("run", "run")
    for step in range(10 * MOST_POINTS):
        curve.add_step(step / 100, 1.0)
    assert MOST_POINTS // 2 <= len(curve.steps) <= MOST_POINTS
    assert np.all(np.diff(curve.steps[:, 0]) > 0)
    assert curve.steps[:, 1] == pytest.approx(1.0)


def test_thinned_points_keep_the_mean_loss() -> None:
    curve = LossCurve("run", "run")
    values = np.linspace(2.0, 1.0, 2 * MOST_POINTS)
    for step, value in enumerate(values):
        curve.add_step(step, value)
    assert curve.steps[:, 1].mean() == pytest.approx(values.mean(), rel=1e-3)


def test_a_loss_that_is_not_a_number_is_not_drawn() -> None:
    curve = LossCurve("run", "run")
    curve.add_step(0.1, float("nan"))
    curve.add_step(0.2, 1.0)
    assert len(curve.steps) == 1


def test_smoothing_does_not_pull_the_first_values_towards_zero() -> None:
    assert smoothed(np.full(50, 3.0)) == pytest.approx(3.0)


def test_smoothing_calms_noise() -> None:
    noise = np.random.default_rng(0).normal(1, 0.5, 400)
    assert smoothed(noise)[100:].std() < 0.25 * noise.std()


def test_the_best_epoch_is_the_one_with_the_lowest_validation_loss() -> None:
    curve = LossCurve("run", "run")
    for epoch, losses in enumerate([(1.0, 0.9), (0.8, 0.5), (0.6, 0.7), (0.5, float("nan"))], start=1):
        curve.add_epoch(epoch, *losses)
    assert curve.best == (2, 0.5)


def test_an_epoch_trained_again_after_a_resume_replaces_the_earlier_one() -> None:
    curve = LossCurve("run", "run")
    curve.add_epoch(1, 1.0, 0.9)
    curve.add_epoch(1, 0.7, 0.6)
    assert curve.epochs.tolist() == [[1.0, 0.7, 0.6]]


def test_a_resumed_run_keeps_the_line_from_before() -> None:
    before, curve = LossCurve("run", "run"), LossCurve("run", "run")
    before.add_epoch(1, 3.0, 3.0)
    before.add_epoch(2, 2.0, 2.0)
    curve.go_on_from(before)
    for step in range(20):
        curve.add_step(2.05 + step / 20, 1.0)
    assert curve.train[0].tolist() == [1.0, 3.0]
    assert curve.train[-1, 1] == pytest.approx(1.0)


def test_the_norm_of_the_whole_gradient_is_drawn_like_a_loss(qtbot: QtBot) -> None:
    curve = LossCurve("run", "run")
    curve.add_epoch(1, 3.0, 2.5, {"mse": 0.5, "loss": 2.5}, {"encoder.0": 3.0, "decoder.0": 4.0})
    curve.add_epoch(2, 3.0, 2.5, {"mse": 0.5, "loss": 2.5}, {})  # a run of before, in which nobody looked
    assert curve.terms == ["mse", GRADIENT]
    assert curve.term(GRADIENT).tolist() == [[1.0, 5.0]]


def test_one_of_the_losses_that_are_summed_is_drawn_alone(qtbot: QtBot) -> None:
    plot, curve = LossPlot(), LossCurve("run", "run")
    qtbot.addWidget(plot)
    curve.add_epoch(1, 3.0, 2.5, {"wave": 0.5, "mel": 1.0, "loss": 2.5})
    curve.add_epoch(2, 2.0, 1.5, {"wave": 0.25, "mel": 0.5, "loss": 1.5})
    assert plot.terms == []
    plot.build()
    plot.set_curve(curve, QColor("red"))
    assert plot.terms == ["wave", "mel"], "the sum is no part of itself"
    plot.set_term("wave")
    qtbot.waitUntil(lambda: plot.shows("run"))
    assert "0.25" in plot.words_at(2)
    assert curve.term("wave").tolist() == [[1.0, 0.5], [2.0, 0.25]]
    plot.set_term("")
    assert "1.5" in plot.words_at(2)


@pytest.mark.parametrize(("low", "high"), [(-3.4, -2.6), (-3.0, 1.0), (-2.70, -2.68), (-6.0, 2.0)])
@pytest.mark.parametrize("most", [2, 5, 12])
def test_log_ticks_are_round_few_and_inside(low: float, high: float, most: int) -> None:
    ticks = loss_ticks(low, high, most, log=True)
    assert ticks
    assert all(low - 1e-9 <= tick <= high + 1e-9 for tick in ticks)
    assert len(ticks) <= max(9, 3 * most)
    labels = [f"{10**tick:.3g}" for tick in ticks]
    assert len(set(labels)) == len(labels)


def test_steps_of_an_axis_are_one_two_or_five() -> None:
    assert [nice_step(value) for value in (0.9, 1.1, 3, 7, 0.013)] == pytest.approx([1, 2, 5, 10, 0.02])
    assert nice_step(0.0) == 1.0


@pytest.fixture
def plot(qtbot: QtBot) -> LossPlot:
    made = LossPlot()
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show()
    return made


def _curve(key: str, epochs: int, past: bool = False) -> LossCurve:
    curve = LossCurve(key, key, past=past)
    for epoch in range(1, epochs + 1):
        for step in range(5):
            curve.add_step(epoch - 1 + (step + 1) / 5, 1 / epoch)
        curve.add_epoch(epoch, 1 / epoch, 1.2 / epoch)
    return curve


def test_the_plot_takes_curves_before_it_is_built(qtbot: QtBot, plot: LossPlot) -> None:
    plot.set_curve(_curve("early", 3), QColor("red"))
    assert not plot.shows("early")
    plot.build()
    assert plot.shows("early")


def test_several_runs_lie_over_one_another_and_can_be_hidden(qtbot: QtBot, plot: LossPlot) -> None:
    plot.build()
    plot.set_curve(_curve("now", 4), QColor("red"))
    plot.set_curve(_curve("before", 6, past=True), QColor("blue"))
    qtbot.waitUntil(lambda: plot.shows("now") and plot.shows("before"))
    plot.set_shown("before", False)
    qtbot.waitUntil(lambda: not plot.shows("before"))
    assert plot.shows("now")


def test_pixels_change_where_the_curve_is_drawn(qtbot: QtBot, plot: LossPlot) -> None:
    plot.set_colors(QColor("#ffffff"), QColor("#000000"))
    plot.build()
    plot.set_curve(_curve("now", 8), QColor("#ff0000"))
    qtbot.waitUntil(lambda: plot.shows("now"))
    image = plot.grab().toImage()
    red = [
        (x, y)
        for x in range(0, image.width(), 2)
        for y in range(0, image.height(), 2)
        if image.pixelColor(x, y).red() > 200 and image.pixelColor(x, y).green() < 80
    ]
    assert len({x for x, _y in red}) > image.width() // 8


def test_the_axis_changes_from_logarithmic_to_linear(qtbot: QtBot, plot: LossPlot) -> None:
    plot.build()
    curve = _curve("now", 8)
    plot.set_curve(curve, QColor("#ff0000"))
    qtbot.waitUntil(lambda: plot.shows("now"))
    before = plot.grab().toImage()
    plot.set_log(False)
    qtbot.waitUntil(lambda: plot.grab().toImage() != before)


def test_a_loss_of_zero_does_not_break_the_logarithmic_axis(qtbot: QtBot, plot: LossPlot) -> None:
    plot.build()
    curve = _curve("now", 3)
    curve.add_epoch(4, 0.0, 0.0)
    plot.set_curve(curve, QColor("#ff0000"))
    qtbot.waitUntil(lambda: plot.shows("now"))
    plot.grab()


def test_the_words_under_the_mouse_name_the_shown_runs(plot: LossPlot) -> None:
    plot.set_curve(_curve("now", 3), QColor("red"))
    plot.set_curve(_curve("before", 2), QColor("blue"))
    assert "now: training 0.5, validation 0.6" in plot.words_at(2)
    assert "before" in plot.words_at(2)
    plot.set_shown("before", False)
    assert "before" not in plot.words_at(2)
    assert plot.words_at(99) == ""
