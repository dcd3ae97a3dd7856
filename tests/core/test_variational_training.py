"""Training of the variational models: named losses, the same bits after a resume, diagnoses in the history."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.data.store import SampleStore
from core.errors import UsageError
from core.latents.frechet import frechet_distance
from core.models.diagnostics import diagnose, gradient_norms, latent_means, likeness, read_branches, unit_variances
from core.models.network import build_network
from core.models.presets import preset
from core.models.resnet_vae import ResnetVaeNetwork
from core.models.vae_design import ResnetVaeDesign, VaeDesign
from core.training.config import TrainConfig
from core.training.crops import TrainingSong
from core.training.memory import step_bytes
from core.training.run import RunFolder
from core.training.suited import suited, suited_settings
from core.training.trainer import design_for, train
from tests.core.training_fixtures import SMALL, Recorder, song_samples, store_song, stored_songs

BLOCKS = ResnetVaeDesign(latent=3, hop=400, encoder=(8, 12), decoder=(12, 8))
ALONG = VaeDesign(channels=4, hop=16, kernel=24, width=16, blocks=1)


def config_of(design: ResnetVaeDesign | VaeDesign, **values: object) -> TrainConfig:
    return SMALL.replace(**{"design": json.dumps(design.to_dict()), "kl": 0.01, "epochs": 3, "retries": 0, **values})


def songs_at(folder: Path, rate: int) -> list[TrainingSong]:
    if rate == 22050:
        return stored_songs(folder)
    store = SampleStore(folder, rate)
    songs = []
    for number in range(4):
        key = f"{number:064x}"
        with store.writer(key, 22050) as writer:
            writer.write(song_samples(number)[None])
        songs.append(TrainingSong(key, f"Song {number}", f"Author {number}", store.get(key)))
    return songs


@pytest.mark.parametrize("design", [BLOCKS, replace(ALONG, dropout=0.2)], ids=["resnet-vae", "vae"])
def test_a_resumed_run_ends_with_the_same_bits_and_names_its_losses(
    tmp_path: Path, design: ResnetVaeDesign | VaeDesign
) -> None:
    songs = songs_at(tmp_path / "store", design.rate)
    config = config_of(design, schedule="constant", warmup_steps=0, ema=0.9)
    whole, run = RunFolder(tmp_path / "whole"), RunFolder(tmp_path / "run")
    recorder = Recorder()
    train(config, songs, whole, recorder)
    train(config.replace(epochs=1), songs, run)
    train(run.config().replace(epochs=3), songs, run, resume=True)

    assert run.last_file.read_bytes()[-1000:] == whole.last_file.read_bytes()[-1000:]
    assert run.best_file.read_bytes()[-1000:] == whole.best_file.read_bytes()[-1000:]
    ours, theirs = run.history(), whole.history()
    assert [(line["losses"], line["gradients"]) for line in ours] == [
        (line["losses"], line["gradients"]) for line in theirs
    ]
    for line in ours:
        losses = line["losses"]
        assert set(losses) == {"mse", "kl", "loss"}
        assert losses["loss"] == pytest.approx(losses["mse"] + 0.01 * losses["kl"])
        assert "decoder.0" in line["gradients"] or "decoder.enter" in line["gradients"]
        assert all(math.isfinite(value) for value in line["gradients"].values())
    assert set(recorder.steps[0].losses) == {"mse", "kl", "loss"}


def test_the_one_along_time_learns(tmp_path: Path) -> None:
    summary = train(
        config_of(ALONG, kl=1e-5, learning_rate=0.005, epochs=4),
        stored_songs(tmp_path / "store"),
        RunFolder(tmp_path / "run"),
    )
    assert summary.best_val_loss is not None
    assert summary.first_val_loss is not None
    assert summary.best_val_loss < 0.5 * summary.first_val_loss


def test_more_beta_makes_fewer_nats(tmp_path: Path) -> None:
    songs = stored_songs(tmp_path / "store")
    nats = []
    for kl in (1e-6, 0.1):
        run = RunFolder(tmp_path / str(kl))
        train(config_of(ALONG, kl=kl, learning_rate=0.01), songs, run)
        nats.append(json.loads(run.history_file.read_text().splitlines()[-1])["losses"]["kl"])
    assert nats[1] < 0.5 * nats[0]


def test_fixed_blocks_are_learned_whole(tmp_path: Path) -> None:
    """Clips of other lengths than the network's are made of whole blocks."""
    songs = songs_at(tmp_path / "store", BLOCKS.rate)
    run, recorder = RunFolder(tmp_path / "run"), Recorder()
    train(config_of(BLOCKS, clip_seconds=0.2, epochs=1, steps_per_epoch=2), songs, run, recorder)
    assert recorder.steps[-1].step == 2
    assert recorder.previews[-1].reconstruction.frames == recorder.previews[-1].original.frames


