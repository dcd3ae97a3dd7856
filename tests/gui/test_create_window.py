"""Create in a real window: made by a click, dragged by the mouse into another program, there again after a restart."""

from __future__ import annotations

import json
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.audio import read_clip
from core.preferences import Preferences, save_preferences
from tests.gui.real_window import PATIENCE, ROOT, RealWindow
from tests.gui.train_fixtures import write_songs
from tests.screen import Screen

pytestmark = [pytest.mark.screen, pytest.mark.timeout(600)]


@pytest.fixture
def window(tmp_path: Path) -> Iterator[RealWindow]:
    """The program over a library of two short songs."""
    if Screen.missing():
        pytest.skip(f"no screen: {', '.join(Screen.missing())} missing")
    songs, data = tmp_path / "songs", tmp_path / "program"
    write_songs(songs, count=2, seconds=4.0)
    data.mkdir()
    save_preferences(data, Preferences(demo_songs=False))
    with Screen(1400, 900) as screen:
        made = RealWindow(screen, data, tmp_path)
        try:
            made.start(songs)
            made.until(lambda facts: len(facts["songs"]) == 2 and not facts["busy"], "the songs")
            yield made
        finally:
            made.end()


def test_what_was_made_is_dragged_into_another_program_and_survives_a_restart(window: RealWindow) -> None:
    window.show("create")
    window.click("create.make")
    title = window.until(lambda facts: facts["player"]["title"].startswith("Around"), "it to be loaded")
    x, y = window.screen.width - 100, 20
    command = [sys.executable, "-m", "tests.drop_target", str(x), str(y)]
    target = subprocess.Popen(command, env=window.screen.environment(), cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert target.stdout is not None
        assert target.stdout.readline() == b"ready\n"
        window.screen.do("search", "--sync", "--onlyvisible", "--pid", target.pid)
        window.until(lambda facts: not facts["player"]["playing"], "it to be heard to its end")
        handle = window.until_there("create.drag")
        window.screen.drag((handle["x"], handle["y"]), (x + 30, y + 30))
        assert select.select([target.stdout], [], [], PATIENCE)[0], "nothing was dropped"
        path = Path(target.stdout.readline().decode().strip())
    finally:
        target.terminate()
        target.communicate()
    clip = read_clip(path)
    assert clip.seconds == pytest.approx(4.0, abs=0.1)
    assert 0.01 < np.abs(clip.samples).max() <= 1.0
    with soundfile.SoundFile(path) as file:
        assert json.loads(file.comment)["recipe"]["kind"] == "around"
    window.focus()
    assert window.close() == 0
    window.start()
    again = window.until(lambda facts: facts["player"]["title"], "the same to be open again")
    assert again["player"]["title"] == title["player"]["title"]
