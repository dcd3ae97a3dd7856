"""Morph's controller with a fake view: what is decoded between two real songs is what the model says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from core.audio import Clip, read_clip
from core.latents.ways import DEFAULT_WAY, WAYS
from core.models.codec import Codec
from core.playback import ClipSource
from musicae_gui.controllers import morph_songs, morph_sound
from musicae_gui.controllers.morph import MorphController
from musicae_gui.controllers.morph_sound import Encoded, Pair, Setting, finished
from musicae_gui.services import Services
from musicae_gui.tasks import TaskContext
from tests.gui.listen_fixtures import models, wait_idle
from tests.gui.morph_fixtures import FakeView, ready_morph
from tests.gui.train_fixtures import services as make_services
from tests.gui.train_fixtures import write_songs

__all__ = ["models"]


def blended_range(pair: Pair, at: float, start: int, count: int, way: str = DEFAULT_WAY) -> np.ndarray:
    return pair.morph.range(WAYS[way], at, start, count)


def morph_of_drafts(
    services: Services, monkeypatch: pytest.MonkeyPatch, note: Callable[[Encoded], object]
) -> tuple[MorphController, FakeView]:
    """Morph with a model and songs that are long enough for drafts; `note` is told each before it is finished."""

    def finish(draft: Encoded, codec: Codec, context: TaskContext) -> Encoded:
        note(draft)
        return finished(draft, codec, context)

    monkeypatch.setattr(morph_sound, "DRAFT_FROM", 1.0)
    monkeypatch.setattr(morph_songs, "finished", finish)
    services.session.set_model("studio")
    view = FakeView()
    return MorphController(view, services), view


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("songs")
    return [*write_songs(folder, count=2, seconds=3.0), *write_songs(folder / "long", count=1, seconds=5.0)]


@pytest.fixture
def services(qtbot: QtBot, songs: list[Path], models: list[Path], data_dir: Path) -> Iterator[Services]:
    with make_services(data_dir, songs) as made:
        made.session.set_model(str(models[0]))
        yield made


@pytest.fixture
def morph(qtbot: QtBot, services: Services) -> tuple[MorphController, FakeView]:
    return ready_morph(qtbot, services)


def test_it_begins_with_two_different_songs_and_the_current_model(
    services: Services, morph: tuple[MorphController, FakeView]
) -> None:
    controller, view = morph
    assert view.a != view.b
    assert controller.model == services.session.model
    assert view.seconds == pytest.approx(3.0, abs=0.01)
    assert services.player.source is not None
    assert services.player.title.count(" to ") == 1


def test_the_ends_are_the_reconstructions_of_the_two_songs(morph: tuple[MorphController, FakeView]) -> None:
    controller, _view = morph
    pair = controller.pair
    assert pair is not None
    for at, latent in ((0.0, pair.a), (1.0, pair.b)):
        whole = pair.codec.decode(latent).samples[0, : pair.samples]
        assert blended_range(pair, at, 0, pair.samples) == pytest.approx(whole, abs=1e-4)


@pytest.mark.parametrize("at", [-0.2, 0.35, 1.2])
def test_what_plays_is_the_blend_of_both_latents(
    services: Services, morph: tuple[MorphController, FakeView], at: float
) -> None:
    controller, _view = morph
    pair, source = controller.pair, services.player.source
    assert pair is not None
    assert source is not None
    controller.set_at(at)
    step = source.rate // pair.codec.rate
    assert step * pair.codec.rate == source.rate
    heard = source.read(20_000 * step, 8_000 * step)[::step, 0]
    assert heard == pytest.approx(blended_range(pair, at, 20_000, 8_000), abs=2e-2)


def test_another_way_is_heard_and_drawn_at_once_and_remembered(
    qtbot: QtBot, services: Services, morph: tuple[MorphController, FakeView]
) -> None:
    controller, view = morph
    controller.set_at(0.5)
    assert view.way == DEFAULT_WAY
    source, pictures = services.player.source, len(view.blends)
    assert source is not None
    before = source.read(20_000, 8_000)
    controller.choose_way("straight")
    assert view.way == controller.way == services.session.state.panels["morph"]["way"] == "straight"
    assert np.abs(source.read(20_000, 8_000) - before).max() > 0.01
    assert services.player.source is source, "the sound goes on in the same source"
    wait_idle(qtbot, services, lambda: len(view.blends) > pictures)
    pair = controller.pair
    assert pair is not None
    straight = blended_range(pair, 0.5, 0, pair.samples, "straight")
    assert view.blends[-1].samples[0] == pytest.approx(straight, abs=1e-4)
    controller.choose_way("nowhere")
    assert controller.way == "straight"


def test_moving_the_slider_changes_what_is_read_next_and_the_picture(
    qtbot: QtBot, services: Services, morph: tuple[MorphController, FakeView]
) -> None:
    controller, view = morph
    source = services.player.source
    assert source is not None
    before = source.read(20_000, 8_000)
    pictures = len(view.blends)
    for at in (0.6, 0.7, 0.8, 1.0):
        controller.set_at(at)
    assert view.at == 1.0
    assert services.session.state.morph_at == 1.0
    assert np.abs(source.read(20_000, 8_000) - before).max() > 0.01
    wait_idle(qtbot, services, lambda: len(view.blends) > pictures)
    pair = controller.pair
    assert pair is not None
    assert view.blends[-1].samples[0] == pytest.approx(blended_range(pair, 1.0, 0, pair.samples), abs=1e-5)
    assert services.player.source is source, "the sound goes on in the same source"


def test_the_slider_stays_within_its_range(morph: tuple[MorphController, FakeView]) -> None:
    controller, view = morph
    controller.set_at(7.0)
    assert view.at == 1.2
    controller.set_at(-7.0)
    assert view.at == -0.2


def test_swapping_songs_keeps_the_sound(
    qtbot: QtBot, services: Services, morph: tuple[MorphController, FakeView]
) -> None:
    controller, view = morph
    controller.set_at(0.25)
    assert services.player.source is not None
    before, a = services.player.source.read(10_000, 5_000), view.a
    controller.swap()
    wait_idle(qtbot, services)
    assert view.b == a
    assert controller.at == 0.75
    assert services.player.source.read(10_000, 5_000) == pytest.approx(before, abs=1e-5)


def test_the_length_follows_the_choice(
    qtbot: QtBot, services: Services, morph: tuple[MorphController, FakeView]
) -> None:
    controller, view = morph
    longest = max(view.songs, key=lambda song: song.seconds)
    other = next(song for song in view.songs if song.key != longest.key)
    controller.choose("a", longest.key)
    controller.choose("b", other.key)
    wait_idle(qtbot, services)
    lengths = {}
    for length in ("shorter", "longer", "a", "b"):
        controller.choose_length(length)
        wait_idle(qtbot, services)
        lengths[length] = view.seconds
    assert lengths["longer"] == lengths["a"] == pytest.approx(5.0, abs=0.01)
    assert lengths["shorter"] == lengths["b"] == pytest.approx(3.0, abs=0.01)
    assert services.player.duration == pytest.approx(3.0, abs=0.01)


def test_a_smaller_size_is_heard_at_once_without_encoding_again(
    qtbot: QtBot, services: Services, morph: tuple[MorphController, FakeView], models: list[Path]
) -> None:
    controller, view = morph
    assert view.size == (64, 64)
    source, pictures, before = services.player.source, len(view.blends), controller.pair
    assert source is not None
    assert before is not None
    heard = source.read(20_000, 8_000)
    for channels in (40, 20, 6):
        controller.choose_channels(channels)
    pair = controller.pair
    assert pair is not None
    assert (pair.a.channels, pair.whole_a) == (6, before.whole_a)
    assert view.size == (64, 6)
    assert services.player.source is source, "the sound goes on in the same source"
    assert np.abs(source.read(20_000, 8_000) - heard).max() > 0.005
    wait_idle(qtbot, services, lambda: len(view.blends) > pictures)
    whole = blended_range(pair, controller.at, 0, pair.samples)
    assert view.blends[-1].samples[0] == pytest.approx(whole, abs=1e-4)
    controller.choose_model(str(models[1]))
    wait_idle(qtbot, services)
    assert view.size == (16, 16)
    controller.choose_model(str(models[0]))
    wait_idle(qtbot, services)
    assert view.size == (64, 6), "each model's size is remembered"
    assert services.session.state.panels["morph"]["sizes"] == {str(models[0]): 6}


def test_a_preset_that_is_a_smaller_size_is_the_whole_model_at_that_size(
    qtbot: QtBot, services: Services, morph: tuple[MorphController, FakeView]
) -> None:
    controller, view = morph
    controller.choose_model("klt-344")
    wait_idle(qtbot, services)
    assert controller.model == "klt-1378"
    assert [key for key in view.models if key.startswith("klt")] == ["klt-1378"]
    assert view.size == (64, 16)


def test_another_model_encodes_both_songs_again(
    qtbot: QtBot, services: Services, morph: tuple[MorphController, FakeView], models: list[Path]
) -> None:
    controller, view = morph
    controller.choose_model(str(models[1]))
    wait_idle(qtbot, services)
    assert services.session.model == str(models[1])
    assert controller.pair is not None
    assert controller.pair.a.channels == 16
    assert view.ready


def test_a_long_song_is_heard_before_its_best_latent_is_there(
    qtbot: QtBot, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = []

    def note(draft: Encoded) -> None:
        drafts.append(draft)
        assert view.ready  # to be played, as it is

    controller, view = morph_of_drafts(services, monkeypatch, note)
    controller.refresh()
    wait_idle(qtbot, services, lambda: len(drafts) == 2)
    pair = controller.pair
    assert pair is not None
    codec = pair.codec
    for draft, whole in zip(drafts, (pair.whole_a, pair.whole_b), strict=True):
        assert np.array_equal(draft.latent.values, codec.in_one_pass.encode(draft.sound).values)
        assert np.array_equal(whole.values, codec.encode(draft.sound).values)


def test_better_latents_take_over_without_a_new_start(
    qtbot: QtBot, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources, shown = [], []

    def note(_draft: Encoded) -> None:
        sources.append(services.player.source)
        shown.append(dict(view.clips))

    controller, view = morph_of_drafts(services, monkeypatch, note)
    controller.refresh()
    wait_idle(qtbot, services, lambda: len(sources) == 2 and bool(view.blends))
    assert sources[0] is not None
    # The same source goes on (another would leave a hole), and no picture blinks.
    assert services.player.source is sources[0] is sources[1]
    assert all(view.clips[side] is clip for side, clip in shown[0].items())
    # What is drawn, as what is heard next, is of the better latents.
    assert controller.pair is not None
    whole = Setting(controller.way, controller.at).sound(controller.pair, 0, 22050)
    assert view.blends[-1].samples[0, :22050] == pytest.approx(whole, abs=1e-4)


def test_better_latents_leave_another_panels_sound_alone(
    qtbot: QtBot, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    another = ClipSource(Clip(np.zeros((1, 22050)), 22050))
    drafts: list[Encoded] = []
    controller, view = morph_of_drafts(services, monkeypatch, drafts.append)
    controller.refresh()
    qtbot.waitUntil(lambda: view.ready, timeout=60_000)
    services.player.load(another)
    wait_idle(qtbot, services, lambda: len(drafts) == 2)
    assert services.player.source is another


def test_the_latest_song_wins(qtbot: QtBot, services: Services, morph: tuple[MorphController, FakeView]) -> None:
    controller, view = morph
    keys = [song.key for song in view.songs]
    for key in (keys[2], keys[0], keys[2], keys[1], keys[0]):
        controller.choose("b", key)
    wait_idle(qtbot, services)
    song = services.library.song(keys[0])
    assert song is not None
    expected = read_clip(song.path).mono().resampled(22050)
    assert view.clips["b"] is not None
    assert view.clips["b"].samples == pytest.approx(expected.samples, abs=1e-6)
    assert controller.pair is not None
    assert controller.pair.b.samples == expected.frames


def test_the_blend_is_saved_as_it_is_heard(
    qtbot: QtBot, services: Services, morph: tuple[MorphController, FakeView], tmp_path: Path
) -> None:
    controller, _view = morph
    controller.set_at(0.4)
    target = tmp_path / controller.export_name()
    assert "40 %" in target.name
    controller.export(target)
    wait_idle(qtbot, services, target.exists)
    pair = controller.pair
    assert pair is not None
    heard = np.clip(blended_range(pair, 0.4, 0, pair.samples), -1, 1)
    assert read_clip(target).samples[0] == pytest.approx(heard, abs=1e-4)


def test_a_song_that_cannot_be_read_is_a_sentence(
    qtbot: QtBot, services: Services, morph: tuple[MorphController, FakeView], tmp_path: Path
) -> None:
    controller, view = morph
    other = next(song for song in view.songs if song.key not in (view.a, view.b))
    moved = other.path.rename(tmp_path / "gone.wav")
    try:
        controller.choose("b", other.key)
        wait_idle(qtbot, services)
        assert view.status[1] == "error"
        assert other.path.name in view.status[0]
        assert not view.ready
    finally:
        moved.rename(other.path)


def test_two_songs_from_the_library_open_here(
    qtbot: QtBot, services: Services, morph: tuple[MorphController, FakeView]
) -> None:
    _controller, view = morph
    keys = [song.key for song in view.songs]
    services.session.open_songs("morph", [keys[2], keys[1]])
    wait_idle(qtbot, services)
    assert (view.a, view.b) == (keys[2], keys[1])
    services.session.open_songs("morph", ["", keys[0]])
    wait_idle(qtbot, services)
    assert (view.a, view.b) == (keys[2], keys[0])


class Work:
    """A task's context that keeps what was made at each report."""

    def __init__(self) -> None:
        self.parts: list[tuple[np.ndarray, float, float]] = []

    def rest(self, _seconds: float) -> None: ...

    def check(self) -> None: ...

    def report(self, part: tuple[Clip, float, float]) -> None:
        self.parts.append((part[0].samples[0].copy(), *part[1:]))