def test_a_norm_over_the_batch_needs_two_clips(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least 2"):
        train(config_of(BLOCKS, batch=1), [], RunFolder(tmp_path / "run"))
    assert not (tmp_path / "run").exists()


def test_memory_is_predicted_for_whole_blocks() -> None:
    network = build_network(BLOCKS, 1)
    few, many = (step_bytes(network, BLOCKS.hop, batch) for batch in (2, 64))
    assert many > few > 0


def test_what_suits_a_model_is_taken_where_nothing_else_was_asked_for() -> None:
    asked = TrainConfig(epochs=3)
    made = suited(asked, "resnet-vae-10", {"epochs"})
    assert (made.model, made.epochs, made.kl, made.clip_seconds) == ("resnet-vae-10", 3, 1.0, 30.0)
    assert suited(asked, "conv-9184", {"epochs"}) == asked.replace(model="conv-9184")
    assert suited(asked, "resnet-vae-10", {"kl"}).kl == TrainConfig().kl == 0.0  # chosen, though it is the default
    assert suited_settings("no such model") == {}
    for name in ("resnet-vae-2", "vae-9184"):
        assert TrainConfig().replace(**suited_settings(name)).network_weights()


def test_gradients_are_told_by_layer() -> None:
    network = build_network(BLOCKS, 1)
    assert gradient_norms(network) == {}
    network(torch.zeros(2, 1, 400)).square().sum().backward()
    norms = gradient_norms(network)
    assert list(norms) == [f"encoder.{i}" for i in range(5)] + [f"decoder.{i}" for i in range(5)]
    weight = network.get_submodule("decoder.4").weight.grad
    bias = network.get_submodule("decoder.4").bias.grad
    assert isinstance(weight, torch.Tensor)
    assert isinstance(bias, torch.Tensor)
    assert norms["decoder.4"] == pytest.approx(float((weight.square().sum() + bias.square().sum()).sqrt()), rel=1e-5)
    assert set(gradient_norms(build_network(ALONG))) == set()


def test_the_encoders_branches_are_dead_and_the_decoders_are_not() -> None:
    network = build_network(BLOCKS, 1)
    assert isinstance(network, ResnetVaeNetwork)
    with torch.no_grad():
        for name, value in network.named_parameters():
            if name.endswith("norm2.bias"):
                value.fill_(0.5)  # what training may make of it: a constant
    clips = 0.3 * np.random.default_rng(0).standard_normal((6, 400)).astype(np.float32)
    readings = {each.layer: each for each in read_branches(network, clips)}
    assert list(readings) == ["encoder.1", "encoder.3", "decoder.0", "decoder.2"]
    for name, each in readings.items():
        assert each.dead == name.startswith("encoder")
        assert each.added > 0
    assert readings["encoder.1"].added == pytest.approx(0.5)


def test_a_fresh_report_network_adds_exactly_nothing() -> None:
    network = build_network(BLOCKS, 1)
    assert isinstance(network, ResnetVaeNetwork)
    clips = 0.3 * np.random.default_rng(0).standard_normal((3, 400)).astype(np.float32)
    assert [each.added for each in read_branches(network, clips) if each.layer.startswith("encoder")] == [0, 0]


def test_units_that_vary_are_active() -> None:
    random = np.random.default_rng(0)
    means = np.zeros((50, 3, 4), np.float32)
    means[:, 0] = random.standard_normal((50, 4))
    means[:, 1] = 0.05 * random.standard_normal((50, 4))  # variance 0.0025
    means[:, 2] = 7
    assert (unit_variances(means) > 0.01).tolist() == [True, False, False]


def test_likeness_is_the_mean_correlation_of_pairs() -> None:
    random = np.random.default_rng(0)
    sounds = random.standard_normal((5, 200))
    matrix = np.corrcoef(sounds)
    assert likeness(sounds) == pytest.approx((matrix.sum() - 5) / 20)
    assert likeness(np.outer([1, 2, 0.1], sounds[0]) + 3) == pytest.approx(1)
    assert likeness(np.zeros((3, 10))) == 0
    assert math.isnan(likeness(sounds[:1]))


@pytest.mark.parametrize("design", [BLOCKS, ALONG], ids=["resnet-vae", "vae"])
def test_a_diagnosis_reads_everything_at_once(design: ResnetVaeDesign | VaeDesign) -> None:
    clips = 0.3 * np.random.default_rng(0).standard_normal((5, 800)).astype(np.float32)
    found = diagnose(build_network(design, 1), clips, batch=2)
    whole = diagnose(build_network(design, 1), clips, batch=5)
    assert found.units == design.channels
    assert found.kl == pytest.approx(whole.kl, rel=1e-4)
    assert found.likeness == pytest.approx(whole.likeness, abs=1e-5)
    assert json.loads(json.dumps(found.to_dict()))["units"] == design.channels


def test_a_fixed_encoder_gives_features_for_a_distance() -> None:
    network = build_network(replace(BLOCKS, latent=2), 1)
    clips = 0.3 * np.random.default_rng(0).standard_normal((12, 400)).astype(np.float32)
    features = latent_means(network, clips, batch=5).reshape(12, -1)
    assert features.shape == (12, 2)
    with torch.no_grad():
        wanted = network.encode(torch.from_numpy(clips)[:, None]).flatten(1).numpy()
    np.testing.assert_allclose(features, wanted, atol=1e-6)
    assert frechet_distance(features, features) == pytest.approx(0, abs=1e-9)
    assert frechet_distance(features, features + 1) == pytest.approx(2, rel=1e-4)


def test_a_diagnosis_of_other_models_has_no_nats() -> None:
    clips = 0.3 * np.random.default_rng(0).standard_normal((3, 22050)).astype(np.float32)
    found = diagnose(build_network(preset("conv-9184").config, 1), clips)
    assert found.kl is None
    assert found.branches == ()


def test_stores_of_two_rates_share_a_folder_and_forget_together(tmp_path: Path) -> None:
    key = f"{1:064x}"
    song = store_song(tmp_path, key, song_samples(1))
    slow = SampleStore(tmp_path, 3000)
    assert key not in slow
    with slow.writer(key, 22050) as writer:
        writer.write(song_samples(1)[None])
    assert (slow.get(key).rate, slow.get(key).frames) == (3000, 9000)
    usual = SampleStore(tmp_path)
    assert usual.get(key).frames == song.stored.frames
    assert list(usual.keys()) == list(slow.keys()) == [key]
    usual.remove(key)
    assert key not in usual
    assert key not in slow


@pytest.mark.parametrize("model", ["resnet-vae-10", "vae-9184"])
def test_dropout_can_be_asked_for_and_done_without(model: str) -> None:
    own = design_for(TrainConfig(model=model))
    assert isinstance(own, ResnetVaeDesign | VaeDesign)
    assert design_for(TrainConfig(model=model, dropout="with")) == replace(own, dropout=0.3)
    assert design_for(TrainConfig(model=model, dropout="without")) == replace(own, dropout=0.0)


def test_dropout_is_nothing_to_other_models() -> None:
    assert design_for(TrainConfig(dropout="with")) == design_for(TrainConfig())
