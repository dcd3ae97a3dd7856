"""A study from end to end: small sounds, small models, everything in the report; killed and resumed."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

import core.study
from core.audio import Clip, write_wav
from core.cli import main
from core.errors import Cancelled, UsageError
from core.listening import Abx, Heard, ListeningLog, Note, Place, Ranking
from core.study import StudyConfig, StudyFolder, StudyListener, overrule, run_study, write_notebook
from core.study.facts import FINISHED, ORDER, STOPPED, studies_below, study_facts
from core.study.overrule import DEPENDENT
from core.study.reading import picture_png, read_chapters
from core.study.report.document import Picture
from core.study.stages import STAGES, exploring
from core.study.stages import songs as songs_stage
from core.study.stages.outside import percentile
from core.study.stages.size import propose
from core.study.study import Study
from core.training.commands import Commands
from tests.core.cli_fixtures import Musicae, musicae
from tests.demo_songs import composed
from tests.tiny_study import TINY

__all__ = ["musicae"]

pytestmark = pytest.mark.timeout(900)  # a whole study, on machines that have other work
RATE = 22_050
EARLY = (
    "Quality and size",
    "What was found",
    "Songs",
    "Training",
    "Reconstruction",
    "The variational network",
    "Settings and versions",
)


@pytest.fixture(scope="session")
def two_genres(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six songs of 5.5 s a genre: chords of sines, and bursts of noise; and one file that is no sound."""
    folder = tmp_path_factory.mktemp("genres")
    time = np.arange(round(5.5 * RATE)) / RATE
    for number in range(6):
        random = np.random.default_rng(number)
        chord = sum(np.sin(2 * np.pi * pitch * time) for pitch in random.uniform(150, 900, 3)) / 6
        beats = np.exp(-8 * ((time * random.uniform(1.5, 3)) % 1)) * random.standard_normal(len(time)) / 6
        for genre, samples in (("chords", chord + 0.01 * random.standard_normal(len(time))), ("noise", beats)):
            write_wav(folder / genre / f"{genre}{number}.wav", Clip(samples[None].astype(np.float32), RATE))
    (folder / "noise" / "broken.wav").write_bytes(b"no sound at all")
    return folder


@pytest.fixture(scope="session")
def studied(two_genres: Path, tmp_path_factory: pytest.TempPathFactory) -> StudyFolder:
    """A finished study of them, made by the command line from a plan that is as small as can be."""
    folder = StudyFolder(tmp_path_factory.mktemp("study") / "out")
    outside = folder.path.parent / "outside.wav"
    write_wav(outside, composed("jazz").clip.cut(2.0, 5.0))
    config = replace(TINY, folder=str(two_genres), outside=(str(outside), str(outside) + ".gone"))
    folder.write_plan({"version": 1, "created": "2026-01-01T00:00:00+00:00", "config": config.to_dict()})
    data = str(tmp_path_factory.mktemp("data"))
    # Arrays as small as these are sooner done by one thread than handed to several, above all on a busy machine.
    with threadpool_limits(1):
        assert main(["study", "--out", str(folder.path), "--resume", "--notebook", "--data-dir", data]) == 0
    return folder


def document_of(folder: StudyFolder) -> dict:
    return json.loads(folder.document_file.read_text(encoding="utf-8"))


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


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--sizes", "many"], "no size"),
        (["--outside", "gone.wav"], "gone.wav"),
        (["--choose", "9184"], "reason"),
        (["--reason", "it is clear enough"], "--choose"),
        (["--split", "gone.csv"], "gone.csv"),
        (["--epochs", "3", "--minutes", "3"], "not allowed with"),
    ],
)
def test_what_cannot_be_studied_is_said_before_anything_is_done(
    musicae: Musicae, two_genres: Path, tmp_path: Path, options: list[str], complaint: str
) -> None:
    answer = musicae("study", two_genres, "--out", tmp_path / "out", *options)
    assert answer.code == 2
    assert complaint in answer.err
    assert not (tmp_path / "out").exists()


