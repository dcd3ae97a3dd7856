"""Create's controllers with a fake view: what is made is heard, kept, edited and undone as the latents say."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from pytestqt.qtbot import QtBot

from core.audio import Clip, read_clip
from core.creations.region import Region
from core.creations.wish import Wish
from core.latents.latent import Latent
from core.latents.parts import Part
from core.latents.recipes import Recipe
from musicae_gui.controllers.create import VARIATIONS, CreateController, create_models
from musicae_gui.controllers.create_history import recipe_in
from musicae_gui.controllers.create_sound import CREATION, SOURCE
from musicae_gui.controllers.create_view import Opened
from musicae_gui.services import Services
from musicae_gui.views.rows import Row
from tests.gui.create_fixtures import CHANNELS, model, services, songs
from tests.gui.listen_fixtures import wait_idle

__all__ = ["model", "services", "songs"]


class FakeView:
    """Keeps what it was told."""

    def __init__(self) -> None:
        self.wish = Wish()
        self.locked = False
        self.work: list[tuple[str, float]] = []
        self.rows: list[Row] = []
        self.current = ""
        self.opened: Opened | None = None
        self.latent: Latent | None = None
        self.clip: Clip | None = None
        self.sides = ("", False)
        self.statuses: list[tuple[str, str]] = []
        self.models: list[str] = []
        self.model = ""
        self.genres: list[str] = []

    def show_songs(self, songs: list[Any], genres: list[str]) -> None:
        self.songs, self.genres = songs, genres

    def show_models(self, choices: list[Any], current: str) -> None:
        self.models, self.model = [choice.key for choice in choices], current

    def show_wish(self, wish: Wish, locked: bool) -> None:
        self.wish, self.locked = wish, locked

    def show_work(self, text: str, fraction: float = -1.0) -> None:
        self.work.append((text, fraction))

    def show_history(self, rows: Sequence[Row], current: str) -> None:
        self.rows, self.current = list(rows), current

    def show_opened(self, opened: Opened | None) -> None:
        self.opened = opened

    def show_latent(self, latent: Latent | None, frame_rate: float = 1.0, *, rate: int = 1, keep: bool = False) -> None:
        self.latent = latent

    def show_clip(self, clip: Clip | None) -> None:
        self.clip = clip

    def show_sides(self, heard: str, source_ready: bool) -> None:
        self.sides = (heard, source_ready)

    def show_status(self, text: str, level: str = "") -> None:
        self.statuses.append((text, level))

    @property
    def trouble(self) -> list[str]:
        return [text for text, level in self.statuses if level in ("error", "warning")]


Made = tuple[CreateController, FakeView]


@pytest.fixture
def create(qtbot: QtBot, services: Services) -> Made:
    return started(qtbot, services)


def started(qtbot: QtBot, services: Services) -> Made:
    view = FakeView()
    controller = CreateController(view, services)
    controller.refresh()
    wait_idle(qtbot, services)
    return controller, view


def make(qtbot: QtBot, create: Made, services: Services, **wish: Any) -> None:
    controller, view = create
    count = len(view.rows)
    values = {"kind": "random", "seconds": 1.0, "start": 0.5, "more": 0.5, **wish}
    controller.set_wish(dataclasses.replace(controller.wish, **values))
    controller.make()
    wait_idle(qtbot, services, lambda: len(view.rows) > count and view.clip is not None and not view.work[-1][0])


def apply(qtbot: QtBot, create: Made, services: Services, kind: str, region: Region | None, **values: Any) -> None:
    controller, view = create
    before = view.latent
    controller.editor.apply(kind, region, **values)
    wait_idle(qtbot, services, lambda: view.latent is not before and controller.editor.heard is not None)


@pytest.mark.parametrize("kind", ["song", "average", "genre", "around", "prior", "arithmetic", "continue", "random"])
def test_every_recipe_makes_sound_that_is_heard_and_kept(
    qtbot: QtBot, create: Made, services: Services, kind: str
) -> None:
    controller, view = create
    make(qtbot, create, services, kind=kind)
    assert view.trouble == []
    assert view.clip is not None
    assert 0.5 < view.clip.seconds < 2.0
    assert 0 < view.clip.peak <= 1.0
    (creation,) = services.library.creations.all()
    assert view.current == str(creation.key) == view.rows[0].key
    assert services.player.source is not None
    assert services.player.title == creation.title
    assert view.sides == (CREATION, kind not in ("prior", "random"))
    assert controller.history.current == creation


def test_what_plays_is_the_decoded_latent_and_b_is_the_song(qtbot: QtBot, create: Made, services: Services) -> None:
    controller, view = create
    make(qtbot, create, services, kind="song")
    source, ready = services.player.source, controller.editor.ready
    assert source is not None
    assert ready is not None
    assert view.latent is not None
    whole = ready.maker.clip(view.latent).samples[0]
    step = source.rate // 22050
    gain = np.abs(source.read(0, 22050)).max() / np.abs(whole).max()
    assert 0.5 < gain < 1.02
    np.testing.assert_allclose(source.read(4000 * step, 8000 * step)[::step, 0], gain * whole[4000:12000], atol=0.02)
    made = source.read(8000, 8000)
    controller.editor.hear(SOURCE)
    assert view.sides[0] == SOURCE
    assert not np.allclose(source.read(8000, 8000), made, atol=0.01)
    services.player.toggle_side()
    assert view.sides[0] == CREATION


def test_a_free_seed_goes_on_and_a_locked_one_stays(qtbot: QtBot, create: Made, services: Services) -> None:
    controller, view = create
    make(qtbot, create, services, seed=7)
    make(qtbot, create, services, seed=7)
    assert view.wish.seed == 8
    controller.set_locked(True)
    make(qtbot, create, services, seed=8)
    assert view.wish.seed == 8
    seeds = [recipe_in(creation).seed for creation in controller.history.all]
    assert seeds == [8, 8, 7]
    controller.set_locked(False)
    controller.next_seed()
    wait_idle(qtbot, services, lambda: len(view.rows) == 4)
    assert recipe_in(controller.history.all[0]).seed == view.wish.seed == 9


def test_twenty_variations_come_one_by_one_and_can_be_stopped(qtbot: QtBot, create: Made, services: Services) -> None:
    controller, view = create
    controller.set_wish(dataclasses.replace(controller.wish, kind="around", seconds=0.5))
    controller.make_variations()
    assert view.work[-1][0], "it says that it is at work"
    wait_idle(qtbot, services, lambda: len(view.rows) == VARIATIONS and not controller.is_making)
    assert any(0 <= fraction <= 1 for _text, fraction in view.work)
    assert len({json.dumps(dict(each.recipe)) for each in controller.history.all}) == VARIATIONS
    controller.make_variations()
    controller.cancel()
    assert not controller.is_making
    assert view.work[-1][0] == ""
    wait_idle(qtbot, services)
    assert len(view.rows) < 2 * VARIATIONS


def test_edits_are_heard_drawn_kept_and_undone(qtbot: QtBot, create: Made, services: Services) -> None:
    controller, view = create
    undo = services.session.undo_stack
    make(qtbot, create, services, kind="song")
    assert view.latent is not None
    first = view.latent.values.copy()
    source = services.player.source
    assert source is not None
    before = source.read(0, 20_000)
    apply(qtbot, create, services, "mute", Region(2, 9, 0, CHANNELS))
    muted = view.latent.values
    assert not np.array_equal(muted[:, 2:9], first[:, 2:9])
    np.testing.assert_array_equal(muted[:, 9:], first[:, 9:])
    assert services.player.source is source, "the sound goes on in the same source"
    assert np.abs(source.read(0, 20_000) - before).max() > 0.01
    apply(qtbot, create, services, "scale", Region(4, 6, 3, 5), amount=2.0)
    assert view.opened is not None
    assert view.opened.edits == "Mute, Scale × 2"
    kept = recipe_in(services.library.creations.all()[0])
    assert [edit.kind for edit in kept.edits] == ["mute", "scale"]
    undo.undo()
    wait_idle(qtbot, services, lambda: view.latent is not None and np.array_equal(view.latent.values, muted))
    undo.undo()
    wait_idle(qtbot, services, lambda: view.latent is not None and np.array_equal(view.latent.values, first))
    assert recipe_in(services.library.creations.all()[0]).edits == ()
    undo.redo()
    undo.redo()
    wait_idle(qtbot, services, lambda: view.opened is not None and view.opened.edits == "Mute, Scale × 2")
    controller.editor.reset()
    wait_idle(qtbot, services, lambda: view.latent is not None and np.array_equal(view.latent.values, first))
    undo.undo()
    wait_idle(qtbot, services, lambda: view.opened is not None and view.opened.edits == "Mute, Scale × 2")


def test_many_edits_at_once_are_all_made_in_their_order(qtbot: QtBot, create: Made, services: Services) -> None:
    controller, view = create
    make(qtbot, create, services)
    kinds = ["invert", "reverse", "scale", "shift", "noise", "quantise"]
    for kind in kinds:
        controller.editor.apply(kind, None, amount=4.0)
    wait_idle(qtbot, services, lambda: view.opened is not None and view.opened.edits.count(",") == len(kinds) - 1)
    recipe = recipe_in(services.library.creations.all()[0])
    assert [edit.kind for edit in recipe.edits] == kinds
    ready = controller.editor.ready
    assert ready is not None
    assert view.latent is not None
    np.testing.assert_array_equal(view.latent.values, ready.maker.latent(recipe).values)


def test_a_stretch_makes_the_sound_longer_and_a_paste_brings_another_song(
    qtbot: QtBot, create: Made, services: Services
) -> None:
    controller, view = create
    make(qtbot, create, services, kind="song")
    assert view.latent is not None
    seconds, frames = services.player.duration, view.latent.frames
    apply(qtbot, create, services, "stretch", None, amount=2.0)
    assert services.player.duration == pytest.approx(2 * seconds, rel=0.1)
    assert controller.history.all[0].seconds == pytest.approx(services.player.duration, abs=0.01)
    other = services.library.songs()[1]
    before = view.latent.values.copy()
    apply(qtbot, create, services, "paste", Region(frames, frames + 5, 0, CHANNELS), source=Part(other.key, 0.0, 1.0))
    assert not np.array_equal(view.latent.values[:, frames : frames + 5], before[:, frames : frames + 5])
    np.testing.assert_array_equal(view.latent.values[:, :frames], before[:, :frames])


def test_an_edit_that_makes_no_sense_is_said_and_changes_nothing(
    qtbot: QtBot, create: Made, services: Services
) -> None:
    controller, view = create
    make(qtbot, create, services)
    before = view.latent
    controller.editor.apply("paste", None, source=Part("no such song", 0.0, 1.0))
    wait_idle(qtbot, services, lambda: bool(view.trouble))
    assert "no longer in the library" in view.trouble[0]
    assert view.latent is before
    assert not recipe_in(controller.history.all[0]).edits


def test_the_history_survives_a_new_start_and_is_recalled_exactly(
    qtbot: QtBot, create: Made, services: Services
) -> None:
    controller, view = create
    make(qtbot, create, services, kind="around")
    apply(qtbot, create, services, "noise", Region(3, 9, 1, 4), amount=0.5, seed=3)
    assert view.latent is not None
    assert view.clip is not None
    values, samples = view.latent.values.copy(), view.clip.samples.copy()
    controller.history.star(controller.history.all[0].key)
    controller.history.rename(controller.history.all[0].key, "The best")
    make(qtbot, create, services, seed=9)
    again, seen = started(qtbot, services)
    assert again.wish == controller.wish
    assert seen.current == view.current, "what was open is open again"
    assert [row.title for row in seen.rows][1] == "★ The best"
    again.history.choose(again.history.all[1].key)
    wait_idle(qtbot, services, lambda: seen.clip is not None and seen.opened is not None)
    assert seen.latent is not None
    assert seen.clip is not None
    np.testing.assert_array_equal(seen.latent.values, values)
    np.testing.assert_allclose(seen.clip.samples, samples, atol=1e-5)


def test_names_copies_and_removals_are_undone(qtbot: QtBot, create: Made, services: Services) -> None:
    controller, view = create
    history, undo = controller.history, services.session.undo_stack
    make(qtbot, create, services, seed=1)
    make(qtbot, create, services, seed=2)
    new, old = history.all
    history.rename(new.key, "  Mine ")
    assert view.rows[0].title == "Mine"
    undo.undo()
    assert view.rows[0].title == new.title
    history.remove([new.key])
    wait_idle(qtbot, services)
    assert [row.key for row in view.rows] == [str(old.key)] == [view.current]
    undo.undo()
    wait_idle(qtbot, services, lambda: view.current == str(new.key))
    assert history.all == [new, old]
    history.copy(old.key)
    wait_idle(qtbot, services, lambda: view.clip is not None)
    assert history.all[0].title.endswith(", copy")
    assert history.all[0].recipe == old.recipe
    history.remove([each.key for each in history.all])
    wait_idle(qtbot, services)
    assert view.rows == []
    assert view.opened is None
    assert services.player.source is None


def test_only_starred_ones_are_listed_on_request(qtbot: QtBot, create: Made, services: Services) -> None:
    controller, view = create
    make(qtbot, create, services, seed=1)
    make(qtbot, create, services, seed=2)
    controller.history.star(controller.history.all[1].key)
    controller.history.show_starred(True)
    assert [row.key for row in view.rows] == [str(controller.history.all[1].key)]
    controller.history.show_starred(False)
    assert len(view.rows) == 2


@pytest.mark.parametrize(("kind", "subtype"), [("PCM_24", "PCM_24"), ("FLAC", "PCM_24")])
def test_it_is_saved_with_its_recipe(
    qtbot: QtBot, create: Made, services: Services, tmp_path: Path, kind: str, subtype: str
) -> None:
    controller, view = create
    make(qtbot, create, services, seed=5)
    controller.files.save(tmp_path / controller.files.name(kind), kind)
    wait_idle(qtbot, services)
    (path,) = tmp_path.glob("Random*")
    with soundfile.SoundFile(path) as file:
        assert file.subtype == subtype
        assert Recipe.from_dict(json.loads(file.comment)["recipe"]).seed == 5
    assert view.clip is not None
    np.testing.assert_allclose(read_clip(path).samples, view.clip.samples, atol=1e-6)


def test_it_is_dragged_out_as_a_file_of_the_state_that_is_heard(qtbot: QtBot, create: Made, services: Services) -> None:
    controller, view = create
    assert controller.files.to_drag() is None
    make(qtbot, create, services)
    path = controller.files.to_drag()
    assert path is not None
    assert path == controller.files.to_drag()
    assert view.clip is not None
    np.testing.assert_allclose(read_clip(path).samples, view.clip.samples, atol=1e-4)
    apply(qtbot, create, services, "invert", None)
    other = controller.files.to_drag()
    assert other is not None
    assert other != path
    assert path.exists(), "another program may play it"


def test_it_goes_to_compare_and_morph_as_a_song(qtbot: QtBot, create: Made, services: Services) -> None:
    controller, _view = create
    asked: list[tuple[str, list[str]]] = []
    services.session.open_in.connect(lambda panel, keys: asked.append((panel, keys)))
    make(qtbot, create, services)
    controller.files.send("compare")
    wait_idle(qtbot, services, lambda: len(asked) == 1)
    controller.files.send("morph", 1)
    wait_idle(qtbot, services, lambda: len(asked) == 2)
    ((compare, (key,)), (morph, sides)) = asked
    assert (compare, morph, sides) == ("compare", "morph", ["", key])
    song = services.library.song(key)
    assert song is not None
    assert song.title == controller.history.all[0].title


def test_what_is_missing_is_said(qtbot: QtBot, create: Made, services: Services) -> None:
    controller, view = create
    controller.set_wish(dataclasses.replace(controller.wish, kind="average", songs=()))
    controller.make()
    wait_idle(qtbot, services, lambda: bool(view.trouble) and not controller.is_making)
    assert "Add the songs" in view.trouble[-1]
    services.library.remove([view.songs[0].key])
    controller.set_wish(dataclasses.replace(controller.wish, kind="song", songs=(view.songs[0].key,)))
    controller.make()
    wait_idle(qtbot, services, lambda: len(view.trouble) == 2 and not controller.is_making)
    assert "no longer in the library" in view.trouble[-1]


def test_a_creation_of_a_model_that_has_changed_says_so(qtbot: QtBot, create: Made, services: Services) -> None:
    controller, view = create
    recipe = Recipe("random", "f" * 64, seconds=1.0)
    services.library.creations.add("of old", services.session.model, 1.0, recipe.to_dict())
    controller.history.refresh()
    controller.history.choose(controller.history.all[0].key)
    wait_idle(qtbot, services, lambda: bool(view.trouble))
    assert "another version of the model" in view.trouble[-1]
    assert view.opened is not None
    make(qtbot, create, services)  # and the panel goes on


def test_every_size_of_a_nested_model_can_be_chosen(services: Services) -> None:
    names = [choice.key for choice in create_models(services.library)]
    assert {"klt-1378", "klt-689", "klt-344"} <= set(names)
