"""The timeline against a device that is played by the test: it takes frames from the ring when it is told to."""

from __future__ import annotations

import numpy as np
import pytest

from core.playback.evidence import Span
from core.playback.timeline import Timeline

RATE = 44100
BLOCK = 441
MARGIN = 2 * BLOCK


class Device:
    """Takes blocks out of the ring and keeps what it got."""

    def __init__(self, size: int = 1 << 16, channels: int = 2) -> None:
        self.memory = np.zeros((size, channels), np.float32)
        self.taken = 0
        self.blocks: list[np.ndarray] = []

    def take(self, blocks: int = 1) -> None:
        for _block in range(blocks):
            rows = np.arange(self.taken, self.taken + BLOCK) % len(self.memory)
            self.blocks.append(self.memory[rows])
            self.taken += BLOCK

    @property
    def heard(self) -> np.ndarray:
        return np.concatenate(self.blocks)


@pytest.fixture
def device() -> Device:
    return Device()


@pytest.fixture
def timeline(device: Device) -> Timeline:
    return Timeline(device.memory, RATE, taken_now=lambda: device.taken, margin=MARGIN)


def steady(count: int, level: float = 0.5) -> np.ndarray:
    return np.full((count, 2), level, np.float32)


def span(source: str, source_frame: int, length: int, change: int = 1) -> Span:
    return Span(0, source, source_frame, length, 1_000_000, change)


def noise(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-0.5, 0.5, (count, 2)).astype(np.float32)


def test_what_is_placed_window_after_window_arrives_exactly(device: Device, timeline: Timeline) -> None:
    sound = noise(200_000)
    placed = timeline.place(MARGIN, sound[:9000], span("a", 0, 9000))
    assert placed is not None
    done = 9000
    timeline.feeding = True
    while done < 190_000:  # several times round the ring
        count = min(7000, timeline.taken + timeline.size - timeline.end)
        assert timeline.place(timeline.head, sound[done : done + count], span("a", done, count)) is not None
        done += count
        device.take(15)
        timeline.advance()
    heard = device.heard[placed.frame :]
    onset = round(0.003 * RATE)
    np.testing.assert_array_equal(heard[onset:], sound[: len(heard)][onset:])
    assert timeline.starvations == 0
    assert [(record.source_frame, record.length) for record in timeline.evidence.spans] == [(0, len(heard))]


