"""A run that is killed, stopped, paused or previewed ends with the same weights as one left alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from core.errors import TrainingError
from core.training.callbacks import EpochReport, StepReport
from core.training.commands import Commands
from core.training.run import RunFolder
from core.training.trainer import train
from tests.core.training_fixtures import SMALL, Recorder, stored_songs

ROOT = Path(__file__).resolve().parents[2]
CHILD = SMALL.replace(epochs=12, ema=0.99)


def weights(run: RunFolder) -> dict[str, np.ndarray]:
    return load_file(run.last_file)


def assert_same_bits(one: RunFolder, other: RunFolder) -> None:
    ours, theirs = weights(one), weights(other)
    assert ours.keys() == theirs.keys()
    for name in ours:
        assert np.array_equal(ours[name], theirs[name]), name
    best, other_best = load_file(one.best_file), load_file(other.best_file)
    assert best.keys() == other_best.keys()
    for name, values in best.items():
        assert np.array_equal(values, other_best[name]), name


def child(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.core.training_child", str(folder), *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_a_killed_run_resumes_and_ends_with_the_same_bits(tmp_path: Path) -> None:
    whole = RunFolder(tmp_path / "whole" / "run")
    train(CHILD, stored_songs(tmp_path / "store"), whole)

    folder = tmp_path / "killed"
    run = RunFolder(folder / "run")
    config = json.dumps({"epochs": CHILD.epochs, "ema": CHILD.ema})
    epochs = -1
    for _kill in range(2):
        process = child(folder, "--config", config, "--resume")
        while process.poll() is None and len(run.history()) < epochs + 2:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if process.returncode == 0:
            break
        assert run.state() == "interrupted"
        epochs = len(run.history())
        assert epochs < CHILD.epochs
    summary = train(run.config(), stored_songs(folder / "store"), run, resume=True)

    assert summary.state == run.state() == "done"
    assert epochs > 0
    assert [line["epoch"] for line in run.history()] == list(range(1, CHILD.epochs + 1))
    assert [line["val_loss"] for line in run.history()] == [line["val_loss"] for line in whole.history()]
    assert_same_bits(run, whole)


@pytest.mark.parametrize("tail", [b"", b'{"epoch": 3, "train', b'{"epoch": 3, "val_loss": 1.0}\n{"epoch": 4, "val'])
def test_history_past_the_saved_state_is_forgotten(tmp_path: Path, tail: bytes) -> None:
    songs = stored_songs(tmp_path / "store")
    whole, run = RunFolder(tmp_path / "whole"), RunFolder(tmp_path / "run")
    constant = SMALL.replace(schedule="constant", warmup_steps=0)
    train(constant, songs, whole)
    train(constant.replace(epochs=2), songs, run)
    with run.history_file.open("ab") as file:
        file.write(tail)

    train(run.config().replace(epochs=4), songs, run, resume=True)

    lines = [json.loads(line) for line in run.history_file.read_text().splitlines()]
    assert [line["epoch"] for line in lines] == [1, 2, 3, 4]
    assert_same_bits(run, whole)


class Disturbing(Recorder):
    """Pauses, resumes and asks for previews all the time."""

    def __init__(self, commands: Commands) -> None:
        super().__init__()
        self.commands = commands

    def on_step(self, report: StepReport) -> None:
        super().on_step(report)
        if report.step % 3 == 0:
            self.commands.preview_now()
        if report.step % 5 == 0:
            self.commands.pause()
            self.commands.preview_now()
            threading.Timer(0.01, self.commands.resume).start()


def test_pauses_and_previews_change_nothing(tmp_path: Path) -> None:
    songs = stored_songs(tmp_path / "store")
    quiet, disturbed = RunFolder(tmp_path / "quiet"), RunFolder(tmp_path / "disturbed")
    train(SMALL, songs, quiet)
    commands = Commands()
    recorder = Disturbing(commands)
    train(SMALL, songs, disturbed, recorder, commands)

    assert len(recorder.previews) > SMALL.epochs + 1
    assert_same_bits(disturbed, quiet)


def test_stop_and_keep_in_mid_epoch_goes_on_where_it_stopped(tmp_path: Path) -> None:
    songs = stored_songs(tmp_path / "store")
    whole, run = RunFolder(tmp_path / "whole"), RunFolder(tmp_path / "run")
    train(SMALL, songs, whole)

    commands = Commands()

    class Stopping(Recorder):
        def on_step(self, report: StepReport) -> None:
            if report.step == 24:
                commands.stop_and_keep()

    summary = train(SMALL, songs, run, Stopping(), commands)
    assert (summary.state, summary.steps, summary.epochs) == ("stopped", 24, 2)
    assert run.state() == "stopped"
    assert run.best_file.exists()
    assert len(run.history()) == 2

    recorder = Recorder()
    train(run.config(), songs, run, recorder, resume=True)
    assert recorder.steps[0].step == 25
    assert [line["train_loss"] for line in run.history()] == [line["train_loss"] for line in whole.history()]
    for name, values in weights(whole).items():
        assert np.array_equal(values, weights(run)[name]), name


def test_stop_and_discard_deletes_what_the_run_wrote_and_nothing_else(tmp_path: Path) -> None:
    songs = stored_songs(tmp_path / "store")
    for foreign in (False, True):
        run = RunFolder(tmp_path / f"run{foreign}")
        if foreign:
            run.path.mkdir()
            (run.path / "notes.txt").write_text("mine")
        commands = Commands()

        class Stopping(Recorder):
            def on_epoch(self, report: EpochReport) -> None:
                commands.stop_and_discard()  # noqa: B023 - called within this turn

        summary = train(SMALL, songs, run, Stopping(), commands)
        assert summary.state == "discarded"
        assert run.path.exists() == foreign
        if foreign:
            assert [path.name for path in run.path.iterdir()] == ["notes.txt"]


def test_more_epochs_can_be_asked_for_when_resuming(tmp_path: Path) -> None:
    songs, run = stored_songs(tmp_path / "store"), RunFolder(tmp_path / "run")
    train(SMALL.replace(epochs=2), songs, run)
    before = run.last_file.read_bytes()
    again = train(run.config(), songs, run, resume=True)
    assert again.state == "done"
    assert run.last_file.read_bytes() == before
    assert train(run.config().replace(epochs=3), songs, run, resume=True).epochs == 3
    assert len(run.history()) == 3


def test_a_run_is_not_overwritten_by_another(tmp_path: Path) -> None:
    songs, run = stored_songs(tmp_path / "store"), RunFolder(tmp_path / "run")
    train(SMALL.replace(epochs=1), songs, run)
    with pytest.raises(TrainingError, match="already holds a run"):
        train(SMALL, songs, run)


def test_a_folder_in_use_is_refused_and_a_lock_left_behind_is_taken_over(tmp_path: Path) -> None:
    songs, run = stored_songs(tmp_path / "store"), RunFolder(tmp_path / "run")
    with RunFolder(run.path).lock:
        assert run.state() == "running"
        with pytest.raises(TrainingError, match=f"process {os.getpid()}"):
            train(SMALL, songs, run)
    run.path.mkdir(exist_ok=True)
    (run.path / "lock").write_text(f"{os.getpid()}\n")  # as a killed process leaves it
    assert train(SMALL.replace(epochs=1), songs, run).state == "done"
    assert not (run.path / "lock").exists()


def test_minutes_become_steps_that_a_resumed_run_keeps(tmp_path: Path) -> None:
    songs, run = stored_songs(tmp_path / "store"), RunFolder(tmp_path / "run")
    commands = Commands()

    class Stopping(Recorder):
        def on_epoch(self, report: EpochReport) -> None:
            commands.stop_and_keep()

    recorder = Stopping()
    train(SMALL.replace(minutes=0.01), songs, run, recorder, commands)
    plan = run.document()["plan"]
    assert plan["steps"] == plan["epochs"] * plan["steps_per_epoch"] == recorder.plans[0].steps
    assert plan["steps"] != SMALL.epochs * SMALL.steps_per_epoch

    recorder = Recorder()
    assert train(run.config(), songs, run, recorder, resume=True).steps == plan["steps"]
    assert run.document()["plan"] == plan


def test_a_damaged_state_is_a_sentence(tmp_path: Path) -> None:
    songs, run = stored_songs(tmp_path / "store"), RunFolder(tmp_path / "run")
    train(SMALL.replace(epochs=1), songs, run)
    content = run.last_file.read_bytes()
    for damaged in (b"", content[: len(content) // 2], b"\xff" * 64, content[:-4]):
        run.last_file.write_bytes(damaged)
        with pytest.raises(TrainingError, match="damaged"):
            train(run.config().replace(epochs=2), songs, run, resume=True)
    run.config_file.write_text("{")
    with pytest.raises(TrainingError, match="damaged"):
        train(SMALL, songs, run, resume=True)
