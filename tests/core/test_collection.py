"""Clips of many songs: encoded once, kept within a budget, cancelled at will, the same numbers each time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.audio import Clip
from core.errors import Cancelled, LibraryError, UsageError
from core.latents.baseline import LogMel, Waveform
from core.latents.clip_cache import ClipCache
from core.latents.collect import Progress, clip_bytes, collect, plan
from core.latents.collection import ClipGrid
from core.latents.features import Table, batches, time_statistics, whole
from core.latents.latent import Latent
from core.latents.projection import fit_pca
from core.models.codec import Codec, load_codec
from tests.core.latents_fixtures import RATE, MemorySong


def song(key: str, seconds: float, genre: str = "", seed: int = 0) -> MemorySong:
    noise = np.random.default_rng(seed).normal(0, 0.1, round(seconds * RATE))
    return MemorySong(key, noise.astype(np.float32), genre)


def test_each_row_is_the_latent_of_its_clip(tmp_path: Path, klt: Codec) -> None:
    songs = [song("a", 3.5, "jazz", 1), song("b", 0.4, "rock", 2)]
    clips = collect(songs, klt, ClipCache(tmp_path), ClipGrid(1.0))
    assert list(clips.keys) == ["a", "a", "a", "b"]
    assert list(clips.genres) == ["jazz", "jazz", "jazz", "rock"]
    np.testing.assert_allclose(clips.seconds, [0, 1, 2, 0])
    expected = klt.encode(Clip(songs[0].samples[RATE : 2 * RATE], RATE))
    latent = clips.latent(1)
    klt.check(latent)
    np.testing.assert_allclose(latent.values, expected.values, rtol=1e-3, atol=1e-5)
    rows = clips.features("latent").take(np.array([3, 1]))
    np.testing.assert_array_equal(rows[1].reshape(latent.values.shape), latent.values)
    statistics = clips.features("statistics").take(np.array([1]))[0]
    np.testing.assert_allclose(statistics, time_statistics(expected), atol=1e-6)


def test_a_place_between_clips_can_be_decoded(tmp_path: Path, klt: Codec) -> None:
    clips = collect([song("a", 4.0, seed=1), song("b", 4.0, seed=2)], klt, ClipCache(tmp_path), ClipGrid(1.0))
    pca = fit_pca(clips.features("latent"), 7)
    points = pca.project(clips.features("latent").take(np.array([0, 5])))
    known, between = (clips.latent_at(pca.place(point[None])[0]) for point in (points[0], points.mean(axis=0)))
    np.testing.assert_allclose(known.values, clips.latent(0).values, atol=1e-3)  # seven axes hold eight clips
    assert klt.decode(between).frames == RATE
    with pytest.raises(UsageError):
        clips.latent_at(np.zeros(3))


def test_a_clip_is_encoded_once_and_smaller_sizes_of_a_nested_model_need_no_encoding(
    tmp_path: Path, klt: Codec
) -> None:
    cache, songs = ClipCache(tmp_path), [song("a", 2.0)]
    first = collect(songs, klt, cache, ClipGrid(1.0))
    assert plan(songs, klt, cache, ClipGrid(1.0)).missing == 0
    small = load_codec("klt-344")
    assert plan(songs, small, cache, ClipGrid(1.0)).missing == 0
    clips = collect(songs, small, cache, ClipGrid(1.0))
    small.check(clips.latent(0))
    np.testing.assert_array_equal(clips.latent(0).values, first.latent(0).values[:16])
    mean, deviation, change = clips.features("statistics").take(np.array([0])).reshape(3, 16)
    np.testing.assert_allclose(mean, first.features("statistics").take(np.array([0]))[0, :16])
    assert (deviation > 0).all()
    assert (change > 0).all()


def test_few_clips_a_song_are_spread_over_it() -> None:
    grid = ClipGrid(1.0, per_song=2)
    assert list(grid.starts(song("a", 8.5)) // RATE) == [2, 6]
    assert list(grid.starts(song("b", 1.5)) // RATE) == [0]
    assert len(grid.starts(song("c", 0.0))) == 0


def test_other_clips_of_a_song_join_those_that_are_known_and_leave_them_in_place(tmp_path: Path, klt: Codec) -> None:
    cache, songs = ClipCache(tmp_path), [song("a", 8.0)]
    few = collect(songs, klt, cache, ClipGrid(1.0, per_song=2))
    assert plan(songs, klt, cache, ClipGrid(1.0, per_song=3)).missing == 2
    more = collect(songs, klt, cache, ClipGrid(1.0, per_song=3))
    assert list(few.seconds) == [2, 6]
    assert list(more.seconds) == [1, 4, 6]
    every = collect(songs, klt, cache, ClipGrid(1.0))
    for clips in (few, more, collect(songs, klt, cache, ClipGrid(1.0, per_song=2))):
        for row in range(len(clips)):
            np.testing.assert_array_equal(clips.latent(row).values, every.latent(int(clips.seconds[row])).values)


def test_the_plan_says_what_it_costs_before_anything_is_written(tmp_path: Path, klt: Codec) -> None:
    cache = ClipCache(tmp_path / "cache", budget=100_000)
    songs = [song(name, 4.0) for name in "ab"]
    planned = plan(songs, klt, cache, ClipGrid(1.0))
    assert (planned.clips, planned.missing) == (8, 8)
    assert planned.seconds > 0
    assert planned.bytes == 8 * clip_bytes(klt, ClipGrid(1.0))
    assert not (tmp_path / "cache").exists()
    assert planned.fits == 13  # clips of about 3.7 kB
    with pytest.raises(UsageError, match="allow more"):
        collect(songs, klt, ClipCache(tmp_path, budget=20_000), ClipGrid(1.0))


def test_the_cache_stays_within_its_budget(tmp_path: Path, klt: Codec) -> None:
    each = clip_bytes(klt, ClipGrid(1.0))
    cache = ClipCache(tmp_path, budget=2 * each + 2000)
    for name in "abcd":
        clips = collect([song(name, 1.0)], klt, cache, ClipGrid(1.0))
        assert cache.bytes() == ClipCache(tmp_path).bytes() <= cache.budget
    old = collect([song("d", 1.0)], klt, cache, ClipGrid(1.0))
    assert len(clips) == len(old) == 1
    cache.clear()
    assert cache.bytes() == 0


def test_latents_that_were_removed_meanwhile_are_a_sentence(tmp_path: Path, klt: Codec) -> None:
    cache = ClipCache(tmp_path)
    clips = collect([song("a", 1.0)], klt, cache, ClipGrid(1.0))
    cache.clear()
    with pytest.raises(LibraryError, match="collect the clips again"):
        clips.latent(0)


def test_a_damaged_file_of_the_cache_is_made_anew(tmp_path: Path, klt: Codec) -> None:
    cache = ClipCache(tmp_path)
    collect([song("a", 1.0)], klt, cache, ClipGrid(1.0))
    (path,) = tmp_path.rglob("*.clips")
    path.write_bytes(path.read_bytes()[:-10])
    assert len(collect([song("a", 1.0)], klt, cache, ClipGrid(1.0)).latent(0).values) == 64


def test_one_broken_song_costs_itself_and_a_line(tmp_path: Path, klt: Codec) -> None:
    broken = MemorySong("broken", np.full(RATE, np.nan, np.float32))
    clips = collect([broken, song("a", 1.0), song("none", 0.0)], klt, ClipCache(tmp_path), ClipGrid(1.0))
    assert list(clips.keys) == ["a"]
    ((title, sentence),) = clips.problems
    assert title == "broken"
    assert "not numbers" in sentence


def test_cancelling_keeps_what_was_encoded(tmp_path: Path, klt: Codec) -> None:
    cache, heard = ClipCache(tmp_path), []
    songs = [song(name, 2.0) for name in "abc"]

    def progress(at: Progress) -> None:
        heard.append(at)

    with pytest.raises(Cancelled):
        collect(songs, klt, cache, ClipGrid(1.0), progress=progress, cancelled=lambda: len(heard) >= 3)
    assert [at.done for at in heard] == [1, 2, 3]
    assert heard[-1].total == 6
    assert heard[-1].seconds_left > 0
    assert plan(songs, klt, cache, ClipGrid(1.0)).missing == 4


def test_what_no_model_learned_is_collected_the_same_way(tmp_path: Path) -> None:
    cache, songs = ClipCache(tmp_path), [song("a", 1.0)]
    mel = collect(songs, LogMel(), cache, ClipGrid(1.0))
    assert mel.features("statistics").width == 240
    assert mel.features("latent").width == 80 * LogMel.design.frames(RATE)
    wave = collect(songs, Waveform(), cache, ClipGrid(1.0))
    np.testing.assert_allclose(wave.features("latent").take(np.array([0]))[0], songs[0].samples, atol=1e-3)


def test_statistics_of_a_known_latent() -> None:
    latent = Latent(np.array([[1, 3, 1, 3], [5, 5, 5, 5]]), "model", 4)
    np.testing.assert_allclose(time_statistics(latent), [2, 5, 1, 0, 2, 0])


def test_batches_go_through_every_row_once_and_none_is_small() -> None:
    table = Table(np.arange(23)[:, None])
    parts = list(batches(table, 5))
    np.testing.assert_array_equal(np.concatenate([values for _rows, values in parts]), whole(table))
    assert [len(rows) for rows, _values in parts] == [5, 5, 5, 8]
    assert [len(rows) for rows, _values in batches(table, 50)] == [23]
