"""Sources without a device: any clip, A/B, live decoding in seamless windows, loops."""

from __future__ import annotations

import queue
import threading

import numpy as np
import pytest
import soxr

from core.audio import Clip
from core.playback import ClipSource, LiveSource, Loop, SwitchSource, loudness, matched_gains
from core.playback.ahead import Ahead
from core.playback.passes import Passes
from core.playback.sources import AdaptedSource


def sine(frequency: float, frames: int, rate: int, level: float = 0.5) -> np.ndarray:
    return (level * np.sin(2 * np.pi * frequency * np.arange(frames) / rate)).astype(np.float32)


def decibels(error: np.ndarray, reference: np.ndarray) -> float:
    return float(20 * np.log10(np.abs(error).max() / np.abs(reference).max() + 1e-12))


@pytest.mark.parametrize("rate", [44100, 48000, 16000])
def test_live_windows_of_any_size_are_the_whole_resampled(rate: int) -> None:
    sound = sine(997, 22050 * 3, 22050)
    whole = soxr.resample(sound, 22050, rate, quality="HQ")
    source = LiveSource(lambda start, count: sound[start : start + count], len(sound), 22050, rate)
    sizes = iter(np.random.default_rng(1).integers(200, 9000, 200))
    pieces, start = [], 0
    while start < source.frames:
        count = int(next(sizes))
        pieces.append(source.read(start, count))
        start += count
    joined = np.concatenate(pieces)[: source.frames]
    np.testing.assert_array_equal(joined[:, 0], joined[:, 1])
    inside = slice(rate // 10, len(whole) - rate // 10)
    assert decibels(joined[inside, 0] - whole[inside], whole) < -100
    assert abs(len(joined) - len(whole)) <= 1


def test_live_decoding_is_asked_for_what_is_needed_and_nothing_outside_the_song() -> None:
    asked: list[tuple[int, int]] = []

    def decode(start: int, count: int) -> np.ndarray:
        asked.append((start, count))
        return np.zeros(count, np.float32)

    source = LiveSource(decode, 22050, 22050, 44100)
    for start in (0, 20_000, source.frames - 100):
        assert source.read(start, 4410).shape == (4410, 2)
    assert all(start >= 0 and start + count <= 22050 for start, count in asked)
    assert asked[1][1] <= 2205 + 2 * 129


def test_live_sound_has_what_comes_next_prepared_beside_it_up_to_the_end_of_the_song() -> None:
    prepared: queue.Queue[tuple[int, int, str]] = queue.Queue()

    def prepare(start: int, count: int) -> None:
        prepared.put((start, count, threading.current_thread().name))
        raise RuntimeError("a fault here must not stop the sound, nor later preparations")

    source = LiveSource(lambda start, count: np.zeros(count, np.float32), 88_200, 22050, prepare=prepare)
    for start, expected in ((0, 33_075), (44_100, 33_075), (84_000, 4_200 - 2_205)):
        assert source.read(start, 2205).shape == (2205, 2)
        begin, count, thread = prepared.get(timeout=20)
        assert (begin, count) == (start + 2205, expected)
        assert thread != threading.current_thread().name
    source.read(88_200 - 2205, 2205)
    source.read(0, 2205)
    assert prepared.get(timeout=20)[0] == 2205  # at the end there was nothing to prepare


def test_of_places_reached_while_it_prepares_the_newest_counts() -> None:
    begun, go_on, places = threading.Event(), threading.Event(), queue.Queue[int]()

    def prepare(place: int) -> None:
        places.put(place)
        begun.set()
        assert go_on.wait(20)

    ahead = Ahead(prepare)
    ahead.reached(1)
    assert begun.wait(20)
    for place in (2, 3, 4):
        ahead.reached(place)
    go_on.set()
    assert [places.get(timeout=20) for _ in range(2)] == [1, 4]
    assert places.empty()


@pytest.mark.parametrize(("channels", "rate"), [(1, 22050), (2, 44100), (2, 48000), (6, 44100)])
def test_a_clip_of_any_shape_is_played_in_stereo_at_the_device_rate(channels: int, rate: int) -> None:
    clip = Clip(np.tile(sine(440, rate, rate), (channels, 1)), rate)
    source = ClipSource(clip, 44100)
    assert source.frames == 44100
    sound = source.read(0, 44100)
    assert sound.dtype == np.float32
    expected = sine(440, 44100, 44100)
    assert decibels(sound[2000:-2000] - expected[2000:-2000, None], expected) < -80


def test_the_two_channels_of_a_clip_stay_apart_and_zeros_follow_its_end() -> None:
    clip = Clip(np.stack([np.full(100, 0.5), np.full(100, -0.25)]).astype(np.float32), 44100)
    sound = ClipSource(clip, 44100).read(90, 20)
    np.testing.assert_array_equal(sound[:10], np.tile([[0.5, -0.25]], (10, 1)))
    np.testing.assert_array_equal(sound[10:], 0.0)


def test_a_switch_reads_the_selected_source_at_the_same_frame_with_its_gain() -> None:
    a, b = (ClipSource(Clip(np.full(1000, level), 44100), name=name) for level, name in ((0.2, "a"), (0.8, "b")))
    switch = SwitchSource([a, b], [1.0, 0.25])
    assert switch.name == "a"
    np.testing.assert_allclose(switch.read(0, 10), 0.2)
    switch.select(1)
    assert (switch.name, switch.selected) == ("b", 1)
    np.testing.assert_allclose(switch.read(10, 10), 0.2)
    with pytest.raises(IndexError):
        switch.select(2)


def test_loudness_is_that_of_the_standard() -> None:
    # EBU Tech 3341, case 1: a stereo sine of 1 kHz at -23 dBFS reads -23 LUFS.
    level = 10 ** (-23 / 20)
    stereo = Clip(np.tile(sine(1000, 48000 * 5, 48000, level), (2, 1)), 48000)
    assert loudness(stereo) == pytest.approx(-23.0, abs=0.1)
    # Mono is played to both ears and as loud as that; another rate changes nothing.
    mono = Clip(sine(1000, 22050 * 5, 22050, level), 22050)
    assert loudness(mono) == pytest.approx(-23.0, abs=0.1)
    # The relative gate: silence between the sounds does not count.
    gated = Clip(np.concatenate([mono.samples[0], np.zeros(22050 * 20, np.float32)]), 22050)
    assert loudness(gated) == pytest.approx(-23.0, abs=0.3)
    assert loudness(Clip(np.zeros(1000, np.float32), 22050)) == -np.inf


def test_matched_gains_bring_all_to_the_quietest_and_leave_silence_alone() -> None:
    clips = [Clip(sine(440, 44100, 22050, level), 22050) for level in (0.5, 0.125, 0.0)]
    gains = matched_gains(clips)
    assert gains[0] == pytest.approx(0.25, rel=0.01)
    assert gains[1:] == [1.0, 1.0]


def test_a_loop_of_whole_periods_is_exact_over_its_joints() -> None:
    clip = Clip(sine(400, 4410, 44100), 44100)
    passes = Passes(ClipSource(clip), Loop(True), fade=661)
    assert passes.left(10**9) is None
    pieces = [passes.read(start, 1000) for start in range(0, 20_000, 1000)]
    np.testing.assert_allclose(np.concatenate(pieces)[:, 0], sine(400, 20_000, 44100), atol=1e-5)


def test_a_loop_that_does_not_fit_is_joined_without_a_step_and_keeps_its_length() -> None:
    ramp = np.linspace(-0.8, 0.8, 5000, dtype=np.float32)
    passes = Passes(ClipSource(Clip(ramp, 44100)), Loop(True), fade=661)
    looped = np.concatenate([passes.read(start, 700) for start in range(0, 21_000, 700)])[:, 0]
    assert np.abs(np.diff(looped)).max() < 1.6 * np.pi / 2 / 661 * 1.05
    np.testing.assert_array_equal(looped[5000 + 661 : 10_000], ramp[661:])
    np.testing.assert_array_equal(looped[10_000:15_000], looped[5000:10_000])


def test_the_end_of_a_source_that_breaks_off_is_faded_over_three_milliseconds() -> None:
    passes = Passes(ClipSource(Clip(np.full(5000, 0.5), 44100)), Loop(), fade=661)
    whole = np.concatenate([passes.read(start, 331) for start in range(0, 6000, 331)])[:, 0]
    np.testing.assert_array_equal(whole[: 5000 - 132], 0.5)
    assert np.all(np.diff(whole[5000 - 132 : 5000]) < 0)
    np.testing.assert_array_equal(whole[5000:], 0.0)
    assert passes.left(4000) == 1000


def test_what_is_not_finite_is_silence() -> None:
    class Broken:
        frames, rate, name = 1000, 44100, "broken"

        def read(self, start: int, count: int) -> np.ndarray:
            return np.full((count, 2), np.nan, np.float32)

    np.testing.assert_array_equal(Passes(Broken(), Loop(), fade=661).read(0, 100), 0.0)


def test_a_source_of_another_rate_is_adapted() -> None:
    source = AdaptedSource(ClipSource(Clip(sine(440, 22050, 22050), 22050)), 48000)
    assert source.frames == 48000
    sound = source.read(10_000, 3000)[:, 0]
    assert decibels(sound - sine(440, 13_000, 48000)[10_000:], sound) < -80


@pytest.mark.parametrize("frames", [0, 1, 2, 40])
@pytest.mark.parametrize("loop", [False, True])
def test_sources_shorter_than_a_fade_are_played(frames: int, loop: bool) -> None:
    passes = Passes(ClipSource(Clip(np.full((1, frames), 0.5, np.float32), 22050), 44100), Loop(loop), fade=661)
    sound = passes.read(0, 500)
    assert sound.shape == (500, 2)
    assert np.isfinite(sound).all()


def test_a_loop_of_some_samples_goes_round_as_a_long_one_does() -> None:
    ramp = np.linspace(-0.8, 0.8, 300, dtype=np.float32)
    passes = Passes(ClipSource(Clip(ramp, 44100)), Loop(True), fade=100)
    sound = passes.read(0, 10_000)[:, 0]
    np.testing.assert_array_equal(sound[:300], ramp)
    np.testing.assert_array_equal(sound[300 + 100 : 600], ramp[100:])
    np.testing.assert_array_equal(sound[600:900], sound[300:600])
    np.testing.assert_array_equal(passes.read(4321, 100)[:, 0], sound[4321:4421])


@pytest.mark.parametrize("length", [9_000, 300])
def test_between_loop_points_a_part_goes_round_and_what_is_before_it_is_heard_once(length: int) -> None:
    ramp = np.linspace(-0.8, 0.8, 20_000, dtype=np.float32)
    begin, end = 5_000, 5_000 + length
    passes = Passes(ClipSource(Clip(ramp, 44100)), Loop(True, begin, end), fade=100)
    sound = np.concatenate([passes.read(start, 700) for start in range(3_000, 38_000, 700)])[:, 0]
    np.testing.assert_allclose(sound[: end - 3_000], ramp[3_000:end], atol=1e-6)
    for turn in (1, 2):
        first = end - 3_000 + (turn - 1) * length
        np.testing.assert_allclose(sound[first + 100 : first + length], ramp[begin + 100 : end], atol=1e-6)
    assert np.abs(np.diff(sound)).max() < 1.6 * np.pi / 2 / 100 * 1.05, "the joint has no step"
    assert [passes.place(frame) for frame in (4_000, end - 1, end, end + length)] == [4_000, end - 1, begin, begin]
    assert passes.left(10**9) is None


def test_at_its_joint_a_loop_goes_over_from_what_follows_it() -> None:
    level = np.concatenate([np.full(3000, 0.1), np.full(3000, 0.5), np.full(3000, 0.5)]).astype(np.float32)
    passes = Passes(ClipSource(Clip(level, 44100)), Loop(True, 2_000, 6_000), fade=200)
    joint = passes.read(6_000, 200)[:, 0]
    assert joint[0] == pytest.approx(0.5, abs=1e-3)
    assert joint[-1] == pytest.approx(0.1, abs=1e-3)
    assert np.all(np.diff(joint) <= 0)


def test_loop_points_outside_of_a_source_are_brought_into_it() -> None:
    for loop in (Loop(True, -50, 10**9), Loop(True, 900, 5), Loop(True, 10**9, None), Loop(True, 0, 0)):
        passes = Passes(ClipSource(Clip(np.full(1000, 0.5, np.float32), 44100)), loop, fade=100)
        assert 0 <= passes.begin < passes.end <= 1000
        assert passes.read(0, 5000).shape == (5000, 2)


def test_a_live_source_decodes_on_one_thread_and_leaves_others_theirs() -> None:
    import torch

    seen = []

    def decode(_start: int, count: int) -> np.ndarray:
        seen.append(torch.get_num_threads())
        return np.zeros(count, np.float32)

    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        LiveSource(decode, 22050, 22050).read(0, 5000)
        assert seen == [1]
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
