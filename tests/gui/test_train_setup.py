"""What is about to be trained, and what it becomes in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.data.splits import split_songs
from core.errors import UsageError
from core.models.layers import ConvLayer
from core.models.presets import presets
from core.models.studio_design import StudioDesign
from core.training.callbacks import EpochReport, StepReport, TrainSummary
from core.training.config import TrainConfig
from musicae_gui.controllers.train_about import about_words, suits_words
from musicae_gui.controllers.train_estimate import clip_work, cost, cost_words, duration, size
from musicae_gui.controllers.train_setup import TrainSetup, TrainSong, size_words, solved, split_words
from musicae_gui.controllers.train_watch import RunWatch, end_words
from musicae_gui.views.loss_curve import LossCurve

SIZES = {
    "conv-55112": 55112,
    "conv-32151": 32151,
    "conv-24496": 24496,
    "conv-18376": 18376,
    "conv-9184": 9184,
}


def test_every_preset_can_be_chosen_and_the_networks_come_first() -> None:
    setup = TrainSetup()
    single = {each.name for each in presets() if each.kind != "studio"}
    assert set(setup.presets) == {*single, "studio"}
    assert list(setup.presets)[:5] == list(SIZES)


def test_several_sizes_become_one_configuration_each_in_the_lists_order() -> None:
    setup = TrainSetup()
    setup.choose("klt-1378", True)
    setup.choose("conv-55112", True)
    setup.config = setup.config.replace(epochs=3)
    assert [(config.model, config.epochs) for config in setup.configs()] == [
        ("conv-55112", 3),
        ("conv-18376", 3),
        ("klt-1378", 3),
    ]


def test_without_a_size_nothing_can_start() -> None:
    setup = TrainSetup()
    setup.choose("conv-18376", False)
    with pytest.raises(UsageError, match="at least one size"):
        setup.configs()


def test_an_edited_network_is_trained_as_edited_and_can_be_reset() -> None:
    setup = TrainSetup()
    design = setup.design("conv-18376")
    assert design is not None
    edited = replace(design, layers=(*design.layers, ConvLayer(6, 1, 1)))
    setup.edit("conv-18376", edited)
    (config,) = setup.configs()
    assert config.design_dict() == edited.to_dict()
    setup.reset("conv-18376")
    assert setup.configs()[0].design == ""


def test_a_change_back_to_the_preset_is_no_edit() -> None:
    setup = TrainSetup()
    design = setup.design("conv-9184")
    assert design is not None
    setup.edit("conv-9184", replace(design, layers=design.layers[:-1]))
    assert setup.edited("conv-9184")
    setup.edit("conv-9184", design)
    assert not setup.edited("conv-9184")


def test_a_network_that_cannot_work_does_not_start() -> None:
    setup = TrainSetup()
    design = setup.design("conv-18376")
    assert design is not None
    setup.edit("conv-18376", replace(design, layers=(ConvLayer(8, 2, 8),)))
    with pytest.raises(UsageError, match="leaves values unread"):
        setup.configs()


@pytest.mark.parametrize("wanted", [1000, 9184, 18376, 20000, 50000])
def test_the_search_finds_a_network_of_the_wanted_size(wanted: int) -> None:
    design = TrainSetup().design("conv-18376")
    assert design is not None
    found = solved(design, wanted)
    assert abs(found.latent_floats() - wanted) <= 0.02 * wanted
    assert found.problems() == []


def test_the_search_also_helps_a_network_that_cannot_work() -> None:
    design = TrainSetup().design("conv-18376")
    assert design is not None
    broken = replace(design, layers=(ConvLayer(8, 2, 8),))
    assert solved(broken, 9184).problems() == []


def test_choices_survive_a_restart_and_nonsense_does_not() -> None:
    setup = TrainSetup()
    setup.choose("conv-9184", True)
    setup.current = "conv-9184"
    setup.config = setup.config.replace(epochs=7)
    design = setup.design("conv-9184")
    assert design is not None
    setup.edit("conv-9184", replace(design, layers=design.layers[:-1]))
    again = TrainSetup()
    again.restore(setup.to_dict())
    assert again.to_dict() == setup.to_dict()
    odd = TrainSetup()
    odd.restore({"chosen": 3, "current": "gone", "config": {"epochs": -1}, "designs": {"gone": 1, "conv-9184": {}}})
    assert odd.to_dict() == TrainSetup().to_dict()


def _songs(count: int, author: str = "") -> list[TrainSong]:
    return [TrainSong(f"song{number}", author and f"{author}{number}", 30.0) for number in range(count)]


def test_the_split_is_said_as_the_trainer_makes_it() -> None:
    songs = _songs(10)
    split = split_songs([song.key for song in songs], seed=0)
    words = split_words(songs, 0)
    assert words == (
        f"{len(split.train)} songs to learn from, {len(split.validation)} to check with, "
        f"{len(split.test)} kept for the test."
    )


def test_one_song_is_divided_within_itself_and_none_is_said_too() -> None:
    assert "first four fifths" in split_words(_songs(1), 0)
    assert "drop songs" in split_words([], 0)


def test_more_epochs_cost_more_time_and_larger_batches_more_memory() -> None:
    design = TrainSetup().design("conv-18376")
    config = TrainConfig(epochs=10, batch=8)
    once = cost(config, design, 300.0)
    assert cost(config.replace(epochs=20), design, 300.0).seconds == pytest.approx(2 * once.seconds, rel=0.01)
    assert cost(config.replace(batch=16), design, 300.0).memory_bytes > once.memory_bytes


def test_a_measured_speed_replaces_the_guess() -> None:
    design = TrainSetup().design("conv-18376")
    assert design is not None
    config = TrainConfig(epochs=10, batch=8, steps_per_epoch=50, validation_clips=1)
    speed = 100 * clip_work(design, config)  # 100 clips a second
    assert cost(config, design, 300.0, speed).seconds == pytest.approx(10 * 50 * 8 / 100, rel=0.01)


def test_correcting_the_latent_counts_in_the_guess() -> None:
    config = TrainConfig(model="studio")
    corrected = StudioDesign(corrections=2)
    once = cost(config, replace(corrected, corrections=0), 300.0)
    assert cost(config, corrected, 300.0).seconds > 1.5 * once.seconds


def test_minutes_are_taken_at_their_word_and_klt_takes_seconds() -> None:
    design = TrainSetup().design("conv-18376")
    assert cost(TrainConfig(minutes=3.0), design, 300.0).seconds == 180
    assert cost(TrainConfig(model="klt-1378"), None, 300.0).seconds < 60


def test_the_estimate_is_a_sentence() -> None:
    design = TrainSetup().design("conv-18376")
    costs = [cost(TrainConfig(minutes=3.0), design, 300.0)] * 2
    assert cost_words(costs, measured=True).startswith("About 6 minutes for all 2, and ")
    assert (duration(7), duration(200), duration(3 * 3600)) == ("5 seconds", "3 minutes", "3.0 hours")
    assert (size(640_000_000), size(2_500_000_000)) == ("640 MB", "2.5 GB")


def _step(step: int, steps: int = 400, epochs: int = 40, left: float = 100.0) -> StepReport:
    return StepReport(step, steps, 1 + (step - 1) * epochs // steps, epochs, {"loss": 1.0}, 1e-3, 12.0, left, 10**9)


def _epoch(epoch: int, best: int) -> EpochReport:
    return EpochReport(epoch, 0.5, 0.6, 1.0, best, 1e-3, 10 * epoch)


def test_the_best_epoch_is_told_in_words() -> None:
    watch = RunWatch("run", LossCurve("run", "run"))
    assert watch.best_words() == ""
    watch.take_epoch(_epoch(1, 0))
    assert watch.best_words() == "No epoch is better yet than what there was before."
    watch.take_steps(_step(200), [(20.0, 1.0)])
    watch.take_epoch(_epoch(20, 20))
    assert watch.best_words() == "The last epoch is the best so far."
    watch.take_epoch(_epoch(21, 20))
    assert watch.best_words() == "The best was 1 epoch ago (epoch 20)."
    watch.take_epoch(_epoch(32, 20))
    assert watch.best_words().startswith("The best was 12 epochs ago (epoch 20).")
    assert "Stop and keep" in watch.best_words()


def test_a_run_says_how_far_it_is_and_how_long_it_takes() -> None:
    watch = RunWatch("run", LossCurve("run", "run"))
    assert watch.watched().fraction < 0
    watch.take_steps(_step(100), [(10.0, 1.0)])
    watched = watch.watched()
    assert watched.title == "run: epoch 10 of 40"
    assert watched.fraction == 0.25
    assert "About 2 minutes left." in watched.sentence
    assert ("Speed", "12.0 clips/s") in watched.figures
    watch.paused = True
    assert watch.watched().title == "run: paused"


def test_a_new_start_after_a_collapse_empties_the_curve() -> None:
    watch = RunWatch("run", LossCurve("run", "run"))
    watch.take_steps(_step(10), [(1.0, 1.0)])
    watch.take_epoch(_epoch(1, 1))
    watch.restart()
    assert len(watch.curve.steps) == 0
    assert watch.curve.best is None


def test_the_end_of_a_run_says_what_was_won() -> None:
    summary = TrainSummary("done", "", 40, 400, 33, 1.0, 0.25, 0.3, 60.0, "best.musicae")
    assert end_words("run", summary) == "run is trained. Validation loss fell by 75 %, best in epoch 33."
    assert "discarded" in end_words("run", replace(summary, state="discarded"))
    in_vain = replace(summary, best_val_loss=1.0, best_epoch=0)
    assert end_words("run", in_vain) == (
        "run is trained. No epoch was better than the model it began with, which is kept."
    )


def test_models_without_a_table_of_layers_are_sized_costed_and_get_what_suits_them() -> None:
    setup = TrainSetup()
    blocks, along = setup.presets["resnet-vae-10"], setup.presets["vae-18376"]
    assert size_words(blocks, setup.design(blocks.name), False) == "10 floats for each 30 s · 3000 Hz"
    assert size_words(along, None, False).startswith("18,376 floats for 5 s")
    setup.chosen = [blocks.name, along.name]
    setup.config = setup.config.replace(epochs=7)
    ours, theirs = setup.configs()
    assert (ours.epochs, ours.clip_seconds, ours.kl) == (7, 30.0, 1.0)
    assert theirs.epochs == 7
    assert 0 < theirs.kl < 0.001
    for config in (ours, theirs):
        network = setup.network(config.model)
        assert network is not None
        once = cost(config, network, 300.0)
        assert cost(config.replace(epochs=14), network, 300.0).seconds == pytest.approx(2 * once.seconds, rel=0.01)
        assert cost(config.replace(batch=64), network, 300.0).memory_bytes > once.memory_bytes
    assert setup.network("klt-1378") is None


def test_a_touched_setting_wins_over_what_suits_a_size_even_at_its_default() -> None:
    setup = TrainSetup()
    setup.chosen, setup.current = ["resnet-vae-10"], "resnet-vae-10"  # the form shows what suits it
    assert (setup.config.kl, setup.config.epochs) == (1.0, 20)
    setup.config = setup.config.replace(kl=0.0, epochs=40)
    assert (setup.configs()[0].kl, setup.configs()[0].epochs) == (0.0, 40)
    assert {"clip_seconds", "mse"} <= set(setup.suits(setup.current))
    assert "kl" not in setup.suits(setup.current)
    again = TrainSetup()
    again.restore(setup.to_dict())
    assert again.configs() == setup.configs()
    again.forget_settings()
    assert again.configs()[0].kl == 1.0
    assert not again.touched


def test_what_is_seen_but_not_touched_stays_with_its_size() -> None:
    setup = TrainSetup()
    setup.current = "studio"
    setup.config = setup.config.replace(epochs=7)
    setup.current = "conv-18376"
    assert (setup.config.epochs, setup.config.mse, setup.config.mel) == (7, 1.0, 0.0)


def test_the_sizes_of_studio_are_one_choice_that_says_what_its_training_does() -> None:
    setup = TrainSetup()
    setup.restore({"chosen": ["studio-689"], "current": "studio-344"})
    assert (setup.chosen, setup.current) == (["studio"], "studio")
    studio = replace(setup.presets["studio"], trained=True)
    words = about_words(studio, setup.config, 600.0)
    assert "studio-1378, studio-689, studio-344 are one network" in words
    assert "weights that come with Musicae" in words
    assert "10 minutes" in words
    assert "KLT of these songs" in about_words(studio, setup.config.replace(from_scratch=True), 0.0)
    assert "Mel loss" in suits_words("studio", setup.suits("studio"))
    assert "one network" in size_words(studio, None, False)