def test_a_study_that_is_not_there_is_not_gone_on_with(musicae: Musicae, tmp_path: Path) -> None:
    answer = musicae(
        "study", "--out", tmp_path / "misspelt", "--resume", "--choose", "9184", "--reason", "clear enough"
    )
    assert answer.code == 2
    assert "There is no study in" in answer.err
    assert not (tmp_path / "misspelt").exists()


def test_a_study_in_the_folder_is_not_overwritten(studied: StudyFolder) -> None:
    with pytest.raises(UsageError, match="resume"):
        run_study(TINY, studied)


def test_a_stopped_study_goes_on_after_its_last_stage(two_genres: Path, tmp_path: Path) -> None:
    folder, commands = StudyFolder(tmp_path / "out"), Commands()

    class StopAfterSongs(StudyListener):
        def on_stage_done(self, name: str) -> None:
            commands.stop_and_keep()

    config = replace(TINY, folder=str(two_genres))
    with pytest.raises(Cancelled):
        run_study(config, folder, StopAfterSongs(), commands)
    kept = folder.path / "stages" / "songs.json"
    before = kept.stat().st_mtime_ns
    heard: list[str] = []

    class Notes(StudyListener):
        def on_progress(self, fraction: float, text: str) -> None:
            heard.append(text)

    songs: ModuleType = STAGES[0]
    document = run_study(StudyConfig(), folder, Notes(), resume=True, stages=(songs,))
    assert document["config"]["sizes"] == ["conv-9184"]  # its own settings, not those given now
    assert kept.stat().st_mtime_ns == before
    assert not any("reading" in text for text in heard)


def test_a_finished_part_is_not_made_again(tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path)
    assert folder.part("stage", "a/b", lambda: {"value": float("nan")}) == {"value": None}
    assert folder.part("stage", "a/b", lambda: pytest.fail("made again")) == {"value": None}


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


def test_two_songs_are_too_few_and_the_folder_can_be_used_with_more(two_genres: Path, tmp_path: Path) -> None:
    songs, out = tmp_path / "songs", StudyFolder(tmp_path / "out")
    songs.mkdir()
    for number in range(2):
        shutil.copy(two_genres / "chords" / f"chords{number}.wav", songs)
    with pytest.raises(UsageError, match="3 songs"):
        run_study(replace(TINY, folder=str(songs)), out, stages=(songs_stage,), data=tmp_path / "data")
    shutil.copy(two_genres / "noise" / "noise0.wav", songs)
    document = run_study(replace(TINY, folder=str(songs)), out, stages=(songs_stage,), data=tmp_path / "data")
    assert len(document["stages"]["songs"]["songs"]) == 3


def test_a_choice_of_the_users_own_needs_a_reason() -> None:
    with pytest.raises(UsageError, match="reason"):
        replace(TINY, chosen="conv-9184").check()
    with pytest.raises(UsageError, match="conv-55112"):
        replace(TINY, chosen="conv-55112", reason="I like it").check()
    with pytest.raises(UsageError, match="no size"):
        replace(TINY, sizes=("conv-many",)).check()


def test_a_choice_against_the_rule_has_what_depends_on_it_made_anew(studied: StudyFolder, tmp_path: Path) -> None:
    folder = StudyFolder(tmp_path / "out")
    shutil.copytree(studied.path, folder.path)
    with pytest.raises(UsageError, match="reason"):
        overrule(folder, "conv-9184", " ")
    assert folder.report_file.exists()
    overrule(folder, "conv-9184", "the voice is clear enough")
    assert study_facts(folder.path).state == STOPPED  # type: ignore[union-attr]
    assert set(ORDER) - set(study_facts(folder.path).stages) == set(DEPENDENT)  # type: ignore[union-attr]
    document = run_study(TINY, folder, resume=True, stages=STAGES[:5])
    assert document["stages"]["size"]["chosen"] == "conv-9184"
    assert document["stages"]["size"]["reason"] == "the voice is clear enough"
    assert "the voice is clear enough" in folder.report_file.read_text(encoding="utf-8")
    overrule(folder, "", "")
    assert folder.plan()["config"]["reason"] == ""
    with pytest.raises(UsageError, match="no study"):
        overrule(StudyFolder(tmp_path / "nowhere"), "conv-9184", "because")


