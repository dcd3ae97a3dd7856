"""The map's numbers: charts and the way back from a place, groups, cameras, picking, dots."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from core.errors import Cancelled, UsageError
from core.latents.clip_cache import ClipCache
from core.latents.collect import collect
from core.latents.collection import LATENT, STATISTICS, ClipGrid, Collection
from core.latents.features import Table, time_statistics
from core.latents.map_camera import CLOSEST, FRONT, Camera
from core.latents.map_chart import PLANE, SPACE, TSNE, Chart, make_chart, same_clips
from core.latents.map_groups import (
    by_cluster,
    by_genre,
    by_position,
    by_song,
    cluster_scores,
    clusters_of_all,
    elbow_k,
    suggested_k,
)
from core.latents.map_pick import PointGrid, next_towards, within
from core.latents.map_raster import LEVELS, Raster, dot_radius, shades, stamp
from core.models.codec import Codec
from tests.core.latents_fixtures import RATE, MemorySong


def noise(key: str, genre: str, seconds: float, level: float) -> MemorySong:
    """A song of filtered noise."""
    frames = round(seconds * RATE)
    raw = np.random.default_rng(len(key)).normal(0, level, frames + 8)
    return MemorySong(key, np.convolve(raw, np.ones(8) / 8, "valid")[:frames].astype(np.float32), genre)


@pytest.fixture(scope="module")
def clips(klt: Codec, tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """Nine clips of half a second of three songs."""
    songs = [noise("soft", "calm", 2.0, 0.02), noise("louder", "calm", 1.5, 0.2), noise("loud", "", 1.0, 0.6)]
    return collect(songs, klt, ClipCache(tmp_path_factory.mktemp("latents")), ClipGrid(0.5))


@pytest.fixture(scope="module")
def charts(clips: Collection) -> dict[str, Chart]:
    return {name: make_chart(clips, name) for name in (LATENT, STATISTICS)}


# Charts.


@pytest.mark.parametrize("name", [LATENT, STATISTICS])
def test_points_are_the_first_components_with_their_shares(charts: dict[str, Chart], name: str) -> None:
    chart = charts[name]
    plane, space = chart.points(PLANE), chart.points(SPACE)
    np.testing.assert_array_equal(plane.values, chart.components[:, :2])
    np.testing.assert_array_equal(space.values, chart.components[:, :3])
    assert plane.drawn.all()
    assert len(plane.explained) == 2
    assert plane.explained[0] >= plane.explained[1] > 0
    assert chart.covered == pytest.approx(1.0, abs=1e-4)  # nine clips have eight directions


def test_all_components_lead_back_to_the_very_clip(charts: dict[str, Chart], klt: Codec) -> None:
    chart = charts[LATENT]
    back = chart.place(chart.components[4], near=0)
    klt.check(back)
    np.testing.assert_allclose(back.values, chart.latent(4).values, atol=2e-3)


def test_a_place_of_the_plane_is_where_it_was_pointed_at(charts: dict[str, Chart]) -> None:
    chart = charts[LATENT]
    place = np.array([1.5, -2.0], np.float32)
    there = chart.projection.project(chart.place(place, near=0).values.reshape(1, -1))[0]
    np.testing.assert_allclose(there[:2], place, atol=1e-2)
    np.testing.assert_allclose(there[2:], 0, atol=1e-2)


def test_a_place_among_statistics_has_their_means_and_deviations(charts: dict[str, Chart], klt: Codec) -> None:
    chart = charts[STATISTICS]
    place = chart.components[2, :2] + np.float32(0.5)
    latent = chart.place(place, near=2)
    klt.check(latent)
    wanted = chart.projection.place(place[None])[0].reshape(3, -1)
    found = time_statistics(latent).reshape(3, -1)
    np.testing.assert_allclose(found[0], wanted[0], atol=1e-3)
    np.testing.assert_allclose(found[1], np.maximum(wanted[1], 0), atol=1e-3)
    own = chart.place(chart.components[2], near=2)  # with all components it is the clip itself
    np.testing.assert_allclose(own.values, chart.latent(2).values, atol=2e-2)


def test_a_soft_place_is_raised_to_the_level_of_the_clip_nearest_to_it(charts: dict[str, Chart], klt: Codec) -> None:
    chart = charts[LATENT]
    loud = int(np.argmax([np.square(chart.latent(row).values).mean() for row in range(len(chart))]))
    soft = chart.place(np.zeros(2, np.float32), near=loud)
    gain = chart.gain(soft, loud, klt.silence)
    assert 1.0 < gain <= 16.0
    heard = gain * klt.decode(soft).samples
    level = float(np.sqrt(np.square(klt.decode(chart.latent(loud)).samples).mean()))
    assert float(np.sqrt(np.square(heard).mean())) == pytest.approx(level, rel=0.2) or gain == 16.0
    assert chart.gain(chart.latent(loud), 0, klt.silence) == 1.0  # never turned down


def test_latents_can_be_asked_for_from_several_threads(charts: dict[str, Chart]) -> None:
    chart = charts[STATISTICS]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(chart.latent, [row % len(chart) for row in range(60)]))
    for number, latent in enumerate(found):
        np.testing.assert_array_equal(latent.values, chart.collection.latent(number % len(chart)).values)


def test_t_sne_places_every_clip_and_knows_no_shares(charts: dict[str, Chart]) -> None:
    points = charts[STATISTICS].points(TSNE)
    assert points.values.shape == (9, 2)
    assert points.drawn.all()
    assert points.explained == ()
    with pytest.raises(UsageError, match="no layout"):
        charts[STATISTICS].points("sphere")


def test_making_a_chart_can_be_stopped(clips: Collection) -> None:
    with pytest.raises(Cancelled):
        make_chart(clips, STATISTICS, cancelled=lambda: True)


def test_one_clip_makes_no_chart(klt: Codec, tmp_path: Path) -> None:
    one = collect([noise("a", "", 0.5, 0.1)], klt, ClipCache(tmp_path), ClipGrid(0.5))
    with pytest.raises(UsageError, match="too few"):
        make_chart(one, STATISTICS)


def test_the_same_clips_are_found_in_another_collection(clips: Collection, klt: Codec, tmp_path: Path) -> None:
    others = [noise("loud", "", 0.5, 0.6), noise("new", "", 0.5, 0.1), noise("soft", "calm", 2.0, 0.02)]
    other = collect(others, klt, ClipCache(tmp_path), ClipGrid(0.5))
    assert same_clips(clips, other).tolist() == [2, 3, 4, 5, -1, -1, -1, 0, -1]
    assert same_clips(other, clips).tolist() == [7, -1, 0, 1, 2, 3]
    assert same_clips(clips, clips).tolist() == list(range(9))


# Groups.


def test_clips_are_grouped_by_what_is_known_of_their_songs(clips: Collection) -> None:
    genres = by_genre(clips)
    assert genres.names == ("", "calm")
    assert genres.sizes.tolist() == [2, 7]
    songs = by_song(clips)
    assert songs.names == ("soft", "louder", "loud")
    assert songs.sizes.tolist() == [4, 3, 2]
    parts = by_position(clips, parts=2)
    assert parts.names == ("0–50 %", "50–100 %")
    assert parts.ids.tolist() == [0, 0, 1, 1, 0, 0, 1, 0, 1]
    assert parts.ordered


def test_the_curves_find_as_many_clusters_as_there_are() -> None:
    random = np.random.default_rng(0)
    middles = np.array([[0, 0, 0], [9, 0, 0], [0, 9, 0]], float)
    table = Table(np.concatenate([middle + random.normal(0, 0.4, (20, 3)) for middle in middles]))
    scores = cluster_scores(table, most=7)
    assert [score.k for score in scores] == list(range(1, 8))
    assert math.isnan(scores[0].silhouette)
    assert suggested_k(scores) == elbow_k(scores) == 3
    groups = by_cluster(clusters_of_all(table, scores[2]))
    assert groups.names == ("1", "2", "3")
    assert sorted(groups.sizes.tolist()) == [20, 20, 20]
    assert len(set(groups.ids[:20].tolist())) == 1


def test_equal_clips_are_one_cluster_and_no_more() -> None:
    scores = cluster_scores(Table(np.ones((5, 2))))
    assert [score.k for score in scores] == [1]
    assert suggested_k(scores) == 1
    assert elbow_k(scores) == 0
    with pytest.raises(Cancelled):
        cluster_scores(Table(np.eye(3)), cancelled=lambda: True)


# Cameras.


def test_a_camera_sees_everything_and_finds_back() -> None:
    points = np.random.default_rng(1).normal(0, 5, (2, 100)).astype(np.float32)
    camera = Camera(400, 300).fit(camera_plane := Camera(400, 300).plane(points))
    x, y = camera.to_pixels(camera_plane)
    assert x.min() >= 0
    assert x.max() <= 400
    assert y.min() >= 0
    assert y.max() <= 300
    np.testing.assert_allclose(camera.to_plane(float(x[7]), float(y[7])), points[:, 7], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(camera.place(float(x[7]), float(y[7])), points[:, 7], rtol=1e-4, atol=1e-4)


def test_zooming_keeps_what_is_under_the_mouse_and_has_an_end() -> None:
    camera = Camera(400, 300).fit(np.array([[0, 10], [0, 10]], np.float32))
    nearer = camera.zoomed(2, 120, 80)
    assert nearer.scale == pytest.approx(2 * camera.scale)
    assert nearer.to_plane(120, 80) == pytest.approx(camera.to_plane(120, 80))
    for _turn in range(40):
        nearer = nearer.zoomed(3, 0, 0)
    assert nearer.scale == pytest.approx(CLOSEST * camera.fitted)
    moved = camera.moved(30, -10)
    assert moved.to_plane(130, 90) == pytest.approx(camera.to_plane(100, 100))


def test_many_small_turns_stay_a_rotation() -> None:
    camera = Camera(400, 300, turn=FRONT)
    points = np.random.default_rng(2).normal(size=(3, 50)).astype(np.float32)
    for _turn in range(500):
        camera = camera.turned(0.031, -0.017)
    assert camera.turn is not None
    np.testing.assert_allclose(camera.turn @ camera.turn.T, np.eye(3), atol=1e-12)
    plane = camera.plane(points)
    np.testing.assert_allclose(plane, camera.turn @ points, atol=1e-5)
    x, y = camera.to_pixels(plane)
    back = camera.place(float(x[3]), float(y[3]), float(plane[2, 3]))
    np.testing.assert_allclose(back, points[:, 3], atol=1e-4)


# Picking.


@pytest.mark.parametrize("kind", ["cloud", "lumps", "line", "one", "same"])
def test_the_grid_finds_what_a_look_at_every_point_finds(kind: str) -> None:
    random = np.random.default_rng(3)
    plane = {
        "cloud": random.normal(size=(2, 3000)),
        "lumps": random.normal(0, 0.01, (2, 2000)) + random.integers(0, 3, 2000) * 10,
        "line": np.stack([np.linspace(0, 1, 500), np.zeros(500)]),
        "one": np.array([[2.0], [3.0]]),
        "same": np.ones((2, 40)),
    }[kind].astype(np.float32)
    rows = np.flatnonzero(random.random(plane.shape[1]) < 0.8) if plane.shape[1] > 1 else np.array([0])
    grid = PointGrid(plane, rows)
    for x, y in random.normal(1, 4, (60, 2)):
        squares = np.square(plane[0, rows].astype(float) - x) + np.square(plane[1, rows].astype(float) - y)
        found = grid.nearest(x, y)
        assert found is not None
        assert found in rows
        assert math.hypot(plane[0, found] - x, plane[1, found] - y) == pytest.approx(math.sqrt(squares.min()))
        reach = math.sqrt(squares.min())
        assert grid.nearest(x, y, reach * 0.99 - 1e-9) is None
        assert grid.nearest(x, y, reach * 1.01 + 1e-9) is not None
    assert PointGrid(plane, rows[:0]).nearest(0, 0) is None


def test_arrows_walk_to_the_nearest_point_in_their_direction() -> None:
    plane = np.array([[0, 1, 3, 0.2, -1, 1.5], [0, 0.2, 0, 2, -3, 1.4]], np.float32)
    rows = np.arange(6)
    assert next_towards(plane, rows, 0, 1, 0) == 1
    assert next_towards(plane, rows, 1, 1, 0) == 2
    assert next_towards(plane, rows, 0, 0, 1) == 3
    assert next_towards(plane, rows, 0, 0, -1) == 4
    assert next_towards(plane, rows, 0, -1, 0) is None
    assert next_towards(plane, np.array([0, 2]), 0, 1, 0) == 2


def test_a_line_holds_the_points_within_it() -> None:
    random = np.random.default_rng(4)
    plane = random.uniform(-1.5, 1.5, (2, 4000)).astype(np.float32)
    turns = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    circle = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    inside = np.hypot(*plane)
    found = within(plane, circle)
    assert found[inside < 0.999].all()
    assert not found[inside > 1.001].any()
    corner = np.array([[0, 0], [2, 0], [2, 2], [1, 2], [1, 1], [0, 1]], float)  # an L, upside down
    assert within(np.array([[0.5, 1.5, 0.5], [0.5, 1.5, 1.5]]), corner).tolist() == [True, True, False]
    assert not within(plane, circle[:2]).any()


# Dots.


def drawn(x: list[float], y: list[float], shade: list[int], count: int = 3) -> Raster:
    raster = Raster(60, 40)
    table = shades((255, 255, 255), np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255]])[:count])
    raster.draw(np.array(x, np.float32), np.array(y, np.float32), np.array(shade), table, 0xFFFFFFFF)
    return raster


def pixel(raster: Raster, x: int, y: int) -> int:
    return int(raster.image[raster.margin + y, raster.margin + x])


def test_dots_have_their_colour_and_the_later_one_lies_on_top() -> None:
    raster = drawn([20, 22, 50], [20, 20, 5], [0, 1, 2])
    assert pixel(raster, 20, 20) == 0xFFFF0000 or pixel(raster, 20, 20) == 0xFF00FF00
    assert pixel(raster, 22, 20) == 0xFF00FF00
    assert pixel(raster, 50, 5) == 0xFF0000FF
    assert pixel(raster, 35, 35) == 0xFFFFFFFF


def test_dots_at_and_beyond_the_edges_stay_within_the_memory() -> None:
    raster = drawn([-0.9, 59.4, 0, 59, 1e9, -50, 30], [0, 39.4, 39, 0, 3, 3, -1e9], [0, 1, 2, 0, 1, 2, 0])
    assert pixel(raster, 0, 39) == 0xFF0000FF
    assert pixel(raster, 59, 0) == 0xFFFF0000
    assert (raster.image[:, [0, -1]] == 0xFFFFFFFF).all()  # the margin's own edge is never reached


def test_more_dots_are_smaller_dots() -> None:
    radii = [dot_radius(count, 1000, 700) for count in (1, 100, 1000, 10_000, 100_000, 500_000)]
    assert radii == sorted(radii, reverse=True)
    assert radii[0] > 5
    assert radii[-1] < 1
    for radius in {*radii, 0.75, 1.25, 2.0}:
        made = stamp(radius)
        assert made.reach < Raster.margin
        assert made.level[(made.right == 0) & (made.down == 0)] == LEVELS - 1
    table = shades((0, 0, 0), np.array([[10, 20, 30]]))
    assert table[0, 0] == 0xFF000000
    assert table[0, -1] == 0xFF0A141E
