"""Searching learning rate and layers: what is proposed, that the best is found, kept, and gone on with."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest

from core import paths
from core.audio import write_wav
from core.errors import Cancelled, UsageError
from core.models.design import CLIP_SAMPLES
from core.models.layers import ConvDesign
from core.models.own_presets import own_presets, save_preset
from core.models.presets import find_model, preset, presets
from core.training import search as searching
from core.training.callbacks import Callbacks, EpochReport, StepReport, TrainSummary
from core.training.commands import Commands
from core.training.config import TrainConfig
from core.training.search import (
    COMPLETE,
    PRUNED,
    SearchListener,
    Tried,
    best_of,
    optuna_module,
    saved_config,
    search,
)
from core.training.search_config import SearchConfig
from core.training.search_report import design_words, keep_best, write_search
from core.training.search_space import CHANNELS, design_of
from core.training.suited import suited_settings
from tests.core.cli_fixtures import Musicae, musicae
from tests.core.training_fixtures import stored_songs
from tests.demo_songs import composed

__all__ = ["musicae"]
SMALL = SearchConfig(
    size=9184, trials=2, epochs=1, steps_per_epoch=1, batch=2, clip_seconds=0.25, validation_clips=1, device="cpu"
)
PLANTED = -2.5  # of the learning rate's logarithm


@pytest.fixture
def optuna() -> object:
    return pytest.importorskip("optuna")


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainings whose loss is least at a learning rate of 0.003 and two layers, told epoch by epoch."""

    def answer(
        config: TrainConfig, songs: object, run: object, callbacks: Callbacks, commands: Commands, **_rest: object
    ) -> TrainSummary:
        layers = len((config.design_dict() or {})["layers"])
        least = 0.01 + (math.log10(config.learning_rate) - PLANTED) ** 2 + 0.3 * abs(layers - 2)
        done = 0
        for done in range(1, config.epochs + 1):
            loss = least + 1 / done
            callbacks.on_step(StepReport(done, config.epochs, done, config.epochs, {"loss": loss}, 0.1, 1.0, 0.0, 0))
            callbacks.on_epoch(EpochReport(done, loss, loss, 0.1, done, 0.1, done))
            if commands.stopping:
                break
        best = least + 1 / max(done, 1)
        return TrainSummary("stopped" if commands.stopping else "done", "", done, done, done, None, best, best, 0.1)

    monkeypatch.setattr(searching, "train", answer)


def test_proposals_have_the_size_and_let_elements_fall_slowly() -> None:
    for floats in (55112, 18376, 9184):
        for channels in CHANNELS:
            for later in ([], [1], [2], [3], [2, 2], [1, 3]):
                design = design_of(channels, later, [2] * (len(later) + 1), floats)
                assert design.problems() == []
                assert design.latent_floats() == pytest.approx(floats, rel=0.03)
                elements = [CLIP_SAMPLES] + [row.elements for row in design.table()]
                assert max(elements) <= 1.01 * CLIP_SAMPLES  # never raised, as the first report found


def test_a_planted_optimum_is_found(optuna: object, planted: None, tmp_path: Path) -> None:
    tried = search(SMALL.replace(trials=40, epochs=4, seed=1), stored_songs(tmp_path / "songs", 2), tmp_path / "out")
    assert len(tried) == 40
    best = best_of(tried)
    assert best is not None
    assert math.log10(best.learning_rate) == pytest.approx(PLANTED, abs=0.35)
    assert len(best.design.layers) == 2
    pruned = [each for each in tried if each.state == PRUNED]
    assert pruned
    assert all(each.epochs < 4 for each in pruned)
    worst = max(each.loss for each in tried if each.state == COMPLETE and each.loss is not None)
    assert best.loss is not None
    assert best.loss < worst


def test_a_stopped_search_goes_on_with_its_own_settings(optuna: object, planted: None, tmp_path: Path) -> None:
    songs, commands, out = stored_songs(tmp_path / "songs", 2), Commands(), tmp_path / "out"

    class StopAfterThree(SearchListener):
        def on_tried(self, tried: Tried, best: Tried | None) -> None:
            if tried.number == 2:
                commands.stop_and_keep()

    with pytest.raises(Cancelled):
        search(SMALL.replace(trials=6), songs, out, StopAfterThree(), commands)
    assert saved_config(out) == SMALL.replace(trials=6)
    heard: list[int] = []

    class Numbers(SearchListener):
        def on_trial(self, number: int, total: int, proposal: object) -> None:
            heard.append(number)

    tried = search(SearchConfig(trials=6), songs, out, Numbers())
    assert heard == [4, 5, 6]
    assert [each.number for each in tried] == list(range(6))
    assert len({each.learning_rate for each in tried}) == 6  # no proposal twice
    assert saved_config(out) == SMALL.replace(trials=6)


