"""Compare's controller with a fake view, on real songs and real models."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from core import quality
from core.audio import read_clip
from core.playback.loudness import loudness
from musicae_gui.controllers import song_list
from musicae_gui.controllers.compare import CompareController
from musicae_gui.services import Services
from tests.gui.compare_fixtures import Compare, FakeView, compare, ready
from tests.gui.listen_fixtures import fitted_model, models, no_visqol, services, songs, wait_idle
from tests.gui.train_fixtures import services as make_services

__all__ = ["compare", "models", "no_visqol", "services", "songs"]
pytestmark = pytest.mark.usefixtures("no_visqol")


def test_rows_are_what_the_model_makes_of_the_song(
    qtbot: QtBot, services: Services, compare: Compare, models: list[Path]
) -> None:
    controller, view = compare
    controller.refresh()
    for model in models:
        controller.add_model_file(model)
    wait_idle(qtbot, services, lambda: ready(view, 3) and all(row.judged for row in view.rows))
    original, fine, coarse = view.rows
    assert (original.key, fine.key, coarse.key) == ("", str(models[0]), str(models[1]))
    assert fine.clip is not None
    assert fine.latent is not None
    assert fine.original is original.clip
    assert fine.clip.frames == original.clip.frames  # type: ignore[union-attr]
    assert fine.latent.shape[0] == 64
    assert fine.frame_rate == pytest.approx(22050 / 1024)
    assert fine.facts["si_sdr"] == quality.si_sdr(original.clip.samples[0], fine.clip.samples[0])  # type: ignore[union-attr]
    assert fine.facts["si_sdr"] > coarse.facts["si_sdr"]  # type: ignore[operator]
    assert fine.facts["mel"] < coarse.facts["mel"]  # type: ignore[operator]
    assert fine.floats_per_second == pytest.approx(1378.125)
    assert fine.sizes is not None
    assert (fine.channels, fine.sizes.channels) == (64, 64)
    assert fine.seconds > 0


def test_every_side_is_heard_at_the_same_sample_and_loudness(
    qtbot: QtBot, services: Services, compare: Compare, models: list[Path]
) -> None:
    controller, view = compare
    controller.refresh()
    controller.add_model_file(models[1])
    wait_idle(qtbot, services, lambda: ready(view, 2))
    source = services.player.source
    assert source is not None
    assert services.player.sides == 2
    start, count = source.rate, source.rate
    heard = []
    for index in range(2):
        services.player.select_side(index)
        heard.append(source.read(start, count))
        assert view.heard == ["", str(models[1])][index]
    from core.audio import Clip

    levels = [loudness(Clip(each.T, source.rate)) for each in heard]
    assert levels[0] == pytest.approx(levels[1], abs=1.5)
    mono = [each.mean(axis=1) - each.mean() for each in heard]
    match = np.correlate(mono[0][2000:-2000], mono[1], "valid")
    assert abs(int(np.argmax(match)) - 2000) <= 1 or len(match) == 1


def test_the_original_plays_as_it_is_in_the_file(qtbot: QtBot, services: Services, compare: Compare) -> None:
    controller, view = compare
    controller.refresh()
    wait_idle(qtbot, services, lambda: ready(view, 1))
    song = controller.song
    assert song is not None
    clip, source = read_clip(song.path), services.player.source
    assert source is not None
    assert clip.channels == 2
    if source.rate == clip.rate:
        assert source.read(0, clip.frames) == pytest.approx(clip.samples.T, abs=1e-4)
    sound = controller.sound_of("")
    assert sound is not None
    heard = sound()
    assert (heard.channels, heard.rate, heard.frames) == (clip.channels, clip.rate, clip.frames)


def test_the_heard_one_stays_when_others_come_and_go(
    qtbot: QtBot, services: Services, compare: Compare, models: list[Path]
) -> None:
    controller, view = compare
    controller.refresh()
    for model in models:
        controller.add_model_file(model)
    wait_idle(qtbot, services, lambda: ready(view, 3))
    controller.hear(str(models[1]))
    controller.set_model(str(models[0]), False)
    assert controller.heard == str(models[1])
    assert services.player.sides == 2
    controller.set_model(str(models[1]), False)
    assert controller.heard == ""
    assert services.player.sides == 1


def test_another_song_drops_what_was_computed_of_the_first(
    qtbot: QtBot, services: Services, compare: Compare, models: list[Path]
) -> None:
    controller, view = compare
    controller.refresh()
    controller.add_model_file(models[0])
    first, second = view.songs
    controller.choose_song(second.key)
    controller.choose_song(first.key)
    controller.choose_song(second.key)
    wait_idle(qtbot, services, lambda: ready(view, 2))
    expected = read_clip(second.path).mono().resampled(22050)
    assert view.rows[0].clip is not None
    assert view.rows[0].clip.samples == pytest.approx(expected.samples, abs=1e-6)
    assert view.rows[1].facts["si_sdr"] > 3  # type: ignore[operator]
    assert services.session.state.compare_song == second.key


def test_a_stretch_of_the_song_is_compared(qtbot: QtBot, services: Services, compare: Compare) -> None:
    controller, view = compare
    controller.refresh()
    wait_idle(qtbot, services, lambda: ready(view, 1))
    whole = view.rows[0].clip
    controller.choose_clip(1.0, 1.5)
    wait_idle(qtbot, services, lambda: ready(view, 1))
    assert view.clip == (1.0, 1.5, False)
    part = view.rows[0].clip
    assert part is not None
    assert whole is not None
    assert part.seconds == pytest.approx(1.5, abs=0.01)
    assert part.samples[0, 2000:30000] == pytest.approx(whole.samples[0, 24050:52050], abs=0.01)
    controller.choose_clip(0.0, None)
    wait_idle(qtbot, services, lambda: ready(view, 1))
    assert view.clip[2]


def test_another_stretch_of_the_same_song_is_compared_when_it_is_sent(
    qtbot: QtBot, services: Services, compare: Compare
) -> None:
    controller, view = compare
    controller.refresh()
    wait_idle(qtbot, services, lambda: ready(view, 1))
    assert controller.song is not None
    services.session.state.compare_range = [1.0, 2.5]
    services.session.open_songs("compare", [controller.song.key])
    wait_idle(qtbot, services, lambda: ready(view, 1) and view.clip[:2] == (1.0, 1.5))
    assert view.rows[0].clip is not None
    assert view.rows[0].clip.seconds == pytest.approx(1.5, abs=0.01)


def test_a_run_that_the_library_does_not_list_is_shown_when_it_is_sent(
    qtbot: QtBot, services: Services, compare: Compare, tmp_path: Path
) -> None:
    controller, view = compare
    controller.refresh()
    run = tmp_path / "a study of another computer" / "conv-9184"
    run.mkdir(parents=True)
    fitted_model(run / "best.musicae", 16)
    services.session.set_model(str(run))
    services.session.open_songs("compare", [])
    wait_idle(qtbot, services, lambda: ready(view, 2))
    assert view.rows[1].title == "conv-9184"
    assert controller.chosen_models == [str(run)]
    assert str(run) in [choice.key for choice in view.choices]


def test_a_model_that_cannot_be_read_is_a_sentence_in_its_row_and_the_others_go_on(
    qtbot: QtBot, services: Services, compare: Compare, models: list[Path], tmp_path: Path
) -> None:
    controller, view = compare
    controller.refresh()
    broken = tmp_path / "broken.musicae"
    broken.write_bytes(b"not a model")
    controller.add_model_file(broken)
    controller.add_model_file(models[1])
    wait_idle(qtbot, services, lambda: {row.state for row in view.rows} == {"ready", "failed"})
    states = {row.key: row for row in view.rows}
    assert "broken.musicae" in states[str(broken)].text
    assert states[str(models[1])].state == "ready"
    fitted_model(broken, 16)
    controller.retry(str(broken))
    wait_idle(qtbot, services, lambda: ready(view, 3))


def test_a_row_can_be_cancelled_and_asked_for_again(
    qtbot: QtBot, services: Services, compare: Compare, models: list[Path]
) -> None:
    controller, view = compare
    controller.refresh()
    wait_idle(qtbot, services, lambda: ready(view, 1))
    controller.add_model_file(models[0])
    controller.cancel(str(models[0]))
    wait_idle(qtbot, services)
    assert view.rows[1].state == "failed"
    controller.retry(str(models[0]))
    wait_idle(qtbot, services, lambda: ready(view, 2))


def test_a_row_is_saved_as_it_is_heard(
    qtbot: QtBot, services: Services, compare: Compare, models: list[Path], tmp_path: Path
) -> None:
    controller, view = compare
    controller.refresh()
    controller.add_model_file(models[0])
    wait_idle(qtbot, services, lambda: ready(view, 2))
    target = tmp_path / controller.export_name(str(models[0]))
    controller.export(str(models[0]), target)
    wait_idle(qtbot, services, target.exists)
    saved, made = read_clip(target), view.rows[1].clip
    assert made is not None
    assert saved.rate == 22050
    assert saved.samples == pytest.approx(np.clip(made.samples, -1, 1), abs=1e-4)


def test_untrained_presets_cannot_be_chosen_and_lead_to_train(
    qtbot: QtBot, services: Services, compare: Compare
) -> None:
    controller, view = compare
    controller.refresh()
    untrained = next(choice for choice in view.choices if not choice.available)
    controller.set_model(untrained.key, True)
    assert untrained.key not in controller.chosen_models
    session = services.session
    heard: list[str] = []
    session.panel_requested.connect(heard.append)
    session.size_wanted.connect(heard.append)
    controller.train(untrained.key)
    assert heard == ["train", untrained.key]


def test_a_library_without_songs_says_so(qtbot: QtBot, data_dir: Path) -> None:
    with make_services(data_dir, []) as made:
        view = FakeView()
        CompareController(view, made).refresh()
        assert "No songs yet" in view.message
        assert view.rows == []


def test_opening_a_song_from_the_library_compares_it(qtbot: QtBot, services: Services, compare: Compare) -> None:
    controller, view = compare
    controller.refresh()
    other = view.songs[1]
    services.session.open_songs("compare", [other.key])
    wait_idle(qtbot, services, lambda: ready(view, 1))
    assert controller.song == other


def test_a_run_that_is_opened_is_ticked_at_once(
    qtbot: QtBot, services: Services, compare: Compare, models: list[Path]
) -> None:
    run = services.data_dir / "runs" / "mine"
    run.mkdir(parents=True)
    shutil.copy(models[0], run / "best.musicae")
    services.library.add_run(run, preset="klt-1378", state="done")
    view = compare[1]
    services.session.set_model(str(run))
    services.session.open_songs("compare", [])
    assert view.chosen == [str(run)]
    assert str(run) in [choice.key for choice in view.choices]
    wait_idle(qtbot, services, lambda: ready(view, 2))
    assert view.chosen == [str(run)]


def test_a_large_library_is_read_in_the_background(
    qtbot: QtBot,
    services: Services,
    compare: Compare,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(song_list, "AT_ONCE", 1)
    controller, view = compare
    controller.refresh()
    assert view.songs == []
    wait_idle(qtbot, services, lambda: ready(view, 1))
    assert len(view.songs) == 2
