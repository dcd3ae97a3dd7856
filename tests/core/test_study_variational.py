"""The second report's network inside a study: trained, diagnosed, and its distances taken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from core.study import StudyFolder, run_study
from core.study.stages import frechet, songs, variational
from core.study.stages.variational import CONFIGURATIONS, JUDGE
from tests.core.test_study import TINY, two_genres

__all__ = ["two_genres"]


def test_the_reports_network_is_diagnosed_and_its_distances_stand_beside_the_reports(
    two_genres: Path, tmp_path: Path
) -> None:
    folder = StudyFolder(tmp_path / "out")
    config = replace(TINY, folder=str(two_genres), variational=1, quick=True)
    document = run_study(config, folder, stages=(songs, variational, frechet))
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
    assert JUDGE.name in (folder.path / "tables" / "frechet-report.csv").read_text(encoding="utf-8")


def test_the_configurations_are_those_of_the_reports_table() -> None:
    theirs = [(101, 23), (68.55, 8.6), (14.6, 49.3), (111.5, 61.1), (96, 20.1)]
    assert [each.fid for each in CONFIGURATIONS[:5]] == theirs
    assert CONFIGURATIONS[5].beta == 200
    assert [each.latent for each in CONFIGURATIONS] == [2, 2, 20, 10, 10, 10]
