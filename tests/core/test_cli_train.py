"""Training from the command line: the run folder, resuming, interruption, bad songs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.library import Library
from core.training.run import RunFolder
from tests.core.cli_fixtures import Musicae, musicae, short_songs

__all__ = ["musicae", "short_songs"]

ROOT = Path(__file__).resolve().parents[2]
SMALL = ("--model", "conv-9184", "--steps-per-epoch", "2", "--batch", "2", "--clip-seconds", "0.5")
SMALL += ("--validation-clips", "2", "--device", "cpu")


def test_a_run_leaves_history_and_a_model_that_other_commands_take(
    musicae: Musicae, short_songs: list[Path], tmp_path: Path, data_dir: Path
) -> None:
    run = tmp_path / "run"
    answer = musicae("train", *short_songs, *SMALL, "--epochs", "2", "--out", run)
    assert answer.code == 0, answer.err
    assert "epoch 2:" in answer.out
    history = [json.loads(line) for line in (run / "history.jsonl").read_text().splitlines()]
    assert [line["epoch"] for line in history] == [1, 2]
    assert {"train_loss", "val_loss", "seconds"} <= set(history[0])
    assert musicae("reconstruct", short_songs[0], "--model", run, "--out", tmp_path / "out").code == 0
    assert musicae("reconstruct", short_songs[0], "--model", run / "best.musicae", "--out", tmp_path / "two").code == 0
    assert (tmp_path / "out" / "jazz.wav").read_bytes() == (tmp_path / "two" / "jazz.wav").read_bytes()
    with Library(data_dir) as library:
        [listed] = library.runs()
    assert (listed.folder, listed.preset, listed.state) == (run, "conv-9184", "done")


def test_a_run_goes_on_where_it_ended_without_naming_its_songs(
    musicae: Musicae, short_songs: list[Path], tmp_path: Path
) -> None:
    run, whole = tmp_path / "run", tmp_path / "whole"
    musicae("train", *short_songs, *SMALL, "--epochs", "1", "--out", run)
    answer = musicae("train", *short_songs, *SMALL, "--epochs", "3", "--out", run)
    assert answer.code == 2
    assert "--resume" in answer.err
    resumed = musicae("train", "--epochs", "3", "--out", run, "--resume", "--json")
    assert resumed.code == 0, resumed.err
    assert resumed.json["epochs"] == 3
    assert resumed.json["state"] == "done"
    musicae("train", *short_songs, *SMALL, "--epochs", "3", "--out", whole)
    assert [line["epoch"] for line in RunFolder(run).history()] == [1, 2, 3]
    assert RunFolder(whole).history()[0]["epoch"] == 1


def test_resuming_an_empty_folder_begins_a_run(musicae: Musicae, short_songs: list[Path], tmp_path: Path) -> None:
    answer = musicae("train", *short_songs, *SMALL, "--epochs", "1", "--out", tmp_path / "run", "--resume")
    assert answer.code == 0, answer.err
    assert musicae("train", "--out", tmp_path / "none", "--resume").code == 2


def test_bad_songs_are_named_and_the_rest_is_trained_on(
    musicae: Musicae, short_songs: list[Path], tmp_path: Path
) -> None:
    bad = tmp_path / "bad.mp3"
    bad.write_bytes(b"\0" * 3000)
    answer = musicae("train", bad, *short_songs, "--model", "klt-689", "--out", tmp_path / "run", "--json")
    assert answer.code == 1
    assert [each["file"] for each in answer.json["failed"]] == [str(bad)]
    assert answer.json["state"] == "done"
    assert (tmp_path / "run" / "best.musicae").exists()
    answer = musicae("train", bad, "--model", "klt-689", "--out", tmp_path / "other")
    assert answer.code == 1
    assert "no song to train on" in answer.err


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are text there")
def test_songs_whose_names_are_no_text_are_trained_on(
    musicae: Musicae, short_songs: list[Path], tmp_path: Path
) -> None:
    """A name in an old encoding goes into the run and into the model's credits, and the run finds it again."""
    song = Path(os.fsdecode(os.fsencode(tmp_path) + b"/canci\xf3n.wav"))
    song.write_bytes(short_songs[0].read_bytes())
    run = tmp_path / "run"
    assert musicae("train", song, *SMALL, "--epochs", "1", "--out", run).code == 0
    resumed = musicae("train", "--epochs", "2", "--out", run, "--resume")
    assert resumed.code == 0, resumed.err
    assert musicae("reconstruct", song, "--model", run, "--out", tmp_path / "out").code == 0


