"""Crops, losses, the queue of jobs and the run folder, each for itself."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import torch

from core.audio import Clip, write_wav
from core.data.store import SampleStore
from core.errors import TrainingError
from core.training.commands import Commands
from core.training.config import TrainConfig
from core.training.crops import RandomCrops, Region, TrainingSong, chunks, fixed_crops, root_mean_square
from core.training.losses import magnitudes, named_losses
from core.training.queue import JobQueue
from core.training.schedule import Pace, StepPlan, learning_rate_factor
from core.training.songs import songs_from_paths
from tests.core.training_fixtures import RATE, song_samples, store_song


class Ramp:
    """A song whose samples are their own numbers."""

    def __init__(self, frames: int, silent: range = range(0)) -> None:
        self.frames, self.peak, self._silent = frames, 1.0, silent

    def read(self, start: int, count: int) -> np.ndarray:
        samples = np.arange(start, start + count, dtype=np.float32)
        samples[(samples >= self.frames) | np.isin(samples, self._silent)] = 0
        return samples


def region(frames: int, start: int = 0, stop: int | None = None, silent: range = range(0)) -> Region:
    return Region(TrainingSong("k", "t", "", Ramp(frames, silent)), start, frames if stop is None else stop)


def test_a_clip_depends_on_seed_step_and_item_alone() -> None:
    regions = [region(1000), region(5000)]
    crops = RandomCrops(regions, 64, seed=7, gain_db=6)
    wanted = crops.clip(11, 3)
    crops.batch(0, range(5))
    assert np.array_equal(crops.clip(11, 3), wanted)
    assert np.array_equal(RandomCrops(regions, 64, seed=7, gain_db=6).batch(11, range(2, 5))[1, 0], wanted)
    others = [crops.clip(11, 4), crops.clip(12, 3), RandomCrops(regions, 64, seed=8, gain_db=6).clip(11, 3)]
    assert not any(np.array_equal(other, wanted) for other in others)


def test_clips_stay_in_their_region_and_short_ones_are_padded() -> None:
    batch = RandomCrops([region(10_000, 2000, 3000)], 100, seed=0).batch(0, range(50))
    assert batch.min() >= 2000
    assert batch.max() < 3000
    short = RandomCrops([region(10_000, 2000, 2030)], 100, seed=0).clip(0, 0)
    assert np.array_equal(short[:30], np.arange(2000, 2030))
    assert not short[30:].any()


def test_silent_clips_are_drawn_again() -> None:
    mostly_silent = region(20_000, silent=range(0, 15_000))
    batch = RandomCrops([mostly_silent], 100, seed=0).batch(0, range(64))
    levels = [root_mean_square(clip) for clip in batch[:, 0]]
    assert sum(level > 0 for level in levels) > 50  # a quarter would be with a single draw
    assert not RandomCrops([region(500, silent=range(500))], 100, seed=0).clip(0, 0).any()


def test_validation_clips_are_spread_over_the_songs() -> None:
    clips = fixed_crops([region(1000), region(3000)], 100, 4)
    assert [clip[0] for clip in clips] == [450, 450, 1450, 2450]
    assert len(fixed_crops([region(50)], 100, 4)) == 1


def test_pieces_cover_the_music_or_an_even_choice_of_it() -> None:
    assert [(offset, frames) for _region, offset, frames in chunks([region(250)], 100, limit=10_000)] == [
        (0, 100),
        (100, 100),
        (200, 50),
    ]
    assert [piece[1] for piece in chunks([region(1000)], 100, limit=300)] == [0, 400, 900]


def test_losses_are_named_and_their_sum_is_weighted() -> None:
    target = torch.from_numpy(song_samples(0))[None, None, :8192]
    losses = named_losses(0.5 * target, target, RATE, {"mse": 2.0, "stft": 1.0, "mel": 0.5})
    assert losses["mse"] == pytest.approx(0.25 * float(target.square().mean()), rel=1e-5)
    assert losses["mel"] == pytest.approx(np.log10(2), rel=0.1)
    assert losses["stft"] == pytest.approx(0.5 + np.log(2), rel=0.1)
    total = 2 * losses["mse"] + losses["stft"] + 0.5 * losses["mel"]
    assert losses["loss"] == pytest.approx(float(total), rel=1e-5)


def test_losses_and_their_gradients_are_finite_on_silence_and_on_a_few_samples() -> None:
    for frames in (1, 100, 5000):
        estimate = torch.zeros(1, 1, frames, requires_grad=True)
        losses = named_losses(estimate, torch.zeros(1, 1, frames), RATE, {"mse": 1.0, "stft": 1.0, "mel": 1.0})
        losses["loss"].backward()
        assert torch.isfinite(losses["loss"])
        assert estimate.grad is not None
        assert torch.isfinite(estimate.grad).all()


def test_magnitudes_are_those_of_a_plain_fourier_transform() -> None:
    samples = torch.from_numpy(song_samples(1))[None, None, :4096]
    frame = samples[0, 0, 2048 - 256 : 2048 + 256] * torch.hann_window(512)
    assert torch.allclose(magnitudes(samples, 512)[0, :, 16], torch.fft.rfft(frame).abs(), atol=1e-4)


def test_the_queue_survives_a_restart_and_resumes_what_was_running(tmp_path: Path) -> None:
    queue = JobQueue(tmp_path)
    config = TrainConfig(model="conv-9184", epochs=3)
    first, second, third = (queue.add(config, ["a", "b"], tmp_path / name) for name in ("one", "two", "three"))
    queue.move(third.id, 0)
    running = queue.next()
    assert running is not None
    assert running.id == third.id
    with pytest.raises(TrainingError, match="being trained"):
        queue.remove(third.id)

    again = JobQueue(tmp_path)
    assert [job.id for job in again.jobs()] == [third.id, first.id, second.id]
    assert [(job.state, job.resume) for job in again.jobs()] == [
        ("waiting", True),
        ("waiting", False),
        ("waiting", False),
    ]
    assert again.jobs()[1] == first
    again.remove(first.id)
    resumed = again.next()
    assert resumed is not None
    again.finish(resumed.id, "done", "Training is done.")
    assert [job.state for job in JobQueue(tmp_path).jobs()] == ["done", "waiting"]
    with pytest.raises(TrainingError, match="no longer"):
        again.move("gone", 0)


def test_a_damaged_queue_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "queue.json").write_text('{"jobs": [{"id": 1}]}')
    assert JobQueue(tmp_path).jobs() == []
    assert (tmp_path / "queue.json.damaged").exists()


def test_a_paused_trainer_still_gives_previews_and_wakes_when_told() -> None:
    commands, previews = Commands(), []
    commands.pause()
    done = threading.Event()
    previewed = threading.Event()

    def work() -> None:
        commands.wait_while_paused(lambda: (previews.append(1), previewed.set()))  # type: ignore[func-returns-value]
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    commands.preview_now()
    assert previewed.wait(10)
    assert not done.is_set()
    commands.stop_and_discard()
    commands.stop_and_keep()
    thread.join(10)
    assert done.is_set()
    assert commands.stopping == "discard"
    assert previews == [1]


def test_minutes_are_divided_by_the_pace() -> None:
    pace = Pace()
    pace.step_seconds, pace.validation_seconds = 0.1, 1.0
    plan = StepPlan.decided(TrainConfig(minutes=1), {}, once=40, pace=pace, epochs_done=0, seconds=0)
    assert (plan.steps_per_epoch, plan.epochs, plan.steps) == (40, 12, 480)
    slow = Pace()
    slow.step_seconds = 100.0
    assert StepPlan.decided(TrainConfig(minutes=1), {}, once=40, pace=slow, epochs_done=0, seconds=0).steps == 1
    kept = StepPlan.decided(TrainConfig(minutes=1), plan.to_dict(), once=40, pace=slow, epochs_done=3, seconds=9)
    assert kept == plan


def test_the_learning_rate_rises_then_falls() -> None:
    config = TrainConfig(warmup_steps=20)
    factors = [learning_rate_factor(step, 400, config) for step in range(400)]
    assert factors[0] < 0.1
    assert max(factors) == factors[20] == 1.0
    assert factors[-1] == pytest.approx(0.01, abs=1e-3)
    assert factors[20:] == sorted(factors[20:], reverse=True)
    assert learning_rate_factor(399, 400, config.replace(schedule="constant")) == 1.0


def test_bad_files_are_named_and_the_others_trained_on(tmp_path: Path) -> None:
    folder = tmp_path / "songs" / "jazz"
    folder.mkdir(parents=True)
    for number in range(2):
        write_wav(folder / f"good{number}.wav", Clip(song_samples(number), RATE))
    write_wav(folder / "same.wav", Clip(song_samples(1), RATE))
    (folder / "bad.wav").write_bytes(b"not audio at all")
    (folder / "empty.mp3").write_bytes(b"")
    heard: list[str] = []
    found = songs_from_paths(
        [folder.parent, tmp_path / "nowhere"],
        SampleStore(tmp_path / "store", RATE),
        on_problem=lambda path, sentence: heard.append(path.name),
    )
    assert [song.title for song in found.songs] == ["good0", "good1"]
    assert {song.genre for song in found.songs} == {"jazz"}
    assert sorted(path.name for path, _sentence in found.problems) == sorted(heard)
    assert set(heard) == {"bad.wav", "empty.mp3", "nowhere"}
    assert all(path.name in sentence for path, sentence in found.problems)
    assert [path.name for path in found.duplicates] == ["same.wav"]


def test_crops_of_a_stored_song_are_its_samples(tmp_path: Path) -> None:
    samples = song_samples(3)
    song = store_song(tmp_path / "store", "cd" * 32, samples)
    clip = RandomCrops([Region(song, 0, song.stored.frames)], 1000, seed=0).clip(0, 0)
    places = [place for place in range(len(samples) - 1000) if abs(samples[place] - clip[0]) < 1e-4]
    assert any(np.allclose(samples[place : place + 1000], clip, atol=1e-4) for place in places)


def test_what_a_window_needs_first_comes_without_torch() -> None:
    modules = ", ".join(
        f"core.training.{name}" for name in ("callbacks", "commands", "config", "queue", "run", "songs")
    )
    program = f"import sys, {modules}; print(sorted({{'torch', 'scipy', 'sklearn'}} & set(sys.modules)))"
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True).stdout == "[]\n"


def test_after_warming_up_a_training_finds_its_modules_loaded() -> None:
    program = """
import sys
from core.training import warm_up

assert "torch" not in sys.modules
warm_up()
import torch
from core.training import step, trainer
from core.training.config import TrainConfig

before = set(sys.modules)
step.make_optimizer(torch.nn.Linear(2, 2), TrainConfig())
print(sorted(name for name in set(sys.modules) - before if name.startswith("torch")))
"""
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True).stdout == "[]\n"
