"""The self-test passes on the program as it is, and fails on programs that only seem to work."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.audio import read_clip, write_wav
from core.latents.ways import WAYS
from tests.demo_songs import composed
from tests.screen import Screen
from tests.sound_server import NullSink

pytestmark = [pytest.mark.screen, pytest.mark.sound, pytest.mark.timeout(900)]

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def run(null_sink: NullSink) -> Iterator[Run]:
    """Runs a Python module in a real window, with the null sink to play into."""
    missing = Screen.missing()
    if missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"no screen: {', '.join(missing)} missing")
    with Screen(1400, 900) as screen:

        def start(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [sys.executable, "-m", *map(str, arguments)],
                env=screen.environment(**null_sink.env()),
                capture_output=True,
                text=True,
                timeout=800,
                check=False,
            )

        yield start


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three short songs in two genres."""
    folder = tmp_path_factory.mktemp("songs")
    for style, seed in (("jazz", 0), ("jazz", 1), ("rock", 0)):
        (folder / style).mkdir(exist_ok=True)
        write_wav(folder / style / f"{style}-{seed}.wav", composed(style, seed).clip.cut(0.0, 8.0))
    return folder


def read_report(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return report


def failed_steps(report: dict[str, Any]) -> set[str]:
    return {step["name"] for step in report["steps"] if step["state"] == "failed"}


def test_the_story_passes_with_evidence_that_can_be_recomputed(run: Run, songs: Path, tmp_path: Path) -> None:
    result = run("musicae_gui", "--self-test", tmp_path, "--songs", songs, "--require-sound")
    assert result.returncode == 0, result.stdout + result.stderr
    report = read_report(tmp_path)
    steps = {step["name"]: step["evidence"] for step in report["steps"]}
    assert steps["songs"]["found"] == 3
    assert steps["train"]["last_val_loss"] <= 0.9 * steps["train"]["first_val_loss"]
    assert steps["train"]["weights_before"] != steps["train"]["weights_after"]
    history = (Path(steps["train"]["run"]) / "history.jsonl").read_text().splitlines()
    assert [json.loads(line)["val_loss"] for line in history] == steps["train"]["val_losses"]
    for move in steps["morph"]["moves"]:
        assert move["frame"] > move["asked_frame"]
    assert {heard["way"] for heard in steps["morph"]["ways"]} == set(WAYS)
    assert steps["morph"]["recorded"]["rms"] > 0.001
    assert len(steps["map"]["heard"]["titles"]) == 2
    assert steps["create"]["relative_change"] > 0.001
    for name in ("library", "train", "compare", "morph", "map", "create", "settings"):
        assert (tmp_path / f"{name}.png").stat().st_size > 10_000
    heard = read_clip(tmp_path / "heard.wav")
    assert heard.peak > 0.05


def test_chosen_steps_are_repeated_for_a_while_and_memory_is_told(run: Run, songs: Path, tmp_path: Path) -> None:
    result = run(
        *("musicae_gui", "--self-test", tmp_path, "--songs", songs),
        *("--steps", "start", "songs", "listen", "settings", "--minutes", "0.2"),
    )
    assert result.returncode == 0, result.stdout + result.stderr
    report = read_report(tmp_path)
    assert [step["name"] for step in report["steps"]] == ["start", "songs", "listen", "settings"]
    assert len(report["rounds"]) >= 2
    assert report["rounds"][-1]["seconds"] >= 12
    if sys.platform.startswith("linux"):
        assert all(each["resident_megabytes"] > 100 for each in report["rounds"])


@pytest.mark.parametrize(
    ("fault", "noticed"),
    [
        ("silent-decoder", {"compare", "morph", "create"}),
        ("muted-stream", {"listen", "compare", "morph", "map", "create"}),
        ("deaf-player", {"morph"}),
    ],
)
def test_a_program_that_only_seems_to_work_fails(
    run: Run, songs: Path, tmp_path: Path, fault: str, noticed: set[str]
) -> None:
    result = run("tests.gui.sabotage", fault, tmp_path, songs)
    assert result.returncode == 1, result.stdout + result.stderr
    assert noticed <= failed_steps(read_report(tmp_path)), result.stdout


def test_without_a_device_the_sound_steps_are_skipped_and_fail_only_where_sound_is_required(
    songs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nothing-listens-here")
    free, required = tmp_path / "free", tmp_path / "required"
    for command, folder, code, state in (
        (["musicae_gui", "--self-test", str(free), "--songs", str(songs)], free, 0, "skipped"),
        (["tests.gui.sabotage", "nothing", str(required), str(songs)], required, 1, "failed"),
    ):
        command = [sys.executable, "-m", *command]
        result = subprocess.run(command, capture_output=True, text=True, timeout=800, check=False)
        assert result.returncode == code, result.stdout + result.stderr
        steps = {step["name"]: step for step in read_report(folder)["steps"]}
        assert (steps["listen"]["state"], steps["listen"]["why"]) == (state, "no device")
        assert {steps[name]["state"] for name in ("songs", "train", "compare", "morph", "map", "create")} == {"passed"}
