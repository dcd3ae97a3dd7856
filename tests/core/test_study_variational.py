"""The second report's network inside a study: trained, diagnosed, its distances taken, its prior heard."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from core.audio import read_info
from core.data.splits import Split
from core.models.vae_design import ResnetVaeDesign
from core.study import StudyFolder, StudyListener, run_study
from core.study.stages import frechet, generation, songs, variational
from core.study.stages.variational import CONFIGURATIONS, JUDGE, MORE, Configuration, configurations, taught_songs
from core.study.study import Study
from core.training.commands import Commands
from tests.tiny_study import TINY

FEW, SHORT = Configuration(True, 1, 20, clips=4), Configuration(True, 1, 20, rate=22_050)


@dataclass(frozen=True)
class SmallDesign(ResnetVaeDesign):
    """The same blocks with a tenth of the samples and an eighth of the channels: 12 million parameters take long."""

    hop: int = 9000
    encoder: tuple[int, ...] = (8, 16)
    decoder: tuple[int, ...] = (16, 8)


@pytest.fixture(scope="module")
def document(two_genres: Path, tmp_path_factory: pytest.TempPathFactory) -> dict:
    """A study of three small networks: the judge, one of few clips, and one of short clips at a higher rate."""
    folder = StudyFolder(tmp_path_factory.mktemp("variational") / "out")
    config = replace(TINY, folder=str(two_genres), variational=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(variational, "ResnetVaeDesign", SmallDesign)
        patch.setattr(variational, "CONFIGURATIONS", (JUDGE,))
        patch.setattr(variational, "MORE", (FEW, SHORT))
        stages = (songs, variational, frechet, generation)
        return {
            **run_study(config, folder, stages=stages, data=tmp_path_factory.mktemp("data")),
            "folder": str(folder.path),
        }


def test_the_reports_network_is_diagnosed_and_its_distances_stand_beside_the_reports(document: dict) -> None:
    facts = document["stages"]["variational"]["models"][JUDGE.name]
    assert facts["reported"] == [14.6, 49.3]
    assert facts["diagnosis"]["units"] == 20
    encoder = [branch for branch in facts["diagnosis"]["branches"] if branch["layer"].startswith("encoder")]
    assert encoder
    assert all(branch["varying"] == 0 for branch in encoder)  # the dead branches that the report did not see
    assert {"mse", "kl"} <= set(facts["history"][0]["losses"])
    train = document["stages"]["frechet"]["models"][JUDGE.name]["train"]
    assert train["report"]["reconstructed"] > 0
    generated = train["trusted"]["generated"]
    assert generated["frechet_matched"]["mean"] > generated["frechet_zero"]["mean"]
    table = Path(document["folder"]) / "tables" / "frechet-report.csv"
    assert JUDGE.name in table.read_text(encoding="utf-8")


def test_few_clips_and_short_ones_have_models_and_distances_of_their_own(document: dict) -> None:
    models, distances = (document["stages"][stage]["models"] for stage in ("variational", "frechet"))
    split = document["stages"]["songs"]["split"]
    assert set(models) == set(distances) == {JUDGE.name, FEW.name, SHORT.name}
    assert len(models[FEW.name]["taught"]) == 4
    assert set(models[FEW.name]["taught"]) < set(split["train"])
    assert distances[FEW.name]["train"]["clips"] == 4
    assert distances[JUDGE.name]["train"]["clips"] == len(split["train"])
    assert models[SHORT.name]["rate"] == 22_050
    assert distances[FEW.name]["train"]["judge"] == distances[JUDGE.name]["train"]["judge"]
    assert distances[SHORT.name]["train"]["judge"] != distances[JUDGE.name]["train"]["judge"]


def test_the_prior_can_be_heard(document: dict) -> None:
    made, folder = document["stages"]["generation"]["models"], StudyFolder(document["folder"])
    for name, rate in ((JUDGE.name, 3000), (SHORT.name, 22_050)):
        assert [each["name"] for each in made[name]] == ["prior-1", "prior-2", "prior-3"]
        assert all(each["nearest_mel"] > 0 for each in made[name])
        info = read_info(folder.sound(f"made {name} prior-1"))
        assert (info.rate, round(info.seconds * rate)) == (rate, 9000)
    assert "sampled from the prior" in folder.report_file.read_text(encoding="utf-8")
    json.dumps(document)


def test_the_configurations_are_those_of_the_reports_table() -> None:
    theirs = [(101, 23), (68.55, 8.6), (14.6, 49.3), (111.5, 61.1), (96, 20.1)]
    assert [each.fid for each in CONFIGURATIONS[:5]] == theirs
    assert CONFIGURATIONS[5].beta == 200
    assert [each.latent for each in CONFIGURATIONS] == [2, 2, 20, 10, 10, 10]
    assert [(each.clips, each.rate) for each in MORE] == [(20, 3000), (80, 3000), (0, 22_050)]
    assert len({each.name for each in CONFIGURATIONS + MORE}) == 9


@pytest.mark.parametrize(("count", "clips"), [(10, []), (20, [20]), (100, [20, 80])])
def test_clips_are_counted_before_a_configuration_is_chosen(tmp_path: Path, count: int, clips: list[int]) -> None:
    study = Study(replace(TINY, variational=1), StudyFolder(tmp_path), StudyListener(), Commands(), tmp_path)
    keys = tuple(str(number) for number in range(count))
    study.results["songs"] = {"split": Split(keys, ("v",), ("t",)).to_dict()}
    chosen = configurations(study)
    assert [each.clips for each in chosen if each.clips] == clips
    for each in chosen:
        taught = taught_songs(study, each)
        assert len(taught) == (each.clips or count)
        assert set(taught) <= set(keys)
        assert taught == taught_songs(study, each)
