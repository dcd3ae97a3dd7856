"""What the player really sounds like: recorded at the monitor of a null sink and compared with what should be heard."""

from __future__ import annotations

import itertools
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from core.audio import Clip, read_clip
from core.playback import ClipSource, LiveSource, Player, SwitchSource
from tests.core.sound_fixtures import EXACT, FADE, clip_source, eventually, find, heard_at, noise, undisturbed
from tests.sound_server import RATE, NullSink, longest_gap

pytestmark = pytest.mark.sound


def clicks(samples: np.ndarray) -> np.ndarray:
    """What a click leaves and smooth sound does not: the second difference."""
    return np.abs(np.diff(samples, 2))


@undisturbed
def test_a_tone_comes_back_at_its_frequency_and_level_without_a_gap(player: Player, null_sink: NullSink) -> None:
    time_axis = np.arange(2 * 22050) / 22050
    left, right = 0.5 * np.sin(2 * np.pi * 440 * time_axis), 0.25 * np.sin(2 * np.pi * 1000 * time_axis)
    source = ClipSource(Clip(np.stack([left, right]).astype(np.float32), 22050), player.rate)
    ended = threading.Event()
    player.on_ended = ended.set
    with null_sink.recording() as recorder:
        player.play(source)
        assert ended.wait(20)
    recording = recorder.samples()
    assert longest_gap(recording) < 0.005
    loud = np.flatnonzero(np.abs(recording[:, 0]) > 1e-3)
    assert loud[-1] - loud[0] == pytest.approx(2 * RATE, abs=0.005 * RATE)
    middle = recording[loud[0] + 4000 : loud[0] + 4000 + RATE]
    for channel, (frequency, level) in enumerate([(440, 0.5), (1000, 0.25)]):
        spectrum = np.abs(np.fft.rfft(middle[:, channel] * np.hanning(RATE)))
        assert np.argmax(spectrum) == frequency
        wave = np.exp(-2j * np.pi * frequency * np.arange(RATE) / RATE)
        amplitude = 2 * abs(np.mean(middle[:, channel] * wave))
        assert amplitude == pytest.approx(level, rel=0.01)
        rest = middle[:, channel].std() ** 2 - amplitude**2 / 2
        assert 10 * np.log10(amplitude**2 / 2 / max(rest, 1e-12)) > 50
    assert (player.playing, player.position) == (False, source.frames)
    assert player.starvations == 0


