"""Compare's sizes of a nested model, on real songs and real models: heard at once, remembered a row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from core.models.design import KltDesign
from core.models.families import Sizes
from core.session import load_session
from musicae_gui.controllers.compare_shown import ShownRows
from musicae_gui.services import Services
from tests.gui.compare_fixtures import Compare, compare, ready, sized
from tests.gui.listen_fixtures import models, no_visqol, services, songs, wait_idle

__all__ = ["compare", "models", "no_visqol", "services", "songs"]
pytestmark = pytest.mark.usefixtures("no_visqol")


def test_another_size_is_the_beginning_of_the_latent_decoded_anew(
    qtbot: QtBot, services: Services, compare: Compare, models: list[Path]
) -> None:
    controller, view = compare
    controller.refresh()
    controller.add_model_file(models[0])
    wait_idle(qtbot, services, lambda: ready(view, 2) and sized(view, 64))
    key, row = str(models[0]), view.rows[1]
    whole, best = controller._work.made[key].whole, row.facts["si_sdr"]
    for channels in (50, 30, 20, 9):
        controller.resize(key, channels, 16)
    assert row.latent is not None
    assert row.latent.shape[0] == 9, "the picture of the latent follows at once"
    assert row.facts == {}, "what is not measured yet is not shown"
    wait_idle(qtbot, services, lambda: sized(view, 9))
    made = controller._work.made[key]
    assert made.whole is whole, "nothing was encoded again"
    assert np.array_equal(made.latent.values, whole.latent.values[:9].astype(np.float16))
    assert row.clip is not None
    assert row.clip.samples == pytest.approx(made.codec.decode(made.latent).samples, abs=1e-6)
    assert row.facts["si_sdr"] < best  # type: ignore[operator]
    controller.resize(key, 64, 16)
    assert row.facts["si_sdr"] == best, "what was measured once is known"
    wait_idle(qtbot, services, lambda: sized(view, 64))


def test_another_size_is_heard_before_all_of_it_is_decoded(
    qtbot: QtBot, services: Services, compare: Compare, models: list[Path]
) -> None:
    controller, view = compare
    controller.refresh()
    controller.add_model_file(models[0])
    wait_idle(qtbot, services, lambda: ready(view, 2) and sized(view, 64))
    key, source = str(models[0]), services.player.source
    assert source is not None
    controller.hear(key)
    before = source.read(20_000, 8_000)
    controller.resize(key, 5, 16)
    at_once = source.read(20_000, 8_000)
    assert np.abs(at_once - before).max() > 0.01
    assert services.player.source is source, "the sound goes on in the same source"
    sound = controller.sound_of(key)
    assert sound is not None
    latent = controller._work.live[key].latent
    wait_idle(qtbot, services, lambda: sized(view, 5))
    assert sound().samples == pytest.approx(view.rows[1].clip.samples, abs=1e-6)  # type: ignore[union-attr]
    assert controller._work.made[key].latent is latent
    later = source.read(20_000, 8_000)
    gain = np.linalg.norm(later) / np.linalg.norm(at_once)  # the loudness is known only now
    assert later == pytest.approx(gain * at_once, abs=2e-4)


def test_fewer_bits_a_float_are_heard_and_measured(
    qtbot: QtBot, services: Services, compare: Compare, models: list[Path]
) -> None:
    controller, view = compare
    controller.refresh()
    controller.add_model_file(models[0])
    wait_idle(qtbot, services, lambda: ready(view, 2) and sized(view, 64))
    key, row = str(models[0]), view.rows[1]
    scores = [row.facts["si_sdr"]]
    for bits in (6, 4):
        controller.resize(key, 64, bits)
        wait_idle(qtbot, services, lambda: sized(view, 64))
        assert row.latent is not None
        assert max(len(np.unique(channel)) for channel in row.latent) <= 2**bits
        scores.append(row.facts["si_sdr"])
    assert scores == sorted(scores, reverse=True)  # type: ignore[type-var]
    assert scores[0] - scores[2] > 0.05  # type: ignore[operator]


def test_the_size_is_remembered_and_a_copy_has_its_own(
    qtbot: QtBot, services: Services, compare: Compare, models: list[Path]
) -> None:
    controller, view = compare
    controller.refresh()
    controller.add_model_file(models[0])
    wait_idle(qtbot, services, lambda: ready(view, 2))
    key = str(models[0])
    controller.resize(key, 40, 16)
    controller.add_again(key)
    wait_idle(qtbot, services, lambda: ready(view, 3) and all(row.is_finished for row in view.rows))
    assert [row.channels for row in view.rows[1:]] == [40, 32]
    assert [row.title for row in view.rows[1:]] == ["linear-64", "linear-64"]
    assert view.chosen == [key], "the list of models ticks it once"
    copy = view.rows[2].key
    controller.resize(copy, 7, 16)
    assert view.rows[1].channels == 40
    controller.choose_song(view.songs[1].key)
    wait_idle(qtbot, services, lambda: ready(view, 3) and all(row.is_finished for row in view.rows))
    assert [row.channels for row in view.rows[1:]] == [40, 7]
    services.session.save()
    saved = load_session(services.session.path).panels["compare"]
    assert (saved["sizes"], saved["bits"]) == ({key: 40, copy: 7}, {key: 16, copy: 16})
    controller.remove(key)
    assert [row.key for row in view.rows] == ["", copy]
    controller.set_model(key, False)
    assert [row.key for row in view.rows] == [""]


def test_a_size_that_moves_while_the_row_is_computed_is_the_one_that_is_shown(
    qtbot: QtBot, services: Services, compare: Compare, models: list[Path]
) -> None:
    controller, view = compare
    controller.refresh()
    controller.add_model_file(models[0])
    qtbot.waitUntil(lambda: len(view.rows) == 2 and view.rows[1].sizes is not None)
    controller.resize(str(models[0]), 12, 16)
    controller.resize(str(models[0]), 11, 16)
    wait_idle(qtbot, services, lambda: sized(view, 11))
    assert controller._work.made[str(models[0])].latent.channels == 11


def test_sizes_that_older_versions_chose_become_one_row_of_that_size(services: Services) -> None:
    state = services.session.state
    state.panels["compare"] = {"touched": True}
    state.compare_models = ["klt-689", "conv-9184", "klt-344"]
    shown = ShownRows(state)
    shown.begin([])
    assert shown.keys == ["conv-9184", "klt-1378"]
    sizes = Sizes.of(KltDesign())
    assert sizes is not None
    assert shown.size("klt-1378", sizes) == (32, 16)
    assert shown.size("never seen", sizes) == (64, 16)
    state.panels["compare"]["bits"] = {"odd": 5, "few": 4}
    assert shown.size("odd", None) == (None, 16)
    assert shown.size("few", None) == (None, 4)
