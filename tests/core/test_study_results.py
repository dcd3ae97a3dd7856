"""What a finished study has found: every stage in the document, in the report, in the tables, with reasons."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import core.study
from core.study import StudyFolder, StudyListener
from core.study.stages import STAGES, exploring
from core.study.stages import songs as songs_stage
from core.study.stages.outside import percentile
from core.study.stages.size import propose
from core.study.study import Study
from core.training.commands import Commands
from tests.core.study_fixtures import document_of
from tests.tiny_study import TINY

pytestmark = pytest.mark.timeout(900)  # a whole study, on machines that have other work


def test_every_stage_has_its_numbers_in_the_document(studied: StudyFolder) -> None:
    document = document_of(studied)
    assert list(document["stages"]) == [stage.NAME for stage in STAGES]
    assert document["format"] == "musicae-study"
    assert document["config"]["sizes"] == ["conv-9184"]
    assert set(document["seconds"]) == set(document["stages"]) - {"listening"}  # which is looked at every time
    assert all(seconds > 0 for seconds in document["seconds"].values())


def test_every_key_of_every_stage_is_documented(studied: StudyFolder) -> None:
    words = core.study.__doc__ or ""
    for name, stage in document_of(studied)["stages"].items():
        part = words.partition(f"\n      {name} ")[2]
        part = re.split(r"\n {6}\w|\n\n", part)[0]
        assert [key for key in stage if not re.search(rf"\b{key}\b", part)] == [], name


def test_one_broken_file_costs_that_file_and_a_line(studied: StudyFolder) -> None:
    songs = document_of(studied)["stages"]["songs"]
    assert songs["genres"] == {"chords": 6, "noise": 6}
    [broken] = songs["audit"]["broken"]
    assert broken["path"].endswith("broken.wav")
    assert "broken.wav" in studied.report_file.read_text(encoding="utf-8")


def test_the_report_is_one_file_with_its_sounds_and_figures_inside(studied: StudyFolder) -> None:
    page = studied.report_file.read_text(encoding="utf-8")
    assert "data:audio/mpeg;base64," in page
    assert "data:image/svg+xml;base64," in page
    assert "http://" not in page
    assert "https://" not in page
    assert studied.pdf_file.read_bytes().startswith(b"%PDF")


def test_tables_and_the_first_figure_lie_in_the_folder(studied: StudyFolder) -> None:
    lines = (studied.path / "tables" / "reconstruction.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in lines if line.startswith(("conv-9184", "opus"))] == ["conv-9184", "opus-12"]
    drawing = studied.figure("quality").read_text(encoding="utf-8")
    assert "ViSQOL" not in drawing  # which no clip was judged with
    assert "SI-SDR" in drawing
    assert "floats/s" in drawing


def test_every_size_has_a_linear_transform_beside_it_that_is_not_larger(studied: StudyFolder) -> None:
    document = document_of(studied)
    systems = document["stages"]["quality"]["systems"]
    linear = [row["floats"] for row in systems.values() if row["family"] == "klt"]
    assert any(0.95 * 9184 < floats <= 9184 for floats in linear)


def test_half_and_double_of_the_chosen_size_are_trained_and_judged(studied: StudyFolder) -> None:
    stage = document_of(studied)["stages"]["neighbours"]
    floats = {name: stage["systems"][stage[name]]["floats"] for name in ("half", "double")}
    assert floats["half"] == pytest.approx(9184 / 2, rel=0.01)
    assert floats["double"] == pytest.approx(2 * 9184, rel=0.01)


def test_the_line_to_beat_stands_below_each_of_chosen_half_and_double_and_in_the_table_of_structure(
    studied: StudyFolder,
) -> None:
    document = document_of(studied)
    lines = (studied.path / "tables" / "half-and-double.csv").read_text(encoding="utf-8").splitlines()[1:]
    names = [line.split(",")[1] for line in lines]
    assert names[::2] == [document["stages"]["neighbours"][word] for word in ("double", "chosen", "half")]
    assert all(name.startswith("klt-") for name in names[1::2])
    sizes = (studied.path / "tables" / "sizes.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert [line.partition("-")[0] for line in sizes] == ["conv", "klt"]


def test_the_variational_model_that_learns_is_diagnosed_and_has_distances(studied: StudyFolder) -> None:
    stage = document_of(studied)["stages"]["frechet"]
    found = stage["diagnoses"]["vae-9184"]
    assert len(found["unit_variances"]) == found["units"] > 0
    assert -1 <= found["likeness"] <= 1
    train = stage["models"]["vae-9184"]["train"]
    assert train["report"] is None  # without the second report's network there is no encoder to look through
    assert set(train["trusted"]) == {"reconstructed", "generated"}
    for table, cell in (("diagnoses", "vae-9184"), ("frechet-trusted", "vae-9184,train,generated")):
        assert f"\n{cell}," in (studied.path / "tables" / f"{table}.csv").read_text(encoding="utf-8")
    page = studied.report_file.read_text(encoding="utf-8")
    assert "convolutions along time" in page
    assert "vary from clip to clip" in page


def test_two_genres_that_sound_unlike_are_told_apart_above_chance(studied: StudyFolder) -> None:
    stage = document_of(studied)["stages"]["exploring"]
    assert (stage["folds"], stage["divisions"]) == (5, 1)
    tree = stage["rows"]["log-mel/statistics"]["classifiers"]["tree"]
    assert tree["accuracy"]["mean"] > 0.9
    assert tree["chance"]["mean"] == pytest.approx(0.5, abs=0.2)
    assert {"homogeneity", "completeness"} <= set(stage["rows"]["conv-9184/latent"]["clusters"])
    assert stage["rows"]["conv-9184/latent"]["reported"]["tree"] == 0.10
    assert any(each["first"] == "conv-9184/statistics" and each["sentence"] for each in stage["differences"])


def test_the_rule_takes_the_smallest_size_that_fails_nothing() -> None:
    rows = [
        {"name": "large", "floats": 300, "fails": []},
        {"name": "middle", "floats": 200, "fails": []},
        {"name": "small", "floats": 100, "fails": ["beat_f1"]},
    ]
    assert propose(rows)[0] == "middle"
    name, sentence = propose([{**row, "fails": ["beat_f1", *row["fails"]]} for row in rows])
    assert name == "large"
    assert "beat F1" in sentence


def notes_of(folder: Path, data: Path) -> dict:
    """The "exploring" stage of a study of the songs in `folder`, by log-mel statistics alone."""
    study = Study(replace(TINY, folder=str(folder)), StudyFolder(data / "out"), StudyListener(), Commands(), data)
    study.results["songs"] = study.folder.keep("songs", songs_stage.run(study))
    study.results |= {"training": {"models": {}}, "size": {"chosen": ""}}
    return exploring.run(study)


def test_one_song_a_genre_gets_fewer_clusters_and_a_line_that_says_so(two_genres: Path, tmp_path: Path) -> None:
    for number, path in enumerate(sorted(two_genres.glob("*/*[0-4].wav"))):
        (tmp_path / "songs" / f"genre {number}").mkdir(parents=True)
        shutil.copy(path, tmp_path / "songs" / f"genre {number}")
    stage = notes_of(tmp_path / "songs", tmp_path / "data")
    assert (len(stage["genres"]), stage["clusters"]) == (10, 4)
    assert "10 genres" in stage["note"]
    assert "4 clusters" in stage["note"]
    assert stage["rows"]["log-mel/statistics"]["k"] == 4
    assert stage["rows"]["log-mel/statistics"]["classifiers"] == {}


def test_songs_in_no_folder_of_a_genre_have_none_and_are_not_scored(two_genres: Path, tmp_path: Path) -> None:
    (tmp_path / "songs").mkdir()
    for path in two_genres.glob("*/*[0-4].wav"):
        shutil.copy(path, tmp_path / "songs")
    stage = notes_of(tmp_path / "songs", tmp_path / "data")
    assert stage["genres"] == [""]
    assert stage["clusters"] == 0
    assert "6 songs" in stage["note"]


def test_new_music_stands_among_the_test_clips_with_reasons(studied: StudyFolder) -> None:
    [song] = document_of(studied)["stages"]["outside"]["songs"]  # the other file is gone, which costs that one
    assert (song["traits"]["rate"], song["traits"]["channels"]) == (44_100, 2)
    assert 0 <= song["models"]["conv-9184"]["mel"]["percentile"] <= 100
    assert any("stereo" in reason for reason in song["reasons"])


def test_percentiles_count_what_is_not_better() -> None:
    assert percentile(5.0, [1, 2, 3, 4], more_is_better=True) == 100
    assert percentile(5.0, [1, 2, 3, 4], more_is_better=False) == 0
    assert percentile(2.0, [1, 2, 3], more_is_better=True) == 50


def test_means_and_random_latents_are_decoded_for_every_size(studied: StudyFolder) -> None:
    models = document_of(studied)["stages"]["generation"]["models"]
    assert {"conv-9184", "klt"} <= set(models)
    for name, made in models.items():
        assert len(made) == (3 if name.startswith("vae") else 6)  # a variational model has a prior to be sampled
        assert all(studied.sound(f"made {name} {each['name']}").is_file() for each in made)


def test_factors_are_probed_only_where_facts_are_known(studied: StudyFolder) -> None:
    stage = document_of(studied)["stages"]["factors"]
    assert stage["songs"] == 0
    assert stage["rows"] == {}
    assert stage["note"]
