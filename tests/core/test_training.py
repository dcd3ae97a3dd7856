"""What a training run does with songs, losses, memory and failures."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from core.devices import available_devices, choose_device, choose_precision
from core.errors import TrainingError, UsageError
from core.models.checkpoint import load_model, read_header
from core.models.layers import ConvDesign, ConvLayer
from core.training.commands import Commands
from core.training.config import TrainConfig
from core.training.memory import is_out_of_memory, step_bytes
from core.training.run import RunFolder
from core.training.trainer import train
from tests.core.training_fixtures import RATE, SMALL, Recorder, song_samples, store_song, stored_songs

ROOT = Path(__file__).resolve().parents[2]


def test_a_run_learns_and_leaves_its_files(tmp_path: Path) -> None:
    run, recorder = RunFolder(tmp_path / "run"), Recorder()
    songs = stored_songs(tmp_path / "store", 5)
    summary = train(SMALL, songs, run, recorder)

    assert summary.state == "done"
    assert summary.last_val_loss is not None
    assert summary.first_val_loss is not None
    assert summary.last_val_loss < 0.8 * summary.first_val_loss
    assert sorted(path.name for path in run.path.iterdir()) == [
        "best.musicae",
        "config.json",
        "history.jsonl",
        "last.safetensors",
    ]
    assert [line["epoch"] for line in run.history()] == [1, 2, 3, 4]
    assert {"epoch", "train_loss", "val_loss", "seconds"} <= run.history()[0].keys()
    assert recorder.order[0] == "plan"
    assert recorder.order[-1] == "end"
    assert [preview.epoch for preview in recorder.previews] == [0, 1, 2, 3, 4]  # and one before the first step
    assert recorder.plans[0].steps == len(recorder.steps) == 40
    assert recorder.steps[-1].seconds_left < recorder.steps[0].seconds_left
    assert recorder.previews[0].original.frames == recorder.previews[0].reconstruction.frames


def test_the_checkpoint_says_what_it_was_trained_on(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    songs = stored_songs(tmp_path / "store", 5)
    train(SMALL, songs, run)
    card = read_header(run.best_file)["card"]
    split = run.document()["split"]
    assert {part: list(keys) for part, keys in card["split"].items()} == {
        part: split[part] for part in ("train", "validation", "test")
    }
    assert {credit["title"] for credit in card["credits"]} == {
        song.title for song in songs if song.key in split["train"]
    }
    assert card["training"]["val_loss"] == min(line["val_loss"] for line in run.history())
    assert load_model(run.best_file).network.design.to_dict() == json.loads(SMALL.design)


def test_songs_of_one_author_are_not_divided(tmp_path: Path) -> None:
    songs = [dataclasses.replace(song, author="Both") for song in stored_songs(tmp_path / "store", 2)]
    songs += stored_songs(tmp_path / "store", 5)[2:]
    run = RunFolder(tmp_path / "run")
    train(SMALL.replace(epochs=1), songs, run)
    split = run.document()["split"]
    both = {song.key for song in songs[:2]}
    assert any(both <= set(split[part]) for part in ("train", "validation", "test"))
    assert not set(split["train"]) & set(split["validation"])


@pytest.mark.parametrize("seconds", [0.0005, 0.01, 0.2, 3.0])
def test_one_song_of_any_length_is_enough(tmp_path: Path, seconds: float) -> None:
    song = store_song(tmp_path / "store", "ab" * 32, song_samples(1, 5.0)[: round(seconds * RATE)])
    summary = train(SMALL.replace(epochs=1), [song], RunFolder(tmp_path / "run"))
    assert summary.state == "done"
    assert summary.last_val_loss is not None
    assert np.isfinite(summary.last_val_loss)


def test_silent_songs_are_left_out_by_name(tmp_path: Path) -> None:
    silent = [store_song(tmp_path / "store", f"{9:064x}", np.zeros(RATE, np.float32), title="Nothing at All")]
    run, recorder = RunFolder(tmp_path / "run"), Recorder()
    summary = train(SMALL.replace(epochs=1), [*stored_songs(tmp_path / "store"), *silent], run, recorder)
    assert any("Nothing at All" in text for text in recorder.warnings)
    assert summary.warnings == tuple(recorder.warnings)
    assert silent[0].key not in str(run.document()["split"])

    with pytest.raises(TrainingError, match="Nothing at All"):
        train(SMALL, silent, RunFolder(tmp_path / "other"))
    with pytest.raises(TrainingError, match="no song"):
        train(SMALL, [], RunFolder(tmp_path / "none"))


def test_the_linear_transform_is_fitted_by_the_same_call(tmp_path: Path) -> None:
    songs, run, recorder = stored_songs(tmp_path / "store", 1, seconds=25.0), RunFolder(tmp_path / "run"), Recorder()
    summary = train(TrainConfig(model="klt-689", clip_seconds=1.0), songs, run, recorder)
    assert (summary.state, summary.epochs) == ("done", 1)
    assert summary.last_val_loss is not None
    assert summary.first_val_loss is not None
    assert summary.last_val_loss < 0.1 * summary.first_val_loss
    assert recorder.order.count("epoch") == recorder.order.count("preview") == 1
    assert recorder.steps[-1].step == recorder.plans[0].steps
    assert load_model(run.best_file).network.channels == 32
    before = run.best_file.read_bytes()
    assert train(run.config(), songs, run, resume=True).state == "done"
    assert run.best_file.read_bytes() == before


def test_a_fit_can_be_stopped(tmp_path: Path) -> None:
    songs = stored_songs(tmp_path / "store", 4, seconds=12.0)
    for discard in (False, True):
        run, commands = RunFolder(tmp_path / f"run{discard}"), Commands()
        (commands.stop_and_discard if discard else commands.stop_and_keep)()
        summary = train(TrainConfig(model="klt-344"), songs, run, None, commands)
        assert summary.state == ("discarded" if discard else "stopped")
        assert run.best_file.exists() != discard


def test_a_loss_that_is_not_a_number_stops_with_good_weights(tmp_path: Path) -> None:
    layers = [ConvLayer(8, 32, 16, "none"), *[ConvLayer(8, 1, 1, "none")] * 7]
    exploding = SMALL.replace(
        design=json.dumps(ConvDesign(tuple(layers), output="none").to_dict()), learning_rate=10.0, gradient_clip=0.0
    )
    run, recorder = RunFolder(tmp_path / "run"), Recorder()
    summary = train(exploding, stored_songs(tmp_path / "store"), run, recorder)
    assert summary.state == run.state() == "failed"
    assert "not a number" in summary.sentence or "stopped being a number" in summary.sentence
    assert recorder.summary == summary
    assert all(torch.isfinite(each).all() for each in load_model(run.best_file).network.state_dict().values())


def test_a_collapse_to_silence_is_said_and_begun_again_at_half_the_rate(tmp_path: Path) -> None:
    # Gradients too small for Adam to see, and a decay that halves the weights at every step.
    fading = SMALL.replace(
        epochs=8, learning_rate=0.5, weight_decay=1.0, gradient_clip=1e-12, retries=1, schedule="constant"
    )
    run, recorder = RunFolder(tmp_path / "run"), Recorder()
    train(fading, stored_songs(tmp_path / "store"), run, recorder)
    assert recorder.restarts == [(1, 0.25)]
    assert sum("collapsed to silence" in text for text in recorder.warnings) == 2  # once each attempt
    assert [line["epoch"] for line in run.history()] == list(range(1, 9))
    assert {line["attempt"] for line in run.history()} == {1}


def test_a_learning_rate_far_too_high_is_brought_down(tmp_path: Path) -> None:
    config = SMALL.replace(epochs=3, steps_per_epoch=30, learning_rate=1.0, retries=8)
    recorder = Recorder()
    train(config, stored_songs(tmp_path / "store"), RunFolder(tmp_path / "run"), recorder)
    assert recorder.restarts
    assert recorder.epochs[-1].epoch == 3
    assert recorder.epochs[-1].level_db < 3


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="RLIMIT_AS")
def test_running_out_of_memory_halves_the_batch_and_goes_on(tmp_path: Path) -> None:
    config = {"batch": 256, "clip_seconds": 0.5, "epochs": 1, "steps_per_epoch": 1}
    command = [sys.executable, "-m", "tests.core.training_child", str(tmp_path), "--address-space-mb", "75"]
    # With its default, glibc may keep freed blocks mapped, which the limit on the address space would count.
    environment = os.environ | {"MALLOC_MMAP_THRESHOLD_": "65536"}
    done = subprocess.run(
        [*command, "--config", json.dumps(config)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["state"] == "done"
    assert 32 <= report["batch"] < 256
    assert any("half the batch" in text for text in report["warnings"])


def test_a_batch_that_cannot_fit_is_halved_before_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    songs = stored_songs(tmp_path / "store")
    whole, run, recorder = RunFolder(tmp_path / "whole"), RunFolder(tmp_path / "run"), Recorder()
    train(SMALL, songs, whole)
    fitting = step_bytes(load_model(whole.best_file).network, round(SMALL.clip_seconds * RATE), SMALL.batch)
    monkeypatch.setattr("core.training.costs.available_bytes", lambda device: fitting)
    train(SMALL, songs, run, recorder)
    assert recorder.plans[0].batch == SMALL.batch // 2
    assert "taken at once" in recorder.warnings[0]
    # The same clips in two passes a step: the same losses, but for the order of additions.
    losses = [[line["val_loss"] for line in each.history()] for each in (run, whole)]
    assert losses[0] == pytest.approx(losses[1], rel=0.02)


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory."),
        RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory: you tried ..."),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 1 bytes."),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("MPS backend out of memory (MPS allocated: 1 GB)"),
        RuntimeError("could not create a primitive"),
        RuntimeError("could not execute a primitive"),
    ],
)
def test_every_form_of_exhausted_memory_is_recognised(error: Exception) -> None:
    assert is_out_of_memory(error)


def test_other_errors_are_not_taken_for_exhausted_memory() -> None:
    assert not is_out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    assert not is_out_of_memory(ValueError("out of memory"))


def test_an_absent_device_is_a_sentence_and_touches_nothing(tmp_path: Path) -> None:
    assert choose_device("auto").type == available_devices()[0]
    absent = next(name for name in ("mps", "cuda") if name not in available_devices())
    run = RunFolder(tmp_path / "run")
    with pytest.raises(UsageError, match=absent.upper()):
        train(SMALL.replace(device=absent), stored_songs(tmp_path / "store"), run)
    assert not run.path.exists()


def test_bf16_trains_where_the_user_asks_for_it(tmp_path: Path) -> None:
    config = SMALL.replace(precision="bf16", epochs=2)
    recorder = Recorder()
    summary = train(config, stored_songs(tmp_path / "store"), RunFolder(tmp_path / "run"), recorder)
    assert recorder.plans[0].precision == "bf16"
    assert summary.last_val_loss is not None
    assert summary.first_val_loss is not None
    assert summary.last_val_loss < summary.first_val_loss
    assert choose_precision("float32", torch.device("cpu")) == ("float32", "")


def test_other_threads_keep_their_number_of_threads(tmp_path: Path) -> None:
    before = torch.get_num_threads()
    train(SMALL.replace(epochs=1, threads=1), stored_songs(tmp_path / "store"), RunFolder(tmp_path / "run"))
    assert torch.get_num_threads() == before


def test_an_unknown_model_or_a_loss_without_weight_is_misuse(tmp_path: Path) -> None:
    songs, run = stored_songs(tmp_path / "store"), RunFolder(tmp_path / "run")
    with pytest.raises(UsageError):
        train(TrainConfig(model="conv-1"), songs, run)
    with pytest.raises(UsageError, match="weight 0"):
        train(SMALL.replace(mse=0.0), songs, run)
