"""Compare refines a row's latent in the background: plain until it is there, and at once plain again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from core.audio import read_clip
from core.session import load_session
from musicae_gui.controllers.blind import candidates
from musicae_gui.controllers.compare_row import Row
from musicae_gui.services import Services
from tests.gui.compare_fixtures import Compare, FakeView, compare, ready
from tests.gui.listen_fixtures import models, no_visqol, services, wait_idle
from tests.gui.train_fixtures import write_songs

__all__ = ["compare", "models", "no_visqol", "services"]
pytestmark = pytest.mark.usefixtures("no_visqol")


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two songs of a second: refining takes about as long as they last."""
    return write_songs(tmp_path_factory.mktemp("songs"), count=2, seconds=1.0)


@pytest.fixture
def row(qtbot: QtBot, services: Services, compare: Compare, models: list[Path]) -> Row:
    """The finished row of the smaller model."""
    controller, view = compare
    controller.refresh()
    controller.add_model_file(models[1])
    wait_idle(qtbot, services, lambda: ready(view, 2) and view.rows[1].judged)
    return view.rows[1]


def all_refined(view: FakeView) -> bool:
    return all(row.refined and row.is_settled and row.judged for row in view.rows if row.refine)


def shown(row: Row) -> np.ndarray:
    assert row.latent is not None
    return row.latent


def at_the_first_step(view: FakeView, row: Row, act: Callable[[], object]) -> None:
    """`act` once when the search of `row` has come a step further, before anything else happens."""

    def followed(updated: Row) -> None:
        if updated is row and row.searched > 0:
            view.followed = lambda _row: None
            act()

    view.followed = followed


def test_a_refined_row_scores_better_with_as_many_floats_and_goes_back_at_once(
    qtbot: QtBot, services: Services, compare: Compare, row: Row
) -> None:
    controller, view = compare
    source, sound = services.player.source, controller.sound_of(row.key)
    assert source is not None
    assert sound is not None
    controller.hear(row.key)
    plain, latent, heard, facts = sound(), row.latent, source.read(20_000, 8_000), dict(row.facts)
    controller.refine(row.key, True)
    assert row.is_refining
    assert row.latent is latent, "the plain one is seen and heard until the refined one is there"
    assert source.read(20_000, 8_000) == pytest.approx(heard, abs=1e-6)
    wait_idle(qtbot, services, lambda: row.refined and all_refined(view))
    assert row.latent is not None
    assert latent is not None
    assert row.latent.shape == latent.shape
    assert not np.array_equal(row.latent, latent)
    assert row.facts["mel"] < facts["mel"]  # type: ignore[operator]
    assert services.player.source is source, "it is heard in the same source, at the same sample"
    assert (controller.heard, view.heard) == (row.key, row.key)
    assert np.abs(source.read(20_000, 8_000) - heard).max() > 1e-3
    controller.refine(row.key, False)
    assert not row.refined
    assert row.latent is latent
    assert row.facts == facts
    assert row.clip is not None
    assert row.clip.samples == pytest.approx(plain.samples, abs=1e-6)
    assert source.read(20_000, 8_000) == pytest.approx(heard, abs=1e-5)
    controller.refine(row.key, True)
    assert row.kind == (16, 16, True), "what was found is known"
    wait_idle(qtbot, services)


def test_refining_tells_how_far_it_is_and_can_be_cancelled(
    qtbot: QtBot, services: Services, compare: Compare, row: Row
) -> None:
    controller, view = compare
    latent = row.latent
    at_the_first_step(view, row, lambda: controller.cancel(row.key))
    controller.refine(row.key, True)
    wait_idle(qtbot, services, lambda: not row.refine and row.searched < 0)
    assert row.state == "ready"
    assert row.latent is latent
    assert not row.refined


def test_another_size_is_plain_at_once_and_refined_when_the_slider_rests(
    qtbot: QtBot, services: Services, compare: Compare, row: Row
) -> None:
    controller, view = compare
    controller.refine(row.key, True)
    wait_idle(qtbot, services, lambda: all_refined(view))
    whole = controller._work.made[row.key].whole
    for channels in (12, 8, 5):
        controller.resize(row.key, channels, 16)
        assert np.array_equal(shown(row), whole.cut(channels, 16).values)
    assert row.is_refining
    wait_idle(qtbot, services, lambda: all_refined(view))
    assert row.channels == 5
    assert sorted(whole.refined) == [5, 16], "sizes that the slider only passed were not searched"
    controller.resize(row.key, 5, 6)
    assert row.refined, "fewer bits round what was found"
    assert max(len(np.unique(channel)) for channel in shown(row)) <= 2**6
    controller.resize(row.key, 16, 16)
    assert row.refined, "a size that was searched is known"
    wait_idle(qtbot, services, lambda: all_refined(view))
    assert np.array_equal(shown(row), whole.cut(16, 16, refined=True).values)


def test_refining_is_remembered_for_each_row_and_for_the_next_song(
    qtbot: QtBot, services: Services, compare: Compare, row: Row
) -> None:
    controller, view = compare
    controller.refine(row.key, True)
    wait_idle(qtbot, services, lambda: all_refined(view))
    controller.add_again(row.key)
    wait_idle(qtbot, services, lambda: ready(view, 3) and view.rows[2].judged)
    copy = view.rows[2]
    assert (copy.channels, copy.refined) == (row.channels, False), "plain and refined of one size, side by side"
    assert row.facts["mel"] < copy.facts["mel"]  # type: ignore[operator]
    assert [each.full_title for each in view.rows[1:]] == ["linear-16, refined", "linear-16"]
    services.session.save()
    assert load_session(services.session.path).panels["compare"]["refine"] == {row.key: True, copy.key: False}
    controller.choose_song(view.songs[1].key)
    wait_idle(qtbot, services, lambda: ready(view, 3) and all_refined(view))
    assert [each.refined for each in view.rows[1:]] == [True, False]


def test_another_song_gives_up_refining_the_first(qtbot: QtBot, services: Services, compare: Compare, row: Row) -> None:
    controller, view = compare
    at_the_first_step(view, row, lambda: controller.choose_song(view.songs[1].key))
    controller.refine(row.key, True)
    wait_idle(qtbot, services, lambda: ready(view, 2) and view.rows[1] is not row and all_refined(view))
    assert not row.refined
    fresh = view.rows[1]
    assert fresh is not row
    assert fresh.refined
    assert fresh.latent is not None
    assert fresh.latent.shape == controller._work.made[fresh.key].latent.values.shape


def test_what_is_saved_and_tested_blind_is_the_refined_sound_under_its_name(
    qtbot: QtBot, services: Services, compare: Compare, row: Row, tmp_path: Path
) -> None:
    controller, view = compare
    [before] = candidates(view.rows, controller.sound_of)
    name = controller.export_name(row.key)
    controller.refine(row.key, True)
    wait_idle(qtbot, services, lambda: all_refined(view))
    assert controller.export_name(row.key) == name.replace(".wav", " refined.wav")
    controller.export(row.key, tmp_path / "refined.wav")
    wait_idle(qtbot, services, (tmp_path / "refined.wav").exists)
    saved, made = read_clip(tmp_path / "refined.wav"), controller._work.made[row.key]
    assert saved.samples == pytest.approx(np.clip(made.codec.decode(made.latent).samples, -1, 1), abs=1e-4)
    [after] = candidates(view.rows, controller.sound_of)
    assert "refined" in after.heard.name
    assert "refined" not in before.heard.name
    assert after.heard.key != before.heard.key
    assert after.sound().samples == pytest.approx(made.clip.samples, abs=1e-6)
