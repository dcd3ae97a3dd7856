"""The main story in a real window: files dropped, clicked, typed and dragged by mouse and keyboard, sound recorded.

The program runs as a user starts it. One start serves all tests; each shows the panel it needs and can run alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.audio import Clip, write_wav
from core.demo import compose
from core.models.presets import DEFAULT_MODEL
from core.preferences import Preferences, save_preferences
from musicae_gui.panels import PANELS
from tests.gui.real_window import Facts, RealWindow
from tests.gui.recorded import SILENT, is_heard, level, strongest, wait_for_silence
from tests.screen import Screen
from tests.sound_server import RATE, NullSink, longest_gap

pytestmark = [pytest.mark.screen, pytest.mark.sound, pytest.mark.timeout(600)]

SECONDS = 6.0
LOW, HIGH = 110.0, 440.0  # Hz, where the shipped model keeps nearly all of a tone
ABOVE = 12_000.0  # Hz: in the songs, but above what any model at 22,050 Hz can keep
LONGEST_GAP = 0.005
LOW_TITLE, HIGH_TITLE = "Tone 110", "Tone 440"
SETTLED = 0.8  # seconds of sound after a change, the last third of a second of which is surely what it changed to
SIZE = "conv-9184"
EPOCHS = 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder a genre: one song of three instruments, and two tones."""
    made = tmp_path_factory.mktemp("real") / "songs"
    song = compose("blues", 1)
    for genre, name, clip in (
        ("blues", "Blues song", song.clip.cut(4.0, SECONDS)),
        ("tones", LOW_TITLE, _tone(LOW)),
        ("tones", HIGH_TITLE, _tone(HIGH)),
    ):
        (made / genre).mkdir(parents=True, exist_ok=True)
        write_wav(made / genre / f"{name}.wav", clip)
    return made


@pytest.fixture(scope="module")
def window(folder: Path, null_sink: NullSink) -> Iterator[RealWindow]:
    """The program, started over an empty data folder, with the songs dropped on it."""
    if Screen.missing():
        words = f"no screen: {', '.join(Screen.missing())} missing"
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
    data = folder.parent / "data"
    data.mkdir()
    save_preferences(data, Preferences(demo_songs=False))
    with Screen(1400, 900) as screen:
        made = RealWindow(screen, data, folder.parent)
        try:
            made.start()
            made.until(lambda facts: facts["player"]["available"], "the sound device")
            assert made.facts()["songs"] == []
            made.drop(folder, taken=lambda facts: facts["songs"])
            made.until(lambda facts: len(_ready(facts)) == 3 and not facts["busy"], "all songs to be read")
            yield made
        finally:
            made.end()


def test_a_dropped_folder_becomes_rows(window: RealWindow) -> None:
    window.show("library")
    genres = {song["title"]: song["genre"] for song in window.facts()["songs"]}
    assert genres == {"Blues song": "blues", LOW_TITLE: "tones", HIGH_TITLE: "tones"}
    rows = [window.until_there("library.table", row=row)["words"] for row in range(3)]
    assert sorted(rows) == sorted(genres)


def test_space_plays_the_clicked_song_and_stops_it(window: RealWindow, null_sink: NullSink) -> None:
    window.show("library")
    for title, frequency in ((LOW_TITLE, LOW), (HIGH_TITLE, HIGH)):
        window.click("library.table", row=_row(window, title))
        window.screen.key("space")
        window.until(lambda facts, title=title: facts["player"]["title"] == title, f"{title} in the transport")
        window.until(is_heard("play"), f"{title} to be heard")
        heard = null_sink.record(0.5)
        assert abs(strongest(heard) - frequency) < 3
        assert level(heard, frequency) > 0.1
    window.screen.key("space")
    window.until(lambda facts: not facts["player"]["playing"], "silence")
    wait_for_silence(null_sink)
    window.click("transport.play")
    window.until(is_heard("play"), "the song to be heard again")
    window.click("transport.play")
    window.until(lambda facts: not facts["player"]["playing"], "silence again")
    wait_for_silence(null_sink)


