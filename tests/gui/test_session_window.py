"""A session saved by keys in a real window, and opened by a drop over an empty data folder: all is there and plays."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.preferences import Preferences, save_preferences
from core.session_file import SUFFIX, read_session
from tests.gui.real_window import RealWindow
from tests.gui.recorded import is_heard, level, wait_for_silence
from tests.screen import Screen
from tests.sound_server import NullSink
from tests.tones import write_tones

pytestmark = [pytest.mark.screen, pytest.mark.sound, pytest.mark.timeout(600)]

LOW, HIGH = 220.0, 880.0


def test_another_computer_goes_on_where_the_session_was_saved(tmp_path: Path, null_sink: NullSink) -> None:
    if Screen.missing():
        words = f"no screen: {', '.join(Screen.missing())} missing"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(words)
    work = tmp_path / "work"
    work.mkdir()
    songs, file = write_tones(work, (LOW, HIGH), seconds=4.0), work / f"Evening{SUFFIX}"
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        save_preferences(tmp_path / name, Preferences(demo_songs=False))
    with Screen(1400, 900) as screen:
        first = RealWindow(screen, tmp_path / "first", tmp_path)
        try:
            first.start(*songs)
            first.until(lambda facts: len(facts["songs"]) == 2 and not facts["busy"], "the songs")
            first.show("morph")
            first.until(lambda facts: facts["morph"]["ready"], "both songs to be encoded")
            first.click("morph.slider", percent=100)
            before = first.until(lambda facts: facts["morph"]["percent"] == 100, "the slider at B")["morph"]
            screen.key("ctrl+shift+s")
            first.until(lambda facts: facts["modal"] == "session.save", "the question where to save")
            screen.key("ctrl+a")
            screen.type(str(work / "Evening"))
            screen.key("Return")
            first.until(lambda facts: facts["title"] == "Evening[*] – Musicae", "the session's name in the title")
            assert not first.facts()["modified"]
            assert len(read_session(file).songs) == 2
            assert first.close() == 0
        finally:
            first.end()
        second = RealWindow(screen, tmp_path / "second", tmp_path)
        try:
            second.start()
            second.until(lambda facts: facts["player"]["available"], "the sound device")
            assert second.facts()["songs"] == []
            second.drop(file, taken=lambda facts: facts["title"] == "Evening[*] – Musicae")
            second.focus()
            facts = second.until(lambda facts: facts.get("morph", {}).get("ready"), "both songs to be encoded")
            assert facts["panel"] == "morph"
            assert facts["morph"] == before
            assert [song["state"] for song in facts["songs"]] == ["ready", "ready"]
            second.click("morph.play")
            second.until(is_heard("play"), "the blend to be heard")
            heard = null_sink.record(0.5)
            expected = HIGH if before["b"] == f"{HIGH:g} Hz" else LOW
            assert level(heard, expected) > 10 * level(heard, LOW + HIGH - expected)
            second.click("morph.play")
            wait_for_silence(null_sink)
            assert second.close() == 0
            assert "Traceback" not in second.log
        finally:
            second.end()