def test_a_studys_folder_tells_how_far_it_is(studied: StudyFolder, tmp_path: Path) -> None:
    facts = study_facts(studied.path)
    assert facts is not None
    assert facts.stages == ORDER == tuple(stage.NAME for stage in STAGES)
    assert (facts.state, facts.songs, facts.chosen) == (FINISHED, 12, "conv-9184")
    assert [each.path for each in studies_below(studied.path.parent)] == [studied.path]
    assert study_facts(tmp_path) is None
    begun = StudyFolder(tmp_path / "begun")
    begun.write_plan({"version": 1, "created": "2026-01-01T00:00:00+00:00", "config": TINY.to_dict()})
    facts = study_facts(begun.path)
    assert facts is not None
    assert (facts.state, facts.stages, facts.songs) == (STOPPED, (), 0)
    assert read_chapters(begun) == []
    begun.plan_file.write_text("{")
    assert study_facts(begun.path) is None


def test_the_report_can_be_read_chapter_by_chapter_while_it_grows(studied: StudyFolder, tmp_path: Path) -> None:
    chapters = read_chapters(studied)
    titles = [chapter.title for chapter in chapters]
    assert titles[0] == "Quality and size"
    assert titles[-1] == "Settings and versions"
    part = StudyFolder(tmp_path / "part")
    part.write_plan(studied.plan())
    for name in ("songs", "training", "quality"):
        part.keep(name, studied.result(name) or {})
    early = read_chapters(part)
    assert [chapter.title for chapter in early] == [title for title in titles if title in EARLY]
    picture = next(block for chapter in early for block in chapter.blocks if isinstance(block, Picture))
    assert picture_png(picture).startswith(b"\x89PNG")


def test_blind_answers_on_its_songs_come_into_the_report_that_is_written_again(
    studied: StudyFolder, tmp_path: Path, data_dir: Path
) -> None:
    folder = StudyFolder(tmp_path / "out")
    shutil.copytree(studied.path, folder.path, ignore=shutil.ignore_patterns("*.flac", "cache"))
    song = document_of(studied)["stages"]["songs"]["songs"][0]
    place, size = Place(song["key"], song["title"], 0.0, 5.0), Heard("klt-344", "hash", 16, 16, 344.5)
    for _trial in range(5):
        ListeningLog(data_dir).add(Abx(place, size, right=True))
    ListeningLog(data_dir).add(Ranking(place, (Heard("original"), size)))
    ListeningLog(data_dir).add(Note(place, size, "the hiss gives it away"))
    ListeningLog(data_dir).add(Abx(replace(place, song="another"), size, right=False))
    document = run_study(TINY, folder, resume=True, stages=(STAGES[0], STAGES[-1]))
    found = document["stages"]["listening"]
    [abx] = found["abx"]
    assert (abx["right"], abx["trials"], abx["p"]) == (5, 5, pytest.approx(1 / 32))
    assert [each["name"] for each in found["ranks"]] == ["original", "klt-344"]
    assert "the hiss gives it away" in folder.report_file.read_text(encoding="utf-8")


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


def test_a_notebook_has_its_parameters_on_top_and_cells_that_compile(studied: StudyFolder) -> None:
    notebook = json.loads(studied.notebook_file.read_text(encoding="utf-8"))
    code = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    parameters: dict[str, object] = {}
    exec(code[0], parameters)
    assert parameters["SIZES"] == ("conv-9184",)
    assert Path(str(parameters["DATA"])).is_dir()  # with the songs decoded already
    for cell in code:
        compile(cell, "cell", "exec")


def test_a_notebook_says_when_its_parameters_are_not_those_of_the_study(
    studied: StudyFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("core.study.run.run_study", lambda *_given, **_named: {})
    config = StudyConfig.from_dict(studied.plan()["config"])
    for asked, words in ((config, ""), (replace(config, epochs=9), "other settings")):
        write_notebook(tmp_path / "study.ipynb", asked, studied.path)
        cells = json.loads((tmp_path / "study.ipynb").read_text(encoding="utf-8"))["cells"]
        known: dict[str, object] = {}
        for source in ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"][:2]:
            exec(source, known)
        said = capsys.readouterr().out
        assert words in said
        assert bool(words) == bool(said)
