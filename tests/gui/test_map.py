"""The Map's controller and its making, without a panel: offers, cancelling, what is encoded once, what fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from benchmarks import map as painting
from benchmarks.__main__ import parser_for
from core.latents.collection import LATENT
from musicae_gui.controllers import map_maker
from musicae_gui.controllers.map import MapController
from musicae_gui.controllers.map_work import clip_cache, duration, size
from musicae_gui.controllers.train_songs import FOLDER, GENRE, sources
from musicae_gui.services import Services
from tests.gui.listen_fixtures import wait_idle
from tests.gui.map_fixtures import services, tone_songs

__all__ = ["services", "tone_songs"]


class FakeView:
    """Takes what it is told: the last of each kind, and every page."""

    def __init__(self) -> None:
        self.last: dict[str, tuple[Any, ...]] = {}
        self.pages: list[str] = []

    def __getattr__(self, name: str) -> Any:
        def show(*values: Any) -> None:
            self.last[name] = values
            if name == "show_page":
                self.pages.append(values[0])

        return show


@pytest.fixture
def view() -> FakeView:
    return FakeView()


@pytest.fixture
def controller(view: FakeView, services: Services) -> MapController:
    return MapController(view, services)  # type: ignore[arg-type]


def test_what_is_quick_begins_by_itself_and_is_encoded_once(
    qtbot: QtBot, controller: MapController, view: FakeView, services: Services
) -> None:
    controller.refresh()
    wait_idle(qtbot, services, lambda: controller.points is not None)
    assert view.pages[-1] == "map"
    assert "offer" not in view.pages
    files = {path: path.stat().st_mtime_ns for path in (services.data_dir / "latents").rglob("*.clips")}
    assert len(files) == 3
    before = controller.chart
    controller.refresh()
    wait_idle(qtbot, services)
    assert controller.chart is before, "nothing has changed: the map is kept"
    controller.choose_representation(LATENT)
    wait_idle(qtbot, services, lambda: controller.chart is not before)
    assert {path: path.stat().st_mtime_ns for path in files} == files
    assert controller.chart is not None
    assert controller.chart.representation == LATENT


def test_what_is_long_is_offered_and_waits_for_the_user(
    qtbot: QtBot, controller: MapController, view: FakeView, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(map_maker, "ASK_FROM", 0.0)
    controller.refresh()
    wait_idle(qtbot, services, lambda: bool(view.pages) and view.pages[-1] == "offer")
    _page, title, text = view.last["show_page"]
    assert "6 clips" in title
    assert "4.3 GB" in text
    assert controller.chart is None
    controller.start()
    wait_idle(qtbot, services, lambda: controller.points is not None)
    assert view.pages[-1] == "map"


def test_it_can_be_cancelled_and_gone_on_with(
    qtbot: QtBot, controller: MapController, view: FakeView, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(map_maker, "ASK_FROM", 0.0)
    controller.refresh()
    wait_idle(qtbot, services, lambda: bool(view.pages) and view.pages[-1] == "offer")
    controller.start()
    assert view.pages[-1] == "busy"
    controller.cancel()
    assert view.pages[-1] == "offer"
    wait_idle(qtbot, services)
    assert controller.chart is None
    assert view.pages[-1] == "offer", "what was cancelled shows nothing any more"
    controller.start()
    wait_idle(qtbot, services, lambda: controller.points is not None)


def test_what_would_not_fit_is_offered_in_part(
    qtbot: QtBot, controller: MapController, view: FakeView, services: Services
) -> None:
    cache = clip_cache(services.data_dir)
    cache.budget = 3 * 16_000  # about one clip a song
    controller.maker._cache = cache
    controller.refresh()
    wait_idle(qtbot, services, lambda: bool(view.pages) and view.pages[-1] == "offer")
    assert "1 clips of each song" in view.last["show_page"][2]
    controller.start()
    wait_idle(qtbot, services, lambda: controller.points is not None)
    assert controller.chart is not None
    assert len(controller.chart) == 3


def test_songs_can_be_a_genre_and_the_chosen_clip_stays(
    qtbot: QtBot, controller: MapController, view: FakeView, services: Services
) -> None:
    controller.refresh()
    wait_idle(qtbot, services, lambda: controller.points is not None)
    whole = controller.chart
    assert whole is not None
    row = int(np.flatnonzero(whole.collection.genres == "jazz")[1])
    controller.choose(row)
    words = controller.words(row)
    controller.choose_source(GENRE + "jazz")
    wait_idle(qtbot, services, lambda: controller.chart is not whole)
    assert controller.chart is not None
    assert set(controller.chart.collection.genres) == {"jazz"}
    assert controller.words(controller.current) == words


def test_songs_can_be_those_of_a_folder(
    qtbot: QtBot, controller: MapController, view: FakeView, services: Services
) -> None:
    library = services.library
    told = [words for key, words in sources(library, []) if key.startswith(FOLDER)]
    assert not told, "folders that are named as their genres are there already"
    library.set_genre([song.key for song in library.songs()], "")
    folders = {words: key for key, words in sources(library, []) if key.startswith(FOLDER)}
    (name,) = (words for words in folders if "/jazz (2)" in words)
    assert len(folders) == 2
    controller.refresh()
    wait_idle(qtbot, services, lambda: controller.points is not None)
    whole = controller.chart
    assert whole is not None
    controller.choose_source(folders[name])
    wait_idle(qtbot, services, lambda: controller.chart is not whole)
    assert controller.chart is not None
    assert {song.title for song in controller.chart.collection.songs} == {"low", "high"}


def test_a_song_that_is_gone_costs_only_itself(
    qtbot: QtBot, controller: MapController, view: FakeView, services: Services, tmp_path: Path
) -> None:
    song = services.library.songs()[0]
    store = services.library.samples()
    store.path(song.key).unlink()
    missing = tmp_path / "away.wav"
    Path(song.path).rename(missing)
    try:
        controller.refresh()
        wait_idle(qtbot, services, lambda: controller.points is not None)
        assert controller.chart is not None
        assert len(controller.chart.collection.songs) == 2
    finally:
        missing.rename(song.path)


def test_an_empty_library_and_a_broken_model_are_said_in_words(
    qtbot: QtBot, controller: MapController, view: FakeView, services: Services, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.musicae"
    broken.write_bytes(b"nothing")
    services.session.set_model(str(broken))
    controller.refresh()
    wait_idle(qtbot, services, lambda: bool(view.pages) and view.pages[-1] == "empty")
    assert "broken" in view.last["show_page"][2]
    services.library.remove([song.key for song in services.library.songs()])
    controller.refresh()
    assert "No songs" in view.last["show_page"][1]


def test_the_benchmark_of_painting_and_picking_measures_every_kind(qapp: QApplication) -> None:
    options = parser_for(["map"]).parse_args(["map", "--map-points", "300", "--map-paints", "3"])
    figures = {figure.name: figure.value for figure in painting.run(options)}
    kinds = [f"{layout}/{kind}" for layout in ("plane", "space") for kind in ("moved", "marked", "picked")]
    assert set(figures) == {f"300/{kind}/{share}" for kind in (*kinds, "space/turned") for share in ("p50", "p95")}
    assert all(value is not None and value > 0 for value in figures.values())


def test_times_and_sizes_are_said_roughly() -> None:
    assert [duration(seconds) for seconds in (0.2, 40, 600, 9000)] == ["1 s", "40 s", "10 min", "2 h"]
    assert [size(amount) for amount in (10, 9e5, 5e6, 4.3e9)] == ["1 kB", "900 kB", "5 MB", "4.3 GB"]
