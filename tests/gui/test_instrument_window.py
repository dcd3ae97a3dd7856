"""Played as an instrument: morph, map and create in a real window by mouse and keys, the sound recorded all the while.

One start serves all tests, each of which can run alone; the last one quits and starts again.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
import soundfile

from core.audio import Clip, read_clip, write_wav
from core.preferences import Preferences, save_preferences
from tests.gui.real_window import PATIENCE, ROOT, Facts, RealWindow
from tests.gui.recorded import around, click_db, is_heard, level, loud, strongest, wait_for_silence
from tests.screen import Screen
from tests.sound_server import RATE, NullSink, Recorder, bare_underflows, longest_gap, processor_share

pytestmark = [pytest.mark.screen, pytest.mark.sound, pytest.mark.timeout(600)]

SECONDS = 6.0
LOW, HIGH = 440.0, 1760.0  # Hz
LOW_TITLE, HIGH_TITLE = "Tone 440", "Tone 1760"
LONGEST_GAP = 0.005
CLICK_DB = -40.0
SETTLED = 0.7  # seconds of sound after a change, the last quarter of a second of which is surely what it changed to
ATTEMPTS = 3
SPARE = 0.9  # of a processor: with less, other programs keep the machine busy

Found = TypeVar("Found")


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two tones, whose pitch tells which is heard, and some noise, so that a map has a plane."""
    folder = tmp_path_factory.mktemp("instrument") / "songs"
    folder.mkdir()
    time = np.arange(round(SECONDS * RATE)) / RATE
    noise = np.random.default_rng(0).normal(0, 0.1, len(time))
    tones = ((LOW_TITLE, np.sin(2 * np.pi * LOW * time)), (HIGH_TITLE, np.sin(2 * np.pi * HIGH * time)))
    for name, wave in (*((name, 0.4 * wave) for name, wave in tones), ("Noise", noise)):
        write_wav(folder / f"{name}.wav", Clip(wave[None].astype(np.float32), RATE))
    return folder


@pytest.fixture(scope="module")
def window(songs: Path, null_sink: NullSink) -> Iterator[RealWindow]:
    """The program over a library of `songs`."""
    if Screen.missing():
        words = f"no screen: {', '.join(Screen.missing())} missing"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(words)
    data = songs.parent / "data"
    data.mkdir()
    save_preferences(data, Preferences(demo_songs=False))
    with Screen(1400, 900) as screen:
        made = RealWindow(screen, data, songs.parent)
        try:
            made.start(songs)
            made.until(lambda facts: facts["player"]["available"], "the sound device")
            made.until(lambda facts: len(facts["songs"]) == 3 and not facts["busy"], "the songs")
            yield made
        finally:
            made.end()


def test_the_sound_follows_the_slider_that_is_dragged_and_then_the_curve_that_is_drawn(
    window: RealWindow, null_sink: NullSink
) -> None:
    begin_morph(window)
    window.click("morph.play")
    window.until(is_heard("play"), "the blend to be heard")
    window.until(lambda facts: facts["player"]["seconds"] > 1, "it to have played for a while")

    def dragged(recorder: Recorder) -> dict[int, np.ndarray]:
        heard = {}
        for percent in (0, 50, 100):
            drag_slider(window, percent)
            heard[percent] = settled(recorder)
        return heard

    heard = recorded(window, null_sink, dragged)
    low, high = ({at: around(sound, tone) for at, sound in heard.items()} for tone in (LOW, HIGH))
    assert low[0] > 10 * high[0]
    assert high[100] > 10 * low[100]
    # The level is even along the way: halfway each has half of the power.
    assert low[0] > 1.2 * low[50] > 3 * low[100]
    assert high[100] > 1.2 * high[50] > 3 * high[0]

    low_right, high_left = (0.8, 0.86), (0.14, 0.14)  # of the strip's area, whose top is 120 %
    window.drag("morph.curve", high_left, low_right, steps=20)
    window.until(lambda facts: facts["morph"]["points"] > 1 and facts["morph"]["follows"], "the curve to be followed")
    window.screen.key("Home")
    window.until(lambda facts: facts["player"]["seconds"] < 2, "the beginning")

    def followed(recorder: Recorder) -> tuple[np.ndarray, np.ndarray]:
        window.screen.key("Home")
        early = settled(recorder)
        window.until(lambda facts: facts["player"]["seconds"] > 0.8 * SECONDS, "the end of the curve")
        return early, settled(recorder, 0.3)

    early, late = recorded(window, null_sink, followed)
    assert around(early, HIGH) > 3 * around(early, LOW), "the curve begins at the top, with song B"
    assert around(late, LOW) > 3 * around(late, HIGH), "and ends at the bottom, with song A"
    window.screen.key("ctrl+z")
    window.until(lambda facts: not facts["morph"]["points"], "the stroke to be undone")
    window.screen.key("ctrl+shift+z")
    window.until(lambda facts: facts["morph"]["points"] > 1, "the stroke to be there again")
    stop(window)