def test_a_change_is_heard_at_its_frame_with_a_raised_cosine_from_the_old_to_the_new(
    device: Device, timeline: Timeline
) -> None:
    timeline.place(MARGIN, steady(30_000, 0.5), span("a", 0, 30_000))
    device.take(4)
    timeline.advance()
    at = timeline.soonest() + 100
    placed = timeline.place(at, steady(40_000, -0.25), span("b", 7000, 40_000, change=2))
    assert placed is not None
    assert (placed.frame, placed.skipped, placed.late) == (at, 0, False)
    device.take(30)
    timeline.advance()
    heard = device.heard[:, 0]
    np.testing.assert_allclose(heard[at - 500 : at], 0.5, atol=1e-6)
    np.testing.assert_allclose(heard[at + timeline.fade : at + timeline.fade + 500], -0.25, atol=1e-6)
    fade = heard[at : at + timeline.fade]
    assert np.all(np.diff(fade) < 0)
    assert abs(fade[timeline.fade // 2] - 0.125) < 0.01
    assert np.abs(np.diff(heard[at - 10 : at + timeline.fade + 10])).max() < 0.75 * np.pi / 2 / timeline.fade * 1.01
    played = list(timeline.evidence.spans)
    assert [(record.source, record.frame) for record in played] == [("a", MARGIN), ("b", at)]
    assert played[0].end == at
    assert timeline.source_frame(at + 10) == 7010


def test_old_sound_goes_on_behind_a_change_that_is_not_complete(device: Device, timeline: Timeline) -> None:
    timeline.place(MARGIN, steady(30_000, 0.5), span("a", 0, 30_000))
    timeline.feeding = True
    at = 5000
    timeline.place(at, steady(3000, -0.25), span("b", 0, 3000, change=2))
    assert timeline.head == at + 3000 - timeline.fade
    assert timeline.end == MARGIN + 30_000
    device.take(30)
    timeline.advance()
    heard = device.heard[:, 0]
    np.testing.assert_allclose(heard[at + 3000 : at + 4000], 0.5, atol=1e-6)
    assert timeline.starvations == 0
    assert timeline.source_frame(at + 3000) == at + 3000 - MARGIN


def test_the_next_window_of_a_change_leaves_no_trace_of_the_old_sound(device: Device, timeline: Timeline) -> None:
    timeline.place(MARGIN, steady(30_000, 0.5), span("a", 0, 30_000))
    at, new = 5000, noise(30_000)
    timeline.place(at, new[:3000], span("b", 0, 3000, change=2))
    while timeline.head < timeline.end:
        offset = timeline.head - at
        timeline.place(timeline.head, new[offset : offset + 6000], span("b", offset, 6000, change=2))
    device.take(60)
    heard = device.heard[at + timeline.fade : 60 * BLOCK]
    np.testing.assert_array_equal(heard, new[timeline.fade :][: len(heard)])


def test_a_change_that_comes_too_late_begins_later_and_stays_aligned(device: Device, timeline: Timeline) -> None:
    timeline.place(MARGIN, steady(30_000, 0.0), span("a", 0, 30_000))
    ramp = np.repeat(np.linspace(0, 0.5, 5000, dtype=np.float32)[:, None], 2, axis=1)
    device.take(10)
    placed = timeline.place(4000, ramp, span("b", 0, 5000, change=2))
    assert placed is not None
    assert placed.frame == 4000 + placed.skipped == timeline.soonest()
    device.take(20)
    at = placed.frame + timeline.fade + 50
    assert device.heard[at, 0] == pytest.approx(ramp[at - 4000, 0], abs=1e-6)
    assert timeline.source_frame(at) == at - 4000


def test_samples_that_need_not_be_aligned_lose_nothing_by_being_late(device: Device, timeline: Timeline) -> None:
    device.take(10)
    sound = noise(5000)
    placed = timeline.place(0, sound, span("a", 0, 5000), aligned=False)
    assert placed is not None
    assert (placed.frame, placed.skipped) == (timeline.soonest(), 0)
    device.take(20)
    onset = round(0.003 * RATE)
    np.testing.assert_array_equal(device.heard[placed.frame + onset : placed.frame + 5000], sound[onset:])


def test_a_window_that_the_device_has_passed_is_refused(device: Device, timeline: Timeline) -> None:
    timeline.place(MARGIN, steady(30_000), span("a", 0, 30_000))
    device.take(20)
    assert timeline.place(2000, steady(1000), span("b", 0, 1000, change=2)) is None


def test_an_empty_queue_is_a_starvation_with_its_exact_length(device: Device, timeline: Timeline) -> None:
    timeline.place(MARGIN, steady(5000), span("a", 0, 5000))
    timeline.feeding = True
    device.take(20)
    timeline.advance()
    assert timeline.evidence.starvations[-1].length == 20 * BLOCK - MARGIN - 5000
    device.take(1)
    timeline.advance()
    placed = timeline.place(timeline.head, steady(9000), span("a", 5000, 9000), aligned=False)
    assert placed is not None
    assert timeline.starvations == 1
    record = timeline.evidence.starvations[0]
    assert (record.frame, record.length) == (MARGIN + 5000, placed.frame - MARGIN - 5000)
    device.take(10)
    np.testing.assert_array_equal(device.heard[record.frame : record.frame + record.length], 0.0)


def test_silence_after_the_end_of_a_source_is_no_starvation(device: Device, timeline: Timeline) -> None:
    timeline.place(MARGIN, steady(30_000), span("a", 0, 30_000))
    sound = np.concatenate([steady(2000, -0.5), steady(1000, 0.0)])
    timeline.place(5000, sound, span("b", 0, 2000, change=2), cut=True)
    timeline.feeding = False
    device.take(120)
    timeline.advance()
    assert not timeline.evidence.starvations
    assert timeline.starvations == 0
    assert np.abs(device.heard[7000:]).max() == 0.0
    assert [record.length for record in timeline.evidence.spans] == [5000 - MARGIN, 2000]


def test_silence_fades_out_and_leaves_an_empty_queue(device: Device, timeline: Timeline) -> None:
    timeline.place(MARGIN, steady(30_000), span("a", 0, 30_000))
    device.take(3)
    at = timeline.silence()
    assert at == 3 * BLOCK + MARGIN
    device.take(20)
    heard = device.heard[:, 0]
    assert np.all(np.diff(heard[at : at + timeline.fade]) < 0)
    assert np.abs(heard[at + timeline.fade :]).max() == 0.0


def test_the_level_is_ramped_over_queued_and_coming_sound(device: Device, timeline: Timeline) -> None:
    timeline.place(MARGIN, steady(9000, 0.8), span("a", 0, 9000))
    device.take(3)
    at = timeline.set_level(0.5)
    timeline.place(timeline.head, steady(9000, 0.8), span("a", 9000, 9000))
    device.take(35)
    timeline.advance()
    heard = device.heard[:, 0]
    np.testing.assert_allclose(heard[at - 200 : at], 0.8, atol=1e-6)
    np.testing.assert_allclose(heard[at + timeline.fade : at + 15_000], 0.4, atol=1e-6)
    assert np.abs(np.diff(heard[at - 10 : at + 15_000])).max() < 0.4 * np.pi / 2 / timeline.fade * 1.01


def test_level_zero_comes_back_without_loss(device: Device, timeline: Timeline) -> None:
    sound = noise(20_000)
    timeline.place(MARGIN, sound, span("a", 0, 20_000))
    timeline.set_level(0.0)
    device.take(10)
    at = timeline.set_level(1.0) + timeline.fade
    device.take(20)
    np.testing.assert_array_equal(device.heard[at : 30 * BLOCK], sound[at - MARGIN : 30 * BLOCK - MARGIN])
    assert np.abs(device.heard[2000 : 10 * BLOCK]).max() == 0.0


def test_what_is_beyond_full_scale_is_clipped_and_one_channel_gets_the_mean() -> None:
    device = Device(channels=1)
    timeline = Timeline(device.memory, RATE, taken_now=lambda: device.taken, margin=MARGIN)
    sound = np.tile(np.array([[3.0, 0.5]], np.float32), (5000, 1))
    timeline.place(MARGIN, sound, span("a", 0, 5000))
    device.take(10)
    assert device.heard.shape[1] == 1
    np.testing.assert_allclose(device.heard[MARGIN + 200 :], 0.75)


def test_the_record_weighs_what_the_device_took_so_that_a_muted_stream_shows(
    device: Device, timeline: Timeline
) -> None:
    timeline.place(MARGIN, steady(10_000, 0.5), span("a", 0, 10_000))
    device.take(5)
    timeline.advance()
    assert timeline.evidence.spans[-1].rms == pytest.approx(0.5, rel=0.06)
    device.memory[:] = 0.0  # as a fault of ours would
    device.take(30)
    timeline.advance()
    assert timeline.evidence.spans[-1].rms < 0.3