def test_the_picture_is_drawn_while_it_is_made(
    services: Services, morph: tuple[MorphController, FakeView], monkeypatch: pytest.MonkeyPatch
) -> None:
    controller, view = morph
    pair = controller.pair
    assert pair is not None
    assert view.parts_drawn[-1][1] == pytest.approx(view.blends[-1].seconds), "the window is told of every block"
    monkeypatch.setattr(morph_sound, "BLOCK_SECONDS", 1.0)
    rate, work, setting = pair.codec.rate, Work(), Setting("straight", 1.0)
    whole = morph_sound.blended_clip(pair, setting, 3 * rate, None, work).samples[0]  # type: ignore[arg-type]
    assert [part[1:] for part in work.parts] == [(0, 1), (1, 2), (2, 3)]
    for samples, _begin, end in work.parts:
        made = round(end * rate)
        assert (samples[:made] == whole[:made]).all()
        assert not samples[made:].any()
    before, work = Clip(whole[None], rate), Work()
    other = morph_sound.blended_clip(pair, Setting("straight", 0.0), 3 * rate, before, work)  # type: ignore[arg-type]
    first = work.parts[0][0]
    assert (first[:rate] == other.samples[0, :rate]).all()
    assert (first[rate:] == whole[rate:]).all(), "what is not made yet is as it was before"
    assert (before.samples[0] == whole).all()
