"""The player and its device: held up, muted, looked for again, chosen, closed when idle, and gone."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest

from core.playback import LiveSource, Player
from tests.core.sound_fixtures import clip_source, eventually, noise, undisturbed
from tests.sound_server import RATE, NullSink

pytestmark = pytest.mark.sound


@undisturbed
def test_after_being_held_up_for_seconds_the_stream_is_opened_again(player: Player, null_sink: NullSink) -> None:
    sound = noise(12, 9)
    delays = iter([0.0] * 8 + [3.5])

    def decode(at: int, count: int) -> np.ndarray:
        time.sleep(next(delays, 0.0))
        return sound[at : at + count]

    with null_sink.recording() as recorder:
        player.play(LiveSource(decode, len(sound), RATE))
        eventually(lambda: len(player.evidence.streams) == 2, "the stream is opened again")
        recorder.wait(0.5)
        assert player.playing
        player.stop()
    assert player.starvations == 1
    assert np.abs(recorder.samples()[-RATE // 3 : -RATE // 6]).max() > 0.05


@undisturbed
def test_a_muted_device_shows_in_the_recording_and_level_zero_in_the_record(
    player: Player, null_sink: NullSink
) -> None:
    source = LiveSource(lambda at, count: np.full(count, 0.5, np.float32), 30 * RATE, RATE)
    player.play(source)
    eventually(lambda: bool(player.evidence.spans), "something is played")
    null_sink.mute(True)
    assert np.abs(null_sink.record(0.3)[-4000:]).max() == 0.0
    assert player.evidence.spans[-1].rms == pytest.approx(0.5, rel=0.02)
    null_sink.mute(False)
    player.level = 0.0
    player.stop()
    player.play(source)
    eventually(lambda: len(player.evidence.spans) == 2 and player.evidence.spans[-1].length > 9000, "played on")
    assert player.evidence.spans[-1].rms < 0.005  # the ramp's end


@undisturbed
def test_a_refresh_and_a_chosen_device_go_on_at_the_same_position(player: Player, null_sink: NullSink) -> None:
    sound = noise(8, 10)
    with null_sink.recording() as recorder:
        player.play(clip_source(sound))
        recorder.wait(0.4)
        names = [device.id for device in player.refresh_devices()]
        assert null_sink.device in names
        recorder.wait(0.4)
        player.choose(next(name for name in names if name != null_sink.device))
        recorder.wait(0.6)
        position = player.position
        player.stop()
    assert len(player.evidence.streams) == 3
    spans = list(player.evidence.spans)
    for before, after in itertools.pairwise(spans):
        gone_on = after.source_frame - before.source_frame
        assert before.length - 0.1 * RATE < gone_on <= before.length
    assert spans[-1].source_frame < position < spans[-1].source_frame + spans[-1].length
    assert {event.state for event in player.events} == {"heard"}


@undisturbed
def test_a_device_that_dies_stops_playing_with_a_sentence_and_can_come_back(
    player: Player, null_sink: NullSink
) -> None:
    sentences: list[str] = []
    player.on_device_lost = sentences.append
    player.play(clip_source(noise(30, 11)))
    eventually(lambda: bool(player.evidence.spans), "something is played")
    position = player.position
    null_sink.kill()
    try:
        eventually(lambda: bool(sentences), "the loss is noticed")
        assert not player.playing
        assert not player.available
        assert "gone" in sentences[0]
        assert player.status == sentences[0]
        assert player.position >= position
        player.seek(5)
        player.changed()
        player.stop()
    finally:
        null_sink.start()
    assert null_sink.device in [device.id for device in player.refresh_devices()]
    assert player.available
    with null_sink.recording() as recorder:
        player.play(clip_source(noise(5, 12)))
        recorder.wait(0.5)
        player.stop()
    assert np.abs(recorder.samples()).max() > 0.1


def test_a_stream_that_has_been_silent_for_long_is_closed_and_opens_again(
    null_sink: NullSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.playback.feeder.IDLE_SECONDS", 0.05)
    player = Player(null_sink.device)
    try:
        for stream in (1, 2):
            player.play(clip_source(noise(3, 13)))
            eventually(lambda: player.position > 0, "something is heard")
            assert len(player.evidence.streams) == stream
            player.stop()
            eventually(lambda: player.latency == 0.0, "the stream is closed")
        first, second = player.evidence.streams
        assert second.frame > first.frame
        assert all(event.state == "heard" for event in player.events)
    finally:
        player.close()
