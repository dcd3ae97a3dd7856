"""Projections and clusters with known answers: what was planted is found, what was projected comes back."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from core.errors import Cancelled, UsageError
from core.latents.cluster_study import best_k, compare, drawn_songs, fitting_k, over_dims, over_k
from core.latents.clusters import agglomerate, agreement, chance_agreement, elbow, genre_table, kmeans, silhouette
from core.latents.features import Table, turned
from core.latents.intervals import describe_difference, over_folds, over_seeds, over_subsets, paired
from core.latents.neighbours import nearest, neighbours
from core.latents.projection import Projected, Projection, Standardised, fit_pca, fit_scaler, tsne
from tests.conftest import ROOT


def two_clouds(width: int = 6, each: int = 40, apart: float = 20.0) -> tuple[Table, np.ndarray]:
    """Clips of two genres that nothing could mix up, and their genres."""
    random = np.random.default_rng(0)
    values = random.normal(size=(2 * each, width))
    values[each:, 0] += apart
    return Table(values), np.repeat(["calm", "loud"], each)


def flat_cloud(rows: int = 300) -> Table:
    """Six columns that hold two dimensions, deviations 5 and 1, around a far centre."""
    random = np.random.default_rng(1)
    axes, _r = np.linalg.qr(random.normal(size=(6, 2)))
    return Table(random.normal(size=(rows, 2)) * [5, 1] @ axes.T + 100)


def test_a_scaler_standardises_and_comes_back() -> None:
    values = np.random.default_rng(2).normal(1e3, [1, 5, 0], (3000, 3)).astype(np.float32)
    scaler = fit_scaler(Table(values))
    scaled = scaler.apply(values)
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-3)
    np.testing.assert_allclose(scaled.std(axis=0), [1, 1, 0], atol=1e-3)
    np.testing.assert_allclose(scaler.invert(scaled), values, rtol=1e-6)


@pytest.mark.parametrize("in_memory", [True, False])
def test_principal_components_find_the_planted_plane_and_their_inverse_is_exact(in_memory: bool) -> None:
    table = flat_cloud()
    pca = fit_pca(table, 2, standardise=False, in_memory=in_memory)
    assert pca.explained.sum() == pytest.approx(1, abs=1e-4)
    assert pca.explained[0] == pytest.approx(25 / 26, abs=0.01)
    points = pca.project(table.values)
    np.testing.assert_allclose(pca.place(points), table.values, atol=1e-3)
    np.testing.assert_allclose(pca.project(pca.place(points)), points, atol=1e-3)
    # A click on a plane of two of many axes: the others are 0.
    full = fit_pca(table, 6, in_memory=in_memory)
    np.testing.assert_allclose(full.project(full.place(np.array([[3.0, -2.0]])))[0, :2], [3, -2], atol=1e-3)


def test_the_same_seed_gives_the_same_axes_and_their_signs_are_fixed() -> None:
    table = flat_cloud()
    one, other = fit_pca(table, 2), fit_pca(Table(table.values[::-1]), 2)
    np.testing.assert_array_equal(one.axes, fit_pca(table, 2).axes)
    np.testing.assert_allclose(one.axes, other.axes, atol=1e-4)


def test_standardised_components_in_batches_agree_with_those_in_memory() -> None:
    values = np.random.default_rng(3).normal(size=(3000, 5)) * [1, 2, 3, 4, 50]
    values[:, 1] += values[:, 0]
    memory, stream = (fit_pca(Table(values), 5, in_memory=each) for each in (True, False))
    np.testing.assert_allclose(memory.explained, stream.explained, atol=1e-3)
    np.testing.assert_allclose(abs(np.sum(memory.axes[0] * stream.axes[0])), 1, atol=1e-3)


def test_too_few_clips_are_a_sentence() -> None:
    with pytest.raises(UsageError, match="too few"):
        fit_pca(Table(np.zeros((1, 3))), 2)
    with pytest.raises(UsageError, match="too few"):
        tsne(Table(np.zeros((3, 3))))
    with pytest.raises(UsageError, match="cannot be divided"):
        kmeans(Table(np.zeros((3, 3))), 4)


def test_tsne_keeps_two_clouds_apart_on_a_sample_and_repeats_itself() -> None:
    table, genres = two_clouds()
    rows, points = tsne(table, sample=50, seed=1)
    assert len(rows) == len(points) == 50
    calm = genres[rows] == "calm"
    between = np.linalg.norm(points[calm].mean(axis=0) - points[~calm].mean(axis=0))
    assert between > 2 * points[calm].std()
    np.testing.assert_array_equal(points, tsne(table, sample=50, seed=1)[1])


@pytest.mark.parametrize("in_memory", [True, False])
def test_kmeans_finds_two_obvious_clusters(in_memory: bool) -> None:
    table, genres = two_clouds()
    found = kmeans(table, 2, in_memory=in_memory)
    assert agreement(found.labels, genres) == pytest.approx(
        {"homogeneity": 1, "completeness": 1, "v_measure": 1, "adjusted_rand": 1}
    )
    assert list(found.sizes) == [40, 40]
    assert sorted(found.centres[:, 0]) == pytest.approx([0, 20], abs=1)
    expected = sum(float(np.square(table.values[genres == g] - c).sum()) for g, c in _means(table, genres))
    assert found.inertia == pytest.approx(expected, rel=0.05)
    assert silhouette(table, found.labels) > 0.7


def _means(table: Table, genres: np.ndarray) -> list[tuple[str, np.ndarray]]:
    return [(genre, table.values[genres == genre].mean(axis=0)) for genre in np.unique(genres)]


def test_ward_finds_them_too_and_samples_what_is_too_many() -> None:
    table, genres = two_clouds()
    rows, found = agglomerate(table, 2, sample=30)
    assert len(rows) == 30
    assert agreement(found.labels, genres[rows])["adjusted_rand"] == 1
    assert len(agglomerate(table, 2)[0]) == 80


def test_chance_is_not_zero_for_homogeneity_but_is_for_rand() -> None:
    random = np.random.default_rng(0)
    genres = np.repeat([f"genre {n}" for n in range(5)], 8)
    chance = chance_agreement(random.integers(0, 20, 40), genres)
    assert chance["homogeneity"] > 0.3
    assert abs(chance["adjusted_rand"]) < 0.05


def test_clusters_by_genre() -> None:
    table = genre_table(np.array([0, 0, 1, 1, 1]), np.array(["a", "b", "b", "b", "c"]), k=3)
    assert table.genres == ("a", "b", "c")
    np.testing.assert_array_equal(table.counts, [[1, 1, 0], [0, 2, 1], [0, 0, 0]])
    assert list(table.sizes) == [2, 3, 0]


def test_equal_clips_are_clustered_without_a_warning() -> None:
    assert kmeans(Table(np.zeros((5, 2))), 3).inertia == 0


def test_the_elbow_is_where_the_curve_bends() -> None:
    assert elbow([1, 2, 3, 4, 5, 6], [100, 50, 10, 8, 7, 6]) == 3
    assert elbow([2, 4, 8], [4, 4, 4]) == 2
    with pytest.raises(UsageError):
        elbow([1, 2], [2, 1])


def test_scores_over_k_and_dimensions_draw_songs_and_know_chance() -> None:
    random = np.random.default_rng(4)
    centres = random.normal(size=(3, 8)) * 30
    genre = np.repeat([0, 1, 2], 40)
    table = Table(np.hstack([centres[genre] + random.normal(size=(120, 8)), random.normal(size=(120, 8)) * 0.1]))
    songs, genres = np.arange(120) // 4, np.array(["a", "b", "c"])[genre]
    heard: list[float] = []
    results = over_k(table, [1, 2, 3, 4, 6], songs, genres, progress=heard.append)
    assert best_k(results) == 3
    assert heard[-1] == 1
    by_dims = over_dims(table, [2, 16], 3, songs, genres)
    assert by_dims[0].scores["adjusted_rand"].mean == pytest.approx(1, abs=0.01)
    assert by_dims[0].chance["adjusted_rand"] < 0.2
    assert len(by_dims[0].scores["v_measure"].values) == 5
    assert [each.dims for each in by_dims] == [2, 16]
    assert not compare(by_dims[0], by_dims[0], "v_measure", "A", "A itself").real
    shuffled = over_dims(Table(random.permutation(table.values)), [2], 3, songs, genres)
    found = compare(by_dims[0], shuffled[0], "adjusted_rand", "ordered", "shuffled")
    assert found.real
    assert "adjusted rand" in found.sentence
    with pytest.raises(Cancelled):
        over_k(table, [2], songs, cancelled=lambda: True)


def test_whole_songs_are_drawn() -> None:
    songs = np.array(list("aabbbccddee"))
    rows = drawn_songs(songs, 3)
    assert set(songs[rows]) & set(np.delete(songs, rows)) == set()
    assert len(set(songs[rows])) == 4


def test_nearest_neighbours_in_order_without_the_own_song() -> None:
    table = Table(np.array([[0.0], [1.0], [3.0], [10.0]]))
    rows, distances = neighbours(table, 0, 2)
    assert list(rows) == [1, 2]
    np.testing.assert_allclose(distances, [1, 3])
    assert list(neighbours(table, 0, 9, songs=np.array([0, 0, 1, 1]))[0]) == [2, 3]
    assert list(nearest(table, np.array([9.0]), 1)[0]) == [3]
    with pytest.raises(UsageError):
        nearest(table, np.zeros(2), 1)


def test_views_of_features_take_what_the_whole_would_give() -> None:
    table = flat_cloud(20)
    scaler = fit_scaler(table)
    rows = np.array([3, 1])
    np.testing.assert_array_equal(Standardised(table, scaler).take(rows), scaler.apply(table.values)[rows])
    pca: Projection = fit_pca(table, 3)
    assert Projected(table, pca, 2).take(rows).shape == (2, 2)


def test_intervals_widen_with_what_the_draws_share() -> None:
    values = [0.5, 0.6, 0.55, 0.45, 0.5]
    plain, folds, subsets = over_seeds(values), over_folds(values, 0.2), over_subsets(values, 0.8)
    assert plain.mean == folds.mean == subsets.mean == pytest.approx(0.52)
    # t(0.975, 4) = 2.776, deviation .0570
    assert plain.high - plain.mean == pytest.approx(2.776 * 0.0570 / 5**0.5, rel=1e-3)
    assert folds.high - folds.mean == pytest.approx(2.776 * 0.0570 * (1 / 5 + 1 / 4) ** 0.5, rel=1e-3)
    assert subsets.high - subsets.mean == pytest.approx(2.776 * 0.0570 * 2, rel=1e-3)
    assert over_seeds([1.0]).high == np.inf
    assert np.isnan(over_seeds([]).mean)


def test_a_difference_is_said_in_words() -> None:
    real = describe_difference(over_seeds(paired([0.9, 0.91, 0.92], [0.5, 0.5, 0.5])), "A", "B", "accuracy")
    assert real.real
    assert real.sentence.startswith("A is really better than B in accuracy: by 0.410")
    unsure = describe_difference(over_seeds([0.1, -0.1, 0.02]), "A", "B", "accuracy")
    assert not unsure.real
    assert "no sure difference" in unsure.sentence


def test_rooms_that_the_window_imports_load_neither_torch_nor_sklearn_nor_scipy() -> None:
    rooms = ["cluster_study", "collect", "factors", "folds", "neighbours", "pantry", "projection", "recipes"]
    lines = [f"import core.latents.{room}" for room in [*rooms, "supervised"]]
    lines.append("import core.data, core.rhythm, core.structure_scores")
    check = "import sys; print([name for name in ('torch', 'sklearn', 'scipy') if name in sys.modules])"
    command = [sys.executable, "-c", "\n".join([*lines, check])]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_rows_that_are_turned_into_few_columns_keep_their_distances() -> None:
    values = np.random.default_rng(4).normal(3, 2, (7, 20_000)).astype(np.float32)
    made = turned(values)
    assert made.shape == (7, 7)
    before, after = (np.linalg.norm(each[:, None] - each[None], axis=2) for each in (values, made))
    np.testing.assert_allclose(after, before, rtol=1e-4)
    narrow = values[:, :3]
    assert turned(narrow) is narrow


def test_few_songs_get_fewer_clusters_and_hardly_any_get_none() -> None:
    songs = np.array([f"song {number}" for number in range(10)])
    assert fitting_k(10, songs) == 4  # eight of the ten songs are drawn, two clips a cluster
    assert fitting_k(10, np.repeat(songs, 4)) == 10
    assert fitting_k(3, songs[:3]) == 0
    clips = Table(np.random.default_rng(5).normal(size=(10, 3)))
    assert [each.k for each in over_k(clips, [fitting_k(10, songs)], songs, songs)] == [4]