def test_x_switches_between_original_and_reconstruction_without_a_gap(window: RealWindow, null_sink: NullSink) -> None:
    window.show("compare")
    window.choose("compare.song", "110")
    window.until(lambda facts: facts["compare"]["song"] == LOW_TITLE, "the song to be chosen")
    facts = window.until(_all_rows_ready, "the reconstructions")
    assert [row["key"] for row in facts["compare"]["rows"]][:2] == ["", DEFAULT_MODEL]
    window.screen.key("l")
    window.until(lambda facts: facts["player"]["loop"], "the loop")
    window.screen.key("space")
    window.until(is_heard("play"), "the original to be heard")
    model = facts["compare"]["rows"][1]["key"]
    heard = []
    before = window.facts()
    with null_sink.recording() as recorder:
        recorder.wait(SETTLED)
        heard.append(recorder.samples()[-RATE // 3 :])
        for key, switch in (
            (model, lambda: window.screen.key("x")),
            ("", lambda: window.screen.key("x")),
            (model, lambda: window.click("compare.row.1.listen")),
        ):
            switch()
            window.until(lambda facts, key=key: facts["compare"]["heard"] == key, "the other side")
            window.until(is_heard("changed"), "the switch to be heard")
            recorder.wait(SETTLED)
            heard.append(recorder.samples()[-RATE // 3 :])
    window.screen.key("l", "space")
    window.until(lambda facts: not facts["player"]["playing"], "silence")
    above, low = ([level(sound, frequency) for sound in heard] for frequency in (ABOVE, LOW))
    assert min(above[0], above[2]) > 0.01
    assert max(above[1], above[3]) < SILENT
    assert low == pytest.approx([low[0]] * len(low), rel=0.1)
    _require_no_gap(recorder.samples(), before, window.facts())


def test_a_training_runs_while_another_panel_is_used_and_music_plays(window: RealWindow, null_sink: NullSink) -> None:
    window.show("train")
    _tick_only(window, SIZE)
    _type_number(window, "train.epochs", EPOCHS)
    window.until(lambda facts: facts["train"]["epochs"] == EPOCHS, "the typed number of epochs")
    before = len(window.facts()["runs"])
    window.click("train.start")
    window.until(lambda facts: facts["train"]["running"], "the training to begin")
    window.show("library")
    window.click("library.table", row=_row(window, LOW_TITLE))
    facts = window.until(lambda facts: facts["selected"] == [_key(facts, LOW_TITLE)], "the row to be selected")
    assert facts["train"]["running"], "the training was over before another panel could be tried"
    window.screen.key("space")
    window.until(is_heard("play"), "the song to be heard")
    playing = window.facts()
    sound = null_sink.record(1.0)
    window.screen.key("space")
    _require_no_gap(sound, playing, window.facts())
    assert abs(strongest(sound) - LOW) < 3
    facts = window.until(lambda facts: not facts["train"]["running"], "the training to end", 400)
    run = Path(facts["runs"][0]["folder"])
    assert len(facts["runs"]) == before + 1
    assert facts["runs"][0]["state"] == "done"
    history = [json.loads(line) for line in (run / "history.jsonl").read_text().splitlines()]
    assert [line["epoch"] for line in history] == list(range(1, EPOCHS + 1))
    window.show("train")
    window.click("train.compare")
    window.until(lambda facts: facts["panel"] == "compare", "Compare with the run")
    window.until(
        lambda facts: any(row["key"] == str(run) and row["state"] == "ready" for row in facts["compare"]["rows"]),
        "the reconstruction by the trained network",
    )


def test_keys_lead_through_the_window(window: RealWindow) -> None:
    for number, panel in enumerate((spec.key for spec in PANELS), start=1):
        window.screen.key(f"ctrl+{number}")
        window.until(lambda facts, panel=panel: facts["panel"] == panel, f"the panel {panel} by its key")
    window.screen.key("F1")
    window.until(lambda facts: facts["modal"] == "commands", "the list of commands")
    window.until_there("commands.list")
    window.screen.type("swap")
    window.until_there("commands.search", lambda place: place["words"] == "swap")
    window.screen.key("Escape")
    window.until(lambda facts: facts["modal"] == "", "the window again")
    window.focus()
    window.screen.key("ctrl+1")
    window.until(lambda facts: facts["panel"] == "library", "keys that work after the list")
    window.click("library.table", row=_row(window, HIGH_TITLE))
    window.screen.key("Return")
    window.until(lambda facts: facts["panel"] == "compare", "the song in Compare")
    window.until(
        lambda facts: facts["compare"]["song"] == facts["player"]["title"] == HIGH_TITLE, "the song in the transport"
    )
    window.screen.key("space")
    window.until(is_heard("play"), "the song to be heard")
    window.screen.key("space")
    window.until(lambda facts: not facts["player"]["playing"], "silence")


def test_closed_while_it_plays_everything_is_there_at_the_next_start(window: RealWindow, null_sink: NullSink) -> None:
    window.show("morph")
    window.until(lambda facts: facts["morph"]["ready"], "both songs to be encoded")
    _drag_slider(window, 30)
    window.click("morph.play")
    window.until(is_heard("play"), "the blend to be heard")
    before = window.facts()
    assert window.close() == 0
    wait_for_silence(null_sink)
    assert not list((window.data / "crash").glob("fault-*.log"))
    assert "Traceback" not in window.log
    window.start()
    after = window.until(lambda facts: facts.get("morph", {}).get("ready"), "both songs to be encoded again")
    assert after["panel"] == "morph"
    assert after["songs"] == before["songs"]
    assert after["morph"] == before["morph"]
    assert window.place("morph.slider")["words"] == "30"
    assert window.close() == 0


# -- what the steps share --------------------------------------------------------------------------------------------


def _tone(frequency: float) -> Clip:
    """A sine with a faint one at ABOVE in it; the song's length holds whole periods, so that it loops smoothly."""
    time = np.arange(round(SECONDS * RATE)) / RATE
    wave = 0.4 * np.sin(2 * np.pi * frequency * time) + 0.05 * np.sin(2 * np.pi * ABOVE * time)
    return Clip(np.stack([wave, wave]).astype(np.float32), RATE)


def _ready(facts: Facts) -> list[Facts]:
    return [song for song in facts["songs"] if song["state"] == "ready"]


def _key(facts: Facts, title: str) -> str:
    return next(str(song["key"]) for song in facts["songs"] if song["title"] == title)


def _row(window: RealWindow, title: str) -> int:
    """The row of a song in the library's table."""
    words = [window.place("library.table", row=row)["words"] for row in range(len(window.facts()["songs"]))]
    return words.index(title)


def _all_rows_ready(facts: Facts) -> bool:
    rows = facts["compare"]["rows"]
    return len(rows) > 1 and all(row["state"] == "ready" for row in rows)


def _drag_slider(window: RealWindow, percent: int) -> None:
    """Drag the handle to a place and wait until that place is heard, where it plays."""
    start = window.until_there("morph.slider", percent=int(window.place("morph.slider")["words"]))
    end = window.place("morph.slider", percent=percent)
    window.screen.drag((start["x"], start["y"]), (end["x"], end["y"]), steps=8)
    window.until(lambda facts: abs(facts["morph"]["percent"] - percent) <= 1, f"the slider at {percent} %")
    if window.facts()["player"]["playing"]:
        window.until(is_heard("changed"), f"{percent} % to be heard")


def _tick_only(window: RealWindow, size: str) -> None:
    """Leave a tick at one size only, by clicks on the check boxes."""
    names = [size, *(name for name in window.facts()["train"]["chosen"] if name != size)]
    for name in names:
        if (name in window.facts()["train"]["chosen"]) != (name == size):
            row = next(row for row in range(20) if window.place("train.preset", row=row)["words"] == name)
            window.click_at("train.preset", 14, row=row)
            window.until(
                lambda facts, name=name: (name in facts["train"]["chosen"]) == (name == size), f"the tick at {name}"
            )


def _type_number(window: RealWindow, field: str, number: int) -> None:
    window.click(field)
    window.screen.key("ctrl+a")
    window.screen.type(str(number))
    window.screen.key("Tab")


def _require_no_gap(sound: np.ndarray, before: Facts, after: Facts) -> None:
    """No gap in what was recorded between two looks at the program.

    Where the device itself says that it was served too late (a machine that is too busy for any program), the
    recording proves nothing; that the player always had finished samples ready is still asked for.
    """
    assert after["player"]["starvations"] == before["player"]["starvations"]
    if after["player"]["underflows"] == before["player"]["underflows"]:
        assert longest_gap(sound) <= LONGEST_GAP