@undisturbed
def test_an_ab_switch_is_heard_at_its_recorded_frame_without_a_click(player: Player, null_sink: NullSink) -> None:
    sounds = [noise(4, 1), noise(4, 2)]
    switch = SwitchSource([clip_source(sound, name) for sound, name in zip(sounds, "ab", strict=True)])
    with null_sink.recording() as recorder:
        start = heard_at(player, player.play(switch))
        frames = []
        for side in (1, 0, 1):
            recorder.wait(0.35)
            switch.select(side)
            frames.append(heard_at(player, player.changed(f"side {side}")))
        recorder.wait(0.4)
        player.stop()
    recording = recorder.samples()[:, 0]
    offset = find(recording, sounds[0][2000:8000]) - 2000 - start  # of device frame 0 in the recording
    edges = [start, *frames, frames[-1] + RATE // 4]
    for number, (begin, end) in enumerate(itertools.pairwise(edges)):
        inside = np.arange(begin + FADE, end)
        np.testing.assert_allclose(recording[inside + offset], sounds[number % 2][inside - start], atol=EXACT)
    quiet = max(clicks(sound).max() for sound in sounds)
    for frame in frames:
        assert clicks(recording[frame + offset - 50 : frame + offset + FADE + 50]).max() < 1.2 * quiet
    played = [(span.source, span.frame) for span in player.evidence.spans]
    assert played == [("a", start), ("b", frames[0]), ("a", frames[1]), ("b", frames[2])]


@undisturbed
def test_a_seek_goes_to_its_frame_and_the_position_says_so(player: Player, null_sink: NullSink) -> None:
    sound = noise(5, 3)
    with null_sink.recording() as recorder:
        start = heard_at(player, player.play(clip_source(sound), start=10_000))
        recorder.wait(0.4)
        assert 10_000 < player.position < 10_000 + RATE
        frame = heard_at(player, player.seek(150_000))
        recorder.wait(0.4)
        assert 150_000 < player.position < 150_000 + RATE
        stopped = heard_at(player, player.stop())
    recording = recorder.samples()[:, 0]
    offset = find(recording, sound[12_000:18_000]) - 2000 - start
    after = np.arange(frame + FADE, stopped)
    np.testing.assert_allclose(recording[after + offset], sound[after - frame + 150_000], atol=EXACT)
    assert np.abs(recording[stopped + offset + FADE :]).max() < EXACT


@undisturbed
def test_a_loop_goes_round_without_a_gap_and_the_position_with_it(player: Player, null_sink: NullSink) -> None:
    sound = noise(0.3, 4)
    positions = []
    with null_sink.recording() as recorder:
        start = heard_at(player, player.play(clip_source(sound), loop=True))
        for _look in range(60):
            recorder.wait(0.02)
            positions.append(player.position)
        player.stop()
    recording = recorder.samples()[:, 0]
    assert longest_gap(recorder.samples(), floor=1e-3) < 0.005
    begin = find(recording[: round(0.4 * RATE)], sound[1000:9000]) - 1000  # of the first pass
    for turn in (1, 2):
        inside = np.arange(FADE, len(sound))
        np.testing.assert_allclose(recording[begin + turn * len(sound) + inside], sound[inside], atol=EXACT)
    assert all(0 <= position < len(sound) for position in positions)
    wraps = sum(later < earlier for earlier, later in itertools.pairwise(positions))
    assert wraps >= 2
    assert player.evidence.spans[0].frame == start


@undisturbed
def test_a_slider_is_followed_while_it_plays(player: Player, null_sink: NullSink) -> None:
    sound = noise(6, 5)[::2].copy()
    slider = [1.0]
    source = LiveSource(lambda at, count: slider[0] * sound[at : at + count], len(sound), 22050, player.rate)
    whole = source.read(0, source.frames)[:, 0]
    values: dict[int, float] = {}
    with null_sink.recording() as recorder:
        start = heard_at(player, player.play(source))
        recorder.wait(0.2)
        for step in range(12):
            slider[0] = 0.2 + 0.8 * ((step * 5) % 12) / 12
            values[heard_at(player, player.changed(f"{slider[0]:.3f}"))] = slider[0]
            recorder.wait(0.06)
        player.stop()
    recording = recorder.samples()[:, 0]
    offset = find(recording, whole[2000:8000]) - 2000 - start
    frames = sorted(values)
    for begin, end in itertools.pairwise(frames):
        inside = np.arange(begin + FADE, end)
        np.testing.assert_allclose(recording[inside + offset], values[begin] * whole[inside - start], atol=2 * EXACT)
    assert [event.note for event in player.events if event.kind == "changed"] == [f"{v:.3f}" for v in values.values()]


@undisturbed
def test_of_many_changes_the_newest_is_heard_and_the_others_are_superseded(player: Player, null_sink: NullSink) -> None:
    level = [0.1]
    source = LiveSource(lambda at, count: np.full(count, level[0], np.float32), 30 * RATE, RATE)
    with null_sink.recording() as recorder:
        player.play(source)
        recorder.wait(0.2)
        for step in range(200):
            level[0] = 0.1 + 0.3 * step / 199
            last = player.changed(str(step))
        heard_at(player, last)
        recorder.wait(0.3)
        player.stop()
    changes = [event for event in player.events if event.kind == "changed"]
    assert {event.state for event in changes} <= {"heard", "superseded"}
    assert np.median(recorder.samples()[-round(0.3 * RATE) : -round(0.25 * RATE), 0]) == pytest.approx(0.4, abs=0.01)
    assert clicks(recorder.samples()[:, 0]).max() < 0.02


@undisturbed
def test_old_sound_goes_on_while_a_change_is_decoded_slowly(player: Player, null_sink: NullSink) -> None:
    sound = noise(6, 6)
    state = {"gain": 1.0, "delay": 0.0}

    def decode(at: int, count: int) -> np.ndarray:
        gain = state["gain"]
        time.sleep(state["delay"])
        return gain * sound[at : at + count]

    with null_sink.recording() as recorder:
        start = heard_at(player, player.play(LiveSource(decode, len(sound), RATE)))
        recorder.wait(0.3)
        state.update(gain=0.5, delay=0.15)
        frame = heard_at(player, player.changed())
        state["delay"] = 0.0
        recorder.wait(0.3)
        player.stop()
    recording = recorder.samples()[:, 0]
    offset = find(recording, sound[2000:8000]) - 2000 - start
    before, after = np.arange(start + FADE, frame), np.arange(frame + FADE, frame + RATE // 5)
    np.testing.assert_allclose(recording[before + offset], sound[before - start], atol=EXACT)
    np.testing.assert_allclose(recording[after + offset], 0.5 * sound[after - start], atol=EXACT)
    assert player.starvations == 0


@undisturbed
def test_a_source_that_is_slow_to_read_begins_later_rather_than_with_a_gap(player: Player, null_sink: NullSink) -> None:
    sound = noise(6, 9)

    def decode(at: int, count: int) -> np.ndarray:
        time.sleep(0.15)  # more than the first window lasts, less than each of the others
        return sound[at : at + count]

    with null_sink.recording() as recorder:
        heard_at(player, player.play(LiveSource(decode, len(sound), RATE)))
        recorder.wait(1.0)
        player.stop()
    assert player.starvations == 0
    recording = recorder.samples()[:, 0]
    begin = find(recording, sound[2000:8000])
    np.testing.assert_allclose(recording[begin : begin + RATE // 2], sound[2000 : 2000 + RATE // 2], atol=EXACT)


@undisturbed
def test_the_level_is_followed_without_a_click(player: Player, null_sink: NullSink) -> None:
    source = LiveSource(lambda at, count: np.full(count, 0.5, np.float32), 30 * RATE, RATE)
    with null_sink.recording() as recorder:
        player.play(source)
        recorder.wait(0.3)
        player.level_db = -20.0
        recorder.wait(0.3)
    recording = recorder.samples()[:, 0]
    assert recording[-2000:] == pytest.approx(0.05, abs=EXACT)
    loud = np.flatnonzero(recording > 0.49)
    assert np.abs(np.diff(recording[loud[0] + 300 :])).max() < 0.45 * np.pi / 2 / FADE * 1.2


BURN = "import numpy as np; m = np.ones((300, 300))\nwhile True: m = np.tanh(m @ m)"


@undisturbed
def test_playing_is_whole_while_both_cores_and_the_interpreter_are_busy(player: Player, null_sink: NullSink) -> None:
    sound = noise(9, 7)
    done = threading.Event()

    def hold_the_interpreter() -> None:
        while not done.is_set():
            sum(range(10_000))

    processes = [subprocess.Popen([sys.executable, "-c", BURN]) for _core in range(2)]
    thread = threading.Thread(target=hold_the_interpreter)
    thread.start()
    try:
        gain = [1.0]
        source = LiveSource(lambda at, count: gain[0] * sound[at : at + count], len(sound), RATE)
        with null_sink.recording() as recorder:
            start = heard_at(player, player.play(source))
            recorder.wait(1.5)
            gain[0] = 0.5
            frame = heard_at(player, player.changed())
            recorder.wait(1.5)
            player.stop()
    finally:
        done.set()
        thread.join()
        for process in processes:
            process.kill()
            process.wait()
    recording = recorder.samples()
    assert player.starvations == 0
    assert longest_gap(recording, floor=2e-4) < 0.005
    offset = find(recording[:, 0], sound[2000:8000]) - 2000 - start
    before, after = np.arange(start + FADE, frame), np.arange(frame + FADE, frame + RATE)
    np.testing.assert_allclose(recording[before + offset, 0], sound[before - start], atol=EXACT)
    np.testing.assert_allclose(recording[after + offset, 0], 0.5 * sound[after - start], atol=EXACT)


@undisturbed
def test_starvation_is_counted_with_its_length_and_playing_goes_on(player: Player, null_sink: NullSink) -> None:
    sound = noise(6, 8)
    delays = iter([0.0] * 8 + [1.6])

    def decode(at: int, count: int) -> np.ndarray:
        time.sleep(next(delays, 0.0))
        return sound[at : at + count]

    with null_sink.recording() as recorder:
        player.play(LiveSource(decode, len(sound), RATE))
        eventually(lambda: len(player.evidence.spans) > 1, "playing goes on")
        recorder.wait(0.5)
        player.stop()
    assert player.starvations == len(player.evidence.starvations) == 1
    hole = player.evidence.starvations[0]
    assert longest_gap(recorder.samples(), floor=2e-4) == pytest.approx(hole.length / RATE, abs=0.002)
    before, after = list(player.evidence.spans)[:2]
    assert (before.end, after.frame) == (hole.frame, hole.frame + hole.length)
    assert after.source_frame == before.source_frame + before.length  # nothing of the song is lost


@undisturbed
def test_between_loop_points_the_sound_goes_round_and_they_can_be_moved(player: Player, null_sink: NullSink) -> None:
    sound = noise(3, 21)
    region = (30_000.0, 42_000.0)
    with null_sink.recording() as recorder:
        start = heard_at(player, player.play(clip_source(sound), 20_000, loop=True, region=region))
        recorder.wait(1.2)
        player.region = (60_000.0, 70_000.0)
        assert player.region == (60_000.0, 70_000.0)
        recorder.wait(0.5)
        position = player.position
        player.stop()
    recording = recorder.samples()[:, 0]
    offset = find(recording, sound[22_000:28_000]) - 2000 - start
    for turn in (1, 2):
        first = start + offset + 22_000 + (turn - 1) * 12_000
        inside = np.arange(FADE, 12_000)
        np.testing.assert_allclose(recording[first + inside], sound[30_000 + inside], atol=EXACT)
    assert longest_gap(recorder.samples(), floor=1e-3) < 0.005
    # What is heard when the points move goes on to the new end, where the new loop begins.
    assert 30_000 <= position < 70_000


@undisturbed
def test_a_recording_holds_what_was_heard_at_full_level(player: Player, null_sink: NullSink) -> None:
    sound = noise(2, 22)
    player.level = 0.25
    with null_sink.recording() as recorder:
        player.record()
        heard_at(player, player.play(clip_source(sound)))
        recorder.wait(0.5)
        heard_at(player, player.seek(50_000))
        recorder.wait(0.4)
        player.stop()
        recorder.wait(0.3)
        kept = player.recorded()
    assert kept is not None
    assert not player.recording
    kept.end()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "heard.wav"
        seconds = kept.save(path, subtype="FLOAT")
        clip = read_clip(path)
    kept.close()
    assert (clip.rate, clip.channels) == (player.rate, 2)
    assert clip.seconds == pytest.approx(seconds, abs=1e-3)
    recording, saved = recorder.samples()[:, 0], clip.samples[0]
    begin = find(recording, saved[2000:8000]) - 2000
    count = round(0.8 * RATE)
    np.testing.assert_allclose(recording[begin + 200 : begin + count], 0.25 * saved[200:count], atol=EXACT)
    assert np.abs(clip.samples).max() <= 1.0