def test_a_folder_without_songs_is_misuse_and_leaves_nothing(musicae: Musicae, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    answer = musicae("train", tmp_path / "empty", *SMALL, "--out", tmp_path / "run")
    assert answer.code == 2
    assert "empty" in answer.err
    assert not (tmp_path / "run").exists()


@pytest.mark.skipif(os.name != "posix", reason="interrupts are sent another way")
def test_an_interrupt_stops_and_keeps_what_was_learned(short_songs: list[Path], tmp_path: Path) -> None:
    run = tmp_path / "run"
    command = [sys.executable, "-m", "core.cli", "train", *map(str, short_songs), *SMALL]
    process = subprocess.Popen(
        [*command, "--epochs", "5000", "--out", str(run)],
        cwd=ROOT,
        env={**os.environ, "MUSICAE_DATA": str(tmp_path / "data")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("epoch 2:"):
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "Stopping after this step; what was learned is kept." in err
    assert "Traceback" not in err
    assert "best.musicae" in out
    assert RunFolder(run).state() == "stopped"
    assert len(RunFolder(run).history()) >= 2


def test_a_written_split_is_obeyed(musicae: Musicae, short_songs: list[Path], tmp_path: Path) -> None:
    table = tmp_path / "split.csv"
    names = [path.name for path in short_songs]
    table.write_text("file,split\n" + "\n".join(f"{name},train" for name in names[1:]) + f"\n{names[0]},validation\n")
    run = tmp_path / "run"
    answer = musicae("train", *short_songs, *SMALL, "--epochs", "1", "--split", table, "--out", run)
    assert answer.code == 0, answer.err
    document = RunFolder(run).document()
    titles = {song["key"]: Path(song["path"]).name for song in document["songs"]}
    assert [titles[key] for key in document["split"]["validation"]] == [names[0]]
    table.write_text(f"file,split\n{names[0]},sometimes\n")
    refused = musicae("train", *short_songs, *SMALL, "--split", table, "--out", tmp_path / "other")
    assert refused.code == 2
    assert "sometimes" in refused.err
    assert not (tmp_path / "other" / "config.json").exists()


def test_a_variational_model_reports_its_kl_apart(musicae: Musicae, short_songs: list[Path], tmp_path: Path) -> None:
    run = tmp_path / "run"
    small = [*SMALL[2:], "--epochs", "1", "--out", run]
    answer = musicae("train", *short_songs, "--model", "vae-9184", "--kl", "1", *small)
    assert answer.code == 0, answer.err
    [line] = RunFolder(run).history()
    assert line["losses"]["loss"] == pytest.approx(line["losses"]["mse"] + line["losses"]["kl"])
    assert musicae("reconstruct", short_songs[0], "--model", run, "--out", tmp_path / "out").code == 0


def test_the_reports_network_trains_with_the_reports_settings_unless_others_are_given(
    musicae: Musicae, short_songs: list[Path], tmp_path: Path
) -> None:
    run = tmp_path / "run"
    few = ["--epochs", "1", "--steps-per-epoch", "1", "--batch", "2", "--validation-clips", "1", "--device", "cpu"]
    answer = musicae("train", *short_songs, "--model", "resnet-vae-2", "--mse", "5", *few, "--out", run)
    assert answer.code == 0, answer.err
    config = RunFolder(run).config()
    assert (config.mse, config.kl, config.clip_seconds, config.retries) == (5, 1, 30, 0)
    assert musicae("reconstruct", short_songs[0], "--model", run, "--out", tmp_path / "out").code == 0
    assert len(list((tmp_path / "out").glob("*.wav"))) == 1