def test_clips_and_empty_places_are_heard_on_the_map(window: RealWindow, null_sink: NullSink) -> None:
    window.show("map")
    clips = window.until(lambda facts: len(facts["map"]["clips"]) >= 3, "the map")["map"]["clips"]
    low, high = (window.until_there("map.canvas", clip=clips.index(title)) for title in (LOW_TITLE, HIGH_TITLE))

    def scrubbed(recorder: Recorder) -> list[np.ndarray]:
        window.screen.do("mousemove", low["x"], low["y"])
        window.screen.do("mousedown", 1)
        window.until(is_heard("play"), "the clip to be heard")
        heard = [settled(recorder)]
        for share in range(1, 11):
            x, y = (low[side] + (high[side] - low[side]) * share // 10 for side in ("x", "y"))
            window.screen.do("mousemove", x, y)
        window.until(lambda facts: facts["map"]["current"] == clips.index(HIGH_TITLE), "the clip under the mouse")
        window.until(is_heard("changed"), "the scrub to be heard")
        heard.append(settled(recorder))
        window.screen.do("mouseup", 1)
        return heard

    first, second = recorded(window, null_sink, scrubbed, before=lambda: silence(window, null_sink))
    assert around(first, LOW) > 5 * around(first, HIGH)
    assert around(second, HIGH) > 5 * around(second, LOW)
    window.screen.do("keydown", "ctrl")
    window.drag("map.canvas", (0.45, 0.45), (0.55, 0.6))
    window.screen.do("keyup", "ctrl")
    window.until(lambda facts: facts["player"]["title"] not in (LOW_TITLE, HIGH_TITLE), "a place between the clips")
    window.until(is_heard("changed"), "the place to be heard")
    assert loud(null_sink.record(0.3)) > 1e-3
    stop(window)


def test_a_creation_is_edited_by_ear_dragged_into_another_program_and_there_after_a_restart(
    window: RealWindow, null_sink: NullSink
) -> None:
    begin_morph(window)
    window.show("map")
    window.until(lambda facts: len(facts["map"]["clips"]) >= 3, "the map")
    window.show("create")
    window.choose_in("create.kind", "A song")
    window.choose("create.song.a", "440")
    key = next(song["key"] for song in window.facts()["songs"] if song["title"] == LOW_TITLE)
    window.until(lambda facts: facts["create"]["song"] == key, "the song of the recipe")
    window.click("create.make")
    window.until(lambda facts: facts["create"]["opened"] == LOW_TITLE and facts["create"]["ready"], "it to be made")
    window.until(is_heard("play"), "it to be heard")
    assert abs(strongest(null_sink.record(0.3)) - LOW) < 5
    window.until(lambda facts: facts["create"]["decoded"], "all of its sound")
    # The last two fifths of all channels are silenced: heard there, and only there.
    window.drag("create.latent", (0.6, 0.97), (1.2, -0.2))
    window.screen.key("Delete")
    window.until(lambda facts: facts["create"]["edits"] == 1, "the edit")
    assert heard_at(window, null_sink, 0.7) < 0.05 * heard_at(window, null_sink, 0.3)
    window.screen.key("ctrl+z")
    window.until(lambda facts: facts["create"]["edits"] == 0, "the edit to be undone")
    assert heard_at(window, null_sink, 0.7) > 0.1
    window.screen.key("ctrl+shift+z")
    window.until(lambda facts: facts["create"]["edits"] == 1 and facts["create"]["decoded"], "the edit once more")
    stop(window)
    path = dragged_out(window)
    sound = read_clip(path).samples[0]
    assert loud(sound[-len(sound) // 4 :]) < 0.1 * loud(sound[: len(sound) // 3])
    with soundfile.SoundFile(path) as file:
        assert len(json.loads(file.comment)["recipe"]["edits"]) == 1
    window.choose_in("create.kind", "Random around")
    window.click("create.make")
    window.until(lambda facts: len(facts["create"]["history"]) == 2 and facts["create"]["ready"], "the second one")
    window.until(is_heard("play"), "the second one to be heard")
    assert loud(null_sink.record(0.3)) > 1e-3
    stop(window)
    before = window.facts()
    assert window.close() == 0
    assert "Traceback" not in window.log
    window.start()
    after = window.until(lambda facts: facts.get("create", {}).get("ready"), "the same creation to be open")
    assert after["songs"] == before["songs"]
    assert after["create"]["history"] == before["create"]["history"]
    assert after["create"]["opened"] == before["create"]["opened"]
    window.click("create.history", row=1)
    window.until(lambda facts: facts["create"]["opened"] == LOW_TITLE and facts["create"]["ready"], "the edited one")
    assert window.facts()["create"]["edits"] == 1
    assert heard_at(window, null_sink, 0.7) < 0.05 * heard_at(window, null_sink, 0.3)
    stop(window)
    window.show("morph")
    again = window.until(lambda facts: facts["morph"]["ready"], "the songs of Morph")["morph"]
    for name in ("a", "b", "points", "follows"):  # where the slider is, the curve says
        assert again[name] == before["morph"][name]
    window.show("map")
    window.until(lambda facts: facts["map"]["clips"] == before["map"]["clips"], "the map")
    assert window.close() == 0


# -- what the steps share --------------------------------------------------------------------------------------------


def recorded(
    window: RealWindow,
    sink: NullSink,
    play: Callable[[Recorder], Found],
    *,
    before: Callable[[], object] = lambda: None,
) -> Found:
    """What `play` has found, with neither a gap nor a click in the recording meanwhile.

    Where the device itself says that it was served too late (a machine that is too busy for any program), or the
    player had no finished samples in time, the recording proves nothing, and it is played once more. A player that has
    none each time fails, unless the machine cannot give a bare stream, or a thread that only computes, its share.
    """
    starved = []
    for _attempt in range(ATTEMPTS):
        before()
        device = window.facts()["player"]
        with sink.recording() as recorder:
            found = play(recorder)
        after = window.facts()["player"]
        if after["starvations"] != device["starvations"]:
            starved.append((after["starved"], bare_underflows(), processor_share()))
        elif after["underflows"] == device["underflows"]:
            sound = recorder.samples()
            assert longest_gap(sound) <= LONGEST_GAP
            assert click_db(sound) < CLICK_DB
            return found
    assert len(starved) < ATTEMPTS or any(late or share < SPARE for _starved, late, share in starved), starved
    pytest.skip("the sound was served too late each time; this machine is too busy")


def settled(recorder: Recorder, seconds: float = SETTLED) -> np.ndarray:
    """The last quarter of a second after so much more sound."""
    recorder.wait(seconds)
    return recorder.samples()[-RATE // 4 :]


def begin_morph(window: RealWindow) -> None:
    """The two tones in Morph, on a straight way, in a loop."""
    window.show("morph")
    window.choose_in("morph.way", "Straight")
    window.choose("morph.a", "440")
    window.choose("morph.b", "1760")
    window.until(
        lambda facts: (facts["morph"]["a"], facts["morph"]["b"]) == (LOW_TITLE, HIGH_TITLE) and facts["morph"]["ready"],
        "both songs to be encoded",
    )
    if not window.facts()["player"]["loop"]:
        window.click("morph.loop")
        window.until(lambda facts: facts["player"]["loop"], "the loop")


def drag_slider(window: RealWindow, percent: int) -> None:
    """Drag the handle to a place and wait until that place is heard."""
    start = window.until_there("morph.slider", percent=int(window.place("morph.slider")["words"]))
    end = window.place("morph.slider", percent=percent)
    window.screen.drag((start["x"], start["y"]), (end["x"], end["y"]), steps=8)
    window.until(lambda facts: abs(facts["morph"]["percent"] - percent) <= 1, f"the slider at {percent} %")
    window.until(is_heard("changed"), f"{percent} % to be heard")


def heard_at(window: RealWindow, sink: NullSink, share: float) -> float:
    """How loud the low tone is at a place of the open creation: a click into its waveform goes there."""
    if not window.facts()["player"]["playing"]:
        window.click("create.play")
    window.until(is_heard("play"), "the creation to be heard")
    window.click("create.waveform", spot=(share, 0.5))
    window.until(is_heard("seek"), "the place to be heard")
    with sink.recording() as recorder:
        recorder.wait(0.4)
    return level(recorder.samples()[-RATE // 8 :], LOW)


def dragged_out(window: RealWindow) -> Path:
    """The open creation as a file, dropped on another program's window."""
    x, y = window.screen.width - 100, 20
    command = [sys.executable, "-m", "tests.drop_target", str(x), str(y)]
    target = subprocess.Popen(command, env=window.screen.environment(), cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert target.stdout is not None
        assert target.stdout.readline() == b"ready\n"
        window.screen.do("search", "--sync", "--onlyvisible", "--pid", target.pid)
        handle = window.until_there("create.drag")
        window.screen.drag((handle["x"], handle["y"]), (x + 30, y + 30))
        assert select.select([target.stdout], [], [], PATIENCE)[0], "nothing was dropped"
        path = Path(target.stdout.readline().decode().strip())
    finally:
        target.terminate()
        target.communicate()
    window.focus()
    return path


def silence(window: RealWindow, sink: NullSink) -> None:
    stop(window)
    wait_for_silence(sink)


def stop(window: RealWindow) -> Facts:
    if window.facts()["player"]["playing"]:
        window.click("transport.play")
    return window.until(lambda facts: not facts["player"]["playing"], "silence")
