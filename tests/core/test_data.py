"""Songs decoded once: the stored samples are the song's, read in slices; splits are by song and by seed."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.audio import Clip, read_clip, write_wav
from core.data import SampleStore, Split, split_songs
from core.data.store import BLOCK
from core.errors import AudioFileError, LibraryError, UsageError

Tone = Callable[..., np.ndarray]


def test_stored_samples_are_the_resampled_mono_clip(tmp_path: Path) -> None:
    samples = np.random.default_rng(0).uniform(-0.7, 0.7, (3, 200_000))
    soundfile.write(tmp_path / "a.wav", samples.T, 44100, subtype="FLOAT")
    song = SampleStore(tmp_path / "samples").add("key", tmp_path / "a.wav")
    expected = read_clip(tmp_path / "a.wav").mono().resampled(22050)
    assert song.frames == expected.frames
    assert song.peak == pytest.approx(expected.peak)
    assert song.rms == pytest.approx(float(np.sqrt(np.mean(expected.samples**2))), rel=1e-4)
    np.testing.assert_allclose(song.read(0, song.frames), expected.samples[0], atol=2**-16)


def test_sixteen_bit_sound_at_the_stores_rate_keeps_its_bits(tmp_path: Path) -> None:
    whole = np.random.default_rng(1).integers(-(2**15), 2**15, 3 * BLOCK + 7)
    clip = Clip(whole / 2**15, 22050)
    write_wav(tmp_path / "a.wav", clip)
    song = SampleStore(tmp_path / "samples").add("key", tmp_path / "a.wav")
    np.testing.assert_array_equal(song.read(0, song.frames), clip.samples[0])


def test_quiet_sound_is_fine_and_loud_sound_is_not_clipped(tmp_path: Path, tone: Tone) -> None:
    sound = np.concatenate([tone(440, 1.0, level=1e-4), tone(440, 1.0, level=3.0)])
    write_wav(tmp_path / "a.wav", Clip(sound, 22050), subtype="FLOAT")
    song = SampleStore(tmp_path / "samples").add("key", tmp_path / "a.wav")
    error = np.abs(song.read(0, song.frames) - sound)
    assert error[:BLOCK].max() < 1e-8
    assert error.max() < 1e-4


def test_reading_outside_the_song_gives_zeros(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", Clip(np.full(10, 0.5), 22050))
    song = SampleStore(tmp_path / "samples").add("key", tmp_path / "a.wav")
    np.testing.assert_array_equal(song.read(-2, 4), [0, 0, 0.5, 0.5])
    np.testing.assert_array_equal(song.read(8, 4), [0.5, 0.5, 0, 0])
    np.testing.assert_array_equal(song.read(50, 3), np.zeros(3))
    assert song.read(0, 0).shape == (0,)


def test_any_slice_equals_the_whole(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", Clip(np.random.default_rng(2).uniform(-2, 2, 5 * BLOCK), 22050), subtype="FLOAT")
    song = SampleStore(tmp_path / "samples").add("key", tmp_path / "a.wav")
    whole = song.read(0, song.frames)
    for start, count in [(0, 1), (BLOCK - 1, 2), (BLOCK, BLOCK), (17, 3 * BLOCK), (4 * BLOCK + 5, BLOCK)]:
        wanted = np.zeros(count, np.float32)
        inside = whole[start : start + count]
        wanted[: len(inside)] = inside
        np.testing.assert_array_equal(song.read(start, count), wanted)


def test_a_song_is_decoded_once(tmp_path: Path, tone: Tone) -> None:
    path = tmp_path / "a.wav"
    write_wav(path, Clip(tone(440, 0.5), 22050))
    store = SampleStore(tmp_path / "samples")
    first = store.add("key", path)
    path.unlink()
    assert store.add("key", path).frames == first.frames
    assert pickle.loads(pickle.dumps(first)).read(0, 100).any()  # as for a worker process
    assert "key" in store
    assert list(store.keys()) == ["key"]


def test_a_song_that_cannot_be_decoded_leaves_nothing_behind(tmp_path: Path) -> None:
    samples = np.zeros(300_000, np.float32)
    samples[250_000] = np.nan
    soundfile.write(tmp_path / "nan.wav", samples, 44100, subtype="FLOAT")
    store = SampleStore(tmp_path / "samples")
    with pytest.raises(AudioFileError, match="not numbers"):
        store.add("key", tmp_path / "nan.wav")
    assert "key" not in store
    assert [path for path in (tmp_path / "samples").rglob("*") if path.is_file()] == []


def test_a_damaged_store_file_is_noticed_and_made_anew(tmp_path: Path, tone: Tone) -> None:
    write_wav(tmp_path / "a.wav", Clip(tone(440, 0.5), 22050))
    store = SampleStore(tmp_path / "samples")
    store.add("key", tmp_path / "a.wav")
    stored = store.path("key")
    whole = stored.read_bytes()
    for damaged in (b"", whole[:40], whole[:-100], b"x" * len(whole), whole + b"more"):
        stored.write_bytes(damaged)
        with pytest.raises(LibraryError, match="missing or damaged"):
            store.get("key")
    assert store.add("key", tmp_path / "a.wav").read(0, 100).any()


def test_silence_is_stored_and_said(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", Clip(np.zeros(1000), 22050))
    song = SampleStore(tmp_path / "samples").add("key", tmp_path / "a.wav")
    assert song.silent
    assert not song.read(0, 1000).any()


def test_removed_samples_are_gone(tmp_path: Path, tone: Tone) -> None:
    write_wav(tmp_path / "a.wav", Clip(tone(440, 0.5), 22050))
    store = SampleStore(tmp_path / "samples")
    store.add("key", tmp_path / "a.wav").read(0, 10)
    store.remove("key")
    store.remove("never there")
    assert "key" not in store


def test_more_songs_than_open_files_are_allowed(tmp_path: Path, tone: Tone) -> None:
    resource = pytest.importorskip("resource")
    write_wav(tmp_path / "a.wav", Clip(tone(440, 0.05), 22050))
    store = SampleStore(tmp_path / "samples")
    songs = [store.add(f"{number:03}", tmp_path / "a.wav") for number in range(200)]
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(160, hard), hard))
    try:
        assert all(song.read(0, 100).any() for song in songs)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_threads_read_while_another_adds(tmp_path: Path, tone: Tone) -> None:
    write_wav(tmp_path / "a.wav", Clip(tone(440, 0.2), 22050))
    store = SampleStore(tmp_path / "samples")
    store.add("0", tmp_path / "a.wav")
    expected = store.get("0").read(0, 4000)
    wrong: list[bool] = []

    def read() -> None:
        wrong.extend(not np.array_equal(store.get("0").read(0, 4000), expected) for _ in range(200))

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(1, 80):
        store.add(str(number), tmp_path / "a.wav")
    for thread in threads:
        thread.join()
    assert len(wrong) == 600
    assert not any(wrong)


KEYS = [f"song {number}" for number in range(40)]


def test_splits_divide_all_songs_by_the_seed_alone() -> None:
    split = split_songs(KEYS, seed=1)
    assert sorted(split.train + split.validation + split.test) == sorted(KEYS)
    assert (len(split.train), len(split.validation), len(split.test)) == (32, 4, 4)
    assert split_songs(reversed(KEYS), seed=1) == split
    assert split_songs(KEYS, seed=2) != split
    assert Split.from_dict(split.to_dict()) == split
    assert pickle.loads(pickle.dumps(split)) == split


@pytest.mark.parametrize("count", range(2, 12))
def test_neither_training_nor_validation_is_ever_empty(count: int) -> None:
    for seed in range(20):
        split = split_songs(KEYS[:count], seed=seed)
        assert split.train
        assert split.validation
        assert len(set(split.train + split.validation + split.test)) == count
        assert bool(split.test) == (count >= 3)


def test_one_song_is_divided_within() -> None:
    assert split_songs(["only"], seed=0) == Split(("only",), ("only",), (), within_song=True)


def test_songs_of_one_group_stay_together() -> None:
    groups = {key: f"author {number % 8}" for number, key in enumerate(KEYS)}
    split = split_songs(KEYS, seed=3, groups=groups)
    parts = [{groups[key] for key in part} for part in (split.train, split.validation, split.test)]
    assert not parts[0] & parts[1]
    assert not parts[0] & parts[2]
    assert not parts[1] & parts[2]
    assert parts[1]
    assert parts[2]


def test_one_group_of_all_is_divided_by_song() -> None:
    split = split_songs(KEYS, seed=0, groups=dict.fromkeys(KEYS, "one author"))
    assert len(split.validation) == 4


def test_nothing_to_divide_is_a_sentence() -> None:
    with pytest.raises(UsageError, match="no song"):
        split_songs([], seed=0)
    with pytest.raises(UsageError, match="add up to 1"):
        split_songs(KEYS, seed=0, fractions=(0.8, 0.8, 0.1))
