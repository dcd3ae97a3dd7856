"""Training of studio by the real trainer: its start, critics, resuming, and what its shipped file is made of."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from core.audio import Clip, write_wav
from core.data.splits import Split
from core.library.keys import content_key
from core.models.checkpoint import load_model
from core.models.codec import load_codec
from core.models.design import CLIP_SAMPLES
from core.models.studio_design import StudioDesign
from core.training.adversary import Adversary
from core.training.commands import Commands
from core.training.config import TrainConfig
from core.training.make_studio import main as make_studio
from core.training.run import RunFolder
from core.training.suited import suited_settings
from core.training.trainer import train
from tests.core.test_training_resume import assert_same_bits
from tests.core.training_fixtures import Recorder, store_song, stored_songs

DESIGN = StudioDesign(channels=16, hop=256, window=512, width=16, kernel=3, bands=8)
TINY = TrainConfig(
    **{
        **suited_settings("studio"),
        "model": "studio-1378",
        "design": json.dumps(DESIGN.to_dict()),
        "epochs": 3,
        "batch": 3,
        "clip_seconds": 0.25,
        "steps_per_epoch": 5,
        "validation_clips": 3,
        "warmup_steps": 2,
        "device": "cpu",
        "precision": "float32",
        "threads": 1,
    }
)


def test_it_is_recognisable_before_its_first_step_and_gets_better(tmp_path: Path) -> None:
    recorder = Recorder()
    summary = train(TINY, stored_songs(tmp_path / "store"), RunFolder(tmp_path / "run"), recorder)
    assert summary.state == "done"
    assert summary.first_val_loss is not None
    assert summary.best_val_loss is not None
    assert summary.best_val_loss < summary.first_val_loss
    assert recorder.plans[0].seconds_estimate > 0
    reports = recorder.epochs
    assert reports[0].level_db > -6  # it is heard, not silence that is slowly left
    assert {"wave", "magnitude", "stft", "complex", "mel", "loss"} <= set(reports[0].losses)


def test_with_critics_and_stopped_half_way_it_ends_with_the_same_bits(tmp_path: Path) -> None:
    config = TINY.replace(adversarial=1.0, adversarial_share=0.7, mixture=0.5)
    whole, parted = RunFolder(tmp_path / "whole"), RunFolder(tmp_path / "parted")
    songs = stored_songs(tmp_path / "store")
    recorder = Recorder()
    train(config, songs, whole, recorder)
    with_critics = [report.step for report in recorder.steps if "critics" in report.losses]
    assert with_critics == list(range(6, 16))  # from step 0.3 x 15 = 4.5 on, counted when done
    assert all("mixture" in report.losses for report in recorder.steps)

    commands = Commands()

    class Stopping(Recorder):
        def on_step(self, report: object) -> None:
            super().on_step(report)  # type: ignore[arg-type]
            if len(self.steps) == 8:
                commands.stop_and_keep()

    assert train(config, songs, parted, Stopping(), commands).state == "stopped"
    assert train(config, songs, parted, resume=True).state == "done"
    assert_same_bits(whole, parted)


def test_critics_learn_to_tell_noise_from_tones() -> None:
    adversary = Adversary(0, torch.device("cpu"))
    generator = torch.Generator().manual_seed(0)
    tones = torch.sin(torch.arange(4096) * torch.tensor([[0.05], [0.21]]))[:, None]
    first = last = 0.0
    for step in range(30):
        noise = 0.3 * torch.randn(2, 1, 4096, generator=generator)
        adversary.optimizer.zero_grad()
        loss = adversary.criticise(noise, tones)
        loss.backward()
        adversary.step()
        first, last = (float(loss.detach()) if step == 0 else first), float(loss.detach())
    assert last < 0.5 * first
    noise.requires_grad_(True)
    adversary.lessons(noise, tones).backward()
    assert noise.grad is not None
    assert bool(noise.grad.abs().sum() > 0)
    assert all(not value.requires_grad for value in adversary.parameters())


def test_a_song_alone_is_enough(tmp_path: Path) -> None:
    summary = train(TINY.replace(epochs=1), stored_songs(tmp_path / "store", 1), RunFolder(tmp_path / "run"))
    assert summary.state == "done"


def test_a_given_split_is_kept(tmp_path: Path) -> None:
    songs = stored_songs(tmp_path / "store")
    keys = [song.key for song in songs]
    split = Split((keys[2],), (keys[0],), (keys[1], keys[3]))
    run = RunFolder(tmp_path / "run")
    train(TINY.replace(epochs=1), songs, run, split=split)
    assert {name: list(part) for name, part in load_model(run.best_file).card.split.items()} == {
        "train": [keys[2]],
        "validation": [keys[0]],
        "test": [keys[1], keys[3]],
    }


def test_a_run_becomes_a_small_file_with_scores_and_credits(tmp_path: Path) -> None:
    folder = tmp_path / "songs"
    folder.mkdir()
    songs = []
    for number in range(4):
        samples = np.tile(np.sin(np.arange(CLIP_SAMPLES) * 0.02 * (number + 1)), 2).astype(np.float32) * 0.3
        write_wav(folder / f"song{number}.wav", Clip(samples[None], 22_050))
        songs.append(store_song(tmp_path / "store", content_key(folder / f"song{number}.wav"), samples))
    keys = [song.key for song in songs]
    run = RunFolder(tmp_path / "run")
    train(TINY.replace(epochs=1), songs, run, split=Split((keys[0], keys[1]), (keys[2],), (keys[3],)))

    out, page = tmp_path / "studio.musicae", tmp_path / "studio.md"
    code = make_studio([str(run.path), str(folder), "--out", str(out), "--card", str(page), "--no-visqol"])
    assert code == 0
    model = load_codec(out)
    assert model.design == DESIGN
    assert model.card.training["held_out"].keys() == {"16", "8", "4"}
    assert [credit.title for credit in model.card.credits] == ["song0", "song1", "song2"]
    assert out.stat().st_size < 0.6 * run.best_file.stat().st_size
    words = page.read_text(encoding="utf-8")
    assert "song1" in words
    assert "musicae train SONGS --model studio" in words
    assert make_studio([str(tmp_path / "none"), str(folder), "--out", str(out)]) == 1

    fewer = ["--out", str(out), "--card", str(page), "--no-visqol", "--corrections"]
    assert make_studio([str(run.path), str(folder), *fewer, "1"]) == 0
    assert load_codec(out).design == replace(DESIGN, corrections=1)
    assert "INDEX.tsv --corrections 1 --out" in page.read_text(encoding="utf-8")
    assert make_studio([str(run.path), str(folder), *fewer, "99"]) == 2


def test_songs_that_teach_it_nothing_leave_the_shipped_weights(tmp_path: Path) -> None:
    config = TrainConfig(**{**suited_settings("studio"), "model": "studio", "epochs": 1, "steps_per_epoch": 2})
    config = config.replace(batch=1, clip_seconds=0.2, validation_clips=1, device="cpu", precision="float32")
    config = config.replace(learning_rate=0.05, warmup_steps=0, ema=0.0)
    run = RunFolder(tmp_path / "run")
    summary = train(config, stored_songs(tmp_path / "store", seconds=1.0), run)
    assert summary.best_epoch == 0
    assert summary.best_val_loss == summary.first_val_loss
    assert summary.last_val_loss is not None
    assert summary.last_val_loss > summary.first_val_loss
    kept, shipped = load_model(run.best_file).network, load_codec("studio").network
    assert all(torch.equal(value, kept.state_dict()[name]) for name, value in shipped.state_dict().items())


def test_the_users_songs_begin_with_the_shipped_weights(tmp_path: Path) -> None:
    config = TrainConfig(**{**suited_settings("studio"), "model": "studio", "epochs": 1, "steps_per_epoch": 1})
    config = config.replace(batch=1, clip_seconds=0.2, validation_clips=1, device="cpu", precision="float32")
    recorder = Recorder()
    train(config, stored_songs(tmp_path / "store", seconds=1.0), RunFolder(tmp_path / "run"), recorder)
    begun = recorder.previews[0]
    assert begun.epoch == 0
    shipped = load_codec("studio")
    with torch.inference_mode():
        made = shipped.network(torch.from_numpy(begun.original.samples)[None])[0].numpy()
    assert np.abs(begun.reconstruction.samples - made).max() < 1e-5
    assert recorder.plans[0].learning_rate < 0.0001  # at 0.0003 it forgets more than it learns