def test_the_trial_that_was_under_way_is_tried_again(optuna: object, planted: None, tmp_path: Path) -> None:
    songs, commands, out = stored_songs(tmp_path / "songs", 2), Commands(), tmp_path / "out"
    begun: list[float] = []

    class StopWithin(SearchListener):
        def on_trial(self, number: int, total: int, proposal: searching.Proposal) -> None:
            begun.append(proposal.learning_rate)

        def on_progress(self, fraction: float) -> None:
            if len(begun) == 2:
                commands.stop_and_keep()

    with pytest.raises(Cancelled):
        search(SMALL.replace(trials=3, epochs=3), songs, out, StopWithin(), commands)
    tried = search(SMALL.replace(trials=3), songs, out)
    assert [each.learning_rate for each in tried][:2] == pytest.approx(begun)
    assert len(tried) == 3


def test_real_trainings_leave_runs_a_table_a_figure_and_a_preset(
    optuna: object, musicae: Musicae, tmp_path: Path, data_dir: Path
) -> None:
    for style in ("jazz", "rock"):
        write_wav(tmp_path / "songs" / f"{style}.wav", composed(style).clip.cut(2.0, 2.0))
    out = tmp_path / "out"
    options = ["--size", 9184, "--trials", 2, "--epochs", 1, "--steps-per-epoch", 1, "--batch", 2]
    options += ["--clip-seconds", 0.25, "--validation-clips", 1, "--device", "cpu"]
    answer = musicae("search", tmp_path / "songs", "--out", out, *options)
    assert answer.code == 0, answer.err
    assert "searched-9184" in answer.out
    with (out / "trials.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["state"] for row in rows] == ["complete", "complete"]
    assert "<svg" in (out / "search.svg").read_text()
    assert (out / "trials" / "0000" / "history.jsonl").is_file()
    best = preset("searched-9184")
    assert best.latent_floats_5s == pytest.approx(9184, rel=0.03)
    winner = min(rows, key=lambda row: float(row["loss"]))
    assert suited_settings("searched-9184")["learning_rate"] == pytest.approx(float(winner["learning_rate"]), rel=1e-5)
    again = musicae("search", tmp_path / "songs", "--out", out, *options)
    assert again.code == 2
    assert "--resume" in again.err
    more = musicae("search", tmp_path / "songs", "--out", out, "--resume", "--trials", 3, "--preset", "mine", "--json")
    assert more.json["trials"] == 3
    assert more.json["preset"] == "mine"


def test_without_optuna_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(UsageError, match="pip install optuna"):
        optuna_module()


def test_settings_that_cannot_work_are_said() -> None:
    with pytest.raises(UsageError, match="below"):
        SearchConfig(lowest_rate=0.1, highest_rate=0.01).check()
    with pytest.raises(UsageError):
        SearchConfig(trials=0)


def test_a_preset_of_ones_own_is_listed_with_its_settings(data_dir: Path) -> None:
    design = design_of(4, [2], [2, 2], 18376)
    before = [each.name for each in presets()]
    path = save_preset("mine", design, {"learning_rate": 0.004})
    assert path.is_relative_to(data_dir)
    assert [each.name for each in presets()] == [*before, "mine"]
    assert preset("mine").config == design.to_dict()
    assert suited_settings("mine") == {"learning_rate": 0.004}
    with pytest.raises(UsageError, match="never trained"):
        find_model("mine")
    save_preset("mine", design, {"learning_rate": 0.005})
    assert suited_settings("mine") == {"learning_rate": 0.005}
    (path.parent / "broken.json").write_text("{")
    assert [each.name for each in own_presets()] == ["mine"]


def test_presets_of_ones_own_follow_the_data_folder_that_the_window_was_started_with(
    tmp_path: Path, data_dir: Path
) -> None:
    save_preset("mine", design_of(4, [2], [2, 2], 18376), {})
    chosen = paths.data_dir(tmp_path / "chosen")
    assert own_presets() == ()
    assert save_preset("other", design_of(4, [2], [2, 2], 18376), {}).is_relative_to(chosen)
    assert [each.name for each in own_presets()] == ["other"]


@pytest.mark.parametrize("name", ["conv-18376", "Mine", "../mine", "", "a" * 60])
def test_a_name_that_cannot_be_a_presets_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="name"):
        save_preset(name, design_of(4, [], [2], 18376), {})


def test_no_finished_trial_makes_no_preset(tmp_path: Path) -> None:
    design = ConvDesign(design_of(4, [], [2], 18376).layers)
    tried = [Tried(0, PRUNED, 0.5, 0.01, design, 1), Tried(1, "failed", None, 0.02, design, 0)]
    assert keep_best(tried, "mine") is None
    write_search(tried, tmp_path)
    assert "pruned" in (tmp_path / "trials.csv").read_text()
    assert design_words(design) == "4ch k48 s24"


def test_the_best_trial_is_the_finished_one_of_the_lowest_loss(tmp_path: Path, data_dir: Path) -> None:
    design = design_of(4, [], [2], 18376)
    tried = [
        Tried(0, COMPLETE, 0.5, 0.01, design, 5),
        Tried(1, COMPLETE, 0.2, 0.02, design, 5),
        Tried(2, PRUNED, 0.1, 0.03, design, 1),
    ]
    assert best_of(tried) is tried[1]
    keep_best(tried, "mine")
    assert suited_settings("mine") == {"learning_rate": 0.02}
